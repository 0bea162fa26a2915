"""integrations.yaml: read with its secrets, refused with the line that is wrong."""

import pytest

from controller.outbox.opening import audiences_of
from controller.outbox.settings import IntegrationError, Opened, read_integrations

GOOD = """\
receivers:
  - name: erp
    url: https://erp.example/hook
    secret: {env: HOOK}
    events: [order.shipped]
mail:
  host: mail.example
  sender: plant@example.org
  to: [amira@example.org]
  user: plant
  password: {file: FILE}
shop:
  secret: {env: SHOP}
  mapping: web shop
inbox:
  folder: /srv/orders
"""
ENVIRONMENT = {"HOOK": "h00k", "SHOP": "sh0p"}


@pytest.fixture
def read(tmp_path):
    secret = tmp_path / "password"
    secret.write_text("pass word\n")

    def read(text):
        path = tmp_path / "integrations.yaml"
        path.write_text(text.replace("FILE", str(secret)))
        return read_integrations(path, ENVIRONMENT)

    return read


def test_secrets_come_from_where_the_file_says_and_are_never_shown(read):
    opened = read(GOOD)
    assert opened.secrets == {"erp": "h00k", "mail": "pass word"}
    assert opened.shop_secret == "sh0p"
    assert opened.integrations.shop.mapping == "web shop"
    for secret in ("h00k", "pass word", "sh0p"):
        assert secret not in repr(opened)


def test_who_is_told_of_what(read):
    erp, mail = audiences_of(read(GOOD).integrations)
    assert erp.kinds == {"order.shipped"}
    assert (mail.kinds, mail.gather_s) == ({"alarm.raised", "delivery.failed"}, 60)


def test_an_empty_file_is_no_integration(read):
    assert read("") == Opened()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "secret: {env: HOOK}",
            "secret: h00k",
            "integrations.yaml:4: receivers.0.secret: A secret is never",
        ),
        ("sender:", "sendr:", "integrations.yaml:8: mail.sendr: There is no such key."),
        ("{env: SHOP}", "{env: NONE}", "The environment variable 'NONE' for a secret is not set."),
        ("FILE", "/nowhere", "The secret's file /nowhere cannot be read."),
        ("https://erp", "http://erp", "erp: plain http goes beyond this machine."),
        ("https://erp.example", "ftp://erp", "is no http(s) address"),
        ("order.shipped", "order.shiped", "there is no event 'order.shiped'"),
        ("name: erp", "name: mail", "two receivers have the same name"),
        ("receivers:", "receivers: [", "this is no YAML"),
        ("  user: plant", "  security: none\n  user: plant", "only sent over TLS or STARTTLS"),
    ],
)
def test_a_mistake_is_named(read, old, new, says):
    with pytest.raises(IntegrationError) as refused:
        read(GOOD.replace(old, new, 1))
    assert says in str(refused.value)
    assert "h00k" not in str(refused.value)


def test_plain_http_is_allowed_where_somebody_says_so(read):
    text = GOOD.replace("https://erp", "http://erp").replace(
        "[order.shipped]", "[order.shipped]\n    insecure: true"
    )
    assert read(text).integrations.receivers[0].insecure

"""Files, column maps, the shop's door and undelivered status over HTTP."""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import replace

import httpx
import pytest
from shoes import the_desk

from controller import events as e
from controller.outbox import Delivery, PutDelivery, Stand
from controller.outbox.opening import bare
from controller.web import app

ROWS = (
    "order,quantity,carrier,size,upper,customer\n"
    "7001,1,Night Express,42,ink,Ada Berg\n"
    "7002,1,Night Express,47,ink,=cmd()\n"
)
FOREIGN = "Nr;Stk;Weg;Farbe\n7003;1;Night Express;navy\n"
MAP = {
    "columns": [
        {"column": "Nr", "field": "order"},
        {"column": "Stk", "field": "quantity"},
        {"column": "Weg", "field": "carrier"},
        {"column": "Farbe", "field": "upper"},
    ],
    "values": [{"field": "upper", "said": "Navy", "means": "ink"}],
}
SECRET = "hush"


class Site:
    """The pages over a small desk, with an exchange that keeps nothing."""

    def __init__(self):
        self.desk = the_desk()
        traffic = bare(self.desk)
        self.traffic = replace(traffic, door=replace(traffic.door, secret=SECRET))
        self.app = app(self.desk, traffic=self.traffic)

    def call(self, method, path, **sent):
        async def main():
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1:8080"
            ) as client:
                return await client.request(method, path, **sent)

        return asyncio.run(main())

    def post(self, path, **sent):
        return self.call("POST", path, **sent)


@pytest.fixture
def site():
    return Site()


def order(**more):
    said = {
        "name": "#9001",
        "line_items": [
            {"title": "Runner", "quantity": 1, "properties": [{"name": "Upper", "value": "ink"}]}
        ],
        "shipping_lines": [{"title": "Night Express"}],
    }
    return json.dumps(said | more).encode()


def signed(body, secret=SECRET):
    mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {
        "X-Shopify-Hmac-Sha256": base64.b64encode(mac).decode(),
        "Content-Type": "application/json",
    }


def test_a_check_shows_rows_and_fields_and_records_nothing(site):
    before = site.desk.state.seq
    said = site.post("/api/orders/check?name=day.csv", content=ROWS.encode()).json()
    assert (said["accepted"], said["refused"], said["ours"]) == (1, 1, True)
    assert said["refused_rows"][0]["column"] == "size"
    fields = {each["field"]: each for each in said["fields"]}
    assert fields["upper"]["options"]["ink"]
    assert fields["customer"]["options"] == {}
    assert site.desk.state.seq == before
    assert site.desk.asked == []


def test_refused_rows_of_a_check_come_as_csv_that_runs_nothing(site):
    text = ROWS.replace("47,ink,=cmd()", "=cmd(),ink,Eve")
    answer = site.post("/api/orders/check?name=day.csv&format=csv", content=text.encode())
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "day.csv,3,size,'=cmd()," in answer.text


def test_refused_rows_of_imports_come_as_csv(site):
    site.post("/api/orders/import?name=mine.csv", content=ROWS.encode())
    text = site.call("GET", "/api/orders/refused.csv?file=mine.csv").text
    assert text.count("\r\n") == 2
    assert "mine.csv,3,size,47," in text


def test_an_unknown_head_is_shown_with_a_proposal_and_imported_by_a_map(site):
    said = site.post("/api/orders/check?name=f.csv", content=FOREIGN.encode()).json()
    assert not said["ours"]
    assert [each["column"] for each in said["column_map"]["columns"]] == [
        "Nr",
        "Stk",
        "Weg",
        "Farbe",
    ]
    how = {"name": "f.csv", "map": json.dumps(MAP)}
    taken = site.post("/api/orders/import", params=how, content=FOREIGN.encode()).json()
    assert taken["accepted"] == ["7003"]


@pytest.mark.parametrize("wrong", ["{", "[]", '{"columns": [{"column": 1}]}', '{"x": 1}'])
def test_a_map_that_is_none_is_refused(site, wrong):
    how = {"name": "f.csv", "map": wrong}
    answer = site.post("/api/orders/check", params=how, content=FOREIGN.encode())
    assert answer.status_code == 422
    assert answer.json()["why"].startswith("The column map is wrong")


def test_maps_are_saved_found_by_the_head_and_forgotten(site):
    saved = site.call("PUT", "/api/mappings/web shop", json=MAP, headers={"X-Actor": "person vera"})
    assert (saved.status_code, saved.json()["by"]) == (200, "person vera")
    said = site.post("/api/orders/check?name=f.csv", content=FOREIGN.encode()).json()
    assert (said["used"], said["accepted"]) == ("web shop", 1)
    assert [each["name"] for each in site.call("GET", "/api/mappings").json()] == ["web shop"]
    assert site.call("DELETE", "/api/mappings/web shop").json() == []
    assert site.call("DELETE", "/api/mappings/web shop").status_code == 404
    gone = site.post("/api/orders/import?name=f.csv&mapping=web shop", content=FOREIGN.encode())
    assert gone.status_code == 404


def test_a_map_with_an_unknown_key_is_refused(site):
    assert site.call("PUT", "/api/mappings/x", json=MAP | {"typo": 1}).status_code == 422


def test_too_large_a_file_is_refused_before_it_is_read(site):
    answer = site.post("/api/orders/import?name=x.csv", content=b"x" * (9 * 1024 * 1024))
    assert answer.status_code == 413
    assert site.desk.asked == []


def test_the_shop_is_let_in_by_its_signature_alone(site):
    body = order()
    answer = site.post("/api/shop/orders", content=body, headers=signed(body))
    assert answer.json()["accepted"] == ["9001"]
    again = site.post("/api/shop/orders", content=body, headers=signed(body))
    assert again.json() == answer.json()
    accepted = [s for s in site.desk.journal if isinstance(s.event, e.OrderAccepted)]
    assert [s.event.order.id for s in accepted].count("9001") == 1
    assert accepted[-1].actor == "shop"


@pytest.mark.parametrize("header", [{}, {"X-Shopify-Hmac-Sha256": "Zm9yZ2Vk"}])
def test_a_forged_webhook_is_refused_and_leaves_no_trace(site, header):
    before = site.desk.state.seq
    headers = {"Content-Type": "application/json", **header}
    answer = site.post("/api/shop/orders", content=order(), headers=headers)
    assert answer.status_code == 401
    assert "Nothing was recorded" in answer.json()["why"]
    assert (site.desk.state.seq, site.desk.asked) == (before, [])


def failed(name="f" * 32, stand=Stand.FAILED):
    return Delivery(
        id=name,
        event="e1",
        receiver="erp",
        kind="order.shipped",
        about="order <b>4127</b>",
        body="{}",
        made=0,
        due=0,
        tries=3,
        stand=stand,
        says="It answered 404.",
    )


def test_what_was_not_delivered_is_listed_tried_again_and_dropped(site):
    book = site.traffic.exchange.book
    book.apply(PutDelivery(failed()))
    book.apply(PutDelivery(failed("a" * 32, Stand.WAITING)))
    listed = site.call("GET", "/api/undelivered").json()
    assert [each["stand"] for each in listed] == ["failed", "waiting"]
    assert len(site.call("GET", "/api/undelivered?stand=failed").json()) == 1
    again = site.post(f"/api/undelivered/{'f' * 32}/again", json={}).json()
    assert (again["stand"], again["tries"]) == ("waiting", 0)
    assert site.post(f"/api/undelivered/{'f' * 32}/drop", json={}).status_code == 200
    assert site.post(f"/api/undelivered/{'f' * 32}/drop", json={}).status_code == 404
    assert list(book.deliveries) == ["a" * 32]


def test_the_pages_are_complete_and_words_of_others_are_data(site):
    site.traffic.exchange.book.apply(PutDelivery(failed()))
    page = site.call("GET", "/undelivered").text
    assert "order &lt;b&gt;4127" in page.lower()
    assert "It answered 404." in page
    assert "Drop a file here" in site.call("GET", "/orders/import").text

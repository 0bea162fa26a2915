"""Deliveries over real sockets: a receiver that fails, hangs and recovers, and a mail server with TLS."""

import asyncio
import datetime
import ipaddress
import json
import socket
import ssl
from dataclasses import dataclass, field, replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from controller.outbox import Delivery
from controller.outbox import post as posting
from controller.outbox.mail import MailPost
from controller.outbox.post import HttpPost, signature
from controller.outbox.retry import Arrived, Never, NotYet
from controller.outbox.settings import Mail

pytestmark = pytest.mark.wire

NOW = 1_795_000_000


def delivery(number=1, kind="order.shipped", **data):
    said = {"id": f"e{number}", "kind": kind, "at": "2026-11-24T11:42:07+00:00", "data": data}
    return Delivery(
        id=f"d{number}",
        event=f"e{number}",
        receiver="shop",
        kind=kind,
        about=f"order {number}",
        body=json.dumps(said),
        made=NOW,
        due=NOW,
    )


ALARM = {"priority": "urgent", "source": "machine P3", "says": "It stopped."}


@dataclass
class Receiver:
    """A web server in as few lines as it takes: answers as scripted and keeps what came."""

    answers: list
    heard: list = field(default_factory=list)
    server: asyncio.Server | None = None

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_):
        self.server.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/hook"

    async def _talk(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
            headers = {name.lower(): value for name, value in headers.items()}
            body = await reader.readexactly(int(headers["content-length"]))
            self.heard.append((headers, body))
            answer = self.answers.pop(0)
            if answer == "hang":
                await reader.read()
            elif answer != "drop":
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def http(status, more=""):
    return f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n{more}\r\n".encode()


def test_a_receiver_gets_a_signed_event_that_it_can_check():
    async def scene():
        async with Receiver([http(200)]) as shop:
            post = HttpPost(shop.url, "s3cret")
            assert await post.send([delivery()], NOW) == Arrived()
            await post.close()
        ((headers, body),) = shop.heard
        assert headers["x-lotwright-event-id"] == "e1"
        assert headers["x-lotwright-event"] == "order.shipped"
        stamp = int(headers["x-lotwright-timestamp"])
        assert headers["x-lotwright-signature"] == signature("s3cret", stamp, body)
        assert signature("other", stamp, body) != signature("s3cret", stamp, body)

    asyncio.run(scene())


def test_a_receiver_that_fails_drops_hangs_and_redirects_is_told_apart(monkeypatch):
    monkeypatch.setattr(posting, "WITHIN_S", 0.3)

    async def scene():
        answers = [
            http(500),
            "drop",
            "hang",
            http(503, "Retry-After: 90\r\n"),
            http(302, "Location: http://127.0.0.1:1/else\r\n"),
            http(410),
            b"not http at all\r\n\r\n",
            http(200),
        ]
        async with Receiver(answers) as shop:
            post = HttpPost(shop.url, "s3cret")
            came = [await post.send([delivery()], NOW) for _ in range(8)]
            await post.close()
        assert came[0] == NotYet("It answered 500.")
        assert isinstance(came[1], NotYet)
        assert came[1].away
        assert "did not answer" in came[2].why
        assert (came[3].after_s, came[3].away) == (90, True)
        assert came[4] == Never("It answered 302.")
        assert came[5] == Never("It answered 410.")
        assert isinstance(came[6], NotYet)
        assert came[7] == Arrived()
        assert len({headers["x-lotwright-event-id"] for headers, _ in shop.heard}) == 1

    asyncio.run(scene())


def test_a_receiver_that_is_not_there_is_away():
    async def scene():
        post = HttpPost("http://127.0.0.1:1/hook", "s3cret")
        came = await post.send([delivery()], NOW)
        await post.close()
        assert isinstance(came, NotYet)
        assert came.away

    asyncio.run(scene())


@dataclass
class Letters:
    """What a mail server was handed; refuses whom it is told to."""

    refuse: str = ""
    kept: list = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.kept.append((envelope.rcpt_tos, envelope.content.decode(), session.ssl is not None))
        return "250 OK"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Write a certificate for this machine that signs itself."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    begin = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=36_500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    cert = folder / "cert.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(pem)
    return folder


def right(server, session, envelope, mechanism, data):
    known = data.login == b"plant" and data.password == b"pass word"
    return AuthResult(success=known, handled=False)


@pytest.fixture
def mail_server(certificate):
    """Return a function that starts a mail server on a free port."""
    started = []

    def start(letters, *, tls=False):
        how = {}
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
            how = {
                "tls_context": context,
                "require_starttls": True,
                "authenticator": right,
                "auth_required": True,
            }
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = Controller(letters, hostname="127.0.0.1", port=port, **how)
        server.start()
        started.append(server)
        return Mail(
            host="127.0.0.1",
            port=port,
            sender="plant@example.org",
            to=("amira@example.org", "shift@example.org"),
            security="starttls" if tls else "none",
            user="plant" if tls else "",
            ca=str(certificate / "cert.pem") if tls else "",
        )

    yield start
    for server in started:
        server.stop()


def sent(mail, deliveries, password=""):
    return asyncio.run(MailPost(mail, password, "Glove works").send(deliveries, NOW))


def test_what_was_gathered_is_one_mail_to_everybody(mail_server):
    letters = Letters()
    mail = mail_server(letters)
    two = [delivery(1, "alarm.raised", **ALARM), delivery(2, "alarm.raised", **ALARM)]
    assert sent(mail, two) == Arrived()
    ((to, text, _),) = letters.kept
    assert to == ["amira@example.org", "shift@example.org"]
    assert "Subject: Glove works: 2 messages" in text
    assert text.count("2026-11-24 11:42 UTC, urgent, machine P3: It stopped.") == 2


def test_mail_goes_over_tls_to_a_server_that_is_who_it_says(mail_server):
    letters = Letters()
    mail = mail_server(letters, tls=True)
    assert sent(mail, [delivery(1, "alarm.raised", **ALARM)], "pass word") == Arrived()
    assert letters.kept[0][2]
    stranger = replace(mail, ca="")
    came = sent(stranger, [delivery(1, "alarm.raised", **ALARM)], "pass word")
    assert came == NotYet(
        "The mail server cannot be reached (SSLCertVerificationError).", away=True
    )
    assert len(letters.kept) == 1


def test_a_wrong_password_is_not_tried_for_a_day(mail_server):
    mail = mail_server(Letters(), tls=True)
    came = sent(mail, [delivery(1, "alarm.raised", **ALARM)], "wrong")
    assert came == Never("The mail server answered 535.")


@pytest.mark.parametrize(("answer", "kind"), [("550 no such person", Never), ("450 busy", NotYet)])
def test_an_address_that_is_refused_is_told_apart_from_one_that_is_busy(mail_server, answer, kind):
    came = sent(mail_server(Letters(answer)), [delivery(1, "alarm.raised", **ALARM)])
    assert isinstance(came, kind)


def test_a_mail_server_that_is_not_there_is_away():
    mail = Mail(host="127.0.0.1", port=1, sender="a@b.c", to=("d@e.f",), security="none")
    came = sent(mail, [delivery(1, "alarm.raised", **ALARM)])
    assert isinstance(came, NotYet)
    assert came.away


def test_a_line_break_in_what_is_told_cannot_add_a_header(mail_server):
    letters = Letters()
    mail = mail_server(letters)
    evil = replace(delivery(1, "order.shipped"), about="order 1\r\nBcc: eve@example.org")
    came = sent(mail, [evil])
    assert came == Arrived()
    assert "\nBcc:" not in letters.kept[0][1].partition("\r\n\r\n")[0]

"""How the service may be started, the certificate it shows, and the token left for the command line."""

import asyncio
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from controller.access import Role
from controller.client import client_of
from controller.entrance import Entrance, EntranceError, admitted, hosts_of, refuse_unsafe
from controller.journal import InlineJournal
from controller.local_token import LocalToken, find, left
from controller.tls import CertificateError, expires, server_context, warning

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def certificate(folder: Path, *, days: int = 365, name: str = "plant") -> tuple[Path, Path]:
    """Write a certificate of our own and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "plant.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=400))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.9", "::", "plant.example"])
def test_open_mode_stays_on_this_machine(host: str) -> None:
    both = Path("a"), Path("b")
    for entrance in (Entrance(open=True), Entrance(open=True, certificate=both[0], key=both[1])):
        with pytest.raises(EntranceError, match="--open lets everybody in"):
            refuse_unsafe(host, entrance)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_neither_tls_nor_signing_in_is_demanded(host: str) -> None:
    for entrance in (Entrance(), Entrance(open=True), Entrance(token="x" * 16)):
        refuse_unsafe(host, entrance)


def test_beyond_this_machine_only_with_tls() -> None:
    with pytest.raises(EntranceError, match="would cross the network in clear"):
        refuse_unsafe("192.168.0.9", Entrance())
    with pytest.raises(EntranceError, match="Give --tls-cert and --tls-key"):
        refuse_unsafe("192.168.0.9", Entrance(certificate=Path("a")))
    refuse_unsafe("192.168.0.9", Entrance(certificate=Path("a"), key=Path("b")))


def test_every_address_needs_a_name() -> None:
    tls = {"certificate": Path("a"), "key": Path("b")}
    with pytest.raises(EntranceError, match="--host-name"):
        refuse_unsafe("0.0.0.0", Entrance(**tls))
    refuse_unsafe("0.0.0.0", Entrance(**tls, host_names=("plant.example",)))


def test_a_token_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(EntranceError, match="6 characters and can be guessed"):
        refuse_unsafe("127.0.0.1", Entrance(token="secret"))


def test_the_names_of_the_service() -> None:
    assert hosts_of("127.0.0.1", Entrance()) == frozenset()
    assert hosts_of("0.0.0.0", Entrance(host_names=("Plant.Example",))) == {"plant.example"}
    assert hosts_of("192.168.0.9", Entrance()) == {"192.168.0.9"}
    assert hosts_of("fd00::9", Entrance()) == {"[fd00::9]"}


def test_tls_begins_at_1_2_and_says_what_is_wrong_with_the_files(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    context = server_context(cert, key)
    assert context.minimum_version.name == "TLSv1_2"
    other = certificate(tmp_path, name="other")[1]
    for files, words in (
        ((tmp_path / "none.crt", key), "There is no file"),
        ((cert, other), "belong together"),
        ((key, cert), "PEM files"),
    ):
        with pytest.raises(CertificateError, match=words):
            server_context(*files)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (365, ""),
        (61, ""),
        (59, "expires in 59 days"),
        (0, "expired on 2026-11-24"),
        (-3, "refuse it"),
    ],
)
def test_a_certificate_that_ends_is_said_ahead(tmp_path: Path, days: int, words: str) -> None:
    until = expires(certificate(tmp_path, days=days)[0])
    said = warning(until, NOW)
    assert words in said
    assert bool(said) == bool(words)


def test_the_local_token_is_for_its_user_and_its_address_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        kept = LocalToken("http://127.0.0.1:8080", "secret")
        with left(tmp_path, kept):
            file = tmp_path / "local.token"
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert find(tmp_path, "http://localhost:8080") == kept
            for url in (
                "http://127.0.0.1:8081",
                "https://127.0.0.1:8080",
                "http://evil.example:8080",
            ):
                assert find(tmp_path, url) is None
        assert not file.exists()
    finally:
        os.umask(before)


def test_a_token_left_by_a_controller_that_was_killed_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "local.token").write_text('{"url": "http://127.0.0.1:8080", "token": "old"}')
    (tmp_path / "local.token.new").write_text("half")
    with left(tmp_path, LocalToken("http://127.0.0.1:8080", "new")):
        assert find(tmp_path, "http://127.0.0.1:8080").token == "new"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"url": 1}', '{"other": "x"}'])
def test_half_a_token_file_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "local.token").write_text(content)
    assert find(tmp_path, "http://127.0.0.1:8080") is None


def test_the_environment_names_token_and_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTWRIGHT_STATE", str(tmp_path))
    with left(tmp_path, LocalToken("http://127.0.0.1:8080", "local")):
        assert client_of("http://127.0.0.1:8080/", "cli").token == "local"
        assert client_of("http://plant.example", "cli").token == ""
        monkeypatch.setenv("LOTWRIGHT_TOKEN", "given")
        assert client_of("http://127.0.0.1:8080", "cli").token == "given"


def test_the_first_start_prints_a_link_and_later_ones_do_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from controller.access import By
    from controller.access.entering import follow_link

    async def start(journal: InlineJournal) -> str:
        async with admitted(Entrance(state=tmp_path), journal, lambda: NOW, 8080) as access:
            assert access is not None
            local = find(tmp_path, "http://127.0.0.1:8080")
            assert local is not None
            token = access.token(local.token)
            assert token is not None
            assert token.role is Role.ADMIN
            said = capsys.readouterr().out
            if said:
                secret = said.partition("/setup?token=")[2].strip()
                await follow_link(access, secret, "four unrelated words", By(), name="ada")
            return said

    async def main() -> None:
        journal = InlineJournal(tmp_path / "journal.db")
        assert "http://127.0.0.1:8080/setup?token=" in await start(journal)
        assert await start(journal) == ""
        journal.close()

    asyncio.run(main())
    assert stat.S_IMODE((tmp_path / "pins.key").stat().st_mode) == 0o600
    assert len((tmp_path / "pins.key").read_bytes()) == 32


def test_open_mode_has_no_access_and_leaves_no_token(tmp_path: Path) -> None:
    async def main() -> None:
        entrance = Entrance(state=tmp_path, open=True)
        async with admitted(entrance, InlineJournal(), lambda: NOW, 8080) as access:
            assert access is None

    asyncio.run(main())
    assert list(tmp_path.iterdir()) == []


def test_the_token_from_outside_is_an_operator(tmp_path: Path) -> None:
    async def main() -> None:
        entrance = Entrance(state=tmp_path, token="0123456789abcdef")
        async with admitted(entrance, InlineJournal(), lambda: NOW, 8080) as access:
            assert access is not None
            token = access.token("0123456789abcdef")
            assert token is not None
            assert (token.name, token.role) == ("station", Role.OPERATOR)

    asyncio.run(main())


@pytest.mark.parametrize("required", [False, True])
def test_a_second_factor_is_required_where_the_service_was_started_so(
    tmp_path: Path, required: bool
) -> None:
    async def main() -> None:
        entrance = Entrance(state=tmp_path, second_factor=required)
        async with admitted(entrance, InlineJournal(), lambda: NOW, 8080) as access:
            assert access is not None
            assert access.second_factor is required

    asyncio.run(main())

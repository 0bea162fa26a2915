"""Access over real sockets: a service that demands signing in, over TLS, and an upload that is too large."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from test_access_entrance import certificate

from controller.client import client_of

pytestmark = [pytest.mark.wire, pytest.mark.timeout(180)]
ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("says_length", [True, False])
def test_a_hundred_megabytes_are_refused_and_never_held(served, says_length: bool) -> None:
    address = ("127.0.0.1", served.port)
    head = "POST /api/orders/import?name=x.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/csv\r\n"
    length = f"Content-Length: {100 * MIB}\r\n" if says_length else "Transfer-Encoding: chunked\r\n"
    piece = b"x" * 65_536
    if not says_length:
        piece = b"10000\r\n" + piece + b"\r\n"
    before, sent, said = resident_mib(), 0, b""
    with socket.create_connection(address, timeout=10) as client:
        client.sendall((head + length + "\r\n").encode())
        try:
            while sent < 1600:
                client.sendall(piece)
                sent += 1
        except OSError:
            # The door is shut before all of it is sent, as it should be.
            assert sent < 1600
        try:
            said = client.recv(65_536)
        except OSError:
            # A reset that overtakes the answer is an answer too.
            said = b""
    assert not said or b" 413 " in said.split(b"\r\n")[0]
    assert sent < 1600
    assert resident_mib() - before < 40
    # And the service goes on.
    assert httpx.get(f"{served.url}/api/health").status_code == 200


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "controller", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LOTWRIGHT_STATE": str(cwd / "state")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    """Start the real service over TLS, on loopback, with access on."""
    # It is valid now: the clock of this test is the real one.
    cert, key = certificate(tmp_path, days=3650)
    command = [sys.executable, "-m", "controller", "run", "muesli", "--http", "127.0.0.1:0"]
    with (tmp_path / "said.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--tls-cert", cert, "--tls-key", key, "--state", str(tmp_path / "state")],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
        )
    local = tmp_path / "state" / "local.token"
    until = time.monotonic() + 90
    url = ""
    while time.monotonic() < until and process.poll() is None and not url:
        if local.exists():
            there = json.loads(local.read_text())["url"]
            try:
                httpx.get(f"{there}/api/health", verify=False)
                url = there
            except httpx.HTTPError:
                pass
        time.sleep(0.2)
    assert url, (tmp_path / "said.log").read_text()
    yield url
    process.terminate()
    process.wait(20)


def test_the_service_over_tls_from_the_first_link_to_a_program(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = (tmp_path / "said.log").read_text()
    assert f"{service}/setup?token=" in printed
    secret = printed.partition("/setup?token=")[2].split()[0]
    kept = (tmp_path / "state").glob("*.jsonl")
    assert all(secret not in file.read_text() for file in kept)
    assert service.startswith("https://")

    assert run("users", "list", "--url", service, cwd=tmp_path).returncode == 0
    added = run("users", "add", "amira", "--role", "operator", "--url", service, cwd=tmp_path)
    assert added.stdout.startswith(f"{service}/setup?token="), added.stderr
    made = run("tokens", "add", "webshop", "--role", "planner", "--url", service, cwd=tmp_path)
    token = made.stdout.strip()
    revoked = ("tokens", "revoke", "webshop", "--url", service)

    monkeypatch.setenv("LOTWRIGHT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("LOTWRIGHT_TOKEN", token)
    assert client_of(service, "cli").get("/api/me")["actor"] == "token webshop"
    orders = tmp_path / "orders.csv"
    orders.write_text("order,product\n")
    with httpx.Client(verify=False) as stranger:
        answer = stranger.get(f"{service}/api/orders")
        assert answer.status_code == 401
        assert "strict-transport-security" in answer.headers
        assert "server" not in answer.headers
        forwarded = {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http"}
        assert stranger.get(f"{service}/api/orders", headers=forwarded).status_code == 401
    monkeypatch.delenv("LOTWRIGHT_TOKEN")
    assert run(*revoked, cwd=tmp_path).returncode == 0
    with httpx.Client(verify=False, headers={"authorization": f"Bearer {token}"}) as client:
        assert client.get(f"{service}/api/orders").status_code == 401


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--open", "--http", "0.0.0.0:0"), "--open lets everybody in"),
        (("--http", "0.0.0.0:0"), "Give --tls-cert and --tls-key"),
        (("--token", "short"), "can be guessed"),
    ],
)
def test_an_unsafe_start_is_refused_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = run("run", "muesli", "--state", str(tmp_path / "state"), *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr

"""Whoever ends the controller with a signal finds everything put in order."""

import http.client
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from controller.journal import Journal
from tests.wire.test_day import ROOT, free_ports, on_free_ports

pytestmark = [pytest.mark.wire, pytest.mark.timeout(120)]
STARTS_WITHIN_S, ENDS_WITHIN_S = 60, 30


def answers(port: int) -> bool:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asking.request("GET", "/api/health")
        return bool(json.load(asking.getresponse())["seq"])
    except OSError:
        return False
    finally:
        asking.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_controller_in_order(tmp_path: Path, number: signal.Signals) -> None:
    folder, (port,) = on_free_ports("muesli", tmp_path / "plant"), free_ports(1)
    state = tmp_path / "state"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "controller", "run", str(folder)),
            *(f"--http=127.0.0.1:{port}", f"--state={state}"),
        ],
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(ROOT),
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "NUMBA_DISABLE_JIT": "1",  # or each run would compile all kernels for itself
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until_s = time.monotonic() + STARTS_WITHIN_S
        while not answers(port):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < until_s
            time.sleep(0.1)
        assert (state / "local.token").is_file()
        process.send_signal(number)
        said = process.communicate(timeout=ENDS_WITHIN_S)[0]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert not (state / "local.token").exists()
    assert not list(state.glob("*.db-wal")), "the last connection was not closed"
    again = Journal.open(f"sqlite:///{next(state.glob('*.db'))}")
    assert again.epoch == 2
    again.close()

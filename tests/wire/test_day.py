"""A whole day in real processes over loopback sockets, with the controller killed in the middle."""

import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from plant_config import load, read_folder, shipped
from simulators.oracle import read_ledger

pytestmark = [pytest.mark.wire, pytest.mark.timeout(460)]
ROOT = Path(__file__).resolve().parents[2]


WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORTS = itertools.count(20_000 + 1_500 * (WORKER % 8) + os.getpid() % 500)
"""Below those that the system gives to callers, and a stretch for each worker: a port that was free
stays free until its server listens, and none is given twice."""


def free_ports(count: int) -> list[int]:
    return list(itertools.islice(filter(_free, PORTS), count))


def _free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def on_free_ports(name: str, folder: Path) -> Path:
    """Copy a shipped plant whose machines listen where nobody else does."""
    source = shipped(name)
    assert source is not None
    shutil.copytree(source, folder)
    file = folder / "machines.yaml"
    text = file.read_text(encoding="utf-8")
    known = sorted(set(re.findall(r"(?:127\.0\.0\.1:|port: )(\d+)", text)))
    for old, new in zip(known, free_ports(len(known)), strict=True):
        text = re.sub(rf"(127\.0\.0\.1:|port: ){old}\b", rf"\g<1>{new}", text)
    file.write_text(text, encoding="utf-8")
    return folder


def test_a_day_over_real_sockets_survives_the_death_of_its_controller(tmp_path: Path) -> None:
    folder = on_free_ports("muesli", tmp_path / "plant")
    port = free_ports(1)[0]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "controller", "demo", str(folder), "--once"),
            *("--speed", "360", "--port", str(port), "--kill-at", "07:40"),
        ],
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(ROOT),
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "NUMBA_DISABLE_JIT": "1",  # or each run would compile all kernels for itself
        },
        capture_output=True,
        text=True,
        timeout=440,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    plant = load(read_folder(folder))
    with (folder / "orders.csv").open(encoding="utf-8") as file:
        asked = {line.split(",")[0] for line in itertools.islice(file, 1, None)}
    ledger = next(tmp_path.glob(".lotwright/demo/*/machines/as-made.jsonl"))
    made = read_ledger(ledger)
    assert {entry.machine for entry in made} <= set(plant.machines)
    good = [entry.operation for entry in made if entry.verdict == "good"]
    assert len(good) == len(set(good))
    assert {operation.partition("/")[0] for operation in good} <= asked
    assert re.search(r"Made twice\s+0", said)
    boots = {
        json.loads(line)["boot"]
        for line in _journal(tmp_path).splitlines()
        if '"ControllerStarted"' in line
    }
    assert len(boots) == 2


def _journal(folder: Path) -> str:
    """Read the journal as another program would: straight from the database."""
    import sqlite3

    database = next(folder.glob(".lotwright/demo/*/journal.db"))
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute("select boot, kind from journal order by seq").fetchall()
    return "\n".join(json.dumps({"boot": boot, "kind": kind}) for boot, kind in rows)

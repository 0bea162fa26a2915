"""Our Modbus/TCP server at the level of frames, and the process that runs a plant's machines."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from modbus_cell import PROFILE, cell, until
from small_plant import job_for

from drivers import LinkChange, LinkError
from simulators.faults import Faults, LinkCut

pytestmark = pytest.mark.wire


async def exchange(port: int, *frames: bytes) -> list[bytes]:
    """Send frames on one connection and return what comes until it is closed or silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for frame in frames:
        writer.write(frame)
        try:
            async with asyncio.timeout(5):
                head = await reader.readexactly(7)
                answers.append(
                    head + await reader.readexactly(int.from_bytes(head[4:6], "big") - 1)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            answers.append(b"closed")
            break
    writer.close()
    return answers


def mbap(tid: int, unit: int, pdu: bytes, protocol: int = 0) -> bytes:
    return (
        b"".join(n.to_bytes(2, "big") for n in (tid, protocol, len(pdu) + 1)) + bytes((unit,)) + pdu
    )


def test_frames_are_answered_with_their_number_and_unit():
    async def day():
        async with cell() as it:
            read = b"\x03\x00\x65\x00\x02"  # the magic
            (answer,) = await exchange(it.server.port, mbap(0x1234, 2, read))
            assert answer == mbap(0x1234, 2, b"\x03\x04" + PROFILE.magic.to_bytes(4, "big"))
            (answer,) = await exchange(it.server.port, mbap(1, 9, read))
            assert answer == mbap(1, 9, b"\x83\x0b")
            (answer,) = await exchange(it.server.port, mbap(1, 1, b"\x07"))
            assert answer == mbap(1, 1, b"\x87\x01")

    asyncio.run(day())


@pytest.mark.parametrize(
    "nonsense",
    [
        mbap(1, 1, b"\x03\x00\x64\x00\x01", protocol=5),
        b"\0\1\0\0\0\1\1",
        b"\0\1\0\0\xff\xff\1" + b"x" * 300,
    ],
)
def test_what_is_no_modbus_ends_the_connection_and_nothing_else(nonsense):
    async def day():
        async with cell() as it:
            assert await exchange(it.server.port, nonsense) == [b"closed"]
            assert await exchange(it.server.port, mbap(1, 1, b"\x03\x00\x64\x00\x01")) != [
                b"closed"
            ]

    asyncio.run(day())


def test_a_cut_network_drops_everybody_until_it_is_back():
    async def day():
        async with cell(Faults(link_cuts=(LinkCut("M1", 100, 200),))) as it:
            driver = it.driver("M1")
            await until(driver, LinkChange, up=True)
            it.go_to(100)
            await until(driver, LinkChange, up=False)
            with pytest.raises(LinkError):
                await driver.submit(job_for("M1", "1/mix"))
            it.go_to(200)
            await until(driver, LinkChange, up=True)

    asyncio.run(day())


async def machines(plant: Path, state: Path) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulators", str(plant), "--speed", "400", "--state", str(state),
        stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    async with asyncio.timeout(60):
        line = await process.stdout.readline()
    assert line == b"1 machines ready\n", line
    return process


def a_plant_of_one_mixer(folder: Path) -> None:
    """Write the smallest plant with a Modbus machine, on a free port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shipped = Path(__file__).parents[2] / "plant_config/plants/sneaker"
    (folder / "profiles").mkdir(parents=True)
    text = (shipped / "profiles/jobmap.yaml").read_text(encoding="utf-8")
    (folder / "profiles/jobmap.yaml").write_text(text, encoding="utf-8")
    (folder / "rates.yaml").write_text("late: EUR 1.00\nsource: assumed\n")
    (folder / "plant.yaml").write_text(
        'name: one\nlabel: One\ntimezone: UTC\nshifts: [{name: day, begins: "06:00", ends: "22:00"}]\n'
        'cut_offs: [{carrier: van, at: "18:00"}]\ncalendars: {all: [day]}\n'
    )
    (folder / "machines.yaml").write_text(
        "groups: [{name: mix, label: mixing, physics: mixer, offers: [mix], calendar: all}]\n"
        "machines: [{id: M1, group: mix, link: {kind: modbus, host: 127.0.0.1, "
        f"port: {port}, profile: jobmap}}}}]\n"
    )
    (folder / "materials.yaml").write_text("materials: []\n")


def test_the_machines_process_says_when_it_is_ready_survives_a_kill_and_ends_when_told(tmp_path):
    from drivers.modbus import ModbusDriver
    from plant_config import load, read_folder

    folder, state = tmp_path / "one", tmp_path / "state"
    a_plant_of_one_mixer(folder)

    async def day():
        plant = load(read_folder(folder))
        process = await machines(folder, state)
        driver = ModbusDriver(plant, "M1")
        job = job_for("M1", "1/mix", takes_s=100_000)
        assert (await driver.submit(job)).outcome.value == "accepted"
        await driver.close()
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        process = await machines(folder, state)
        driver = ModbusDriver(plant, "M1")
        birth = await until(driver, LinkChange, up=True)
        assert (birth.boot, birth.count) == (2, 1)
        finding = await driver.look_up(job)
        assert finding.report.state.value == "Aborted"
        assert (await driver.submit(job)).outcome.value == "duplicate"
        await driver.close()
        process.terminate()
        assert await process.wait() == 0
        lines = (state / "as-made.jsonl").read_text().splitlines()
        assert len(lines) == 1
        assert '"verdict":"scrap"' in lines[0]

    asyncio.run(day())

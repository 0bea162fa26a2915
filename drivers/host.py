"""A child process that owns a group of drivers, spoken to over an inherited socket.

`python -m drivers.host FD MEMORY_MIB` is started by `drivers.remote`. It ends when the socket is
closed, so that no driver outlives its controller, and even when its event loop is frozen by then.
"""

import asyncio
import contextlib
import logging
import os
import resource
import select
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from drivers.connect import KINDS
from drivers.driver import Driver, LinkChange, LinkError, Notice, ProtocolError, Reading, Report
from drivers.wire import (
    Answered,
    Beat,
    Call,
    CallCommand,
    CallHeld,
    CallLookUp,
    CallSubmit,
    Found,
    FromHost,
    Holds,
    OpenHost,
    Raised,
    Read,
    Relinked,
    Reply,
    Reported,
    from_host,
    read_to_host,
)
from plant_config import Plant, PlantErrors, load, read_folder

QUIET = ("asyncua", "pymodbus")
"""Libraries that log every attempt; our links say once that a machine is lost, and once it is back."""

BEAT_S = 1.0
"""How often the controller hears that this loop turns."""

_CLOSES_WITHIN_S = 1.0
"""Drivers have this long to say goodbye to their machines."""

_FROZEN_S = 2.0
"""A loop that has not ended the process so long after the controller went is frozen."""


def main() -> None:
    """Serve one controller until it is gone."""
    fd, memory_mib = int(sys.argv[1]), int(sys.argv[2])
    logging.basicConfig(format="%(message)s")
    for library in QUIET:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    if memory_mib:
        limit = memory_mib * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    threading.Thread(target=_end_with_controller, args=(fd,), daemon=True).start()
    asyncio.run(_serve(socket.socket(fileno=fd)))


async def _serve(sock: socket.socket) -> None:
    reader, writer = await asyncio.open_connection(sock=sock)
    opening = await read_to_host(reader)
    if not isinstance(opening, OpenHost):
        return
    try:
        plant = _plant(opening)
    except LinkError as error:
        for machine in opening.links:
            await _say(Relinked(LinkChange(machine=machine, up=False, detail=str(error))), writer)
        writer.close()
        return
    drivers = {machine: KINDS[link.kind](plant, machine) for machine, link in opening.links.items()}
    # It comes before any link, so that whoever hears of one may call at once.
    await _say(Beat(), writer)
    try:
        async with asyncio.TaskGroup() as tasks:
            background = [tasks.create_task(_pump(driver, writer)) for driver in drivers.values()]
            background.append(tasks.create_task(_beat(writer)))
            while isinstance(frame := await read_to_host(reader), Call):
                background.append(tasks.create_task(_serve_call(drivers, frame, writer)))
                background = [task for task in background if not task.done()]
            for task in background:
                task.cancel()
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSES_WITHIN_S):
                await asyncio.gather(*(driver.close() for driver in drivers.values()))
        writer.close()


def _plant(opening: OpenHost) -> Plant:
    """Load the plant, with its machines where the controller reaches them. Raises LinkError."""
    try:
        plant = load(read_folder(Path(opening.folder)))
    except (OSError, PlantErrors) as error:
        raise LinkError(f"The plant's files cannot be read any more: {error}") from error
    if opening.digest and plant.digest != opening.digest:
        raise LinkError(
            f"The files in {opening.folder!r} are not those that the controller runs on. "
            "Maybe restart the controller."
        )
    moved = {
        machine: replace(plant.machines[machine], link=link)
        for machine, link in opening.links.items()
    }
    return replace(plant, machines={**plant.machines, **moved})


async def _pump(driver: Driver, writer: asyncio.StreamWriter) -> None:
    async for notice in driver.notices():
        await _say(_noticed(notice), writer)


async def _beat(writer: asyncio.StreamWriter) -> None:
    while True:
        await _say(Beat(), writer)
        await asyncio.sleep(BEAT_S)


async def _serve_call(
    drivers: Mapping[str, Driver], call: Call, writer: asyncio.StreamWriter
) -> None:
    try:
        reply = await _reply(drivers, call)
    except LinkError as error:
        reply = Raised(call.id, "link", str(error))
    except ProtocolError as error:
        reply = Raised(call.id, "protocol", str(error))
    await _say(reply, writer)


async def _reply(drivers: Mapping[str, Driver], call: Call) -> Reply:
    match call:
        case CallSubmit(number, job):
            return Answered(number, await drivers[job.machine].submit(job))
        case CallLookUp(number, job):
            return Found(number, await drivers[job.machine].look_up(job))
        case CallHeld(number, machine):
            return Holds(number, await drivers[machine].held())
        case CallCommand(number, machine, command, job_order, comment):
            answer = await drivers[machine].command(command, job_order, comment)
            return Answered(number, answer)
        case _:
            assert_never(call)


def _noticed(notice: Notice) -> FromHost:
    match notice:
        case Report():
            return Reported(notice)
        case Reading():
            return Read(notice)
        case LinkChange():
            return Relinked(notice)
        case _:
            assert_never(notice)


async def _say(frame: FromHost, writer: asyncio.StreamWriter) -> None:
    # When the controller is gone, the reading side sees the end.
    with contextlib.suppress(ConnectionError):
        writer.write(from_host(frame))
        await writer.drain()


def _end_with_controller(fd: int) -> None:
    """Wait in a thread until the other end is closed; a loop that still runs then is frozen."""
    hung_up = select.poll()
    hung_up.register(fd, select.POLLHUP)
    hung_up.poll()
    time.sleep(_FROZEN_S)
    os._exit(1)


if __name__ == "__main__":
    main()

"""A controller that is killed at any moment loses nothing that it acknowledged."""

import asyncio
import os
import random
import signal
import sys
import traceback

import pytest

from controller.events import MachineCleared
from controller.journal import Draft, InlineJournal, Journal, JournalHeldError

ROUNDS = 12


def write_until_killed(url, acknowledged):
    """Append from several coroutines and say each acknowledgement as it comes."""

    async def one(journal, name):
        for count in range(1_000_000):
            drafts = [
                Draft(event=MachineCleared(machine=f"{name}.{count}.{n}"), at_s=0, utc="2026")
                for n in range(1 + count % 3)
            ]
            for stamped in await journal.append(drafts):
                os.write(acknowledged, f"{stamped.seq} {stamped.hash}\n".encode())

    async def everyone():
        journal = Journal.open(url)
        await asyncio.gather(*(one(journal, name) for name in range(8)))

    asyncio.run(everyone())


def start_writer(url):
    """Fork a writer, which has its imports already; return its pid and what it acknowledges."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            write_until_killed(url, writing)
        except BaseException:  # noqa: BLE001 it must never come back into pytest
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(1)
    os.close(writing)
    return pid, os.fdopen(reading)


def test_every_acknowledged_event_survives_kill_9(tmp_path):
    url = f"sqlite:///{tmp_path}/plant.db"
    chance = random.Random(7)
    acknowledged = {}
    for _ in range(ROUNDS):
        pid, lines = start_writer(url)
        for _ in range(chance.randrange(1, 120)):
            seq, digest = lines.readline().split()
            acknowledged[int(seq)] = digest
        os.kill(pid, signal.SIGKILL)
        for line in lines:
            if line.endswith("\n"):
                seq, digest = line.split()
                acknowledged[int(seq)] = digest
        lines.close()
        os.waitpid(pid, 0)

    async def look():
        journal = Journal.open(url)
        found = await journal.verify()
        events = await journal.read()
        journal.close()
        return found, events, journal.epoch

    found, events, epoch = asyncio.run(look())
    assert found.broken is None, found
    assert found.events == len(events) >= len(acknowledged) > ROUNDS
    assert {event.seq: event.hash for event in events}.items() >= acknowledged.items()
    assert epoch == ROUNDS + 1
    assert {event.epoch for event in events} == set(range(1, ROUNDS + 1))


def test_the_drafts_of_one_call_survive_together_or_not_at_all(tmp_path):
    url = f"sqlite:///{tmp_path}/plant.db"
    pid, lines = start_writer(url)
    for _ in range(60):
        lines.readline()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    lines.close()

    async def look():
        journal = Journal.open(url)
        names = [event.event.machine for event in await journal.read()]
        journal.close()
        return names

    calls = {}
    for name in asyncio.run(look()):
        writer, count, _ = name.split(".")
        calls[writer, int(count)] = calls.get((writer, int(count)), 0) + 1
    assert len(calls) > 20
    assert all(times == 1 + count % 3 for (_, count), times in calls.items())


def test_the_lock_goes_with_the_process_that_held_it(tmp_path):
    url = f"sqlite:///{tmp_path}/plant.db"
    pid, lines = start_writer(url)
    lines.readline()
    with pytest.raises(JournalHeldError, match=f"process {pid}"):
        Journal.open(url)
    with pytest.raises(JournalHeldError):
        InlineJournal(tmp_path / "plant.db")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    lines.close()
    Journal.open(url).close()


def test_an_upgrade_that_dies_half_way_leaves_an_empty_database(tmp_path, monkeypatch):
    import sqlalchemy as sa

    from controller.journal import JournalError

    url = f"sqlite:///{tmp_path}/plant.db"
    executed = []

    def die_at_the_third_table(_connection, _cursor, statement, *_):
        if statement.strip().startswith("CREATE TABLE"):
            executed.append(statement)
            if len(executed) == 4:
                raise sa.exc.OperationalError(statement, {}, OSError("power failed"))

    sa.event.listen(sa.Engine, "before_cursor_execute", die_at_the_third_table)
    try:
        with pytest.raises(JournalError, match="power failed"):
            Journal.open(url)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", die_at_the_third_table)
    engine = sa.create_engine(url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
    Journal.open(url).close()

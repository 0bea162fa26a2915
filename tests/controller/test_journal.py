"""What is acknowledged is there, what failed is not, and only the leader writes."""

import asyncio
import os
import sqlite3
from contextlib import closing

import pytest

from controller.desk import Person
from controller.events import DayClosed, MachineCleared
from controller.journal import (
    Draft,
    InlineJournal,
    Journal,
    JournalError,
    JournalHeldError,
    Memory,
    upgrade_database,
)
from controller.requests import RefusedRow


def draft(machine):
    return Draft(
        event=MachineCleared(machine=machine),
        at_s=60,
        utc="2026-11-21T06:01:00+00:00",
        actor="person amira",
        station="floor",
    )


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/plant.db"


@pytest.fixture(params=["threaded", "in memory", "in line on disk"])
def opened(request, tmp_path):
    """Return a function that opens the same journal again; what it opened is closed at the end."""
    memory, journals = Memory(), []

    def open_journal():
        if request.param == "threaded":
            journals.append(Journal.open(f"sqlite:///{tmp_path}/plant.db"))
        elif request.param == "in memory":
            journals.append(InlineJournal(memory))
        else:
            journals.append(InlineJournal(tmp_path / "plant.db"))
        return journals[-1]

    yield open_journal
    for journal in journals:
        journal.close()


def test_what_was_appended_is_read_back_in_order(opened):
    async def scene():
        journal = opened()
        first = await journal.append([draft("P1"), draft("P2")])
        second = await journal.append([draft("P3")])
        assert await journal.append([]) == ()
        assert await journal.read() == first + second
        assert [e.event.machine for e in await journal.read(after=1, limit=1)] == ["P2"]
        assert await journal.read(after=3) == ()
        assert [stamped.seq for stamped in first + second] == [1, 2, 3]
        assert second[0].previous == first[1].hash
        assert (first[0].actor, first[0].station, first[0].at_s) == ("person amira", "floor", 60)
        assert (first[0].boot, first[0].epoch) == (journal.boot, journal.epoch)
        assert (await journal.verify()).events == 3

    asyncio.run(scene())


def test_a_journal_that_is_opened_again_goes_on_in_the_next_epoch(opened):
    async def scene():
        old = opened()
        (last,) = await old.append([draft("P1")])
        old.close()
        new = opened()
        assert new.epoch == old.epoch + 1
        assert new.boot != old.boot
        (following,) = await new.append([draft("P2")])
        assert (following.seq, following.previous) == (2, last.hash)
        found = await new.verify()
        assert (found.events, found.broken) == (2, None)

    asyncio.run(scene())


def test_a_closed_journal_takes_nothing(opened):
    async def scene():
        journal = opened()
        journal.close()
        journal.close()
        with pytest.raises(JournalError, match="closed"):
            await journal.append([draft("P1")])
        with pytest.raises(JournalError, match="closed"):
            await journal.erase_person("4127")

    asyncio.run(scene())


def test_a_person_can_be_kept_replaced_and_erased(opened):
    async def scene():
        journal = opened()
        assert journal.person("4127") == Person()
        texts = (("1.heel", "für Zoë"),)
        await journal.remember_person("4127", Person(name="A. Nowak", place="Bonn"))
        await journal.remember_person("4127", Person(name="A. Nowak", place="Köln", texts=texts))
        assert journal.person("4127") == Person(name="A. Nowak", place="Köln", texts=texts)
        journal.close()
        journal = opened()
        assert journal.person("4127").place == "Köln"
        await journal.erase_person("4127")
        assert journal.person("4127") == Person()

    asyncio.run(scene())


def test_refused_rows_are_kept_once_newest_file_first_until_they_are_erased(opened):
    def row(number):
        return RefusedRow(row=number, column="size", value="99", reason="There is no size 99.")

    async def scene():
        journal = opened()
        await journal.remember_refusals("monday.csv", [row(2), row(5)])
        await journal.remember_refusals("tuesday.csv", [row(3)])
        await journal.remember_refusals("monday.csv", [row(2), row(5)])
        kept = [("tuesday.csv", row(3)), ("monday.csv", row(2)), ("monday.csv", row(5))]
        assert list(journal.refusals()) == kept
        await journal.erase_refusals("tuesday.csv")
        assert list(journal.refusals()) == kept[1:]

    asyncio.run(scene())


def test_personal_data_is_nowhere_in_the_events(url, tmp_path):
    async def scene():
        journal = Journal.open(url)
        await journal.remember_person("4127", Person(name="Unmistakable"))
        await journal.append([draft("P1")])
        journal.close()

    asyncio.run(scene())
    with closing(sqlite3.connect(tmp_path / "plant.db")) as database:
        assert "Unmistakable" not in str(database.execute("select * from journal").fetchall())
        assert "Unmistakable" in str(database.execute("select * from people").fetchall())


def test_many_writers_at_once_share_commits_and_leave_no_gap(url):
    async def scene():
        journal = Journal.open(url)
        commits = []
        write = journal._store.write
        journal._store.write = lambda writings: (commits.append(len(writings)), write(writings))

        async def one(number):
            return [(await journal.append([draft(f"{number}.{n}"), draft("x")])) for n in range(5)]

        answers = await asyncio.gather(*(one(number) for number in range(60)))
        events = await journal.read()
        assert [event.seq for event in events] == list(range(1, 601))
        by_seq = {event.seq: event for event in events}
        for appended in (pair for answer in answers for pair in answer):
            assert [by_seq[event.seq] for event in appended] == list(appended)
            assert appended[1].seq == appended[0].seq + 1, "drafts of one call stay together"
        assert sum(commits) == 300
        assert len(commits) < 100, "a commit serves several callers"
        assert (await journal.verify()).events == 600
        journal.close()

    asyncio.run(scene())


def test_the_database_is_set_to_survive_a_loss_of_power(url):
    journal = Journal.open(url)
    try:
        ask = journal._store._connection.exec_driver_sql
        assert ask("PRAGMA journal_mode").scalar_one() == "wal"
        assert ask("PRAGMA synchronous").scalar_one() == 2
    finally:
        journal.close()


def test_readers_cannot_write(url):
    journal = Journal.open(url)
    try:
        with (
            journal._store._readers.connect() as reader,
            pytest.raises(Exception, match="readonly database"),
        ):
            reader.exec_driver_sql("delete from journal")
    finally:
        journal.close()


def test_a_second_controller_is_turned_away_by_name_of_the_first(url):
    first = Journal.open(url)
    try:
        with pytest.raises(JournalHeldError, match=f"process {os.getpid()}"):
            Journal.open(url)
    finally:
        first.close()
    Journal.open(url).close()


def test_a_leader_that_was_overtaken_cannot_write(url, tmp_path):
    async def scene():
        journal = Journal.open(url)
        await journal.append([draft("P1")])
        with closing(sqlite3.connect(tmp_path / "plant.db")) as other:
            other.execute("update lease set epoch = epoch + 1")
            other.commit()
        with pytest.raises(JournalError, match="took over"):
            await journal.append([draft("P2")])
        with pytest.raises(JournalError, match="took over"):
            await journal.remember_person("4127", Person(name="A. Nowak"))
        assert len(await journal.read()) == 1
        assert journal.person("4127") == Person()
        journal.close()

    asyncio.run(scene())


def test_a_leader_in_memory_that_was_overtaken_cannot_write_either():
    async def scene():
        memory = Memory()
        old, new = InlineJournal(memory), InlineJournal(memory)
        await new.append([draft("P1")])
        with pytest.raises(JournalError, match="took over"):
            await old.append([draft("P2")])
        assert [event.event.machine for event in await new.read()] == ["P1"]

    asyncio.run(scene())


def test_a_full_disk_records_nothing_and_heals(url):
    async def scene():
        journal = Journal.open(url)
        await journal.append([draft("P1")])
        pragma = journal._store._connection.exec_driver_sql
        pages = pragma("PRAGMA page_count").scalar_one()
        journal._store._connection.commit()
        pragma(f"PRAGMA max_page_count = {pages}")
        journal._store._connection.commit()
        with pytest.raises(JournalError, match="full"):
            await journal.append([draft("x" * 5_000) for _ in range(20)])
        assert len(await journal.read()) == 1
        pragma("PRAGMA max_page_count = 100000")
        journal._store._connection.commit()
        (event,) = await journal.append([draft("P2")])
        assert event.seq == 2
        assert (await journal.verify()).events == 2
        journal.close()

    asyncio.run(scene())


def test_a_commit_whose_answer_was_lost_stops_the_writing_until_a_restart(url):
    async def scene():
        journal = Journal.open(url)
        write = journal._store.write

        def write_and_lose_the_answer(writings):
            write(writings)
            raise JournalError("connection lost")

        journal._store.write = write_and_lose_the_answer
        with pytest.raises(JournalError, match="connection lost"):
            await journal.append([draft("P1")])
        journal._store.write = write
        with pytest.raises(JournalError, match="took for lost"):
            await journal.append([draft("P2")])
        journal.close()
        journal = Journal.open(url)
        assert [event.event.machine for event in await journal.read()] == ["P1"]
        await journal.append([draft("P2")])
        assert (await journal.verify()).events == 2
        journal.close()

    asyncio.run(scene())


def test_an_event_that_cannot_be_written_harms_only_its_own_caller(url):
    async def scene():
        journal = Journal.open(url)
        outcomes = await asyncio.gather(
            journal.append([draft("P1")]),
            journal.append([draft("\ud800")]),
            journal.append([draft("P2")]),
            return_exceptions=True,
        )
        assert isinstance(outcomes[1], JournalError)
        assert [event.event.machine for event in await journal.read()] == ["P1", "P2"]
        journal.close()

    asyncio.run(scene())


def test_a_caller_that_gives_up_does_not_stop_the_writing(url):
    async def scene():
        journal = Journal.open(url)
        asking = asyncio.ensure_future(journal.append([draft("P1")]))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await journal.append([draft("P2")])
        assert [event.event.machine for event in await journal.read()] == ["P1", "P2"]
        journal.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ('update journal set body = \'{"machine":"P9"}\' where seq = 3', 3),
        ("update journal set actor = 'person eve' where seq = 2", 2),
        ("delete from journal where seq = 4", 4),
        ("delete from journal where seq = 6", 6),
    ],
)
def test_tampering_with_the_database_is_found(url, tmp_path, tampering, broken):
    async def scene():
        journal = Journal.open(url)
        await journal.append([draft(f"P{n}") for n in range(6)])
        with closing(sqlite3.connect(tmp_path / "plant.db")) as other:
            other.execute(tampering)
            other.commit()
        assert (await journal.verify()).broken == broken
        journal.close()

    asyncio.run(scene())


def test_a_database_of_a_newer_release_is_refused_and_left_alone(url, tmp_path):
    upgrade_database(url)
    with closing(sqlite3.connect(tmp_path / "plant.db")) as database:
        database.execute("update alembic_version set version_num = '9999'")
        database.commit()
    with pytest.raises(JournalError, match="newer than this release"):
        Journal.open(url)
    with closing(sqlite3.connect(tmp_path / "plant.db")) as database:
        assert database.execute("select * from alembic_version").fetchall() == [("9999",)]
        assert database.execute("select * from lease").fetchall() == [("controller", "upgrade", 1)]


def test_the_migrations_build_the_tables_that_the_code_uses(url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from controller.journal.database import DatabaseStore
    from controller.journal.tables import METADATA

    store = DatabaseStore(url, "test")
    try:
        with store._connection.begin():
            context = MigrationContext.configure(
                store._connection, opts={"compare_server_default": True}
            )
            assert compare_metadata(context, METADATA) == []
    finally:
        store.close()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("plant.db", "not a database URL"),
        ("sqlite://", "in memory"),
        ("mysql://somewhere/plant", "'mysql'"),
        ("sqlite:////no/such/folder/plant.db", "cannot be opened"),
    ],
)
def test_a_url_that_cannot_be_a_journal_says_why(wrong, says):
    with pytest.raises(JournalError, match=says):
        Journal.open(wrong)


def test_two_journals_in_line_say_the_same_for_the_same():
    async def scene():
        journal = InlineJournal(Memory(), boot="boot")
        await journal.append([draft("P1")])
        await journal.append(
            [Draft(event=DayClosed(due=3, shipped=3), at_s=9, utc="2026-11-21T06:00:09+00:00")]
        )
        return await journal.read()

    assert asyncio.run(scene()) == asyncio.run(scene())

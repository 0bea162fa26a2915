"""The same journal on PostgreSQL: an empty database is named by LOTWRIGHT_POSTGRES."""

import asyncio
import os

import pytest
import sqlalchemy as sa

from controller.desk import Person
from controller.events import MachineCleared
from controller.journal import Draft, Journal, JournalError, JournalHeldError
from controller.journal.database import parse_url
from controller.journal.tables import METADATA
from controller.requests import RefusedRow

URL = os.environ.get("LOTWRIGHT_POSTGRES", "")

pytestmark = pytest.mark.skipif(
    not URL, reason="LOTWRIGHT_POSTGRES names no database, as postgresql://user@host/empty_database"
)


def draft(machine):
    return Draft(event=MachineCleared(machine=machine), at_s=60, utc="2026-11-21T06:01:00+00:00")


@pytest.fixture
def engine():
    """Yield a connection of another party to the database, which is emptied before and after."""
    engine = sa.create_engine(parse_url(URL), isolation_level="AUTOCOMMIT")

    def empty():
        with engine.connect() as connection:
            METADATA.drop_all(connection)
            connection.exec_driver_sql("drop table if exists alembic_version")

    empty()
    yield engine
    empty()
    engine.dispose()


def test_it_records_reads_verifies_and_goes_on(engine):
    async def scene():
        journal = Journal.open(URL)
        appended = await asyncio.gather(*(journal.append([draft(f"P{n}")]) for n in range(300)))
        assert sorted(event.seq for (event,) in appended) == list(range(1, 301))
        await journal.remember_person("4127", Person(name="Zoë", texts=(("1.heel", "für Z"),)))
        row = RefusedRow(row=2, column="size", value="99", reason="There is no size 99.")
        await journal.remember_refusals("monday.csv", [row])
        await journal.remember_refusals("monday.csv", [row])
        journal.close()
        journal = Journal.open(URL)
        assert journal.epoch == 2
        assert journal.person("4127").texts == (("1.heel", "für Z"),)
        assert journal.refusals() == (("monday.csv", row),)
        await journal.append([draft("P300")])
        assert (await journal.verify()).events == 301
        with engine.connect() as other:
            other.exec_driver_sql("update journal set actor = 'eve' where seq = 7")
        assert (await journal.verify()).broken == 7
        journal.close()

    asyncio.run(scene())


def test_a_second_controller_is_turned_away_and_an_overtaken_one_cannot_write(engine):
    async def scene():
        journal = Journal.open(URL)
        with pytest.raises(JournalHeldError):
            Journal.open(URL)
        with engine.connect() as other:
            other.exec_driver_sql("update lease set epoch = epoch + 1")
        with pytest.raises(JournalError, match="took over"):
            await journal.append([draft("P1")])
        assert await journal.read() == ()
        journal.close()

    asyncio.run(scene())


def test_a_cut_connection_records_nothing_and_heals(engine):
    async def scene():
        journal = Journal.open(URL)
        await journal.append([draft("P1")])
        with engine.connect() as other:
            other.exec_driver_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                " and datname = current_database()"
            )
        with pytest.raises(JournalError):
            await journal.append([draft("P2")])
        (event,) = await journal.append([draft("P3")])
        assert event.seq == 2
        assert [event.event.machine for event in await journal.read()] == ["P1", "P3"]
        assert (await journal.verify()).events == 2
        journal.close()

    asyncio.run(scene())

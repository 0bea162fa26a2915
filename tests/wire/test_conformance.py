"""Simulated machines pass the suite over both protocols, whatever their evidence; liars do not."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import modbus_cell
import pytest
from opcua_cell import COUNTER, LEDGER, NONE, Cell, job_order, served
from small_plant import job_for

from drivers import Driver, JobOrder
from drivers.conformance import Bench, Certificate, certify
from plant_config import Evidence
from simulators.faults import LostReply
from simulators.machine import Twin
from simulators.oracle import MemoryLedger

pytestmark = pytest.mark.wire

TIERS = {"ledger": LEDGER, "counter": COUNTER, "none": NONE, "forgetful": NONE}
UNITS = {"ledger": "M1", "counter": "M2", "none": "M3"}


class Hands:
    """What a person and a fault do to a simulated machine from outside."""

    def __init__(self, twin: Twin, ledger: MemoryLedger) -> None:
        self.twin, self.ledger = twin, ledger

    def lose_next_reply(self) -> None:
        works = self.twin._works
        coming = LostReply(self.twin.id, works.kept.asked + 1)
        works.faults = replace(works.faults, lost_replies=(coming,))

    def made(self, job_order_id: str) -> int:
        return len({m.cycle for m in self.ledger.entries() if m.job_order == job_order_id})


@pytest.fixture(scope="module")
def printers() -> Iterator[tuple[asyncio.Runner, Cell]]:
    with served(TIERS) as running:
        yield running


@pytest.fixture(scope="module")
def mixers() -> Iterator[tuple[asyncio.Runner, modbus_cell.Cell]]:
    with asyncio.Runner() as runner:
        opened = AsyncExitStack()
        yield runner, runner.run(opened.enter_async_context(modbus_cell.cell()))
        runner.run(opened.aclose())


def printer_bench(cell: Cell, machine: str) -> Bench:
    twin = cell.twins[machine]

    async def empty() -> None:
        assert twin.take_off(cell.clock.now_s)
        await cell.after(1)

    async def restart() -> None:
        twin.restart(cell.clock.now_s)
        await cell.after(1)

    def order(number: int) -> JobOrder:
        return job_order(machine, number * 10, 3)

    return _bench(cell.reach(machine), twin, cell.ledger, order, cell.after, empty, restart)


def mixer_bench(cell: modbus_cell.Cell, machine: str) -> Bench:
    twin = cell.twins[machine]

    async def after(seconds: int) -> None:
        cell.go_to(cell.now_s + seconds)

    async def empty() -> None:
        assert twin.take_off(cell.now_s)
        await after(1)

    async def restart() -> None:
        twin.restart(cell.now_s)
        await after(1)

    def order(number: int) -> JobOrder:
        operations = [f"A-{number}/1.{member}/mix" for member in (1, 2, 3)]
        return job_for(machine, *operations, family="colour=white")

    bench = _bench(cell.driver(machine), twin, cell.ledger, order, after, empty, restart)
    # Its group says that repeats are refused; without a list of ids it can only be its counter.
    return replace(bench, dedupes=twin.evidence is Evidence.LEDGER)


def _bench(driver: Driver, twin: Twin, ledger: MemoryLedger, order, after, empty, restart) -> Bench:
    hands = Hands(twin, ledger)
    return Bench(
        driver=driver,
        evidence=twin.evidence,
        dedupes=twin.group.dedupes,
        order=order,
        after=after,
        empty=empty,
        made=hands.made,
        lose_next_reply=hands.lose_next_reply,
        restart=restart,
    )


def _passes(certificate: Certificate) -> None:
    assert certificate.passed, certificate.text()
    assert " conforms." in certificate.text().splitlines()[0]


@pytest.mark.parametrize("tier", ["ledger", "counter", "none"])
def test_a_machine_behind_opc_ua_conforms_whatever_its_evidence(
    printers: tuple[asyncio.Runner, Cell], tier: str
) -> None:
    runner, cell = printers
    certificate = runner.run(certify(printer_bench(cell, tier)))
    _passes(certificate)
    left_out = [result.name for result in certificate.results if result.outcome == "left out"]
    assert ("refuses a repeated id" in left_out) is (tier != "ledger")


@pytest.mark.parametrize("tier", UNITS)
def test_a_machine_behind_modbus_conforms_whatever_its_evidence(
    mixers: tuple[asyncio.Runner, modbus_cell.Cell], tier: str
) -> None:
    runner, cell = mixers
    _passes(runner.run(certify(mixer_bench(cell, UNITS[tier]))))


def test_a_machine_that_makes_things_twice_does_not_conform(
    printers: tuple[asyncio.Runner, Cell],
) -> None:
    runner, cell = printers
    claims = replace(printer_bench(cell, "forgetful"), dedupes=True, patience_s=0.5)
    certificate = runner.run(certify(claims))
    assert not certificate.passed
    assert "failed    refuses a repeated id" in certificate.text()
    assert "does not conform" in certificate.text()

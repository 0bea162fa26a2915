"""The simulated machines behind OPC UA pass the suite, whatever their evidence."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from opcua_cell import COUNTER, LEDGER, NONE, Cell, job_order, served

from drivers.conformance import Bench, certify
from simulators.faults import LostReply

pytestmark = pytest.mark.wire

TIERS = {"ledger": LEDGER, "counter": COUNTER, "none": NONE, "forgetful": NONE}


@pytest.fixture(scope="module")
def tiers() -> Iterator[tuple[asyncio.Runner, Cell]]:
    with served(TIERS) as running:
        yield running


def bench_of(tiers: Cell, machine: str) -> Bench:
    twin = tiers.twins[machine]

    async def empty() -> None:
        assert twin.take_off(tiers.clock.now_s)
        await tiers.after(1)

    async def restart() -> None:
        twin.restart(tiers.clock.now_s)
        await tiers.after(1)

    def lose_next_reply() -> None:
        works = twin._works
        coming = LostReply(machine, works.kept.asked + 1)
        works.faults = replace(works.faults, lost_replies=(coming,))

    def made(job_order_id: str) -> int:
        return len({m.cycle for m in tiers.ledger.entries() if m.job_order == job_order_id})

    return Bench(
        driver=tiers.reach(machine),
        evidence=twin.evidence,
        dedupes=twin.group.dedupes,
        order=lambda number: job_order(machine, number * 10, 3),
        after=tiers.after,
        empty=empty,
        made=made,
        lose_next_reply=lose_next_reply,
        restart=restart,
    )


@pytest.mark.parametrize("tier", ["ledger", "counter", "none"])
def test_a_machine_conforms_whatever_its_evidence(
    tiers: tuple[asyncio.Runner, Cell], tier: str
) -> None:
    runner, cell = tiers
    certificate = runner.run(certify(bench_of(cell, tier)))
    assert certificate.passed, certificate.text()
    left_out = [result.name for result in certificate.results if result.outcome == "left out"]
    assert ("refuses a repeated id" in left_out) is (tier != "ledger")


def test_a_machine_that_makes_things_twice_does_not_conform(
    tiers: tuple[asyncio.Runner, Cell],
) -> None:
    runner, cell = tiers
    claims = replace(bench_of(cell, "forgetful"), dedupes=True, patience_s=0.5)
    certificate = runner.run(certify(claims))
    assert not certificate.passed
    assert "failed    refuses a repeated id" in certificate.text()

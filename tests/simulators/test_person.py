"""Simulated people in simulated time, against a little controller of hand work, clearing and doubts."""

from dataclasses import dataclass, field, replace

import pytest
from small_plant import a_twin, job_for

from drivers import Verdict
from simulators.clock import run
from simulators.faults import CALM, Faults, WrongScan
from simulators.oracle import Made, MemoryLedger
from simulators.person import (
    AwayError,
    Begin,
    Clear,
    Doubt,
    Finish,
    Mind,
    People,
    Piece,
    RefusedError,
    Shown,
    Work,
    decide,
)

PAIR = Work(
    machine="H1",
    job_order="a1",
    label="Pair 1",
    state="offered",
    members=(Piece("1/1.1-2/pack", "1/1.1-2"),),
    takes_s=1_000,
)


@dataclass
class Counter:
    """The controller's side: what it shows, and what it was told."""

    offered: dict[str, Work] = field(default_factory=dict)
    dirty: set[str] = field(default_factory=set)
    open: list[Doubt] = field(default_factory=list)
    told: list[tuple] = field(default_factory=list)
    away: bool = False
    wrong: set[str] = field(default_factory=set)

    async def work(self):
        if self.away:
            raise AwayError("restarting")
        return tuple(self.offered.values())

    async def uncleared(self):
        return tuple(sorted(self.dirty))

    async def doubts(self):
        return tuple(self.open)

    async def begin(self, machine, job_order):
        work = self.offered[job_order]
        if work.state == "begun":
            raise RefusedError("is already begun")
        self.told.append(("begin", job_order))
        self.offered[job_order] = Work(
            **{n: getattr(work, n) for n in work.__slots__} | {"state": "begun"}
        )

    async def scan(self, machine, job_order, code):
        self.told.append(("scan", code))
        if code in self.wrong:
            raise RefusedError("belongs elsewhere")
        work = self.offered[job_order]
        rest = tuple(each for each in work.scan if each != code)
        self.offered[job_order] = replace(work, scan=rest)

    async def finish(self, machine, job_order, results):
        self.told.append(("finish", job_order, tuple(r.verdict for r in results)))
        del self.offered[job_order]

    async def clear(self, machine):
        self.told.append(("clear", machine))
        self.dirty.discard(machine)

    async def decide(self, job_order, verdict, reason):
        assert reason
        self.told.append(("decide", job_order, verdict))
        self.open.clear()


def people(twins=None, ledger=None, faults=CALM):
    return People(twins or {}, ledger or MemoryLedger(), faults, seed=3)


def watch(folk, api, until_s, every_s=10, from_s=0):
    """Let people look every few seconds; returns (second, what they told)."""

    async def main():
        seen = []
        for now_s in range(from_s, until_s, every_s):
            before = len(api.told)
            await folk.look(api, now_s)
            seen += [(now_s, told) for told in api.told[before:]]
        return seen

    return run(main())


def test_hand_work_is_begun_at_once_and_done_in_its_time():
    api, ledger = Counter(offered={"a1": PAIR}), MemoryLedger()
    begun, finished = watch(people(ledger=ledger), api, 2_000)
    assert begun == (0, ("begin", "a1"))
    assert finished[1] == ("finish", "a1", (Verdict.GOOD,))
    assert 900 <= finished[0] <= 1_130
    assert [(m.machine, m.operation, m.verdict) for m in ledger.entries()] == [
        ("H1", "1/1.1-2/pack", "good")
    ]


def test_scrap_of_hand_work_is_said_with_a_reason():
    api = Counter(offered={"a1": PAIR})
    watch(people(faults=Faults(scrap={"pack": 1.0})), api, 2_000)
    assert api.told[-1] == ("finish", "a1", (Verdict.SCRAP,))


def test_somebody_new_goes_on_with_what_was_begun_and_makes_no_second_piece():
    ledger, api = MemoryLedger(), Counter(offered={"a1": PAIR})
    first = people(ledger=ledger)
    watch(first, api, 50)
    refusing = api.finish

    async def lost(*_said):
        raise AwayError("killed")

    api.finish = lost
    with pytest.raises(AwayError):
        watch(first, api, 3_000, from_s=50)
    assert len(ledger.entries()) == 1
    api.finish = refusing
    watch(people(ledger=ledger), api, 6_000, from_s=3_000)
    assert api.told[-1] == ("finish", "a1", (Verdict.GOOD,))
    assert len(ledger.entries()) == 1


def test_a_controller_that_is_away_is_asked_again():
    api = Counter(offered={"a1": PAIR}, away=True)
    folk = people()
    with pytest.raises(AwayError):
        watch(folk, api, 10)
    api.away = False
    watch(folk, api, 2_000, from_s=100)
    assert [told[0] for told in api.told] == ["begin", "finish"]


def test_a_machine_is_cleared_by_hand_and_then_in_the_system():
    twin = a_twin("P1")
    twin.store_and_start(job_for("P1", "1/1.1/print"), 0)
    api = Counter(dirty={"P1"})
    ((at_s, told),) = watch(people({"P1": twin}), api, 2_000)
    assert told == ("clear", "P1")
    assert at_s >= 980
    assert not twin.occupied


@pytest.mark.parametrize(("scrap", "verdict"), [(0.0, "made_good"), (1.0, "made_scrap")])
def test_a_doubt_is_decided_by_what_lies_there_when_the_machine_is_done(scrap, verdict):
    ledger, job = MemoryLedger(), job_for("M3", "1/mix")
    twin = a_twin("M3", ledger=ledger, faults=Faults(scrap={"mix": scrap}))
    twin.store_and_start(job, 0)
    api = Counter(open=[Doubt(machine="M3", job_order=job.id, label="Campaign 1")], dirty={"M3"})
    decided, cleared = watch(people({"M3": twin}, ledger), api, 3_000)
    assert decided[1] == ("decide", job.id, verdict)
    assert decided[0] >= twin.group.batch.base + 980
    assert cleared[1] == ("clear", "M3")


def test_what_never_reached_the_machine_is_not_made():
    api = Counter(open=[Doubt(machine="M3", job_order="f" * 32, label="Campaign 1")])
    ((_, told),) = watch(people({"M3": a_twin("M3")}), api, 500)
    assert told == ("decide", "f" * 32, "not_made")


def test_deciding_forgets_what_is_no_longer_shown():
    mind = Mind()
    begun = Work(**{n: getattr(PAIR, n) for n in PAIR.__slots__} | {"state": "begun"})
    assert decide(Shown(work=(PAIR,)), mind, 0, 1) == (Begin(PAIR),)
    assert decide(Shown(work=(begun,), uncleared=("P1",)), mind, 5, 1) == ()
    assert decide(Shown(work=(begun,), uncleared=("P1",)), mind, 2_000, 1) == (
        Finish(begun),
        Clear("P1"),
    )
    assert decide(Shown(), mind, 2_001, 1) == ()
    assert mind.until_s == {}


JOIN = replace(PAIR, machine="B2", scan=("1/1.1/knit", "1/1.2/knit/2", "1/1.1-2/mix"))


def made(operation, cycle, verdict="good", machine="K1"):
    return Made(
        at_s=cycle,
        machine=machine,
        job_order=f"{cycle:032x}",
        operation=operation,
        attempt=1,
        subject=operation.rpartition("/")[0],
        verdict=verdict,
        cycle=cycle,
    )


def test_every_part_is_scanned_when_work_is_begun_and_not_again_when_it_is_finished():
    api = Counter(offered={"a1": JOIN})
    watch(people(), api, 2_000)
    assert [told[0] for told in api.told] == ["begin", "scan", "scan", "scan", "finish"]
    assert tuple(told[1] for told in api.told[1:4]) == JOIN.scan


def test_what_a_killed_controller_missed_is_scanned_before_it_is_called_good():
    begun = replace(JOIN, state="begun", scan=JOIN.scan[1:])
    api = Counter(offered={"a1": begun})
    watch(people(), api, 2_000)
    assert [told[0] for told in api.told] == ["scan", "scan", "finish"]


def test_the_wrong_part_is_a_like_one_of_another_order_and_the_right_ones_follow():
    ledger = MemoryLedger()
    ledger.record(
        [
            made("2/1.1/knit", 1),
            made("3/1.2/knit", 2),
            made("3/1.2/print", 3),
            made("4/1.1/knit", 4, "scrap"),
            made("1/1.1/knit", 5),
        ]
    )
    api = Counter(offered={"a1": JOIN}, wrong={"3/1.2/knit"})
    faults = Faults(wrong_scans=(WrongScan("B2", 1),))
    watch(people(ledger=ledger, faults=faults), api, 2_000)
    scans = [told[1] for told in api.told if told[0] == "scan"]
    assert scans == ["3/1.2/knit", *JOIN.scan]
    assert api.told[-1] == ("finish", "a1", (Verdict.GOOD,))


def test_the_wrong_part_is_scanned_at_the_scripted_piece_of_work_only():
    ledger = MemoryLedger()
    ledger.record([made("2/1.1/knit", 1), made("2/pack", 1, machine="B2")])
    api = Counter(offered={"a1": JOIN})
    faults = Faults(wrong_scans=(WrongScan("B2", 1), WrongScan("B1", 2)))
    watch(people(ledger=ledger, faults=faults), api, 2_000)
    assert [told[1] for told in api.told if told[0] == "scan"] == list(JOIN.scan)

"""Stock at the start, what runs on what, and what batches used up."""

from floor import Floor
from gloves import PLANT
from stocked import GRAM, KILO, adds_up, ask, end, plan, settle, stocked, store_floor

from controller import events as e
from controller.fold import apply
from controller.requests import DecideDoubt
from controller.state import State
from controller.stock.requests import CountLot
from controller.waiting import waiting_for
from drivers import JobState, UnitResult, Used, Verdict


def lots(floor: Floor) -> dict[str, int]:
    return {name: lot.quantity for (_, name), lot in floor.state.store.lots.items()}


def used(floor: Floor) -> list[e.LotUsed]:
    return [s.event for s in floor.journal if isinstance(s.event, e.LotUsed)]


def running(*yarn: tuple[str, int]) -> tuple[Floor, object]:
    """A floor on which K1 or K2 knits one glove of 50 g."""
    floor = store_floor(*yarn)
    floor.accept("moss")
    plan(floor)
    machine = min({"K1", "K2"} & set(floor.intents()))
    job = floor.dispatch(machine)
    floor.run(job)
    return floor, job


def test_the_opening_stock_is_received_once_and_not_again_after_a_restart() -> None:
    floor = store_floor(("Y1", 2 * KILO), ("Y2", KILO))
    assert lots(floor) == {"Y1": 2 * KILO, "Y2": KILO}
    again = State(floor.plant)
    for stamped in floor.journal:
        apply(again, stamped)
    floor.state = again
    floor.record(e.ControllerStarted(digest="d"))
    assert settle(floor) == []
    assert lots(floor) == {"Y1": 2 * KILO, "Y2": KILO}


def test_a_plant_without_a_stock_file_keeps_none_and_runs() -> None:
    floor = Floor(plant=PLANT)
    floor.link()
    floor.accept("moss")
    plan(floor)
    assert not floor.state.store.kept
    job = floor.dispatch(min({"K1", "K2"} & set(floor.intents())))
    floor.run(job)
    floor.end(job)
    settle(floor)
    assert used(floor) == []


def test_a_finished_batch_uses_its_plan_from_the_oldest_lot_first() -> None:
    floor, job = running(("Y1", 30 * GRAM), ("Y2", KILO))
    end(floor, job)
    settle(floor)
    (fact,) = used(floor)
    operation = job.members[0].operation
    assert fact.uses == (
        (operation, "yarn", "Y1", 30 * GRAM),
        (operation, "yarn", "Y2", 20 * GRAM),
    )
    assert not fact.reported
    assert lots(floor) == {"Y1": 0, "Y2": KILO - 20 * GRAM}
    assert adds_up(floor)


def test_use_is_recorded_before_the_machine_is_cleared_and_only_once() -> None:
    floor, job = running(("Y1", KILO))
    end(floor, job)
    kinds = [type(fact) for fact in settle(floor)]
    assert kinds.index(e.LotUsed) < kinds.index(e.MachineCleared)
    assert kinds.count(e.LotUsed) == 1
    assert job.id not in floor.state.jobs


def test_a_crash_between_the_report_and_its_use_records_it_once_after_the_restart() -> None:
    floor, job = running(("Y1", KILO))
    end(floor, job)
    after = State(floor.plant)
    for stamped in floor.journal:
        apply(after, stamped)
    floor.state = after
    settle(floor)
    assert len(used(floor)) == 1
    assert lots(floor) == {"Y1": KILO - 50 * GRAM}


def test_a_plausible_report_of_a_member_counts_instead_of_the_plan() -> None:
    floor, job = running(("Y1", KILO))
    member = job.members[0].operation
    end(floor, job, UnitResult(member, Verdict.GOOD, "", (("used_mg", 53_100),)))
    settle(floor)
    (fact,) = used(floor)
    assert fact.reported
    assert fact.uses == ((member, "yarn", "Y1", 53_100),)


def test_a_report_of_the_whole_cycle_counts_too() -> None:
    floor, job = running(("Y1", KILO))
    end(floor, job, used=(Used(quantity=48_000, unit="mg"),))
    settle(floor)
    assert used(floor)[0].uses[0][3] == 48_000


def test_an_absurd_report_is_not_believed_and_says_so() -> None:
    floor, job = running(("Y1", KILO))
    member = job.members[0].operation
    end(floor, job, UnitResult(member, Verdict.GOOD, "", (("used_mg", 900_000),)))
    settle(floor)
    (fact,) = used(floor)
    assert fact.uses == ((member, "yarn", "Y1", 50 * GRAM),)
    assert not fact.reported
    assert fact.note == (
        f"{job.machine} reported 900 g where 50 g were planned; the plan's figure was booked."
    )


def test_what_broke_off_early_used_little_and_is_believed() -> None:
    floor, job = running(("Y1", KILO))
    member = job.members[0].operation
    scrap = UnitResult(member, Verdict.SCRAP, "yarn broke", (("used_mg", 4_000),))
    end(floor, job, scrap, state=JobState.ABORTED)
    settle(floor)
    assert used(floor)[0].uses == ((member, "yarn", "Y1", 4_000),)


def test_what_was_never_begun_uses_nothing() -> None:
    floor, job = running(("Y1", KILO))
    end(floor, job, UnitResult(job.members[0].operation, Verdict.NOT_MADE), state=JobState.ABORTED)
    settle(floor)
    assert used(floor) == []
    assert lots(floor) == {"Y1": KILO}


def test_a_persons_verdict_uses_the_plan() -> None:
    floor, job = running(("Y1", KILO))
    floor.record(e.JobDoubted(job_order=job.id, why="nobody knows"))
    settle(floor)
    assert used(floor) == []
    ask(floor, DecideDoubt(job_order=job.id, verdict="made_scrap", reason="saw it"))
    settle(floor)
    assert used(floor)[0].uses[0][3] == 50 * GRAM


def test_more_used_than_there_was_corrects_the_lot_and_is_told() -> None:
    floor, job = running(("Y1", KILO))
    ask(floor, CountLot(material="yarn", lot="Y1", quantity=10 * GRAM, reason="weighed"))
    end(floor, job)
    facts = settle(floor)
    correction = next(fact for fact in facts if isinstance(fact, e.LotCounted))
    assert (correction.quantity, correction.job_order) == (50 * GRAM, job.id)
    assert lots(floor) == {"Y1": 0}
    surprise = floor.state.store.surprises["yarn"]
    assert (surprise.quantity, surprise.machine) == (40 * GRAM, job.machine)
    assert adds_up(floor)
    ask(floor, CountLot(material="yarn", lot="Y1", quantity=KILO, reason="found it"))
    assert floor.state.store.surprises == {}


def test_nothing_starts_whose_material_is_not_there() -> None:
    floor = store_floor(("Y1", 120 * GRAM))
    floor.accept("moss", name="A1")
    plan(floor)
    assert {"K1", "K2"} & set(floor.intents())
    ask(floor, CountLot(material="yarn", lot="Y1", quantity=10 * GRAM, reason="weighed"))
    assert set(floor.intents()) == set()
    machine = next(name for name in ("K1", "K2") if floor.state.queues[name])
    said = waiting_for(floor.state, floor.transient, machine, floor.now_s)
    assert said == "Waiting for Yarn, 40 g short; no receipt covers it."


def test_a_plant_that_keeps_stock_of_nothing_starts_nothing() -> None:
    floor = store_floor(("Y1", 0))
    assert floor.state.store.kept
    floor.accept("moss")
    plan(floor)
    assert floor.intents() == {}
    assert stocked(("Y1", 0)).stock is not None

"""A finished plate is emptied part by part, each into its order's tote; the map is true and repeatable."""

import pytest
from gloves import order
from hypothesis import given
from hypothesis import strategies as st
from joined import Bench, bench, joined_plant, refused

from controller import events as e
from controller.identity.platemap import HEIGHT, WIDTH, Blank, lay_out
from controller.identity.requests import ScanPart, ScrapPart, TakePart, UndoScan
from controller.identity.taking import Lies, on_plate
from controller.requests import Taken
from controller.state import Phase
from drivers import JobOrder, JobState, Report, UnitResult, Verdict


def bath(
    *bad: str, orders: tuple[str, ...] = ("A1", "A2"), failed: bool = False
) -> tuple[Bench, JobOrder]:
    """Return a floor whose vat has just ended a bath of one dose for each order."""
    floor = Bench(joined_plant())
    floor.link()
    for name in orders:
        made = order(name, "moss")
        floor.record(e.OrderAccepted(order=made, cost_cents=0, premium_cents=0))
    floor.plan()
    job = floor.dispatch("V1")
    floor.follow()
    floor.run(job)
    results = tuple(
        UnitResult(
            m.operation, Verdict.SCRAP if m.operation.partition("/")[0] in bad else Verdict.GOOD
        )
        for m in job.members
    )
    state = JobState.ABORTED if failed else JobState.ENDED
    report = Report(machine="V1", job_order=job.id, state=state, results=results, detail="a leak")
    floor.record(e.JobReported(report=report))
    return floor, job


def take(job: JobOrder, order: str) -> TakePart:
    return TakePart(machine="V1", job_order=job.id, operation=f"{order}/1.1-2/dye")


def lies(floor: Bench, job: JobOrder) -> list[str]:
    return [part.lies.value for part in on_plate(floor.state, floor.job(job))]


def test_a_part_goes_into_its_order_s_tote_and_that_is_kept() -> None:
    floor, job = bath()
    totes = [floor.state.orders[name].tote for name in ("A1", "A2")]
    reply = floor.ask(take(job, "A1"))
    assert isinstance(reply, Taken)
    assert reply.says == f"Dye A1 went into tote {totes[0]}."
    taken = floor.journal[-1].event
    assert isinstance(taken, e.PartTaken)
    assert (taken.operation, taken.tote) == ("A1/1.1-2/dye", totes[0])
    assert lies(floor, job) == ["taken", "ready"]
    assert floor.state.machines["V1"].needs_clear
    assert refused(floor.ask(take(job, "A1"))) == f"Dye A1 is already in tote {totes[0]}."


def test_the_last_part_clears_the_machine() -> None:
    floor, job = bath()
    floor.ask(take(job, "A1"))
    reply = floor.ask(take(job, "A2"))
    assert isinstance(reply, Taken)
    assert reply.says.endswith("V1 is cleared.")
    assert not floor.state.machines["V1"].needs_clear
    assert job.id not in floor.state.jobs
    assert "already cleared" in refused(floor.ask(take(job, "A2")))


def test_scrap_stays_on_the_plate_until_somebody_clears_it() -> None:
    floor, job = bath("A2")
    assert lies(floor, job) == ["ready", "bad"]
    why = refused(floor.ask(take(job, "A2")))
    assert why == "Dye A2 is scrap; it is made again. Put it into the scrap box."
    floor.ask(take(job, "A1"))
    assert floor.state.machines["V1"].needs_clear


def test_a_machine_that_failed_is_never_cleared_by_taking_parts() -> None:
    floor, job = bath(failed=True)
    floor.ask(take(job, "A1"))
    floor.ask(take(job, "A2"))
    assert floor.state.machines["V1"].needs_clear
    assert lies(floor, job) == ["taken", "taken"]


def scan(job: JobOrder, code: str, pointed: str = "") -> ScanPart:
    return ScanPart(machine="V1", job_order=job.id, code=code, operation=pointed)


def test_a_part_or_its_tote_is_scanned_instead_of_touched() -> None:
    floor, job = bath()
    assert isinstance(floor.ask(scan(job, "A2/1.1-2/dye")), Taken)
    tote = floor.state.orders["A1"].tote
    assert isinstance(floor.ask(scan(job, tote, "A1/1.1-2/dye")), Taken)
    assert not floor.state.machines["V1"].needs_clear


def test_the_wrong_tote_is_refused_with_the_right_one_named() -> None:
    floor, job = bath()
    mine, other = (floor.state.orders[name].tote for name in ("A1", "A2"))
    why = refused(floor.ask(scan(job, other, "A1/1.1-2/dye")))
    assert why == f"Tote {other} carries order A2. Dye A1 belongs into tote {mine}."
    assert refused(floor.ask(scan(job, "T-50", "A1/1.1-2/dye"))).startswith("Tote T-50 is empty.")
    assert isinstance(floor.journal[-1].event, e.ScanRefused)
    assert lies(floor, job) == ["ready", "ready"]


@pytest.mark.parametrize(
    ("code", "begins"),
    [
        ("A1/1.1/knit", "This is knit A1 L, not made yet. It is not from bath 1."),
        ("A1", "This is order A1, not a part."),
        ("T-50", "Nothing on bath 1 belongs into tote T-50."),
        ("what", "“what” is no code of Lotwright's."),
    ],
)
def test_anything_else_at_a_plate_gets_a_clear_answer(code: str, begins: str) -> None:
    floor, job = bath()
    floor.follow()
    assert refused(floor.ask(scan(job, code))).startswith(begins)


def test_the_part_of_a_cancelled_order_is_put_aside() -> None:
    floor, job = bath()
    floor.record(e.OrderCancelled(order="A2", reason="returned", sunk_cents=0))
    assert lies(floor, job) == ["ready", "aside"]
    floor.follow()
    assert "A2" not in floor.state.orders
    assert lies(floor, job) == ["ready", "aside"]
    reply = floor.ask(scan(job, "A2/1.1-2/dye"))
    assert isinstance(reply, Taken)
    assert "went aside" in reply.says
    floor.ask(take(job, "A1"))
    assert not floor.state.machines["V1"].needs_clear


def test_a_part_that_a_person_finds_bad_is_made_again() -> None:
    floor, job = bath()
    scrap = ScrapPart(machine="V1", job_order=job.id, operation="A1/1.1-2/dye", reason="Spots")
    assert isinstance(floor.ask(scrap), Taken)
    work = floor.state.work["A1/1.1-2/dye"]
    assert (work.phase, work.attempt) == (Phase.OPEN, 2)
    assert floor.state.demand == floor.state.seq
    assert lies(floor, job) == ["bad", "ready"]
    assert refused(floor.ask(scrap)) == "Dye A1 is already scrap; it is made again."
    no_reason = ScrapPart(machine="V1", job_order=job.id, operation="A2/1.1-2/dye", reason=" ")
    assert "needs a reason" in refused(floor.ask(no_reason))


def test_a_part_that_something_was_begun_with_is_scrapped_there() -> None:
    floor, job = bath("A2")
    floor.make_parts()
    floor.offer()
    scrap = ScrapPart(machine="V1", job_order=job.id, operation="A1/1.1-2/dye", reason="Spots")
    assert refused(floor.ask(scrap)) == "Dye A1 is already needed for pair A1. Scrap it there."


def test_a_part_is_put_back_within_half_a_minute() -> None:
    floor, job = bath()
    floor.ask(take(job, "A1"))
    undo = UndoScan(machine="V1", job_order=job.id, operation="A1/1.1-2/dye")
    reply = floor.ask(undo)
    assert isinstance(reply, Taken)
    assert reply.says == "Put dye A1 back."
    assert lies(floor, job) == ["ready", "ready"]


def test_a_bench_cannot_be_emptied_like_a_plate() -> None:
    floor = bench("A1")
    job = floor.offer()
    asked = TakePart(machine="H1", job_order=job.id, operation="A1/1.1-2/sew")
    assert "already cleared" in refused(floor.ask(asked))


BLANKS = st.lists(
    st.builds(Blank, st.integers(1, 1_000_000), st.integers(20, 500)), min_size=1, max_size=40
)


@given(BLANKS)
def test_every_part_has_a_place_of_its_own_on_the_map(blanks: list[Blank]) -> None:
    boxes = lay_out(blanks)
    assert len(boxes) == len(blanks)
    assert lay_out(blanks) == boxes
    small = all((box.width, box.height) == (24, 24) for box in boxes)
    for at, box in enumerate(boxes):
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
        assert small or box.y + box.height <= HEIGHT
        for other in boxes[at + 1 :]:
            apart = (
                box.x + box.width <= other.x
                or other.x + other.width <= box.x
                or box.y + box.height <= other.y
                or other.y + other.height <= box.y
            )
            assert apart


def test_equal_parts_are_drawn_equal_and_five_soles_of_a_plate_fit_at_full_size() -> None:
    three, five = lay_out([Blank(194_000, 256)] * 3), lay_out([Blank(194_000, 256)] * 5)
    assert {(box.width, box.height) for box in (*three, *five)} == {
        (three[0].width, three[0].height)
    }
    assert Lies("ready") is Lies.READY

"""The closing card and the figures, from journals that were written by hand."""

from dataclasses import replace

import gloves
import pytest
from gloves import EVENING_S, HOUR, NOON_S, ORIGIN, PLANT

from controller import events as e
from controller.insights import close, machine_figures, parse_made, render_text
from controller.insights.comparison import Comparison, Effort
from controller.insights.day import Batches, Changeovers, Day, curve, plural
from controller.insights.made import Made, count_made
from drivers import Answer, JobOrder, JobState, Member, Report, Submit, UnitResult, Verdict
from plant_config import route

ORDERS = (gloves.order("1", "moss", due_s=NOON_S), gloves.order("2", "black"))
DAY_CLOSED_S = 15 * HOUR + 2


def accepted(order, premium_cents=1000):
    return e.OrderAccepted(order=order, cost_cents=0, premium_cents=premium_cents)


def intended(machine, *operations, family="", before="", **rest):
    members = tuple(Member(name, 1, name.rpartition("/")[0], ()) for name in operations)
    job = JobOrder(
        id=f"{machine} {' '.join(operations)} {rest.pop('attempt', 1)}",
        label="Something",
        machine=machine,
        members=members,
        family=family,
        recipe_digest="",
        takes_s=0,
    )
    facts = {"setup_s": 0, "setup_cents": 0, "setup_says": "", "cleaning": False} | rest
    return e.JobIntended(
        job=job, plan=1, family_before=before, planned_start_s=0, planned_end_s=0, **facts
    )


def run(begin_s, end_s, intent, *, scrap=(), aborted=""):
    """Tell the whole life of a job order in three facts."""
    results = tuple(
        UnitResult(m.operation, Verdict.SCRAP if m.operation in scrap else Verdict.GOOD)
        for m in intent.job.members
    )
    last = JobState.ABORTED if aborted else JobState.ENDED
    return [
        (begin_s - 10, intent),
        (begin_s, reported(intent, JobState.RUNNING)),
        (end_s, reported(intent, last, results, aborted)),
    ]


def reported(intent, state, results=(), detail=""):
    return e.JobReported(
        report=Report(
            machine=intent.job.machine,
            job_order=intent.job.id,
            state=state,
            results=results,
            detail=detail,
        )
    )


def plan(number, took_ms):
    return e.PlanPublished(
        number=number, why="", slots=(), levels=(), bound=None, tiers=(), took_ms=took_ms, answers=0
    )


def opening():
    return [
        (0, e.PlantOpened(plant="gloves", digest="", origin_utc=ORIGIN.isoformat())),
        (0, e.ControllerStarted(digest="")),
        (5, e.RowRefused(file="f", row=4, column="colour", reason="no")),
        *((10, accepted(order)) for order in ORDERS),
        (12, plan(1, 900)),
    ]


def closing(*shipped):
    return [
        *((DAY_CLOSED_S, e.OrderShipped(order=o, carrier="", on_time=t)) for o, t in shipped),
        (DAY_CLOSED_S, e.DayClosed(due=2, shipped=len(shipped))),
    ]


def good_day():
    dye = intended(
        "V1",
        "1/1.1-2/dye",
        "2/1.1-2/dye",
        family="colour=moss",
        setup_s=300,
        setup_cents=400,
        setup_says="rinse",
        before="colour=white",
    )
    clean = intended(
        "V1",
        "9/1.1-2/dye",
        family="colour=white",
        setup_s=1200,
        setup_cents=1700,
        setup_says="boil out the vat",
        cleaning=True,
    )
    facts = [
        *opening(),
        *run(100, 1900, intended("K1", "1/1.1/knit")),
        *run(2000, 3800, intended("K1", "1/1.2/knit"), scrap={"1/1.2/knit"}),
        *run(4000, 5800, intended("K1", "1/1.2/knit", attempt=2)),
        *run(6000, 9600, dye),
        # Never begun, so neither its changeover nor its bath happened.
        (9700, clean),
        (9701, e.JobAnswered(job_order=clean.job.id, answer=Answer(Submit.REJECTED))),
        (9702, plan(2, 300)),
        (9800, plan(3, 700)),
        (NOON_S - 60, e.OrderPacked(order="1")),
        (EVENING_S - 60, e.OrderPacked(order="2")),
        *closing(("1", True), ("2", True)),
    ]
    return gloves.stamp(facts)


@pytest.fixture
def card():
    return close(good_day(), PLANT, verified=True)


def test_the_card_says_which_day_of_which_plant_it_is_about(card):
    assert (card.plant, card.date) == ("Glove works", "Tuesday 24 November 2026")
    assert card.time_of_day(card.closed_s) == "21:00"
    assert (card.events, card.verified) == (len(good_day()), True)
    assert card.refused_rows == 1
    assert (card.noun, card.quantity) == ("pair", 2)


def test_orders_packed_by_their_cut_off_count_as_on_time(card):
    assert (card.day.due, card.shipped, card.day.on_time) == (2, 2, 2)
    assert card.day.packed == ((NOON_S - 60, 1), (EVENING_S - 60, 2))
    assert card.day.last_packed_s == EVENING_S - 60
    assert [(d.carrier, d.at_s, d.due, d.on_time) for d in card.departures] == [
        ("Nord Parcel", NOON_S, 1, 1),
        ("Night Express", EVENING_S, 1, 1),
    ]


def test_only_what_a_machine_did_counts_as_batch_and_changeover(card):
    (baths,) = card.day.batches
    assert baths == Batches(noun="bath", count=1, filled=50, offered=100, machine_s=3300)
    assert baths.fill_percent == 50
    assert card.day.changeovers == Changeovers(count=1, takes_s=300, cents=400, cleaning_s=0)


def test_plans_after_the_first_are_repairs(card):
    assert (card.repairs.count, card.repairs.longest_ms) == (2, 700)


def test_without_a_ledger_and_a_comparison_nothing_is_made_up(card):
    assert card.made is None
    assert card.variety is card.money is card.first_come is None
    assert "not counted" in render_text(card)


def test_the_sentence_tells_scrap_and_what_came_of_it(card):
    assert card.sentence == "1 part was scrapped and made again; every order was packed in time."


def test_a_quiet_day_says_so():
    facts = [
        *opening(),
        (100, e.OrderPacked(order="1")),
        (200, e.OrderPacked(order="2")),
        *closing(("1", True), ("2", True)),
    ]
    assert close(gloves.stamp(facts), PLANT).sentence == (
        "Nothing failed, nothing was scrapped and nothing was in doubt; "
        "every order was packed in time."
    )


def test_the_sentence_names_stops_doubts_restarts_lost_links_and_late_orders():
    mixed = intended("V1", "1/1.1-2/dye")
    facts = [
        *opening(),
        *run(
            100,
            8000,
            intended("K1", "1/1.1/knit", "1/1.2/knit"),
            aborted="needle broken",
            scrap={"1/1.1/knit", "1/1.2/knit"},
        ),
        (8100, mixed),
        (8200, e.JobDoubted(job_order=mixed.job.id, why="the link was lost")),
        (8300, e.DoubtDecided(job_order=mixed.job.id, verdict="made_good", reason="it is red")),
        (8400, e.ControllerStarted(digest="")),
        (8500, e.LinkLost(machine="K2", detail="")),
        (8600, e.LinkLost(machine="K2", detail="")),
        (EVENING_S + 1, e.OrderPacked(order="2")),
        *closing(("2", False)),
    ]
    card = close(gloves.stamp(facts), PLANT)
    assert card.sentence == (
        "K1 stopped at 08:13 with 2 parts on it; "
        "2 parts were scrapped, 0 of 2 made again so far; "
        "1 job order was in doubt and a person said what became of it; "
        "the controller was started again once; "
        "the link to K2 was lost twice; "
        "orders 1 and 2 missed their cut-off."
    )
    assert (card.shipped, card.day.on_time, card.day.last_packed_s) == (1, 0, None)


def test_an_open_day_has_no_closing_time_and_blames_no_order_that_may_still_make_it():
    card = close(gloves.stamp([*opening(), (NOON_S - 60, e.OrderPacked(order="1"))]), PLANT)
    assert card.closed_s is None
    assert card.day.due == 2
    assert card.sentence.endswith("no order is late so far.")
    assert "day open" in render_text(card)


def test_a_second_day_has_a_card_of_its_own():
    tomorrow = gloves.order("3", "moss", due_s=86_400 + NOON_S, release_s=50_000)
    stamped = gloves.stamp(
        [
            *((s.at_s, s.event) for s in good_day()),
            (50_000 + 10_000, accepted(tomorrow)),
            (86_400 + 9_000, e.OrderPacked(order="3")),
            (86_400 + EVENING_S, e.OrderShipped(order="3", carrier="", on_time=True)),
            (86_400 + EVENING_S, e.DayClosed(due=3, shipped=3)),
        ]
    )
    card = close(stamped, PLANT)
    assert card.date == "Wednesday 25 November 2026"
    assert (card.day.due, card.shipped) == (1, 1)
    assert card.sentence.startswith("Nothing failed")
    assert card.repairs.count == card.day.changeovers.count == 0


GOOD_PAIR = (
    gloves.ledger_line(10, "1/1.1/knit", cycle=1),
    gloves.ledger_line(20, "1/1.2/knit", cycle=2),
    gloves.ledger_line(30, "1/1.1-2/dye", cycle=3),
)


def counted(*lines, by_hand=None, condemned=None):
    routings = {"1": route(ORDERS[0], PLANT)}
    return count_made(parse_made(lines), routings, PLANT, by_hand, condemned)


def test_a_pair_made_once_is_two_units_made_good():
    assert counted(*GOOD_PAIR) == Made(needed=2, good=2, scrapped=0, twice=0)


def test_a_unit_with_a_step_missing_is_not_made_good():
    assert counted(GOOD_PAIR[0], GOOD_PAIR[2]) == Made(needed=2, good=1, scrapped=0, twice=0)


def test_a_part_made_good_again_without_a_reason_is_made_twice():
    again = gloves.ledger_line(40, "1/1.1/knit", cycle=4)
    assert counted(*GOOD_PAIR, again).twice == 1


def test_a_spoilt_later_step_is_a_reason_to_make_its_parts_again():
    spoilt = gloves.ledger_line(25, "1/1.1-2/dye", cycle=5, verdict="scrap")
    again = [
        gloves.ledger_line(26, "1/1.1/knit", cycle=6),
        gloves.ledger_line(27, "1/1.2/knit", cycle=7),
    ]
    assert counted(*GOOD_PAIR, spoilt, *again) == Made(needed=2, good=2, scrapped=1, twice=0)


def test_an_assembly_spoilt_by_hand_is_a_reason_too():
    again = [
        gloves.ledger_line(40 + n, o, cycle=9 + n)
        for n, o in enumerate(("1/1.1/knit", "1/1.2/knit", "1/1.1-2/dye"))
    ]
    assert counted(*GOOD_PAIR, *again).twice == 3
    assert counted(*GOOD_PAIR, *again, by_hand={"1/1.1-2/sew": 1}).twice == 0


def test_a_good_part_that_a_person_found_bad_is_a_reason_once():
    again = gloves.ledger_line(40, "1/1.1/knit", cycle=4)
    assert counted(*GOOD_PAIR, again, condemned={"1/1.1/knit": 1}).twice == 0
    third = gloves.ledger_line(50, "1/1.1/knit", cycle=5)
    assert counted(*GOOD_PAIR, again, third, condemned={"1/1.1/knit": 1}).twice == 1


def test_a_torn_line_was_never_said_and_a_cycle_said_twice_was_made_once():
    assert counted(*GOOD_PAIR, GOOD_PAIR[0], GOOD_PAIR[1][:30]) == counted(*GOOD_PAIR)


def test_a_whole_line_that_is_no_entry_is_an_error():
    with pytest.raises(ValueError, match="Line 1"):
        parse_made(['{"at_s": 1}'])
    with pytest.raises(ValueError, match="Line 1"):
        parse_made([GOOD_PAIR[0].replace("good", "fine")])


def test_parts_of_orders_that_are_not_due_are_not_counted():
    assert counted(*GOOD_PAIR, gloves.ledger_line(5, "77/1.1/knit", cycle=70)) == counted(
        *GOOD_PAIR
    )


COMPARISON = Comparison(
    first_come=Day(
        due=2,
        on_time=1,
        packed=curve({"1": NOON_S + 60, "2": NOON_S + 60}),
        last_packed_s=NOON_S + 60,
        batches=(Batches(noun="bath", count=3, filled=50, offered=300, machine_s=10_800),),
        changeovers=Changeovers(count=4, takes_s=3_000, cents=3_800, cleaning_s=1_200),
    ),
    different=Effort(hours_s=103_300, cents=30_000),
    alike=Effort(hours_s=100_000, cents=29_200),
    quantity=2,
)


def test_variety_is_priced_in_tenths_of_a_per_cent_and_per_pair():
    card = close(good_day(), PLANT, parse_made(GOOD_PAIR), COMPARISON)
    assert card.variety.permille == 33
    assert card.money.premium_cents == 1000
    assert card.money.extra_cents == 400
    assert card.money.margin_cents == 600
    assert card.money.source == "assumed"
    assert card.made == Made(needed=4, good=2, scrapped=0, twice=0)


def test_the_terminal_prints_the_figures_in_the_order_of_the_page():
    text = render_text(close(good_day(), PLANT, parse_made(GOOD_PAIR), COMPARISON, verified=True))
    wanted = [
        "Glove works", "day closed 21:00", "Tuesday 24 November 2026", "chain verified",
        "2 / 2 orders due were shipped, all on time.", "1 part was scrapped and made again",
        "12:00 Nord Parcel", "1 of 1", "Units needed", "4", "Made good", "2", "Made twice", "0",
        "Baths, average fill", "1, 50 % full", "Changeovers", "1, 300 s"[:2], "Repairs of the plan", "2",
        "Longest repair", "0.7 s", "Price of variety", "28 h 42", "27 h 47", "3.3 %",
        "Premium paid", "EUR 10.00", "Extra cost", "EUR 4.00", "Margin gained", "EUR 6.00", "assumed",
        "First come first served", "2 of 2", "1 of 2", "1 more", "20:59", "12:01", "8 h 58 later",
        "Baths", "1, 50 % full", "3, 17 % full", "2 saved",
    ]  # fmt: skip
    at = 0
    for words in wanted:
        found = text.find(words, at)
        assert found >= 0, f"{words!r} is missing after {text[:at][-60:]!r}"
        at = found
    assert max(map(len, text.splitlines())) <= 100


def test_a_part_of_the_premium_that_variety_eats_up_shows_as_a_loss():
    dear = replace(COMPARISON, different=Effort(hours_s=200_000, cents=34_000))
    card = close(good_day(), PLANT, None, dear)
    assert card.money.margin_cents == -1400
    assert "-EUR 14.00" in render_text(card)


def test_orders_packed_in_the_same_second_are_one_point_of_the_curve():
    assert curve({"a": 5, "b": 3, "c": 5}) == ((3, 1), (5, 3))
    assert curve({}) == ()


def test_nouns_have_a_plural():
    assert [plural(noun) for noun in ("plate", "batch", "box", "pass")] == [
        "plates", "batches", "boxes", "passes",
    ]  # fmt: skip


def test_a_machine_is_busy_while_its_job_orders_run():
    figures = {f.machine: f for f in machine_figures(good_day(), PLANT, until_s=10 * HOUR)}
    knitter = figures["K1"]
    assert (knitter.busy_s, knitter.setup_s, knitter.planned_s) == (5400, 0, 36_000)
    assert knitter.waiting_s == 36_000 - 5400
    assert knitter.availability == 0.15
    assert (knitter.good, knitter.scrapped) == (2, 1)
    assert knitter.quality == pytest.approx(2 / 3)
    vat = figures["V1"]
    assert (vat.busy_s, vat.setup_s) == (3300, 300)
    assert vat.setup_ratio == pytest.approx(300 / 3600)
    assert figures["K2"].busy_s == 0
    assert figures["K2"].quality == 1.0


def test_a_running_machine_is_busy_up_to_the_end_of_the_span():
    figures = machine_figures(good_day(), PLANT, until_s=1000)
    assert figures[0].busy_s == 900
    assert figures[0].planned_s == 1000


def test_planned_time_is_that_of_the_shifts():
    night_s = 20 * HOUR
    (first, *_) = machine_figures(good_day(), PLANT, until_s=night_s)
    assert first.planned_s == 16 * HOUR

"""The day as it would have gone otherwise, on a small plant whose plans can be checked by hand."""

import gloves
from gloves import EVENING_S, HOUR, NOON_S, PLANT

from controller import events as e
from controller.insights import close, compare, parse_made
from controller.insights.compare import first_come_day, make_alike, most_usual, planned_day
from controller.insights.made import Made
from drivers import JobOrder, JobState, Member, Report, UnitResult, Verdict
from plant_config import changeover, initial_family
from scheduler import construct, pose


def test_the_most_usual_spec_is_one_that_somebody_ordered():
    orders = (
        gloves.order("1", "moss", "black"),
        gloves.order("2", "moss"),
        gloves.order("3", "white"),
    )
    assert most_usual("glove", orders) == gloves.spec(colour="moss")


def test_all_alike_keeps_orders_lines_quantities_and_dates():
    orders = (gloves.order("1", "moss", "black", due_s=NOON_S), gloves.order("2", "moss"))
    alike = make_alike(orders)
    assert [(o.id, o.due_s, [line.quantity for line in o.lines]) for o in alike] == [
        ("1", NOON_S, [1, 1]),
        ("2", gloves.EVENING_S, [1]),
    ]
    assert {line.spec for o in alike for line in o.lines} == {gloves.spec(colour="moss")}


def test_first_come_first_served_is_read_as_a_day():
    """Two knitters need half an hour for a pair; a bath takes an hour and cannot mix colours."""
    orders = (gloves.order("1", "moss", due_s=NOON_S), gloves.order("2", "black", due_s=NOON_S))
    day = first_come_day(PLANT, orders, 0)
    knitted = (1800, 3600)
    first_bath = knitted[0] + 300 + 3600
    second_bath = first_bath + 300 + 3600
    packed = (first_bath + 600 + 300, second_bath + 600 + 300)
    assert day.packed == ((packed[0], 1), (packed[1], 2))
    assert (day.due, day.on_time, day.last_packed_s) == (2, 2, packed[1])
    (baths,) = day.batches
    assert (baths.noun, baths.count, baths.filled, baths.offered) == ("bath", 2, 50, 200)
    assert baths.machine_s == 7200
    # Two rinses of five minutes at EUR 36.00 an hour and EUR 1.00 each.
    changes = day.changeovers
    assert (changes.count, changes.takes_s, changes.cents) == (2, 600, 2 * (300 + 100))
    assert changes.cleaning_s == 0


def test_boiling_out_after_black_counts_as_cleaning():
    orders = (gloves.order("1", "black"), gloves.order("2", "white"))
    assert first_come_day(PLANT, orders, 0).changeovers.cleaning_s == 1200


def test_variety_costs_the_baths_and_rinses_that_all_alike_would_not_need():
    orders = tuple(
        gloves.order(str(n), colour) for n, colour in enumerate(("moss", "moss", "black", "white"))
    )
    compared = compare(PLANT, orders)
    assert compared.quantity == 4
    # Alike: 8 pieces knitted, seams and packing for 4, at least one bath with one rinse.
    by_hand_s = 8 * 1800 + 4 * (600 + 300)
    baths, rest_s = divmod(compared.alike.hours_s - by_hand_s - 300, HOUR)
    assert rest_s == 0
    assert 1 <= baths <= 4
    assert compared.different.hours_s >= by_hand_s + 3 * HOUR + 2 * 300
    assert compared.variety_permille > 0
    more_s = compared.different.hours_s - compared.alike.hours_s
    # EUR 36.00 an hour is a cent a second; each rinse uses up EUR 1.00 more.
    assert more_s < 4 * compared.extra_cents <= more_s + 1200


def test_orders_that_are_alike_already_have_no_price_of_variety():
    orders = tuple(gloves.order(str(n), "moss") for n in range(3))
    compared = compare(PLANT, orders)
    assert compared.variety_permille == compared.extra_cents == 0


def test_the_same_question_has_the_same_answer():
    orders = (gloves.order("1", "moss"), gloves.order("2", "black"))
    assert compare(PLANT, orders) == compare(PLANT, orders)


def as_it_happened(orders, problem, schedule):
    """Write the journal of a day on which everything went exactly as planned."""
    facts = [
        (0, e.PlantOpened(plant="gloves", digest="", origin_utc=gloves.ORIGIN.isoformat())),
        (0, e.ControllerStarted(digest="")),
        *((0, e.OrderAccepted(order=o, cost_cents=0, premium_cents=0)) for o in orders),
    ]
    ends = {}
    for machine, row in schedule.by_machine.items():
        before = initial_family(PLANT.group_of(machine))
        for slot in row:
            facts += _as_planned(machine, slot, before)
            before = slot.family or before
            for operation in slot.operations:
                owner = problem.tasks[operation].order
                ends[owner] = max(ends.get(owner, 0), slot.end_s)
    facts += [(at_s, e.OrderPacked(order=name)) for name, at_s in ends.items()]
    facts += [(EVENING_S, e.OrderShipped(order=o.id, carrier="", on_time=True)) for o in orders]
    facts.append((EVENING_S, e.DayClosed(due=len(orders), shipped=len(orders))))
    return gloves.stamp(sorted(facts, key=lambda fact: fact[0]))


def _as_planned(machine, slot, before):
    rule = changeover(PLANT.group_of(machine), before, slot.family)
    members = tuple(Member(o, 1, o.rpartition("/")[0], ()) for o in slot.operations)
    job = JobOrder(
        id=f"{machine} {slot.start_s}",
        label="",
        machine=machine,
        members=members,
        family=slot.family,
        recipe_digest="",
        takes_s=0,
    )
    intended = e.JobIntended(
        job=job,
        plan=1,
        setup_s=rule.takes if rule else 0,
        setup_cents=rule.cost + rule.takes if rule else 0,
        setup_says=rule.says if rule else "",
        cleaning=rule is not None and rule.cleaning,
        family_before=before,
        planned_start_s=slot.start_s,
        planned_end_s=slot.end_s,
    )
    begin_s = slot.start_s - intended.setup_s
    good = tuple(UnitResult(member.operation, Verdict.GOOD) for member in members)
    said = ((begin_s, JobState.RUNNING, ()), (slot.end_s, JobState.ENDED, good))
    return [
        (begin_s, intended),
        *(
            (
                at_s,
                e.JobReported(
                    report=Report(machine=machine, job_order=job.id, state=state, results=results)
                ),
            )
            for at_s, state, results in said
        ),
    ]


def test_a_day_that_went_as_planned_has_the_figures_of_its_plan():
    colours = ("moss", "black", "moss", "white", "black")
    orders = tuple(gloves.order(str(n), colour) for n, colour in enumerate(colours))
    problem = pose(orders, PLANT)
    schedule = construct(problem)
    card = close(as_it_happened(orders, problem, schedule), PLANT)
    assert card.day == planned_day(PLANT, orders, problem, schedule)
    assert card.day.changeovers.count > 0
    assert card.shipped == 5
    assert card.sentence.startswith("Nothing failed")


def test_the_ledger_of_that_day_shows_every_unit_made_once():
    orders = (gloves.order("1", "moss"), gloves.order("2", "black"))
    problem = pose(orders, PLANT)
    schedule = construct(problem)
    lines = [
        gloves.ledger_line(slot.end_s, operation, cycle=1 + n)
        for n, slot in enumerate(schedule.slots)
        for operation in slot.operations
    ]
    journal = as_it_happened(orders, problem, schedule)
    assert close(journal, PLANT, parse_made(lines)).made == Made(
        needed=4, good=4, scrapped=0, twice=0
    )
    twice = [gloves.ledger_line(9, "1/1.1/knit", cycle=99)]
    assert close(journal, PLANT, parse_made([*lines, *twice])).made.twice == 1

"""Money and moves as they are counted, and both faces of an objective side by side."""

from dataclasses import replace

from hypothesis import given, settings
from shops import LASTING, problems, with_kits

from scheduler import (
    Due,
    Frozen,
    Mode,
    Problem,
    Resource,
    Schedule,
    Setup,
    Slot,
    Task,
    construct,
    decode,
    first_come,
    measure_levels,
    order_ends,
    setups_in,
)
from scheduler.nesting import fill, fits
from scheduler.objectives import (
    AIMS,
    OBJECTIVES,
    Changed,
    Cycle,
    Late,
    Latest,
    Overdue,
    Runs,
    Short,
    Spread,
    short_s,
)
from scheduler.problem import Aim


def shop():
    tasks = {
        name: Task(id=name, order=name[0], modes=(Mode("M", 100),), family=family)
        for name, family in (("1/a", "red"), ("1/b", "blue"), ("2/a", "red"))
    }
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={"M": Resource(id="M", group="g", windows=((0, 9_999),), family="red")},
        setups={
            ("g", "red", "blue"): Setup(30, 11),
            ("g", "blue", "red"): Setup(90, 13, cleaning=True),
        },
        dues={
            "1": Due(order="1", due_s=230, late_cents=500, weight=2),
            "2": Due(order="2", due_s=419, late_cents=700),
        },
        rates={"g": 3_599},
    )


def test_money_is_missed_dues_margin_at_risk_changeovers_and_their_time():
    problem = shop()
    late = decode(problem, {"M": [["1/a"], ["1/b"], ["2/a"]]})
    assert late.end_of == {"1/a": 100, "1/b": 230, "2/a": 420}
    # Order 1 ends on its due second: half of its margin is at risk. Order 2 is one second late.
    assert dict(measure_levels(problem, late))["cents"] == 500 + 700 + 24 + 120 * 3_599 // 3_600
    good = decode(problem, {"M": [["2/a"], ["1/a"], ["1/b"]]})
    # Order 2 ends 319 s before it is due, 1481 s short of the half hour that is safe.
    paid = (700 * 1_481 + 30 * 3_599) // 3_600
    assert dict(measure_levels(problem, good))["cents"] == 2 * 500 + 11 + paid
    assert [s.cleaning for *_, s in setups_in(problem, late)] == [False, False, True]
    assert order_ends(problem, late) == {"1": 230, "2": 420}


def test_a_benchmark_is_judged_by_its_aim_alone():
    problem = replace(shop(), aim=Aim.MAKESPAN)
    schedule = decode(problem, {"M": [["1/a"], ["1/b"], ["2/a"]]})
    assert measure_levels(problem, schedule) == (("broken_rules", 0), ("makespan", 420))
    assert measure_levels(problem, Schedule(())) == (("broken_rules", 3), ("makespan", 0))
    dues = {"1": Due(order="1", due_s=225, weight=3), "2": Due(order="2", due_s=500, weight=9)}
    late = replace(shop(), aim=Aim.TARDINESS, dues=dues)
    assert measure_levels(late, schedule) == (("broken_rules", 0), ("tardiness", 15))


def test_running_work_counts_for_the_makespan_and_for_lateness():
    running = Slot(
        machine="M", operations=("2/b",), family="red", setup_start_s=0, start_s=0, end_s=900
    )
    problem = replace(shop(), tasks={}, frozen=Frozen(running=(running,)))
    alone = Schedule(())
    assert measure_levels(replace(problem, aim=Aim.MAKESPAN), alone)[1] == ("makespan", 900)
    assert measure_levels(replace(problem, aim=Aim.TARDINESS), alone)[1] == ("tardiness", 481)


def test_half_an_hour_of_reserve_costs_nothing():
    early = replace(shop(), dues={"1": Due(order="1", due_s=2_030, late_cents=500)}, rates={})
    schedule = decode(early, {"M": [["1/a"], ["1/b"], ["2/a"]]})
    assert dict(measure_levels(early, schedule))["cents"] == 24
    closer = replace(early, dues={"1": Due(order="1", due_s=2_029, late_cents=7_200)})
    assert dict(measure_levels(closer, schedule))["cents"] == 24 + 2


def test_a_move_is_another_machine_or_a_clearly_other_time():
    def planned(machine, start_s, name="1/a"):
        return Slot(
            machine=machine,
            operations=(name,),
            family="red",
            setup_start_s=start_s,
            start_s=start_s,
            end_s=start_s + 100,
        )

    before = Schedule((planned("M", 0),))

    def moves(*slots):
        return dict(measure_levels(shop(), Schedule(slots), before))["moves"]

    assert moves(planned("M", 899)) == 0
    assert moves(planned("M", 900)) == 1
    assert moves(planned("N", 0)) == 1
    assert moves(planned("M", 5_000, "1/b")) == 0, "what is new did not move"
    assert dict(measure_levels(shop(), before))["moves"] == 0


def test_broken_rules_come_first():
    levels = measure_levels(shop(), Schedule(()))
    assert levels[0] == ("broken_rules", 3)


@given(problem=problems(most_tasks=7))
@settings(LASTING, max_examples=40)
def test_every_objective_measures_what_it_expresses(problem):
    problem = with_kits(problem)
    for schedule in (construct(problem), first_come(problem)):
        for objective in {*OBJECTIVES, *AIMS.values()}:
            if objective.express is not None:
                linear = objective.express(problem)
                total = sum(factor * counted(problem, schedule, c) for factor, c in linear.terms)
                assert objective.measure(problem, schedule, None) == total // linear.per


def counted(problem, schedule, count):
    match count:
        case Late(order, cut):
            due = problem.dues[order]
            end_s = order_ends(problem, schedule).get(order, 0)
            return int(end_s > (due.due_s, *due.again_s)[cut])
        case Short(order):
            ends = order_ends(problem, schedule)
            due_s, reserve_s = problem.dues[order].due_s, problem.reserve_s
            return short_s(ends[order], due_s, reserve_s) if order in ends else 0
        case Overdue(order):
            end_s = order_ends(problem, schedule).get(order, 0)
            return max(0, end_s - problem.dues[order].due_s)
        case Latest():
            slots = (*problem.frozen.running, *schedule.slots)
            return max((slot.end_s for slot in slots), default=0)
        case Cycle(machine):
            return sum(slot.machine == machine for slot in schedule.slots)
        case Spread(name):
            ends = {n: slot.end_s for slot in problem.frozen.running for n in slot.operations}
            ends |= {**problem.frozen.done, **schedule.end_of}
            after = problem.tasks[name].after
            still_open = any(each in schedule.end_of for each in after)
            last, *others = sorted((ends[each] for each in after if still_open), reverse=True) or [
                0
            ]
            return last - min(others, default=last)
        case Runs():
            return sum(slot.end_s - slot.start_s for slot in schedule.slots)
        case Changed(group, before, after):
            return sum(
                (problem.resources[slot.machine].group, was, slot.family) == (group, before, after)
                for slot, was, _ in setups_in(problem, schedule)
            )


def test_an_order_with_only_running_work_ends_when_that_ends():
    running = Slot(
        machine="M", operations=("2/a",), family="red", setup_start_s=0, start_s=0, end_s=900
    )
    tasks = {name: task for name, task in shop().tasks.items() if name != "2/a"}
    problem = replace(shop(), tasks=tasks, frozen=Frozen(running=(running,)))
    assert order_ends(problem, Schedule(())) == {"2": 900}
    assert dict(measure_levels(problem, construct(problem)))["cents"] >= 700


def test_parts_fit_on_a_plate_by_area():
    assert fits((4, 6), 10)
    assert not fits((4, 7), 10)
    assert fits((99,), 0)
    assert not fits((1, 1), 0)
    assert fill((4, 5), 10) == 90
    assert fill((1, 1), 3) == 66
    assert fill((5,), 0) == 100

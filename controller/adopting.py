"""An answer is late by the time it took: it becomes the next plan only if it is right as things stand now.

It was verified in a child against the question. Where all that has happened since went as it says,
what is left of it is right by that; anything else is run and verified again.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from controller.events import PlanPublished
from controller.question import Answer, Question
from controller.solving import rebased
from controller.state import State
from scheduler import Frozen, Slot, objectives, pose, wishes


def adopt(
    state: State, answer: Answer, frozen: Frozen, now_s: int, terms: wishes.Terms | None = None
) -> PlanPublished | None:
    """Return the plan that an answer has become by now; None when it has become none.

    Orders that the question did not know wait for the next one. `terms` are those that hold now;
    without them, those of the question.
    """
    if answer.slots is None:
        return None
    open_now = {
        name
        for name in answer.orders
        if name in state.orders and state.orders[name].cancelled is None
    }
    left = what_is_left(answer, frozen, now_s, open_now, terms)
    if left is not None:
        return _published(state, replace(answer, slots=left))
    asked = Question(
        stamp=answer.stamp,
        orders=tuple(each.order for name, each in state.orders.items() if name in open_now),
        frozen=frozen,
        now_s=now_s,
        hint=() if state.plan is None else state.plan.slots,
        terms=terms
        if terms is not None
        else answer.asked.terms
        if answer.asked
        else wishes.Terms(),
    )
    routings = {name: state.orders[name].routing for name in open_now}
    problem = pose(asked.orders, state.plant, frozen, now_s, routings, asked.terms)
    new = rebased(state.plant, problem, asked, answer)
    return None if new is None else _published(state, new)


def _published(state: State, answer: Answer) -> PlanPublished:
    assert answer.slots is not None, "Only plans are published."
    return PlanPublished(
        number=1 if state.plan is None else state.plan.number + 1,
        why=answer.why,
        slots=answer.slots,
        levels=answer.levels,
        bound=answer.bound,
        tiers=answer.tiers,
        took_ms=answer.took_ms,
        answers=answer.stamp,
        ends=answer.ends,
        late_ends=answer.late_ends,
        waits=answer.waits,
    )


def what_is_left(
    answer: Answer,
    frozen: Frozen,
    now_s: int,
    open_now: Iterable[str],
    terms: wishes.Terms | None = None,
) -> tuple[Slot, ...] | None:
    """Return the slots that are still to come if all that happened since the question went as the
    answer says, within what people notice; None when anything else happened."""
    asked, orders = answer.asked, set(open_now)
    if asked is None or answer.slots is None:
        return None
    runs = {name: slot for slot in frozen.running for name in slot.operations}
    if not _went_on(asked, frozen, runs, orders):
        return None
    left: list[Slot] = []
    begun_on = {slot.machine for slot in asked.frozen.running}
    waiting_on: set[str] = set()
    for slot in sorted(answer.slots, key=lambda slot: (slot.start_s, slot.end_s)):
        if all(_is_open(name, frozen, runs, orders) for name in slot.operations):
            waiting_on.add(slot.machine)
            left.append(slot)
        elif slot.machine in waiting_on or not _as_planned(slot, frozen, runs):
            return None
        else:
            begun_on.add(slot.machine)
    ran = {name for slot in (*asked.frozen.running, *answer.slots) for name in slot.operations}
    if not runs.keys() <= ran or not _set_up(asked, frozen, begun_on):
        return None
    late = any(slot.start_s < now_s - objectives.MOVED_S for slot in left)
    return None if late or not _within(terms or asked.terms, asked.terms, left) else tuple(left)


def _within(terms: wishes.Terms, asked: wishes.Terms, left: Iterable[Slot]) -> bool:
    """Say whether what is left keeps to the terms that hold now."""
    if terms.wishes != asked.wishes:
        return False
    return not any(
        name in terms.without or slot.start_s < terms.at_hand_s.get(name, 0)
        for slot in left
        for name in slot.operations
    )


def _is_open(name: str, frozen: Frozen, runs: Mapping[str, Slot], orders: Container[str]) -> bool:
    return name not in runs and name not in frozen.done and name.partition("/")[0] in orders


def _went_on(
    asked: Question, frozen: Frozen, runs: Mapping[str, Slot], orders: Container[str]
) -> bool:
    """Say whether nothing that was finished or running is open again or much later, and no machine
    has failed or come back."""
    if asked.frozen.down_until.keys() != frozen.down_until.keys():
        return False
    ran = {name: slot for slot in asked.frozen.running for name in slot.operations}
    if any(_is_open(name, frozen, runs, orders) for name in (*asked.frozen.done, *ran)):
        return False
    return not any(name in runs and _drifted(runs[name], slot) for name, slot in ran.items())


def _as_planned(slot: Slot, frozen: Frozen, runs: Mapping[str, Slot]) -> bool:
    """Say whether a batch that was begun since is the one that was planned."""
    running = [runs[name] for name in slot.operations if name in runs]
    if not running:
        return all(name in frozen.done for name in slot.operations)
    same = all(set(each.operations) == set(slot.operations) for each in running)
    return same and not _drifted(running[0], slot)


def _drifted(runs: Slot, planned: Slot) -> bool:
    return runs.machine != planned.machine or runs.end_s - planned.end_s > objectives.MOVED_S


def _set_up(asked: Question, frozen: Frozen, begun_on: set[str]) -> bool:
    """Say whether machines that began nothing are still set up as they were."""
    was = asked.frozen.family_of
    return all(
        was.get(machine, family) == family
        for machine, family in frozen.family_of.items()
        if machine not in begun_on
    )

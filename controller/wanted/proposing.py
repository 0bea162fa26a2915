"""Proposals: a wish becomes a question to the planner, its answer a comparison, and acceptance facts."""

from collections.abc import Iterable
from dataclasses import replace

from controller import events as e
from controller.frozen import frozen_of
from controller.judged import Answered, Judged
from controller.planning import Answer, Question, adopt
from controller.proposal import Figures, Move, Proposal, Step
from controller.requests import Refusal
from controller.state import State
from controller.wanted.terms import terms_of
from controller.wanted.words import wish_words
from scheduler import Slot, wishes

PROPOSE_S = 0.8
"""Real seconds of search for a proposal; a person waits for it."""


def refused_wish(state: State, wish: wishes.Wish, now_s: int) -> str | None:
    """Say why a wish cannot even be planned; None when it can."""
    routings = {name: each.routing for name, each in state.orders.items() if each.cancelled is None}
    granted = tuple(each.wish for each in state.wishes.values())
    return wishes.refusal(wish, state.plant, routings, frozen_of(state, now_s), now_s, granted)


def question_of(state: State, wish: wishes.Wish, now_s: int) -> Question:
    """Ask for a plan as if the wish were granted."""
    return plan_question(
        state,
        wish_words(state, wish),
        now_s,
        stamp=state.demand,
        budget_s=PROPOSE_S,
        terms=terms_of(state, (wish,)),
    )


def plan_question(
    state: State, why: str, now_s: int, *, stamp: int, budget_s: float, terms: wishes.Terms
) -> Question:
    """Ask for a plan of all that is open and wanted, around what is frozen now."""
    return Question(
        stamp=stamp,
        why=why,
        orders=tuple(
            each.order
            for each in state.orders.values()
            if each.packed_s is None and each.cancelled is None
        ),
        frozen=frozen_of(state, now_s),
        now_s=now_s,
        hint=() if state.plan is None else state.plan.slots,
        budget_s=budget_s,
        terms=terms,
    )


def compare(
    state: State, answer: Answer, wish: wishes.Wish, *, number: int, by: str, now_s: int
) -> Proposal | Refusal:
    """Set an answer beside the present plan."""
    why = wish_words(state, wish)
    if answer.slots is None:
        return Refusal(kind="conflict", why=f"{why} cannot be planned: {answer.why}")
    present = () if state.plan is None else state.plan.slots
    moved = tuple(_moves(state, present, answer.slots))
    return Proposal(
        number=number,
        by=by,
        at_s=now_s,
        wish=wish,
        why=why,
        before=figures(state, present, () if state.plan is None else state.plan.levels),
        after=figures(state, answer.slots, answer.levels),
        moved=moved,
        newly_late=tuple(move.order for move in moved if _newly_late(move)),
        slots=answer.slots,
        levels=answer.levels,
        bound=answer.bound,
        tiers=answer.tiers,
        curve=tuple(Step(at_ms=at_ms, cents=cents) for at_ms, cents in answer.curve),
        took_ms=answer.took_ms,
        plan=0 if state.plan is None else state.plan.number,
        orders=answer.orders,
        answers=answer.stamp,
    )


def _newly_late(move: Move) -> bool:
    was = move.from_s is None or move.from_s <= move.due_s
    return was and (move.to_s is None or move.to_s > move.due_s)


def figures(state: State, slots: Iterable[Slot], levels: tuple[tuple[str, int], ...]) -> Figures:
    """Count what a plan comes to."""
    slots = tuple(slots)
    ends = order_ends_of(state, slots)
    setups = [slot.start_s - slot.setup_start_s for slot in slots]
    return Figures(
        late=sum(end_s > state.orders[name].order.due_s for name, end_s in ends.items()),
        cents=dict(levels).get("cents", 0),
        changeovers=sum(setup > 0 for setup in setups),
        changeover_s=sum(setups),
        batches=len(slots),
    )


def order_ends_of(state: State, slots: Iterable[Slot]) -> dict[str, int]:
    """Return when the last planned operation of each open order ends."""
    ends: dict[str, int] = {}
    for slot in slots:
        for operation in slot.operations:
            name = operation.partition("/")[0]
            if name in state.orders:
                ends[name] = max(ends.get(name, 0), slot.end_s)
    return ends


def _moves(state: State, present: Iterable[Slot], planned: Iterable[Slot]) -> Iterable[Move]:
    before, after = order_ends_of(state, present), order_ends_of(state, planned)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Move(
                order=name,
                from_s=before.get(name),
                to_s=after.get(name),
                due_s=state.orders[name].order.due_s,
            )


def accept(state: State, proposal: Proposal, now_s: int) -> Answered:
    """Grant a proposal's wish and publish its plan, moved onto what is frozen now."""
    granted = e.WishGranted(number=state.wished + 1, wish=proposal.wish, why=proposal.why)
    answer = Answer(
        stamp=proposal.answers,
        orders=proposal.orders,
        slots=proposal.slots,
        levels=proposal.levels,
        bound=proposal.bound,
        tiers=proposal.tiers,
        took_ms=proposal.took_ms,
        why=proposal.why,
    )
    terms = terms_of(state, (proposal.wish,))
    plan = adopt(state, answer, frozen_of(state, now_s), now_s, terms)
    if plan is None:
        return Refusal(
            kind="conflict",
            why=f"{proposal.why}: the floor has moved on since it was planned. Ask for it again.",
        )
    if state.demand <= proposal.answers:
        # The wish itself is the next event, and this plan answers it.
        plan = replace(plan, answers=state.seq + 1)
    return Judged(facts=(granted, plan), says=f"{proposal.why}. Plan {plan.number} counts now.")

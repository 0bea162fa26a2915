"""Proposals: a wish becomes a question to the planner, its answer a comparison, and acceptance facts."""

from dataclasses import dataclass, field, replace

from controller import events as e
from controller.frozen import frozen_of
from controller.judged import Answered, Judged
from controller.plan_words import plan_line
from controller.planning import Answer, Question, adopt
from controller.proposal import Proposal, Step
from controller.requests import Refusal
from controller.state import State
from controller.wanted.missed import newly_missed
from controller.wanted.terms import terms_of
from controller.wanted.words import wish_words
from scheduler import wishes

_IN_A_RUN = 10_000
"""Proposals after which a run begins its numbers anew; those with the first ones are long settled."""

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


@dataclass(frozen=True, slots=True)
class Open:
    """A proposal with the planner's answer behind it, which is what would be published."""

    proposal: Proposal
    answer: Answer


@dataclass(slots=True)
class Proposals:
    """The open proposals of one run of the controller."""

    open: dict[int, Open] = field(default_factory=dict[int, Open])
    made: int = 0

    def next(self, epoch: int) -> int:
        """Return a number that no proposal of an earlier run had: a page that was open meanwhile
        must not accept another proposal than the one it shows."""
        self.made += 1
        return epoch * _IN_A_RUN + self.made % _IN_A_RUN


def compare(
    state: State, answer: Answer, wish: wishes.Wish, *, number: int, by: str, now_s: int
) -> Open | Refusal:
    """Set an answer beside the present plan."""
    why = wish_words(state, wish)
    if answer.slots is None or answer.difference is None:
        return Refusal(kind="conflict", why=f"{why} cannot be planned: {answer.why}")
    proposal = Proposal(
        number=number,
        by=by,
        at_s=now_s,
        wish=wish,
        why=why,
        before=answer.difference.before,
        after=answer.difference.after,
        moved=answer.difference.moved,
        newly_late=answer.difference.newly_late,
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
    return Open(proposal, answer)


def accept(state: State, opened: Open, now_s: int) -> Answered:
    """Grant a proposal's wish and publish its plan, moved onto what is frozen now."""
    proposal = opened.proposal
    granted = e.WishGranted(number=state.wished + 1, wish=proposal.wish, why=proposal.why)
    terms = terms_of(state, (proposal.wish,))
    answer = replace(opened.answer, why=proposal.why)
    plan = adopt(state, answer, frozen_of(state, now_s), now_s, terms)
    if plan is None:
        return Refusal(
            kind="conflict",
            why=f"{proposal.why}: the floor has moved on since it was planned. Ask for it again.",
        )
    if state.demand <= proposal.answers:
        # The wish itself is the next event, and this plan answers it.
        plan = replace(plan, answers=state.seq + 1)
    plan = told(state, plan)
    return Judged(facts=(granted, plan), says=f"{proposal.why}. {plan.says}")


def told(state: State, plan: e.PlanPublished) -> e.PlanPublished:
    """Return a plan with the line that tells people what it changes."""
    due_s = {
        name: each.order.due_s
        for name, each in state.orders.items()
        if each.packed_s is None and each.cancelled is None
    }
    before = () if state.plan is None else state.plan.slots
    missed = newly_missed(state, plan.slots, before)
    return replace(plan, says=" ".join([plan_line(plan, state.plan, due_s), *missed]))

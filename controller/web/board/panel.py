"""The proposal panel: what a wish would change, what it costs, how it was found; and granted wishes."""

from dataclasses import dataclass

from controller.names import person_name
from controller.proposal import Proposal, Step
from controller.state import State
from controller.wanted.state import GrantedWish
from controller.web.board.bodies import FiguresNow, MoveNow, ProposalNow, WishNow
from controller.web.board.build import SAME_S
from controller.web.board.labels import step_of
from controller.web.naming import counted
from controller.web.scene import order_id
from controller.web.times import clock_text, remaining, spare
from scheduler import Slot, difference, wishes

MOVES_SHOWN = 40
_MINUS = "\N{MINUS SIGN}"
_UNDER = 24
"""Higher than this a figure stands under its line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """An order that moves: from where, to where, and what is left to spare."""

    order: str
    was: str
    now: str
    ships: str
    spare: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The search as a line: each better plan, down to the bound."""

    path: str
    bound_y: float | None
    first: str
    last: str
    last_y: float
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One open proposal, as a planner reads it."""

    number: int
    plan: int
    why: str
    who: str
    stale: str
    moved: str
    late: str
    cents: str
    cents_says: str
    changeovers: str
    changeovers_says: str
    rows: tuple[MoveRow, ...]
    more: int
    curve: Curve | None
    took: str
    tiers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WishRow:
    """A granted wish."""

    number: int
    why: str
    who: str
    mine: bool


def panel(state: State, proposal: Proposal, now_s: int) -> Panel:
    """Say a proposal in words and figures."""
    before, after = proposal.before, proposal.after
    current = state.plan.number if state.plan is not None else 0
    more_changes = after.changeovers - before.changeovers
    return Panel(
        number=proposal.number,
        plan=proposal.plan,
        why=proposal.why.rstrip("."),
        who=f"{person_name(proposal.by)} asked at {clock_text(state, proposal.at_s, now_s)}.",
        stale=_stale(proposal, current),
        moved=str(len(proposal.moved)),
        late=str(len(proposal.newly_late)),
        cents=signed_money(after.cents - before.cents),
        cents_says=f"against {plain_money(before.cents)}",
        changeovers=signed(more_changes),
        changeovers_says=f"changeovers, {before.changeovers} to {after.changeovers}",
        rows=tuple(_row(state, proposal, each, now_s) for each in proposal.moved[:MOVES_SHOWN]),
        more=max(0, len(proposal.moved) - MOVES_SHOWN),
        curve=curve(proposal.curve, proposal.bound, proposal.took_ms),
        took=f"{proposal.took_ms / 1000:.1f} s",
        tiers=_tiers(proposal),
    )


def _stale(proposal: Proposal, current: int) -> str:
    if proposal.plan == current:
        return ""
    return (
        f"Plan {current} was published since; this was compared with plan {proposal.plan}. "
        "Ask again to see what it changes now."
    )


def money(cents: int) -> str:
    """Show an amount: `EUR 12.40`."""
    sign = _MINUS if cents < 0 else ""
    return f"{sign}EUR {abs(cents) / 100:,.2f}"


def plain_money(cents: int) -> str:
    """Show an amount beside another one that names the currency: `53.80`."""
    return money(cents).replace("EUR ", "")


def signed_money(cents: int) -> str:
    """Show a difference: `+EUR 12.40`."""
    return f"+{money(cents)}" if cents > 0 else money(cents)


def signed(number: int) -> str:
    """Show a difference of counts: `+1`, `0`."""
    if number == 0:
        return "0"
    return f"+{number}" if number > 0 else f"{_MINUS}{abs(number)}"


def _row(state: State, proposal: Proposal, move: difference.Shift, now_s: int) -> MoveRow:
    was, now = _first_move(state, proposal.slots, move.order, now_s)
    ships = clock_text(state, move.due_s, now_s)
    if move.to_s is None:
        left, late = "not planned", True
    else:
        left, late = spare(move.due_s - move.to_s), move.to_s > move.due_s
    if not now:
        was = _ends(state, move.from_s, now_s)
        now = _ends(state, move.to_s, now_s)
    return MoveRow(order=move.order, was=was, now=now, ships=ships, spare=left, late=late)


def _ends(state: State, at_s: int | None, now_s: int) -> str:
    return "not planned" if at_s is None else f"packed {clock_text(state, at_s, now_s)}"


def _first_move(state: State, slots: tuple[Slot, ...], order: str, now_s: int) -> tuple[str, str]:
    """Return the first place where an order's way parts from the present plan's."""
    present = {
        name: slot
        for slot in (state.plan.slots if state.plan is not None else ())
        for name in slot.operations
        if order_id(name) == order
    }
    for slot in sorted(slots, key=lambda each: each.start_s):
        for name in slot.operations:
            was = present.get(name)
            if order_id(name) != order or was is None:
                continue
            if was.machine != slot.machine or abs(was.start_s - slot.start_s) >= SAME_S:
                step = step_of(state, name)
                then = clock_text(state, was.start_s, now_s)
                at = clock_text(state, slot.start_s, now_s)
                return f"{step}, {was.machine} {then}", f"{slot.machine} {at}"
    return "", ""


def _tiers(proposal: Proposal) -> tuple[tuple[str, str], ...]:
    levels = dict(proposal.levels)
    broken = levels.get("broken_rules", 0)
    best = f", at best {plain_money(proposal.bound)}" if proposal.bound is not None else ""
    rows = [
        ("Rules", "all hold" if not broken else counted(broken, "broken rule")),
        ("Money", f"{money(proposal.after.cents)}, was {plain_money(proposal.before.cents)}{best}"),
    ]
    if "moves" in levels:
        rows.append(("Moves", counted(levels["moves"], "operation")))
    if proposal.tiers:
        rows.append(("Steps", "; ".join(proposal.tiers)))
    return tuple(rows)


def curve(steps: tuple[Step, ...], bound: int | None, took_ms: int) -> Curve | None:
    """Draw the search: real time to the right, money upwards."""
    if not steps:
        return None
    last_ms = max(took_ms, steps[-1].at_ms, 1)
    values = [step.cents for step in steps] + ([bound] if bound is not None else [])
    low, high = min(values), max(values)

    def x(ms: int) -> float:
        return round(6 + 336 * ms / last_ms, 1)

    def y(cents: int) -> float:
        return round(70 - 58 * (cents - low) / max(1, high - low), 1)

    path = f"M{x(steps[0].at_ms)} {y(steps[0].cents)}"
    for step in steps[1:]:
        path += f"H{x(step.at_ms)}V{y(step.cents)}"
    path += f"H{x(last_ms)}"
    first, last = steps[0], steps[-1]
    says = (
        f"Search: the best plan found went from {money(first.cents)} to {money(last.cents)} "
        f"within {last_ms / 1000:.1f} s"
    )
    return Curve(
        path=path,
        bound_y=None if bound is None else y(bound),
        # A search that found nothing better than its first plan has one figure, not two.
        first=(
            f"first plan after {first.at_ms / 1000:.2f} s, {money(first.cents)}"
            if first.cents != last.cents
            else ""
        ),
        last=money(last.cents),
        last_y=y(last.cents) - 7 if y(last.cents) > _UNDER else y(last.cents) + 16,
        says=says if bound is None else f"{says}; the bound is {money(bound)}",
    )


def wish_rows(state: State, actor: str, now_s: int) -> tuple[WishRow, ...]:
    """Return the granted wishes, the newest first."""
    return tuple(
        WishRow(
            number=number,
            why=each.why.rstrip("."),
            who=f"{person_name(each.by)}, {clock_text(state, each.at_s, now_s)}",
            mine=each.by == actor,
        )
        for number, each in sorted(state.wishes.items(), reverse=True)
    )


def rules_now(state: State) -> tuple[str, str]:
    """Say how long plates wait and what comes first, as granted."""
    wait, first = "as long as it pays", "money"
    for _, each in sorted(state.wishes.items()):
        match each.wish:
            case wishes.PlateWait(wait_s=wait_s):
                wait = f"at most {remaining(wait_s)}"
            case wishes.LevelOrder(first=chosen):
                first = chosen
            case _:
                pass
    words = {"money": "money, then few moves", "stability": "few moves, then money"}
    return wait, words[first]


def proposal_now(state: State, proposal: Proposal) -> ProposalNow:
    """Return a proposal as the API gives it."""
    before, after = proposal.before, proposal.after
    return ProposalNow(
        number=proposal.number,
        by=proposal.by,
        at_s=proposal.at_s,
        why=proposal.why,
        plan=proposal.plan,
        stale=state.plan is None or proposal.plan != state.plan.number,
        before=FiguresNow(
            late=before.late,
            cents=before.cents,
            changeovers=before.changeovers,
            batches=before.batches,
        ),
        after=FiguresNow(
            late=after.late,
            cents=after.cents,
            changeovers=after.changeovers,
            batches=after.batches,
        ),
        moved=[
            MoveNow(order=each.order, from_s=each.from_s, to_s=each.to_s, due_s=each.due_s)
            for each in proposal.moved
        ],
        newly_late=list(proposal.newly_late),
        levels=dict(proposal.levels),
        bound=proposal.bound,
        tiers=list(proposal.tiers),
        curve=[(step.at_ms, step.cents) for step in proposal.curve],
        took_ms=proposal.took_ms,
    )


def wish_now(wish: GrantedWish) -> WishNow:
    """Return a granted wish as the API gives it."""
    return WishNow(number=wish.number, why=wish.why, by=wish.by, at_s=wish.at_s)

"""Wishes about an order on their way to the desk, and what they would change, in four figures."""

from typing import Annotated

from controller.names import local_time, money
from controller.proposal import Proposal
from controller.state import State
from controller.web.asking import or_refuse, revision_of
from controller.web.naming import counted
from controller.web.orders.bodies import FourFigures
from controller.web.permit import Acting
from controller.web.site import Site
from controller.web.times import DAY_S, slack, spare
from scheduler import wishes

Seen = Annotated[
    int | None,
    revision_of("an order", "ETag of the order as it was seen; another one now answers 409."),
]
"""A route's parameter `seen: Seen` is the revision that the asker saw."""


async def propose(site: Site, wish: wishes.Wish, order: str, who: Acting) -> FourFigures:
    """Have a wish about an order planned, without changing anything. Raises RefusedError."""
    said = or_refuse(await site.desk.propose(wish, actor=who.actor))
    return four_figures(site.desk.state, said, order)


def four_figures(state: State, proposal: Proposal, order: str) -> FourFigures:
    """Say what a proposal does for one order, and what that costs the others."""
    mine = next((move for move in proposal.moved if move.order == order), None)
    others = sum(move.order != order for move in proposal.moved)
    cents = proposal.after.cents - proposal.before.cents
    moved = mine is not None and mine.from_s is not None and mine.to_s is not None
    gained_s = (mine.from_s or 0) - (mine.to_s or 0) if mine is not None and moved else 0
    now = spare(mine.due_s - mine.to_s) if mine is not None and mine.to_s is not None else ""
    return FourFigures(
        number=proposal.number,
        why=proposal.why,
        slack=slack(gained_s) if gained_s else "±0 min",
        slack_now=now,
        moved=len(proposal.moved),
        newly_late=proposal.newly_late,
        cents=cents,
        cost=f"{'+' if cents > 0 else ''}{money(state.plant, cents)}",
        says=_says(proposal, others, gained_s, now),
        took_ms=proposal.took_ms,
    )


def _says(proposal: Proposal, others: int, gained_s: int, now: str) -> str:
    took = f"Planned again to be sure, {proposal.took_ms / 1000:.1f} s."
    if not gained_s:
        return f"It would not end any earlier than now. {took}"
    late = ", ".join(proposal.newly_late)
    harm = f"{late} would be late. " if late else ""
    return f"It would have {now}; {counted(others, 'other order')} would move. {harm}{took}"


def next_time(state: State, at: str, now_s: int) -> int:
    """Return the plant second of the next such time of day."""
    hours, minutes = (int(part) for part in at.split(":"))
    local = local_time(state, now_s)
    into_s = local.hour * 3600 + local.minute * 60 + local.second
    return now_s + ((hours * 3600 + minutes * 60 - into_s) % DAY_S or DAY_S)

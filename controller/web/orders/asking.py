"""Changes of an order on their way to the desk, with the revision that the asker saw."""

from typing import Annotated

from fastapi import Depends, Header

from controller.names import local_time, money
from controller.proposal import Proposal
from controller.requests import Refusal, Request, Taken
from controller.state import State
from controller.web.api import RefusedError
from controller.web.naming import counted
from controller.web.orders.bodies import FourFigures
from controller.web.permit import Acting
from controller.web.site import Site
from controller.web.times import DAY_S, slack, spare
from scheduler import wishes

_DIGITS = 18
"""More than any journal has events."""


def _seen(
    match: Annotated[
        str,
        Header(
            alias="If-Match",
            max_length=40,
            description="ETag of the order as it was seen; another one now answers 409.",
        ),
    ] = "",
) -> int | None:
    """Read the revision out of If-Match; `*` and nothing expect none."""
    said = match.strip().removeprefix("W/").strip('"')
    if said in {"", "*"}:
        return None
    if not said.isdigit() or len(said) > _DIGITS:
        why = f"If-Match {match!r} is no revision of an order. Nothing was changed."
        raise RefusedError(Refusal(kind="wrong", why=why))
    return int(said)


Seen = Annotated[int | None, Depends(_seen)]
"""A route's parameter `seen: Seen` is the revision that the asker saw."""


async def ask(site: Site, request: Request, who: Acting, order: str, seen: int | None) -> Taken:
    """Have it judged. Raises RefusedError."""
    expected = {} if seen is None else {f"order:{order}": seen}
    reply = await site.desk.ask(
        request, actor=who.actor, station=who.station, key=who.key, expected=expected
    )
    if isinstance(reply, Refusal):
        raise RefusedError(reply)
    assert isinstance(reply, Taken)
    return reply


async def propose(site: Site, wish: wishes.Wish, order: str, who: Acting) -> FourFigures:
    """Have a wish about an order planned, without changing anything. Raises RefusedError."""
    said = await site.desk.propose(wish, actor=who.actor)
    if isinstance(said, Refusal):
        raise RefusedError(said)
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

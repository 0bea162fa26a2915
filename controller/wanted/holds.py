"""Granted wishes as the dispatcher keeps to them: why a batch may not start yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from controller.names import batch_words, order_of, time_of_day
from controller.state import Phase, State
from controller.wanted.state import GrantedWish
from scheduler import Slot, wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A batch that could start now on a machine."""

    machine: str
    slot: Slot
    now_s: int
    setup_s: int
    """Changeover before it."""
    takes_s: int
    """All of its time, the changeover included."""

    @property
    def works_s(self) -> int:
        """Return when its work would begin; a changeover needs nothing of the work itself."""
        return self.now_s + self.setup_s

    @property
    def end_s(self) -> int:
        """Return when it would be over."""
        return self.now_s + self.takes_s


def held_by_wish(state: State, start: Start) -> str | None:
    """Return why granted wishes keep a batch from starting on a machine now; None when none does."""
    granted = [each.wish for each in state.wishes.values()]
    pins = _pins(state)
    reasons = (
        *(_closed(state, wish, start) for wish in granted),
        *(_too_early(state, wish, start) for wish in granted),
        _elsewhere(state, start),
        *(_pinned(state, pin, names, start) for pin, names in pins),
        *(_in_the_way(state, pin, names, start) for pin, names in pins),
    )
    return next((reason for reason in reasons if reason is not None), None)


def placed_by(wished: Iterable[GrantedWish]) -> dict[str, GrantedWish]:
    """Return the wish that places each operation: of two that do, the later counts."""
    places: dict[str, GrantedWish] = {}
    for granted in wished:
        if isinstance(granted.wish, wishes.Pin | wishes.OnMachine):
            places |= dict.fromkeys(granted.wish.operations, granted)
    return places


def _pins(state: State) -> list[tuple[wishes.Pin, frozenset[str]]]:
    """Return the pins with what they still hold."""
    held: dict[wishes.Pin, set[str]] = {}
    for name, granted in placed_by(state.wishes.values()).items():
        work = state.work.get(name)
        if isinstance(granted.wish, wishes.Pin) and work and work.phase is Phase.OPEN:
            held.setdefault(granted.wish, set()).add(name)
    return [(pin, frozenset(names)) for pin, names in held.items()]


def _elsewhere(state: State, start: Start) -> str | None:
    """A plan that knows of a wish keeps to it, unless no plan can; then the work goes where it says."""
    places = placed_by(state.wishes.values())
    for name in start.slot.operations:
        granted = places.get(name)
        if granted is None or granted.seq <= state.planned:
            continue
        assert isinstance(granted.wish, wishes.Pin | wishes.OnMachine)
        if granted.wish.machine != start.machine:
            what = batch_words(state, granted.wish.operations)
            return f"{what} stays on {granted.wish.machine}, as was asked for."
    return None


def _closed(state: State, wish: wishes.Wish, start: Start) -> str | None:
    if not isinstance(wish, wishes.CloseMachine) or wish.machine != start.machine:
        return None
    if not (wish.begin_s < start.end_s and start.now_s < wish.end_s):
        return None
    begin, end = time_of_day(state, wish.begin_s), time_of_day(state, wish.end_s)
    why = f": {wish.why}" if wish.why else ""
    if start.now_s < wish.begin_s:
        return f"It would run into the time from {begin} to {end} when it is closed{why}."
    return f"Closed until {end}{why}."


def _too_early(state: State, wish: wishes.Wish, start: Start) -> str | None:
    if not isinstance(wish, wishes.NotBefore) or start.works_s >= wish.at_s:
        return None
    if not _meant(state, wish, start.slot):
        return None
    what = batch_words(state, wish.operations) if wish.operations else f"Order {wish.order}"
    return f"{what} does not start before {time_of_day(state, wish.at_s)}, as was asked for."


def _meant(state: State, wish: wishes.NotBefore, slot: Slot) -> bool:
    if wish.operations:
        return bool(set(wish.operations) & set(slot.operations))
    return any(order_of(state, name).order.id == wish.order for name in slot.operations)


def _pinned(state: State, pin: wishes.Pin, names: frozenset[str], start: Start) -> str | None:
    if start.works_s >= pin.start_s or not names & set(start.slot.operations):
        return None
    return f"Pinned: it starts at {time_of_day(state, pin.start_s)}."


def _in_the_way(state: State, pin: wishes.Pin, names: frozenset[str], start: Start) -> str | None:
    """A batch that comes late does not push a pinned one away that the plan has in time."""
    if pin.machine != start.machine or names & set(start.slot.operations):
        return None
    planned = (s for s in state.queues.get(pin.machine, ()) if names & set(s.operations))
    next_s = min((s.setup_start_s for s in planned), default=start.end_s)
    in_time = next_s <= pin.start_s + wishes.PIN_SLACK_S
    if not in_time or start.slot.start_s > next_s or start.end_s <= next_s + wishes.PIN_SLACK_S:
        return None
    what = batch_words(state, sorted(names))
    return f"It would take too long: {what} is pinned to {time_of_day(state, pin.start_s)}."

"""The day's cut-offs: what is packed, in work, at risk and not started for each carrier."""

from dataclasses import dataclass

from controller.names import time_of_day
from controller.state import OpenOrder
from controller.web.scene import AT_RISK_S, Scene, slack_of
from controller.web.times import DAY_S, day_of, remaining, utc_text
from plant_config import CutOff

_NAMED = 3
"""Orders at risk that are named; more are only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One carrier's cut-off of today and how its orders stand."""

    carrier: str
    at: str
    utc: str
    left: str
    past: bool
    nearest: bool
    packed: int
    total: int
    work: int
    risk: tuple[str, ...]
    late: tuple[str, ...]
    unstarted: int
    shipped: int


def stand_of(scene: Scene, opened: OpenOrder) -> str:
    """Say where an order stands: `cancelled`, `packed`, `late`, `risk`, `work` or `plan`."""
    if opened.cancelled is not None:
        return "cancelled"
    if opened.packed_s is not None:
        return "packed" if opened.packed_s <= opened.order.due_s else "late"
    slack_s = slack_of(scene, opened)
    if scene.now_s > opened.order.due_s or (slack_s is not None and slack_s < 0):
        return "late"
    if slack_s is not None and slack_s < AT_RISK_S:
        return "risk"
    return "work" if opened.order.id in scene.begun else "plan"


def cuts(scene: Scene, shipped: dict[tuple[str, int], int]) -> list[Cut]:
    """Return today's cut-offs in order of time; `shipped` counts what left, by carrier and due."""
    plant, day = scene.state.plant, day_of(scene.now_s)
    due = [(day * DAY_S + (each.at - plant.day_begins_s) % DAY_S, each) for each in plant.cut_offs]
    due.sort(key=lambda pair: pair[0])
    nearest = next((at_s for at_s, _ in due if at_s > scene.now_s), due[-1][0] if due else 0)
    return [_cut(scene, at_s, each, at_s == nearest, shipped) for at_s, each in due]


def _cut(
    scene: Scene, at_s: int, cut_off: CutOff, nearest: bool, shipped: dict[tuple[str, int], int]
) -> Cut:
    mine = [
        opened
        for opened in scene.state.orders.values()
        if opened.order.due_s == at_s
        and opened.order.cut_off == cut_off.carrier
        and opened.cancelled is None
    ]
    stands: dict[str, list[str]] = {}
    for opened in mine:
        stands.setdefault(stand_of(scene, opened), []).append(opened.order.id)
    gone = shipped.get((cut_off.carrier, at_s), 0)
    left_s = at_s - scene.now_s
    return Cut(
        carrier=cut_off.carrier,
        at=time_of_day(scene.state, at_s),
        utc=utc_text(scene.state, at_s),
        left=f"in {remaining(left_s)}" if left_s > 0 else "has left",
        past=left_s <= 0,
        nearest=nearest,
        packed=len(stands.get("packed", [])) + gone,
        total=len(mine) + gone,
        work=len(stands.get("work", [])),
        risk=tuple(stands.get("risk", [])),
        late=tuple(stands.get("late", [])),
        unstarted=len(stands.get("plan", [])),
        shipped=gone,
    )


def named(orders: tuple[str, ...]) -> str:
    """Name a few orders: `4127, 4131`."""
    return ", ".join(orders) if len(orders) <= _NAMED else f"{', '.join(orders[:_NAMED])} …"

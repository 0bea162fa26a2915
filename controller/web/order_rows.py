"""Open orders as rows, the one with the least slack first."""

from controller.state import OpenOrder, Phase, State
from controller.web.bodies import OrderNow
from controller.web.cuts import stand_of
from controller.web.naming import customer, described, member_name
from controller.web.scene import Scene, slack_of
from controller.web.times import clock_text, spare
from controller.web.words import Text, joined, plain

STANDS = {
    "cancelled": "Cancelled",
    "packed": "Packed",
    "late": "Late",
    "risk": "At risk",
    "work": "In work",
    "plan": "Not started",
}
"""The one word for where an order stands (ui.md section 5)."""
_FAR_S = 10**9


def order_rows(scene: Scene) -> list[OrderNow]:
    """Return every open order; what is not planned yet comes last but the packed."""
    rows = [order_row(scene, opened) for opened in scene.state.orders.values()]
    return sorted(rows, key=_urgency)


def _urgency(row: OrderNow) -> tuple[bool, int, int]:
    return row.packed_s is not None, _FAR_S if row.slack_s is None else row.slack_s, row.due_s


def made_to(state: State, opened: OpenOrder) -> Text:
    """Say what was ordered, line by line."""
    return joined([described(state.plant, line) for line in opened.order.lines], "; ")


def order_row(scene: Scene, opened: OpenOrder) -> OrderNow:
    """Look at one order."""
    order, state = opened.order, scene.state
    works = [state.work[operation] for operation in opened.routing.operations]
    return OrderNow(
        id=order.id,
        customer=customer(scene.desk, order.id),
        made_to=plain(made_to(state, opened)),
        quantity=sum(line.quantity for line in order.lines),
        release_s=order.release_s,
        due_s=order.due_s,
        due_at=clock_text(state, order.due_s, scene.now_s),
        carrier=order.cut_off,
        projected_s=scene.end_of.get(order.id),
        slack_s=slack_of(scene, opened),
        packed_s=opened.packed_s,
        stand=stand_of(scene, opened),
        done=sum(work.phase is Phase.DONE for work in works),
        operations=len(works),
        why=why(scene, opened),
    )


def why(scene: Scene, opened: OpenOrder) -> str:
    """Say in one sentence where an order is, or what it waits for."""
    state = scene.state
    if opened.packed_s is not None:
        return f"Packed at {clock_text(state, opened.packed_s, scene.now_s)}."
    given = [name for name in opened.routing.operations if state.work[name].phase is Phase.GIVEN]
    if given:
        job = state.jobs.get(state.work[given[0]].job_order)
        where = f" on {job.intended.job.machine}" if job is not None else ""
        more = f" and {len(given) - 1} more" if len(given) > 1 else ""
        return (
            f"{_capital(member_name(state, given[0]))}{where}{more}{_slack_words(scene, opened)}."
        )
    for machine, slots in scene.slots_of.items():
        for slot in slots:
            mine = [name for name in slot.operations if name in opened.routing.operations]
            if mine:
                at = clock_text(state, slot.start_s, scene.now_s)
                said = f"{_capital(member_name(state, mine[0]))} is planned on {machine} for {at}"
                return f"{said}{_slack_words(scene, opened)}."
    return "Not planned yet."


def _slack_words(scene: Scene, opened: OpenOrder) -> str:
    slack_s = slack_of(scene, opened)
    return "" if slack_s is None else f"; {spare(slack_s)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

"""The day's counts, the journal and the controller's health, as the API gives them."""

from pydantic_core import to_jsonable_python

from controller.desk import Desk
from controller.names import time_of_day
from controller.web.bodies import CutNow, DayNow, Health, Recorded
from controller.web.cuts import cuts
from controller.web.render import VERSION
from controller.web.site import Site
from controller.web.times import day_of


def day_now(site: Site) -> DayNow:
    """Count the orders due today; when the last carrier has left and the plant still stands in that
    day, it is closed."""
    recent, state, now_s = site.recent, site.desk.state, site.desk.now_s()
    day = day_of(now_s)
    due = [
        opened
        for opened in state.orders.values()
        if day_of(opened.order.due_s) == day and opened.cancelled is None
    ]
    gone = sum(count for (_, due_s), count in recent.shipped.items() if day_of(due_s) == day)
    return DayNow(
        closed=state.closed_days > day,
        due=len(due) + gone,
        packed=sum(opened.packed_s is not None for opened in due) + gone,
        shipped=gone,
        at_s=now_s,
        time=time_of_day(state, now_s),
        cuts=tuple(
            CutNow(
                carrier=cut.carrier,
                at=cut.at,
                due=cut.total,
                packed=cut.packed,
                shipped=cut.shipped,
            )
            for cut in cuts(site.look(), recent.shipped)
        ),
    )


async def recorded(desk: Desk, after: int, limit: int) -> list[Recorded]:
    """Return a stretch of the journal."""
    return [
        Recorded(
            seq=stamped.seq,
            at_s=stamped.at_s,
            time=time_of_day(desk.state, stamped.at_s),
            utc=stamped.utc,
            actor=stamped.actor,
            station=stamped.station,
            kind=type(stamped.event).__name__,
            event=to_jsonable_python(stamped.event),
            hash=stamped.hash,
        )
        for stamped in (await desk.events(after))[:limit]
    ]


def health(desk: Desk) -> Health:
    """Say how the controller stands."""
    state = desk.state
    return Health(
        plant=state.plant.name,
        label=state.plant.label,
        seq=state.seq,
        machines=len(state.plant.machines),
        linked=sum(machine.linked for machine in state.machines.values()),
        orders=len(state.orders),
        plan=state.plan.number if state.plan else None,
        version=VERSION,
    )

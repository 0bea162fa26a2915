"""A station's page as JSON."""

from controller.identity.platemap import HEIGHT
from controller.web.station import Bench
from controller.web.station_bodies import PlacedNow, SlotNow, StationNow
from controller.web.words import plain


def station_now(here: Bench) -> StationNow:
    """Say what the page of a station shows."""
    rows = here.match.rows if here.match is not None else ()
    placed = here.plate.parts if here.plate is not None else ()
    return StationNow(
        machine=here.tile.machine,
        state=here.tile.word.value,
        word=here.tile.said,
        step=here.step,
        kind=here.kind,
        job_order=here.job_order,
        label=here.label,
        does=plain(here.head),
        why=here.tile.why,
        person=here.person,
        slots=tuple(
            SlotNow(
                operation=cell.operation,
                code=cell.code,
                name=cell.said,
                where=cell.where,
                stands=cell.stands,
            )
            for row in rows
            for cell in row.cells
        ),
        plate=tuple(
            PlacedNow(
                operation=part.operation,
                code=part.code,
                name=part.name,
                order=part.order,
                tote=part.tote,
                lies=part.lies.value,
                x=part.box.x,
                y=part.box.y,
                width=part.box.width,
                height=part.box.height,
            )
            for part in placed
        ),
        plate_height=HEIGHT if placed else 0,
    )

"""Alarms for programs: what stands, acknowledge, put aside."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Path
from pydantic import ConfigDict, Field

from controller.alarms.facts import Priority
from controller.alarms.requests import AcknowledgeAlarm, ShelveAlarm
from controller.alarms.state import Alarm
from controller.web import bodies
from controller.web.alarms.ranking import ranked, shelved
from controller.web.alarms.words import Stand, stand_of, step_of
from controller.web.asking import ask
from controller.web.permit import Permission, Who, needs
from controller.web.site import Site

_STRICT = ConfigDict(extra="forbid")
Name = Annotated[str, Path(max_length=160, description="`failed:P3`, as `GET /api/alarms` has it")]
Words = Annotated[str, Field(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmNow:
    """An alarm that is active, over and not acknowledged, or put aside."""

    id: str
    source: str
    priority: Priority
    says: str
    next_step: str
    state: Stand
    since_s: int
    gone_s: int | None
    acknowledged_by: str
    acknowledged_s: int | None
    shelved_until_s: int | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What was done about it; it may be empty."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    note: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """Until which plant second it is put aside, and why; now or earlier takes it back."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    until_s: Annotated[int, Field(ge=0, le=10**10)]
    note: Words = ""


def alarms_api(site: Site) -> APIRouter:
    """Return the routes below /api/alarms."""
    router = APIRouter(prefix="/api/alarms", tags=["alarms"])
    operate = [needs(Permission.OPERATE)]

    @router.get("", dependencies=[needs(Permission.SEE)], summary="Return the alarms that stand")
    async def alarms() -> list[AlarmNow]:
        """Return the alarms, the one that matters most first; those put aside come last."""
        state, now_s = site.desk.state, site.desk.now_s()
        return [_now(each, now_s) for each in [*ranked(state, now_s), *shelved(state, now_s)]]

    @router.post("/{alarm}/acknowledge", dependencies=operate, summary="Say that it was seen")
    async def acknowledge(alarm: Name, who: Who, body: Noted | None = None) -> bodies.TakenNow:
        """Say that an alarm was seen, with what was done about it."""
        note = body.note if body is not None else ""
        taken = await ask(site, AcknowledgeAlarm(id=alarm, note=note), who)
        return bodies.TakenNow(seq=taken.seq)

    @router.post("/{alarm}/shelve", dependencies=operate, summary="Put it aside for a while")
    async def shelve(alarm: Name, body: Shelved, who: Who) -> bodies.TakenNow:
        """Put an alarm aside until a plant second, a shift at most, with a reason."""
        asked = ShelveAlarm(id=alarm, until_s=body.until_s, note=body.note)
        return bodies.TakenNow(seq=(await ask(site, asked, who)).seq)

    return router


def _now(alarm: Alarm, now_s: int) -> AlarmNow:
    return AlarmNow(
        id=alarm.id,
        source=alarm.source,
        priority=alarm.priority,
        says=alarm.says,
        next_step=step_of(alarm.id),
        state=stand_of(alarm, now_s),
        since_s=alarm.since_s,
        gone_s=alarm.gone_s,
        acknowledged_by=alarm.acknowledged_by,
        acknowledged_s=alarm.acknowledged_s,
        shelved_until_s=alarm.shelved_until_s,
        note=alarm.note,
    )

"""The alarm table, the history below it, and the line about the alarms' own rate."""

from dataclasses import dataclass

from controller.alarms.facts import Priority
from controller.alarms.state import Alarm
from controller.names import person_name
from controller.state import State
from controller.web.alarms.ranking import Rate, ranked, rate, shelved
from controller.web.alarms.words import (
    SAID,
    SHAPE,
    Stand,
    place_of,
    split,
    stand_of,
    stand_words,
    step_of,
)
from controller.web.naming import quoted
from controller.web.recent_alarms import Happened, RecentAlarms
from controller.web.times import ago, clock_text, utc_text

LINES = 60
"""Lines of history on the page; the journal has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One alarm as the table shows it."""

    id: str
    priority: Priority
    shape: str
    word: str
    about: str
    says: str
    since: str
    since_utc: str
    age: str
    stand: Stand
    stands: str
    note: str
    step: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One line of the history."""

    at: str
    utc: str
    about: str
    what: str
    says: str
    who: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything that changes on the alarm page."""

    rows: tuple[Row, ...]
    shelved: tuple[Row, ...]
    rate: Rate
    history: tuple[Past, ...]


def board(state: State, recent: RecentAlarms, now_s: int) -> Board:
    """Look at all alarms now."""
    return Board(
        rows=tuple(_row(state, each, now_s) for each in ranked(state, now_s)),
        shelved=tuple(_row(state, each, now_s) for each in shelved(state, now_s)),
        rate=rate(recent.raised, now_s),
        history=tuple(_past(state, line, now_s) for line in list(recent.lines)[:LINES]),
    )


def _row(state: State, alarm: Alarm, now_s: int) -> Row:
    about, says = split(alarm)
    return Row(
        id=alarm.id,
        priority=alarm.priority,
        shape=SHAPE[alarm.priority],
        word=SAID[alarm.priority],
        about=about,
        says=says,
        since=clock_text(state, alarm.since_s, now_s),
        since_utc=utc_text(state, alarm.since_s),
        age=ago(max(0, now_s - alarm.since_s) // 60 * 60 or max(0, now_s - alarm.since_s)),
        stand=stand_of(alarm, now_s),
        stands=stand_words(state, alarm, now_s),
        note=quoted(alarm.note) if alarm.note else "",
        step=step_of(alarm.id),
        href=place_of(alarm.id),
    )


def _past(state: State, line: Happened, now_s: int) -> Past:
    return Past(
        at=clock_text(state, line.at_s, now_s),
        utc=utc_text(state, line.at_s),
        about=line.id,
        what=f"{line.what[:1].upper()}{line.what[1:]}",
        says=line.says,
        who=person_name(line.actor) if line.what not in {"raised", "over"} else "",
        note=line.note,
    )

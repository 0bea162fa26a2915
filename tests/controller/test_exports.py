"""A workbook and a calendar of the plan are read back and say what the plan says."""

import asyncio
import re
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))

from planned import PlannedDesk, the_planned_desk
from shoes import ORIGIN

from controller.exports import Listed, Listing, listing, workbook_of, write_calendar, write_workbook
from controller.exports.calendar import escaped, folded
from controller.names import wall_clock

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.fixture(scope="module")
def desk() -> PlannedDesk:
    return the_planned_desk()


@pytest.fixture(scope="module")
def listed(desk: PlannedDesk) -> Listing:
    return asyncio.run(listing(desk.state, desk.at_s))


def sheets(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def rows_of(content: bytes, sheet: str) -> list[dict[str, object]]:
    head, *rows = sheets(content)[sheet]
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_every_open_slot_is_a_row_with_local_times(desk, listed):
    rows = rows_of(write_workbook(listed), "Plan by machine")
    open_slots = [slot for slot in desk.state.plan.slots if slot.start_s >= desk.at_s]
    found = {(row["Machine"], row["Start"], row["End"]) for row in rows}
    for slot in open_slots:
        start, end = (
            wall_clock(desk.state.origin_utc, "Europe/Vienna", at_s).replace(tzinfo=None)
            for at_s in (slot.start_s, slot.end_s)
        )
        assert (slot.machine, start, end) in found
    running = {row["Machine"] for row in rows if row["State"] == "running"}
    assert {"K1", "P1", "B1"} <= running
    assert {row["Machine"] for row in rows if row["State"] == "in doubt"} == {"M2"}


def test_cells_have_types_and_the_head_stays_in_view(listed):
    book = openpyxl.load_workbook(BytesIO(write_workbook(listed)))
    assert book.sheetnames == ["Plan by machine", "Orders", "Changeovers"]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(cell.font.bold for cell in sheet[1])
    plan = book["Plan by machine"]
    assert isinstance(plan["H2"].value, datetime)
    assert plan["H2"].number_format == "yyyy-mm-dd hh:mm"
    assert isinstance(plan["F2"].value, int)
    assert book.properties.title == "Sneaker plant, plan 39"


def test_orders_are_sorted_by_what_is_due_and_say_their_slack(desk, listed):
    rows = rows_of(write_workbook(listed), "Orders")
    assert len(rows) == len(desk.state.orders)
    assert [row["Due"] for row in rows] == sorted(row["Due"] for row in rows)
    ends = dict(desk.state.plan.ends)
    for row in rows:
        opened = desk.state.orders[row["Order"]]
        end_s = opened.packed_s if opened.packed_s is not None else ends[row["Order"]]
        assert row["Slack, min"] == pytest.approx((opened.order.due_s - end_s) / 60, abs=0.06)


def test_changeovers_say_what_they_take_and_cost(listed):
    rows = rows_of(write_workbook(listed), "Changeovers")
    assert rows
    assert {row["Machine"] for row in rows} <= {"K1", "K2", "K3"}
    assert all(row["Minutes"] == 10 and row["EUR"] == 1 for row in rows)
    assert all(row["From"] != row["To"] for row in rows)


def test_a_name_is_never_a_formula(listed):
    odd = Listing(
        **{name: getattr(listed, name) for name in Listing.__dataclass_fields__}
        | {"slots": (_with_what(listed.slots[0], '=HYPERLINK("http://x")'),)}
    )
    book = openpyxl.load_workbook(BytesIO(write_workbook(odd)))
    cell = book["Plan by machine"]["D2"]
    assert cell.data_type == "s"
    assert cell.value == '=HYPERLINK("http://x")'


def _with_what(row: Listed, what: str) -> Listed:
    return Listed(**{n: getattr(row, n) for n in Listed.__dataclass_fields__} | {"what": what})


def test_no_customer_is_in_a_file(desk, listed):
    texts = [
        str(cell)
        for rows in sheets(write_workbook(listed)).values()
        for row in rows
        for cell in row
    ]
    words = " ".join(texts) + write_calendar(listed).decode()
    for person in desk.people.values():
        assert person.name.split()[0] not in words


def test_the_loop_goes_on_while_a_child_writes(listed):
    async def both() -> tuple[bytes, int]:
        turns = 0
        writing = asyncio.create_task(workbook_of(listed))
        while not writing.done():
            turns += 1
            await asyncio.sleep(0.002)
        return await writing, turns

    content, turns = asyncio.run(both())
    assert content[:2] == b"PK"
    assert turns > 5


class CalendarError(Exception):
    """It is no calendar."""


def unfolded(content: bytes) -> list[str]:
    """Read the lines of a calendar: CRLF, at most 75 octets, folded by a space."""
    text = content.decode("utf-8")
    if not text.endswith("\r\n") or "\n" in text.replace("\r\n", ""):
        raise CalendarError("lines end with CRLF")
    lines: list[str] = []
    for raw in text.split("\r\n")[:-1]:
        if len(raw.encode()) > 75:
            raise CalendarError(f"too long: {raw}")
        if raw.startswith(" "):
            lines[-1] += raw[1:]
        else:
            lines.append(raw)
    return lines


def parsed(content: bytes) -> list[dict[str, str]]:
    """Read a calendar strictly: nesting, properties once, what a calendar and an event must have."""
    lines = unfolded(content)
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert "VERSION:2.0" in lines
    assert any(line.startswith("PRODID:") for line in lines)
    events: list[dict[str, str]] = []
    inside = False
    for line in lines[1:-1]:
        name, colon, value = line.partition(":")
        assert colon, line
        assert re.fullmatch(r"[A-Z-]+", name), line
        if name in {"BEGIN", "END"}:
            assert value == "VEVENT"
            assert inside == (name == "END")
            inside = name == "BEGIN"
            events += [{}] if inside else []
        elif inside:
            assert name not in events[-1], f"twice: {name}"
            events[-1][name] = value
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= event.keys()
    return events


def text_of(value: str) -> str:
    """Undo the escapes; a bare comma or semicolon is a mistake."""
    if re.search(r"(?<!\\)(?:\\\\)*[;,]", value):
        raise CalendarError(value)
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def moment(value: str) -> datetime:
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def test_a_calendar_has_one_event_for_each_batch_in_utc(desk, listed):
    events = parsed(write_calendar(listed))
    assert len(events) == len(listed.slots)
    assert len({event["UID"] for event in events}) == len(events)
    slot = next(slot for slot in desk.state.plan.slots if slot.start_s > desk.at_s)
    uid = f"{slot.operations[0]}#1@shoes.lotwright"
    event = next(event for event in events if event["UID"] == uid)
    assert moment(event["DTSTART"]) == ORIGIN + timedelta(seconds=slot.start_s)
    assert moment(event["DTEND"]) == ORIGIN + timedelta(seconds=slot.end_s)
    assert event["LOCATION"] == slot.machine
    assert text_of(event["SUMMARY"]).startswith(f"{slot.machine}: ")
    assert text_of(event["DESCRIPTION"]).startswith("Orders ")


def test_a_calendar_of_one_machine_has_only_its_events(listed):
    events = parsed(write_calendar(listed, "K2"))
    assert events
    assert {event["LOCATION"] for event in events} == {"K2"}


def test_an_event_keeps_its_id_when_the_plan_moves_it():
    desk = the_planned_desk()
    before = parsed(write_calendar(asyncio.run(listing(desk.state, desk.at_s)), "K1"))
    desk.at_s += 1800
    asyncio.run(desk.plan("half an hour later"))
    after = parsed(write_calendar(asyncio.run(listing(desk.state, desk.at_s))))
    kept = {event["UID"] for event in before} & {event["UID"] for event in after}
    assert len(kept) > len(before) // 2
    assert {event["SEQUENCE"] for event in after} == {"40"}


def test_text_is_escaped_and_read_back():
    odd = 'a;b,c\\d\ne"f\x07'
    assert escaped(odd) == 'a\\;b\\,c\\\\d\\ne"f'
    assert text_of(escaped(odd)) == 'a;b,c\\d\ne"f'


@pytest.mark.parametrize("word", ["x" * 300, "ü" * 200, "👟" * 90, "ab👟" * 60, "x" * 75, "x" * 76])
def test_lines_are_folded_between_characters(word):
    line = f"SUMMARY:{word}"
    written = folded(line)
    assert written.endswith("\r\n")
    parts = written.removesuffix("\r\n").split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert "".join([parts[0], *(part[1:] for part in parts[1:])]) == line
    assert all(part.startswith(" ") for part in parts[1:])

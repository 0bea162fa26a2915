"""The match table of a join: each part that it needs, what is scanned, and which comes next."""

from dataclasses import dataclass

from controller.identity.matching import expected
from controller.identity.parts import label_code, noun_of, part_now
from controller.names import order_of, step_label, subject_name
from controller.state import Job, State
from controller.web.naming import line_of
from controller.web.station_facts import details
from controller.web.times import clock_text
from controller.web.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One part that belongs into what is made here."""

    operation: str
    code: str
    name: str
    """`4126 R`; `Campaign` and the like are said by the row."""
    said: str
    """`upper 4126 R`."""
    stands: str
    """`scanned`, `next` or `open`."""
    text: Text
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The parts of one step, by side; one cell spans the row where there are no sides."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The whole table."""

    sides: tuple[str, ...]
    """`Left`, `Right`; empty where nothing has sides."""
    rows: tuple[Row, ...]
    needed: str
    """The part to be scanned next: `upper 4126 R`; empty when all are there."""
    left: int


def match_table(state: State, job: Job, now_s: int) -> Match:
    """Lay out what a job order needs and what is there."""
    wanted = expected(state, job)
    missing = [name for name in wanted if name not in job.scanned]
    following = missing[0] if missing else ""
    rows: dict[tuple[str, str], list[str]] = {}
    for name in wanted:
        rows.setdefault((_copy(state, name), name.rpartition("/")[2]), []).append(name)
    sides = _sides(state, wanted)
    return Match(
        sides=sides,
        rows=tuple(
            Row(
                label=_row_label(state, names[0]),
                cells=tuple(_cell(state, job, name, following, now_s) for name in names),
            )
            for names in rows.values()
        ),
        needed=part_now(state, following).name if following else "",
        left=len(missing),
    )


def _copy(state: State, operation: str) -> str:
    """Which copy of which line it belongs to; left and right of one pair share a row."""
    subject = operation.rpartition("/")[0]
    line, _, units = subject.partition("/")[2].partition(".")
    first = units.partition("-")[0]
    if not first.isdecimal():
        return line
    spec = line_of(order_of(state, operation), subject).spec
    return f"{line}.{(int(first) - 1) // len(state.plant.products[spec.product].pieces)}"


def _sides(state: State, wanted: tuple[str, ...]) -> tuple[str, ...]:
    for name in wanted:
        opened = order_of(state, name)
        subject = opened.routing.operations[name].subject
        if "-" in subject or subject == opened.order.id:
            continue
        pieces = state.plant.products[line_of(opened, subject).spec.product].pieces
        if len(pieces) > 1:
            return tuple(piece.name.capitalize() for piece in pieces)
    return ()


def _row_label(state: State, operation: str) -> str:
    opened = order_of(state, operation)
    if "-" in opened.routing.operations[operation].subject and opened.routing.graph.in_degree(
        operation
    ):
        return noun_of(state, operation).capitalize()
    return step_label(state.plant, opened, operation)


def _cell(state: State, job: Job, operation: str, following: str, now_s: int) -> Cell:
    opened, part = order_of(state, operation), part_now(state, operation)
    subject = opened.routing.operations[operation].subject
    scanned_s = job.scanned.get(operation)
    stands = "scanned" if scanned_s is not None else "next" if operation == following else "open"
    said = f", scanned {clock_text(state, scanned_s, now_s)}" if scanned_s is not None else ""
    text = details(state, operation)
    return Cell(
        operation=operation,
        code=label_code(state, operation),
        name=subject_name(state.plant, opened, subject),
        said=part.name,
        stands=stands,
        text=(*text, said) if text else (said.removeprefix(", "),) if said else (),
        where=part.where.removeprefix("in "),
    )

"""A solved instance as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING

from controller.gantt import Bar, Chart, draw_chart, page, png, svg
from controller.solve.asked import SolveError
from controller.solve.contest import Contest
from controller.solve.reading import Instance
from scheduler import Problem, Schedule, order_ends

if TYPE_CHECKING:
    from controller.gantt.shapes import Picture

MOST_ROWS = 5_000
"""Operations up to which each has a row in the table; beyond, each machine has one."""


def draw(instance: Instance, contest: Contest, path: Path) -> None:
    """Write the picture that the ending of the path asks for. Raises SolveError."""
    best = contest.winner()
    aim = instance.problem.aim
    gap = "" if contest.gap is None else f", gap {100 * contest.gap:.2f} %"
    bars = _bars(instance.problem, best.schedule)
    chart = Chart(
        title=f"{instance.name}: {aim.value} {best.value}",
        subtitle=f"bound {contest.bound}{gap}; {len(bars)} operations on "
        f"{len(instance.problem.resources)} machines; a bar is job/operation, numbered from 0",
        machines=[f"M{name}" for name in instance.problem.resources],
        bars=bars,
        bound=contest.bound if aim.value == "makespan" else 0,
    )
    try:
        path.write_bytes(_drawn(draw_chart(chart), chart, path.suffix.lower()))
    except OSError as error:
        raise SolveError(f"{path} cannot be written: {error.strerror or error}.") from error


def _drawn(picture: "Picture", chart: Chart, kind: str) -> bytes:
    match kind:
        case ".png":
            return png(picture)
        case ".html":
            if len(chart.bars) > MOST_ROWS:
                return page(picture, MACHINE_COLUMNS, _machine_rows(chart)).encode()
            return page(picture, COLUMNS, _rows(chart)).encode()
        case _:
            return svg(picture).encode()


COLUMNS = ("Job", "Operation", "Machine", "Start", "End")
MACHINE_COLUMNS = ("Machine", "Operations", "Busy", "First start", "Last end")


def _bars(problem: Problem, schedule: Schedule) -> list[Bar]:
    number = {name: k for k, name in enumerate(problem.resources)}
    ends = order_ends(problem, schedule)
    late = {name for name, due in problem.dues.items() if ends.get(name, 0) > due.due_s}
    bars: list[Bar] = []
    for slot in schedule.slots:
        name = slot.operations[0]
        job, _, operation = name.partition("/")
        times = f"{slot.start_s} to {slot.end_s} ({slot.end_s - slot.start_s})"
        tip = f"job {job}, operation {operation}, machine {slot.machine}: {times}"
        if job in late:
            tip += f"; job {job} is due at {problem.dues[job].due_s} and ends at {ends[job]}"
        k = number[slot.machine]
        bars.append(Bar(k, slot.start_s, slot.end_s, int(job), name, tip, job in late))
    return bars


def _rows(chart: Chart) -> list[tuple[object, ...]]:
    rows = [
        (*map(int, bar.label.split("/")), bar.machine, bar.start, bar.end) for bar in chart.bars
    ]
    return [tuple(row) for row in sorted(rows)]


def _machine_rows(chart: Chart) -> list[tuple[object, ...]]:
    on: dict[int, list[Bar]] = {}
    for bar in chart.bars:
        on.setdefault(bar.machine, []).append(bar)
    return [
        (
            machine,
            len(bars),
            sum(bar.end - bar.start for bar in bars),
            min(bar.start for bar in bars),
            max(bar.end for bar in bars),
        )
        for machine, bars in sorted(on.items())
    ]

"""Where each bar of a schedule lies; what is too narrow to be seen becomes a shade of grey."""

import colorsys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from controller.gantt.shapes import Colour, Picture, Rect, Shape, Words

WIDTH, LARGE_WIDTH = 1200, 1800
MARGIN, TITLE, AXIS = 12, 44, 26
INK, SOFT, GRID, PAPER = (31, 35, 40), (96, 103, 112), (228, 231, 235), (255, 255, 255)
LATE = (190, 18, 60)
ROOMY = 200
"""Bars from which the sheet is wider."""
READABLE = 600
"""Bars up to which each is drawn as itself."""
ROWS = ((12, 30.0), (40, 22.0), (120, 12.0))
"""Machines up to which a row is this high."""
LOWEST_ROW, ALL_ROWS = 3.0, 1600.0
NARROW = 5.0
"""Bars that are narrower than this on average are counted into columns instead of drawn."""
COLUMN = 2.0
SHADES = 4
LETTER = 0.6
"""Width of a letter as a part of its size."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An operation on a machine."""

    machine: int
    start: int
    end: int
    job: int
    label: str
    tip: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: bars, the names of all machines, and what is said above them."""

    title: str
    subtitle: str
    machines: Sequence[str]
    bars: Sequence[Bar]
    bound: int = 0


@dataclass(frozen=True, slots=True)
class _Grid:
    """Turns machine and time into places on the sheet."""

    left: float
    top: float
    row: float
    scale: float
    width: int

    def x(self, at: float) -> float:
        return self.left + at * self.scale

    def y(self, machine: int) -> float:
        return self.top + machine * self.row


def draw_chart(chart: Chart) -> Picture:
    """Return the picture of a schedule."""
    is_large = len(chart.bars) > READABLE
    width = LARGE_WIDTH if len(chart.bars) > ROOMY else WIDTH
    rows = len(chart.machines)
    fits = (high for most, high in ROWS if rows <= most)
    row = next(fits, max(LOWEST_ROW, ALL_ROWS / max(1, rows)))
    letters = max((len(name) for name in chart.machines), default=0)
    left = MARGIN + letters * 11 * LETTER + 10
    horizon = max((bar.end for bar in chart.bars), default=0) or 1
    scale = (width - left - MARGIN - 8) / max(horizon, chart.bound)
    grid = _Grid(left, TITLE + MARGIN, row, scale, width)
    bottom = grid.y(rows)
    shapes = [*_head(chart, width), *_axis(grid, max(horizon, chart.bound), bottom)]
    shapes += _names(chart, grid)
    busy = sum(bar.end - bar.start for bar in chart.bars) * scale
    if is_large and busy < NARROW * len(chart.bars):
        shapes += _shades(chart.bars, grid, rows)
    else:
        for bar in chart.bars:
            shapes += _bar(bar, grid)
    if chart.bound:
        shapes.append(
            Rect(grid.x(chart.bound) - 0.75, grid.top - 6, 1.5, bottom - grid.top + 6, LATE)
        )
    return Picture(width, ceil(bottom + AXIS + MARGIN), chart.title, tuple(shapes))


def colour_of(job: int) -> Colour:
    """Return the colour of a job: neighbours in number are far apart in hue. Source: golden angle."""
    hue = (0.58 + job * 0.381966) % 1.0
    light = (0.68, 0.79, 0.6)[job // 9 % 3]
    red, green, blue = colorsys.hls_to_rgb(hue, light, 0.55)
    return round(red * 255), round(green * 255), round(blue * 255)


def _head(chart: Chart, width: int) -> Iterator[Shape]:
    yield Words(MARGIN, MARGIN + 14, chart.title, 15, INK)
    yield Words(MARGIN, MARGIN + 32, chart.subtitle[: int(width / 7)], 12, SOFT)


def _axis(grid: _Grid, horizon: int, bottom: float) -> Iterator[Shape]:
    step = _step(horizon / 10)
    for tick in range(0, horizon + 1, step):
        x = grid.x(tick)
        yield Rect(x - 0.5, grid.top, 1, bottom - grid.top + 4, GRID)
        yield Words(x, bottom + 18, str(tick), 11, SOFT, "middle")


def _step(least: float) -> int:
    """Return the round number that is next above: 1, 2 or 5 times a power of ten."""
    power = 10 ** floor(log10(max(1.0, least)))
    return next(int(power * each) for each in (1, 2, 5, 10) if power * each >= least)


def _names(chart: Chart, grid: _Grid) -> Iterator[Shape]:
    every = max(1, ceil(14 / grid.row))
    for machine, name in enumerate(chart.machines):
        if machine % every == 0:
            middle = grid.y(machine) + grid.row / 2 + 4
            yield Words(grid.left - 8, middle, name, 11, SOFT, "end")
    if grid.row >= ROWS[-1][1]:
        for machine in range(len(chart.machines) + 1):
            yield Rect(
                grid.left, grid.y(machine) - 0.25, grid.width - grid.left - MARGIN, 0.5, GRID
            )


def _bar(bar: Bar, grid: _Grid) -> Iterator[Shape]:
    x, width = grid.x(bar.start), max(0.5, (bar.end - bar.start) * grid.scale)
    pad = 2.0 if grid.row >= ROWS[1][1] else grid.row / 10
    fill = colour_of(bar.job)
    edge = LATE if bar.late else PAPER if min(width, grid.row) > 4 else None  # noqa: PLR2004 room for it
    yield Rect(x, grid.y(bar.machine) + pad, width, grid.row - 2 * pad, fill, edge, bar.tip)
    size = min(11.0, grid.row - 2 * pad - 2)
    if size >= 8 and len(bar.label) * size * LETTER + 4 <= width:  # noqa: PLR2004 still legible
        y = grid.y(bar.machine) + grid.row / 2 + size * 0.36
        yield Words(x + width / 2, y, bar.label, size, INK, "middle")


def _shades(bars: Iterable[Bar], grid: _Grid, rows: int) -> Iterator[Shape]:
    """Draw how busy each machine is in each column, by what is too narrow to be drawn."""
    columns = int(grid.width / COLUMN) + 1
    busy = [[0.0] * columns for _ in range(rows)]
    for bar in bars:
        x, end = grid.x(bar.start), grid.x(bar.end)
        while x < end:
            column = int(x / COLUMN)
            until = min(end, (column + 1) * COLUMN)
            busy[bar.machine][column] += until - x
            x = until if until > x else end
    for machine, row in enumerate(busy):
        levels = [min(SHADES, ceil(SHADES * part / COLUMN - 1e-6)) for part in row]
        begin = 0
        for column in range(1, columns + 1):
            if column == columns or levels[column] != levels[begin]:
                if levels[begin]:
                    yield _shade(grid, machine, begin, column, levels[begin])
                begin = column


def _shade(grid: _Grid, machine: int, begin: int, end: int, level: int) -> Rect:
    light = 235 - round(95 * level / SHADES)
    tip = f"machine {machine}: busy for about {100 * level // SHADES} % of this time"
    return Rect(
        begin * COLUMN,
        grid.y(machine) + grid.row / 10,
        (end - begin) * COLUMN,
        grid.row * 0.8,
        (light, light, light + 10),
        None,
        tip,
    )

"""The mean gap over time as SVG; start-up is counted, time and gap are shown by their logarithm."""

from collections.abc import Iterator, Sequence
from math import log10
from statistics import mean

from results import COLOURS, NAMES, NONE_GAP, Key, better, gap_of, solvers_of
from runs import OURS, Run

LEFT, TOP, WIDTH, HEIGHT = 70, 30, 820, 360
FIRST_S, LAST_S = 0.2, 25.0
FLOOR = 0.05
"""Per cent; smaller gaps are drawn here."""
STEPS = 120


def draw(runs: Sequence[Run], best: dict[Key, int]) -> str:
    """Return the text of an SVG file."""
    count = len({(run.set, run.instance) for run in runs})
    title = f"Mean gap over best known, {count} instances, against seconds since the start"
    about = f'viewBox="0 0 920 440" role="img" aria-label="{title}"'
    font = 'font-family="system-ui, sans-serif" font-size="12" fill="#39414a"'
    shapes = [*_axes()]
    for place, solver in enumerate(solvers_of(runs)):
        of_solver = [run for run in better(runs) if run.solver == solver]
        shapes += _line(of_solver, best, COLOURS[solver])
        at = f'x="{LEFT + WIDTH - 8}" y="{TOP + 18 + 20 * place}" text-anchor="end"'
        shapes.append(
            f'<text {at} fill="{COLOURS[solver]}" font-weight="600">{NAMES[solver]}</text>'
        )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="920" height="440" {about} {font}>',
            f'<title>{title}</title><rect width="920" height="440" fill="#fff"/>',
            f'<text x="{LEFT}" y="18">{title}</text>',
            *shapes,
            "</svg>\n",
        ]
    )


def _x(seconds: float) -> float:
    return LEFT + WIDTH * log10(max(FIRST_S, seconds) / FIRST_S) / log10(LAST_S / FIRST_S)


def _y(gap: float) -> float:
    return TOP + HEIGHT * (1 - log10(max(FLOOR, gap) / FLOOR) / log10(NONE_GAP / FLOOR))


def _axes() -> Iterator[str]:
    for gap in (0.05, 0.1, 0.5, 1, 5, 10, 50, 100):
        yield f'<path d="M{LEFT} {_y(gap):.1f}h{WIDTH}" stroke="#e4e7eb"/>'
        yield f'<text x="{LEFT - 8}" y="{_y(gap) + 4:.1f}" text-anchor="end">{gap:g} %</text>'
    for seconds in (0.2, 0.5, 1, 2, 5, 10, 20):
        at = f'x="{_x(seconds):.1f}" y="{TOP + HEIGHT + 20}" text-anchor="middle"'
        yield f"<text {at}>{seconds:g} s</text>"


def _line(runs: Sequence[Run], best: dict[Key, int], colour: str) -> Iterator[str]:
    until_s = min(LAST_S, max(run.seconds + _since(run) for run in runs))
    moments = [FIRST_S * (until_s / FIRST_S) ** (step / STEPS) for step in range(STEPS + 1)]
    gaps = (mean(_gap_at(run, best, at) for run in runs) for at in moments)
    points = " ".join(f"{_x(at):.1f},{_y(gap):.1f}" for at, gap in zip(moments, gaps, strict=True))
    yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>'


def _since(run: Run) -> float:
    """Return when a solver's clock begins: a peer's when its model is built."""
    return 0.0 if run.solver == OURS else run.start_s


def _gap_at(run: Run, best: dict[Key, int], seconds: float) -> float:
    value = min((value for at, value in run.found if at + _since(run) <= seconds), default=None)
    return min(NONE_GAP, gap_of(run, best, value))

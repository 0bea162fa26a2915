"""The curve of the day on the closing card: orders packed against first come, first served."""

from dataclasses import dataclass

from controller.insights import ClosingCard
from controller.web.times import DAY_S

WIDTH, HEIGHT, FOOT = 1140, 184, 158
_TOP = 34
_TICK_S = 7200
_EDGE = 20
"""A label this near to an end is drawn inwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A labelled place on the time axis."""

    x: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Ready to be drawn in a box of 1140 by 184."""

    ours: str
    first_come: str
    cuts: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    ours_label: tuple[int, int]
    first_label: tuple[int, int]
    says: str


def figure(card: ClosingCard) -> Figure | None:
    """Lay the day out; None while nothing is packed."""
    points = card.day.packed
    if not points:
        return None
    day_s = (card.closed_s if card.closed_s is not None else points[-1][0]) // DAY_S * DAY_S
    last_s = max([points[-1][0], *(each.at_s for each in card.departures)])
    span = (day_s, last_s + (last_s - day_s) // 15 + 1)
    top = max(card.day.due, points[-1][1], 1)
    other = card.first_come.packed if card.first_come else ()
    return Figure(
        ours=_path(points, span, top, to_s=last_s if card.closed_s is not None else points[-1][0]),
        first_come=_path(other, span, top, to_s=span[1]) if other else "",
        cuts=tuple(
            Mark(
                x=_x(each.at_s, span),
                text=f"{card.time_of_day(each.at_s)} {each.carrier}, {each.on_time} of {each.due}",
                anchor="end",
            )
            for each in card.departures
        ),
        ticks=_ticks(card, span),
        ours_label=_beside(points, span, top, 0.62, -10),
        first_label=_beside(other, span, top, 0.8, 18) if other else (0, 0),
        says=_says(card, points, other),
    )


Points = tuple[tuple[int, int], ...]
Span = tuple[int, int]


def _x(at_s: int, span: Span) -> int:
    return round((min(max(at_s, span[0]), span[1]) - span[0]) * WIDTH / (span[1] - span[0]))


def _y(count: int, top: int) -> int:
    return FOOT - round(count * (FOOT - _TOP) / top)


def _path(points: Points, span: Span, top: int, to_s: int) -> str:
    drawn = [f"M0 {FOOT}"]
    for at_s, count in points:
        if at_s <= span[1]:
            drawn.append(f"H{_x(at_s, span)}V{_y(count, top)}")
    drawn.append(f"H{_x(to_s, span)}")
    return "".join(drawn)


def _beside(points: Points, span: Span, top: int, share: float, off: int) -> tuple[int, int]:
    """Put a curve's name beside it, where it has come `share` of the way."""
    at_s = span[0] + int((span[1] - span[0]) * share)
    count = max((each for second, each in points if second <= at_s), default=0)
    return _x(at_s, span), min(FOOT - 6, max(14, _y(count, top) + off))


def _ticks(card: ClosingCard, span: Span) -> tuple[Mark, ...]:
    marks = []
    for at_s in range(span[0], span[1] + 1, _TICK_S):
        x = _x(at_s, span)
        anchor = "start" if x < _EDGE else "end" if x > WIDTH - _EDGE else "middle"
        marks.append(Mark(x=x, text=card.time_of_day(at_s), anchor=anchor))
    return tuple(marks)


def _says(card: ClosingCard, ours: Points, other: Points) -> str:
    said = [f"Orders packed over the day: {ours[-1][1]} by {card.time_of_day(ours[-1][0])}."]
    for each in card.departures:
        first = max((count for second, count in other if second <= each.at_s), default=0)
        mine = max((count for second, count in ours if second <= each.at_s), default=0)
        against = f", first come, first served {first}" if other else ""
        said.append(f"By {card.time_of_day(each.at_s)} {mine}{against}.")
    return " ".join(said)

"""The routing as a drawing: parts left to the truck right, the deciding path heavy, lost work kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from controller.names import time_of_day
from controller.state import OpenOrder, State
from controller.web.orders.spans import Span, batch_name
from controller.web.orders.traces import short_part
from controller.web.times import clock_text

_HIGH, _ROW, _GAP = 60, 86, 54
_SMALL = 44
"""Height of what is lost, where it hangs below its box."""
_LETTER, _PAD = 7.2, 26
_LONGEST = 30
"""Letters of a box's second line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An operation, what was lost of it, or the truck."""

    x: float
    y: float
    width: float
    high: float = _HIGH
    title: str
    says: str
    kind: str
    """Class of the style sheet: `d`, `c`, `plan`, `ask` (doubt), `fail`, `end`."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two boxes."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything that is drawn."""

    width: int
    height: int
    boxes: list[Box]
    edges: list[Edge]
    says: str


@dataclass(frozen=True, slots=True)
class _Asked:
    state: State
    opened: OpenOrder
    spans: Mapping[str, Span]
    path: Sequence[str]
    now_s: int


def draw(
    state: State, opened: OpenOrder, spans: Mapping[str, Span], path: Sequence[str], now_s: int
) -> Graph:
    """Lay an order's routing out."""
    asked = _Asked(state, opened, spans, path, now_s)
    graph = opened.routing.graph
    layers = [[n for n in layer if n in spans] for layer in nx.topological_generations(graph)]
    layers = [_in_order(asked, layer) for layer in layers if layer]
    boxes: dict[str, Box] = {}
    lost: list[Box] = []
    x = 1.0 + _lost_width(asked, layers[0])
    for number, layer in enumerate(layers):
        width = max(_width(*_words(asked, name)) for name in layer)
        for name, y in _heights(asked, layer, boxes, first=number == 0).items():
            title, says = _words(asked, name)
            kind = _kind(asked, name)
            boxes[name] = Box(x=x, y=y, width=width, title=title, says=says, kind=kind)
        lost += [
            _lost(asked, name, boxes[name], first=number == 0)
            for name in layer
            if _was(asked, name)
        ]
        x += width + _GAP
    end = _end(asked, x, boxes)
    edges = [*_lost_edges(lost, boxes, asked), *_edges(asked, boxes), *_to_end(asked, boxes, end)]
    everything = [*boxes.values(), *lost, end]
    bottom = max(box.y + box.high for box in everything)
    return Graph(
        width=round(end.x + end.width + 2),
        height=round(bottom + 34),
        boxes=everything,
        edges=edges,
        says=_says(asked),
    )


def _in_order(asked: _Asked, layer: list[str]) -> list[str]:
    """Parts of one step lie together, left before right."""
    operations = asked.opened.routing.operations
    steps = list(dict.fromkeys(each.step for each in operations.values()))
    places = {name: at for at, name in enumerate(operations)}
    return sorted(layer, key=lambda name: (steps.index(operations[name].step), places[name]))


def _heights(
    asked: _Asked, layer: list[str], boxes: Mapping[str, Box], *, first: bool
) -> dict[str, float]:
    """Put a box where those lie that go into it, and none over another."""
    if first:
        return {name: 6.0 + _ROW * at for at, name in enumerate(layer)}
    graph = asked.opened.routing.graph
    wanted: list[tuple[float, str]] = []
    for name in layer:
        before = [boxes[each].y for each in graph.predecessors(name) if each in boxes]
        wanted.append((sum(before) / len(before) if before else 6.0, name))
    placed: dict[str, float] = {}
    free = 6.0
    for y, name in sorted(wanted, key=lambda each: each[0]):
        placed[name] = max(y, free)
        hangs = _SMALL + 10 if _was(asked, name) else 0
        free = placed[name] + _ROW + hangs
    return placed


def _was(asked: _Asked, name: str) -> bool:
    return asked.spans[name].lost is not None


def _words(asked: _Asked, name: str) -> tuple[str, str]:
    span, now_s = asked.spans[name], asked.now_s
    title = short_part(asked.state.plant, asked.opened, name)
    again = " again" if span.lost is not None else ""
    return f"{title[:1].upper()}{title[1:]}{again}", _cut(_second(asked.state, span, now_s))


def _second(state: State, span: Span, now_s: int) -> str:
    batch = batch_name(state.plant, span.machine, span.label)
    where = ", ".join(part for part in (span.machine, batch) if part)
    end = "" if span.end_s is None else clock_text(state, span.end_s, now_s)
    start = "" if span.start_s is None else clock_text(state, span.start_s, now_s)
    match span.phase:
        case "done" if batch or not start:
            return f"{where}, done {end}" if where else f"done {end}"
        case "run":
            return f"{where}, until {end}"
        case "doubt":
            return f"{where}, in doubt"
        case "never":
            return "not made"
        case _:
            return f"{where}, {start} to {end}" if where else "not planned"


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _width(title: str, says: str) -> float:
    return round(max(len(title) * 7.6, len(says) * _LETTER) + _PAD)


def _kind(asked: _Asked, name: str) -> str:
    span = asked.spans[name]
    match span.phase:
        case "done":
            return "d"
        case "run":
            return "c"
        case "doubt":
            return "doubt"
        case _:
            return "plan c" if name in asked.path else "plan"


def _lost_width(asked: _Asked, layer: list[str]) -> float:
    widths = [_lost_box_width(asked, name) for name in layer if _was(asked, name)]
    return max(widths) + 36 if widths else 0


def _lost_words(asked: _Asked, name: str) -> tuple[str, str]:
    lost = asked.spans[name].lost
    assert lost is not None
    title = short_part(asked.state.plant, asked.opened, name)
    batch = batch_name(asked.state.plant, lost.machine, lost.label)
    where = ", ".join(part for part in (lost.machine, batch) if part)
    at = time_of_day(asked.state, lost.ended_s or lost.told_s)
    return f"{title[:1].upper()}{title[1:]}", _cut(f"{where}, lost {at}")


def _lost_box_width(asked: _Asked, name: str) -> float:
    return _width(*_lost_words(asked, name))


def _lost(asked: _Asked, name: str, box: Box, *, first: bool) -> Box:
    title, says = _lost_words(asked, name)
    width = _lost_box_width(asked, name)
    if first:
        return Box(x=1, y=box.y, width=width, title=title, says=says, kind="fail")
    below = box.y + box.high + 10
    return Box(
        x=box.x, y=below, width=max(width, box.width), high=_SMALL, title="", says=says, kind="fail"
    )


def _lost_edges(lost: list[Box], boxes: Mapping[str, Box], asked: _Asked) -> list[Edge]:
    edges: list[Edge] = []
    again = [name for name in boxes if _was(asked, name)]
    for box, name in zip(lost, again, strict=True):
        to = boxes[name]
        if box.high == _SMALL:
            middle = to.x + 24
            edges.append(Edge(f"M{middle} {to.y + to.high}V{box.y}", "lost"))
        else:
            y = box.y + box.high / 2
            edges.append(Edge(f"M{box.x + box.width} {y}H{to.x}", "lost"))
    return edges


def _edges(asked: _Asked, boxes: Mapping[str, Box]) -> list[Edge]:
    graph = asked.opened.routing.graph
    heavy = {(earlier, later) for later, earlier in zip(asked.path, asked.path[1:], strict=False)}
    edges: list[Edge] = []
    for name, box in boxes.items():
        before = sorted(
            (n for n in graph.predecessors(name) if n in boxes), key=lambda n: boxes[n].y
        )
        for at, earlier in enumerate(before):
            spread = (at - (len(before) - 1) / 2) * min(8.0, 40 / max(1, len(before)))
            kind = "c" if (earlier, name) in heavy else ""
            edges.append(Edge(_curve(boxes[earlier], box, spread), kind))
    return sorted(edges, key=lambda edge: edge.kind)


def _curve(before: Box, after: Box, spread: float) -> str:
    x1, y1 = before.x + before.width, before.y + _HIGH / 2
    x2, y2 = after.x, after.y + _HIGH / 2 + spread
    middle = (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"


def _end(asked: _Asked, x: float, boxes: Mapping[str, Box]) -> Box:
    order, lasts = asked.opened.order, _lasts(asked, boxes)
    title = clock_text(asked.state, order.due_s, asked.now_s)
    return Box(
        x=x - 18,
        y=sum(box.y for box in lasts) / len(lasts),
        width=_width(title, order.cut_off),
        title=title,
        says=order.cut_off,
        kind="end",
    )


def _lasts(asked: _Asked, boxes: Mapping[str, Box]) -> list[Box]:
    graph = asked.opened.routing.graph
    return [box for name, box in boxes.items() if not any(True for _ in graph.successors(name))]


def _to_end(asked: _Asked, boxes: Mapping[str, Box], end: Box) -> list[Edge]:
    decides = boxes[asked.path[0]] if asked.path else None
    return [
        Edge(_curve(box, end, 0.0), "c" if box is decides else "") for box in _lasts(asked, boxes)
    ]


def _says(asked: _Asked) -> str:
    order = asked.opened.order
    done = sum(span.phase == "done" for span in asked.spans.values())
    first = ""
    open_path = [name for name in asked.path if asked.spans[name].phase != "done"]
    if open_path:
        first = f" {_words(asked, open_path[-1])[0]} decides the date."
    at = clock_text(asked.state, order.due_s, asked.now_s)
    return (
        f"Routing of order {order.id}: {done} of {len(asked.spans)} operations are done; "
        f"{order.cut_off} leaves {at}.{first}"
    )

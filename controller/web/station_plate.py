"""The map of what a machine has made: each part at its place, whose it is, and into which tote it goes."""

from dataclasses import dataclass

from controller.identity.codes import code_of
from controller.identity.parts import label_code, next_step, noun_of
from controller.identity.platemap import Blank, Box, lay_out
from controller.identity.taking import Lies, OnPlate, on_plate
from controller.names import order_of, step_label, subject_name
from controller.state import Job, Phase, State
from controller.web.naming import customer, line_of
from controller.web.scene import Scene
from controller.web.station_facts import details, spec_of
from controller.web.times import clock_text
from controller.web.words import Text, joined
from drivers import Member
from plant_config import Plant

LEFT, TOP, SCALE = 4, 4, 0.616
"""Where the field lies in the drawing of 624 by 484, and how many of its units one of ours is."""
_PLAIN = 130
"""Width against height of a part whose outline nobody drew, in per cent."""
_LARGE, _SMALL = 25, 11
"""Sizes of a name on a part, in units of the drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One part as it is drawn."""

    operation: str
    code: str
    lies: Lies
    now: bool
    title: str
    """`4127 L`."""
    second: str
    """`tote T-14`, `taken`, `scrap, remade`."""
    said: str
    """Read out: `Order 4127 left, tote T-14`."""
    x: float
    y: float
    width: float
    height: float
    path: str
    """Outline in the drawing; empty: a box."""
    text: int
    """Size of its name; the second line is two thirds of it, and left out where it is too small."""
    box: Box
    order: str
    name: str
    tote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteRow:
    """An order on this plate: its tote, which parts of it, and how far."""

    tote: str
    order: str
    what: str
    stands: str
    """`done`, `now`, `go`, `bad` or `aside`."""
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """The part that is next, or that was touched."""

    operation: str
    order: str
    title: str
    side: str
    tote: str
    lies: Lies
    facts: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """Everything that the page shows of a machine that is being emptied."""

    label: str
    noun: str
    printer: bool
    parts: tuple[Placed, ...]
    one: One | None
    rows: tuple[ToteRow, ...]
    taken: int
    to_take: int
    """Parts that go into totes, or aside, those already there among them."""
    bad: tuple[str, ...]
    foot: str
    """What all parts have in common: `TPU soft`."""


def plate(scene: Scene, job: Job, chosen: str = "") -> Plate:
    """Lay out what lies on a machine; `chosen` is the part that was touched."""
    state, told = scene.state, job.intended.job
    parts, group = on_plate(state, job), state.plant.group_of(told.machine)
    left = [part for part in parts if part.lies in {Lies.READY, Lies.ASIDE}]
    shown = next((part for part in parts if part.operation == chosen), None)
    now = shown or next(iter(left), None)
    boxes = lay_out([_blank(state, told.machine, part, len(parts)) for part in parts])
    bad = tuple(part.name for part in parts if part.lies is Lies.BAD)
    return Plate(
        label=told.label,
        noun=group.batch.noun,
        printer=group.physics == "printer",
        parts=tuple(
            _placed(state, part, box, member, now=part is now, drawn=group.physics == "printer")
            for part, box, member in zip(parts, boxes, told.members, strict=True)
        ),
        one=_one(scene, now) if now is not None else None,
        rows=_rows(state, parts, now),
        taken=len(parts) - len(bad) - len(left),
        to_take=len(parts) - len(bad),
        bad=bad,
        foot=_foot(state, parts),
    )


def _blank(state: State, machine: str, part: OnPlate, members: int) -> Blank:
    batch = state.plant.group_of(machine).batch
    opened = state.orders.get(part.order)
    size = opened.routing.operations[part.operation].size if opened is not None else 0
    if batch.capacity and size:
        share = size * 1_000_000 // batch.capacity
    else:
        share = 1_000_000 // max(members, batch.max_members, 1)
    outline = _outline(state.plant, state, part.operation)
    drawn = outline is not None and state.plant.group_of(machine).physics == "printer"
    aspect = outline[0] * 100 // outline[1] if outline is not None and drawn else _PLAIN
    return Blank(share, aspect)


def _outline(plant: Plant, state: State, operation: str) -> tuple[int, int, str] | None:
    """Return the outline of the piece that an operation makes: width, height, path."""
    opened = state.orders.get(operation.partition("/")[0])
    if opened is None:
        return None
    subject = opened.routing.operations[operation].subject
    units = subject.partition("/")[2].partition(".")[2]
    if not units.isdecimal():
        return None
    pieces = plant.products[line_of(opened, subject).spec.product].pieces
    outline = pieces[(int(units) - 1) % len(pieces)].outline
    return (outline.width, outline.height, outline.path) if outline is not None else None


def _placed(
    state: State, part: OnPlate, box: Box, member: Member, *, now: bool, drawn: bool
) -> Placed:
    outline = _outline(state.plant, state, part.operation) if drawn else None
    title = _title(state, part)
    width = box.width * SCALE
    text = min(_LARGE, max(_SMALL, int(width / (0.62 * max(6, len(title))))))
    return Placed(
        operation=part.operation,
        code=_code(state, part, member),
        lies=part.lies,
        now=now,
        title=title,
        second=_second(part),
        said=f"Order {part.order}{_side_words(state, part)}, {_second(part)}",
        x=round(LEFT + box.x * SCALE, 1),
        y=round(TOP + box.y * SCALE, 1),
        width=round(width, 1),
        height=round(box.height * SCALE, 1),
        path=_drawn(outline, box) if outline is not None else "",
        text=text,
        box=box,
        order=part.order,
        name=part.name,
        tote=part.tote,
    )


def _code(state: State, part: OnPlate, member: Member) -> str:
    """Return what its label says; that of scrap still says the attempt that it was."""
    if part.lies is Lies.BAD or part.order not in state.orders:
        return code_of(part.operation, member.attempt)
    return label_code(state, part.operation)


def _drawn(outline: tuple[int, int, str], box: Box) -> str:
    """Put an outline into its place: numbers are x and y in turn."""
    across, down, path = outline
    ways = (
        (LEFT + box.x * SCALE, box.width * SCALE / across),
        (TOP + box.y * SCALE, box.height * SCALE / down),
    )
    drawn, turn = [], 0
    for word in path.split():
        if word.isalpha():
            drawn.append(word)
            continue
        start, scale = ways[turn]
        drawn.append(f"{start + int(word) * scale:.1f}")
        turn = 1 - turn
    return " ".join(drawn)


def _title(state: State, part: OnPlate) -> str:
    opened = state.orders.get(part.order)
    if opened is None:
        return part.order
    return subject_name(state.plant, opened, opened.routing.operations[part.operation].subject)


def _second(part: OnPlate) -> str:
    match part.lies:
        case Lies.TAKEN:
            return "taken"
        case Lies.BAD:
            return "scrap, remade"
        case Lies.ASIDE:
            return "put aside"
        case Lies.READY:
            return f"tote {part.tote}" if part.tote else "no tote"


def _side(state: State, part: OnPlate) -> str:
    """Name the side of a part, or what it is: `left`, `pair`."""
    opened = state.orders.get(part.order)
    if opened is None:
        return "part"
    subject = opened.routing.operations[part.operation].subject
    units = subject.partition("/")[2].partition(".")[2]
    pieces = state.plant.products[line_of(opened, subject).spec.product].pieces
    if not units.isdecimal() or len(pieces) == 1:
        label = step_label(state.plant, opened, part.operation).lower()
        joins = opened.routing.graph.in_degree(part.operation)
        return noun_of(state, part.operation) if "-" in units and joins else label
    return pieces[(int(units) - 1) % len(pieces)].name


def _side_words(state: State, part: OnPlate) -> str:
    return f" {_side(state, part)}" if part.order in state.orders else ""


def _one(scene: Scene, part: OnPlate) -> One:
    state = scene.state
    opened = state.orders.get(part.order)
    title = _title(state, part)
    rest = title.removeprefix(part.order).strip()
    if opened is None:
        gone: tuple[tuple[str, Text], ...] = (("For", ("nobody: its order was cancelled",)),)
        return One(
            operation=part.operation,
            order=part.order,
            title=part.order,
            side="",
            tote="",
            lies=part.lies,
            facts=gone,
        )
    buyer = customer(scene.desk, part.order)
    label = step_label(state.plant, opened, part.operation)
    spec = spec_of(state, part.operation)
    facts: list[tuple[str, Text]] = [
        ("For", joined([(buyer,) if buyer else (), spec], ", ")),
        (label, details(state, part.operation)),
        ("Next", _next(scene, part.operation)),
        ("Carrier", (f"{opened.order.cut_off}, {_clock(scene, opened.order.due_s)}",)),
    ]
    return One(
        operation=part.operation,
        order=part.order,
        title=part.order,
        side=rest,
        tote=part.tote,
        lies=part.lies,
        facts=tuple((name, value) for name, value in facts if value),
    )


def _next(scene: Scene, operation: str) -> Text:
    """Say where it goes: `bonding on B2, 12:06`, or what it waits for."""
    state = scene.state
    label = next_step(state, operation)
    if not label:
        return ()
    opened = order_of(state, operation)
    following = sorted(opened.routing.graph.successors(operation))[0]
    waits = [
        name
        for name in opened.routing.graph.predecessors(following)
        if state.work[name].phase is not Phase.DONE
    ]
    where = ""
    for machine, _ in opened.routing.operations[following].modes:
        for slot in scene.slots_of.get(machine, ()):
            if following in slot.operations:
                where = f" on {machine}, {_clock(scene, slot.start_s)}"
    wait = f", waits for {_waits(state, sorted(waits))}" if waits else ""
    return (f"{label}{where}{wait}",)


def _waits(state: State, waits: list[str]) -> str:
    opened = order_of(state, waits[0])
    subject = opened.routing.operations[waits[0]].subject
    side = subject_name(state.plant, opened, subject).removeprefix(opened.order.id).strip()
    label = step_label(state.plant, opened, waits[0]).lower()
    more = f" and {len(waits) - 1} more" if len(waits) > 1 else ""
    return f"{label} {side}".strip() + more


def _clock(scene: Scene, at_s: int) -> str:
    return clock_text(scene.state, at_s, scene.now_s)


def _rows(state: State, parts: tuple[OnPlate, ...], now: OnPlate | None) -> tuple[ToteRow, ...]:
    by_order: dict[str, list[OnPlate]] = {}
    for part in parts:
        by_order.setdefault(part.order, []).append(part)
    return tuple(_row(state, order, theirs, now) for order, theirs in by_order.items())


def _row(state: State, order: str, theirs: list[OnPlate], now: OnPlate | None) -> ToteRow:
    good = [_side(state, part) for part in theirs if part.lies is not Lies.BAD]
    bad = [_side(state, part) for part in theirs if part.lies is Lies.BAD]
    scrap = f"{' and '.join(bad)} {'is' if len(bad) == 1 else 'are'} scrap" if bad else ""
    left = sum(part.lies in {Lies.READY, Lies.ASIDE} for part in theirs)
    aside = any(part.lies is Lies.ASIDE for part in theirs)
    here = now is not None and now.order == order and now.lies in {Lies.READY, Lies.ASIDE}
    return ToteRow(
        tote=next((part.tote for part in theirs if part.tote), ""),
        order=order,
        what="; ".join(part for part in (" and ".join(good), scrap) if part),
        stands="now" if here else "aside" if aside else "go" if left else "done" if good else "bad",
        left=left,
    )


def _foot(state: State, parts: tuple[OnPlate, ...]) -> str:
    """Say the material that all parts share, if they do."""
    materials = {
        str(value)
        for part in parts
        if part.order in state.orders
        for _, value in order_of(state, part.operation).routing.operations[part.operation].recipe
        if str(value) in state.plant.materials
    }
    if len(materials) != 1:
        return ""
    return state.plant.materials[materials.pop()].shown

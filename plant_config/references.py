"""What the files of a plant say of each other: every name must mean something."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plant_config.document import Document, Path
from plant_config.drawn import drawn
from plant_config.equipment import Group, Modbus, OpcUa
from plant_config.expression import Expression
from plant_config.files import MachinesFile, MaterialsFile, PlantFile, ProcessFile
from plant_config.footprint import crossed
from plant_config.guards import product_guards, step_guards
from plant_config.material import Material, Stock, parse_units
from plant_config.mistakes import ConfigError
from plant_config.process import Step
from plant_config.product import Outline, Product
from plant_config.profile import Profile
from plant_config.syntax import Constant
from plant_config.wording import TextError, one_of, suggest

LESS = "is less than nothing"
FULL = 100


@dataclass(frozen=True, slots=True)
class Sheets:
    """The parsed files of a folder, each with the document that it came from."""

    plant: tuple[Document, PlantFile]
    machines: tuple[Document, MachinesFile]
    materials: tuple[Document, MaterialsFile]
    products: tuple[tuple[Document, Product], ...]
    processes: tuple[tuple[Document, ProcessFile], ...]
    profiles: tuple[tuple[Document, Profile], ...]
    stock: tuple[Document, Stock] | None = None


def dangling(sheets: Sheets) -> Iterator[ConfigError]:
    """Yield every name that stands for nothing, or for two things."""
    for check in CHECKS:
        yield from check(sheets)


def _times(sheets: Sheets) -> Iterator[ConfigError]:
    document, plant = sheets.plant
    try:
        ZoneInfo(plant.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield document.mistake(
            ("timezone",), "no such time zone; expected one such as 'Europe/Berlin'"
        )
    shifts = [shift.name for shift in plant.shifts]
    yield from _twice(document, ("shifts",), "name", shifts)
    if not shifts:
        yield document.mistake(("shifts",), "a plant has at least one shift")
    for name, used in plant.calendars.items():
        if not used:
            wrong = "names no shift, so that nothing is ever done in it"
            yield document.mistake(("calendars", name), wrong)
        for i, shift in enumerate(used):
            yield from _known(document, ("calendars", name, i), shift, "shift", shifts)


def _cells(sheets: Sheets) -> Iterator[ConfigError]:
    document, file = sheets.machines
    names = [group.name for group in file.groups]
    calendars = tuple(sheets.plant[1].calendars)
    profiles = [_profile_name(d, p) for d, p in sheets.profiles]
    yield from _twice(document, ("groups",), "name", names)
    yield from _twice(document, ("machines",), "id", [m.id for m in file.machines])
    yield from _shared(document, file)
    for i, group in enumerate(file.groups):
        yield from _known(
            document, ("groups", i, "calendar"), group.calendar, "calendar", calendars
        )
        yield from _batches(document, ("groups", i), group)
        yield from _changes(document, ("groups", i), group)
    seen: dict[tuple[object, ...], str] = {}
    for i, machine in enumerate(file.machines):
        at: Path = ("machines", i)
        yield from _known(document, (*at, "group"), machine.group, "group", names)
        match machine.link:
            case OpcUa(endpoint=endpoint, object=node):
                address: tuple[object, ...] = (endpoint, node)
            case Modbus(host=host, port=port, unit=unit, profile=profile):
                address = (host, port, unit)
                yield from _known(document, (*at, "link", "profile"), profile, "profile", profiles)
            case _:
                continue
        if (other := seen.setdefault(address, machine.id)) != machine.id:
            yield document.mistake((*at, "link"), f"the same address as {other}")


def _shared(document: Document, file: MachinesFile) -> Iterator[ConfigError]:
    """Pools and buffers that are there, and that cells know by name."""
    for kind, noun, named, wrong in (
        ("pools", "pool", file.pools, "there is at least 1 of what machines need"),
        ("buffers", "buffer", file.buffers, "there is room for at least 1 where parts lie"),
    ):
        for name, units in named.items():
            if units < 1:
                yield document.mistake((kind, name), wrong)
        for i, group in enumerate(file.groups):
            used = group.pool if kind == "pools" else group.buffer
            if used:
                yield from _known(document, ("groups", i, noun), used, noun, named)


def _batches(document: Document, at: Path, group: Group) -> Iterator[ConfigError]:
    """A batch rule and a campaign that some batch can keep."""
    rule, campaign = group.batch, group.campaign
    if rule.least > rule.capacity:
        wrong = f"more than the capacity, so that no {rule.noun} is ever begun"
        yield document.mistake((*at, "batch", "least"), wrong)
    if rule.least < 0:
        yield document.mistake((*at, "batch", "least"), LESS)
    if not 0 <= rule.fill_percent <= FULL:
        wrong = f"expected a share of the room, 0 to {FULL} per cent"
        yield document.mistake((*at, "batch", "fill_percent"), wrong)
    elif rule.fill_percent and not rule.capacity:
        wrong = "nothing can be added to a batch without a capacity"
        yield document.mistake((*at, "batch", "fill_percent"), wrong)
    if group.crew < 0:
        yield document.mistake((*at, "crew"), LESS)
    if campaign is None:
        return
    if (campaign.most > 0) == (campaign.most_size > 0):
        wrong = "says how long one family runs by either 'most' or 'most_size', above 0"
        yield document.mistake((*at, "campaign"), wrong)
    if campaign.cost < 0:
        yield document.mistake((*at, "campaign", "cost"), LESS)


def _changes(document: Document, at: Path, group: Group) -> Iterator[ConfigError]:
    """A changeover takes some time, or may not be at all."""
    for j, rule in enumerate(group.changeovers):
        place = (*at, "changeovers", j)
        if "takes" not in document.at(place) and not rule.forbidden:  # type: ignore[operator]
            yield document.mistake(place, "must say what it 'takes', or that it is 'forbidden'")
        if rule.cost < 0:
            yield document.mistake((*place, "cost"), LESS)
        for field in ("takes", "cost"):
            if getattr(rule, field) and rule.forbidden:
                wrong = "a changeover that is forbidden takes and costs nothing"
                yield document.mistake((*place, field), wrong)


def _families(sheets: Sheets) -> Iterator[ConfigError]:
    """What a cell's machines are set up for has the parts of the families that it runs."""
    document, file = sheets.machines
    steps = [step for _, process in sheets.processes for step in process.steps]
    for i, group in enumerate(file.groups):
        own = [step for step in steps if step.needs in group.offers]
        parts = list(dict.fromkeys(tuple(step.family) for step in own if step.family))
        recipes = {name for step in own for name in step.recipe}
        expected = parts[0] if parts else ()
        at: Path = ("groups", i)
        if len(parts) > 1:
            wrong = "its steps have different family parts: " + one_of(map(", ".join, parts))
            yield document.mistake((*at, "name"), wrong)
        elif tuple(group.initial) != expected:
            place = (*at, "initial") if "initial" in document.at(at) else at  # type: ignore[operator]
            wrong = f"must say {', '.join(expected) or 'nothing'}, in this order, as its steps do"
            yield document.mistake(place, f"the initial family {wrong}")
        known = {f"{side}.{part}" for side in ("before", "after") for part in expected}
        for j, rule in enumerate(group.changeovers):
            yield from step_guards(document, (*at, "changeovers", j, "when"), rule.when, known)
        for name in group.limits:
            yield from _known(document, (*at, "limits", name), name, "recipe parameter", recipes)


def _products(sheets: Sheets) -> Iterator[ConfigError]:
    processes = [process.product for _, process in sheets.processes]
    names = [product.name for _, product in sheets.products]
    for document, product in sheets.products:
        if names.count(product.name) > 1:
            yield document.mistake(("name",), "two files describe this product")
        if product.name not in processes:
            yield document.mistake(
                ("name",), f"has no bill of process; write processes/{product.name}.yaml"
            )
        yield from _twice(document, ("features",), "name", [f.name for f in product.features])
        yield from _twice(document, ("pieces",), "name", [p.name for p in product.pieces])
        if not product.pieces:
            yield document.mistake(("pieces",), "a product has at least one piece")
        if product.rules:
            yield from _twice(document, ("rules",), "name", [r.name for r in product.rules])
        for i, feature in enumerate(product.features):
            options = [option.name for option in feature.options]
            yield from _twice(document, ("features", i, "options"), "name", options)
            if feature.default is not None:
                at = ("features", i, "default")
                yield from _known(document, at, feature.default, "option", options)
        yield from product_guards(document, product)


def _processes(sheets: Sheets) -> Iterator[ConfigError]:
    products = {product.name: product for _, product in sheets.products}
    offered = {needs for group in sheets.machines[1].groups for needs in group.offers}
    names = [process.product for _, process in sheets.processes]
    for document, process in sheets.processes:
        steps = [step.name for step in process.steps]
        yield from _known(document, ("product",), process.product, "product", products)
        if names.count(process.product) > 1:
            yield document.mistake(("product",), "two files describe its bill of process")
        yield from _twice(document, ("steps",), "name", steps)
        for i, step in enumerate(process.steps):
            yield from _known(document, ("steps", i, "needs"), step.needs, "capability", offered)
            if step.kit < 0:
                yield document.mistake(("steps", i, "kit"), LESS)
            for j, earlier in enumerate(step.after):
                yield from _known(document, ("steps", i, "after", j), earlier, "step", steps)
            yield from _expressions(document, i, step, products.get(process.product), sheets)


def _expressions(
    document: Document, i: int, step: Step, product: Product | None, sheets: Sheets
) -> Iterator[ConfigError]:
    if product is None:
        return
    known = {"quantity"}
    if step.per != "order":
        known |= names_of(product)
    if step.per == "unit":
        known.add("piece")
    at: Path = ("steps", i)
    for place, expression in _places(step):
        yield from step_guards(document, (*at, *place), expression, known, product)
    materials = [material.name for material in sheets.materials[1].materials]
    for j, use in enumerate(step.uses):
        place = (*at, "uses", j)
        yield from step_guards(document, (*place, "material"), use.material, known, product)
        yield from step_guards(document, (*place, "quantity"), use.quantity, known, product)
        root = use.material.root
        if isinstance(root, Constant):
            named = str(root.value)
            yield from _known(document, (*place, "material"), named, "material", materials)


def _places(step: Step) -> Iterator[tuple[Path, Expression]]:
    """Yield the expressions of a step but those of what it uses, each with its place below the step."""
    for field in ("when", "takes", "size", "work", "height"):
        if (expression := getattr(step, field)) is not None:
            yield (field,), expression
    for side in ("width", "depth"):
        if (expression := getattr(step.outline, side, None)) is not None:
            yield ("outline", side), expression
    for field in ("family", "recipe"):
        yield from (((field, part), each) for part, each in getattr(step, field).items())


def _outlines(sheets: Sheets) -> Iterator[ConfigError]:
    """A step of which parts lie on plates says what they cover, and only such a step does."""
    products = {product.name: product for _, product in sheets.products}
    groups = sheets.machines[1].groups
    for document, process in sheets.processes:
        for i, step in enumerate(process.steps):
            offering = [group for group in groups if step.needs in group.offers]
            plates = [group.name for group in offering if group.batch.plate is not None]
            at: Path = ("steps", i)
            if step.outline is None and plates:
                wrong = f"{plates[0]} has plates, so the step must say its outline"
                yield document.mistake((*at, "needs"), wrong)
            if step.outline is not None and offering and not plates:
                wrong = (
                    f"no group that offers {step.needs!r} has a plate; write one below its batch"
                )
                yield document.mistake((*at, "outline"), wrong, at_key=True)
            if step.outline is not None and step.outline.piece:
                yield from _drawn_pieces(
                    document, (*at, "outline", "piece"), step, products, process
                )


def _drawn_pieces(
    document: Document,
    at: Path,
    step: Step,
    products: Mapping[str, Product],
    process: ProcessFile,
) -> Iterator[ConfigError]:
    if step.per != "unit":
        yield document.mistake(at, "only a step that is done per: unit has a piece")
    product = products.get(process.product)
    for piece in product.pieces if product is not None else ():
        if piece.outline is None:
            yield document.mistake(at, f"piece {piece.name!r} of {process.product} has no outline")
        elif _line_fault(piece.outline):
            wrong = f"the outline of piece {piece.name!r} {_line_fault(piece.outline)}"
            yield document.mistake(at, wrong)


def _line_fault(outline: Outline) -> str | None:
    line = drawn(outline.width, outline.height, outline.path)
    if line is None:
        return "is not one closed line, drawn as M ... Z"
    return None if crossed(line) is None else "crosses itself"


def names_of(product: Product) -> set[str]:
    """Return every name that an expression about a spec may read."""
    return {feature.name for feature in product.features} | {
        f"{feature.name}.{fact}"
        for feature in product.features
        for option in feature.options
        for fact in option.facts
    }


def _profile_name(document: Document, profile: Profile) -> str:
    return profile.name or document.file.rpartition("/")[2].removesuffix(".yaml")


def _materials(sheets: Sheets) -> Iterator[ConfigError]:
    document, file = sheets.materials
    yield from _twice(document, ("materials",), "name", [m.name for m in file.materials])
    for i, material in enumerate(file.materials):
        if material.per <= 0:
            yield document.mistake(("materials", i, "per"), "must be more than 0")
        for field in ("reorder_at", "lot_size"):
            if getattr(material, field):
                yield from _fitting(document, ("materials", i, field), material)


def _stock(sheets: Sheets) -> Iterator[ConfigError]:
    if sheets.stock is None:
        return
    document, stock = sheets.stock
    known = {material.name: material for material in sheets.materials[1].materials}
    seen: set[tuple[str, str]] = set()
    for i, lot in enumerate(stock.lots):
        yield from _stocked(document, ("lots", i), lot.material, known)
        if (lot.material, lot.lot) in seen:
            yield document.mistake(("lots", i, "lot"), "stands here twice")
        seen.add((lot.material, lot.lot))
    yield from _twice(document, ("expected",), "reference", [e.reference for e in stock.expected])
    for i, each in enumerate(stock.expected):
        yield from _stocked(document, ("expected", i), each.material, known)


def _stocked(
    document: Document, at: Path, material: str, known: Mapping[str, Material]
) -> Iterator[ConfigError]:
    yield from _known(document, (*at, "material"), material, "material", known)
    if material in known:
        yield from _fitting(document, (*at, "quantity"), known[material])


def _fitting(document: Document, at: Path, material: Material) -> Iterator[ConfigError]:
    """An amount must be in a unit of its material: no metres of yarn that is weighed."""
    try:
        parse_units(document.at(at), material.unit)
    except TextError as error:
        yield document.misread(at, error)


def _known(
    document: Document, path: Path, name: str, noun: str, known: Iterable[str]
) -> Iterator[ConfigError]:
    names = tuple(known)
    if name not in names:
        wrong = f"no such {noun}"
        yield document.mistake(path, wrong, suggest(name, names))


def _twice(
    document: Document, path: Path, field: str, names: Sequence[str]
) -> Iterator[ConfigError]:
    for i, name in enumerate(names):
        if name in names[:i]:
            yield document.mistake((*path, i, field), "stands here twice")


CHECKS: Sequence[Callable[[Sheets], Iterator[ConfigError]]] = (
    _times,
    _cells,
    _families,
    _products,
    _processes,
    _outlines,
    _materials,
    _stock,
)


def named(
    items: Iterable[tuple[Document, Profile]],
) -> Mapping[str, Profile]:
    """Return profiles by name; one that says none is called after its file."""
    return {_profile_name(document, profile): profile for document, profile in items}

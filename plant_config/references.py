"""What the files of a plant say of each other: every name must mean something."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plant_config.document import Document, Path
from plant_config.equipment import Modbus, OpcUa
from plant_config.files import MachinesFile, MaterialsFile, PlantFile, ProcessFile
from plant_config.guards import product_guards, step_guards
from plant_config.material import Material, Stock, parse_units
from plant_config.mistakes import ConfigError
from plant_config.process import Step
from plant_config.product import Product
from plant_config.profile import Profile
from plant_config.syntax import Constant
from plant_config.wording import TextError, one_of, suggest


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
        for i, shift in enumerate(used):
            yield from _known(document, ("calendars", name, i), shift, "shift", shifts)


def _cells(sheets: Sheets) -> Iterator[ConfigError]:
    document, file = sheets.machines
    names = [group.name for group in file.groups]
    calendars = tuple(sheets.plant[1].calendars)
    profiles = [_profile_name(d, p) for d, p in sheets.profiles]
    yield from _twice(document, ("groups",), "name", names)
    yield from _twice(document, ("machines",), "id", [m.id for m in file.machines])
    for i, group in enumerate(file.groups):
        yield from _known(
            document, ("groups", i, "calendar"), group.calendar, "calendar", calendars
        )
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
    for field in ("when", "takes", "size", "work", "height"):
        if (expression := getattr(step, field)) is not None:
            yield from step_guards(document, (*at, field), expression, known, product)
    for field in ("family", "recipe"):
        for part, expression in getattr(step, field).items():
            yield from step_guards(document, (*at, field, part), expression, known, product)
    materials = [material.name for material in sheets.materials[1].materials]
    for j, use in enumerate(step.uses):
        place = (*at, "uses", j)
        yield from step_guards(document, (*place, "material"), use.material, known, product)
        yield from step_guards(document, (*place, "quantity"), use.quantity, known, product)
        root = use.material.root
        if isinstance(root, Constant):
            named = str(root.value)
            yield from _known(document, (*place, "material"), named, "material", materials)


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
    _materials,
    _stock,
)


def named(
    items: Iterable[tuple[Document, Profile]],
) -> Mapping[str, Profile]:
    """Return profiles by name; one that says none is called after its file."""
    return {_profile_name(document, profile): profile for document, profile in items}

"""The shipped plants and the orders that come with them."""

import csv

import pytest

from plant_config import (
    Line,
    Order,
    Plant,
    Rejection,
    configure,
    due_of,
    load,
    premium,
    read_folder,
    route,
    shipped,
    standard_cost,
    windows,
)

NAMES = ("sneaker", "muesli", "aligner")


@pytest.fixture(scope="module")
def plants() -> dict[str, Plant]:
    return {name: load(read_folder(shipped(name))) for name in NAMES}


def rows(name: str) -> list[dict[str, str]]:
    with (shipped(name) / "orders.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(plant: Plant, name: str) -> tuple[dict[str, Order], list[str]]:
    """The day's orders, and what is wrong with the others."""
    lines: dict[str, list[Line]] = {}
    carriers: dict[str, str] = {}
    refused = []
    known = {cut_off.carrier for cut_off in plant.cut_offs}
    for row in rows(name):
        product = plant.products[row["product"]]
        said = {
            f.name: "text" if f.kind == "text" and row[f.name] else row[f.name]
            for f in product.features
        }
        spec = configure(product, said)
        if isinstance(spec, Rejection):
            refused.append(spec.reasons[0])
        elif not row["quantity"].isdecimal() or row["quantity"] == "0":
            refused.append("quantity")
        elif row["carrier"] not in known:
            refused.append("carrier")
        else:
            line = Line(int(row["line"]), spec, int(row["quantity"]))
            lines.setdefault(row["order"], []).append(line)
            carriers[row["order"]] = row["carrier"]
    orders = {
        name: Order(
            id=name,
            lines=tuple(made),
            release_s=0,
            due_s=due_of(plant, carriers[name], 0),
            cut_off=carriers[name],
        )
        for name, made in lines.items()
    }
    return orders, refused


@pytest.mark.parametrize("name", NAMES)
def test_the_columns_of_the_orders_are_the_features_of_the_product(plants, name):
    columns = list(rows(name)[0])
    assert columns[:7] == ["order", "line", "quantity", "product", "carrier", "customer", "place"]
    product = plants[name].products[rows(name)[0]["product"]]
    assert columns[7:] == [feature.name for feature in product.features]


@pytest.mark.parametrize(
    ("name", "good", "bad"), [("sneaker", 41, 4), ("muesli", 16, 3), ("aligner", 12, 2)]
)
def test_the_days_orders_are_good_but_for_a_few(plants, name, good, bad):
    orders, refused = read(plants[name], name)
    assert (len(orders), len(refused)) == (good, bad)
    assert len(set(refused)) == bad, "each refused row shows another mistake"


@pytest.mark.parametrize("name", NAMES)
def test_every_order_has_a_machine_for_everything_and_costs_less_than_it_brings(plants, name):
    plant = plants[name]
    for order in read(plant, name)[0].values():
        assert all(o.modes for o in route(order, plant).operations.values())
        product = plant.products[order.lines[0].spec.product]
        base = sum(line.quantity for line in order.lines) * product.base_price
        assert 0 < standard_cost(plant, order) < base + premium(plant, order)


def test_the_sneaker_day_is_the_one_of_its_readme(plants):
    orders, _ = read(plants["sneaker"], "sneaker")
    by_carrier = [order.cut_off for order in orders.values()]
    assert by_carrier.count("Nord Parcel") == 12
    assert by_carrier.count("Night Express") == 29
    assert sum(line.quantity for order in orders.values() for line in order.lines) == 43
    assert any(len(order.lines) == 2 for order in orders.values())


SHARED = {
    # group -> (batches, changeovers) expected in a fair plan; see the plant's README
    "knitting": (86, 27),
    "printing": (22, 5),
    "mixing": (23, 14),
    "bonding": (43, 0),
    "curing": (12, 0),
    "packing": (41, 0),
}


@pytest.mark.parametrize("group", SHARED)
def test_each_cell_of_the_sneaker_plant_is_loaded_as_its_readme_says(plants, group):
    plant = plants["sneaker"]
    cell = plant.groups[group]
    batches, changeovers = SHARED[group]
    work_s = height_s = 0
    takes: list[int] = []
    for order in read(plant, "sneaker")[0].values():
        for operation in route(order, plant).operations.values():
            if operation.needs in cell.offers:
                work_s += operation.work * cell.batch.per_work_ms // 1000
                height_s = max(height_s, operation.height * cell.batch.per_height_ms // 1000)
                takes.append(operation.modes[0][1])
    own_s = sum(takes) if not cell.batch.capacity else batches * max(takes)
    setups = [rule.takes for rule in cell.changeovers]
    setup_s = changeovers * sum(setups) // max(1, len(setups))
    busy_s = work_s + own_s + batches * (cell.batch.base + cell.handling + height_s) + setup_s
    machines = sum(machine.group == group for machine in plant.machines.values())
    offered_s = machines * sum(end - begin for begin, end in windows(plant, group, 0, 1))
    load_percent = 100 * busy_s / offered_s
    assert 60 <= load_percent <= 85, f"{group} is loaded {load_percent:.0f} %"

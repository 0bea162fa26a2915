"""Orders become operations in a partial order."""

from time import perf_counter

import networkx as nx

from plant_config import Line, Order, Spec, configure, load, read_folder, route, shipped
from tests.plant_config.small import changed, doll, order, plant_of


def test_units_are_numbered_through_the_quantities_of_a_line(plant):
    routing = route(order(plant, "7", (2, {"size": "2"})), plant)
    units = [o.subject for o in routing.operations.values() if o.step == "cut"]
    assert units == ["7/1.1", "7/1.2", "7/1.3", "7/1.4"]
    joined = [(o.id, o.units) for o in routing.operations.values() if o.step == "join"]
    assert joined == [
        ("7/1.1-2/join", ("7/1.1", "7/1.2")),
        ("7/1.3-4/join", ("7/1.3", "7/1.4")),
    ]


def test_the_piece_and_the_machine_decide_how_long_it_takes(plant):
    routing = route(order(plant, "7", (1, {"size": "2"})), plant)
    assert routing.operations["7/1.1/cut"].modes == (("C1", 90), ("C2", 135))
    assert routing.operations["7/1.2/cut"].modes == (("C1", 100), ("C2", 150))
    assert dict(routing.operations["7/1.2/cut"].recipe) == {"length": 20, "side": "back"}
    assert routing.operations["7/1.1/cut"].family == "colour=red;shade=50"
    assert routing.operations["7/1.1/cut"].uses == (("cloth", 150_000),)


def test_steps_wait_for_all_that_they_bring_together_and_no_more(plant):
    graph = route(order(plant, "7", (2, {"size": "2"})), plant).graph
    assert set(graph.pred["7/1.1-2/join"]) == {"7/1.1/cut", "7/1.2/cut"}
    assert set(graph.pred["7/1.2/stuff"]) == {"7/1.1-2/join"}
    assert set(graph.pred["7/pack"]) == {f"7/1.{i}/stuff" for i in (1, 2, 3, 4)}
    assert nx.is_directed_acyclic_graph(graph)


def test_a_skipped_step_leaves_the_order_of_the_others(plant):
    soft = route(order(plant, "7", (1, {"size": "2"})), plant)
    crisp = route(order(plant, "7", (1, {"size": "2", "crisp": "baked"})), plant)
    assert "7/1.1/bake" not in soft.operations
    assert "7/1.1/bake" not in soft.graph
    assert set(crisp.graph.pred["7/1.1-2/join"]) == {"7/1.1/bake", "7/1.2/bake"}
    assert set(crisp.graph.pred["7/1.1/bake"]) == {"7/1.1/cut"}


def test_a_step_skipped_for_one_piece_still_lets_the_other_through(files):
    only_back = changed(
        files, "processes/doll.yaml", "when: crisp == 'baked'", "when: piece == 'back'"
    )
    plant = plant_of(only_back)
    graph = route(order(plant, "7", (1, {"size": "2"})), plant).graph
    assert set(graph.pred["7/1.1-2/join"]) == {"7/1.1/cut", "7/1.2/bake"}


def test_an_order_with_two_lines_is_packed_once(plant):
    routing = route(order(plant, "7", (1, {"size": "1"}), (2, {"size": "3"})), plant)
    packing = [o for o in routing.operations.values() if o.step == "pack"]
    assert [o.id for o in packing] == ["7/pack"]
    assert packing[0].modes == (("H1", 300),)
    assert packing[0].units == ("7/1.1", "7/1.2", "7/2.1", "7/2.2", "7/2.3", "7/2.4")
    assert packing[0].uses == (("box", 3),)
    assert len(set(routing.graph.pred["7/pack"])) == 6


def test_a_machine_that_does_not_take_the_recipe_or_the_size_is_no_mode(files):
    short = changed(files, "machines.yaml", "length: [10, 40]", "length: [10, 39]")
    plant = plant_of(short)
    routing = route(order(plant, "7", (1, {"size": "3"})), plant)
    assert routing.operations["7/1.1/cut"].modes == ()
    big = plant_of(changed(files, "processes/doll.yaml", "size: 1\n", "size: 5\n"))
    baked = route(order(big, "7", (1, {"size": "3", "crisp": "baked"})), big)
    assert baked.operations["7/1.1/bake"].modes == ()


def test_a_single_piece_is_its_own_assembly(files):
    alone = changed(files, "products/doll.yaml", "  - {name: back, short: B}\n", "")
    plant = plant_of(changed(alone, "processes/doll.yaml", "piece == 'back'", "piece == 'front'"))
    routing = route(order(plant, "7", (1, {"size": "2"})), plant)
    assert set(routing.operations) == {"7/1.1/cut", "7/1.1/join", "7/1.1/stuff", "7/pack"}


def test_a_thousand_pairs_are_routed_within_a_second():
    plant = load(read_folder(shipped("sneaker")))
    spec = configure(
        plant.products["shoe"], {"size": "42", "upper_colour": "ink", "sole_colour": "bone"}
    )
    assert isinstance(spec, Spec)
    orders = [
        Order(id=str(i), lines=(Line(1, spec, 1),), release_s=0, due_s=0, cut_off="")
        for i in range(1000)
    ]
    began = perf_counter()
    routings = [route(each, plant) for each in orders]
    assert perf_counter() - began < 1
    assert all(len(routing.operations) == 8 for routing in routings)


def test_equal_orders_give_equal_routings(plant):
    assert doll(plant, size="2") == doll(plant, size="2", colour="red")
    one, two = (route(order(plant, "7", (1, {"size": "2"})), plant) for _ in range(2))
    assert one.operations == two.operations
    assert nx.utils.graphs_equal(one.graph, two.graph)

"""A tile says which material runs low, in place of what comes next, and only on machines that use it."""

import re

from calling import call
from shelves import stock_desk

from controller import events as e
from controller.stock.allocation import allocate
from controller.web.scene import look
from controller.web.tile_material import runs_low


def words(desk, machine: str) -> str:
    page = call(desk, "GET", "/floor").text
    tile = page.partition(f'id="tile-{machine}"')[2].partition("</article>")[0]
    return re.sub(r"<[^>]+>", " ", tile.partition('id="tile-')[0])


def counted(desk, material: str, lot: str, quantity: int) -> None:
    fact = e.LotCounted(material=material, lot=lot, quantity=quantity, reason="looked")
    desk.record(fact, "person amira")
    allocate(desk.state)


def test_a_machine_whose_yarn_is_to_be_ordered_says_so_and_others_do_not():
    desk = stock_desk()
    allocate(desk.state)
    machines = desk.state.plant.machines
    before = {name: runs_low(look(desk), name) for name in machines}
    assert not any("Yarn" in says for says in before.values())
    counted(desk, "yarn", "IN-3312", 0)
    counted(desk, "yarn", "IN-3307", 200_000)
    low = {name for name in machines if runs_low(look(desk), name).startswith("Low on Yarn Ink")}
    assert {"K1", "K2", "K3"} <= low
    assert not {"print", "mix", "cure"} & {machines[name].group for name in low}
    assert "Low on Yarn Ink, 200 g left" in words(desk, "K1")
    assert "Next: " not in words(desk, "K1")


def test_a_plant_without_a_store_has_nothing_that_runs_low():
    desk = stock_desk()
    desk.state.store.kept = False
    assert runs_low(look(desk), "K1") == ""

"""Orders come in one by one: plates that wait for more parts are fewer, and no order is late for it."""

from dataclasses import replace

import pytest

from controller.events import JobIntended, OrderShipped
from controller.requests import ImportOrders
from tests.plant import virtual_day as days
from tests.plant.office import first_rows

pytestmark = pytest.mark.timeout(300)

ORDERS, GAP_S = 18, 900
"""The last one comes in while there is time enough for it: nobody keeps machines free for what nobody
knows yet, and an order that is due two hours later can find them busy with what has waited."""
PATIENT = ("printing", "mixing")


def patient(plant, fill_percent):
    """Return the plant with plates and campaigns that wait."""
    groups = {
        name: replace(group, batch=replace(group.batch, fill_percent=fill_percent))
        for name, group in plant.groups.items()
        if name in PATIENT
    }
    return replace(plant, groups={**plant.groups, **groups})


def trickling(text):
    """Return each order's own file, and when it comes in."""
    head, *rows = first_rows(text, ORDERS).splitlines()
    by_order = {}
    for row in rows:
        by_order.setdefault(row.partition(",")[0], []).append(row)
    files = ["\n".join([head, *own]) + "\n" for own in by_order.values()]
    return files[0], tuple(
        (GAP_S * number, ImportOrders(name=f"{number}.csv", content=text))
        for number, text in enumerate(files[1:], start=1)
    )


def played(monkeypatch, fill_percent, crashes=frozenset()):
    plant = patient(days.plant_named("sneaker"), fill_percent)
    first, later = trickling(days.orders_file("sneaker"))
    with monkeypatch.context() as patch:
        patch.setattr(days, "plant_named", lambda _: plant)
        script = days.Script(
            plant="sneaker", orders=first, asks=later, crashes=crashes, to_the_last=True, until_h=60
        )
        return days.virtual_day(script)


def told(day):
    """Return (job orders of each group that waits, orders late, orders shipped)."""
    made = dict.fromkeys(PATIENT, 0)
    for stamped in day.journal:
        if isinstance(stamped.event, JobIntended):
            group = day.plant.machines[stamped.event.job.machine].group
            made[group] = made.get(group, 0) + 1
    ships = [s.event for s in day.journal if isinstance(s.event, OrderShipped)]
    return made, sum(not ship.on_time for ship in ships), len(ships)


def test_plates_that_wait_are_fewer_and_nothing_is_late(monkeypatch):
    at_once, late_at_once, shipped_at_once = told(played(monkeypatch, 0))
    waited, late, shipped = told(played(monkeypatch, 80))
    assert (late, late_at_once) == (0, 0)
    assert shipped == shipped_at_once == ORDERS
    assert waited["printing"] < at_once["printing"]


def test_a_controller_that_dies_goes_on_waiting(monkeypatch):
    day = played(monkeypatch, 80, crashes=frozenset(range(400, 20_000, 3_000)))
    assert day.crashes > 2
    made, late, shipped = told(day)
    assert (late, shipped) == (0, ORDERS)
    assert day.verified
    assert made["printing"] > 0

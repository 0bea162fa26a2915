"""A small plant for simulated machines: a printer, a knitter, two mixers, an oven, a hand station."""

from drivers import JobOrder, Member, job_order_id, recipe_digest
from plant_config import Plant
from plant_config.equipment import BatchRule, Changeover, Evidence, Group, Machine, Modbus, Station
from plant_config.expression import Expression
from plant_config.plant import CutOff, Rates, Shift
from simulators.faults import CALM, Faults
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.oracle import MemoryLedger


def group(name: str, physics: str, **more) -> Group:
    said = {"label": name, "offers": (name,), "initial": {}, "limits": {}, "calendar": "day"} | more
    return Group(name=name, physics=physics, **said)


def a_plant(profile=None) -> Plant:
    colours = (
        Changeover(
            when=Expression.parse("before.colour == 'black' and after.colour != 'black'"),
            takes=900,
            says="rinse, dark to light",
        ),
        Changeover(when=Expression.parse("true"), takes=300, says="rinse"),
    )
    groups = (
        group(
            "print",
            "printer",
            batch=BatchRule(capacity=1000, base=600),
            limits={"height_um": (1, 90_000)},
        ),
        group("knit", "knitter"),
        group("mix", "mixer", changeovers=colours, initial={"colour": "white"}),
        group("cure", "oven", clears_itself=True),
        group("pack", "station"),
    )
    nowhere = Station(kind="station")
    machines = (
        Machine(id="P1", group="print", link=nowhere),
        Machine(id="K1", group="knit", link=nowhere),
        Machine(id="M1", group="mix", link=modbus(1), evidence=Evidence.LEDGER),
        Machine(id="M2", group="mix", link=modbus(2), evidence=Evidence.COUNTER),
        Machine(id="M3", group="mix", link=modbus(3), evidence=Evidence.NONE),
        Machine(id="O1", group="cure", link=nowhere),
        Machine(id="H1", group="pack", link=nowhere),
    )
    return Plant(
        name="small",
        label="Small",
        timezone="Europe/Berlin",
        shifts=(Shift(name="day", begins=6 * 3600, ends=22 * 3600),),
        cut_offs=(CutOff(carrier="van", at=18 * 3600),),
        calendars={"day": ("day",)},
        products={},
        processes={},
        groups={g.name: g for g in groups},
        machines={m.id: m for m in machines},
        materials={},
        profiles={} if profile is None else {"jobmap": profile},
        rates=Rates(late=0, source="assumed"),
    )


def modbus(unit: int, port: int = 1502) -> Modbus:
    return Modbus(kind="modbus", host="127.0.0.1", port=port, unit=unit, profile="jobmap")


def job_for(
    machine: str, *operations: str, family: str = "", attempt: int = 1, takes_s: int = 1000, **more
) -> JobOrder:
    recipe = more.pop("recipe", (("dose_mg", 120_000),))
    members = tuple(
        Member(operation, attempt, operation.rpartition("/")[0], recipe) for operation in operations
    )
    said = {
        "id": job_order_id(machine, members),
        "label": "Plate 1",
        "machine": machine,
        "members": members,
        "family": family,
        "recipe_digest": recipe_digest(family, (), members),
        "takes_s": takes_s,
    }
    return JobOrder(**(said | more))


def a_twin(
    machine: str = "P1", memory=None, ledger=None, faults: Faults = CALM, seed: int = 1
) -> Twin:
    return Twin(PLANT, machine, memory or ChipMemory(), ledger or MemoryLedger(), faults, seed)


PLANT = a_plant()

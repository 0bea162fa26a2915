"""Families and what a change from one to the next takes."""

import re
from functools import lru_cache

from plant_config.equipment import Changeover, Group
from plant_config.identity import Same

_NUMBER = re.compile(r"-?\d+")


def family_parts(family: str) -> dict[str, int | str]:
    """Read `name=value;...` back into its parts; a value of digits is a number."""
    parts: dict[str, int | str] = {}
    for part in family.split(";") if family else ():
        name, _, value = part.partition("=")
        parts[name] = int(value) if _NUMBER.fullmatch(value) else value
    return parts


def initial_family(group: Group) -> str:
    """Return the family that a group's machines are set up for in the morning."""
    return ";".join(f"{name}={value}" for name, value in group.initial.items())


def changeover(group: Group, before: str, after: str) -> Changeover | None:
    """Return what the change takes: the first rule that holds; None when nothing changes or no rule
    asks for anything, or when the machine is not set up for a family yet."""
    return _changeover(Same(group), before, after)


@lru_cache(maxsize=65_536)
def _changeover(group: Same[Group], before: str, after: str) -> Changeover | None:
    if before == after or not before or not after:
        return None
    known = changeover_environment(before, after)
    return next((rule for rule in group.value.changeovers if rule.when.truth(known)), None)


def changeover_environment(before: str, after: str) -> dict[str, int | str]:
    """Return what the names mean in a changeover's guard: `before.x` and `after.x`."""
    known = {f"before.{name}": value for name, value in family_parts(before).items()}
    known.update((f"after.{name}", value) for name, value in family_parts(after).items())
    return known

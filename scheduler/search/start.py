"""The plan to start from: the best of a handful of dispatches, bounced."""

from scheduler.problem import Aim
from scheduler.search.bounce import Measured, bounced, measured, settled
from scheduler.search.dispatch import dispatch, mirrored, turned
from scheduler.search.rules import rules_for
from scheduler.search.shop import Plan, Shop
from scheduler.search.spread import balance

PATIENCES = (0.0, 0.5)
FEW = 2_000
"""Tasks up to which every rule is tried; a larger shop gets one, and one bounce."""


def best_dispatch(shop: Shop, aim: Aim, seed: int) -> Plan:
    """Return the best dispatch: where tasks end first and where loads are even, from the front and from
    the back."""
    rules = rules_for(aim)
    even = balance(shop, seed)[0] if shop.is_flexible else shop.mode_machine
    places = (even, None) if shop.is_flexible else (even,)
    if shop.tasks > FEW:
        begun = [measured(shop, aim, dispatch(shop, rules[0], machine=each)) for each in places]
        best = min(begun, key=_value)
        return min(best, bounced(shop, aim, best), key=_value).plan
    mirror = mirrored(shop)
    tried = [
        measured(shop, aim, plan)
        for machine in places
        for rule in rules
        for patience in PATIENCES
        for plan in (
            dispatch(shop, rule, machine=machine, patience=patience),
            turned(dispatch(mirror, rule, machine=machine, patience=patience)),
        )
    ]
    tried.sort(key=_value)
    return min((settled(shop, aim, each) for each in tried[:BOUNCED]), key=_value).plan


BOUNCED = 2


def _value(each: Measured) -> int:
    return each.value

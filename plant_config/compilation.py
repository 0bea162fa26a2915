"""Build the layers of a decision diagram; its states are what is left of each rule."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from plant_config.product import Feature, Option, Rule
from plant_config.reduction import reduce
from plant_config.syntax import Constant, Fault, Node

DEAD = -1
LARGEST = 2_000_000
"""Edges before a product counts as too entangled; the shipped ones need a few hundred."""

Layers: TypeAlias = tuple[tuple[tuple[int, ...], ...], ...]
Domain: TypeAlias = tuple[Feature, tuple[str, ...]]
_HELD = 0
"""What is left of a rule that holds whatever else is chosen."""


class EntangledError(ValueError):
    """Rules that tie too many features together. Who writes the product can split them."""


@dataclass(frozen=True, slots=True)
class RuleFault:
    """A rule that has no value once this option is chosen."""

    rule: str
    feature: str
    option: str
    says: str


@dataclass(slots=True)
class _Residue:
    """The rests of one rule, numbered; equal rests have one number."""

    rule: Rule
    rests: list[Node]
    number_of: dict[Node, int]
    after: dict[tuple[int, str], int] = field(default_factory=dict[tuple[int, str], int])


def layers_of(
    domains: Sequence[Domain], rules: Sequence[Rule]
) -> tuple[Layers, tuple[RuleFault, ...]]:
    """Return the reduced layers over features in this order. Raises `EntangledError`."""
    residues = [_residue(rule) for rule in rules]
    start = tuple(residue.number_of[residue.rests[-1]] for residue in residues)
    faults: dict[RuleFault, None] = {}
    states = {start: 0} if DEAD not in start else {}
    layers: list[list[list[int]]] = []
    edges = 0
    for feature, names in domains:
        concerned = [
            i
            for i, residue in enumerate(residues)
            if any(n.partition(".")[0] == feature.name for n in residue.rule.holds.names())
        ]
        options = [option for option in feature.options if option.name in names]
        following: dict[tuple[int, ...], int] = {}
        layer: list[list[int]] = []
        for state in states:
            row = []
            for option in options:
                reached = _advance(residues, concerned, state, feature, option, faults)
                row.append(
                    DEAD if reached is None else following.setdefault(reached, len(following))
                )
            layer.append(row)
            edges += len(row)
        if edges > LARGEST:
            raise EntangledError(f"The rules tie too many features together at {feature.name!r}.")
        layers.append(layer)
        states = following
    return _reduced(layers, [_end(residues, state, faults) for state in states]), tuple(faults)


def option_facts(
    feature: Feature, option: Option, read: frozenset[str]
) -> dict[str, int | str | Fault]:
    """Return what the names of a feature mean under an option; a fact that it lacks is a fault."""
    known: dict[str, int | str | Fault] = {
        name: Fault(f"{feature.name} {option.name!r} has no fact {name.partition('.')[2]!r}")
        for name in read
        if name.partition(".")[0] == feature.name
    }
    known[feature.name] = option.name
    known.update((f"{feature.name}.{fact}", value) for fact, value in option.facts.items())
    return known


def _residue(rule: Rule) -> _Residue:
    whole = reduce(rule.holds.root, {})
    residue = _Residue(rule, [Constant(True, bool)], {Constant(True, bool): _HELD})
    residue.number_of[Constant(False, bool)] = DEAD
    if whole not in residue.number_of:
        residue.number_of[whole] = 1
    residue.rests.append(whole)
    return residue


def _advance(
    residues: Sequence[_Residue],
    concerned: Sequence[int],
    state: tuple[int, ...],
    feature: Feature,
    option: Option,
    faults: dict[RuleFault, None],
) -> tuple[int, ...] | None:
    """Return the state after choosing an option; None when a rule breaks."""
    left = list(state)
    for i in concerned:
        residue, number = residues[i], state[i]
        if number == _HELD:
            continue
        key = (number, option.name)
        if key not in residue.after:
            residue.after[key] = _rest(residue, number, feature, option, faults)
        left[i] = residue.after[key]
        if left[i] == DEAD:
            return None
    return tuple(left)


def _rest(
    residue: _Residue, number: int, feature: Feature, option: Option, faults: dict[RuleFault, None]
) -> int:
    known = option_facts(feature, option, residue.rule.holds.names())
    rest = reduce(residue.rests[number], known)
    if isinstance(rest, Constant) and rest.kind is not bool:
        rest = Fault(f"expected true or false, not {rest.value!r}")
    if isinstance(rest, Fault):
        faults[RuleFault(residue.rule.name, feature.name, option.name, rest.says)] = None
        return DEAD
    if rest not in residue.number_of:
        residue.number_of[rest] = len(residue.rests)
        residue.rests.append(rest)
    return residue.number_of[rest]


def _end(residues: Sequence[_Residue], state: Sequence[int], faults: dict[RuleFault, None]) -> int:
    """Return the last node when every rule holds; a rest that nothing decides is a fault."""
    rests = [(r.rule.name, r.rests[n]) for r, n in zip(residues, state, strict=True) if n != _HELD]
    for rule, rest in rests:
        says = rest.says if isinstance(rest, Fault) else "it reads a name that is no feature"
        faults[RuleFault(rule, "", "", says)] = None
    return DEAD if rests else 0


def _reduced(layers: Sequence[Sequence[Sequence[int]]], ends: list[int]) -> Layers:
    """Drop nodes without a way to the end and merge nodes with equal ways, from the end up."""
    renamed = ends
    reduced: list[tuple[tuple[int, ...], ...]] = []
    for layer in reversed(layers):
        number_of: dict[tuple[int, ...], int] = {}
        above = []
        for node in layer:
            row = tuple(DEAD if below == DEAD else renamed[below] for below in node)
            dead = all(below == DEAD for below in row)
            above.append(DEAD if dead else number_of.setdefault(row, len(number_of)))
        reduced.append(tuple(number_of))
        renamed = above
    return tuple(reversed(reduced))

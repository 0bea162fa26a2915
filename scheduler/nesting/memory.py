"""What a search has asked about plates: answers by the set of parts, and refused sets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from scheduler.problem import Problem
from scheduler.shape import Plate, Shape

Parts: TypeAlias = tuple[int, ...]
"""Numbers of shapes, ascending, with repeats."""


@dataclass(slots=True)
class Refused:
    """Sets of parts that were refused, none of which holds another one."""

    by_first: dict[int, list[Counter[int]]] = field(default_factory=dict[int, list[Counter[int]]])
    """Lowest number of a set -> such sets."""

    def holds_part_of(self, parts: Parts) -> bool:
        """Say whether one of the sets is within these parts."""
        asked = Counter(parts)
        return any(each <= asked for first in asked for each in self.by_first.get(first, ()))

    def add(self, parts: Parts) -> None:
        """Remember a set; those that hold it are no longer needed."""
        new = Counter(parts)
        for first, row in self.by_first.items():
            self.by_first[first] = [each for each in row if not new <= each]
        self.by_first.setdefault(parts[0], []).append(new)


@dataclass(slots=True)
class Asked:
    """One plate, as a search knows it."""

    plate: Plate
    answers: dict[Parts, bool] = field(default_factory=dict[Parts, bool])
    refused: Refused = field(default_factory=Refused)
    laid: int = 0
    """How often the nester was asked."""


@dataclass(frozen=True, slots=True)
class Nests:
    """Plates and shapes of a problem by number, and what was asked about them.

    A larger set than a refused one is refused unasked, even where the refusal was no proof: that
    costs a search a few arrangements at most and never lets through a batch that does not fit.
    Whoever judges a plan asks `lay` itself.
    """

    plate_of: tuple[int, ...]
    """Machine -> its plate, or -1."""
    shape_of: tuple[int, ...]
    """Task -> its shape, or -1."""
    plates: tuple[Asked, ...]
    shapes: tuple[Shape, ...]

    def fit(self, machine: int, batch: Sequence[int]) -> bool:
        """Say whether the outlines of some tasks go together on a machine's plate."""
        number = self.plate_of[machine]
        if number < 0:
            return True
        parts = tuple(sorted(self.shape_of[t] for t in batch if self.shape_of[t] >= 0))
        if not parts:
            return True
        asked = self.plates[number]
        if parts not in asked.answers:
            asked.answers[parts] = self._ask(asked, parts)
        return asked.answers[parts]

    def _ask(self, asked: Asked, parts: Parts) -> bool:
        # Geometry takes a third of a second to load, and most problems have none.
        from scheduler.nesting.overlap import lie_right  # noqa: PLC0415

        if asked.refused.holds_part_of(parts):
            return False
        asked.laid += 1
        fit = lie_right(asked.plate, tuple(self.shapes[each] for each in parts))
        if not fit:
            asked.refused.add(parts)
        return fit


def nests_in(problem: Problem) -> Nests | None:
    """Number the plates and shapes of a problem; None where no machine has a plate."""
    return nests_of(
        [resource.plate for resource in problem.resources.values()],
        [problem.shapes[t.shape] if t.shape else None for t in problem.tasks.values()],
    )


def nests_of(plates: Sequence[Plate | None], shapes: Sequence[Shape | None]) -> Nests | None:
    """Number the plates of machines and the shapes of tasks; None where nothing lies on a plate."""
    plate_numbers = {each: n for n, each in enumerate(dict.fromkeys(p for p in plates if p))}
    if not plate_numbers:
        return None
    shape_numbers = {each: n for n, each in enumerate(dict.fromkeys(s for s in shapes if s))}
    return Nests(
        plate_of=tuple(-1 if p is None else plate_numbers[p] for p in plates),
        shape_of=tuple(-1 if s is None else shape_numbers[s] for s in shapes),
        plates=tuple(Asked(plate) for plate in plate_numbers),
        shapes=tuple(shape_numbers),
    )

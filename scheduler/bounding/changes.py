"""What changes from one family to another take and cost at least."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.indexed import Indexed
from scheduler.runs import has_limit


class Changes(NamedTuple):
    """Among machines of one group, (before, after) by place in `families`; never is infinite."""

    families: list[int]
    seconds: NDArray[np.float64]
    costs: NDArray[np.float64]

    def into(self, family: int) -> tuple[float, float]:
        """Return the seconds and the cost of the cheapest setup for a family; nothing where there is
        none, because no plan has it then."""
        at = self.families.index(family)
        least = (float(self.seconds[:, at].min()), float(self.costs[:, at].min()))
        return (0.0, 0.0) if np.isinf(least).any() else least


def changes(indexed: Indexed, machines: Sequence[int]) -> Changes:
    """Return the changes that machines of a group can make. The setup from a family to itself is not
    certain where runs have a limit: it is made when the run ends."""
    group = indexed.group_of[machines[0]]
    first = [indexed.first_family[machine] for machine in machines]
    own = (indexed.family_of[task] for task in _made(indexed, machines))
    families = list(dict.fromkeys([*first, *own]))
    seconds = _picked(indexed.setup_s[group], families)
    costs = _picked(indexed.setup_cost[group], families)
    made = {indexed.family_of[task] for task in _made(indexed, machines)}
    # Nobody sets a machine up for what no task is of.
    never = (seconds < 0) | np.array([[family not in made for family in families]])
    costs[never] = np.inf
    seconds[never] = np.inf
    if any(has_limit(indexed.resources[machine]) for machine in machines):
        np.fill_diagonal(seconds, np.minimum(seconds.diagonal(), 0.0))
        np.fill_diagonal(costs, np.minimum(costs.diagonal(), 0.0))
    return Changes(families, seconds, costs)


def _made(indexed: Indexed, machines: Sequence[int]) -> Iterator[int]:
    """Yield the tasks that some of the machines can do."""
    for task, takes in enumerate(indexed.takes):
        if any(machine in takes for machine in machines):
            yield task


def _picked(table: list[list[int]], families: list[int]) -> NDArray[np.float64]:
    rows = [[table[before][after] for after in families] for before in families]
    return np.array(rows, np.float64)


def closure(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least sums along walks of one step and more: others may run between two batches.
    Source: Floyd 1962 (Communications of the ACM 5, algorithm 97)."""
    least = table.copy()
    for middle in range(len(table)):
        least = np.minimum(least, least[:, middle : middle + 1] + least[middle : middle + 1, :])
    return least

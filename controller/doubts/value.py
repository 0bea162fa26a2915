"""What a doubt is worth, and whether one person may decide it alone."""

from dataclasses import dataclass

import networkx as nx

from controller.state import Job, Phase, State
from plant_config import cost_of


def value_cents(state: State, job: Job) -> int:
    """Return the standard cost of the members and of what was made for them before."""
    worth = []
    for member in job.intended.job.members:
        opened = state.orders.get(member.operation.partition("/")[0])
        if opened is None:
            continue
        graph, operations = opened.routing.graph, opened.routing.operations
        before = nx.ancestors(graph, member.operation)
        worth += [operations[name] for name in before if state.work[name].phase is Phase.DONE]
        worth.append(operations[member.operation])
    return cost_of(state.plant, worth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What a doubt is worth, and the plant's limit that it is above."""

    value_cents: int
    above_cents: int


def above_limit(state: State, job: Job) -> Above | None:
    """Say by what a doubt is worth more than the plant's limit, so that two persons decide."""
    above = state.plant.rates.second_person_above
    if above is None:
        return None
    worth = value_cents(state, job)
    return Above(value_cents=worth, above_cents=above) if worth > above else None

"""What a doubt is worth, and whether one person may decide it alone."""

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


def limit_passed(state: State, job: Job) -> int | None:
    """Return the plant's limit when a doubt is worth more than that, so that two persons decide."""
    above = state.plant.rates.second_person_above
    return above if above is not None and value_cents(state, job) > above else None

"""Totes and scans become state."""

from typing import assert_never

import networkx as nx

from controller.identity import facts as f
from controller.state import State, Work


def fold(state: State, fact: f.IdentityFact) -> frozenset[str]:
    """Fold one fact in place and return what it touched."""
    match fact:
        case f.ToteAssigned():
            opened = state.orders[fact.order]
            state.totes.pop(opened.tote, None)
            opened.tote = fact.tote
            state.totes[fact.tote] = fact.order
            return frozenset({f"order:{fact.order}"})
        case f.PartScanned() | f.PartTaken():
            job = state.jobs.get(fact.job_order)
            if job is not None:
                job.scanned[fact.operation] = state.at_s
        case f.ScanUndone():
            job = state.jobs.get(fact.job_order)
            if job is not None:
                job.scanned.pop(fact.operation, None)
        case f.ScanRefused():
            pass
        case f.PartScrapped():
            job = state.jobs.get(fact.job_order)
            if job is not None:
                job.scrapped += 1
            _again(state, fact.operation, *_upstream(state, fact.operation))
            return frozenset({f"machine:{fact.machine}", f"order:{_order(fact.operation)}"})
        case f.FinishUndone():
            _again(state, *fact.operations)
            orders = {f"order:{_order(operation)}" for operation in fact.operations}
            return frozenset({f"machine:{fact.machine}", *orders})
        case _:
            assert_never(fact)
    return frozenset({f"machine:{fact.machine}"})


def _again(state: State, *operations: str) -> None:
    """Have operations made once more, as after a verdict of scrap."""
    for operation in operations:
        attempt = state.work[operation].attempt
        state.work[operation] = Work(attempt=attempt + 1, opened=state.seq)
    state.demand = state.seq


def _upstream(state: State, operation: str) -> set[str]:
    """What went into a part is lost with it."""
    return set(nx.ancestors(state.orders[_order(operation)].routing.graph, operation))


def _order(operation: str) -> str:
    return operation.partition("/")[0]

"""Totes and scans become state."""

from typing import assert_never

from controller.identity import facts as f
from controller.state import State


def fold(state: State, fact: f.IdentityFact) -> frozenset[str]:
    """Fold one fact in place and return what it touched."""
    match fact:
        case f.ToteAssigned():
            opened = state.orders[fact.order]
            state.totes.pop(opened.tote, None)
            opened.tote = fact.tote
            state.totes[fact.tote] = fact.order
            return frozenset({f"order:{fact.order}"})
        case f.PartScanned():
            job = state.jobs.get(fact.job_order)
            if job is not None:
                job.scanned.add(fact.operation)
            return frozenset({f"machine:{fact.machine}"})
        case f.ScanRefused():
            return frozenset({f"machine:{fact.machine}"})
        case _:
            assert_never(fact)

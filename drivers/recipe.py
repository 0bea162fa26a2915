"""The one digest over everything that a machine must do differently for this batch."""

import hashlib
import json

from drivers.driver import Member, Value


def recipe_digest(
    family: str, shared: tuple[tuple[str, Value], ...], members: tuple[Member, ...]
) -> str:
    """Return the SHA-256 (hex) that controller and machine both compute, so that neither a lost nor a
    changed parameter goes unseen (R12)."""
    said = [family, shared, [[m.operation, m.attempt, m.subject, m.recipe] for m in members]]
    canonical = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def job_order_id(machine: str, members: tuple[Member, ...]) -> str:
    """Derive a job order's 128-bit id (32 hex digits) from who makes what for which time (R2)."""
    said = [machine, [[m.operation, m.attempt] for m in members]]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()[:32]

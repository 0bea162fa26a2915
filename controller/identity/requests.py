"""What may be asked about parts and totes."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPart:
    """A code was scanned at a station while it makes this job order."""

    machine: str
    job_order: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTote:
    """Another tote carries an order's parts."""

    order: str
    tote: str


IdentityRequest: TypeAlias = ScanPart | MoveTote

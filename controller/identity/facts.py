"""Facts about which part is where, and for whom."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteAssigned:
    """From now on this tote carries the order's parts."""

    order: str
    tote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartScanned:
    """A person scanned a part at a station, and it belongs into what is being made there."""

    machine: str
    job_order: str
    operation: str
    """The operation that made the part; its id is the code on the label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRefused:
    """A person scanned something else."""

    machine: str
    job_order: str
    code: str
    why: str


IdentityFact: TypeAlias = ToteAssigned | PartScanned | ScanRefused

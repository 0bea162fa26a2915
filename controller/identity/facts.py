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
    """Empty when the code is none of ours: it may be anything, a customer's data too."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanUndone:
    """A person took the last scan back, or put the last part back onto its plate."""

    machine: str
    job_order: str
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTaken:
    """A part was taken off a machine and put into its order's tote."""

    machine: str
    job_order: str
    operation: str
    tote: str
    """Empty: put aside, nobody waits for it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartScrapped:
    """A person found a part bad that its machine had called good; it is made again."""

    machine: str
    job_order: str
    operation: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishUndone:
    """A person took back that hand work is good; it is done again, with the same parts."""

    machine: str
    job_order: str
    operations: tuple[str, ...]


IdentityFact: TypeAlias = (
    ToteAssigned | PartScanned | ScanRefused | ScanUndone | PartTaken | PartScrapped | FinishUndone
)

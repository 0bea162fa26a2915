"""What may be asked about parts and totes."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPart:
    """A code was scanned at a station while it shows this job order."""

    machine: str
    job_order: str
    code: str
    operation: str = ""
    """The part that the page points at, for a tote that is scanned after it was filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePart:
    """A part was taken off a finished plate and put into its tote, shown by touch."""

    machine: str
    job_order: str
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrapPart:
    """A part on a finished plate is bad, whatever its machine said."""

    machine: str
    job_order: str
    operation: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoScan:
    """The last scan, or the last part taken off, was a mistake."""

    machine: str
    job_order: str
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoFinish:
    """Hand work was called good by mistake."""

    machine: str
    job_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTote:
    """Another tote carries an order's parts."""

    order: str
    tote: str


IdentityRequest: TypeAlias = ScanPart | TakePart | ScrapPart | UndoScan | UndoFinish | MoveTote

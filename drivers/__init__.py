"""Machines as the controller sees them: job orders in, reports out, over any protocol or by hand."""

from drivers.connect import connect
from drivers.driver import (
    Answer,
    Command,
    Driver,
    Finding,
    JobOrder,
    JobState,
    Knowledge,
    LinkChange,
    LinkError,
    Member,
    Notice,
    ProtocolError,
    Reading,
    Report,
    Submit,
    UnitResult,
    Used,
    Verdict,
)
from drivers.recipe import job_order_id, recipe_digest
from drivers.states import TransitionError, move, over, reachable
from drivers.station import StationDriver

__all__ = [
    "Answer",
    "Command",
    "Driver",
    "Finding",
    "JobOrder",
    "JobState",
    "Knowledge",
    "LinkChange",
    "LinkError",
    "Member",
    "Notice",
    "ProtocolError",
    "Reading",
    "Report",
    "StationDriver",
    "Submit",
    "TransitionError",
    "UnitResult",
    "Used",
    "Verdict",
    "connect",
    "job_order_id",
    "move",
    "over",
    "reachable",
    "recipe_digest",
]

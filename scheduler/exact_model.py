"""The literals and times of the exact solver's model of batches."""

from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from scheduler.indexed import Indexed
from scheduler.objectives import Count

DEPOT = -1
"""What stands before the first and after the last batch of a machine."""


@dataclass(frozen=True, slots=True)
class Model:
    """Literals and times. A batch is named by the lowest of its tasks, its leader."""

    cp: cp_model.CpModel
    indexed: Indexed
    windows: list[list[tuple[int, int]]]
    start: list[cp_model.IntVar]
    end: list[cp_model.IntVar]
    setup_start: list[cp_model.IntVar]
    leads: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    """(task, machine) -> the task leads a batch there."""
    joins: dict[tuple[int, int, int], cp_model.IntVar] = field(default_factory=dict)
    """(task, leader, machine) -> the task runs in that batch."""
    inside: dict[tuple[int, int, int], cp_model.IntVar] = field(default_factory=dict)
    """(leader, machine, window) -> the batch runs in that window."""
    follows: dict[tuple[int, int, int], cp_model.IntVar] = field(default_factory=dict)
    """(machine, leader or depot, next leader or depot) -> one directly after the other."""
    cleans: dict[tuple[int, int, int], cp_model.IntVar] = field(default_factory=dict)
    """The same where the family stays and runs are limited -> cleaning is made in between."""
    counted: dict[Count, cp_model.IntVar] = field(default_factory=dict)
    """What an objective counts -> the variable that holds it."""

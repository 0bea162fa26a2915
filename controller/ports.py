"""The world as far as the loop reaches, and what comes in from it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from controller.clock import ClockPort
from controller.effects import Effect
from controller.journal import JournalPort
from controller.planning import Answer as PlanAnswer
from controller.planning import PlannerPort
from controller.requests import Reply, Request
from drivers import Answer, Driver, Finding, Notice, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Real in production, in line under simulated time."""

    journal: JournalPort
    clock: ClockPort
    planner: PlannerPort
    drivers: Mapping[str, Driver]


@dataclass(frozen=True, slots=True)
class HeldReports:
    """Everything that a machine says it holds; None when it cannot say."""

    reports: tuple[Report, ...] | None


@dataclass(frozen=True, slots=True)
class NothingSent:
    """The effect could not be carried out, and provably nothing left the controller."""

    why: str


Result: TypeAlias = Answer | Finding | HeldReports | PlanAnswer | NothingSent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an effect."""

    effect: Effect
    result: Result


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the place where its reply is awaited."""

    request: Request
    actor: str
    station: str
    reply: "asyncio.Future[Reply]"
    key: str = ""
    expected: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Item: TypeAlias = Notice | Outcome | Asked | Tick

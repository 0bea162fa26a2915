"""Scripted misbehaviour of simulated machines, as one frozen value parsed from YAML."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ConfigDict, TypeAdapter, with_config
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_STRICT = ConfigDict(extra="forbid")


class FaultsError(ValueError):
    """A faults file that cannot be read; whoever wrote it can act."""


@with_config(_STRICT)
@dataclass(frozen=True, slots=True)
class LostReply:
    """The machine does what the n-th start says, but the answer never arrives."""

    machine: str
    start: int


@with_config(_STRICT)
@dataclass(frozen=True, slots=True)
class LinkCut:
    """Nothing gets through between two plant seconds; the machine goes on with what it does."""

    machine: str
    from_s: int
    to_s: int


@with_config(_STRICT)
@dataclass(frozen=True, slots=True)
class Failure:
    """The n-th cycle breaks off after this share of its time; what lies in the machine is scrap."""

    machine: str
    cycle: int
    at_percent: int = 50
    why: str = "stopped by a fault"


@with_config(_STRICT)
@dataclass(frozen=True, slots=True)
class Restart:
    """A power cycle at a plant second."""

    machine: str
    at_s: int


@with_config(_STRICT)
@dataclass(frozen=True, slots=True)
class SlowReports:
    """Changes are told this many plant seconds late."""

    machine: str
    by_s: int


@with_config(_STRICT)
@dataclass(frozen=True, slots=True)
class WrongScan:
    """At the n-th piece of work of a hand station somebody scans a part of another order first."""

    machine: str
    work: int


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """All that goes wrong, and when. The seed comes apart: one script has many days."""

    scrap: Mapping[str, float] = field(default_factory=dict[str, float])
    """Step -> chance that a member of a cycle is scrap; 0.03 is three in a hundred."""
    lost_replies: tuple[LostReply, ...] = ()
    link_cuts: tuple[LinkCut, ...] = ()
    failures: tuple[Failure, ...] = ()
    restarts: tuple[Restart, ...] = ()
    slow_reports: tuple[SlowReports, ...] = ()
    wrong_scans: tuple[WrongScan, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a chance that is none."""
        for step, chance_of_scrap in self.scrap.items():
            if not 0 <= chance_of_scrap <= 1:
                raise ValueError(f"scrap of {step!r} is {chance_of_scrap}, not between 0 and 1.")

    def loses_reply(self, machine: str, start: int) -> bool:
        """Tell whether the answer to this start is lost."""
        return LostReply(machine, start) in self.lost_replies

    def scans_wrong(self, machine: str, work: int) -> bool:
        """Tell whether a wrong part is scanned at this piece of work."""
        return WrongScan(machine, work) in self.wrong_scans

    def cuts(self, machine: str) -> tuple[LinkCut, ...]:
        """Return the link cuts of a machine in order."""
        mine = (cut for cut in self.link_cuts if cut.machine == machine)
        return tuple(sorted(mine, key=lambda cut: cut.from_s))

    def failure(self, machine: str, cycle: int) -> Failure | None:
        """Return how this cycle breaks off, if it does."""
        for failure in self.failures:
            if (failure.machine, failure.cycle) == (machine, cycle):
                return failure
        return None

    def restarts_of(self, machine: str) -> tuple[int, ...]:
        """Return the seconds of the machine's power cycles in order."""
        return tuple(sorted(r.at_s for r in self.restarts if r.machine == machine))

    def slow_s(self, machine: str) -> int:
        """Return by how much its changes are told late."""
        return max((slow.by_s for slow in self.slow_reports if slow.machine == machine), default=0)


CALM = Faults()
"""Nothing goes wrong."""

_FAULTS = TypeAdapter(Faults)


def parse_faults(text: str) -> Faults:
    """Read a faults file. Raises FaultsError."""
    try:
        return _FAULTS.validate_python(YAML(typ="safe").load(text) or {})
    except (YAMLError, ValueError) as error:
        raise FaultsError(f"The faults file cannot be read: {error}") from None


def chance(*said: object) -> float:
    """Return a number in [0, 1) that depends on nothing but the words."""
    digest = hashlib.sha256("/".join(str(word) for word in said).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64

"""Simulated people: they do hand work, take parts off machines, and look when there is doubt.

`decide` says what they do next, from what the controller shows and what they remember; `People`
does it through any `Api`. Everything may be done twice: after a restart of either side they look at
what is shown and go on, and a piece that is in the as-made ledger is not made again.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, assert_never

from drivers import Member, UnitResult, Verdict
from simulators.faults import Faults, chance
from simulators.machine import Twin
from simulators.oracle import AsMade, Made
from simulators.physics import result_of
from simulators.works import Seen

_log = logging.getLogger(__name__)

_WALK_S = (20, 60)
"""Plant seconds until somebody is at a machine; assumed."""
_QUICKEST, _SLOWEST = 900, 1100
"""Hand work takes between 90 and 110 % of its planned time; assumed."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One member of open hand work."""

    operation: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Open hand work as a station shows it."""

    machine: str
    job_order: str
    label: str
    state: Literal["offered", "begun"]
    members: tuple[Piece, ...]
    takes_s: int
    scan: tuple[str, ...] = ()
    """Codes of the parts that are still to be scanned before it is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A job order of which nobody knows what became."""

    machine: str
    job_order: str
    label: str


class Api(Protocol):
    """What people see of the controller and may tell it. Raises AwayError while it is away, and
    RefusedError for what it does not take."""

    async def work(self) -> tuple[Work, ...]:
        """Return the open hand work."""
        ...

    async def uncleared(self) -> tuple[str, ...]:
        """Return the machines that wait for somebody to take something off."""
        ...

    async def doubts(self) -> tuple[Doubt, ...]:
        """Return what is in doubt."""
        ...

    async def begin(self, machine: str, job_order: str) -> None:
        """Say that hand work is begun."""
        ...

    async def scan(self, machine: str, job_order: str, code: str) -> None:
        """Scan a part's label."""
        ...

    async def finish(self, machine: str, job_order: str, results: tuple[UnitResult, ...]) -> None:
        """Say that hand work is done."""
        ...

    async def clear(self, machine: str) -> None:
        """Say that a machine is cleared."""
        ...

    async def decide(self, job_order: str, verdict: Seen, reason: str) -> None:
        """Say what became of a job order in doubt."""
        ...


class AwayError(Exception):
    """The controller does not answer; it will be back."""


class RefusedError(Exception):
    """The controller does not take it, because something else happened first."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Start on what a station offers."""

    work: Work


@dataclass(frozen=True, slots=True)
class Finish:
    """Be done with it."""

    work: Work


@dataclass(frozen=True, slots=True)
class Clear:
    """Take everything off a machine."""

    machine: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Look what became of a job order and say it."""

    doubt: Doubt


Act: TypeAlias = Begin | Finish | Clear | Judge


@dataclass(slots=True)
class Mind:
    """What people remember between two looks: until when they are busy with what."""

    until_s: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the controller shows."""

    work: tuple[Work, ...] = ()
    uncleared: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    done_s: Mapping[str, int] = field(default_factory=dict[str, int])
    """Machine -> when it was done, as everybody on the floor could see and hear."""


def decide(shown: Shown, mind: Mind, now_s: int, seed: int) -> tuple[Act, ...]:
    """Return what is to be done now, and remember what was started; pure but for the memory."""
    wanted: list[tuple[str, Act, int]] = []
    for work in shown.work:
        if work.state == "offered":
            wanted.append((f"begin {work.job_order}", Begin(work), now_s))
        else:
            wanted.append((_hands(work), Finish(work), now_s + _takes(work, seed)))
    doubtful = {doubt.machine for doubt in shown.doubts}
    for doubt in shown.doubts:
        walk_s = _walk(seed, doubt.job_order)
        wanted.append((f"judge {doubt.job_order}", Judge(doubt), now_s + walk_s))
    for machine in shown.uncleared:
        if machine not in doubtful:
            there_s = shown.done_s.get(machine, now_s) + _walk(seed, machine)
            wanted.append((f"clear {machine}", Clear(machine), there_s))
    names = {name for name, _, _ in wanted} | {_hands(work) for work in shown.work}
    mind.until_s = {name: until for name, until in mind.until_s.items() if name in names}
    for name, _, until_s in wanted:
        mind.until_s.setdefault(name, until_s)
    return tuple(act for name, act, _ in wanted if mind.until_s[name] <= now_s)


class People:
    """Everybody on the floor. Their hands reach the twins; the rest goes through the Api."""

    def __init__(
        self, twins: Mapping[str, Twin], ledger: AsMade, faults: Faults, seed: int
    ) -> None:
        self._twins, self._ledger = twins, ledger
        self._faults, self._seed = faults, seed
        self._mind = Mind()

    async def look(self, api: Api, now_s: int) -> None:
        """Look once at what is shown and do what is due. Raises AwayError."""
        work, uncleared, doubts = await asyncio.gather(api.work(), api.uncleared(), api.doubts())
        done_s = {name: twin.done_s for name, twin in self._twins.items()}
        shown = Shown(work=work, uncleared=uncleared, doubts=doubts, done_s=done_s)
        # Each has hands of their own: nobody waits until another one's answer has come.
        acts = decide(shown, self._mind, now_s, self._seed)
        await asyncio.gather(*(self._try(api, act, now_s) for act in acts))

    async def _try(self, api: Api, act: Act, now_s: int) -> None:
        try:
            await self._do(api, act, now_s)
        except RefusedError as error:
            _log.debug("refused: %s", error)  # the next look shows why

    async def _do(self, api: Api, act: Act, now_s: int) -> None:
        match act:
            case Begin(work=work):
                await api.begin(work.machine, work.job_order)
                self._mind.until_s[_hands(work)] = now_s + _takes(work, self._seed)
                await self._scan(api, work)
            case Finish(work=work):
                # A killed controller may have missed some of what was scanned at the start.
                await self._scan(api, work)
                results = self._make(work, now_s)
                await api.finish(work.machine, work.job_order, results)
            case Clear(machine=machine):
                if self._take_off(machine, now_s):
                    await api.clear(machine)
            case Judge(doubt=doubt):
                seen = self._inspect(doubt, now_s)
                if seen != "running":
                    await api.decide(doubt.job_order, seen, _REASONS[seen])
            case _:
                assert_never(act)

    async def _scan(self, api: Api, work: Work) -> None:
        """Scan every part, and the wrong one first where the script says so."""
        wrong = self._wrong_part(work)
        if wrong:
            await _scan_one(api, work, wrong)
        # At once, so that a fast day does not wait for each answer; a person takes seconds for all.
        await asyncio.gather(*(_scan_one(api, work, code) for code in work.scan))

    def _wrong_part(self, work: Work) -> str:
        """Return the code of a like part of another order, newest first, where the script wants one."""
        entries = tuple(self._ledger.entries())
        turn = 1 + max((m.cycle for m in entries if m.machine == work.machine), default=0)
        if not work.scan or not self._faults.scans_wrong(work.machine, turn):
            return ""
        order, _, step = _split(work.scan[0])
        for made in reversed(entries):
            other, _, made_in = _split(made.operation)
            if made.verdict == "good" and other != order and made_in == step:
                return made.operation
        return ""

    def _make(self, work: Work, now_s: int) -> tuple[UnitResult, ...]:
        """Make it, unless it lies there already, and return what it is."""
        entries = self._ledger.entries()
        if not any(entry.job_order == work.job_order for entry in entries):
            self._ledger.record(self._made(work, now_s, entries))
        verdict_of = {
            entry.operation: Verdict(entry.verdict)
            for entry in self._ledger.entries()
            if entry.job_order == work.job_order
        }
        return tuple(
            UnitResult(piece.operation, verdict, "" if verdict is Verdict.GOOD else "seam open")
            for piece in work.members
            for verdict in (verdict_of.get(piece.operation, Verdict.NOT_MADE),)
        )

    def _made(self, work: Work, now_s: int, entries: Iterable[Made]) -> tuple[Made, ...]:
        before = tuple(entries)
        cycle = 1 + max((m.cycle for m in before if m.machine == work.machine), default=0)
        made = []
        for piece in work.members:
            attempt = 1 + sum(m.operation == piece.operation for m in before)
            member = Member(piece.operation, attempt, piece.subject, ())
            result = result_of(member, "station", self._faults, self._seed, work.machine)
            made.append(
                Made(
                    at_s=now_s,
                    machine=work.machine,
                    job_order=work.job_order,
                    operation=piece.operation,
                    attempt=attempt,
                    subject=piece.subject,
                    verdict="good" if result.verdict is Verdict.GOOD else "scrap",
                    cycle=cycle,
                )
            )
        return tuple(made)

    def _take_off(self, machine: str, now_s: int) -> bool:
        twin = self._twins.get(machine)
        return twin is None or twin.take_off(now_s)

    def _inspect(self, doubt: Doubt, now_s: int) -> Seen:
        twin = self._twins.get(doubt.machine)
        if twin is not None:
            return twin.inspect(doubt.job_order, now_s)
        made = any(entry.job_order == doubt.job_order for entry in self._ledger.entries())
        return "made_good" if made else "not_made"


_REASONS: Mapping[Seen, str] = {
    "made_good": "It lies there and is good.",
    "made_scrap": "It lies there and is scrap.",
    "not_made": "There is nothing.",
}


async def _scan_one(api: Api, work: Work, code: str) -> None:
    try:
        await api.scan(work.machine, work.job_order, code)
    except RefusedError as error:
        _log.info("%s: %s", work.machine, error)  # the wrong part goes back into its tote


def _split(code: str) -> tuple[str, str, str]:
    """Take a code apart: order, unit, step; what a second label adds is left out."""
    order, unit, step, *_ = (*code.split("/"), "", "")
    return order, unit, step


def _hands(work: Work) -> str:
    return f"finish {work.job_order}"


def _takes(work: Work, seed: int) -> int:
    share = chance("hands", seed, work.job_order)
    return work.takes_s * (_QUICKEST + int(share * (_SLOWEST - _QUICKEST + 1))) // 1000


def _walk(seed: int, where: str) -> int:
    shortest, longest = _WALK_S
    return shortest + int(chance("walk", seed, where) * (longest - shortest + 1))

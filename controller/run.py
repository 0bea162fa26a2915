"""The one loop: report, outcome, tick or request -> record -> decide -> record -> release effects."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from controller import events as e
from controller.books import Books
from controller.carry import carry_out
from controller.conclude import conclude
from controller.decide import ABSENT_S, decide
from controller.desk import Live, Person
from controller.effects import AskPlan, ConfirmJob, Effect, SubmitJob, key
from controller.fold import apply
from controller.insights import ClosingCard
from controller.invariant import invariant
from controller.journal import Draft
from controller.judge import judge, outdated
from controller.judged import Answered, Judged
from controller.once import again, kept, key_of
from controller.planning import Question
from controller.ports import Asked, Item, Outcome, Ports, Tick
from controller.proposal import Proposal
from controller.reconcile import heard
from controller.requests import (
    BeginHandWork,
    FinishHandWork,
    Refusal,
    RefusedRow,
    Reply,
    Request,
    Taken,
)
from controller.same_plant import refuse_another_plant
from controller.state import JobPhase, State
from controller.step import Step
from controller.stock.allocation import hand_out
from controller.tail import Tail
from controller.transient import Transient
from controller.waiting import waiting_for
from controller.wanted.proposing import Proposals, accept, compare, question_of, refused_wish
from controller.wanted.requests import AcceptProposal, DiscardProposal
from drivers import Command, Driver, JobState, LinkChange, Reading, Report, StationDriver
from scheduler import wishes

TICK_S = 30
"""Plant seconds after which the rules are asked again though nothing was heard: shifts, cut-offs."""

_FEW = 200
"""Open orders for which no rule takes long."""

_SHOWN = frozenset({JobPhase.ACCEPTED, JobPhase.RUNNING, JobPhase.HELD})
"""What a person sees at a terminal; an intent that was never answered may not have been shown."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a new journal begins: what second 0 is, where plant time stands, how fast it goes."""

    origin_utc: str
    plant_s: int = 0
    speed: int = 1


@dataclass(slots=True)
class Run:
    """One run of the controller over a plant; it is also the desk that pages and API work at."""

    ports: Ports
    state: State
    opening: Opening
    witness: Callable[[e.Stamped], None] = lambda _: None
    """Told of every recorded fact, for logs and counts; it decides nothing."""
    undelivered: Callable[[], bool] = lambda: False
    """Tells whether messages to other systems wait for a person's decision."""
    books: Books | None = None
    """What the closing card needs beside the journal; None where nobody asks for one."""
    transient: Transient = field(default_factory=Transient)
    live: dict[str, Live] = field(default_factory=dict[str, Live])
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the journal is folded."""
    _inbox: "asyncio.Queue[Item]" = field(default_factory=asyncio.Queue)
    _listeners: "set[asyncio.Queue[frozenset[str]]]" = field(default_factory=set)
    _tasks: asyncio.TaskGroup | None = None
    _proposals: Proposals = field(default_factory=Proposals)
    _tail: Tail = field(default_factory=Tail)
    _card: tuple[int, ClosingCard] | None = None

    async def work(self) -> None:
        """Run until cancelled; every point where it waits is one where a crash is harmless."""
        await self._open()
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for driver in self.ports.drivers.values():
                tasks.create_task(self._listen(driver))
            tasks.create_task(self._tick())
            await self._decide()
            while True:
                item = await self._inbox.get()
                await self._take(item)
                if not isinstance(item, Reading):
                    await self._decide()

    # The loop.

    async def _open(self) -> None:
        """Fold the journal, then say that a controller has begun."""
        events = await self.ports.journal.read()
        refuse_another_plant(self.state, events)
        for stamped in events:
            apply(self.state, stamped)
            self._tail.add(stamped)
        self.transient.epoch = self.ports.journal.epoch
        self.transient.undelivered = self.undelivered()
        plant, first = self.state.plant, list[e.Event]()
        if events:
            self._set_clock(*self.state.clock)
            if self.now_s() >= events[-1].at_s + ABSENT_S:
                self.transient.back_s = self.now_s()
        else:
            now = self.ports.clock.utc().isoformat()
            begin = self.opening
            first = [
                e.PlantOpened(plant=plant.name, digest=plant.digest, origin_utc=begin.origin_utc),
                e.ClockSet(utc=now, plant_s=begin.plant_s, speed=begin.speed),
            ]
        await self._record([*first, e.ControllerStarted(digest=plant.digest)])
        self._show_hand_work()
        self.opened.set()

    def _show_hand_work(self) -> None:
        """A terminal has no memory of its own: it shows again what the journal says it showed."""
        for job in self.state.jobs.values():
            driver = self.ports.drivers[job.intended.job.machine]
            if isinstance(driver, StationDriver) and job.phase in _SHOWN:
                state = JobState.ALLOWED_TO_START if job.state is None else job.state
                driver.adopt(job.intended.job, state, begun_s=job.started_s)

    async def _listen(self, driver: Driver) -> None:
        async for notice in driver.notices():
            self._inbox.put_nowait(notice)

    async def _tick(self) -> None:
        while True:
            await self.ports.clock.sleep_until(self.now_s() + TICK_S)
            self._inbox.put_nowait(Tick())

    async def _take(self, item: Item) -> None:
        """Turn one item into facts and record them."""
        match item:
            case Reading():
                self.live[item.machine] = Live(item, self.monotonic())
                self._tell(frozenset({f"machine:{item.machine}"}))
            case Report():
                if facts := list(heard(self.state, item)):
                    self.transient.checked.add(item.job_order)
                    await self._record(facts, actor=f"machine {item.machine}")
            case LinkChange():
                await self._relink(item)
            case Outcome():
                await self._record(conclude(self.state, self.transient, item, self.now_s()))
            case Asked():
                await self._answer(item)
            case Tick():
                self.transient.undelivered = self.undelivered()
                self._tell(frozenset({"clock"}))
            case _:
                assert_never(item)

    async def _relink(self, change: LinkChange) -> None:
        known = self.state.machines[change.machine]
        self.transient.relink(change.machine, known.job_order)
        actor = f"machine {change.machine}"
        if change.up:
            restored = e.LinkRestored(machine=change.machine, boot=change.boot, count=change.count)
            await self._record([restored], actor=actor)
        elif known.linked:
            lost = e.LinkLost(machine=change.machine, detail=change.detail)
            await self._record([lost], actor=actor)

    async def _answer(self, asked: Asked) -> None:
        key = key_of(asked.actor, asked.key) if asked.key else ""
        first = again(self.state, key, asked.request) if key else None
        if first is not None:
            _reply(asked, first)
            return
        judged = outdated(self.state, asked.expected) or self._judge(asked)
        if isinstance(judged, Refusal):
            _reply(asked, judged)
            return
        await self._remember(judged)
        self.transient.follow(asked.request, self.now_s())
        noted = [kept(key, asked.request, judged.says)] if key and judged.reply is None else []
        await self._record([*judged.facts, *noted], actor=asked.actor, station=asked.station)
        await self._tell_station(asked.request)
        _reply(asked, judged.reply or Taken(seq=self.state.seq, says=judged.says))

    def _judge(self, asked: Asked) -> Answered:
        request, now_s = asked.request, self.now_s()
        if not isinstance(request, AcceptProposal | DiscardProposal):
            utc, actor = self.ports.clock.utc(), asked.actor
            return judge(self.state, request, now_s=now_s, utc=utc, actor=actor)
        proposal = self._proposals.open.pop(request.number, None)
        if proposal is None:
            why = f"Proposal {request.number} is no longer open: accepted, discarded, or replaced."
            return Refusal(kind="unknown", why=why)
        self._tell(frozenset({"proposals"}))
        if isinstance(request, DiscardProposal):
            return Judged()
        return accept(self.state, proposal, now_s)

    async def _remember(self, judged: Judged) -> None:
        """Personal data goes beside the journal, before the facts that refer to it."""
        for order, person in judged.people.items():
            await self.ports.journal.remember_person(order, person)
        for order in judged.forget:
            await self.ports.journal.erase_person(order)
        if judged.refused:
            file = judged.refused[0][0]
            await self.ports.journal.remember_refusals(file, [row for _, row in judged.refused])

    async def _tell_station(self, request: Request) -> None:
        """A station's terminal shows what the journal says, so it learns of it after the fact."""
        if isinstance(request, BeginHandWork | FinishHandWork):
            command = Command.START if isinstance(request, BeginHandWork) else Command.STOP
            driver = self.ports.drivers[request.machine]
            await driver.command(command, request.job_order, "told by the person")

    async def _record(
        self, facts: list[e.Event], *, actor: str = "controller", station: str = ""
    ) -> None:
        """Append durably, then fold (architecture section 5)."""
        if not facts:
            return
        at_s, utc = self.now_s(), self.ports.clock.utc().isoformat()
        drafts = [
            Draft(event=fact, at_s=at_s, utc=utc, actor=actor, station=station) for fact in facts
        ]
        touched: set[str] = set()
        for stamped in await self.ports.journal.append(drafts):
            touched |= apply(self.state, stamped)
            self._tail.add(stamped)
            self._follow(stamped.event)
            self.witness(stamped)
        self._tell(frozenset(touched))

    def _follow(self, event: e.Event) -> None:
        """Keep what is not state in step with the facts."""
        if isinstance(event, e.ClockSet):
            self._set_clock(event.utc, event.plant_s, event.speed)
        elif isinstance(event, e.OrphanSettled):
            self.transient.forget.add((event.machine, event.job_order))
            self.transient.reconciled.discard(event.machine)

    def _set_clock(self, utc: str, plant_s: int, speed: int) -> None:
        self.ports.clock.set(datetime.fromisoformat(utc), plant_s, speed)

    async def _decide(self) -> None:
        """Ask the rules until no fact follows; each effect goes out after its own intent."""
        while steps := await self._steps():
            facts = [step.event for step in steps if step.event is not None]
            await self._record(facts)
            for step in steps:
                if step.effect is not None:
                    self._release(step.effect)
            if not facts:
                return

    async def _steps(self) -> tuple[Step, ...]:
        """Only this loop changes the state, so what takes long may be worked out piece by piece."""
        few = len(self.state.orders) <= _FEW
        for _ in hand_out(self.state):
            if not few:
                await asyncio.sleep(0)
        return decide(self.state, self.transient, self.now_s())

    def _release(self, effect: Effect) -> None:
        assert self._tasks is not None
        self._hold_to_the_rules(effect)
        self.transient.flying.add(key(effect))
        if isinstance(effect, AskPlan):
            self.transient.plan_asked = effect.demand
            self.transient.plan_asked_s = self.now_s()
            self.transient.improvable = effect.quick
            self.transient.back_s = None
        self._tasks.create_task(self._carry_out(effect))

    def _hold_to_the_rules(self, effect: Effect) -> None:
        match effect:
            case SubmitJob(job=job):
                known = self.state.jobs.get(job.id)
                meant = known is not None and known.intended.job == job
                invariant(meant, f"R1: {job.label} has no durable intent.")
                asked = job.machine in self.transient.reconciled
                invariant(asked, f"R7: {job.machine} was not asked what it holds.")
            case ConfirmJob(job_order=job_order):
                invariant(job_order not in self.state.jobs, "R8: a result is not safe yet.")
            case _:
                pass

    async def _carry_out(self, effect: Effect) -> None:
        self._inbox.put_nowait(await carry_out(effect, self.ports, self.state))

    def _tell(self, touched: frozenset[str]) -> None:
        for listener in self._listeners:
            listener.put_nowait(touched)

    # The desk.

    def now_s(self) -> int:
        """Return plant time."""
        return self.ports.clock.now_s()

    def monotonic(self) -> float:
        """Return real seconds, for ages."""
        return self.ports.clock.monotonic()

    async def ask(
        self,
        request: Request,
        *,
        actor: str,
        station: str = "",
        key: str = "",
        expected: Mapping[str, int] | None = None,
    ) -> Reply:
        """Have a request judged, recorded and answered."""
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait(Asked(request, actor, station, reply, key, expected or {}))
        return await reply

    async def propose(self, wish: wishes.Wish, *, actor: str) -> Proposal | Refusal:
        """Plan as if a wish were granted; only what is accepted counts."""
        now_s = self.now_s()
        why = refused_wish(self.state, wish, now_s)
        if why is not None:
            return Refusal(kind="wrong", why=why)
        question: Question = question_of(self.state, wish, now_s)
        answer = await self.ports.planner.propose(question)
        number = self._proposals.next(self.ports.journal.epoch)
        found = compare(self.state, answer, wish, number=number, by=actor, now_s=self.now_s())
        if isinstance(found, Refusal):
            return found
        self._proposals.open[number] = found
        self._tell(frozenset({"proposals"}))
        return found.proposal

    def proposals(self) -> tuple[Proposal, ...]:
        """Return the open proposals, oldest first."""
        return tuple(each.proposal for each in self._proposals.open.values())

    async def touched(self) -> AsyncIterator[frozenset[str]]:
        """Yield what changed since the last look, coalesced."""
        mine: asyncio.Queue[frozenset[str]] = asyncio.Queue()
        self._listeners.add(mine)
        try:
            while True:
                changed = await mine.get()
                while not mine.empty():
                    changed |= mine.get_nowait()
                yield changed
        finally:
            self._listeners.discard(mine)

    def why_waiting(self, machine: str) -> str:
        """Say in one sentence why a machine does not work."""
        return waiting_for(self.state, self.transient, machine, self.now_s())

    async def events(self, after: int = 0) -> tuple[e.Stamped, ...]:
        """Read the journal."""
        kept = self._tail.after(after)
        return await self.ports.journal.read(after) if kept is None else kept

    async def closing(self) -> ClosingCard:
        """Fold the journal into the closing card; the chain is walked once the day is closed."""
        assert self.books is not None
        if self._card is not None and self._card[0] == self.state.seq:
            return self._card[1]
        seq, verified = self.state.seq, None
        if self.state.closed_days:
            verified = (await self.ports.journal.verify()).broken is None
        card = await self.books.closing(await self.events(), verified=verified)
        self._card = (seq, card)
        return card

    def person(self, order: str) -> Person:
        """Look up the erasable table."""
        return self.ports.journal.person(order)

    def refused_rows(self) -> tuple[tuple[str, RefusedRow], ...]:
        """Return every row that was not taken, newest first."""
        return self.ports.journal.refusals()


def _reply(asked: Asked, reply: Reply) -> None:
    if not asked.reply.done():
        asked.reply.set_result(reply)

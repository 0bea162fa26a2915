"""What machines made in the last day, folded from the journal for the left side of the board."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from controller import events as e
from controller.desk import Desk
from controller.state import State
from controller.web.tail import catch_up
from controller.web.times import DAY_S
from drivers import JobOrder, JobState, Report, Submit, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBar:
    """A job order that is over."""

    told: JobOrder
    begin_s: int
    setup_s: int
    """Predicted seconds of changeover at its beginning."""
    end_s: int
    lost: bool
    """Nothing good came of it."""


@dataclass(slots=True)
class _Told:
    job: JobOrder
    begin_s: int
    setup_s: int
    started: bool = False


@dataclass(slots=True)
class Past:
    """A fold beside the state, fed from the journal; nothing else depends on it."""

    seq: int = 0
    bars: deque[PastBar] = field(default_factory=deque[PastBar])
    """By end; those that ended more than a day ago are dropped."""
    told: dict[str, _Told] = field(default_factory=dict[str, _Told])

    async def catch_up(self, desk: Desk) -> None:
        """Fold what was recorded since the last look, giving way on the way."""
        await catch_up(self, desk)
        _drop(self, desk.state)

    def fold(self, stamped: e.Stamped) -> None:
        """Take one event in."""
        _fold(self, stamped)

    def of_last_day(self, now_s: int) -> Iterator[PastBar]:
        """Yield what ended within the last day."""
        return (bar for bar in self.bars if bar.end_s > now_s - DAY_S)


def _drop(past: Past, state: State) -> None:
    while past.bars and past.bars[0].end_s <= state.at_s - DAY_S:
        past.bars.popleft()


def _fold(past: Past, stamped: e.Stamped) -> None:
    event = stamped.event
    match event:
        case e.JobIntended(job=job, setup_s=setup_s):
            past.told[job.id] = _Told(job, stamped.at_s, setup_s)
        case e.JobReported(report=report):
            _reported(past, stamped.at_s, report)
        case e.JobAnswered(job_order=job_order, answer=answer):
            if answer.outcome is Submit.REJECTED:
                past.told.pop(job_order, None)
        case e.JobProvenUnmade(job_order=job_order):
            past.told.pop(job_order, None)
        case e.DoubtDecided(job_order=job_order, verdict=verdict):
            if verdict == "not_made":
                past.told.pop(job_order, None)
            else:
                _close(past, job_order, stamped.at_s, lost=verdict != "made_good")
        case _:
            pass


def _reported(past: Past, at_s: int, report: Report) -> None:
    told = past.told.get(report.job_order)
    if report.state is JobState.RUNNING and told is not None and not told.started:
        told.begin_s, told.started = at_s, True
    elif report.state in {JobState.ENDED, JobState.ABORTED}:
        good = any(result.verdict is Verdict.GOOD for result in report.results)
        _close(past, report.job_order, at_s, lost=not good)


def _close(past: Past, job_order: str, end_s: int, *, lost: bool) -> None:
    told = past.told.pop(job_order, None)
    if told is not None:
        setup_s = min(told.setup_s, end_s - told.begin_s)
        past.bars.append(
            PastBar(told=told.job, begin_s=told.begin_s, setup_s=setup_s, end_s=end_s, lost=lost)
        )

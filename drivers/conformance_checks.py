"""What every machine must do, as a table of checks over a trial."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from drivers.conformance_bench import Bench, Trial, expect, said
from drivers.driver import JobOrder, JobState, Knowledge, LinkError, Submit, Verdict
from plant_config import Evidence

Check: TypeAlias = Callable[[Trial], Awaitable[None]]


async def gives_a_verdict_on_each_member(trial: Trial) -> None:
    """A submitted job order runs, ends, and says of every member what became of it, in order."""
    job = trial.fresh()
    await trial.accepted(job)
    await trial.reported(job, JobState.RUNNING, JobState.ENDED)
    report = await trial.finish(job)
    expect(report.state is JobState.ENDED, f"It is {report.state.value} at its end.")
    told = [result.operation for result in report.results]
    expect(told == [member.operation for member in job.members], f"The results are on {told}.")
    verdicts = {result.verdict for result in report.results}
    expect(verdicts <= {Verdict.GOOD, Verdict.SCRAP}, "It ended, but not everything was made.")
    _made_once(trial, job)
    await trial.clear(job)


async def refuses_a_repeated_id(trial: Trial) -> None:
    """The same job order again is a duplicate, while it runs and after it ended; nothing is made."""
    job = trial.fresh()
    await trial.accepted(job)
    for moment in ("while it runs", "after it ended"):
        answer = await trial.driver.submit(job)
        duplicate = answer.outcome is Submit.DUPLICATE
        expect(duplicate, f"The same job order {moment} is {said(answer)}.")
        await trial.finish(job)
    _made_once(trial, job)
    await trial.clear(job)


async def refuses_a_changed_recipe(trial: Trial) -> None:
    """A recipe that is not what its digest says is refused, and nothing is started."""
    job = trial.fresh()
    spoilt = replace(job, recipe_digest="0" * 64)
    answer = await trial.driver.submit(spoilt)
    expect(answer.outcome is Submit.REJECTED, f"A changed recipe is {said(answer)}.")
    expect(bool(answer.detail), "The refusal gives no reason.")
    finding = await trial.look_up(job)
    never = finding.knowledge is Knowledge.NEVER_SEEN
    expect(never or trial.bench.evidence is Evidence.NONE, f"It is {finding.knowledge.value}.")


async def refuses_before_it_is_cleared(trial: Trial) -> None:
    """Neither a running nor a full machine takes another job order."""
    job = trial.fresh()
    await trial.accepted(job)
    await trial.reported(job, JobState.RUNNING)
    for moment in ("while it runs", "before it is cleared"):
        answer = await trial.driver.submit(trial.fresh())
        refused = answer.outcome is Submit.REJECTED
        expect(refused, f"Another job order {moment} is {said(answer)}.")
        await trial.finish(job)
    await trial.clear(job)


async def keeps_the_result_until_it_is_cleared(trial: Trial) -> None:
    """A finished job order can be asked for until Clear, with its results (R8)."""
    job = trial.fresh()
    await trial.accepted(job)
    report = await trial.finish(job)
    finding = await trial.look_up(job)
    same = finding.report is not None and finding.report.results == report.results
    expect(finding.knowledge is Knowledge.OVER and same, f"It is {finding.knowledge.value}.")
    held = await trial.driver.held()
    if held is not None:
        expect(job.id in {entry.job_order for entry in held}, "It is not in the list.")
    await trial.clear(job)
    held = await trial.driver.held()
    if held is not None:
        expect(job.id not in {entry.job_order for entry in held}, "Clear leaves it in the list.")


async def knows_what_it_never_saw(trial: Trial) -> None:
    """A job order that was never sent is never seen where that can be proven, and else unprovable."""
    finding = await trial.look_up(trial.fresh())
    expect(finding.knowledge is _never(trial), f"It is {finding.knowledge.value}.")


async def finds_what_a_lost_reply_started(trial: Trial) -> None:
    """When the answer to a start is lost the outcome is unknown, and a look-up finds it out."""
    lose = trial.bench.lose_next_reply
    assert lose is not None
    job, ups = trial.fresh(), trial.ups
    lose()
    answer = await trial.driver.submit(job)
    expect(answer.outcome is Submit.UNKNOWN, f"A lost reply is {said(answer)}.")
    await trial.linked(ups + 1)
    finding = await trial.look_up(job)
    found = {Knowledge.HELD, Knowledge.OVER}
    if trial.bench.evidence is Evidence.NONE:
        found |= {Knowledge.UNPROVABLE}
    expect(finding.knowledge in found, f"What was started is {finding.knowledge.value}.")
    await trial.bench.after(4 * max(60, job.takes_s))
    if finding.knowledge is not Knowledge.UNPROVABLE:
        await trial.finish(job)
    _made_once(trial, job)
    await trial.clear(job)


async def survives_a_restart(trial: Trial) -> None:
    """Switched off in the middle it says so, and a ledger still knows what became of the batch."""
    restart = trial.bench.restart
    assert restart is not None
    job, ups, boot = trial.fresh(), trial.ups, trial.boot
    await trial.accepted(job)
    await trial.bench.after(max(1, job.takes_s // 2))
    await restart()
    await trial.linked(ups + 1)
    if trial.bench.evidence is not Evidence.NONE:
        expect(None not in (boot, trial.boot) and trial.boot != boot, "Its boot counter stays.")
    finding = await trial.look_up(job)
    if trial.bench.evidence is Evidence.LEDGER:
        report = finding.report
        expect(finding.knowledge is Knowledge.OVER, f"The batch is {finding.knowledge.value}.")
        complete = report is not None and len(report.results) == len(job.members)
        expect(complete, "The ledger has no verdict on each member.")
        await trial.clear(job)
    else:
        unsaid = finding.knowledge is not Knowledge.NEVER_SEEN
        expect(unsaid, "It claims never to have seen what it forgot.")
        await trial.bench.empty()


async def refuses_what_was_formed_before_a_restart(trial: Trial) -> None:
    """A late request that expects the boot before is refused (R4)."""
    restart = trial.bench.restart
    assert restart is not None
    job, ups = trial.fresh(), trial.ups
    await restart()
    await trial.linked(ups + 1)
    with contextlib.suppress(LinkError):  # that nothing was sent is as good
        answer = await trial.driver.submit(job)
        expect(answer.outcome is Submit.REJECTED, f"A stale job order is {said(answer)}.")
    _made_times(trial, job, 0)


def _never(trial: Trial) -> Knowledge:
    none = trial.bench.evidence is Evidence.NONE
    return Knowledge.UNPROVABLE if none else Knowledge.NEVER_SEEN


def _made_once(trial: Trial, job: JobOrder) -> None:
    _made_times(trial, job, 1)


def _made_times(trial: Trial, job: JobOrder, times: int) -> None:
    if trial.bench.made is not None:
        made = trial.bench.made(job.id)
        expect(made == times, f"It was made {made} times.")


def _always(_: Bench) -> str:
    return ""


def _where_it_dedupes(bench: Bench) -> str:
    return "" if bench.dedupes else "it does not refuse repeated ids"


def _where_replies_can_be_lost(bench: Bench) -> str:
    return "" if bench.lose_next_reply is not None else "the bench cannot lose a reply"


def _where_it_can_be_switched_off(bench: Bench) -> str:
    return "" if bench.restart is not None else "the bench cannot switch it off"


def _where_it_counts_boots(bench: Bench) -> str:
    if bench.evidence is Evidence.NONE:
        return "it counts no boots"
    return _where_it_can_be_switched_off(bench)


CHECKS: tuple[tuple[str, Callable[[Bench], str], Check], ...] = (
    ("gives a verdict on each member", _always, gives_a_verdict_on_each_member),
    ("refuses a repeated id", _where_it_dedupes, refuses_a_repeated_id),
    ("refuses a changed recipe", _always, refuses_a_changed_recipe),
    ("refuses before it is cleared", _always, refuses_before_it_is_cleared),
    ("keeps the result until it is cleared", _always, keeps_the_result_until_it_is_cleared),
    ("knows what it never saw", _always, knows_what_it_never_saw),
    (
        "finds what a lost reply started",
        _where_replies_can_be_lost,
        finds_what_a_lost_reply_started,
    ),
    ("survives a restart", _where_it_can_be_switched_off, survives_a_restart),
    (
        "refuses what was formed before a restart",
        _where_it_counts_boots,
        refuses_what_was_formed_before_a_restart,
    ),
)
"""Name, why it is left out (empty: it is not), check."""

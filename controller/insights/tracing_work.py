"""What machines and hands did for each order becomes its attempts and its story."""

from controller import events as e
from controller.insights.genealogy import Attempt, Kind, Lives, Use, order_id, tell
from drivers import JobState, UnitResult, Verdict


def take_work(lives: Lives, stamped: e.Stamped) -> None:
    """Fold one fact about a job order; others change nothing."""
    match stamped.event:
        case e.JobIntended():
            _intended(lives, stamped, stamped.event)
        case e.JobReported() | e.JobDoubted() | e.DoubtDecided() | e.JobProvenUnmade():
            _job(lives, stamped)
        case e.MachineCleared(machine=machine):
            for job_order in lives.machine_jobs.pop(machine, ()):
                lives.jobs.pop(job_order, None)
        case e.LotUsed(job_order=job_order, uses=uses):
            for operation, material, lot, quantity in uses:
                if (attempt := _made(lives, job_order, operation)) is not None:
                    attempt.uses.append(Use(material, lot, quantity))
        case _:
            _part(lives, stamped)


def _made(lives: Lives, job_order: str, operation: str) -> Attempt | None:
    """Find an attempt, also when its machine is cleared already."""
    life = lives.of.get(order_id(operation))
    found = [] if life is None else life.of(operation)
    return next((each for each in found if each.job_order == job_order), None)


def _part(lives: Lives, stamped: e.Stamped) -> None:
    """Fold what a person did with a part."""
    event = stamped.event
    match event:
        case e.PartScanned(job_order=job_order, operation=operation):
            for attempt in _same_order(lives, job_order, operation):
                attempt.scans.append((stamped.at_s, operation, stamped.actor))
        case e.ScanUndone(job_order=job_order, operation=operation):
            for attempt in _same_order(lives, job_order, operation):
                attempt.scans[:] = [scan for scan in attempt.scans if scan[1] != operation]
        case e.PartTaken(job_order=job_order, operation=operation, tote=tote):
            _handled(lives, stamped, job_order, operation, Kind.TAKEN, tote)
        case e.PartScrapped(job_order=job_order, operation=operation, reason=reason):
            _unmake(lives, stamped.at_s, job_order, (operation,), "scrap", reason)
            _handled(lives, stamped, job_order, operation, Kind.SPOILT, reason)
        case e.FinishUndone(job_order=job_order, operations=operations):
            _unmake(lives, stamped.at_s, job_order, operations, "not_made", "taken back")
            _handled(lives, stamped, job_order, operations[0], Kind.UNDONE, "")
        case _:
            pass


def _unmake(
    lives: Lives, at_s: int, job_order: str, operations: tuple[str, ...], verdict: str, why: str
) -> None:
    """What was called good is not."""
    for operation in operations:
        attempt = _made(lives, job_order, operation)
        if attempt is not None:
            _close(attempt, attempt.ended_s or at_s, verdict, why)


def _same_order(lives: Lives, job_order: str, operation: str) -> list[Attempt]:
    members = lives.jobs.get(job_order, {})
    return [each for name, each in members.items() if order_id(name) == order_id(operation)]


def _handled(
    lives: Lives, stamped: e.Stamped, job_order: str, operation: str, kind: Kind, detail: str
) -> None:
    attempt = _made(lives, job_order, operation)
    if attempt is not None:
        life = lives.of[order_id(operation)]
        lost = kind is Kind.SPOILT
        tell(
            life,
            stamped,
            kind,
            machine=attempt.machine,
            label=attempt.label,
            detail=detail,
            good=() if lost else (operation,),
            bad=(operation,) if lost else (),
        )


def _intended(lives: Lives, stamped: e.Stamped, event: e.JobIntended) -> None:
    job, mine = event.job, dict[str, Attempt]()
    for member in job.members:
        life = lives.of.get(order_id(member.operation))
        if life is None:
            continue
        attempt = Attempt(
            operation=member.operation,
            subject=member.subject,
            number=member.attempt,
            machine=job.machine,
            label=job.label,
            job_order=job.id,
            recipe=member.recipe,
            told_s=stamped.at_s,
        )
        life.attempts.append(attempt)
        mine[member.operation] = attempt
    lives.jobs[job.id] = mine
    lives.machine_jobs.setdefault(job.machine, []).append(job.id)


def _job(lives: Lives, stamped: e.Stamped) -> None:
    event = stamped.event
    match event:
        case e.JobReported(report=report):
            attempts = lives.jobs.get(report.job_order, {})
            if report.state is JobState.RUNNING:
                _began(lives, stamped, attempts)
            elif report.state in {JobState.ENDED, JobState.ABORTED}:
                _ended(lives, stamped, attempts, event)
        case e.JobDoubted(job_order=job_order, why=why):
            attempts = lives.jobs.get(job_order, {})
            for attempt in attempts.values():
                attempt.doubted = True
            _each(lives, stamped, attempts, Kind.DOUBTED, why)
        case e.DoubtDecided(job_order=job_order, verdict=verdict, reason=reason):
            attempts = lives.jobs.get(job_order, {})
            said = verdict.removeprefix("made_")
            for attempt in attempts.values():
                attempt.doubted, attempt.decided_by = False, stamped.actor
                _close(attempt, stamped.at_s, said, reason)
            words = f"{verdict.replace('_', ' ')}, “{reason}”"
            _each(lives, stamped, attempts, Kind.DECIDED, words)
        case e.JobProvenUnmade(job_order=job_order, evidence=evidence):
            attempts = lives.jobs.get(job_order, {})
            for attempt in attempts.values():
                _close(attempt, stamped.at_s, "not_made", evidence)
            _each(lives, stamped, attempts, Kind.UNMADE, evidence)
        case _:
            pass


def _began(lives: Lives, stamped: e.Stamped, attempts: dict[str, Attempt]) -> None:
    fresh = {name: each for name, each in attempts.items() if each.began_s is None}
    for attempt in fresh.values():
        attempt.began_s = stamped.at_s
        if stamped.actor.startswith("person"):
            attempt.actor, attempt.station = stamped.actor, stamped.station
    _each(lives, stamped, fresh, Kind.BEGUN, "")


def _ended(
    lives: Lives, stamped: e.Stamped, attempts: dict[str, Attempt], event: e.JobReported
) -> None:
    report = event.report
    results = {result.operation: result for result in report.results}
    live = {name: each for name, each in attempts.items() if not each.verdict}
    for name, attempt in live.items():
        result = results.get(name, UnitResult(name, Verdict.NOT_MADE))
        attempt.actuals = result.actuals
        if stamped.actor.startswith("person"):
            attempt.actor, attempt.station = stamped.actor, stamped.station
        _close(attempt, stamped.at_s, result.verdict.value, result.reason or report.detail)
    aborted = report.state is JobState.ABORTED
    _each(lives, stamped, live, Kind.ABORTED if aborted else Kind.FINISHED, report.detail)


def _close(attempt: Attempt, at_s: int, verdict: str, reason: str) -> None:
    attempt.ended_s, attempt.verdict = at_s, verdict
    attempt.reason = "" if verdict == Verdict.GOOD.value else reason


def _each(
    lives: Lives, stamped: e.Stamped, attempts: dict[str, Attempt], kind: Kind, detail: str
) -> None:
    """Tell each order of the batch, once for all of its members."""
    by_order: dict[str, list[Attempt]] = {}
    for name, attempt in attempts.items():
        by_order.setdefault(order_id(name), []).append(attempt)
    for order, mine in by_order.items():
        life = lives.of.get(order)
        if life is not None:
            tell(
                life,
                stamped,
                kind,
                machine=mine[0].machine,
                label=mine[0].label,
                detail=detail,
                good=tuple(each.operation for each in mine if each.verdict in {"", "good"}),
                bad=tuple(each.operation for each in mine if each.verdict not in {"", "good"}),
            )

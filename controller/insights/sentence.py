"""What went wrong on a day and what came of it, in one honest sentence."""

from controller.insights.day import counted
from controller.insights.history import History, Run, scrap_by_operation
from controller.names import wall_clock
from drivers import Verdict
from plant_config import Plant

_NAMED = 3
"""As many late orders are named; more are counted."""


def what_went_wrong(
    history: History, plant: Plant, due: tuple[str, ...], span: tuple[int, int]
) -> str:
    """Name stops, scrap, doubts, restarts and lost links, then say what it meant for the orders."""
    runs = [run for run in history.runs.values() if span[0] < run.intended_s <= span[1]]
    clauses = [
        *_stops(history, plant, runs),
        *_scrap(history, runs),
        *_doubts(runs),
        *_restarts(history, span),
        *_losses(history, span),
    ]
    if not clauses:
        clauses = ["nothing failed, nothing was scrapped and nothing was in doubt"]
    said = "; ".join([*clauses, _outcome(history, due)])
    return f"{said[0].upper()}{said[1:]}."


def _stops(history: History, plant: Plant, runs: list[Run]) -> list[str]:
    stopped = [run for run in runs if run.aborted is not None]
    if not stopped:
        return []
    first = min(stopped, key=lambda run: run.ended_s or 0)
    at = wall_clock(history.origin_utc, plant.timezone, first.ended_s or 0)
    job = first.intended.job
    parts = counted(len(job.members), "part")
    more = "" if len(stopped) == 1 else f", and machines stopped {_times(len(stopped) - 1)} more"
    return [f"{job.machine} stopped at {at:%H:%M} with {parts} on it{more}"]


def _scrap(history: History, runs: list[Run]) -> list[str]:
    spoilt = scrap_by_operation(runs)
    count = sum(spoilt.values())
    if not count:
        return []
    ended_s = _last_verdicts(history)
    # An operation that was spoilt and is good in the end was made again.
    again = sum(times for name, times in spoilt.items() if ended_s.get(name) is Verdict.GOOD)
    was = "was" if count == 1 else "were"
    if again == count:
        return [f"{counted(count, 'part')} {was} scrapped and made again"]
    return [f"{counted(count, 'part')} {was} scrapped, {again} of {count} made again so far"]


def _last_verdicts(history: History) -> dict[str, Verdict]:
    last: dict[str, Verdict] = {}
    for run in sorted(history.runs.values(), key=lambda run: run.ended_s or 0):
        last |= {result.operation: result.verdict for result in run.results}
        if run.decided:
            said = {"made_good": Verdict.GOOD, "made_scrap": Verdict.SCRAP}
            verdict = said.get(run.decided, Verdict.NOT_MADE)
            last |= {member.operation: verdict for member in run.intended.job.members}
    return last


def _doubts(runs: list[Run]) -> list[str]:
    doubted = [run for run in runs if run.doubted]
    if not doubted:
        return []
    decided = sum(bool(run.decided) for run in doubted)
    was = "was" if len(doubted) == 1 else "were"
    what = f"{counted(len(doubted), 'job order')} {was} in doubt"
    if decided == len(doubted):
        return [
            f"{what} and a person said what became of it"
            if decided == 1
            else f"{what} and answered"
        ]
    return [f"{what}, {len(doubted) - decided} not answered yet"]


def _restarts(history: History, span: tuple[int, int]) -> list[str]:
    # The first start opens the journal and is no restart.
    restarts = sum(span[0] < at_s <= span[1] for at_s in history.starts_s[1:])
    return [f"the controller was started again {_times(restarts)}"] if restarts else []


def _losses(history: History, span: tuple[int, int]) -> list[str]:
    lost = [machine for at_s, machine in history.losses if span[0] < at_s <= span[1]]
    if not lost:
        return []
    machines = set(lost)
    if len(machines) == 1:
        return [f"the link to {lost[0]} was lost {_times(len(lost))}"]
    return [f"links to {len(machines)} machines were lost {_times(len(lost))} in all"]


def _outcome(history: History, due: tuple[str, ...]) -> str:
    never = 2**62
    late = [
        name
        for name in due
        if min(history.packed_s.get(name, never), history.last_s)
        > history.accepted[name].order.due_s
        or (name not in history.packed_s and history.last_s == history.accepted[name].order.due_s)
    ]
    if not late:
        open_still = any(name not in history.packed_s for name in due)
        return "no order is late so far" if open_still else "every order was packed in time"
    if len(late) > _NAMED:
        return f"{len(late)} orders missed their cut-off"
    if len(late) == 1:
        return f"order {late[0]} missed its cut-off"
    return f"orders {', '.join(late[:-1])} and {late[-1]} missed their cut-off"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")

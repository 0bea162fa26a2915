"""What belongs together at a join: the parts that it needs, which of them are there, which come next."""

from collections.abc import Collection, Iterator, Sequence

from controller.identity.codes import PartCode
from controller.identity.parts import label_code, labels_of, part_now
from controller.names import order_of
from controller.state import Job, State
from drivers import UnitResult, Verdict


def scans_at(state: State, machine: str) -> bool:
    """Tell whether parts are scanned at this hand station before they are joined."""
    installed = state.plant.machines[machine]
    return installed.link.kind == "station" and state.plant.groups[installed.group].scans


def expected(state: State, job: Job, members: Collection[str] | None = None) -> tuple[str, ...]:
    """Return the operations whose parts go into a job order, in the order of the bill of process."""
    if not scans_at(state, job.intended.job.machine):
        return ()
    found: dict[str, None] = {}
    for member in job.intended.job.members:
        order = member.operation.partition("/")[0]
        if order in state.orders and (members is None or member.operation in members):
            found.update(dict.fromkeys(_before(state, member.operation)))
    return tuple(found)


def _before(state: State, operation: str) -> Iterator[str]:
    routing = order_of(state, operation).routing
    needed = set(routing.graph.predecessors(operation))
    yield from (name for name in routing.operations if name in needed)


def missing(state: State, job: Job) -> tuple[str, ...]:
    """Return the parts that are still to be scanned."""
    return tuple(name for name in expected(state, job) if name not in job.scanned)


def codes_to_scan(state: State, job: Job) -> tuple[str, ...]:
    """Return the codes that are still to be scanned, as their labels have them."""
    return tuple(label_code(state, name) for name in missing(state, job))


def stands_for(state: State, job: Job, code: PartCode) -> str:
    """Return the expected part that a label stands for; empty when it is none of them."""
    if state.work[code.operation].attempt != code.attempt:
        return ""
    wanted = expected(state, job)
    if code.operation in wanted:
        return code.operation
    labelled = (name for name in wanted if code.operation in labels_of(state, name))
    return next(labelled, "")


def nearest(state: State, job: Job, scanned: str) -> str:
    """Return the missing part that was most likely meant: same step and side, same step, the first."""
    left = missing(state, job)
    done = order_of(state, scanned).routing.operations[scanned]
    alike = [name for name in left if name.rpartition("/")[2] == done.step]
    sided = [name for name in alike if _side(name) == _side(scanned)]
    return next(iter(sided or alike or left), "")


def _side(operation: str) -> str:
    return operation.rpartition("/")[0].partition("/")[2].partition(".")[2]


def not_scanned(state: State, job: Job, results: Sequence[UnitResult]) -> str | None:
    """Say which part of what is called good was not scanned; None when all were."""
    good = {result.operation for result in results if result.verdict is Verdict.GOOD}
    left = [name for name in expected(state, job, good) if name not in job.scanned]
    if not left:
        return None
    more = f" and {len(left) - 1} more" if len(left) > 1 else ""
    first = part_now(state, left[0])
    are = "are" if more else "is"
    name = f"{first.name[:1].upper()}{first.name[1:]}{more}"
    return f"{name} {are} not scanned. Scan {first.name} first: {first.where}."

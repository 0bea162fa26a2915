"""Sequences in which buffers empty again: one order's parts after another's, where they lie together."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from scheduler.buffers import NO_BUFFER
from scheduler.decode import may_run
from scheduler.full import needs_of
from scheduler.indexed import NEVER_S, Batch, Indexed, Rows, facts_of, in_order
from scheduler.placing import Board, UnplannableError, latest_ends, place_all, sequences

MOST_LEADS = 8
"""Orders that are tried as the first one."""


WAVES = (400, 200, 100)
"""Per cent of the room in buffers that orders which are placed together may need, all at once; beyond
100 it shows only in the end whether there is room. Source: trial."""


def in_waves(indexed: Indexed, thrift: int, *, lax: bool) -> Iterator[Rows]:
    """Yield sequences in which orders come in waves: those due first, as many as find room together, and
    behind all of these the next. Batches hold work of one wave only; `lax` as on a board."""
    order = in_order(indexed)
    latest = latest_ends(indexed, order)
    for percent in WAVES:
        board = Board(indexed, latest, thrift, lax=lax)
        try:
            for wave in _waves(indexed, percent):
                place_all(board, wave)
                board.settle()
            place_all(board)
        except UnplannableError:
            continue
        yield sequences(board)


def _waves(indexed: Indexed, percent: int) -> Iterator[set[int]]:
    """Part orders so that what lies in any buffer is not more than this of its room: those first of which
    something lies there already, and then as they are due."""
    buffers = indexed.buffers
    needs: dict[int, Counter[int]] = {}
    for task, after in enumerate(indexed.after):
        for buffer in {buffers.of[machine] for machine in indexed.takes[task]} if after else ():
            needs.setdefault(indexed.order_of[task], Counter())[buffer] += buffer != NO_BUFFER
    lying: dict[int, Counter[int]] = {}
    there: Counter[int] = Counter(each.buffer for each in buffers.lying)
    for each in buffers.lying:
        for order in {indexed.order_of[task] for task in each.takers[-1:]}:
            lying.setdefault(order, Counter())[each.buffer] += 1
    wave, taken = set[int](), there.copy()
    orders = needs.keys() | lying.keys()
    for order in sorted(orders, key=lambda o: (o not in lying, o in needs, indexed.due_s[o], o)):
        more = needs.get(order, Counter())
        if any(100 * (taken[b] + n) > percent * buffers.places[b] for b, n in more.items() if n):
            yield wave
            wave, taken = set(), there.copy()
        wave.add(order)
        taken += more
        there -= lying.get(order, Counter())
    yield wave


@dataclass(slots=True)
class _Line:
    """Tasks in an order in which they can run one by one, and their machines."""

    indexed: Indexed
    taken: list[int]
    waits: dict[int, int]
    """Result -> how many open tasks wait for it that have not run. Frozen work is numbered from -1 down."""
    where: dict[int, int]
    """Result -> its buffer."""
    free: list[int]
    end: dict[int, int] = field(default_factory=dict[int, int])
    """Task -> about when it ends, as they come."""
    machine: dict[int, int] = field(default_factory=dict[int, int])


def emptied(indexed: Indexed, rows: Rows) -> Iterator[Rows]:
    """Yield the same batches in such an order, and then each task by itself; the orders that are due first
    come first, and then, for rules that stand against that, one or another before them. Nothing where no
    order of tasks is found in which there is always room."""
    orders = sorted(range(len(indexed.due_s)), key=lambda order: (indexed.due_s[order], order))
    for leads in orders[:MOST_LEADS]:
        line = _line(indexed, leads)
        if line is not None:
            rank = {task: number for number, task in enumerate(line.machine)}
            yield [_ranked(row, rank) for row in rows]
            alone: Rows = [[] for _ in rows]
            for task, machine in line.machine.items():
                alone[machine].append((task,))
            yield alone


def _ranked(row: list[Batch], rank: dict[int, int]) -> list[Batch]:
    """Sort batches by the last of their members."""
    return sorted(row, key=lambda batch: max(rank[task] for task in batch))


def _line(indexed: Indexed, leads: int) -> _Line | None:
    """Take the order that is due first of which all parts find room, with all that leads to it; `leads`
    before all others."""
    buffers = indexed.buffers
    line = _Line(
        indexed=indexed,
        taken=[0] * len(buffers.places),
        waits={-1 - n: len(lying.takers) for n, lying in enumerate(buffers.lying)},
        where={-1 - n: lying.buffer for n, lying in enumerate(buffers.lying)},
        free=[indexed.now_s] * len(indexed.machine_ids),
    )
    for lying in buffers.lying:
        line.taken[lying.buffer] += 1
    needs = needs_of(indexed)
    left = sorted(
        range(len(indexed.task_ids)),
        key=lambda t: (
            bool(indexed.after[t]),
            indexed.order_of[t] != leads,
            indexed.due_s[indexed.order_of[t]],
            t,
        ),
    )
    while left:
        # What more than one waits for leaves only with the last of them: any task may be next.
        found = next((way for task in left if (way := _with_all(line, needs, task))), None)
        if found is None:
            return None
        line = found
        left = [task for task in left if task not in line.machine]
    return line


def _with_all(line: _Line, needs: list[Batch], last: int) -> _Line | None:
    """Return the line with a task and all that leads to it; None where that finds no room."""
    tried = _Line(
        line.indexed,
        list(line.taken),
        dict(line.waits),
        dict(line.where),
        list(line.free),
        dict(line.end),
        dict(line.machine),
    )
    for task in _leading(line, last):
        if not _runs(tried, needs[task], task):
            return None
    return tried


def _leading(line: _Line, last: int) -> list[int]:
    """Return what has not run of all that leads to a task, each behind what it waits for."""
    order: list[int] = []
    seen: set[int] = set()
    agenda = [(last, False)]
    while agenda:
        task, is_ready = agenda.pop()
        if is_ready:
            order.append(task)
        elif task not in seen and task not in line.machine:
            seen.add(task)
            agenda.append((task, True))
            agenda += [(earlier, False) for earlier in line.indexed.before[task]]
    return order


def _runs(line: _Line, needs: Batch, task: int) -> bool:
    """Put a task on the machine where it ends first of those whose buffer has room."""
    indexed, buffers = line.indexed, line.indexed.buffers
    for each in needs:
        if each in line.where:
            line.waits[each] -= 1
            line.taken[line.where[each]] -= line.waits[each] == 0
    ready = max([indexed.earliest[task], *(line.end[t] for t in indexed.before[task])])
    best: tuple[int, int] | None = None
    batch: Batch = (task,)
    for machine in indexed.takes[task]:
        buffer = buffers.of[machine]
        lies = buffer != NO_BUFFER and bool(indexed.after[task])
        full = lies and line.taken[buffer] >= buffers.places[buffer]
        if not full and may_run(indexed, machine, batch):
            end = max(line.free[machine], ready) + facts_of(indexed, machine, batch)[1]
            best = min(best or (NEVER_S, 0), (end, machine))
    if best is None:
        return False
    end, machine = best
    line.machine[task], line.end[task] = machine, end + indexed.rest[task]
    line.free[machine] = end
    if buffers.of[machine] != NO_BUFFER and indexed.after[task]:
        line.waits[task], line.where[task] = len(indexed.after[task]), buffers.of[machine]
        line.taken[buffers.of[machine]] += 1
    return True

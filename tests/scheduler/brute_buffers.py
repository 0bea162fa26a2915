"""Buffers for brute force: every order in which results come to a buffer is tried.

With that order given, a batch ends once so few of the results before it are left that there is room; what
is taken only after the batch itself has ended counts as left for ever. Written from `Problem.buffers`, and
shares no code with the engine.
"""

from itertools import product

EVER = 1 << 40


def orders(world, cycles, found, merges):
    """Yield buffer -> keys in the order in which they come: (machine, position) or the name of what runs;
    nothing is ordered where everything has room anyway. `found` are ends and setups without buffers."""
    problem = world.problem
    if not problem.buffers:
        yield {}
        return
    if has_room(problem, cycles, found[0]):
        yield {}
        return
    rows = {}
    for row in cycles:
        buffer = problem.resources[row[0].machine].buffer
        keys = [(c.machine, at) for at, c in enumerate(row) if _lies(problem, c)]
        if buffer and keys:
            rows.setdefault(buffer, []).append(keys)
    for name, buffer in problem.frozen.lies.items():
        if name not in problem.frozen.done:
            rows.setdefault(buffer, []).append([name])
    for chosen in product(*(list(merges(each)) for each in rows.values())):
        yield dict(zip(rows, chosen, strict=True))


def _lies(problem, cycle):
    return [n for n in cycle.tasks if any(n in t.after for t in problem.tasks.values())]


def has_room(problem, cycles, ends):
    """Count second by second, at all seconds in which something comes."""
    starts = {n: ends[n] - c.takes_s for row in cycles for c in row for n in c.tasks}
    running = {n: s.end_s for s in problem.frozen.running for n in s.operations}
    stays = {}
    for row in cycles:
        for cycle in row:
            buffer = problem.resources[cycle.machine].buffer
            for name in _lies(problem, cycle) if buffer else ():
                stays.setdefault(buffer, []).append((ends[name], _left(problem, name, starts), 1))
    for name, buffer in problem.frozen.lies.items():
        stay = (running.get(name, -EVER), _left(problem, name, starts), 0)
        stays.setdefault(buffer, []).append(stay)
    for buffer, rows in stays.items():
        for at, _, _ in rows:
            there = [row for row in rows if row[0] <= at <= row[1]]
            if len(there) > problem.buffers[buffer] and any(row[2] for row in there):
                return False
    return True


def _left(problem, name, starts):
    return max(
        (starts.get(t.id, 0) for t in problem.tasks.values() if name in t.after), default=EVER
    )


def behind(problem, cycles):
    """Return (machine, position) -> tasks that can only start once the batch there has ended."""
    at = {n: (k, i) for k, row in enumerate(cycles) for i, c in enumerate(row) for n in c.tasks}
    follows = {key: set() for key in set(at.values())}
    for name, (k, i) in at.items():
        if i + 1 < len(cycles[k]):
            follows[k, i].add((k, i + 1))
        for task in problem.tasks.values():
            if name in task.after:
                follows[k, i].add(at[task.id])
    found = {}
    for key, after in follows.items():
        agenda, seen = list(after), set()
        while agenda:
            each = agenda.pop()
            if each not in seen:
                seen.add(each)
                agenda += follows[each]
        k, i = key
        names = {n for j, m in seen for n in cycles[j][m].tasks}
        found[cycles[k][i].machine, i] = names
    return found


def ends_at_least(world, cycles, queue, ends, later):
    """Return (machine, position) -> second before which a batch finds no room, or None where running
    work finds none because of what is planned."""
    problem, least = world.problem, {}
    cycle_at = {(c.machine, at): c for row in cycles for at, c in enumerate(row)}
    starts = {n: ends[n] - c.takes_s for c in cycle_at.values() for n in c.tasks if n in ends}
    running = {n: s.end_s for s in problem.frozen.running for n in s.operations}
    for buffer, keys in queue.items():
        places = problem.buffers[buffer]
        before = [
            n for n, b in problem.frozen.lies.items() if b == buffer and n in problem.frozen.done
        ]
        for key in keys:
            if isinstance(key, str):
                there = [n for n in before if _left(problem, n, starts) >= running[key]]
                if len(there) + 1 > places and any(n in problem.tasks for n in there):
                    return None
                before.append(key)
                continue
            comes = _lies(problem, cycle_at[key])
            takers = {n: [t for t in problem.tasks if n in problem.tasks[t].after] for n in before}
            gone = sorted(
                EVER
                if not takers[n] or later[key].intersection(takers[n])
                else _left(problem, n, starts)
                for n in before
            )
            most = places - len(comes)
            if most < 0:
                return None
            if len(gone) > most:
                least[key] = gone[len(gone) - most - 1] + 1
            before += comes
    return least

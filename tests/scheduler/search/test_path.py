"""What tabu search sees of a plan: the best place of all that a critical task may go to, and no other."""

from floors import plain_problems, wide_problem
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.search.dispatch import dispatch
from scheduler.search.graph import build, empty_graph, makespan_of
from scheduler.search.path import NOTHING, TASK, VALUE, Limits, new_memory, tabu
from scheduler.search.pool import FREE, LARGE, LOOSE, TIGHT, settings_of
from scheduler.search.rules import Rule
from scheduler.search.shop import to_shop

ONE = Limits(moves=1, idle=1, target=0, tenure=1, spread=1)


def critical_path(shop, graph, memory):
    """Return the tasks that were looked at, each of which begins when the next one ends."""
    path = [int(memory.critical[0])]
    while True:
        x = path[-1]
        start = graph.end[x] - graph.takes[x]
        earlier = set(shop.before[shop.before_ptr[x] : shop.before_ptr[x + 1]].tolist())
        earlier.add(int(graph.row[graph.place[x] - 1]))
        following = int(memory.critical[len(path)]) if len(path) < shop.tasks else -1
        if start == 0 or following not in earlier or graph.end[following] != start:
            return path
        path.append(following)


def rows_without(shop, graph, v):
    """Return each machine's tasks without v, with their ends and rests when v leaves no gap."""
    for k in range(shop.machines):
        begin = int(shop.row_ptr[k])
        row = [int(x) for x in graph.row[begin + 1 : begin + 1 + graph.length[k]]]
        if v not in row:
            yield k, row, [int(graph.end[x]) for x in row], [int(graph.rest[x]) for x in row]
            continue
        gone = row.index(v)
        row.remove(v)
        ends, rests = [int(graph.end[x]) for x in row], [int(graph.rest[x]) for x in row]
        for at in range(gone, len(row)):
            clear = ends[at - 1] if at else int(shop.free[k])
            ends[at] = max(int(graph.ready[row[at]]), clear) + int(graph.takes[row[at]])
        for at in range(gone - 1, -1, -1):
            behind = rests[at + 1] if at + 1 < len(row) else 0
            rests[at] = max(int(graph.tail[row[at]]), behind) + int(graph.takes[row[at]])
        yield k, row, ends, rests


def places(shop, graph, v):
    """Yield the length of the path through v at every other place at which no cycle can close."""
    ready, tail = int(graph.ready[v]), int(graph.tail[v])
    takes = {
        int(shop.mode_machine[mode]): int(shop.mode_takes[mode])
        for mode in range(int(shop.mode_ptr[v]), int(shop.mode_ptr[v + 1]))
    }
    own = int(graph.place[v]) - int(shop.row_ptr[graph.machine[v]]) - 1
    for k, row, ends, rests in rows_without(shop, graph, v):
        for at in range(len(row) + 1):
            if k not in takes or (k == graph.machine[v] and at == own):
                continue
            if at and not (ends[at - 1] <= ready or rests[at - 1] > tail):
                continue
            if at < len(row) and not (ends[at] > ready or rests[at] <= tail):
                continue
            early = ends[at - 1] if at else int(shop.free[k])
            late = rests[at] if at < len(row) else 0
            yield max(ready, early) + takes[k] + max(tail, late)


@settings(deadline=None, max_examples=150)
@given(plain_problems(longest=9), st.sampled_from(list(Rule)), st.integers(0, 99))
def test_of_all_places_of_all_critical_tasks_the_best_is_chosen(problem, rule, seed):
    shop = to_shop(problem)
    plan = dispatch(shop, rule, 0.6, seed)
    graph, memory = empty_graph(shop), new_memory(shop, seed)
    tabu(shop, plan, graph, memory, ONE)
    if not memory.counts[0]:
        return
    build(shop, plan, graph)
    looked_at = critical_path(shop, graph, memory)
    assert graph.end[looked_at[0]] == makespan_of(graph)
    best = min((value for v in looked_at for value in places(shop, graph, v)), default=NOTHING)
    assert memory.choice[VALUE] == best
    assert (memory.choice[TASK] in looked_at) == (best < NOTHING)


def test_settings_follow_choice_and_size():
    def shop(tasks, machines):
        return to_shop(wide_problem(tasks, machines))

    assert settings_of(shop(60, 1), 0) == settings_of(shop(LARGE, 1), 1) == TIGHT
    assert (settings_of(shop(60, 3), 4), settings_of(shop(60, 3), 5)) == FREE
    assert (settings_of(shop(LARGE, 3), 4), settings_of(shop(LARGE, 3), 5)) == LOOSE

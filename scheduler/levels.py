"""In which order machines are decoded that share people: whoever feeds others goes first."""

from collections.abc import Iterable, Mapping, Sequence

from scheduler.pools import NO_POOL, Pools


def levels_of(
    takes: Sequence[Mapping[int, int]],
    before: Sequence[Sequence[int]],
    group_of: Sequence[int],
    crews: Sequence[int],
    pools: Pools,
) -> tuple[int, ...]:
    """Return a level for each machine, above those of all machines that feed it. Machines that share
    tasks, a crew or a pool are of one level; those that feed each other, and all behind them, of the
    last one."""
    part = _parts(len(group_of), takes, group_of, crews, pools)
    feeds: dict[int, set[int]] = {}
    fed_by: dict[int, set[int]] = {number: set() for number in part}
    at = [part[next(iter(own))] if own else NO_POOL for own in takes]
    for task, row in enumerate(before):
        for earlier in row:
            if NO_POOL not in (at[earlier], at[task]):
                feeds.setdefault(at[earlier], set()).add(at[task])
                fed_by[at[task]].add(at[earlier])
    left = {number: len(row) for number, row in fed_by.items()}
    level = dict.fromkeys(left, len(left))
    agenda = [number for number, count in left.items() if count == 0]
    level |= dict.fromkeys(agenda, 0)
    for number in agenda:
        for other in feeds.get(number, ()):
            left[other] -= 1
            if left[other] == 0:
                level[other] = 1 + max(level[each] for each in fed_by[other])
                agenda.append(other)
    return tuple(level[number] for number in part)


def _parts(
    machines: int,
    takes: Iterable[Mapping[int, int]],
    group_of: Sequence[int],
    crews: Sequence[int],
    pools: Pools,
) -> list[int]:
    """Return for each machine the least machine that it is tied to."""
    root = list(range(machines))

    def tie(members: Iterable[int]) -> None:
        found = set()
        for member in members:
            at = member
            while root[at] != at:
                at = root[at]
            found.add(at)
        for at in found:
            root[at] = min(found)

    for own in {tuple(own) for own in takes}:
        tie(own)
    for group, people in enumerate(crews):
        tie(k for k in range(machines) if people and group_of[k] == group)
    for pool in range(len(pools.units)):
        tie(k for k in range(machines) if pools.of[k] == pool)
    for machine, at in enumerate(root):
        # Roots are never above what hangs on them, so those below are settled.
        root[machine] = root[at]
    return root

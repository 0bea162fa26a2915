"""Setups as tables: where every task has a family of its own, a name for each pair takes too much room."""

from collections.abc import Iterator, Mapping, Sequence

from scheduler.problem import Setup

Key = tuple[str, str, str]


class SetupTables(Mapping[Key, Setup]):
    """(group, family before, family after) -> setup, looked up in a table of seconds for each group."""

    def __init__(
        self, names: Sequence[str], seconds: Mapping[str, Sequence[Sequence[int]]]
    ) -> None:
        self.names = tuple(names)
        self.seconds = seconds
        self._number = {name: n for n, name in enumerate(names)}

    def __getitem__(self, key: Key) -> Setup:
        group, before, after = key
        takes_s = self.seconds[group][self._number[before]][self._number[after]]
        if not takes_s:
            raise KeyError(key)
        return Setup(takes_s)

    def __iter__(self) -> Iterator[Key]:
        for group, rows in self.seconds.items():
            for before, row in zip(self.names, rows, strict=True):
                for after, takes_s in zip(self.names, row, strict=True):
                    if takes_s:
                        yield group, before, after

    def __len__(self) -> int:
        return sum(
            takes_s != 0 for rows in self.seconds.values() for row in rows for takes_s in row
        )

    def __bool__(self) -> bool:
        return any(any(row) for rows in self.seconds.values() for row in rows)

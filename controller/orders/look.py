"""All that is slow about a file of orders, in one function that a child process runs."""

import contextlib
import resource
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from controller.orders.cells import Sheet, UnreadableError
from controller.orders.foreign import own_lines
from controller.orders.mapping import ColumnMap, fitting, head_of
from controller.orders.open_file import Upload, open_file
from controller.orders.propose import certain, propose
from controller.orders.ready import Examined, examine
from controller.orders.table import column_name, columns_of, table_of
from plant_config import Plant

_MORE_MEMORY = 1024**3
"""Bytes that reading a file may take; one that wants more is no file of orders."""

_SAMPLE = 3
_TOLD = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A file, and how it is meant to be read."""

    upload: Upload
    saved: tuple[ColumnMap, ...] = ()
    """Maps to choose from by the file's head."""
    chosen: ColumnMap | None = None
    """The map that a person or a setting names."""
    explain: bool = False
    """A person wants to see what the columns could mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A file of orders, read and judged by itself."""

    examined: Examined
    used: ColumnMap | None = None
    """The map that was named, or found by the head."""
    shown: ColumnMap | None = None
    """What the rows were read as, for a person to change."""
    ours: bool = False
    """Every column is called as the plant calls it."""
    head: tuple[str, ...] = ()
    samples: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Column -> its first values."""


def look(asking: Asking, plant: Plant) -> Looked:
    """Read a file and judge its rows. Bad content never raises."""
    try:
        sheet = open_file(asking.upload)
    except UnreadableError as error:
        return Looked(examined=Examined(refused=(error.row,)))
    used = asking.chosen or fitting(asking.saved, sheet)
    reads_as = used or certain(sheet, plant)
    head = head_of(sheet)
    ours = {column_name(name) for name in head if name} <= set(columns_of(plant))
    if not asking.explain:
        return Looked(examined=_examined(sheet, plant, reads_as), used=used)
    shown = used or propose(sheet, plant)
    # A person sees at once what the proposal would come to; nobody imports by a proposal.
    reads_as = used or (None if ours else shown)
    return Looked(
        examined=_examined(sheet, plant, reads_as),
        used=used,
        shown=shown,
        ours=ours,
        head=head,
        samples={column: _sample(sheet, at) for at, column in enumerate(head) if column},
    )


def _examined(sheet: Sheet, plant: Plant, column_map: ColumnMap | None) -> Examined:
    ours, left = own_lines(sheet, plant, column_map)
    if left and len(left) == len(sheet.lines) - 1:
        return Examined(left_alone=left, rows=len(left))
    return replace(examine(table_of(ours, plant, column_map), plant), left_alone=left)


def look_within_limits(tell: Callable[[object], None], asking: Asking, plant: Plant) -> Looked:
    """The same for a process of its own: a file that unpacks without end ends only that process.

    What can be made is told in parts, so that whoever hears it is never busy for long."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + _MORE_MEMORY
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    looked = look(asking, plant)
    ready = looked.examined.ready
    for first in range(0, len(ready), _TOLD):
        tell(ready[first : first + _TOLD])
    return replace(looked, examined=replace(looked.examined, ready=()))


def _sample(sheet: Sheet, at: int) -> tuple[str, ...]:
    cells = (line[at].strip() for line in sheet.lines if at < len(line))
    return tuple(dict.fromkeys(cell[:40] for cell in cells if cell))[1 : _SAMPLE + 1]

"""A folder whose files are taken in once and put away, with their reasons where rows were refused."""

import asyncio
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from controller.orders.cells import MOST_BYTES
from controller.orders.intake import Intake, UnknownMapError
from controller.orders.open_file import Upload
from controller.requests import Imported, Refusal, RefusedRow

_log = structlog.get_logger("lotwright.inbox")

LOOK_S = 2.0
"""Real seconds between two looks into the folder."""

SETTLED_LOOKS = 3
"""Looks in a row at which a file has to be the same before it counts as written."""

_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", "~")
DONE, REFUSED = "done", "refused"

Mark = tuple[int, int, int]
"""(inode, size, time of the last change)"""


@dataclass(slots=True)
class Folder:
    """Owns one folder; what is in it is taken by one controller only."""

    path: Path
    intake: Intake
    mapping: str = ""
    _seen: dict[str, tuple[Mark, int]] = field(default_factory=dict[str, tuple[Mark, int]])

    async def work(self) -> None:
        """Look into the folder until cancelled; a folder that is away for a while does no harm."""
        while True:
            try:
                await self.look()
            except OSError as error:
                _log.warning("inbox cannot be read", folder=str(self.path), why=str(error))
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Take every file that has been the same for a while."""
        there = await asyncio.to_thread(listed, self.path)
        self._seen = {name: seen for name, seen in self._seen.items() if name in there}
        for name, mark in sorted(there.items()):
            before, looks = self._seen.get(name, (mark, 0))
            looks = looks + 1 if before == mark else 1
            self._seen[name] = (mark, looks)
            if looks >= SETTLED_LOOKS:
                await self._take(name, mark)

    async def _take(self, name: str, mark: Mark) -> None:
        content = await asyncio.to_thread(_content, self.path / name)
        if content is None:
            reason = f"The file has more than {MOST_BYTES // 1024**2} MB. Split it."
            said: Imported | Refusal = Refusal(kind="wrong", why=reason)
        else:
            try:
                chosen = self.intake.map_named(self.mapping)
            except UnknownMapError as error:
                _log.warning("inbox waits", why=str(error))
                return
            upload = Upload(name, content)
            said = await self.intake.take(upload, chosen, actor="inbox", station="inbox")
        if await asyncio.to_thread(marked, self.path / name) != mark:
            return  # somebody still writes; what was taken is known when it is read again
        await asyncio.to_thread(put_away, self.path, name, said)
        self._seen.pop(name, None)
        _log.info("inbox", file=name, refused=isinstance(said, Refusal) or bool(said.refused))


def listed(folder: Path) -> dict[str, Mark]:
    """Return the folder's own files; links, hidden and unfinished ones are left alone."""
    for name in (DONE, REFUSED):
        (folder / name).mkdir(parents=True, exist_ok=True)
    found: dict[str, Mark] = {}
    for entry in os.scandir(folder):
        if entry.name.startswith((".", "~")) or entry.name.lower().endswith(_UNFINISHED):
            continue
        if entry.is_file(follow_symlinks=False) and (mark := marked(Path(entry.path))) is not None:
            found[entry.name] = mark
    return found


def marked(path: Path) -> Mark | None:
    """Return what tells a file from its next version; None when it is gone or no plain file."""
    try:
        said = path.lstat()
    except OSError:
        return None
    return (said.st_ino, said.st_size, said.st_mtime_ns) if stat.S_ISREG(said.st_mode) else None


def put_away(folder: Path, name: str, said: Imported | Refusal) -> None:
    """Move a file to done, or to refused with its reasons beside it; nothing is overwritten."""
    lines = reasons(said)
    target = _free(folder / (REFUSED if lines else DONE) / name)
    if lines:
        words = "\n".join(lines) + "\n"
        target.with_name(f"{target.name}.txt").write_text(words, encoding="utf-8")
    (folder / name).rename(target)


def reasons(said: Imported | Refusal) -> list[str]:
    """Say what was refused, a row a line; empty when all is in."""
    if isinstance(said, Refusal):
        return [said.why]
    if not said.refused:
        return []
    count = len(said.accepted) + len(said.repeated)
    taken = "1 order is" if count == 1 else f"{count} orders are"
    return [f"{taken} in. These rows are not:", *map(_line, said.refused)]


def _line(row: RefusedRow) -> str:
    where = f"Row {row.row}" + (f", {row.column}" if row.column else "")
    return f"{where}: {row.reason}"


def _free(path: Path) -> Path:
    for number in range(2, 10_000):
        if not path.exists():
            return path
        path = path.with_name(f"{path.stem.removesuffix(f'-{number - 1}')}-{number}{path.suffix}")
    return path


def _content(path: Path) -> bytes | None:
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    return content if len(content) <= MOST_BYTES else None

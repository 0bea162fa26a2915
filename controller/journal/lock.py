"""The lock file beside a SQLite journal: one controller at a time."""

import fcntl
import os
from pathlib import Path

from controller.journal.port import JournalError, JournalHeldError


class FileLock:
    """Owns an open lock file; the kernel lets go of it when the process ends, however it ends."""

    def __init__(self, journal: Path) -> None:
        """Take the lock. Raises JournalHeldError when another controller has it."""
        path = journal.with_name(journal.name + ".lock")
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalError(
                f"The journal {str(journal)!r} cannot be opened: {error}."
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(self._fd, 20).decode(errors="replace").strip()
            os.close(self._fd)
            raise JournalHeldError(
                f"The journal {str(journal)!r} is in use by another controller"
                f"{f' (process {owner})' if owner else ''}. Maybe stop that one first."
            ) from None
        os.truncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another controller have it; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

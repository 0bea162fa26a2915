"""Child processes of the demo: they end with it, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
"""Source: Linux prctl(2)."""
_ENDS_WITHIN_S = 6.0
"""The service gives open pages three seconds; then it is killed."""


@dataclass(slots=True)
class Children:
    """Owns the processes that it starts and the files that they write to."""

    folder: Path
    running: dict[str, "subprocess.Popen[bytes]"] = field(
        default_factory=dict[str, "subprocess.Popen[bytes]"]
    )

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start a Python module as a child with a process group of its own and a log file."""
        with self.log(name).open("ab") as log:
            # The arguments are our own.
            self.running[name] = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=_tied(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509
            )

    def log(self, name: str) -> Path:
        """Return the file that a child writes to."""
        return self.folder / f"{name}.log"

    def ended(self, name: str) -> int | None:
        """Return how a child ended; None while it runs."""
        return self.running[name].poll()

    def kill(self, name: str) -> None:
        """Kill a child at once, as a power cut would."""
        self.running[name].kill()
        self.running[name].wait()

    def stop(self) -> None:
        """Ask all to end, wait a little, and kill what is left."""
        for child in self.running.values():
            _signal(child, signal.SIGTERM)
        for child in self.running.values():
            try:
                child.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait()

    def last_words(self, name: str, lines: int = 12) -> str:
        """Return the end of a child's log."""
        if not self.log(name).exists():
            return ""
        said = self.log(name).read_text("utf-8", errors="replace").splitlines()
        return "\n".join(said[-lines:])


def _signal(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    if child.poll() is None:
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            return


def _tied(parent: int) -> Callable[[], None]:
    """Return what a child runs before anything else: it is killed when its parent is gone."""
    libc = ctypes.CDLL(None, use_errno=True)

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return tie

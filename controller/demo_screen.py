"""The demo on a terminal: a live view, or plain lines where there is no terminal."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

_LAST = 8
_BAR = 40
_WORDS = {"run": "running", "setup": "setup", "ask": "a person", "wait": "waiting"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What the view shows of the plant."""

    clock: str
    speed: int
    url: str
    due: int
    packed: int
    shipped: int
    cuts: Sequence[tuple[str, int, int]]
    """(cut-off, packed, due)."""
    machines: Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Screen:
    """Owns the terminal while the demo runs."""

    console: Console
    last: deque[str] = field(default_factory=lambda: deque[str](maxlen=_LAST))
    live: Live | None = None

    def begin(self) -> None:
        """Take the terminal, where there is one."""
        if self.console.is_terminal:
            self.live = Live(console=self.console, refresh_per_second=4, transient=True)
            self.live.start()

    def end(self) -> None:
        """Give the terminal back."""
        if self.live is not None:
            self.live.stop()
            self.live = None

    def say(self, clock: str, line: str) -> None:
        """Say a notable thing."""
        said = f"{clock}  {line}" if clock else line
        self.last.append(said)
        if self.live is None:
            self.console.print(said, markup=False, highlight=False, soft_wrap=True)

    def show(self, moment: Moment) -> None:
        """Show how things stand; plain output shows events only."""
        if self.live is not None:
            self.live.update(_view(moment, self.last))


def _view(moment: Moment, last: Sequence[str]) -> Group:
    speed = f"  x{moment.speed}" if moment.speed != 1 else ""
    head = Text.assemble((moment.clock, "bold"), f"{speed}   {moment.url}")
    cuts = Table.grid(padding=(0, 2))
    for name, packed, due in moment.cuts:
        done = _BAR * packed // due if due else 0
        cuts.add_row(name, "█" * done + "░" * (_BAR - done), f"{packed} of {due} packed")
    machines = Table.grid(padding=(0, 2))
    for each in moment.machines:
        word = _WORDS.get(str(each["state"]), str(each["word"]).lower())
        progress = each["progress_percent"]
        share = f"{progress} %" if progress is not None and each["state"] == "run" else ""
        machines.add_row(Text(str(each["id"]), style="bold"), word, share, str(each["what"])[:_BAR])
    events = Text("\n".join(last), style="dim")
    total = f"{moment.packed} of {moment.due} packed, {moment.shipped} shipped"
    return Group(head, total, "", cuts, "", machines, "", events)

"""What a person asks of `lotwright solve`."""

import time
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from scheduler import formats


class SolveError(Exception):
    """Something that was asked cannot be done; who typed it can correct it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of the command, checked for what can be checked without reading the instance."""

    instance: Path
    format: str = ""
    seconds: float | None = None
    """Of wall time, counted from `began_s`; None: no limit but the steps."""
    steps: int | None = None
    """Times that each search is asked whether to stop before it does; the same for the same seed."""
    seed: int = 0
    due: Path | None = None
    out: Path | None = None
    gantt: Path | None = None
    as_json: bool = False
    state: Path | None = None
    began_s: float = field(default_factory=time.monotonic)
    """From when the seconds count, by the monotonic clock."""
    drawings: tuple[str, ...] = (".svg", ".png", ".html")

    def __post_init__(self) -> None:
        """Raise SolveError for what would be noticed only when all time is spent."""
        if self.format and self.format not in formats.FORMATS:
            known = ", ".join(formats.FORMATS)
            raise SolveError(f"There is no format {self.format!r}; there are {known}.")
        if self.seconds is not None and not isfinite(self.seconds):
            raise SolveError(f"A budget of {self.seconds} seconds has no end; --steps has one.")
        for path in (self.out, self.gantt):
            if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
                why = "it is a folder" if path.is_dir() else "its folder is not there"
                raise SolveError(f"{path} cannot be written: {why}.")
        if self.gantt is not None and self.gantt.suffix.lower() not in self.drawings:
            kinds = ", ".join(self.drawings)
            raise SolveError(f"{self.gantt} cannot be drawn: its ending has to be one of {kinds}.")

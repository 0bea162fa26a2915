"""What the terminal shows while the search runs: a line that lives, or one JSON object a schedule."""

import json
import os
import sys
import time

from controller.solve.contest import Contest

LIVE_EVERY_S, PLAIN_EVERY_S = 0.1, 1.0
"""Between two lines on a terminal, and where a file takes them."""


class Teller:
    """Writes progress to stderr, and each better schedule to stdout where JSON is asked for."""

    def __init__(self, objective: str, *, as_json: bool) -> None:
        self._objective, self._as_json = objective, as_json
        self._is_live = sys.stderr.isatty()
        self._next_s = 0.0
        self._said = ""
        self.is_heard = True
        """Somebody still reads what is written to stdout."""

    def better(self, contest: Contest) -> None:
        """Tell of a schedule that was just found."""
        best = contest.winner()
        if self._as_json and self.is_heard:
            said = {
                "objective": {self._objective: best.value},
                "seconds": round(best.seconds, 3),
                "bound": contest.bound,
            }
            self._print(json.dumps(said))

    def tick(self, contest: Contest) -> None:
        """Show where the search is, not too often."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        best = "none yet" if contest.best is None else str(contest.best.value)
        if self._is_live:
            self._next_s = now_s + LIVE_EVERY_S
            line = f"{self.where(contest)}, {contest.seconds:.1f} s"
            sys.stderr.write(f"\r{line[: os.get_terminal_size(2).columns - 1]}\x1b[K")
        elif self._said != best:
            self._next_s = now_s + PLAIN_EVERY_S
            self._said = best
            sys.stderr.write(f"{self.where(contest)}, {contest.seconds:.1f} s\n")
        sys.stderr.flush()

    def where(self, contest: Contest) -> str:
        """Say incumbent, bound and gap."""
        best = "none yet" if contest.best is None else str(contest.best.value)
        gap = "" if contest.gap is None else f", gap {100 * contest.gap:.2f} %"
        return f"{self._objective} {best}, bound {contest.bound}{gap}"

    def say(self, *lines: str) -> None:
        """Say something for people: beside JSON on stderr."""
        if self._is_live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        for line in lines:
            if self._as_json:
                sys.stderr.write(f"{line}\n")
            else:
                self._print(line)

    def _print(self, line: str) -> None:
        try:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            self.is_heard = False
            # What Python still wants to flush at its end has nowhere to go either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""The machines of a plant on loopback, and its people: `python -m simulators PLANT`."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from plant_config import Plant, PlantErrors, load, read_folder, shipped
from simulators.cell import make_twins, open_ledger, pump_on, served
from simulators.clock import Anchor, PlantClock, read_anchor, write_anchor
from simulators.faults import CALM, Faults, FaultsError, parse_faults
from simulators.oracle import FileLedger
from simulators.person import People
from simulators.person_http import live

_LOOK_EVERY_PLANT_S = 15
_LOOK_BETWEEN_S = (0.03, 1.0)
"""People look again after so many plant seconds, within these real ones."""
_SAVE_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asks for."""

    plant: Plant
    speed: int
    follow: str
    seed: int
    faults: Faults
    state: Path | None
    people: str


def main(arguments: list[str] | None = None) -> int:
    """Run until told to end; 2 for a wrong command line, 1 when a port is taken."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    try:
        wish = _read(arguments)
    except (PlantErrors, FaultsError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        asyncio.run(_run(wish))
    except OSError as error:
        sys.stderr.write(f"The machines cannot listen: {error}\n")
        return 1
    return 0


def _read(arguments: list[str] | None) -> Wish:
    parser = argparse.ArgumentParser(prog="python -m simulators", description=__doc__)
    parser.add_argument("plant", help="a plant folder, or the name of a shipped plant")
    parser.add_argument("--speed", type=int, default=1, help="plant seconds a second")
    parser.add_argument("--follow", default="", metavar="URL", help="keep to a controller's clock")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--faults",
        type=Path,
        metavar="FILE",
        help="scripted misbehaviour; without it the plant's own faults.yaml, /dev/null for none",
    )
    parser.add_argument("--state", type=Path, metavar="DIR", help="memories and as-made ledger")
    parser.add_argument("--people", default="", metavar="URL", help="do the hand work there")
    said = parser.parse_args(arguments)
    folder = shipped(said.plant) or Path(said.plant)
    own = folder / "faults.yaml"
    script = said.faults or (own if own.is_file() else None)
    return Wish(
        plant=load(read_folder(folder)),
        speed=said.speed,
        follow=said.follow,
        seed=said.seed,
        faults=parse_faults(script.read_text(encoding="utf-8")) if script else CALM,
        state=said.state,
        people=said.people,
    )


async def _run(wish: Wish) -> None:
    clock = PlantClock(_first_anchor(wish), _utc_now)
    ledger = open_ledger(wish.state)
    twins = make_twins(wish.plant, wish.state, ledger, wish.faults, wish.seed)
    for twin in twins.values():
        if twin.revived:
            twin.restart(clock.now_s())
    async with served(wish.plant, twins, clock.now_s) as pump:
        jobs = [pump_on(pump)]
        if wish.follow:
            jobs.append(clock.follow(wish.follow))
        if wish.state is not None:
            jobs.append(_keep_clock(clock, wish.state))
        if wish.people:
            people = People(twins, ledger, wish.faults, wish.seed)
            jobs.append(live(people, wish.people, clock.now_s, lambda: _look_again_s(clock)))
        sys.stdout.write(f"{len(twins)} machines ready\n")
        sys.stdout.flush()
        await _until_told(jobs)
    if isinstance(ledger, FileLedger):
        ledger.close()


async def _until_told(jobs: list[Coroutine[Any, Any, None]]) -> None:
    """Work until a signal asks to end, or until one of the jobs breaks."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    tasks = [asyncio.create_task(job) for job in jobs]
    end = asyncio.create_task(told.wait())
    await asyncio.wait({end, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    for task in (end, *tasks):
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
            raise outcome


def _first_anchor(wish: Wish) -> Anchor:
    """Go on from the clock of the last run; who follows a controller stands still until it speaks."""
    if wish.state is not None:
        with contextlib.suppress(OSError, ValueError):
            return read_anchor((wish.state / "clock.json").read_bytes())
    return Anchor(_utc_now(), 0, 0 if wish.follow else wish.speed)


async def _keep_clock(clock: PlantClock, state: Path) -> None:
    kept = None
    while True:
        if clock.anchor != kept:
            kept = clock.anchor
            _save_clock(kept, state)
        await asyncio.sleep(_SAVE_EVERY_S)


def _save_clock(anchor: Anchor, state: Path) -> None:
    state.mkdir(parents=True, exist_ok=True)
    fresh = state / "clock.new"
    fresh.write_bytes(write_anchor(anchor))
    fresh.replace(state / "clock.json")


def _look_again_s(clock: PlantClock) -> float:
    shortest, longest = _LOOK_BETWEEN_S
    return min(longest, max(shortest, _LOOK_EVERY_PLANT_S / max(1, clock.anchor.speed)))


def _utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 the outermost door


if __name__ == "__main__":
    sys.exit(main())

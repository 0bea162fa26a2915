"""`lotwright run`: a plant, a database and an address become a running controller."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from controller.commands import DONE, UsageError, database_url, plant_folder
from controller.entrance import Entrance
from controller.outbox.settings import FILE, Inbox, Opened, read_integrations
from controller.service import Settings, serve


@dataclass(frozen=True, slots=True)
class Running:
    """What `lotwright run` was told."""

    plant: str
    state: Path
    db: str
    http: str
    speed: int
    day: str
    ledger: Path | None
    log: str
    entrance: Entrance


def run_plant(asked: Running, integrations: Path | None = None, inbox: Path | None = None) -> int:
    """Run the controller until it is told to end."""
    host, colon, port = asked.http.rpartition(":")
    if not colon or not port.isdigit():
        raise UsageError(f"{asked.http!r} is no HOST:PORT. Maybe 127.0.0.1:8080?")
    try:
        day = date.fromisoformat(asked.day) if asked.day else None
    except ValueError as error:
        raise UsageError(f"{asked.day!r} is no day. Maybe 2026-11-24?") from error
    asked.state.mkdir(parents=True, exist_ok=True)
    serve(
        Settings(
            folder=plant_folder(asked.plant),
            database=database_url(asked.state, asked.db),
            host=host.strip("[]"),
            port=int(port),
            speed=asked.speed,
            day=day,
            ledger=asked.ledger,
            entrance=replace(asked.entrance, state=asked.state),
            logs=asked.state,
            log_form="json" if asked.log == "json" else "text",
            integrations=_opened(asked.state, integrations, inbox),
        )
    )
    return DONE


def _opened(state: Path, integrations: Path | None, inbox: Path | None) -> Opened:
    """Read integrations.yaml where there is one; a folder that is named here goes before its own."""
    path = integrations or state / FILE
    opened = read_integrations(path) if integrations is not None or path.exists() else Opened()
    if inbox is None:
        return opened
    mapping = opened.integrations.inbox.mapping if opened.integrations.inbox else ""
    folder = Inbox(folder=inbox, mapping=mapping)
    return replace(opened, integrations=replace(opened.integrations, inbox=folder))

"""What the commands of the command line do; each returns its exit code and prints for people."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from controller.client import Client
from plant_config import check, load, read_folder, schemas, shipped

DONE, REFUSED = 0, 1
_CARD_WITHIN_S = 240.0
_CONSOLE = Console(highlight=False, soft_wrap=True)


class UsageError(Exception):
    """Something was named that is not there; who typed it can correct it."""


def plant_folder(name: str) -> Path:
    """Return a plant's folder by its path or by the name of a shipped plant. Raises UsageError."""
    if (path := Path(name)).is_dir():
        return path.resolve()
    if (known := shipped(name)) is not None:
        return known
    raise UsageError(f"There is no plant {name!r}: neither a folder nor a shipped plant.")


def database_url(state: Path, db: str) -> str:
    """Return the journal's URL: as given, or in the state folder."""
    return db or f"sqlite:///{(state / 'journal.db').resolve()}"


def check_plant(plant: str, *, as_json: bool) -> int:
    """Load a plant, whose mistakes are raised, and prove it over all valid specs."""
    loaded = load(read_folder(plant_folder(plant)))
    findings = check(loaded)
    said = {
        "plant": loaded.name,
        "machines": len(loaded.machines),
        "products": len(loaded.products),
        "digest": loaded.digest,
        "findings": [str(finding) for finding in findings],
    }
    if findings:
        return say(said, "\n".join(map(str, findings)), as_json=as_json, code=REFUSED)
    machines = counted(len(loaded.machines), "machine")
    products = counted(len(loaded.products), "product")
    words = f"{loaded.label} is valid: {machines}, {products}, every valid spec has a route."
    return say(said, words, as_json=as_json)


def write_schemas(out: Path) -> int:
    """Write the JSON Schema of each kind of plant file."""
    out.mkdir(parents=True, exist_ok=True)
    written = schemas()
    for name, schema in written.items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (out / f"{name}.schema.json").write_text(text, encoding="utf-8")
    return say({}, f"{counted(len(written), 'schema')} written to {out}.", as_json=False)


def refused_line(file: str, row: dict[str, Any]) -> str:
    """Say a refused row: `day.csv, row 17, column size: “47,5”: sizes go from 35 to 47.`"""
    column = f", column {row['column']}" if row["column"] else ""
    value = f" “{row['value']}”:" if row["value"] else ""
    return f"{file}, row {row['row']}{column}:{value} {row['reason']}"


def show_orders(client: Client, *, as_json: bool) -> int:
    """Show the open orders."""
    said: Any = client.get("/api/orders")
    rows = [
        (each["id"], each["customer"], each["due_at"], each["carrier"], each["stand"], each["why"])
        for each in said
    ]
    head = ("Order", "Customer", "Cut-off", "Carrier", "State", "Why")
    return table(said, head, rows, "No open orders.", as_json=as_json)


def show_refused(client: Client, *, as_json: bool) -> int:
    """Show the rows that were not taken."""
    said: Any = client.get("/api/orders/refused")
    rows = [
        (each["file"], str(each["row"]), each["column"], each["value"], each["reason"])
        for each in said
    ]
    head = ("File", "Row", "Column", "Value", "Reason")
    return table(said, head, rows, "No row was refused.", as_json=as_json)


def show_doubts(client: Client, *, as_json: bool) -> int:
    """Show the open cases."""
    said: Any = client.get("/api/doubts")
    rows = [
        (
            each["job_order"][:8],
            each["machine"],
            each["label"],
            f"{each['why']} {each['says']}".strip(),
        )
        for each in said
    ]
    head = ("Job order", "Machine", "What", "Why")
    return table(said, head, rows, "Nothing is in doubt.", as_json=as_json)


def decide_doubt(client: Client, job_order: str, verdict: str, reason: str) -> int:
    """Say what became of a job order; its first digits are enough where only one has them."""
    said: Any = client.get("/api/doubts")
    found = [each for each in said if each["job_order"].startswith(job_order)]
    if len(found) != 1:
        many = "no case" if not found else f"{len(found)} cases"
        raise UsageError(f"{job_order!r} names {many} in doubt. See: lotwright doubts list")
    path = f"/api/doubts/{found[0]['job_order']}"
    taken: Any = client.post(path, {"verdict": verdict, "reason": reason})
    what = taken["says"] or f"recorded as {verdict.replace('_', ' ')}."
    show(f"{found[0]['machine']}, {found[0]['label']}: {what}")
    return DONE


def clear_machine(client: Client, machine: str) -> int:
    """Say that what was made is off a machine."""
    client.post(f"/api/machines/{machine}/clear", {})
    _CONSOLE.print(f"{machine} is cleared.")
    return DONE


def set_or_show_clock(client: Client, speed: int | None, *, as_json: bool) -> int:
    """Change how fast plant time goes, then show it."""
    if speed is not None:
        client.post("/api/clock", {"speed": speed})
    said: Any = client.get("/api/clock")
    day: Any = client.get("/api/day")
    rate = "paused" if said["speed"] == 0 else f"x{said['speed']}"
    return say(said, f"{day['time']}, {rate}", as_json=as_json)


def show_closing(client: Client, *, as_json: bool) -> int:
    """Print the closing card."""
    if as_json:
        return say(client.get("/api/closing", timeout=_CARD_WITHIN_S), "", as_json=True)
    card = client.text("/api/closing?format=text", timeout=_CARD_WITHIN_S)
    _CONSOLE.print(card, markup=False)
    return DONE


def show(words: str) -> None:
    """Print a line for people."""
    _CONSOLE.print(words, markup=False)


def counted(count: int, noun: str) -> str:
    """Say a number with its noun: `1 row`, `4 rows`."""
    return f"{count} {noun if count == 1 else noun + 's'}"


def say(said: object, words: str, *, as_json: bool, code: int = DONE) -> int:
    """Print a value as JSON or in words, and return the exit code."""
    if as_json:
        print(json.dumps(said, ensure_ascii=False))  # noqa: T201
    else:
        _CONSOLE.print(words, markup=False)
    return code


def table(
    said: object, head: Sequence[str], rows: Sequence[Sequence[str]], none: str, *, as_json: bool
) -> int:
    """Print rows for people, the values for programs, or one sentence where there are none."""
    if as_json or not rows:
        return say(said, none, as_json=as_json)
    shown = Table(box=None, header_style="dim", pad_edge=False)
    for column in head:
        shown.add_column(column)
    for row in rows:
        shown.add_row(*row)
    _CONSOLE.print(shown)
    return DONE

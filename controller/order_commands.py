"""What `lotwright orders import` and `lotwright orders refused` do, over the running controller."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from controller.client import Client
from controller.commands import DONE, REFUSED, counted, refused_line, say, show

_IMPORT_WITHIN_S = 1800.0
"""Real seconds for 20,000 rows on a slow disk."""

_SHOWN = 50
"""Refused rows that are printed; `--json` and `lotwright orders refused` have all of them."""


def import_file(
    client: Client, file: Path, *, mapping: str, sheet: str, dry_run: bool, as_json: bool
) -> int:
    """Hand a file to the controller; refused rows make the exit code 1."""
    asked = {"name": file.name, "mapping": mapping, "sheet": sheet}
    query = urlencode({name: value for name, value in asked.items() if value})
    action = "check" if dry_run else "import"
    path = f"/api/orders/{action}?{query}"
    said: Any = client.post(path, file.read_bytes(), timeout=_IMPORT_WITHIN_S)
    rows = said["refused_rows"] if dry_run else said["refused"]
    count = said["refused"] if dry_run else len(rows)
    if as_json:
        return say(said, "", as_json=True, code=REFUSED if count else DONE)
    taken, known = (said[part] for part in ("accepted", "repeated"))
    counts = (taken, known) if dry_run else (len(taken), len(known))
    words = "would be taken" if dry_run else "taken"
    tail = " Nothing was recorded." if dry_run else ""
    show(
        f"{counted(counts[0], 'order')} {words}, {counts[1]} known before, "
        f"{counted(count, 'row')} refused.{tail}"
    )
    for row in rows[:_SHOWN]:
        show(refused_line(file.name, row))
    if count > _SHOWN:
        show(f"... and {count - min(_SHOWN, len(rows))} more. All: lotwright orders refused")
    return REFUSED if count else DONE

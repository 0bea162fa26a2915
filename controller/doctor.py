"""`lotwright doctor`: looks at everything that a controller stands on, and says what to do about it."""

import json
import os
import resource
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, TypeAlias

from packaging.requirements import Requirement

from controller.client import Client, RefusedError, UnreachableError
from controller.commands import DONE, REFUSED, UsageError, counted, plant_folder, say
from controller.journal import Journal, JournalError, JournalHeldError
from controller.logs import FILE
from plant_config import PlantErrors, check, load, read_folder

Verdict: TypeAlias = Literal["good", "look", "wrong"]
_WORDS = {"good": "good ", "look": "look ", "wrong": "WRONG"}
_DISK_BYTES = 1_000_000_000
_FILES = 1_024
_OLDEST_PYTHON = (3, 11)
_LAST_ERRORS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `says` ends with what to do when it is not good."""

    about: str
    verdict: Verdict
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is to be looked at."""

    state: Path
    database: str
    plant: str
    client: Client


def examine(patient: Patient, *, as_json: bool) -> int:
    """Look at everything; anything wrong makes the exit code 1."""
    findings = [finding for look in LOOKS for finding in look(patient)]
    said = {
        "findings": [
            {"about": each.about, "verdict": each.verdict, "says": each.says} for each in findings
        ]
    }
    wide = max(len(each.about) for each in findings)
    words = "\n".join(f"{_WORDS[f.verdict]}  {f.about:<{wide}}  {f.says}" for f in findings)
    bad = any(each.verdict == "wrong" for each in findings)
    return say(said, words, as_json=as_json, code=REFUSED if bad else DONE)


def _python(_: Patient) -> Iterator[Finding]:
    shown = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < _OLDEST_PYTHON
    yield Finding("Python", "wrong" if old else "good", f"{shown}; 3.11 or newer is needed.")


def _packages(_: Patient) -> Iterator[Finding]:
    """Compare what is installed with the lower bounds that Lotwright declares."""
    wrong: list[str] = []
    needed = metadata.requires("lotwright") or []
    for text in needed:
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{wanted.name} is missing")
            continue
        if found not in wanted.specifier:
            wrong.append(f"{wanted.name} is {found}, needed is {wanted.specifier}")
    if wrong:
        yield Finding("packages", "wrong", f"{'; '.join(wrong)}. Run: make setup")
    else:
        yield Finding("packages", "good", f"{len(needed)} declared, all as needed.")


def _sqlite(_: Patient) -> Iterator[Finding]:
    # Source: sqlite.org/wal.html, "The WAL-reset bug": 3.7.0 to 3.51.2 may corrupt a database to
    # which several connections write and checkpoint at once.
    version = sqlite3.sqlite_version_info
    inside = (3, 7, 0) <= version < (3, 51, 3)
    why = " A bug of this version needs two writers; Lotwright has one." if inside else ""
    yield Finding("SQLite", "good", f"{sqlite3.sqlite_version}.{why}")


def _folder(patient: Patient) -> Iterator[Finding]:
    folder = patient.state
    if not folder.is_dir():
        yield Finding("state folder", "look", f"{folder} is not there; the first run makes it.")
        return
    if not os.access(folder, os.W_OK):
        yield Finding("state folder", "wrong", f"{folder} cannot be written. Check its owner.")
        return
    free = shutil.disk_usage(folder).free
    verdict: Verdict = "good" if free > _DISK_BYTES else "wrong"
    yield Finding("state folder", verdict, f"{folder}, {free / 1e9:.1f} GB free; 1 GB is needed.")


def _files(_: Patient) -> Iterator[Finding]:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = soft < _FILES
    says = f"{soft} open files allowed" + ("; raise it with ulimit -n 4096." if low else ".")
    yield Finding("limits", "look" if low else "good", says)


def _plant(patient: Patient) -> Iterator[Finding]:
    if not patient.plant:
        return
    try:
        plant = load(read_folder(plant_folder(patient.plant)))
    except (PlantErrors, UsageError, OSError) as error:
        first = str(error).splitlines()[0]
        yield Finding("plant", "wrong", f"{first} Run: lotwright check {patient.plant}")
        return
    found = check(plant)
    if found:
        yield Finding("plant", "wrong", f"{found[0]} Run: lotwright check {patient.plant}")
    else:
        machines = counted(len(plant.machines), "machine")
        yield Finding("plant", "good", f"{plant.label}: {machines}, every valid spec has a route.")


def _journal(patient: Patient) -> Iterator[Finding]:
    path = patient.database.removeprefix("sqlite:///")
    if path == patient.database:
        # Opening a server's journal would take it away from the controller that leads it.
        yield Finding("journal", "look", "On a server; ask its controller: lotwright audit verify")
        return
    if not Path(path).exists():
        yield Finding("journal", "look", f"{path} is not there; the first run makes it.")
        return
    try:
        journal = Journal.open(patient.database)
    except JournalHeldError:
        yield Finding("journal", "good", "A running controller holds it.")
        return
    except JournalError as error:
        yield Finding("journal", "wrong", f"{error}")
        return
    try:
        seq = journal.epoch
    finally:
        journal.close()
    yield Finding(
        "journal", "good", f"Opens, {counted(seq, 'run')} so far. Chain: lotwright audit verify"
    )


def _controller(patient: Patient) -> Iterator[Finding]:
    url = patient.client.url
    try:
        health: Any = patient.client.get("/api/health")
        machines: Any = patient.client.get("/api/machines")
    except UnreachableError:
        yield from _nobody(url)
        return
    except RefusedError as error:
        yield Finding("controller", "look", f"{url} answers, but refuses: {error}")
        return
    seq = f"{health['seq']:,} events"
    yield Finding("controller", "good", f"{url} runs {health['label']}, {seq}.")
    for each in machines:
        if not each["linked"]:
            yield Finding(f"machine {each['id']}", "look", str(each["why"]))
        elif each["failed"]:
            yield Finding(f"machine {each['id']}", "look", str(each["failed"]))
    linked = sum(bool(each["linked"]) for each in machines)
    verdict: Verdict = "good" if linked == len(machines) else "look"
    yield Finding("links", verdict, f"{linked} of {len(machines)} machines are linked.")


def _nobody(url: str) -> Iterator[Finding]:
    """Say whether the port is free for a controller, or something else sits on it."""
    host, _, port = url.rpartition("://")[2].partition("/")[0].rpartition(":")
    taken = False
    if port.isdigit():
        with socket.socket() as probe:
            probe.settimeout(1)
            taken = probe.connect_ex((host.strip("[]"), int(port))) == 0
    if taken:
        says = f"Something else answers at {url}. Choose another port with --http."
        yield Finding("controller", "wrong", says)
    else:
        yield Finding("controller", "look", f"None runs at {url}. Start: lotwright run PLANT")


def _errors(patient: Patient) -> Iterator[Finding]:
    found = [line for line in _log_lines(patient.state) if line.get("reference")]
    if not found:
        yield Finding("faults of ours", "good", "None in the log.")
        return
    last = ", ".join(str(line["reference"]) for line in found[-_LAST_ERRORS:])
    says = (
        f"{counted(len(found), 'fault')} in the log, the last: {last}. lotwright doctor REFERENCE"
    )
    yield Finding("faults of ours", "look", says)


def explain(state: Path, reference: str) -> int:
    """Show the log's entry for a reference that a page gave."""
    for line in _log_lines(state):
        if line.get("reference") == reference:
            cause = line.pop("exception", "")
            return say({**line, "exception": cause}, _entry(line, str(cause)), as_json=False)
    raise UsageError(f"{state / FILE} has no fault with the reference {reference!r}.")


def _entry(line: dict[str, Any], cause: str) -> str:
    shown = "\n".join(f"{name:<10} {value}" for name, value in sorted(line.items()))
    return f"{shown}\n\n{cause}"


def _log_lines(state: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(state.glob(f"{FILE}*"), reverse=True):
        with path.open(encoding="utf-8") as lines:
            for text in lines:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue  # a line that a power cut broke off
                if isinstance(line, dict):
                    yield line


LOOKS: tuple[Callable[[Patient], Iterator[Finding]], ...] = (
    _python,
    _packages,
    _sqlite,
    _files,
    _folder,
    _plant,
    _journal,
    _controller,
    _errors,
)

"""What is said over the job map: the recipe's text, the command block, the status, the verdicts."""

import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from drivers.driver import (
    JobOrder,
    JobState,
    Member,
    ProtocolError,
    Report,
    UnitResult,
    Used,
    Value,
    Verdict,
)
from drivers.states import STATE_NUMBERS
from plant_config import Evidence, Profile
from plant_config import profile as registers

USED = "used_mg"
"""Optional signal of results and ledger: what the whole cycle used up."""
NO_JOB_ORDER = "0" * 32
_EVIDENCE: Mapping[int, Evidence] = {0: Evidence.NONE, 1: Evidence.COUNTER, 2: Evidence.LEDGER}
EVIDENCE_NUMBERS: Mapping[Evidence, int] = {tier: number for number, tier in _EVIDENCE.items()}
_STATES: Mapping[int, JobState] = {number: state for state, number in STATE_NUMBERS.items()}
LETTERS: Mapping[Verdict | None, str] = {
    Verdict.GOOD: "g",
    Verdict.SCRAP: "s",
    Verdict.NOT_MADE: "n",
    None: "-",
}
_VERDICTS: Mapping[str, Verdict | None] = {letter: verdict for verdict, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command block without its recipe; None where nothing is claimed."""

    opcode: str
    job_order: str
    sequence: int
    epoch: int = 0
    expected_boot: int | None = None
    count_before: int | None = None
    recipe: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the machine says about ten times a second."""

    unit: int
    evidence: Evidence
    boot: int
    heartbeat: int
    ack_sequence: int
    ack_code: str
    activity: str
    job_order: str
    progress: int
    remaining_s: int
    starts: int
    changes: int
    doing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A job order in the results or the ledger; a verdict is None while it is open."""

    job_order: str
    state: JobState
    starts: int
    verdicts: tuple[Verdict | None, ...]
    reasons: tuple[str, ...]
    cleared: bool
    used_mg: int = 0
    """What the whole cycle used up; 0 where the map has no register for it or nothing was measured."""


_Parts = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class _RecipeText:
    id: str
    label: str
    machine: str
    members: tuple[tuple[str, int, str, _Parts], ...]
    family: str
    shared: _Parts
    digest: str
    takes_s: int


_RECIPE = TypeAdapter(_RecipeText)


def recipe_text(job: JobOrder) -> str:
    """Return the canonical text that goes into the recipe area."""
    said = {
        "id": job.id,
        "label": job.label,
        "machine": job.machine,
        "members": [[m.operation, m.attempt, m.subject, m.recipe] for m in job.members],
        "family": job.family,
        "shared": job.shared,
        "digest": job.recipe_digest,
        "takes_s": job.takes_s,
    }
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def read_recipe(text: bytes) -> JobOrder:
    """Return the job order that a recipe's text describes, without claims about epoch, boot and
    count. Raises ProtocolError."""
    try:
        said = _RECIPE.validate_json(text)
    except ValueError as error:
        raise ProtocolError(f"The recipe area holds no recipe: {error}") from None
    return JobOrder(
        id=said.id,
        label=said.label,
        machine=said.machine,
        members=tuple(Member(*member) for member in said.members),
        family=said.family,
        shared=said.shared,
        recipe_digest=said.digest,
        takes_s=said.takes_s,
    )


def command_words(profile: Profile, order: Order) -> list[int]:
    """Return the command block's registers, its CRC and doorbell included."""
    block = profile.command
    values: dict[str, registers.RegisterValue] = {
        "magic": profile.magic,
        "version": profile.version,
        "epoch": order.epoch,
        "expected_boot": order.expected_boot or 0,
        "count_before": 0 if order.count_before is None else order.count_before + 1,
        "sequence": order.sequence,
        "opcode": profile.opcodes[order.opcode],
        "job_order": order.job_order,
        "recipe_bytes": len(order.recipe),
        "recipe_crc32": binascii.crc32(order.recipe),
        "commit": order.sequence,
    }
    words = registers.encode(block, values)
    words[block.signals["crc16"].at] = registers.crc16(words[: block.signals["crc16"].at])
    return words


def read_command(profile: Profile, words: Sequence[int], recipe_area: Sequence[int]) -> Order:
    """Return the command that a whole block gives, as the machine reads it. Raises ProtocolError
    for a block or a recipe that is not what its checksums say."""
    try:
        said = registers.decode(profile.command, words)
        at = profile.command.signals["crc16"].at
        if registers.crc16(words[:at]) != said["crc16"]:
            raise ProtocolError("The command block is broken.")
        if (said["magic"], said["version"]) != (profile.magic, profile.version):
            raise ProtocolError("The command block belongs to another map.")
        size = int(said["recipe_bytes"])
        recipe = registers.join_chunks(profile.recipe, recipe_area, size)
    except registers.SignalError as error:
        raise ProtocolError(str(error)) from None
    if binascii.crc32(recipe) != said["recipe_crc32"]:
        raise ProtocolError("The recipe is not the one of the command.")
    opcode_of = {number: name for name, number in profile.opcodes.items()}
    count = int(said["count_before"])
    return Order(
        opcode=opcode_of.get(int(said["opcode"]), ""),
        job_order=str(said["job_order"]),
        sequence=int(said["sequence"]),
        epoch=int(said["epoch"]),
        expected_boot=int(said["expected_boot"]) or None,
        count_before=count - 1 if count else None,
        recipe=recipe,
    )


def claimed(job: JobOrder, order: Order) -> JobOrder:
    """Return the job order with the claims of its command block."""
    return replace(
        job,
        id=order.job_order,
        epoch=order.epoch,
        expected_boot=order.expected_boot,
        count_before=order.count_before,
    )


def read_status(profile: Profile, words: Sequence[int]) -> Status | None:
    """Return the status, or None while the machine is writing it. Raises ProtocolError."""
    try:
        said = registers.decode(profile.status, words)
    except registers.SignalError as error:
        raise ProtocolError(f"The status is not what the map says: {error}") from None
    if said["sequence"] != said["sequence_after"] or int(said["sequence"]) % 2:
        return None
    if (said["magic"], said["version"]) != (profile.magic, profile.version):
        raise ProtocolError(
            f"It answers with map {said['magic']:#x} version {said['version']}, "
            f"not {profile.magic:#x} version {profile.version}. Maybe it is another machine."
        )
    return Status(
        unit=int(said["unit"]),
        evidence=_EVIDENCE[int(said["evidence"])],
        boot=int(said["boot"]),
        heartbeat=int(said["heartbeat"]),
        ack_sequence=int(said["ack_sequence"]),
        ack_code=_name(profile.codes, int(said["ack_code"])),
        activity=_name(profile.activities, int(said["activity"])),
        job_order=str(said["job_order"]),
        progress=int(said["progress"]),
        remaining_s=int(said["remaining_s"]),
        starts=int(said["starts"]),
        changes=int(said["changes"]),
        doing=str(said["doing"]),
    )


def entry_values(profile: Profile, entry: Entry) -> dict[str, registers.RegisterValue]:
    """Return an entry of the results or the ledger as values of its block."""
    letter = {reason: chr(ord("A") + at) for at, reason in enumerate(profile.reasons)}
    said: dict[str, registers.RegisterValue] = {
        "job_order": entry.job_order,
        "state": STATE_NUMBERS[entry.state],
        "starts": entry.starts,
        "members": len(entry.verdicts),
        "verdicts": "".join(LETTERS[verdict] for verdict in entry.verdicts),
        "reasons": "".join(letter.get(reason, "-") for reason in entry.reasons),
        "cleared": int(entry.cleared),
    }
    if USED in profile.results.signals:
        said[USED] = entry.used_mg
    return said


def read_entry(profile: Profile, block: registers.Block, words: Sequence[int]) -> Entry | None:
    """Return an entry, or None where there is none. Raises ProtocolError."""
    try:
        said = registers.decode(block, words)
    except registers.SignalError as error:
        raise ProtocolError(f"The results are not what the map says: {error}") from None
    if not said["state"]:
        return None
    members, letters = int(said["members"]), str(said["verdicts"])
    if len(letters) != members or set(letters) - set(_VERDICTS):
        raise ProtocolError(f"The verdicts {letters!r} are not those of {members} members.")
    reasons = str(said["reasons"]).ljust(members, "-")
    return Entry(
        job_order=str(said["job_order"]),
        state=_STATES[int(said["state"])],
        starts=int(said["starts"]),
        verdicts=tuple(_VERDICTS[letter] for letter in letters),
        reasons=tuple(_reason(profile, letter) for letter in reasons),
        cleared=bool(said["cleared"]),
        used_mg=int(said.get(USED, 0)),
    )


def report_of(entry: Entry, job: JobOrder, count: int | None) -> Report:
    """Return what an entry says about the job order that it belongs to. Raises ProtocolError."""
    if len(entry.verdicts) != len(job.members):
        raise ProtocolError(
            f"{job.label} has {len(job.members)} members; "
            f"the machine tells of {len(entry.verdicts)}."
        )
    results = tuple(
        UnitResult(member.operation, verdict, reason)
        for member, verdict, reason in zip(job.members, entry.verdicts, entry.reasons, strict=True)
        if verdict is not None
    )
    return Report(
        machine=job.machine,
        job_order=job.id,
        state=entry.state,
        results=results,
        count=count,
        used=(Used(quantity=entry.used_mg, unit="mg"),) if entry.used_mg else (),
    )


def state_number(state: JobState | None) -> int:
    """Return the number of a job order's state; 0 where there is none."""
    return 0 if state is None else STATE_NUMBERS[state]


def _name(numbers: Mapping[str, int], number: int) -> str:
    return next((name for name, known in numbers.items() if known == number), "")


def _reason(profile: Profile, letter: str) -> str:
    at = ord(letter) - ord("A")
    return profile.reasons[at] if 0 <= at < len(profile.reasons) else ""

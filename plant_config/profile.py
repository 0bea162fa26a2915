"""Where a Modbus machine keeps its signals: the job map as data, with its register codec."""

import binascii
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

RegisterValue: TypeAlias = int | str
WordOrder: TypeAlias = Literal["big", "little"]

WRITE_LIMIT = 123
"""Source: Modbus application protocol v1.1b3, 6.12: most registers of one FC16."""
READ_LIMIT = 125
"""Source: Modbus application protocol v1.1b3, 6.3: most registers of one FC3."""

COMMAND_ROLES = (
    "magic",
    "version",
    "epoch",
    "expected_boot",
    "count_before",
    "sequence",
    "opcode",
    "job_order",
    "recipe_bytes",
    "recipe_crc32",
    "crc16",
    "commit",
)
STATUS_ROLES = (
    "sequence",
    "magic",
    "version",
    "unit",
    "evidence",
    "boot",
    "heartbeat",
    "ack_sequence",
    "ack_code",
    "activity",
    "job_order",
    "job_state",
    "progress",
    "remaining_s",
    "starts",
    "changes",
    "doing",
    "sequence_after",
)
ENTRY_ROLES = ("job_order", "state", "starts", "members", "verdicts", "reasons", "cleared")

_RANGES: Mapping[str, tuple[int, int]] = {
    "u16": (0, 2**16 - 1),
    "u32": (0, 2**32 - 1),
    "i32": (-(2**31), 2**31 - 1),
}


class SignalError(ValueError):
    """A value that its registers cannot carry; whoever wrote the profile or the recipe can act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One value on the wire. `at` counts from the start of its block; the register holds the value
    divided by `scale`, and a value that does not divide is refused, never rounded."""

    at: int
    type: Literal["u16", "u32", "i32", "ascii", "digest"]
    registers: int = 0
    """Length of text and digests; two characters or four hex digits a register."""
    scale: int = 1
    low: int | None = None
    high: int | None = None
    word_order: WordOrder = "big"
    unit: str = ""

    def __post_init__(self) -> None:
        """Refuse what no register can hold."""
        text = self.type in {"ascii", "digest"}
        if self.at < 0 or self.scale < 1 or text != (self.registers > 0):
            raise ValueError(f"A signal {self.type} at {self.at} has the wrong length or scale.")

    @property
    def width(self) -> int:
        """Return the number of its registers."""
        return self.registers or (1 if self.type == "u16" else 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Registers that are read or written in one request."""

    at: int
    signals: Mapping[str, Signal]

    def __post_init__(self) -> None:
        """Refuse signals that share a register."""
        end, before = 0, ""
        for role, signal in sorted(self.signals.items(), key=lambda item: item[1].at):
            if signal.at < end:
                raise ValueError(f"The signals {before!r} and {role!r} share a register.")
            end, before = signal.at + signal.width, role

    @property
    def size(self) -> int:
        """Return the number of registers from the first to the last signal."""
        return max((s.at + s.width for s in self.signals.values()), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Entries of the same shape, one after the other; the newest overwrites the oldest."""

    at: int
    entries: int
    signals: Mapping[str, Signal]

    def entry(self, number: int) -> Block:
        """Return the block of the entry that belongs to a running number."""
        size = Block(at=0, signals=self.signals).size
        return Block(at=self.at + number % self.entries * size, signals=self.signals)

    @property
    def size(self) -> int:
        """Return the number of registers of all entries."""
        return self.entries * Block(at=0, signals=self.signals).size


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeArea:
    """Room for the recipe's text in chunks; each has its index and a CRC-16 before its words."""

    at: int
    chunks: int
    words: int
    """Words of text in a chunk."""

    @property
    def capacity(self) -> int:
        """Return the most bytes of text that fit."""
        return self.chunks * self.words * 2

    def address(self, index: int) -> int:
        """Return the first register of a chunk."""
        return self.at + index * (self.words + 2)

    @property
    def size(self) -> int:
        """Return the number of registers of all chunks."""
        return self.chunks * (self.words + 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The register map of a machine model; a new model is a new file, not a new class."""

    name: str = ""
    label: str = ""
    magic: int
    version: int
    command: Block
    """Written in one request; `commit` is its last word and rings the doorbell."""
    heartbeat_at: int
    """The controller counts up here; the machine sees when nobody does."""
    status: Block
    readings: Block
    """Process values such as a temperature, for the machine's page."""
    results: Block
    """Verdicts on the members of the last cycle."""
    ledger: Ring
    """Job orders by id, kept through a power cycle where the machine's evidence is a ledger."""
    recipe: RecipeArea
    opcodes: Mapping[str, int]
    """Job Control method -> number in the command block."""
    codes: Mapping[str, int]
    """Answer -> number in `ack_code`."""
    activities: Mapping[str, int]
    reasons: tuple[str, ...] = ()
    """Why a member is scrap; its place from 1 is its letter (`A`) in the results."""

    def __post_init__(self) -> None:
        """Refuse a map that misses a role, overlaps, or cannot be written in one request."""
        for why in _faults(self):
            raise ValueError(why)

    @property
    def most_members(self) -> int:
        """Return how many verdicts the results can carry."""
        return self.results.signals["verdicts"].width * 2


def encode(block: Block, values: Mapping[str, RegisterValue]) -> list[int]:
    """Return the registers of a block; a role without a value is 0. Raises SignalError."""
    registers = [0] * block.size
    for role, value in values.items():
        signal = block.signals.get(role)
        if signal is None:
            raise SignalError(f"There is no signal {role!r} for the value {value!r}.")
        registers[signal.at : signal.at + signal.width] = encode_signal(role, signal, value)
    return registers


def decode(block: Block, registers: Sequence[int]) -> dict[str, RegisterValue]:
    """Return the values of a block by role. Raises SignalError."""
    if len(registers) < block.size:
        raise SignalError(f"{len(registers)} registers are fewer than the block's {block.size}.")
    return {
        role: decode_signal(role, signal, registers[signal.at : signal.at + signal.width])
        for role, signal in block.signals.items()
    }


def encode_signal(role: str, signal: Signal, value: RegisterValue) -> list[int]:
    """Return the registers of one value. Raises SignalError."""
    match signal.type:
        case "u16" | "u32" | "i32":
            return _words_of_number(role, signal, value)
        case "ascii":
            return _words_of_text(role, signal, value)
        case "digest":
            return _words_of_digest(role, signal, value)
        case _:
            assert_never(signal.type)


def decode_signal(role: str, signal: Signal, registers: Sequence[int]) -> RegisterValue:
    """Return one value from its registers. Raises SignalError."""
    words = registers if signal.word_order == "big" else registers[::-1]
    match signal.type:
        case "u16" | "u32" | "i32":
            raw = int.from_bytes(_bytes(words), "big", signed=signal.type == "i32")
            value = raw * signal.scale
            _within(role, signal, value)
            return value
        case "ascii":
            raw_text = _bytes(words).split(b"\0")[0]
            if not raw_text.isascii():
                raise SignalError(f"{role} is {raw_text!r}, which is not ASCII text.")
            return raw_text.decode("ascii")
        case "digest":
            return _bytes(words).hex()
        case _:
            assert_never(signal.type)


def crc16(words: Sequence[int]) -> int:
    """Return the CRC-16/XMODEM over words in big-endian order."""
    return binascii.crc_hqx(_bytes(words), 0)


def chunks(area: RecipeArea, text: str) -> list[list[int]]:
    """Split a recipe's UTF-8 text into chunks ready to be written. Raises SignalError."""
    data = text.encode()
    if len(data) > area.capacity:
        raise SignalError(f"A recipe of {len(data)} bytes is longer than {area.capacity}.")
    step = area.words * 2
    written = []
    for index, start in enumerate(range(0, max(len(data), 1), step)):
        words = _words(data[start : start + step].ljust(step, b"\0"))
        written.append([index, crc16([index, *words]), *words])
    return written


def join_chunks(area: RecipeArea, registers: Sequence[int], size: int) -> bytes:
    """Return the recipe's bytes from the area's registers. Raises SignalError."""
    stride, data = area.words + 2, bytearray()
    if size > area.capacity:
        raise SignalError(f"A recipe of {size} bytes is longer than {area.capacity}.")
    for index in range(-(-size // (area.words * 2))):
        number, crc, *words = registers[index * stride : (index + 1) * stride]
        if number != index or crc != crc16([number, *words]):
            raise SignalError(f"Chunk {index} of the recipe is broken.")
        data += _bytes(words)
    return bytes(data[:size])


def _words_of_number(role: str, signal: Signal, value: RegisterValue) -> list[int]:
    if not isinstance(value, int):
        raise SignalError(f"{role} is {value!r}, which is not a whole number.")
    _within(role, signal, value)
    raw, rest = divmod(value, signal.scale)
    if rest:
        raise SignalError(f"{role} is {value}, which is no multiple of {signal.scale}.")
    low, high = _RANGES[signal.type]
    if not low <= raw <= high:
        raise SignalError(f"{role} is {value}, which does not fit into {signal.type}.")
    words = _words(raw.to_bytes(signal.width * 2, "big", signed=signal.type == "i32"))
    return words if signal.word_order == "big" else words[::-1]


def _words_of_text(role: str, signal: Signal, value: RegisterValue) -> list[int]:
    if not isinstance(value, str) or not value.isascii() or "\0" in value:
        raise SignalError(f"{role} is {value!r}, which is not ASCII text.")
    if len(value) > signal.width * 2:
        raise SignalError(f"{role} is {value!r}, longer than {signal.width * 2} characters.")
    words = _words(value.encode("ascii").ljust(signal.width * 2, b"\0"))
    return words if signal.word_order == "big" else words[::-1]


def _words_of_digest(role: str, signal: Signal, value: RegisterValue) -> list[int]:
    digits = signal.width * 4
    if not isinstance(value, str) or len(value) != digits or set(value) - set("0123456789abcdef"):
        raise SignalError(f"{role} is {value!r}, which is not {digits} hex digits.")
    words = _words(bytes.fromhex(value))
    return words if signal.word_order == "big" else words[::-1]


def _within(role: str, signal: Signal, value: int) -> None:
    if signal.low is not None and value < signal.low:
        raise SignalError(f"{role} is {value}, below its lowest value {signal.low}.")
    if signal.high is not None and value > signal.high:
        raise SignalError(f"{role} is {value}, above its highest value {signal.high}.")


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def _bytes(words: Sequence[int]) -> bytes:
    return b"".join(word.to_bytes(2, "big") for word in words)


def _faults(profile: Profile) -> Iterator[str]:
    for name, block, roles in (
        ("command", profile.command, COMMAND_ROLES),
        ("status", profile.status, STATUS_ROLES),
        ("results", profile.results, ENTRY_ROLES),
        ("ledger", profile.ledger, ENTRY_ROLES),
    ):
        for role in roles:
            if role not in block.signals:
                yield f"The {name} block has no signal {role!r}."
    if profile.command.size > WRITE_LIMIT or profile.recipe.words + 2 > WRITE_LIMIT:
        yield f"One request writes at most {WRITE_LIMIT} registers; the map needs more."
    if profile.status.size > READ_LIMIT or profile.results.size > READ_LIMIT:
        yield f"One request reads at most {READ_LIMIT} registers; the map needs more."
    commit = profile.command.signals["commit"]
    if commit.at + commit.width != profile.command.size:
        yield "The signal 'commit' is not the last one of the command block."
    yield from _overlaps(profile)


def _overlaps(profile: Profile) -> Iterator[str]:
    areas = sorted(
        (
            (profile.command.at, profile.command.size, "command"),
            (profile.heartbeat_at, 1, "heartbeat"),
            (profile.status.at, profile.status.size, "status"),
            (profile.readings.at, profile.readings.size, "readings"),
            (profile.results.at, profile.results.size, "results"),
            (profile.ledger.at, profile.ledger.size, "ledger"),
            (profile.recipe.at, profile.recipe.size, "recipe"),
        )
    )
    for (at, size, name), (following, _, other) in itertools.pairwise(areas):
        if at + size > following:
            yield f"The areas {name!r} and {other!r} share registers."

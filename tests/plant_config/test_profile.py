"""The job map's codec: every value comes back as it went, and what does not fit is named."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML

from plant_config import Profile
from plant_config.profile import (
    Block,
    RecipeArea,
    Ring,
    Signal,
    SignalError,
    chunks,
    crc16,
    decode,
    encode,
    join_chunks,
)

PLANTS = Path(__file__).parents[2] / "plant_config/plants"
SHIPPED = sorted(PLANTS.glob("*/profiles/jobmap.yaml"))
RAW = YAML(typ="safe").load(SHIPPED[0].read_text(encoding="utf-8"))
PROFILE = TypeAdapter(Profile).validate_python(RAW)
RANGES = {"u16": (0, 2**16 - 1), "u32": (0, 2**32 - 1), "i32": (-(2**31), 2**31 - 1)}


@st.composite
def signals_with_values(draw):
    kind = draw(st.sampled_from(["u16", "u32", "i32", "ascii", "digest"]))
    order = draw(st.sampled_from(["big", "little"]))
    if kind in RANGES:
        scale = draw(st.sampled_from([1, 10, 1000]))
        value = draw(st.integers(*RANGES[kind])) * scale
        return Signal(at=draw(st.integers(0, 5)), type=kind, scale=scale, word_order=order), value
    width = draw(st.integers(1, 12))
    if kind == "digest":
        value = draw(st.binary(min_size=2 * width, max_size=2 * width)).hex()
    else:
        letters = st.characters(min_codepoint=32, max_codepoint=126)
        value = draw(st.text(letters, max_size=2 * width))
    return Signal(at=draw(st.integers(0, 5)), type=kind, registers=width, word_order=order), value


@given(signals_with_values())
def test_every_value_comes_back(drawn):
    signal, value = drawn
    block = Block(at=100, signals={"role": signal})
    registers = encode(block, {"role": value})
    assert len(registers) == block.size
    assert all(0 <= register < 2**16 for register in registers)
    assert decode(block, registers) == {"role": value}


@given(st.text(max_size=200), st.integers(1, 121))
def test_a_recipe_comes_back_from_its_chunks(text, words):
    area = RecipeArea(at=10, chunks=10 + 400 // words, words=words)
    registers = [word for chunk in chunks(area, text) for word in chunk]
    assert join_chunks(area, registers, len(text.encode())).decode() == text


@given(st.text(min_size=1, max_size=300), st.data())
def test_one_changed_bit_breaks_its_chunk(text, data):
    area = RecipeArea(at=10, chunks=40, words=20)
    registers = [word for chunk in chunks(area, text) for word in chunk]
    at = data.draw(st.integers(0, len(registers) - 1))
    registers[at] ^= 1 << data.draw(st.integers(0, 15))
    with pytest.raises(SignalError, match=r"Chunk \d+ of the recipe is broken"):
        join_chunks(area, registers, len(text.encode()))


def test_words_lie_as_the_profile_says():
    big = Signal(at=0, type="u32")
    little = replace(big, word_order="little")
    assert encode(Block(at=0, signals={"n": big}), {"n": 0x12345678}) == [0x1234, 0x5678]
    assert encode(Block(at=0, signals={"n": little}), {"n": 0x12345678}) == [0x5678, 0x1234]
    text = Signal(at=0, type="ascii", registers=2)
    assert encode(Block(at=0, signals={"t": text}), {"t": "AB"}) == [0x4142, 0]


def test_the_checksum_is_the_published_one():
    # Source: catalogue of CRCs, CRC-16/XMODEM: check value over '123456789'; the last byte is left out.
    assert crc16([0x3132, 0x3334, 0x3536, 0x3738]) == 0x9015


@pytest.mark.parametrize(
    ("signal", "value", "says"),
    [
        (Signal(at=0, type="u16"), 65_536, "dose is 65536, which does not fit into u16"),
        (Signal(at=0, type="u16"), -1, "dose is -1"),
        (Signal(at=0, type="u16", scale=10), 15, "dose is 15, which is no multiple of 10"),
        (Signal(at=0, type="u16", high=90), 91, "dose is 91, above its highest value 90"),
        (Signal(at=0, type="i32", low=-5), -6, "dose is -6, below its lowest value -5"),
        (Signal(at=0, type="u16"), "12", "dose is '12', which is not a whole number"),
        (Signal(at=0, type="ascii", registers=2), "Größe", "dose is 'Größe', which is not ASCII"),
        (Signal(at=0, type="ascii", registers=2), "upper", "dose is 'upper', longer than 4"),
        (Signal(at=0, type="digest", registers=2), "12", "dose is '12', which is not 8 hex digits"),
        (Signal(at=0, type="digest", registers=1), "00FF", "dose is '00FF'"),
    ],
)
def test_what_does_not_fit_is_named_with_its_role(signal, value, says):
    with pytest.raises(SignalError, match=says.replace("'", ".")):
        encode(Block(at=0, signals={"dose": signal}), {"dose": value})


def test_a_value_beyond_its_limits_is_refused_on_the_way_in_too():
    block = Block(at=0, signals={"progress": Signal(at=0, type="u16", high=10_000)})
    with pytest.raises(SignalError, match="progress is 10001"):
        decode(block, [10_001])
    with pytest.raises(SignalError, match="fewer"):
        decode(block, [])


def test_a_role_that_the_map_does_not_have_is_refused():
    with pytest.raises(SignalError, match="'dose'"):
        encode(Block(at=0, signals={}), {"dose": 1})


def test_a_recipe_that_is_too_long_is_refused():
    with pytest.raises(SignalError, match="41 bytes is longer than 40"):
        chunks(RecipeArea(at=0, chunks=2, words=10), "x" * 41)


def test_a_ring_overwrites_its_oldest_entry():
    ring = Ring(
        at=50, entries=3, signals={"a": Signal(at=0, type="u32"), "b": Signal(at=2, type="u16")}
    )
    assert [ring.entry(n).at for n in (0, 1, 2, 3)] == [50, 53, 56, 50]
    assert ring.size == 9


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.parts[-3])
def test_every_plant_ships_the_same_job_map(file):
    assert file.read_text(encoding="utf-8") == SHIPPED[0].read_text(encoding="utf-8")


def test_the_shipped_map_has_room_for_a_plant():
    assert PROFILE.most_members >= 24
    assert PROFILE.recipe.capacity >= 8_000
    assert PROFILE.ledger.entries >= 16


def broken(**change):
    said = YAML(typ="safe").load(SHIPPED[0].read_text(encoding="utf-8"))
    for path, value in change.items():
        *folders, last = path.split("__")
        inner = said
        for folder in folders:
            inner = inner[folder]
        if value is None:
            del inner[last]
        else:
            inner[last] = value
    return said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"command__signals__commit__at": 24}, "'crc16' and 'commit' share a register"),
        ({"command__signals__opcode": None}, "command block has no signal 'opcode'"),
        ({"command__signals__note": {"at": 30, "type": "u16"}}, "'commit' is not the last"),
        ({"results__at": 182}, "'readings' and 'results' share registers"),
        ({"recipe__words": 122}, "at most 123 registers"),
        ({"status__at": 60}, "'status' and 'heartbeat' share registers"),
        ({"status__signals__doing__registers": 0}, "wrong length"),
        ({"status__signals__boot__type": "u64"}, "'u16'"),
    ],
)
def test_a_map_that_cannot_work_is_refused(change, says):
    with pytest.raises(ValidationError, match=says):
        TypeAdapter(Profile).validate_python(broken(**change))

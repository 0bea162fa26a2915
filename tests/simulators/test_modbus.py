"""The job map of a simulated machine, request by request, without any socket."""

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from ruamel.yaml import YAML
from small_plant import a_twin, job_for

from drivers import jobmap
from drivers.jobmap import Order
from plant_config import Profile
from plant_config import profile as registers
from simulators.modbus import JobMap, RefusedError, respond

SHIPPED = Path(__file__).parents[2] / "plant_config/plants/sneaker/profiles/jobmap.yaml"
PROFILE = TypeAdapter(Profile).validate_python(YAML(typ="safe").load(SHIPPED.read_text()))


class Bench:
    """A machine whose registers we write by hand."""

    def __init__(self, machine="M1"):
        self.now_s = 0
        self.twin = a_twin(machine)
        self.map = JobMap(self.twin, PROFILE, lambda: self.now_s)

    def status(self):
        return jobmap.read_status(PROFILE, self.map.read(PROFILE.status.at, PROFILE.status.size))

    def put_recipe(self, job):
        text = jobmap.recipe_text(job)
        for index, words in enumerate(registers.chunks(PROFILE.recipe, text)):
            self.map.write(PROFILE.recipe.address(index), words)
        return text.encode()

    def words(self, job, sequence=1, **claims):
        order = Order(
            opcode="StoreAndStart",
            job_order=job.id,
            sequence=sequence,
            recipe=self.put_recipe(job),
            expected_boot=1,
        )
        return jobmap.command_words(PROFILE, replace(order, **claims))

    def give(self, words):
        self.map.write(PROFILE.command.at, words)


def test_the_doorbell_starts_and_is_acknowledged():
    bench, job = Bench(), job_for("M1", "1/mix")
    bench.give(bench.words(job))
    status = bench.status()
    assert (status.ack_sequence, status.ack_code, status.starts, status.job_order) == (
        1,
        "ok",
        1,
        job.id,
    )


def test_a_late_duplicate_changes_nothing():
    bench, job = Bench("M3"), job_for("M3", "1/mix")
    words = bench.words(job)
    bench.give(words)
    bench.now_s = 5_000
    bench.status()
    bench.twin.take_off(5_000)
    noop = Order(opcode="Noop", job_order=jobmap.NO_JOB_ORDER, sequence=2)
    bench.give(jobmap.command_words(PROFILE, noop))
    bench.give(words)
    assert (bench.status().ack_sequence, bench.twin.count) == (2, 1)


def test_a_used_up_sequence_number_refuses_what_is_still_under_way():
    bench, job = Bench("M3"), job_for("M3", "1/mix")
    under_way = bench.words(job, sequence=1)
    bench.give(jobmap.command_words(PROFILE, Order(opcode="Noop", job_order="0" * 32, sequence=1)))
    bench.give(under_way)
    assert bench.twin.count == 0


def test_nothing_happens_before_the_doorbell_and_only_when_it_matches():
    bench, job = Bench(), job_for("M1", "1/mix")
    words = bench.words(job)
    bench.map.write(PROFILE.command.at, words[:-2])
    assert bench.twin.count == 0
    bench.map.write(PROFILE.command.at + len(words) - 2, [0, 9])
    assert bench.twin.count == 0
    bench.map.write(PROFILE.command.at + len(words) - 2, [0, 1])
    assert bench.twin.count == 1


@given(st.integers(0, 24), st.integers(0, 15))
def test_a_broken_command_never_starts_anything(at, bit):
    bench, job = Bench(), job_for("M1", "1/mix")
    words = bench.words(job)
    words[at] ^= 1 << bit
    with contextlib.suppress(RefusedError):
        bench.give(words)
    assert bench.twin.count == 0
    assert bench.status().ack_sequence == 0


def test_a_broken_chunk_never_starts_anything():
    bench, job = Bench(), job_for("M1", "1/mix")
    words = bench.words(job)
    bench.map.write(PROFILE.recipe.at + 5, [0])
    with pytest.raises(RefusedError):
        bench.give(words)
    assert bench.status().ack_sequence == 0


@pytest.mark.parametrize(
    ("claims", "code"),
    [({"expected_boot": 9}, "stale_boot"), ({"job_order": "f" * 32, "opcode": "Clear"}, "unknown")],
)
def test_refusals_are_acknowledged_with_their_reason(claims, code):
    bench = Bench()
    bench.give(bench.words(job_for("M1", "1/mix"), **claims))
    assert (bench.status().ack_sequence, bench.status().ack_code) == (1, code)
    assert bench.twin.count == 0


def test_an_acknowledged_number_survives_a_power_cycle_where_there_is_memory():
    for machine, kept in (("M1", 1), ("M2", 1), ("M3", 0)):
        bench = Bench(machine)
        bench.give(bench.words(job_for(machine, "1/mix")))
        bench.twin.restart(10)
        bench.now_s = 10
        assert bench.status().ack_sequence == kept


def test_the_ledger_is_only_shown_by_machines_that_have_one():
    for machine, ids in (("M1", True), ("M2", False), ("M3", False)):
        bench, job = Bench(machine), job_for(machine, "1/mix")
        bench.give(bench.words(job))
        first = PROFILE.ledger.entry(0)
        entry = jobmap.read_entry(PROFILE, first, bench.map.read(first.at, first.size))
        assert (entry is not None and entry.job_order == job.id) is ids
        assert (bench.status().job_order == job.id) is ids
        assert (bench.status().boot, bench.status().starts) == (
            (0, 0) if machine == "M3" else (1, 1)
        )


def frame(*numbers):
    return b"".join(n.to_bytes(2, "big") for n in numbers)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"\x01" + frame(0, 1), 1),
        (b"\x17" + frame(0, 1, 0, 1), 1),
        (b"\x03" + frame(90, 1), 2),
        (b"\x03" + frame(150, 40), 2),
        (b"\x03" + frame(100, 0), 3),
        (b"\x03" + frame(100, 126), 3),
        (b"\x03", 3),
        (b"\x06" + frame(100, 1), 2),
        (b"\x10" + frame(2000, 2) + b"\x04" + frame(1), 3),
        (b"\x10" + frame(2000, 1) + b"\x04" + frame(1), 3),
        (b"\x10" + frame(2000, 1), 3),
        (b"\x10" + frame(300, 1) + b"\x02" + frame(1), 2),
    ],
)
def test_a_request_that_cannot_be_is_refused_by_the_standards_number(request_, code):
    with pytest.raises(RefusedError) as refused:
        respond(Bench().map, request_)
    assert refused.value.code == code


def test_single_and_several_registers_are_written_and_read_back():
    bench = Bench()
    assert respond(bench.map, b"\x06" + frame(64, 7)) == b"\x06" + frame(64, 7)
    assert respond(bench.map, b"\x03" + frame(64, 1)) == b"\x03\x02" + frame(7)
    assert respond(bench.map, b"\x10" + frame(2000, 2) + b"\x04" + frame(5, 6)) == b"\x10" + frame(
        2000, 2
    )
    assert respond(bench.map, b"\x04" + frame(2000, 2)) == b"\x04\x04" + frame(5, 6)


@given(st.binary(min_size=1, max_size=253))
def test_no_request_breaks_the_machine(request_):
    with contextlib.suppress(RefusedError):
        assert respond(Bench().map, request_)[0] == request_[0]

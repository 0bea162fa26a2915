"""What is said over the job map, without any socket."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from drivers import JobOrder, JobState, Member, ProtocolError, Verdict, jobmap, recipe_digest
from drivers.jobmap import Entry, Order
from drivers.modbus import unmade
from plant_config import Evidence, Profile
from plant_config import profile as registers

SHIPPED = Path(__file__).parents[2] / "plant_config/plants/sneaker/profiles/jobmap.yaml"
PROFILE = TypeAdapter(Profile).validate_python(YAML(typ="safe").load(SHIPPED.read_text()))
ID = "0123456789abcdef0123456789abcdef"

values = st.one_of(st.integers(-(2**31), 2**31), st.text(max_size=12))
parts = st.lists(st.tuples(st.text(max_size=8), values), max_size=4).map(tuple)
members = st.lists(
    st.builds(Member, st.text(max_size=20), st.integers(1, 9), st.text(max_size=12), parts),
    min_size=1,
    max_size=6,
).map(tuple)


@st.composite
def job_orders(draw):
    family, shared, batch = draw(st.text(max_size=20)), draw(parts), draw(members)
    return JobOrder(
        id=ID,
        label=draw(st.text(max_size=20)),
        machine="M1",
        members=batch,
        family=family,
        shared=shared,
        recipe_digest=recipe_digest(family, shared, batch),
        takes_s=draw(st.integers(0, 100_000)),
        epoch=draw(st.integers(0, 2**32 - 1)),
        expected_boot=draw(st.one_of(st.none(), st.integers(1, 2**32 - 1))),
        count_before=draw(st.one_of(st.none(), st.integers(0, 2**32 - 2))),
    )


def ordered(job):
    text = jobmap.recipe_text(job).encode()
    return Order(
        opcode="StoreAndStart",
        job_order=job.id,
        sequence=7,
        epoch=job.epoch,
        expected_boot=job.expected_boot,
        count_before=job.count_before,
        recipe=text,
    )


def area_of(text):
    return [word for chunk in registers.chunks(PROFILE.recipe, text) for word in chunk]


@given(job_orders())
def test_a_job_order_arrives_as_it_was_sent(job):
    order = ordered(job)
    words = jobmap.command_words(PROFILE, order)
    read = jobmap.read_command(PROFILE, words, area_of(jobmap.recipe_text(job)))
    assert read == order
    arrived = jobmap.claimed(jobmap.read_recipe(read.recipe), read)
    assert arrived == job
    assert recipe_digest(arrived.family, arrived.shared, arrived.members) == job.recipe_digest


@given(job_orders(), st.data())
def test_no_changed_bit_of_a_command_goes_unseen(job, data):
    words = jobmap.command_words(PROFILE, ordered(job))
    covered = PROFILE.command.signals["crc16"].at
    at = data.draw(st.integers(0, covered))
    words[at] ^= 1 << data.draw(st.integers(0, 15))
    with pytest.raises(ProtocolError):
        jobmap.read_command(PROFILE, words, area_of(jobmap.recipe_text(job)))


def test_a_recipe_of_another_command_is_not_taken():
    words = jobmap.command_words(
        PROFILE, Order(opcode="Store", job_order=ID, sequence=1, recipe=b"abc")
    )
    with pytest.raises(ProtocolError, match="not the one of the command"):
        jobmap.read_command(PROFILE, words, area_of("abd"))


def test_what_is_no_recipe_is_refused():
    with pytest.raises(ProtocolError, match="no recipe"):
        jobmap.read_recipe(b'{"id": 3}')


def status_words(**said):
    known = {
        "sequence": 4,
        "sequence_after": 4,
        "magic": PROFILE.magic,
        "version": PROFILE.version,
        "unit": 1,
        "evidence": 2,
        "boot": 3,
        "starts": 9,
        "job_order": ID,
        "ack_code": 6,
        "activity": 2,
        "remaining_s": -1,
        "doing": "Mixing",
    }
    return registers.encode(PROFILE.status, known | said)


def test_a_status_is_read_with_its_names():
    status = jobmap.read_status(PROFILE, status_words())
    assert (status.evidence, status.ack_code, status.activity) == (
        Evidence.LEDGER,
        "needs_clear",
        "running",
    )
    assert (status.boot, status.starts, status.remaining_s, status.doing) == (3, 9, -1, "Mixing")


@pytest.mark.parametrize("torn", [{"sequence": 5, "sequence_after": 5}, {"sequence_after": 2}])
def test_a_status_that_is_being_written_is_not_believed(torn):
    assert jobmap.read_status(PROFILE, status_words(**torn)) is None


def test_another_map_is_said_to_be_another_machine():
    with pytest.raises(ProtocolError, match="Maybe it is another machine"):
        jobmap.read_status(PROFILE, status_words(version=2))


verdicts = st.sampled_from([Verdict.GOOD, Verdict.SCRAP, Verdict.NOT_MADE, None])


@given(
    st.lists(st.tuples(verdicts, st.sampled_from(["", *PROFILE.reasons])), max_size=64),
    st.sampled_from(JobState),
    st.booleans(),
)
def test_verdicts_and_reasons_come_back_by_member(said, state, cleared):
    entry = Entry(
        job_order=ID,
        state=state,
        starts=5,
        verdicts=tuple(verdict for verdict, _ in said),
        reasons=tuple(reason for _, reason in said),
        cleared=cleared,
    )
    words = registers.encode(PROFILE.results, jobmap.entry_values(PROFILE, entry))
    assert jobmap.read_entry(PROFILE, PROFILE.results, words) == entry


def test_an_empty_entry_is_none_and_a_wrong_one_an_error():
    assert jobmap.read_entry(PROFILE, PROFILE.results, [0] * PROFILE.results.size) is None
    words = registers.encode(PROFILE.results, {"state": 5, "members": 2, "verdicts": "g"})
    with pytest.raises(ProtocolError, match="not those of 2 members"):
        jobmap.read_entry(PROFILE, PROFILE.results, words)


def job(**claims):
    made = (Member("1/mix", 1, "1", ()), Member("2/mix", 1, "2", ()))
    digest = recipe_digest("", (), made)
    said = {"label": "Campaign 1", "machine": "M1", "members": made, "family": "", "takes_s": 9}
    return JobOrder(id=ID, recipe_digest=digest, **(said | claims))


def test_verdicts_are_those_of_the_members_in_order():
    entry = Entry(
        job_order=ID,
        state=JobState.ENDED,
        starts=1,
        verdicts=(Verdict.GOOD, Verdict.SCRAP),
        reasons=("", "colour off"),
        cleared=False,
    )
    report = jobmap.report_of(entry, job(), 4)
    assert [(r.operation, r.verdict, r.reason) for r in report.results] == [
        ("1/mix", Verdict.GOOD, ""),
        ("2/mix", Verdict.SCRAP, "colour off"),
    ]
    with pytest.raises(ProtocolError, match="has 2 members; the machine tells of 1"):
        jobmap.report_of(replace(entry, verdicts=(None,)), job(), 4)


@pytest.mark.parametrize(
    ("evidence", "boot", "starts", "proven"),
    [
        (Evidence.LEDGER, 3, 9, True),
        (Evidence.LEDGER, 4, 9, True),
        (Evidence.LEDGER, 2, 9, False),
        (Evidence.LEDGER, 3, 8, False),
        (Evidence.COUNTER, 3, 9, True),
        (Evidence.COUNTER, 3, 10, False),
        (Evidence.COUNTER, 3, 11, False),
        (Evidence.COUNTER, 4, 9, False),
        (Evidence.NONE, 3, 9, False),
    ],
)
def test_a_trace_that_is_missing_proves_something_only_on_the_right_evidence(
    evidence, boot, starts, proven
):
    status = jobmap.read_status(PROFILE, status_words(boot=boot, starts=starts))
    assert unmade(job(expected_boot=3, count_before=9), evidence, status)[0] is proven

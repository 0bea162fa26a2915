"""Every event survives the way into the journal and back; every change to a row is seen."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.events import VERSION, MachineCleared, RowRefused
from controller.journal import Draft, JournalError
from controller.journal.codec import (
    GENESIS,
    KINDS,
    canonical,
    chain,
    decode,
    encode,
    envelope_hash,
    follow,
    stamped,
    upgrade,
)


def drafts(count):
    return [
        Draft(event=MachineCleared(machine=f"P{n}"), at_s=n, utc="2026-11-21T06:00:00+00:00")
        for n in range(count)
    ]


def rows(count):
    return chain(drafts(count), (0, GENESIS), boot="run 1", epoch=1)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_event_comes_back_as_it_went_in(kind):
    @settings(max_examples=15, deadline=None)
    @given(st.from_type(KINDS[kind]))
    def there_and_back(event):
        text = encode(event)
        again = decode(kind, VERSION, text)
        assert again == event
        assert repr(again) == repr(event)  # an int that became a text would be equal to neither
        assert encode(again) == text

    there_and_back()


def test_the_text_of_an_event_is_canonical():
    refused = RowRefused(file="day.csv", row=3, column="größe", reason="no")
    assert (
        encode(refused) == '{"column":"gr\\u00f6\\u00dfe","file":"day.csv","reason":"no","row":3}'
    )


def test_a_number_in_quotes_is_not_a_number():
    with pytest.raises(JournalError, match="cannot be read"):
        decode("RowRefused", VERSION, '{"column":"a","file":"f","reason":"r","row":"3"}')


def test_an_unknown_kind_is_refused_by_name():
    with pytest.raises(JournalError, match="'Forgotten'"):
        decode("Forgotten", VERSION, "{}")


def test_an_event_of_a_newer_release_is_refused():
    with pytest.raises(JournalError, match="newer release"):
        decode("MachineCleared", VERSION + 1, '{"machine":"P1"}')


def test_an_old_body_takes_one_step_a_version():
    steps = {
        ("MachineCleared", 1): lambda body: {**body, "by": "someone"},
        ("MachineCleared", 3): lambda body: {**body, "by": f"{body['by']} else"},
        ("DayClosed", 1): lambda body: {},
    }
    body = upgrade("MachineCleared", 1, {"machine": "P1"}, steps=steps, to=4)
    assert body == {"machine": "P1", "by": "someone else"}
    assert upgrade("MachineCleared", 2, {"machine": "P1"}, steps=steps, to=3) == {"machine": "P1"}


def test_the_chain_begins_at_the_genesis_hash_and_each_event_names_the_one_before():
    first, second, third = rows(3)
    assert (first.seq, second.seq, third.seq) == (1, 2, 3)
    assert first.previous == "0" * 64
    assert second.previous == first.hash
    assert third.hash == envelope_hash(third)
    assert follow((first, second, third)).events == 3


def test_a_chain_goes_on_where_it_was_left():
    whole = rows(4)
    head = (whole[1].seq, whole[1].hash)
    assert chain(drafts(4)[2:], head, boot="run 1", epoch=1) == whole[2:]


@pytest.mark.parametrize(
    "change",
    [
        {"body": '{"machine":"P9"}'},
        {"kind": "LinkLost"},
        {"at_s": 77},
        {"utc": "2026-11-21T06:00:01+00:00"},
        {"actor": "person eve"},
        {"station": "door"},
        {"boot": "run 2"},
        {"epoch": 2},
        {"version": 9},
        {"hash": "f" * 64},
        {"previous": "f" * 64},
        {"seq": 9},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_row_is_named(change):
    kept = list(rows(5))
    kept[2] = replace(kept[2], **change)
    found = follow(kept)
    assert found.broken == 3
    assert found.events == 2


def test_a_row_with_a_hash_made_to_fit_breaks_the_next_one():
    kept = list(rows(5))
    forged = replace(kept[2], body='{"machine":"P9"}')
    kept[2] = replace(forged, hash=envelope_hash(forged))
    assert follow(kept).broken == 4


def test_a_missing_and_a_swapped_row_are_named():
    one, two, three, four = rows(4)
    assert follow([one, three, four]).broken == 2
    assert follow([one, three, two, four]).broken == 2


def test_a_written_envelope_reads_as_what_was_said():
    (row,) = rows(1)
    assert stamped(row).event == MachineCleared(machine="P0")
    assert stamped(row) == stamped(row, MachineCleared(machine="P0"))


def test_canonical_json_refuses_what_json_does_not_have():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"x": float("nan")})

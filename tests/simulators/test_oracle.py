"""The oracle counts what was made against what was needed, and finds what is wrong."""

from dataclasses import replace

import pytest

from plant_config import Line, Order, configure, load, read_folder, shipped
from simulators.oracle import FileLedger, Made, MemoryLedger, Need, count, needs, read_ledger

CHAIN = (
    Need(operation="u/knit", destroyed_by=frozenset({"p/bond", "o/pack"})),
    Need(operation="p/bond", destroyed_by=frozenset({"o/pack"})),
    Need(operation="o/pack", destroyed_by=frozenset()),
)


def made(*said):
    return [
        Made(
            at_s=n,
            machine="X",
            job_order=f"j{n}",
            operation=operation,
            attempt=1,
            subject="",
            verdict=verdict,
            cycle=n,
        )
        for n, (operation, verdict) in enumerate(said, start=1)
    ]


RIGHT = (("u/knit", "good"), ("p/bond", "good"), ("o/pack", "good"))


def test_each_made_once_is_right():
    found = count(made(*RIGHT), CHAIN)
    assert found.right
    assert (found.needed, found.good, found.scrapped) == (3, 3, 0)


def test_scrap_that_was_made_again_is_right():
    assert count(made(("u/knit", "scrap"), *RIGHT), CHAIN).right


def test_scrap_downstream_needs_everything_upstream_again():
    spoilt = (("u/knit", "good"), ("p/bond", "scrap"))
    assert count(made(*spoilt, *RIGHT), CHAIN).right
    assert count(made(*spoilt, ("p/bond", "good"), ("o/pack", "good")), CHAIN).missing == (
        "u/knit",
    )


def test_a_second_good_one_without_a_reason_is_found():
    assert count(made(("u/knit", "good"), *RIGHT), CHAIN).made_twice == ("u/knit",)


def test_what_was_never_made_and_what_nobody_asked_for_is_found():
    found = count(made(("x/knit", "good"), *RIGHT[:2]), CHAIN)
    assert (found.missing, found.unknown) == (("o/pack",), ("x/knit",))
    assert not found.right


def test_what_was_good_and_thrown_away_must_be_made_again():
    first = made(("u/knit", "good"))
    thrown = [replace(first[0], at_s=9, verdict="scrap")]
    rest = [replace(m, cycle=m.cycle + 10) for m in made(*RIGHT)]
    assert count([*first, *thrown, *rest], CHAIN).right
    assert count([*first, *thrown, *rest[1:]], CHAIN).missing == ("u/knit",)


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_cycle_recorded_twice_counts_once(kind, tmp_path):
    ledger = MemoryLedger() if kind == "memory" else FileLedger(tmp_path / "made.jsonl")
    entries = made(*RIGHT)
    ledger.record(entries)
    ledger.record(entries)
    assert ledger.entries() == tuple(entries)
    if isinstance(ledger, FileLedger):
        ledger.close()
        assert read_ledger(tmp_path / "made.jsonl") == tuple(entries)


def test_a_line_torn_by_a_kill_was_never_said_and_spoils_no_other(tmp_path):
    path = tmp_path / "made.jsonl"
    ledger = FileLedger(path)
    ledger.record(made(*RIGHT[:2]))
    ledger.close()
    path.write_bytes(path.read_bytes()[:-30])
    ledger = FileLedger(path)
    assert [entry.operation for entry in ledger.entries()] == ["u/knit"]
    ledger.record(made(*RIGHT)[2:])
    ledger.close()
    assert [entry.operation for entry in read_ledger(path)] == ["u/knit", "o/pack"]


def test_the_need_follows_from_plant_and_orders_alone():
    plant = load(read_folder(shipped("sneaker")))
    spec = configure(
        plant.products["shoe"], {"size": "42", "upper_colour": "sand", "sole_colour": "slate"}
    )
    order = Order(id="7", lines=(Line(1, spec, 1),), release_s=0, due_s=9, cut_off="Nord Parcel")
    need_of = {need.operation: need.destroyed_by for need in needs(plant, [order])}
    assert need_of["7/1.1/knit"] == {"7/1.1-2/bond", "7/1.1-2/cure", "7/pack"}
    assert need_of["7/pack"] == frozenset()
    assert len(need_of) == 8

"""Cycles of every kind of machine: what they show on the way, and how long they take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_plant import PLANT, job_for

from drivers import Verdict
from simulators.faults import CALM, Faults
from simulators.physics import REASONS, WHOLE, Quantity, foresee, look, result_of, setup

RECIPES = {
    "P1": (("height_um", 36_400), ("layer_um", 100), ("material", "tpu85")),
    "K1": (("courses", 1_400), ("gauge", 12), ("yarns", "sand")),
    "M1": (("dose_mg", 640_000), ("colour", "black")),
    "O1": (("temperature_c", 64), ("duration_s", 900)),
    "H1": (),
}


def cycle_on(machine, number=1, seed=1, faults=CALM, before="", family="", takes_s=10_000):
    job = job_for(machine, "1/1.1/step", recipe=RECIPES[machine], family=family, takes_s=takes_s)
    return foresee(PLANT.group_of(machine), job, before, number, faults, seed)


def doing(machine):
    cycle = cycle_on(machine)
    seen = [look(cycle, at).doing for at in range(0, cycle.total_s + 1, 10)]
    return list(dict.fromkeys(seen))


@pytest.mark.parametrize("machine", RECIPES)
@given(st.integers(-10, 12_000))
def test_progress_only_rises_and_what_remains_only_falls(machine, at):
    cycle = cycle_on(machine)
    now, later = look(cycle, at), look(cycle, at + 17)
    assert 0 <= now.progress <= later.progress <= WHOLE
    assert later.remaining_s <= now.remaining_s <= cycle.total_s
    assert look(cycle, cycle.total_s).progress == WHOLE
    assert look(cycle, cycle.total_s).remaining_s == 0


def test_a_printer_warms_up_prints_every_layer_and_cools_down():
    said = doing("P1")
    assert said[0] == "Warming up"
    assert said[1:-1] == [f"Layer {n} of 364" for n in range(1, 365)]
    assert said[-1] == "Cooling down"


def test_a_knitter_counts_courses():
    said = doing("K1")
    assert said[0] == "Course 1 of 1400"
    assert said[-1] == "Course 1400 of 1400"


def test_a_mixer_doses_to_the_gram_mixes_and_rinses():
    said = doing("M1")
    assert said[0] == "Dosing 0 of 640 g"
    assert said[-2:] == ["Mixing", "Rinsing"]
    assert Quantity("dosed_g", 640, "g") in look(cycle_on("M1"), 9_000).quantities


def test_an_oven_heats_and_holds():
    said = doing("O1")
    assert any(words.startswith("Holding 64 degrees, minute 1 of ") for words in said)


def test_every_kind_of_physics_has_words_for_scrap():
    assert {group.physics for group in PLANT.groups.values()} == set(REASONS)


@pytest.mark.parametrize("seed", range(20))
def test_a_cycle_takes_about_its_planned_time(seed):
    assert 9_800 <= cycle_on("P1", seed=seed).process_s <= 10_400


def test_durations_differ_between_cycles_but_not_between_runs():
    lengths = [cycle_on("P1", number=n).process_s for n in range(30)]
    assert len(set(lengths)) > 20
    assert lengths == [cycle_on("P1", number=n).process_s for n in range(30)]


def test_the_changeover_comes_first_and_only_for_another_family():
    cycle = cycle_on("M1", before="colour=black", family="colour=white")
    assert 880 <= cycle.setup_s <= 940
    assert look(cycle, 100).doing == "Changeover: rinse, dark to light"
    assert look(cycle, 100).activity == "setup"
    assert look(cycle, cycle.setup_s).activity == "running"
    mixing = PLANT.groups["mix"]
    assert setup(mixing, "colour=black", "colour=black") == (0, "")
    assert setup(mixing, "", "colour=black") == (0, "")


def test_scrap_comes_at_its_rate_and_a_remake_is_drawn_anew():
    job = job_for("K1", *[f"{n}/knit" for n in range(4_000)])
    faults = Faults(scrap={"knit": 0.03})
    drawn = [result_of(m, "knitter", faults, 7, "K1") for m in job.members]
    scrap = [r for r in drawn if r.verdict is Verdict.SCRAP]
    assert 90 <= len(scrap) <= 150
    assert {r.reason for r in scrap} == set(REASONS["knitter"])
    spoilt = {r.operation for r in scrap}
    again = job_for("K1", *spoilt, attempt=2)
    remade = [result_of(m, "knitter", faults, 7, "K1") for m in again.members]
    assert sum(r.verdict is Verdict.SCRAP for r in remade) < 20

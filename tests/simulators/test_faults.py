"""Scripts of misbehaviour are read strictly."""

from pathlib import Path

import pytest

from plant_config import load, read_folder, shipped
from simulators.faults import CALM, Failure, FaultsError, LinkCut, LostReply, parse_faults

DEMO = Path(__file__).parents[2] / "plant_config/plants/sneaker/faults.yaml"

SCRIPT = """
scrap: {print: 0.03}
lost_replies: [{machine: M2, start: 2}]
link_cuts:
  - {machine: P1, from_s: 500, to_s: 600}
  - {machine: P1, from_s: 100, to_s: 200}
failures: [{machine: P1, cycle: 3, at_percent: 40, why: nozzle clogged}]
restarts: [{machine: M1, at_s: 900}, {machine: M1, at_s: 300}]
slow_reports: [{machine: K1, by_s: 30}]
"""


def test_a_script_says_what_goes_wrong_where_and_when():
    faults = parse_faults(SCRIPT)
    assert faults.loses_reply("M2", 2)
    assert not faults.loses_reply("M2", 1)
    assert faults.lost_replies == (LostReply("M2", 2),)
    assert faults.cuts("P1") == (LinkCut("P1", 100, 200), LinkCut("P1", 500, 600))
    assert faults.failure("P1", 3) == Failure("P1", 3, 40, "nozzle clogged")
    assert faults.failure("P1", 2) is None
    assert faults.restarts_of("M1") == (300, 900)
    assert (faults.slow_s("K1"), faults.slow_s("P1")) == (30, 0)


def test_an_empty_script_is_a_calm_day():
    assert parse_faults("") == CALM


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("scrapp: {print: 0.1}", "scrapp"),
        ("scrap: {print: 1.5}", "not between 0 and 1"),
        ("lost_replies: [{machine: M2}]", "start"),
        ("lost_replies: [{machine: M2, start: 1, maybe: 2}]", "maybe"),
        ("scrap: [", "cannot be read"),
    ],
)
def test_a_mistake_in_a_script_is_said(text, says):
    with pytest.raises(FaultsError, match=says):
        parse_faults(text)


def test_the_demo_day_speaks_of_machines_and_steps_that_exist():
    faults = parse_faults(DEMO.read_text(encoding="utf-8"))
    plant = load(read_folder(shipped("sneaker")))
    steps = {step.name for process in plant.processes.values() for step in process}
    assert set(faults.scrap) <= steps
    assert {lost.machine for lost in faults.lost_replies} <= set(plant.machines)
    assert faults.lost_replies
    assert all(0.02 <= rate <= 0.03 for rate in faults.scrap.values())

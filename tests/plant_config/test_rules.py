"""The words for what may not follow, campaigns, rests and what keeps: read, and refused where wrong."""

import pytest

from plant_config import Line, Order, PlantErrors, load, route
from tests.plant_config.small import changed, doll

CAMPAIGN = "offers: [cut]\n    campaign: {most: 2 h, takes: 15 min, cost: EUR 2.00, says: cleaned}"
FORBIDDEN = "takes: 20 min\n        cost: EUR 3.00\n        cleaning: true"


def test_the_words_are_read(files):
    files = changed(files, "machines.yaml", "offers: [cut]", CAMPAIGN + "\n    resumable: true")
    files = changed(files, "machines.yaml", "base: 60 s", "base: 60 s, least: 2")
    files = changed(files, "machines.yaml", FORBIDDEN, "forbidden: true")
    files = changed(
        files,
        "processes/doll.yaml",
        "after: [cut]",
        "after: [cut]\n    keeps: 30 min\n    kit: EUR 1.20",
    )
    plant = load(files)
    group = plant.groups["cutting"]
    assert (group.campaign.most, group.campaign.takes, group.campaign.cost) == (7_200, 900, 200)
    assert group.resumable
    assert plant.groups["baking"].batch.least == 2
    assert [rule.forbidden for rule in group.changeovers] == [False, True]
    spec = doll(plant, size="2", crisp="baked")
    routing = route(
        Order(id="1", lines=(Line(1, spec, 1),), release_s=0, due_s=0, cut_off=""), plant
    )
    baked = [each for each in routing.operations.values() if each.step == "bake"]
    assert baked
    assert all((each.keeps_s, each.kit_cents) == (1_800, 120) for each in baked)


WRONG = [
    ("machines.yaml", FORBIDDEN, "cleaning: true", "must say what it 'takes'"),
    (
        "machines.yaml",
        "cleaning: true",
        "cleaning: true\n        forbidden: true",
        "a changeover that is forbidden takes and costs nothing",
    ),
    ("machines.yaml", "takes: 5 min", "takes: -5 min", "expected a time such as"),
    ("machines.yaml", "cost: EUR 3.00", "cost: -EUR 3.00", "is less than nothing"),
    ("machines.yaml", "base: 60 s", "base: 60 s, least: 5", "more than the capacity"),
    (
        "machines.yaml",
        "offers: [cut]",
        "offers: [cut]\n    campaign: {takes: 5 min, says: clean}",
        "either 'most' or 'most_size'",
    ),
    (
        "machines.yaml",
        "offers: [cut]",
        "offers: [cut]\n    campaign: {most: 1 h, most_size: 3, takes: 5 min, says: clean}",
        "either 'most' or 'most_size'",
    ),
    (
        "machines.yaml",
        "offers: [cut]",
        "offers: [cut]\n    campaign: {most: 1 h, takes: 5 min, cost: -EUR 1.00, says: clean}",
        "is less than nothing",
    ),
    ("machines.yaml", "offers: [cut]", "offers: [cut]\n    crew: -1", "is less than nothing"),
    ("plant.yaml", "odd: [early, night]", "odd: []", "names no shift"),
    (
        "processes/doll.yaml",
        "after: [cut]",
        "after: [cut]\n    kit: -EUR 1.00",
        "less than nothing",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), WRONG)
def test_a_wrong_rule_is_told_with_its_line(files, file, old, new, says):
    wrong = changed(files, file, old, new)
    with pytest.raises(PlantErrors) as caught:
        load(wrong)
    told = str(caught.value).splitlines()
    assert any(line.startswith(f"{file}:") and says in line for line in told), told
    first = wrong[file][: wrong[file].index(new)].count("\n") + 1
    lines = [int(line.split(":")[1]) for line in told if says in line]
    assert any(first - 2 <= line <= first + new.count("\n") for line in lines), (first, told)

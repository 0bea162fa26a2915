"""Every mistake in a plant's files is told with its place, its value and what may have been meant."""

import json

import pytest

from plant_config import PlantErrors, load, read_folder, shipped
from plant_config.load import digest, json_schema
from plant_config.units import format_seconds
from tests.plant_config.small import changed


def mistakes(files) -> list[str]:
    with pytest.raises(PlantErrors) as caught:
        load(files)
    return str(caught.value).splitlines()


def spot(files, file: str, text: str) -> str:
    """The `line:column` of a text in a file."""
    before = files[file][: files[file].index(text)]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


MISTAKES = [
    (
        ("machines.yaml", "physics: oven", "physics: ovne"),
        "ovne",
        (
            "'ovne': no such physics; expected knitter, printer, mixer, oven or station."
            " Maybe you mean 'oven'?"
        ),
    ),
    (
        ("machines.yaml", "calendar: odd", "calender: odd"),
        "calender",
        "'calender': no such key; expected name,",
    ),
    (
        ("machines.yaml", "takes: 5 min", "takes: 300"),
        "300",
        "300: a number without a unit; expected a time such as '45 s'. Maybe you mean '300 s'?",
    ),
    (
        ("machines.yaml", "takes: 20 min", "takes: 20 mni"),
        "20 mni",
        "'20 mni': no unit 'mni' here; expected s, min, h or d.",
    ),
    (
        ("machines.yaml", "rate: EUR 18.00", "rate: 18"),
        "18\n",
        "18: expected an amount with its currency such as 'EUR 9.50'. Maybe you mean 'EUR 18.00'?",
    ),
    (
        ("machines.yaml", "kind: station", "kind: sation"),
        "sation",
        "'sation': no such kind; expected opcua, modbus or station. Maybe you mean 'station'?",
    ),
    (
        ("machines.yaml", "noun: tray}", "noun: tray, fill_percent: 120}"),
        "120",
        "120: expected a share of the room, 0 to 100 per cent.",
    ),
    (
        ("machines.yaml", "batch: {capacity: 4, base", "batch: {fill_percent: 60, base"),
        "60,",
        "60: nothing can be added to a batch without a capacity.",
    ),
    (
        ("machines.yaml", "port: 3", "port: three"),
        "three",
        "'three': expected a whole number.",
    ),
    (
        ("machines.yaml", "host: h, port: 3,", "prot: 3, host: h, port: 3,"),
        "prot",
        "'prot': no such key; expected kind, host, port, unit or profile. Maybe you mean 'port'?",
    ),
    (
        ("machines.yaml", "group: hands", "group: hand"),
        "hand, link",
        "'hand': no such group. Maybe you mean 'hands'?",
    ),
    (
        ("machines.yaml", "calendar: odd", "calendar: old"),
        "old",
        "'old': no such calendar. Maybe you mean 'odd'?",
    ),
    (
        ("machines.yaml", "port: 3, profile: map", "port: 3, profile: mop"),
        "mop",
        "'mop': no such profile. Maybe you mean 'map'?",
    ),
    (
        ("machines.yaml", "port: 3", "port: 2"),
        "{kind: modbus, host: h, port: 2, profile: map}}\n  - {id: H1",
        "the same address as C2.",
    ),
    (
        ("machines.yaml", "id: H1", "id: O1"),
        "O1, group: hands",
        "'O1': stands here twice.",
    ),
    (
        ("machines.yaml", "length: [10, 40]", "lenght: [10, 40]"),
        "[10, 40]",
        "no such recipe parameter. Maybe you mean 'length'?",
    ),
    (
        ("machines.yaml", "length: [10, 40]", "length: [10]"),
        "[10]",
        "misses '1'.",
    ),
    (
        ("machines.yaml", "{colour: red, shade: 50}", "{shade: 50, colour: red}"),
        "{shade: 50",
        "the initial family must say colour, shade, in this order, as its steps do.",
    ),
    (
        ("machines.yaml", "before.colour", "before.color"),
        "before.color",
        (
            "'before.color != after.colour': 'before.color' means nothing here."
            " Maybe you mean 'before.colour'?"
        ),
    ),
    (
        ("machines.yaml", "offers: [cut]", "offers: cut"),
        "cut\n",
        "'cut': expected a list.",
    ),
    (
        ("plant.yaml", '"06:00"', "6"),
        "6,",
        "6: expected a time of day such as '06:00', at most '24:00'.",
    ),
    (
        ("plant.yaml", "Europe/Berlin", "Europe/Berlim"),
        "Europe/Berlim",
        "'Europe/Berlim': no such time zone; expected one such as 'Europe/Berlin'.",
    ),
    (
        ("plant.yaml", "odd: [early, night]", "odd: [early, nigth]"),
        "nigth",
        "'nigth': no such shift. Maybe you mean 'night'?",
    ),
    (
        ("products/doll.yaml", "implies crisp != 'baked'", "implies crisp != 'bakd'"),
        "!= 'bakd'",
        (
            "\"colour == 'white' implies crisp != 'bakd'\": 'crisp' is never 'bakd'."
            " Maybe you mean 'baked'?"
        ),
    ),
    (
        ("products/doll.yaml", "size.length < 15", "size.lenght < 15"),
        "size.lenght",
        "'size.lenght' means nothing here. Maybe you mean 'size.length'?",
    ),
    (
        ("products/doll.yaml", "default: red", "default: rde"),
        "rde",
        "'rde': no such option. Maybe you mean 'red'?",
    ),
    (
        ("products/doll.yaml", "name: crisp\n", "name: Crisp Ness\n"),
        "Crisp Ness",
        (
            "'Crisp Ness': expressions cannot use this name; write small letters, digits and '_'."
            " Maybe you mean 'crisp_ness'?"
        ),
    ),
    (
        ("products/doll.yaml", "name: white,", "name: red,"),
        "red, label: White",
        "'red': stands here twice.",
    ),
    (
        ("products/doll.yaml", "    why: Small dolls crumble in the oven.\n", ""),
        "name: small ones",
        "misses 'why'.",
    ),
    (
        ("products/doll.yaml", "not (size.length", "not ((size.length"),
        "not ((size",
        "expected ')' but found the end.",
    ),
    (
        ("processes/doll.yaml", "needs: bake", "needs: bakee"),
        "bakee",
        "'bakee': no such capability. Maybe you mean 'bake'?",
    ),
    (
        ("processes/doll.yaml", "after: [bake]", "after: [bka]"),
        "bka",
        "'bka': no such step. Maybe you mean 'bake'?",
    ),
    (
        ("processes/doll.yaml", "per: assembly", "per: assemby"),
        "assemby",
        "'assemby': no such per; expected unit, assembly or order. Maybe you mean 'assembly'?",
    ),
    (
        ("processes/doll.yaml", "1 min * quantity", "1 min * size.length"),
        "size.length\n    uses",
        "'2 min + 1 min * size.length': 'size.length' means nothing here.",
    ),
    (
        ("processes/doll.yaml", "piece == 'back'", "piece == 'bak'"),
        "== 'bak'",
        "'piece' is never 'bak'. Maybe you mean 'back'?",
    ),
    (
        ("processes/doll.yaml", "\"'box'\"", "\"'bok'\""),
        "\"'bok'\"",
        "\"'bok'\": no such material. Maybe you mean 'box'?",
    ),
    (
        ("processes/doll.yaml", "product: doll", "product: dol"),
        "dol\n",
        "'dol': no such product. Maybe you mean 'doll'?",
    ),
    (
        ("rates.yaml", "late: EUR 10.00\n", ""),
        "source",
        "misses 'late'.",
    ),
    (
        ("rates.yaml", "late: EUR 10.00", "late: EUR 10.00\nsecond_person_above: 60"),
        "60",
        "expected an amount with its currency such as 'EUR 9.50'. Maybe you mean 'EUR 60.00'?",
    ),
    (
        ("materials.yaml", "per: 1 kg", "per: 0 kg"),
        "0 kg",
        "must be more than 0.",
    ),
]


@pytest.mark.parametrize(("change", "text", "says"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_was_meant(files, change, text, says):
    wrong = changed(files, *change)
    told = mistakes(wrong)
    line = spot(wrong, change[0], text).rpartition(":")[0]
    here = [each for each in told if each.startswith(f"{line}:") and says in each]
    assert here, told


EXACT = [
    ("machines.yaml", "physics: oven", "physics: ovne", "ovne"),
    ("machines.yaml", "calendar: odd", "calender: odd", "calender"),
    ("machines.yaml", "takes: 20 min", "takes: 20 mni", "20 mni"),
    ("machines.yaml", "before.colour", "before.color", "before.color"),
    ("products/doll.yaml", "size.length < 15", "size.lenght < 15", "size.lenght"),
    ("processes/doll.yaml", "piece == 'back'", "piece == 'bak'", "== 'bak'"),
    ("plant.yaml", "nigth" * 0 + "[early, night]", "[early, nigth]", "nigth"),
]


def test_the_value_above_which_two_persons_decide_may_be_left_out(files):
    assert load(files).rates.second_person_above is None
    text = "second_person_above: EUR 60.00\nlate:"
    assert load(changed(files, "rates.yaml", "late:", text)).rates.second_person_above == 6_000


@pytest.mark.parametrize(("file", "old", "new", "text"), EXACT)
def test_the_column_points_at_the_word(files, file, old, new, text):
    wrong = changed(files, file, old, new)
    assert mistakes(wrong)[0].startswith(spot(wrong, file, text) + ":")


def test_the_column_inside_a_quoted_expression_counts_the_quote(files):
    wrong = changed(files, "processes/doll.yaml", "\"'box'\"", "\"'box' + kwantity\"")
    assert mistakes(wrong)[0].startswith(spot(wrong, "processes/doll.yaml", "kwantity") + ":")


def test_all_mistakes_of_a_folder_are_told_at_once(files):
    wrong = changed(files, "machines.yaml", "physics: oven", "physics: ovne")
    wrong = changed(wrong, "machines.yaml", "takes: 5 min", "takes: 5")
    wrong = changed(wrong, "plant.yaml", '"06:00"', "6")
    wrong = changed(wrong, "processes/doll.yaml", "per: assembly", "per: pair")
    told = mistakes(wrong)
    assert [each.partition(":")[0] for each in told] == [
        "machines.yaml",
        "machines.yaml",
        "plant.yaml",
        "processes/doll.yaml",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: [", "this is not YAML"),
        ("", "the file is empty"),
        ("- 1\n", "expected a mapping"),
        ("name: a\nname: b\n", "'name': stands here twice"),
        ("\tname: a", "this is not YAML"),
    ],
)
def test_what_is_no_mapping_is_told_and_does_not_stop_the_rest(files, text, says):
    told = mistakes({**files, "rates.yaml": text})
    assert any(says in each for each in told)
    assert told[0].startswith("rates.yaml:")


def test_a_missing_file_is_told(files):
    told = mistakes({name: text for name, text in files.items() if name != "rates.yaml"})
    assert told == ["rates.yaml:1:1: the plant misses this file."]


def test_a_file_with_a_wrong_name_is_told(files):
    told = mistakes({**files, "machine.yaml": "x: 1"})
    assert told[0].startswith("machine.yaml:1:1: a plant has no such file; expected plant.yaml")
    assert told[0].endswith("Maybe you mean 'machines.yaml'?")


def test_a_product_without_a_process_is_told(files):
    told = mistakes({n: t for n, t in files.items() if n != "processes/doll.yaml"})
    assert any("'doll': has no bill of process; write processes/doll.yaml" in t for t in told)


def test_files_that_are_not_yaml_are_not_read(files, plant):
    assert load({**files, "README.md": "]["}) == plant


def test_a_digest_changes_with_any_text(files):
    assert digest(files) == digest(dict(reversed(files.items())))
    assert digest(changed(files, "rates.yaml", "assumed", "measured")) != digest(files)


def test_values_arrive_in_base_units(plant):
    assert plant.groups["baking"].batch.base == 60
    assert plant.materials["cloth"].per == 1_000_000
    assert plant.products["doll"].features[0].options[0].facts == {
        "length": 10,
        "time": 60,
        "cloth": 100_000,
    }
    assert plant.day_begins_s == 6 * 3600
    assert format_seconds(plant.groups["cutting"].changeovers[1].takes) == "20 min"


def test_a_profile_is_called_after_its_file(plant):
    assert set(plant.profiles) == {"map"}


def test_only_shipped_names_are_folders_of_plants():
    assert shipped("sneaker") is not None
    assert [shipped(name) for name in ("", ".", "..", "../plants", "snaeker", "/etc")] == [None] * 6


def test_the_schema_is_json_and_knows_every_file():
    schema = json.loads(json.dumps(json_schema()))
    assert set(schema) == {
        "plant.yaml",
        "machines.yaml",
        "materials.yaml",
        "rates.yaml",
        "stock.yaml",
        "products",
        "processes",
        "profiles",
    }
    assert "45 s" not in schema


def test_no_word_cut_out_of_a_plant_can_crash_the_loader():
    folder = read_folder(shipped("muesli"))
    for file, text in folder.items():
        for cut in (len(text) // 3, len(text) * 3 // 4):
            broken = {**folder, file: text[:cut] + text[cut + 9 :]}
            told = mistakes_or_none(broken)
            assert all(each.count(":") >= 3 for each in told)


def mistakes_or_none(files) -> list[str]:
    try:
        load(files)
    except PlantErrors as error:
        return [str(each) for each in error.errors]
    return []


def test_a_misspelt_key_is_not_also_missed(files):
    told = mistakes(changed(files, "machines.yaml", "calendar: odd", "calender: odd"))
    assert len(told) == 1
    assert told[0].endswith("Maybe you mean 'calendar'?")

"""The doctor finds what is wrong, says what to do, and knows the references that pages give."""

import json
import sqlite3
from pathlib import Path

import pytest

from controller.client import Client
from controller.commands import UsageError
from controller.doctor import (
    Patient,
    _folder,
    _journal,
    _nobody,
    _packages,
    _plant,
    examine,
    explain,
)
from controller.journal import Journal
from controller.logs import FILE


def patient(state: Path, plant: str = "", database: str = "") -> Patient:
    return Patient(
        state=state,
        database=database or f"sqlite:///{state / 'journal.db'}",
        plant=plant,
        client=Client("http://127.0.0.1:9"),
    )


def only(findings):
    (finding,) = findings
    return finding


def test_every_declared_package_is_found_here(tmp_path):
    assert only(_packages(patient(tmp_path))).verdict == "good"


def test_a_folder_that_cannot_be_made_use_of_is_named(tmp_path):
    missing = only(_folder(patient(tmp_path / "none")))
    assert missing.verdict == "look"
    assert "the first run makes it" in missing.says


def test_a_broken_plant_is_wrong_with_its_first_mistake(tmp_path):
    (tmp_path / "plant.yaml").write_text("name: [", encoding="utf-8")
    found = only(_plant(patient(tmp_path, plant=str(tmp_path))))
    assert found.verdict == "wrong"
    assert "machines.yaml:1:1: the plant misses this file" in found.says
    assert f"lotwright check {tmp_path}" in found.says


def test_a_journal_opens_and_one_that_is_held_is_no_fault(tmp_path):
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    held = Journal.open(url)
    try:
        assert "running controller" in only(_journal(patient(tmp_path))).says
    finally:
        held.close()
    assert only(_journal(patient(tmp_path))).verdict == "good"


def test_a_file_that_is_no_database_is_wrong(tmp_path):
    (tmp_path / "journal.db").write_bytes(b"no database at all" * 100)
    assert only(_journal(patient(tmp_path))).verdict == "wrong"
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("create table x (y)")
    other.close()


def test_a_server_s_journal_is_left_to_its_controller(tmp_path):
    url = "postgresql://nobody@127.0.0.1:9/none"
    assert "ask its controller" in only(_journal(patient(tmp_path, database=url))).says


def test_a_free_port_invites_to_start_a_controller():
    assert "lotwright run PLANT" in only(_nobody("http://127.0.0.1:9")).says


def test_anything_wrong_makes_the_exit_code_one(tmp_path, capsys):
    assert examine(patient(tmp_path, plant="sneaker"), as_json=True) == 0
    assert examine(patient(tmp_path, plant="no such plant"), as_json=True) == 1
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert said[0]["findings"][0]["about"] == "Python"


def test_a_reference_leads_to_its_cause(tmp_path, capsys):
    lines = (
        {"event": "a request failed", "reference": "00aa11bb", "exception": "ZeroDivisionError"},
        {"event": "other", "reference": "22cc33dd", "exception": "KeyError"},
    )
    text = "\n".join(["broken by a power c", *map(json.dumps, lines)])
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert explain(tmp_path, "22cc33dd") == 0
    assert "KeyError" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no fault with the reference"):
        explain(tmp_path, "ffffffff")

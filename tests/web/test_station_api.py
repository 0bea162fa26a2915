"""What a station's page and routes say: the parts of a join, the map of a plate, totes, undo."""

from typing import Any

import httpx
import pytest
from benches import JudgedDesk, bench_desk
from calling import call

from controller import events as e
from controller.waiting import ASKS_START

PARTS = ("4126/1.1/knit", "4126/1.2/knit", "4126/1.1/print", "4126/1.2/print", "4126/1.1-2/mix")


@pytest.fixture
def desk() -> JudgedDesk:
    return bench_desk()


@pytest.fixture(scope="module")
def seen() -> JudgedDesk:
    """One desk for all who only look; an application takes longer to build than to ask."""
    return bench_desk()


def ask(desk: JudgedDesk, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
    """GET, or POST when there is a body."""

    if body is None:
        return call(desk, "GET", path)
    return call(desk, "POST", path, json=body, headers={"X-Actor": "person jonas"})


def job_at(desk: JudgedDesk, machine: str) -> str:
    return desk.state.machines[machine].job_order


def scan(desk: JudgedDesk, machine: str, code: str, **more: str) -> httpx.Response:
    body = {"job_order": job_at(desk, machine), "code": code, **more}
    return ask(desk, f"/api/stations/{machine}/scan", body)


def test_a_join_is_a_table_of_what_belongs_together(seen):
    said = ask(seen, "/api/stations/B2").json()
    assert (said["kind"], said["step"], said["does"]) == (
        "join",
        "offered",
        "Pair 4126, for Kofi B.",
    )
    assert [(slot["name"], slot["stands"]) for slot in said["slots"]] == [
        ("upper 4126 L", "next"),
        ("upper 4126 R", "open"),
        ("midsole 4126 L", "open"),
        ("midsole 4126 R", "open"),
        ("compound 4126", "open"),
    ]
    tote = seen.state.orders["4126"].tote
    assert {slot["where"] for slot in said["slots"]} == {f"tote {tote}"}


def test_scans_fill_the_table_until_it_can_be_good(desk):
    for number, code in enumerate(PARTS, start=1):
        assert scan(desk, "B2", code).status_code == 200
        slots = ask(desk, "/api/stations/B2").json()["slots"]
        assert sum(slot["stands"] == "scanned" for slot in slots) == number
        page = ask(desk, "/station/B2").text
        assert ('data-does="good" data-key="1" disabled' in page) == (number < len(PARTS))
    finish = {
        "job_order": job_at(desk, "B2"),
        "results": [{"operation": "4126/1.1-2/bond", "verdict": "good"}],
    }
    assert ask(desk, "/api/machines/B2/finish", finish).status_code == 200
    assert desk.state.work["4126/1.1-2/bond"].phase.value == "done"


def test_good_is_refused_by_the_route_too_while_a_part_is_missing(desk):
    finish = {
        "job_order": job_at(desk, "B2"),
        "results": [{"operation": "4126/1.1-2/bond", "verdict": "good"}],
    }
    answer = ask(desk, "/api/machines/B2/finish", finish)
    assert answer.status_code == 409
    assert answer.json()["why"].startswith("Upper 4126 L and 4 more are not scanned.")


def test_the_wrong_upper_is_refused_and_it_is_kept_who_tried(desk):
    answer = scan(desk, "B2", "4129/1.2/knit")
    ours, other = desk.state.orders["4126"].tote, desk.state.orders["4129"].tote
    assert answer.status_code == 422
    assert answer.json()["why"] == (
        f"This is upper 4129 R, tote {other}. Here upper 4126 R is needed, tote {ours}."
    )
    assert isinstance(desk.journal[-1].event, e.ScanRefused)
    assert desk.journal[-1].actor == "person jonas"


def test_markup_in_a_scan_comes_back_as_text(desk):
    answer = scan(desk, "B2", "<img src=x onerror=alert(1)>")
    assert answer.status_code == 422
    assert "“<img src=x onerror=aler…”" in answer.json()["why"]
    assert "<img" not in repr(desk.journal[-1].event)


def test_the_page_escapes_what_customers_wrote(desk):
    desk.people = {
        "4126": type(desk.person("4126"))(name="<b>Kofi</b> B", texts=(("1.heel", "<i>run</i>"),))
    }
    page = ask(desk, "/station/B2").text
    assert "<b>Kofi</b>" not in page
    assert "&lt;b&gt;Kofi&lt;/b&gt; B." in page
    assert "“&lt;i&gt;run&lt;/i&gt;”" in page


def test_a_plate_is_a_map_with_a_place_for_each_part(seen):
    said = ask(seen, "/api/stations/P2").json()
    assert (said["kind"], said["step"]) == ("plate", "clear")
    assert said["does"] == "Put each part into its tote"
    assert [part["name"] for part in said["plate"]][:2] == ["midsole 4128 L", "midsole 4128 R"]
    assert {part["lies"] for part in said["plate"]} == {"ready"}
    assert len({(part["x"], part["y"]) for part in said["plate"]}) == 7
    page = ask(seen, "/station/P2").text
    assert page.count('class="pt') == 7
    assert 'aria-label="Order 4128 left, tote T-' in page
    assert "0 of 7 taken off" in page


def test_parts_are_taken_by_touch_and_the_last_one_clears_the_machine(desk):
    job = job_at(desk, "P2")
    parts = [member.operation for member in desk.state.jobs[job].intended.job.members]
    for number, operation in enumerate(parts, start=1):
        body = {"job_order": job, "operation": operation}
        assert ask(desk, "/api/stations/P2/take", body).status_code == 200
        assert desk.state.machines["P2"].needs_clear == (number < len(parts))
    assert ask(desk, "/api/stations/P2").json()["kind"] == "idle"


def test_a_touched_part_is_shown_with_its_tote_and_what_comes_next(seen):
    page = ask(seen, "/station/P2?part=work&now=4129/1.2/print").text
    tote = seen.state.orders["4129"].tote
    assert 'data-now="4129/1.2/print"' in page
    assert f"Tote {tote}" in page
    assert "<dt>Next</dt><dd>bonding" in page
    assert "<html" not in page


def test_a_part_that_a_person_finds_bad_is_hatched_and_made_again(desk):
    body = {"job_order": job_at(desk, "P2"), "operation": "4128/1.2/print", "reason": "Stringing"}
    assert ask(desk, "/api/stations/P2/scrap", body).status_code == 200
    page = ask(desk, "/station/P2").text
    assert 'aria-label="Order 4128 right, scrap, remade"' in page
    assert "left; right is scrap" in page
    assert desk.state.work["4128/1.2/print"].attempt == 2


def test_a_failed_plate_says_why_and_asks_for_everything_to_be_taken_off(seen):
    page = ask(seen, "/station/P3").text
    assert "Look at P3, take everything off" in page
    assert "Nozzle stayed 38 °C under its set point for 60 s." in page
    assert 'data-does="clear"' in page
    assert 'data-does="take"' not in page


def test_another_tote_is_used_from_then_on(desk):
    answer = ask(desk, "/api/stations/P2/tote", {"order": "4128", "tote": "T-40"})
    assert answer.status_code == 200
    assert "Tote T-40" in ask(desk, "/station/P2?part=work").text


def test_the_last_scan_is_taken_back(desk):
    scan(desk, "B2", PARTS[0])
    undo = {"job_order": job_at(desk, "B2"), "operation": PARTS[0]}
    assert (
        ask(desk, "/api/stations/B2/undo", undo).json()["says"]
        == "Undone. Scan upper 4126 L again."
    )
    assert ask(desk, "/api/stations/B2").json()["slots"][0]["stands"] == "next"
    assert ask(desk, "/api/stations/B2/undo", undo).status_code == 409


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "4127/1.2/knit",
            {"kind": "part", "name": "upper 4127 R", "stands": "made", "next_step": "bonding"},
        ),
        ("4127/1.2/print", {"kind": "part", "name": "midsole 4127 R", "stands": "scrap"}),
        ("4127/1.2/print/2", {"kind": "part", "name": "midsole 4127 R", "stands": "open"}),
        ("4128/1.1/print", {"kind": "part", "where": "on P2, plate 118", "stands": "made"}),
        ("4119/1.1/knit", {"kind": "part", "where": "in pair 4119", "stands": "joined"}),
        ("4127", {"kind": "order", "name": "order 4127"}),
        (
            "T-1",
            {"kind": "tote", "name": "tote T-1", "order": "4128", "where": "carries order 4128"},
        ),
    ],
)
def test_a_code_says_what_it_is_whose_and_where(seen, code, expected):
    said = ask(seen, f"/api/parts/{code}").json()
    assert {name: said[name] for name in expected} == expected


@pytest.mark.parametrize("code", ["nonsense", "9999/1.1/knit", "4127/7.7/knit", "%3Cb%3E"])
def test_a_code_that_means_nothing_is_not_found(seen, code):
    answer = ask(seen, f"/api/parts/{code}")
    assert answer.status_code == 404
    assert answer.json()["why"].endswith("is no code of Lotwright's.")


def test_open_hand_work_lists_the_codes_to_scan(desk):
    work = {each["machine"]: each for each in ask(desk, "/api/work").json()}
    assert tuple(work["B2"]["scan"]) == PARTS
    scan(desk, "B2", PARTS[1])
    again = {each["machine"]: each for each in ask(desk, "/api/work").json()}
    assert PARTS[1] not in again["B2"]["scan"]


@pytest.mark.parametrize(
    "machine", ["B1", "B2", "B3", "C1", "K1", "K3", "M1", "M2", "P1", "P5", "W1"]
)
def test_every_machine_has_a_page_and_its_twin(seen, machine):
    assert ask(seen, f"/station/{machine}").status_code == 200
    said = ask(seen, f"/api/stations/{machine}").json()
    assert said["machine"] == machine
    assert said["does"]


def test_a_station_that_is_not_there_is_not_found(seen):
    assert ask(seen, "/station/B9").status_code == 404
    assert ask(seen, "/api/stations/B9").status_code == 404
    assert ask(seen, "/api/stations/B9/scan", {"job_order": "x", "code": "y"}).status_code == 404


def test_good_and_scrap_are_never_neighbours(seen):
    for machine in ("B2", "B1", "P2", "W1"):
        page = ask(seen, f"/station/{machine}?part=work").text
        acts = page[page.index('id="st-acts"') :]
        order = [
            word
            for word in ('data-does="good"', 'data-does="take"', "help-ask", 'data-does="scrap"')
            if word in acts
        ]
        places = [acts.index(word) for word in order]
        assert places == sorted(places)
        assert order[-1] == 'data-does="scrap"'
        assert order[-2] == "help-ask"


def test_where_each_start_is_confirmed_the_station_has_the_button(seen):
    desk = bench_desk()
    desk.why_waiting = lambda machine: ASKS_START  # type: ignore[method-assign]
    page = ask(desk, "/station/P5").text
    assert "Start plate of 4, 2 orders" in page
    assert 'data-operations="4138/1.1/print 4138/1.2/print 4141/1.1/print 4141/1.2/print"' in page
    assert "data-operations" not in ask(seen, "/station/P5").text

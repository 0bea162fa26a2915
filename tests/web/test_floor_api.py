"""Commands to machines and alarms over the API: what is taken, what is refused, and why."""

import httpx
import pytest
from calling import call
from shoes import JOBS, NOW_S, SmallDesk, the_desk

from controller.floor import requests as r
from controller.web.floor_acts import ABORT_REASONS, acts
from controller.web.scene import look
from plant_config import Mode


@pytest.fixture
def desk() -> SmallDesk:
    return the_desk()


@pytest.fixture(scope="module")
def seen() -> SmallDesk:
    """One desk for all who change nothing."""
    return the_desk()


def post(desk: SmallDesk, path: str, body: object = None, **headers: str) -> httpx.Response:
    who = {"X-Actor": "person amira"} | {name.replace("_", "-"): v for name, v in headers.items()}
    return call(desk, "POST", path, json=body, headers=who)


def get(desk: SmallDesk, path: str) -> httpx.Response:
    return call(desk, "GET", path)


def test_hold_is_given_once_and_says_what_came_of_it(desk):
    answer = post(desk, "/api/machines/P1/hold")
    assert (answer.status_code, answer.json()["says"]) == (
        200,
        "Hold of Plate 121 is on its way to P1.",
    )
    pending = desk.state.machines["P1"].command
    assert pending is not None
    assert (pending.by, pending.job_order) == ("person amira", JOBS["P1"].id)
    again = post(desk, "/api/machines/P1/hold")
    assert again.status_code == 409
    assert "already asked for" in again.json()["why"]


def test_what_does_not_run_is_not_held_and_the_reason_names_since_when(seen):
    answer = post(seen, "/api/machines/P3/hold")
    assert answer.status_code == 409
    assert answer.json()["why"] == "Hold was refused: nothing runs on P3 since 09:12."


def test_an_abort_needs_a_reason_and_unknown_words_are_refused(desk):
    assert post(desk, "/api/machines/P1/abort", {"reason": ""}).status_code == 422
    assert post(desk, "/api/machines/P1/abort").status_code == 422
    assert post(desk, "/api/machines/P1/abort", {"why": "x"}).status_code == 422
    taken = post(desk, "/api/machines/P1/abort", {"reason": ABORT_REASONS[0]})
    assert taken.status_code == 200
    assert desk.asked[-1][0] == r.AbortMachine(machine="P1", reason=ABORT_REASONS[0])


def test_out_of_service_and_back_in(desk):
    body = {"reason": "Broken", "until_s": NOW_S + 3_600}
    assert post(desk, "/api/machines/P5/out", body).status_code == 200
    assert desk.state.machines["P5"].out is not None
    assert get(desk, "/api/machines/P5").json()["word"] == "Out of service"
    past = post(desk, "/api/machines/P4/out", {"reason": "Broken", "until_s": NOW_S - 1})
    assert (past.status_code, past.json()["kind"]) == (422, "wrong")
    assert post(desk, "/api/machines/P5/in").status_code == 200
    assert post(desk, "/api/machines/P5/in").json()["why"] == "P5 is in service."


def test_who_looked_at_an_older_machine_is_told_who_changed_it(desk):
    seen = str(desk.state.revisions["machine:P5"].seq)
    first = post(desk, "/api/machines/P5/mode", {"mode": "watch"}, If_Match=f'"{seen}"')
    assert first.status_code == 200
    late = post(desk, "/api/machines/P5/mode", {"mode": "suggest"}, If_Match=seen)
    assert late.status_code == 409
    assert late.json()["why"].startswith("Machine P5 was changed by amira at 11:42.")
    assert desk.state.machines["P5"].mode is Mode.WATCH
    wrong = post(desk, "/api/machines/P5/mode", {"mode": "suggest"}, If_Match="W/x")
    assert wrong.status_code == 422


def test_only_the_batch_that_was_shown_may_start(desk):
    post(desk, "/api/machines/P5/mode", {"mode": "confirm"})
    desk.state.planned = desk.state.seq
    seen = acts(look(desk), "P5")
    assert seen.start == "Start plate of 4, 2 orders"
    other = post(desk, "/api/machines/P5/start", {"operations": ["4138/1.1/print"]})
    assert other.status_code == 409
    good = post(desk, "/api/machines/P5/start", {"operations": list(seen.operations)})
    assert good.status_code == 200
    assert acts(look(desk), "P5").start == ""


def test_help_is_called_and_ended(desk):
    assert post(desk, "/api/machines/B2/help", {"note": "glue is out"}).status_code == 200
    assert desk.state.machines["B2"].help is not None
    assert [a["id"] for a in get(desk, "/api/alarms").json()][-1] == "help:B2"
    assert post(desk, "/api/machines/B2/help/end").status_code == 200
    assert post(desk, "/api/machines/B2/help/end").status_code == 409


@pytest.mark.parametrize(
    ("does", "body"),
    [
        ("hold", None),
        ("resume", None),
        ("abort", {"reason": "x"}),
        ("out", {"reason": "x"}),
        ("in", None),
        ("mode", {"mode": "watch"}),
        ("start", {"operations": ["x"]}),
        ("help", None),
        ("help/end", None),
    ],
)
def test_a_machine_that_is_not_there_is_not_found(seen, does, body):
    answer = post(seen, f"/api/machines/P9/{does}", body)
    assert (answer.status_code, answer.json()["kind"]) == (404, "unknown")


def test_what_cannot_be_pressed_says_why_in_the_judge_s_words(desk):
    seen = acts(look(desk), "P3")
    assert seen.why == ("Hold and Resume: nothing runs on P3 since 09:12.",)
    assert acts(look(desk), "P1").why == ("Resume: Plate 121 is not held, it is running.",)
    assert acts(look(desk), "P1").losing == "Abort plate 121: 6 parts are lost"


def test_alarms_are_listed_acknowledged_and_shelved(desk):
    first = get(desk, "/api/alarms").json()[0]
    assert (first["id"], first["priority"], first["state"]) == ("failed:P3", "urgent", "active")
    assert first["next_step"] == "Look at it, then press Cleared."
    noted = post(desk, "/api/alarms/failed:P3/acknowledge", {"note": "heater cartridge"})
    assert noted.status_code == 200
    again = post(desk, "/api/alarms/failed:P3/acknowledge")
    assert again.json()["why"] == "Amira has acknowledged it already."
    aside = {"until_s": NOW_S + 1_800, "note": "Waits for a part"}
    assert post(desk, "/api/alarms/doubt:M2/shelve", aside).status_code == 200
    states = {a["id"]: a["state"] for a in get(desk, "/api/alarms").json()}
    assert states["failed:P3"] == "acknowledged"
    assert states["doubt:M2"] == "shelved"
    desk.at_s += 1_800
    assert {a["id"]: a["state"] for a in get(desk, "/api/alarms").json()}["doubt:M2"] == "active"
    assert post(desk, "/api/alarms/failed:P9/acknowledge").status_code == 404


def test_the_floor_is_filtered_by_its_address(seen):
    page = get(seen, "/floor?cell=print&state=fail").text
    shown = [part.split('"')[0] for part in page.split('<div class="cell">')[1:]]
    assert len(shown) == 1
    assert "1 of 15 machines" in page
    assert page.count('<div class="cell" hidden>') == 14
    assert get(seen, "/floor?cell=%3Cscript%3E").text.count("<script>") == 0


def test_the_drawer_of_a_machine_that_is_not_there_says_so(seen):
    answer = get(seen, "/floor/machine/P9")
    assert answer.status_code == 404
    assert "There is no machine" in answer.text

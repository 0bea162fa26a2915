"""The API answers from the state, passes requests on, and refuses with a reason."""

from typing import Any

import httpx
import pytest
from calling import call
from shoes import JOBS, NOW_S, SmallDesk, the_desk

from controller.requests import ClearMachine, DecideDoubt, FinishHandWork
from drivers import Verdict


@pytest.fixture
def desk() -> SmallDesk:
    return the_desk()


@pytest.fixture(scope="module")
def seen() -> SmallDesk:
    """One desk for all who change nothing."""
    return the_desk()


def get(desk: SmallDesk, path: str) -> httpx.Response:
    return call(desk, "GET", path)


def post(desk: SmallDesk, path: str, **sent: Any) -> httpx.Response:
    return call(desk, "POST", path, **sent)


def test_the_clock_is_its_anchor_and_what_it_shows(seen):
    said = get(seen, "/api/clock").json()
    assert said == {
        "utc": "2026-11-24T05:00:00+00:00",
        "plant_s": 0,
        "speed": 480,
        "origin_utc": "2026-11-24T05:00:00+00:00",
        "now_s": NOW_S,
    }


def test_setting_the_clock_is_recorded(desk):
    assert post(desk, "/api/clock", json={"speed": 0}).status_code == 200
    assert get(desk, "/api/clock").json()["speed"] == 0


def test_an_unknown_key_is_refused_with_its_name(seen):
    answer = post(seen, "/api/clock", json={"speed": 1, "spede": 2})
    assert answer.status_code == 422
    assert "spede" in answer.json()["why"]
    assert not seen.asked


def test_a_refusal_carries_its_reason_and_kind(desk):
    answer = post(desk, "/api/machines/K1/clear", json={})
    assert answer.status_code == 409
    assert answer.json() == {"why": "K1 has nothing to clear.", "kind": "conflict"}


def test_clearing_needs_no_body_and_names_the_person(desk):
    answer = post(desk, "/api/machines/P2/clear", headers={"X-Actor": "person amira"})
    assert answer.json() == {"seq": desk.state.seq}
    assert desk.asked == [(ClearMachine(machine="P2"), "person amira")]
    assert not desk.state.machines["P2"].needs_clear


def test_a_machine_that_is_not_there_is_not_asked_about(seen):
    for answer in (post(seen, "/api/machines/P9/clear", json={}), get(seen, "/api/machines/P9")):
        assert answer.status_code == 404
        assert answer.json() == {"why": "There is no machine 'P9'.", "kind": "unknown"}


def test_open_hand_work_is_what_stations_offer_and_what_was_begun(seen):
    work = {each["machine"]: each for each in get(seen, "/api/work").json()}
    assert {name: each["state"] for name, each in work.items()} == {
        "B1": "begun",
        "B2": "offered",
        "W1": "begun",
    }
    member = work["B2"]["members"][0]
    assert member["recipe"] == {"upper": "slate", "heel_text": "text"}
    assert member["texts"] == {"heel": "RUN MARA RUN"}
    assert work["B2"]["takes_s"] == 2520


def test_hand_work_is_begun_and_finished_with_a_verdict_on_each_member(desk):
    told = JOBS["B2"]
    begun = post(desk, "/api/machines/B2/begin", json={"job_order": told.id})
    results = [{"operation": told.members[0].operation, "verdict": "scrap", "reason": "Damaged"}]
    done = post(desk, "/api/machines/B2/finish", json={"job_order": told.id, "results": results})
    assert (begun.status_code, done.status_code) == (200, 200)
    asked = desk.asked[-1][0]
    assert isinstance(asked, FinishHandWork)
    assert [(each.verdict, each.reason) for each in asked.results] == [(Verdict.SCRAP, "Damaged")]


def test_a_verdict_that_does_not_exist_is_refused(seen):
    results = [{"operation": "x", "verdict": "fine"}]
    answer = post(seen, "/api/machines/B2/finish", json={"job_order": "x", "results": results})
    assert answer.status_code == 422
    assert not seen.asked


def test_a_key_too_many_within_a_result_is_refused(seen):
    results = [{"operation": "x", "verdict": "good", "by": "me"}]
    answer = post(seen, "/api/machines/B2/finish", json={"job_order": "x", "results": results})
    assert answer.status_code == 422


def test_doubts_are_listed_and_decided_with_a_reason(desk):
    (doubt,) = get(desk, "/api/doubts").json()
    assert (doubt["machine"], doubt["label"], len(doubt["members"])) == ("M2", "Campaign 30", 3)
    path = f"/api/doubts/{doubt['job_order']}"
    empty = post(desk, path, json={"verdict": "not_made", "reason": " "})
    assert empty.status_code == 422
    taken = post(desk, path, json={"verdict": "not_made", "reason": "vessel empty"})
    assert taken.status_code == 200
    asked = DecideDoubt(job_order=doubt["job_order"], verdict="not_made", reason="vessel empty")
    assert desk.asked[-1][0] == asked
    assert get(desk, "/api/doubts").json() == []


def test_a_file_of_orders_comes_back_with_what_became_of_each_row(desk):
    text = "\ufefforder,quantity,carrier,size\n4200,1,Night Express,42\n4201,1,Nord Parcel,47\n"
    answer = post(desk, "/api/orders/import?name=day.csv", content=text.encode())
    assert answer.json()["accepted"] == ["4200"]
    assert answer.json()["refused"][0]["column"] == "size"
    assert "4200" in desk.state.orders


def test_a_file_that_is_not_utf8_is_refused_at_its_row(desk):
    answer = post(desk, "/api/orders/import?name=day.csv", content=b"order\n\xff\n")
    (refused,) = answer.json()["refused"]
    assert "Row 2 has a sign that is not UTF-8" in refused["reason"]
    assert answer.json()["accepted"] == []


def test_orders_are_listed_least_slack_first_without_surnames(seen):
    rows = get(seen, "/api/orders").json()
    assert rows[0]["id"] == "4127"
    assert rows[0]["stand"] == "late"
    assert rows[0]["customer"] == "Mara K."
    assert rows[-1]["stand"] == "packed"
    assert "Klein" not in get(seen, "/api/orders").text


def test_an_order_that_is_gone_says_so(desk):
    desk.state.known_orders["4000"] = "x"
    assert "shipped" in get(desk, "/api/orders/4000").json()["why"]
    assert "There is no order" in get(desk, "/api/orders/nix").json()["why"]


def test_machines_are_told_as_their_tiles_show_them(seen):
    rows = {row["id"]: row for row in get(seen, "/api/machines").json()}
    assert len(rows) == 15
    assert (rows["P2"]["state"], rows["P2"]["needs_clear"]) == ("ask", True)
    assert rows["P3"]["failed"].startswith("Nozzle")
    assert rows["B3"]["why"] == "Waiting for midsole 4131 R, on P4 until 12:06."
    assert rows["P1"]["signals"] == {"Nozzle": "215 °C", "Bed": "60 °C"}


def test_the_day_counts_what_is_due_packed_and_gone(seen):
    day = get(seen, "/api/day").json()
    assert (day["closed"], day["due"], day["packed"], day["shipped"]) == (False, 30, 2, 0)
    assert [cut["due"] for cut in day["cuts"]] == [15, 15]
    assert day["time"] == "11:42"


def test_the_journal_is_read_in_stretches(desk):
    first = get(desk, "/api/journal?after=0&limit=2").json()
    assert [(each["seq"], each["kind"]) for each in first] == [(1, "PlantOpened"), (2, "ClockSet")]
    assert first[1]["event"]["speed"] == 480
    last = get(desk, f"/api/journal?after={desk.state.seq - 1}").json()
    assert [each["seq"] for each in last] == [desk.state.seq]


def test_the_closing_card_comes_as_a_value_and_as_text(seen):
    assert get(seen, "/api/closing").json()["day"]["due"] == 30
    assert "Sneaker plant" in get(seen, "/api/closing?format=text").text


def test_health_counts_linked_machines(seen):
    said = get(seen, "/api/health").json()
    assert (said["machines"], said["linked"], said["plan"]) == (15, 14, 38)


def test_every_route_is_described(seen):
    described = get(seen, "/api/openapi.json").json()["paths"]
    assert len(described) >= 17
    for path, methods in described.items():
        for method in methods.values():
            assert method.get("description"), f"{path} says nothing"
    bodies = get(seen, "/api/openapi.json").json()["components"]["schemas"]
    assert bodies["Decided"]["additionalProperties"] is False


@pytest.mark.parametrize(
    "path", ["/floor", "/doubts", "/orders", "/orders/refused", "/station/B2", "/closing"]
)
def test_every_page_is_complete_when_it_leaves_the_server(seen, path):
    answer = get(seen, path)
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert "http://" not in answer.text.replace("http://www.w3.org", "")


def test_pages_say_when_something_is_not_there(seen):
    assert get(seen, "/station/B9").status_code == 404
    assert get(seen, "/floor/machine/P9").status_code == 404
    assert get(seen, "/nix").json()["kind"] == "unknown"


def test_customers_words_are_data(desk):
    desk.people = {
        "4126": type(desk.person("4126"))(
            name="<b>Bo</b> <script>", texts=(("1.heel", "<i>x</i>"),)
        )
    }
    text = get(desk, "/station/B2").text + get(desk, "/orders").text + get(desk, "/floor").text
    assert "<i>x" not in text
    assert "<b>Bo" not in text
    assert "“&lt;i&gt;x&lt;/i&gt;”" in text

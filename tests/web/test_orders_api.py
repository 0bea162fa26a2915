"""Routes of orders: filters, revisions, changes that are judged, persons that are forgotten."""

import asyncio
import csv
import io
from dataclasses import replace
from typing import Any

import httpx
import pytest
from calling import app_of, call
from shoes import EVENING_S, SmallDesk, an_order, the_desk

from controller import events as e
from controller.amend.requests import CancelOrder, ForgetPerson
from controller.desk import Person
from controller.proposal import Proposal
from controller.requests import RefusedRow
from controller.web.orders import one as one_page
from scheduler import wishes
from scheduler.difference import Shift, Sums

RUNS = "4136"
"""An order with running and open work."""


@pytest.fixture
def desk() -> SmallDesk:
    return the_desk()


@pytest.fixture(scope="module")
def seen() -> SmallDesk:
    """One desk for all who change nothing."""
    made = the_desk()
    made.record(e.ToteAssigned(order="4127", tote="T-14"))
    return made


def get(desk: SmallDesk, path: str) -> httpx.Response:
    return call(desk, "GET", path)


def post(desk: SmallDesk, path: str, said: Any, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return call(desk, "POST", path, json=said, headers=named)


def ids(answer: httpx.Response) -> list[str]:
    return [row["id"] for row in answer.json()]


def test_states_are_the_words_of_the_table(seen):
    stands = {row["id"]: row["stand"] for row in get(seen, "/api/orders").json()}
    assert stands["4127"] == "late"
    assert stands["4138"] == "doubt"
    assert stands["4130"] == "wait"
    assert stands["4131"] == "work"
    assert stands["4145"] == "plan"
    assert stands["4117"] == "packed"


def test_each_row_says_why_in_one_sentence_and_of_which_kind(seen):
    rows = {row["id"]: (row["kind"], row["why"]) for row in get(seen, "/api/orders").json()}
    assert rows["4127"] == (
        "lost",
        "Midsole R was lost with plate 119 on P3; remade on P3 from 14:30.",
    )
    assert rows["4138"] == ("doubt", "Nobody knows if campaign 30 was made on M2.")
    assert rows["4121"] == ("link", "C1 has sent no values since 11:38.")
    assert rows["4126"] == ("person", "B2 asks to begin pair 4126.")
    assert rows["4131"] == ("running", "Midsole R on P4 until 12:06.")
    assert rows["4145"] == ("unplanned", "Not planned yet.")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=4127", ["4127"]),
        ("q=mara", ["4127"]),
        ("q=T-14", ["4127"]),
        ("q=size+43+sand", ["4127", "4137", "4117"]),
        ("state=doubt", ["4138", "4141", "4144"]),
        ("why=link&sort=order", ["4120", "4121", "4122", "4123"]),
        ("state=packed&sort=-order", ["4118", "4117"]),
        ("q=nobody", []),
        ("state=nix", []),
    ],
)
def test_the_list_is_filtered_searched_and_sorted_by_its_address(seen, query, expected):
    assert ids(get(seen, f"/api/orders?{query}")) == expected


def test_a_carriers_cut_off_is_a_filter(seen):
    found = get(seen, "/api/orders?cut=Nord+Parcel@27000").json()
    assert {row["carrier"] for row in found} == {"Nord Parcel"}
    assert len(found) == 15
    assert len(get(seen, "/api/orders?cut=today").json()) == 30


def test_planned_promised_and_projected_are_three_things(desk):
    plan = desk.state.plan
    assert plan is not None
    desk.record(replace(plan, number=39, late_ends=(("4131", 27_120),)))
    row = next(row for row in get(desk, "/api/orders").json() if row["id"] == "4131")
    assert row["due_s"] == 27_000
    assert row["projected_s"] < row["due_s"] < row["nine_in_ten_s"]
    assert row["stand"] == "risk"
    page = get(desk, "/orders").text
    assert 'id="o-4131"' in page
    cells = page.split('id="o-4131"')[1].split("</tr>")[0]
    assert "13:32" in cells


def test_a_row_is_put_together_again_only_when_something_it_shows_changed(desk):
    async def main() -> None:
        transport = httpx.ASGITransport(app_of(desk))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            before = (await client.get("/api/orders")).json()
            desk.record(e.ToteAssigned(order="4131", tote="T-9"))
            desk.record(e.LinkLost(machine="K1", detail=""))
            after = {row["id"]: row for row in (await client.get("/api/orders")).json()}
            for row in before:
                if row["id"] not in {"4131", "4136"}:
                    assert after[row["id"]] == row
            assert after["4131"]["tote"] == "T-9"
            assert after["4136"]["why"] == "K1 has sent no values since 11:42."

    asyncio.run(main())


def test_one_order_has_its_revision_as_etag(seen):
    answer = get(seen, "/api/orders/4127")
    assert answer.headers["ETag"] == f'"{answer.json()["revision"]}"'
    assert answer.json()["revision"] == seen.state.revisions["order:4127"].seq


def test_an_order_is_cancelled_with_a_reason_and_its_sunk_cost_said(desk):
    cost = get(desk, f"/api/orders/{RUNS}/cost").json()
    assert cost["sunk_cents"] > 0
    assert len(cost["running"]) == 3
    answer = post(desk, f"/api/orders/{RUNS}/cancel", {"reason": "changed plans"})
    assert answer.status_code == 200
    assert f"Order {RUNS} is cancelled; {cost['sunk']} is sunk." in answer.json()["says"]
    assert "finished first and put aside" in answer.json()["says"]
    assert desk.asked[-1] == (CancelOrder(order=RUNS, reason="changed plans"), "person")
    row = get(desk, f"/api/orders/{RUNS}").json()
    assert (row["stand"], row["kind"]) == ("cancelled", "cancelled")
    assert row["projected_s"] is None


def test_a_stale_revision_is_a_conflict_that_names_who_changed_it_when(desk):
    seen = get(desk, f"/api/orders/{RUNS}").headers["ETag"]
    desk.record(e.ToteAssigned(order=RUNS, tote="T-3"), actor="person amira")
    answer = post(desk, f"/api/orders/{RUNS}/cancel", {"reason": "x"}, If_Match=seen)
    assert answer.status_code == 409
    assert answer.json()["kind"] == "conflict"
    assert answer.json()["why"] == (
        f"Order {RUNS} was changed by amira at 11:42. Look again, then decide."
    )
    assert desk.state.orders[RUNS].cancelled is None
    fresh = get(desk, f"/api/orders/{RUNS}").headers["ETag"]
    assert post(desk, f"/api/orders/{RUNS}/cancel", {"reason": "x"}, If_Match=fresh).is_success


@pytest.mark.parametrize("match", ["abc", '"12', "-1", "1" * 30])
def test_a_revision_that_is_none_is_refused(seen, match):
    answer = post(seen, f"/api/orders/{RUNS}/cancel", {"reason": "x"}, If_Match=match)
    if match == '"12':
        assert answer.status_code == 409
    else:
        assert answer.status_code == 422
        assert "is no revision" in answer.json()["why"]
    assert seen.state.orders[RUNS].cancelled is None


def test_cancel_is_refused_with_a_reason(seen):
    assert post(seen, "/api/orders/4117/cancel", {"reason": "x"}).status_code == 409
    assert post(seen, "/api/orders/nix/cancel", {"reason": "x"}).status_code == 404
    assert post(seen, f"/api/orders/{RUNS}/cancel", {"reason": " "}).status_code == 422
    assert post(seen, f"/api/orders/{RUNS}/cancel", {"reason": "x", "y": 1}).status_code == 422
    assert post(seen, f"/api/orders/{RUNS}/cancel", {"reason": "x" * 201}).status_code == 422
    post(seen, f"/api/orders/{RUNS}/cancel", {"reason": "x"})
    again = post(seen, f"/api/orders/{RUNS}/cancel", {"reason": "x"})
    assert again.json()["why"] == f"Order {RUNS} was cancelled at 11:42."


def test_a_cancelled_order_is_in_no_count_of_the_day(desk):
    before = get(desk, "/api/day").json()
    post(desk, f"/api/orders/{RUNS}/cancel", {"reason": "x"})
    after = get(desk, "/api/day").json()
    assert after["due"] == before["due"] - 1
    assert sum(cut["due"] for cut in after["cuts"]) == sum(c["due"] for c in before["cuts"]) - 1


def test_an_order_that_left_is_found_by_its_number_name_and_on_its_tab(desk):
    desk.record(e.OrderShipped(order="4117", carrier="Nord Parcel", on_time=True))
    desk.record(
        e.OrderCancelled(order="4145", reason="ordered twice", sunk_cents=1250), actor="person vera"
    )
    desk.record(e.OrderDropped(order="4145"))
    desk.people = {**desk.people, "4117": Person(name="Zita Novak")}
    found = get(desk, "/orders?q=zita").text
    assert "Left 11:42 with Nord Parcel, in time." in found
    left = get(desk, "/orders?state=left").text
    assert "Taken back at 11:42 by Vera, “ordered twice”; EUR 12.50 sunk." in left
    assert "<tr" in left
    one = get(desk, "/orders/4145")
    assert one.status_code == 200
    assert "Cancelled" in one.text
    gone = get(desk, "/api/orders/4145")
    assert gone.status_code == 404
    assert gone.json()["why"] == "Order 4145 has been cancelled; it is no longer open."
    why = get(desk, "/api/orders/4145/why").json()
    assert why["says"].startswith("Taken back at 11:42")


def test_a_page_is_shown_when_its_order_is_dropped_while_it_is_put_together(desk, monkeypatch):
    draw = one_page.draw

    def draw_and_drop(*given: Any) -> Any:
        drawn = draw(*given)
        if "4145" not in desk.state.orders:
            return drawn
        desk.record(e.OrderCancelled(order="4145", reason="x", sunk_cents=0), actor="person vera")
        desk.record(e.OrderDropped(order="4145"))
        return drawn

    monkeypatch.setattr(one_page, "draw", draw_and_drop)
    page = get(desk, "/orders/4145")
    assert page.status_code == 200
    assert "Cancelled" in page.text


def test_forgetting_takes_name_and_refused_rows_and_pages_say_so(desk):
    assert "Mara K." in get(desk, "/orders/4127").text
    answer = post(desk, "/api/orders/4127/forget", {})
    assert answer.status_code == 200
    assert desk.asked[-1][0] == ForgetPerson(order="4127")
    assert "Name, place, texts and refused rows of order 4127 are erased." in answer.json()["says"]
    for path in ("/orders", "/orders/4127", "/orders?q=4127"):
        text = get(desk, path).text
        assert "Mara" not in text, path
        assert "erased" in text, path
    row = get(desk, "/api/orders/4127").json()
    assert (row["customer"], row["erased"]) == ("", True)
    assert "PersonErased" in get(desk, f"/api/journal?after={desk.state.seq - 1}").text
    assert get(desk, "/api/orders?q=mara").json() == []


def test_a_refused_row_knows_its_order(desk):
    desk.refusals = (("a.csv", RefusedRow(row=2, column="x", value="v", reason="r", order="9")),)
    assert get(desk, "/api/orders/refused").json()[0]["order"] == "9"


@pytest.mark.parametrize("action", ["cancel", "forget", "expedite", "not-before"])
def test_every_change_needs_a_role(seen, action):
    described = get(seen, "/api/openapi.json").json()["paths"]
    assert "post" in described[f"/api/orders/{{order}}/{action}"]


class Planner(SmallDesk):
    """A desk that answers wishes."""

    __slots__ = ()

    async def propose(self, wish: wishes.Wish, *, actor: str) -> Proposal:
        self.asked.append((wish, actor))
        same = Sums(late=1, cents=500, changeovers=3, changeover_s=600, batches=9)
        return Proposal(
            number=7,
            by=actor,
            at_s=self.at_s,
            wish=wish,
            why="Order 4131 goes first",
            before=same,
            after=replace(same, cents=620),
            moved=(
                Shift(order="4131", from_s=26_400, to_s=25_620, due_s=27_000),
                Shift(order="4130", from_s=26_000, to_s=26_900, due_s=27_000),
                Shift(order="4129", from_s=26_000, to_s=27_900, due_s=27_000),
            ),
            newly_late=("4129",),
            slots=(),
            levels=(),
            bound=None,
            tiers=(),
            curve=(),
            took_ms=640,
            plan=38,
            orders=(),
            answers=1,
        )


def planner(desk: SmallDesk) -> Planner:
    return Planner(desk.state, desk.journal, desk.live, people=desk.people)


def test_expedite_is_planned_again_and_says_its_four_figures(desk):
    answer = post(planner(desk), "/api/orders/4131/expedite", {}).json()
    assert answer == {
        "number": 7,
        "why": "Order 4131 goes first",
        "slack": "+13 min",
        "slack_now": "23 min to spare",
        "moved": 3,
        "newly_late": ["4129"],
        "cents": 120,
        "cost": "+EUR 1.20",
        "says": "It would have 23 min to spare; 2 other orders would move. 4129 would be late. "
        "Planned again to be sure, 0.6 s.",
        "took_ms": 640,
    }


def test_not_before_is_the_next_such_time_of_day(desk):
    asked = planner(desk)
    assert post(asked, "/api/orders/4131/not-before", {"at": "14:30"}).is_success
    assert asked.asked[-1][0] == wishes.NotBefore(order="4131", at_s=8 * 3600 + 1800)
    assert post(asked, "/api/orders/4131/not-before", {"at": "07:00"}).is_success
    assert asked.asked[-1][0] == wishes.NotBefore(order="4131", at_s=25 * 3600)
    assert post(asked, "/api/orders/4131/not-before", {"at": "25:00"}).status_code == 422


def test_a_wish_that_cannot_be_planned_is_refused_with_its_reason(desk):
    answer = post(desk, "/api/orders/4131/expedite", {})
    assert answer.status_code == 409
    assert answer.json()["why"] == "This desk plans nothing."


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_export_has_every_row_and_no_formula(desk):
    desk.people = {**desk.people, "4127": Person(name="=HYPERLINK(1) X")}
    answer = get(desk, "/orders/export.csv?state=late")
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = rows_of(answer)
    assert row["order"] == "4127"
    assert row["customer"].startswith("'=")
    assert row["slack_minutes"] == "-200"
    assert row["cut_off"] == "2026-11-24T13:30:00+01:00"
    assert len(rows_of(get(desk, "/orders/export.csv"))) == 30


def test_over_two_hundred_rows_are_paged_by_the_server(desk):
    for number in range(6000, 6250):
        order = replace(an_order("4120", due_s=EVENING_S), id=str(number))
        desk.record(e.OrderAccepted(order=order, cost_cents=0, premium_cents=0))
    first, second = get(desk, "/orders").text, get(desk, "/orders?page=2").text
    assert first.count("data-order=") == 200
    assert second.count("data-order=") == 80
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert "Page 1 of 2, 280 orders" in first
    assert len(get(desk, "/api/orders").json()) == 280


def test_only_what_changed_is_sent_again(desk):
    first = get(desk, "/orders/rows")
    again = call(desk, "GET", "/orders/rows", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    desk.record(e.ToteAssigned(order="4131", tote="T-9"))
    fresh = call(desk, "GET", "/orders/rows", headers={"If-None-Match": first.headers["ETag"]})
    assert fresh.status_code == 200


def test_orders_with_odd_names_do_not_break_pages(seen):
    for path in ("/orders/nix", "/orders/%3Cb%3E", "/orders/4127%2F1.1"):
        answer = get(seen, path)
        assert answer.status_code == 404
        assert "<b>" not in answer.text

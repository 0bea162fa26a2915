"""What the plan's routes answer: columns that agree with the plan, proposals, wishes, refusals."""

import asyncio
import gzip
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from planned import PlannedDesk, the_planned_desk
from pydantic import TypeAdapter
from shoes import JOBS, NOON_S, NOW_S, at, intended, reported

from controller import events as e
from controller.names import person_name
from controller.proposal import Step
from controller.web import app
from controller.web.asking import RefusedError, refusal_answer
from controller.web.board import router
from controller.web.board.bodies import ProposalNow
from controller.web.board.panel import curve, panel, signed_money
from controller.web.board.past import Past
from controller.web.permit import EVERYONE, SCOPE
from controller.web.site import Site
from drivers import JobState
from scheduler import wishes


@pytest.fixture
def desk() -> PlannedDesk:
    return the_planned_desk()


def plan_only(desk: PlannedDesk) -> Any:
    """Serve the plan alone, which is built in a fraction of the whole application's time."""
    made = FastAPI()
    made.include_router(router(Site(desk)))

    @made.exception_handler(RefusedError)
    async def refused(_: Request, error: RefusedError) -> JSONResponse:
        return refusal_answer(error)

    async def open_to_all(scope: Any, receive: Any, send: Any) -> None:
        scope[SCOPE] = EVERYONE
        await made(scope, receive, send)

    return open_to_all


def call(desk: PlannedDesk, method: str, path: str, **more: Any) -> httpx.Response:
    """Ask once."""
    return calls(desk, (method, path, more))[0]


def calls(
    desk: PlannedDesk, *asked: tuple[str, str, dict[str, Any]], whole: bool = False
) -> list[httpx.Response]:
    """Ask several times of one application, in a loop of its own."""
    if desk.served is None:
        desk.served = app(desk) if whole else plan_only(desk)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=desk.served)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return [await client.request(method, path, **more) for method, path, more in asked]

    return asyncio.run(ask())


def board(desk: PlannedDesk) -> dict[str, Any]:
    answer = call(desk, "GET", "/api/plan")
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


def bars(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Turn columns into rows."""
    columns = said["bars"]
    assert len({len(column) for column in columns.values()}) == 1
    names = list(columns)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    for row in rows:
        row["machine"] = said["machines"]["id"][row["machine"]]
        row["kind"] = said["kinds"][row["kind"]]
        row["label"] = said["labels"][row["label"]]
        row["orders"] = [said["orders"]["id"][order] for order in row["orders"]]
    return rows


def test_every_open_slot_of_the_plan_is_a_planned_bar(desk):
    rows = bars(board(desk))
    planned = {
        (row["machine"], row["setup_s"], row["start_s"], row["end_s"], tuple(row["operations"]))
        for row in rows
        if row["kind"] == "plan"
    }
    assert planned == {
        (slot.machine, slot.setup_start_s, slot.start_s, slot.end_s, slot.operations)
        for slot in desk.state.plan.slots
    }


def test_past_bars_come_from_the_journal_and_running_ones_from_the_state(desk):
    rows = bars(board(desk))
    by_machine = {row["machine"]: row for row in rows if row["kind"] not in {"done", "plan"}}
    assert by_machine["P1"]["kind"] == "run"
    assert by_machine["P1"]["start_s"] == at("09:50")
    assert by_machine["P1"]["label"] == ["Plate 121, 6 parts, 3 orders", "Plate 121", "121"]
    assert by_machine["M2"]["kind"] == "doubt"
    assert by_machine["P3"]["kind"] == "lost"
    assert (by_machine["P3"]["setup_s"], by_machine["P3"]["end_s"]) == (at("08:21"), at("09:12"))
    assert by_machine["K3"]["start_s"] - by_machine["K3"]["setup_s"] == 600
    done = [row for row in rows if row["kind"] == "done" and row["machine"] == "P2"]
    assert [(row["start_s"], row["end_s"]) for row in done] == [(at("07:51"), at("11:31"))]
    assert all(row["operations"] == [] for row in rows if row["kind"] != "plan")


def test_labels_shorten_in_steps_to_the_order(desk):
    rows = {row["key"]: row for row in bars(board(desk))}
    assert rows["4137/1.1/knit"]["label"] == ["4137 L", "4137"]
    assert rows["4131/1.1-2/bond"]["label"] == ["4131"]
    plate = next(row for row in rows.values() if row["machine"] == "P5" and row["operations"])
    count = len(plate["operations"])
    whose = f"{len(plate['orders'])} orders"
    expected = [f"Plate of {count} parts, {whose}", f"{count} parts, {whose}", f"{count} parts"]
    assert plate["label"] == expected
    for row in rows.values():
        assert [len(words) for words in row["label"]] == sorted(
            map(len, row["label"]), reverse=True
        )


def test_bars_know_what_they_wait_for_and_where_else_they_fit(desk):
    said = board(desk)
    rows = bars(said)
    bonding = next(row for row in rows if row["key"] == "4131/1.1-2/bond")
    before = {rows[place]["machine"][0] for place in bonding["after"]}
    assert before == {"K", "P", "M"}
    fits = {said["machines"]["id"][row]: takes for row, takes in said["fits"][bonding["fits"]]}
    assert fits == {"B1": 2520, "B2": 2520, "B3": 2520}


def test_closed_stretches_cut_offs_shifts_and_ghosts_are_in_it(desk):
    said = board(desk)
    names = said["machines"]["id"]
    failed = next(each for each in said["closed"] if names[each["machine"]] == "P3")
    assert failed["says"] == "failed at 09:12, to be cleared"
    assert failed["begin_s"] == at("09:12")
    noon = next(cut for cut in said["cuts"] if cut["carrier"] == "Nord Parcel")
    orders = [each for each in desk.state.orders.values() if each.order.due_s == NOON_S]
    assert (noon["at_s"], noon["due"]) == (NOON_S, len(orders))
    assert all(cell["open"] == [[0, 16 * 3600]] for cell in said["cells"])
    was = {(slot.machine, slot.start_s) for slot in desk.state.previous.slots}
    ghosts = zip(said["ghost"]["machine"], said["ghost"]["start_s"], strict=True)
    assert {(names[machine], start) for machine, start in ghosts} <= was
    assert said["ghost"]["machine"]


def test_a_picture_is_built_once_and_answered_with_304_until_something_happens(desk):
    first, second, *_ = calls(desk, ("GET", "/api/plan", {}), ("GET", "/api/plan", {}))
    assert first.content == second.content
    known = {"headers": {"If-None-Match": first.headers["etag"]}}
    same = call(desk, "GET", "/api/plan", **known)
    assert (same.status_code, same.content) == (304, b"")
    desk.record(e.MachineCleared(machine="P3"))
    fresh = call(desk, "GET", "/api/plan", **known)
    assert fresh.status_code == 200
    assert fresh.headers["etag"] != first.headers["etag"]
    assert fresh.json()["closed"] == []


def test_it_is_compressed_for_who_takes_that(desk):
    plain, small = calls(
        desk,
        ("GET", "/api/plan", {"headers": {"Accept-Encoding": "identity"}}),
        ("GET", "/api/plan", {"headers": {"Accept-Encoding": "gzip"}}),
    )
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert small.json() == plain.json()
    assert len(gzip.compress(plain.content)) * 3 < len(plain.content)


PIN = {"kind": "pin", "operations": ["4131/1.1-2/bond"], "machine": "B1", "start_s": at("14:45")}


def test_a_wish_is_answered_by_a_proposal_that_changes_nothing_yet(desk):
    before = desk.state.seq
    answer = call(desk, "POST", "/api/plan/wishes", json={"wish": PIN})
    assert answer.status_code == 200
    said = TypeAdapter(ProposalNow).validate_python(answer.json())
    assert "4131" in said.why
    assert said.before.batches > 0
    assert "4131" in {move.order for move in said.moved}
    assert desk.state.seq == before
    other = board(desk)["others"][0]
    names = board(desk)["machines"]["id"]
    there = {
        (names[machine], key, start)
        for machine, key, start in zip(
            other["bars"]["machine"], other["bars"]["key"], other["bars"]["start_s"], strict=True
        )
    }
    assert ("B1", "4131/1.1-2/bond", at("14:45")) in there
    place = other["bars"]["key"].index("4131/1.1-2/bond")
    rows = bars(board(desk))
    unmoved = {rows[-1 - each]["machine"][0] for each in other["bars"]["after"][place] if each < 0}
    assert unmoved >= {"K", "P"}
    gone = {bars(board(desk))[place]["key"] for place in other["gone"]}
    assert "4131/1.1-2/bond" in gone


def test_accepting_grants_the_wish_and_undoing_takes_it_back(desk):
    number = call(desk, "POST", "/api/plan/wishes", json={"wish": PIN}).json()["number"]
    vera = {"headers": {"X-Actor": "person vera"}}
    assert call(desk, "POST", f"/api/plan/proposals/{number}/accept", **vera).status_code == 200
    assert desk.state.plan.number == 40
    (granted,) = call(desk, "GET", "/api/plan/wishes").json()
    assert granted["by"] == "person vera"
    pinned = [row for row in bars(board(desk)) if row["pinned"]]
    assert [row["key"] for row in pinned] == ["4131/1.1-2/bond"]
    side = call(desk, "GET", "/plan/panel", **vera).text
    assert f'data-undo="{granted["number"]}"' in side
    assert "Vera, 11:42" in side
    assert 'data-undo=""' in call(desk, "GET", "/plan/panel").text
    undone = call(desk, "POST", f"/api/plan/wishes/{granted['number']}/undo", **vera)
    assert undone.status_code == 200
    assert call(desk, "GET", "/api/plan/wishes").json() == []


def test_a_discarded_proposal_is_gone_for_all(desk):
    number = call(desk, "POST", "/api/plan/wishes", json={"wish": PIN}).json()["number"]
    assert call(desk, "POST", f"/api/plan/proposals/{number}/discard").status_code == 200
    assert call(desk, "GET", "/api/plan/proposals").json() == []
    again = call(desk, "POST", f"/api/plan/proposals/{number}/accept")
    assert (again.status_code, again.json()["kind"]) == (404, "unknown")


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "on_machine", "operations": ["4131/1.1-2/bond"], "machine": "B1"},
        {"kind": "not_before", "order": "4142", "at_s": at("14:00")},
        {"kind": "expedite", "order": "4142"},
        {
            "kind": "close_machine",
            "machine": "B3",
            "begin_s": at("14:00"),
            "end_s": at("15:00"),
            "why": "tyre change",
        },
        {"kind": "plate_wait", "wait_s": 1800},
        {"kind": "level_order", "first": "stability"},
    ],
    ids=lambda wish: str(wish["kind"]),
)
def test_each_kind_of_wish_reaches_the_planner(desk, wish):
    answer = call(desk, "POST", "/api/plan/wishes", json={"wish": wish})
    assert answer.status_code == 200, answer.text
    said = desk.proposals()[0].wish
    for name, value in wish.items():
        if name != "kind":
            kept = getattr(said, name)
            assert (list(kept) if isinstance(kept, tuple) else kept) == value


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({**PIN, "machine": "P1"}, 422),
        ({**PIN, "machine": "nowhere"}, 422),
        ({**PIN, "operations": []}, 422),
        ({**PIN, "start_s": -1}, 422),
        ({**PIN, "colour": "red"}, 422),
        ({"kind": "dance"}, 422),
        ({"kind": "expedite", "order": "9999"}, 422),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_its_reason(desk, wish, status):
    (answer,) = calls(desk, ("POST", "/api/plan/wishes", {"json": {"wish": wish}}), whole=True)
    assert answer.status_code == status
    assert answer.json()["why"].endswith(".")
    assert desk.proposals() == ()


def test_a_proposal_against_an_older_plan_says_so_and_is_asked_again(desk):
    number = call(desk, "POST", "/api/plan/wishes", json={"wish": PIN}).json()["number"]
    asyncio.run(desk.plan("an order came"))
    (old,) = call(desk, "GET", "/api/plan/proposals").json()
    assert old["stale"]
    shown = call(desk, "GET", "/plan/panel").text
    assert "Plan 40 was published since; this was compared with plan 39." in shown
    assert f'data-again="{number}"' in shown
    fresh = call(desk, "POST", f"/api/plan/proposals/{number}/again").json()
    assert (fresh["plan"], fresh["stale"]) == (40, False)
    assert [each["number"] for each in call(desk, "GET", "/api/plan/proposals").json()] == [
        fresh["number"]
    ]


def test_two_planners_see_each_others_proposals_by_name(desk):
    for name, machine in (("vera", "B1"), ("jonas", "B2")):
        wish = {**PIN, "machine": machine}
        actor = {"X-Actor": f"person {name}"}
        call(desk, "POST", "/api/plan/wishes", json={"wish": wish}, headers=actor)
    first, second = (each["number"] for each in call(desk, "GET", "/api/plan/proposals").json())
    shown = call(desk, "GET", f"/plan/panel?show={first}").text
    assert "Vera asked at 11:42." in shown
    assert f'data-shows="{second}"' in shown
    assert "Jonas asked at 11:42." in call(desk, "GET", f"/plan/panel?show={second}").text


def test_the_panel_says_four_figures_and_every_move(desk):
    call(desk, "POST", "/api/plan/wishes", json={"wish": PIN})
    (proposal,) = desk.proposals()
    seen = panel(desk.state, proposal, NOW_S)
    assert seen.moved == str(len(proposal.moved))
    assert seen.late == str(len(proposal.newly_late))
    assert seen.cents == signed_money(proposal.after.cents - proposal.before.cents)
    row = next(row for row in seen.rows if row.order == "4131")
    assert row.was.startswith("bonding, B")
    assert row.now == "B1 14:45"
    assert row.ships == "13:30"
    assert row.late == row.spare.endswith("late")
    assert dict(seen.tiers)["Rules"] == "all hold"


def test_a_curve_falls_from_the_first_plan_to_the_last_and_knows_its_bound():
    steps = (Step(at_ms=40, cents=15000), Step(at_ms=900, cents=8000), Step(at_ms=2000, cents=6620))
    drawn = curve(steps, 5800, 2400)
    assert drawn is not None
    heights = [float(part.partition("H")[0]) for part in drawn.path.split("V")[1:]]
    assert heights == sorted(heights)
    assert drawn.bound_y == 70
    assert drawn.first == "first plan after 0.04 s, EUR 150.00"
    assert drawn.says.endswith("to EUR 66.20 within 2.4 s; the bound is EUR 58.00")
    assert curve((), 5800, 2400) is None


def test_the_inspector_says_why_it_starts_when_it_starts(desk):
    slot = next(s for s in desk.state.plan.slots if s.machine == "K1" and s.start_s > NOW_S + 7200)
    shown = call(desk, "GET", "/plan/bar", params={"key": slot.operations[0]}).text
    assert "because K1 is busy with" in shown
    assert "Other machine…" in shown
    running = call(desk, "GET", "/plan/bar", params={"key": "4136/1.1/knit"}).text
    assert "K1 was told already; only what has not begun can be moved." in running
    assert "disabled" in running
    assert call(desk, "GET", "/plan/bar", params={"key": "nothing"}).status_code == 404


def test_the_table_has_the_rows_of_the_board_in_pages(desk, monkeypatch):
    monkeypatch.setattr("controller.web.board.twin.ROWS", 40)
    keys = [row["key"] for row in bars(board(desk))]
    seen: list[str] = []
    pages = -(-len(keys) // 40)
    for number in range(1, pages + 1):
        html = call(desk, "GET", f"/plan/table?page={number}&past=true").text
        seen += [part.partition('"')[0] for part in html.split('<tr data-key="')[1:]]
    assert sorted(seen) == sorted(keys)
    assert f"page {pages} of {pages}" in html
    one = call(desk, "GET", "/plan/table?order=4131&machine=B3").text
    assert one.count("<tr data-key=") <= 1


def test_exports_are_served_as_files(desk):
    book, all_of_it, one, none = calls(
        desk,
        ("GET", "/api/plan/export.xlsx", {}),
        ("GET", "/api/plan/export.ics", {}),
        ("GET", "/api/plan/export.ics?machine=K1", {}),
        ("GET", "/api/plan/export.ics?machine=K9", {}),
    )
    assert book.content[:2] == b"PK"
    assert book.headers["content-disposition"] == 'attachment; filename="shoes-plan-39.xlsx"'
    assert all_of_it.headers["content-type"].startswith("text/calendar")
    assert one.content.count(b"BEGIN:VEVENT") < all_of_it.content.count(b"BEGIN:VEVENT")
    assert none.status_code == 404


def test_the_past_keeps_a_day_and_forgets_what_never_ran(desk):
    past = Past()
    asyncio.run(past.catch_up(desk))
    count = len(past.bars)
    assert count > 20
    told = JOBS["K2"]
    desk.record(e.JobProvenUnmade(job_order=told.id, evidence="its ledger"))
    asyncio.run(past.catch_up(desk))
    assert told.id not in past.told
    assert len(past.bars) == count
    desk.at_s += 86_400 * 2
    desk.record(e.LinkRestored(machine="K1", boot=2, count=0))
    asyncio.run(past.catch_up(desk))
    assert list(past.of_last_day(desk.at_s)) == []
    assert not past.bars


def test_a_setup_counts_once_when_a_held_batch_goes_on(desk):
    desk.record(reported(JOBS["K1"], JobState.INTERRUPTED))
    desk.at_s += 600
    desk.record(reported(JOBS["K1"], JobState.RUNNING))
    desk.at_s += 60
    desk.record(reported(JOBS["K1"], JobState.ENDED))
    past = Past()
    asyncio.run(past.catch_up(desk))
    bar = past.bars[-1]
    assert (bar.told.id, bar.begin_s, bar.end_s) == (JOBS["K1"].id, at("11:33"), desk.at_s)
    assert intended(JOBS["K1"]).setup_s == 0


def test_granted_closing_of_a_machine_is_hatched(desk):
    closed = wishes.CloseMachine(
        machine="B3", begin_s=at("14:00"), end_s=at("15:00"), why="tyre change"
    )
    desk.record(e.WishGranted(number=1, wish=closed, why="B3 closed"), "person vera")
    said = board(desk)
    stretch = next(each for each in said["closed"] if each["kind"] == "closed")
    assert said["machines"]["id"][stretch["machine"]] == "B3"
    assert (stretch["begin_s"], stretch["end_s"]) == (at("14:00"), at("15:00"))
    assert stretch["says"] == "closed: tyre change"


def test_a_plant_without_a_plan_says_what_to_do(desk):
    desk.state.plan = desk.state.previous = None
    desk.state.queues = {}
    page, said = calls(desk, ("GET", "/plan", {}), ("GET", "/api/plan", {}))
    assert "No plan yet." in page.text
    assert said.json()["plan"] == 0
    assert all(row["kind"] != "plan" for row in bars(said.json()))


def test_people_are_named_as_pages_name_them():
    assert person_name("person amira") == "Amira"
    assert person_name("person") == "Somebody"
    assert json.dumps(signed_money(-1240)) == '"\\u2212EUR 12.40"'

"""The stock API: how materials stand, what comes in, what was counted, and where a lot went."""

import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
from calling import call
from shelves import GRAM, KILO, follow, shelved, stock_desk
from shoes import JOBS, NOW_S, SmallDesk, stamped

from controller import events as e
from controller.fold import apply
from drivers import JobState, Report, UnitResult, Verdict


@pytest.fixture
def desk() -> SmallDesk:
    return stock_desk()


class Client:
    """Asks as a planner."""

    def __init__(self, desk: SmallDesk) -> None:
        self.desk = desk

    def get(self, path: str, **sent: Any) -> httpx.Response:
        return call(self.desk, "GET", path, **sent)

    def post(self, path: str, **sent: Any) -> httpx.Response:
        sent["headers"] = {"X-Actor": "person vera", **sent.get("headers", {})}
        return call(self.desk, "POST", path, **sent)


@pytest.fixture
def client(desk: SmallDesk) -> Client:
    return Client(desk)


@pytest.fixture(scope="module")
def shop() -> Client:
    """One for all who change nothing."""
    return Client(stock_desk())


def material(client: Client, name: str) -> dict:
    return client.get(f"/api/stock/{name}").json()


def test_every_material_says_how_it_stands(shop: Client) -> None:
    said = shop.get("/api/stock").json()
    assert said["kept"]
    stands = {each["name"]: each["stand"] for each in said["materials"]}
    assert stands == {
        "yarn": "enough",
        "tpu": "waits",
        "laces": "low",
        "glue": "enough",
        "carton": "enough",
    }
    laces = material(shop, "laces")
    assert laces["free"] == laces["on_hand"] + laces["expected"] - laces["reserved"] == 20
    assert laces["why"] == "Order now: 66 left, 46 needed by 21:00 today. Order 300."
    tpu = material(shop, "tpu")
    assert tpu["why"] == ("Orders wait for TPU soft, 2.88 kg short; 10 kg expected 25 Nov 09:00.")
    assert [lot["lot"] for lot in tpu["lots"]] == ["T85-611"]


def test_a_lot_comes_in_with_its_unit_and_ends_its_expectation(client: Client) -> None:
    body = {"lot": "T85-700", "quantity": "9.5 kg", "reference": "PO-7781"}
    answer = client.post("/api/stock/tpu/receive", json=body)
    assert answer.status_code == 200
    assert answer.json()["says"] == (
        "9.5 kg of TPU soft are in the store as lot T85-700. 500 g less than expected."
    )
    tpu = material(client, "tpu")
    assert tpu["receipts"] == []
    assert tpu["stand"] == "enough"
    assert tpu["changed_by"] == "vera"
    again = client.post("/api/stock/tpu/receive", json={**body, "reference": ""})
    assert again.status_code == 409


def test_a_receipt_is_announced_in_local_time_and_called_off(client: Client) -> None:
    body = {"quantity": "300", "at": "2026-11-26T08:30", "reference": "PO-1"}
    answer = client.post("/api/stock/laces/expect", json=body)
    assert answer.json()["says"] == "300 of Laces expected 26 Nov 08:30 as PO-1."
    assert material(client, "laces")["stand"] == "enough"
    off = client.post("/api/receipts/PO-1/end", json={"why": "sold out"})
    assert off.json()["says"] == "Receipt PO-1 is no longer expected."
    assert material(client, "laces")["stand"] == "low"


@pytest.mark.parametrize(
    ("path", "body", "status", "why"),
    [
        ("/api/stock/tpu/receive", {"lot": "X", "quantity": "2"}, 422, "a number without a unit"),
        ("/api/stock/tpu/receive", {"lot": "X", "quantity": "-2 kg"}, 422, "less than nothing"),
        ("/api/stock/tpu/receive", {"lot": "X", "quantity": "99999 kg"}, 422, "Check the unit"),
        ("/api/stock/silk/receive", {"lot": "X", "quantity": "2 kg"}, 404, "no material 'silk'"),
        ("/api/stock/tpu/expect", {"quantity": "1 kg", "at": "soon"}, 422, "no day and time"),
        ("/api/stock/tpu/expect", {"quantity": "1 kg", "at_s": 5}, 422, "is past"),
        ("/api/stock/laces/count", {"lot": "L", "quantity": "3", "reason": "r"}, 404, "no lot 'L'"),
        ("/api/stock/laces/count", {"lot": "L", "quantity": "3"}, 422, "reason"),
        ("/api/receipts/none/end", {"why": "w"}, 404, "No receipt 'none'"),
    ],
)
def test_what_cannot_be_is_refused(
    shop: Client, path: str, body: dict, status: int, why: str
) -> None:
    before = shop.desk.state.seq
    answer = shop.post(path, json=body)
    assert answer.status_code == status
    assert why in answer.json()["why"]
    assert shop.desk.state.seq == before


def test_a_count_against_an_older_revision_is_a_conflict(client: Client) -> None:
    seen = str(material(client, "laces")["revision"])
    body = {"lot": "LA-1290", "quantity": "40", "reason": "Counted"}
    first = client.post("/api/stock/laces/count", json=body, headers={"If-Match": seen})
    assert first.status_code == 200
    second = client.post("/api/stock/laces/count", json=body, headers={"If-Match": f'"{seen}"'})
    assert second.status_code == 409
    assert "was changed by vera at 11:42" in second.json()["why"]
    assert (
        client.post("/api/stock/laces/count", json=body, headers={"If-Match": "x"}).status_code
        == 422
    )


def test_a_lot_says_where_it_went_and_which_orders_hold_it(shop: Client) -> None:
    said = shop.get("/api/lots/yarn/IN-3307").json()
    assert said["lot"]["quantity"] == 0
    assert said["lot"]["used"] == 900 * GRAM == sum(use["quantity"] for use in said["uses"])
    assert "4127" in {row["order"] for row in said["recall"]}
    assert {use["verdict"] for use in said["uses"]} == {"good"}
    assert sum(row["quantity"] for row in said["recall"]) == 900 * GRAM
    assert shop.get("/api/lots/yarn/NONE").status_code == 404


def test_scrap_is_in_no_order_and_what_left_is_told(client: Client, desk: SmallDesk) -> None:
    job = JOBS["K1"]
    scrap = tuple(UnitResult(m.operation, Verdict.SCRAP, "hole") for m in job.members)
    report = Report(machine="K1", job_order=job.id, state=JobState.ENDED, results=scrap)
    desk.record(e.JobReported(report=report))
    follow(desk)
    desk.record(e.OrderShipped(order="4117", carrier="Nord Parcel", on_time=True))
    said = client.get("/api/lots/yarn/IN-3312").json()
    operation = job.members[0].operation
    use = next(use for use in said["uses"] if use["operation"] == operation)
    assert use["verdict"] == "scrap"
    assert operation not in {name for row in said["recall"] for name in row["operations"]}
    first = client.get("/api/lots/yarn/IN-3307").json()["recall"][0]
    assert (first["order"], first["left_s"], first["carrier"]) == ("4117", NOW_S, "Nord Parcel")


def test_a_scanned_code_finds_its_lot(shop: Client) -> None:
    (found,) = shop.get("/api/lots", params={"code": "la-1290"}).json()
    assert (found["material"], found["lot"], found["amount"]) == ("laces", "LA-1290", "66")
    assert shop.get("/api/lots", params={"code": "4127"}).json() == []


def test_a_plant_without_stock_says_so() -> None:
    desk = stock_desk(replace(shelved(), stock=None))
    bare = Client(desk)
    assert bare.get("/api/stock").json() == {"kept": False, "materials": []}
    answer = bare.post("/api/stock/tpu/receive", json={"lot": "X", "quantity": "2 kg"})
    assert answer.status_code == 422
    assert "keeps no stock" in answer.json()["why"]
    assert "keeps no stock, so nothing runs out" in bare.get("/stock").text


def test_filters_stand_in_the_address(shop: Client) -> None:
    assert "T85-611" in shop.get("/stock?show=short").text
    assert "LA-1290" not in shop.get("/stock/rows?show=short").text
    assert "LA-1290" in shop.get("/stock/rows?show=low").text
    assert "LA-1290" in shop.get("/stock/rows?q=la-12").text
    assert "is like “silk”" in shop.get("/stock/rows?q=silk").text
    markup = shop.get("/stock/rows", params={"q": "<b>"}).text
    assert "<b>”" not in markup
    assert shop.get("/stock/tpu/<i>").status_code == 404


def test_rows_are_sent_again_only_when_something_changed(client: Client) -> None:
    etag = client.get("/stock/rows").headers["etag"]
    assert client.get("/stock/rows", headers={"If-None-Match": etag}).status_code == 304
    client.post("/api/stock/tpu/receive", json={"lot": "N", "quantity": "2 kg"})
    assert client.get("/stock/rows", headers={"If-None-Match": etag}).status_code == 200


def test_the_page_is_quick_with_a_thousand_open_orders() -> None:
    desk = stock_desk()
    one = desk.state.orders["4138"].order
    for number in range(1_000):
        order = replace(one, id=f"Q{number}")
        fact = e.OrderAccepted(order=order, cost_cents=0, premium_cents=0)
        apply(desk.state, stamped(desk.state.seq + 1, NOW_S, fact))
    client = Client(desk)
    client.get("/stock/rows")
    begun = time.process_time()
    desk.state.seq += 1
    assert client.get("/stock/rows").status_code == 200
    assert time.process_time() - begun < 0.2
    assert desk.state.store.on_hand("tpu") < 2 * KILO

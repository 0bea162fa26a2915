"""Files are looked at without a trace, taken part by part, and come from a shop and a folder too."""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from taking import WALL, TakingDesk, intake
from test_orders_files import FOREIGN, MAP, packed, shop_order, with_properties

from controller import events as e
from controller.child import ChildError
from controller.orders import Upload
from controller.orders import intake as reading
from controller.orders.folder import SETTLED_LOOKS, Folder
from controller.orders.intake import UnknownMapError, in_child
from controller.orders.look import Asking
from controller.orders.webhook import ShopDoor, signed
from controller.outbox import PutMap, SavedMap
from controller.requests import TakeOrders

HEAD = "order,quantity,carrier,size,colour,initials,customer\n"
GOOD = "A{n},1,Nord Parcel,m,moss,,Ada\n"
SECRET = "hush"


def rows(count, first=1):
    return HEAD + "".join(GOOD.format(n=n) for n in range(first, first + count))


def take(mill, text, chosen=None, name="day.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return asyncio.run(mill.take(Upload(name, content), chosen, actor="test", station=""))


def check(mill, text, chosen=None):
    content = text if isinstance(text, bytes) else text.encode()
    return asyncio.run(mill.check(Upload("day.csv", content), chosen))


def test_a_check_says_what_an_import_would_do_and_leaves_no_trace():
    mill = intake()
    text = rows(3) + "B1,1,Nord Parcel,xl,moss,,Eve\n"
    before = mill.desk.state.seq
    checked = check(mill, text).imported
    assert (checked.accepted, checked.repeated) == (("A1", "A2", "A3"), ())
    assert [(row.row, row.column, row.value) for row in checked.refused] == [(5, "size", "xl")]
    assert mill.desk.state.seq == before
    assert mill.desk.asked == []
    assert mill.desk.refused_rows() == ()
    assert take(mill, text) == checked


def test_a_large_file_is_taken_in_small_parts_and_counted_once():
    mill = intake()
    taken = take(mill, rows(45) + "B1,0,Nord Parcel,m,moss,,\n")
    assert len(taken.accepted) == 45
    assert [len(request.ready) for request, _ in mill.desk.asked] == [10, 10, 10, 10, 5]
    (imported,) = mill.desk.facts(e.FileImported)
    assert (imported.accepted, imported.refused, imported.repeated) == (45, 1, 0)


def test_an_import_that_was_cut_off_goes_on_where_it_was():
    mill = intake()
    ask, left = mill.desk.ask, 2

    async def dies(request, **how):
        nonlocal left
        left -= 1
        if left < 0:
            raise ConnectionError
        return await ask(request, **how)

    mill.desk.ask = dies
    with pytest.raises(ConnectionError):
        take(mill, rows(30))
    again = intake(TakingDesk(mill.desk.memory))
    taken = take(again, rows(30))
    assert (len(taken.accepted), len(taken.repeated)) == (10, 20)
    assert len(again.desk.facts(e.OrderAccepted)) == 30


def test_the_same_file_twice_repeats_orders_and_records_no_row_again():
    mill = intake()
    text = rows(2) + "B1,0,Nord Parcel,m,moss,,\n"
    take(mill, text)
    before = mill.desk.state.seq
    again = take(mill, text)
    assert (again.accepted, again.repeated, len(again.refused)) == ((), ("A1", "A2"), 1)
    assert mill.desk.state.seq == before


def test_no_value_of_a_refused_row_is_in_the_journal():
    mill = intake()
    take(mill, HEAD + "A1,1,Nord Parcel,m,moss,Adelheid,Ada Berg\n")
    said = repr(mill.desk.facts(e.RowRefused))
    assert "Adelheid" not in said
    assert "Ada Berg" not in said


def test_a_changed_text_of_an_accepted_order_is_refused_and_a_forgotten_one_is_not():
    mill = intake()
    text = HEAD + "A1,1,Nord Parcel,m,moss,ADA,Ada\n"
    take(mill, text)
    changed = take(mill, text.replace("ADA", "EVE"))
    assert changed.repeated == ()
    assert "with another text" in changed.refused[0].reason
    asyncio.run(mill.desk.journal.erase_person("A1"))
    assert take(mill, text.replace("ADA", "EVE")).repeated == ("A1",)


def test_an_order_whose_options_changed_is_refused_with_the_reason():
    mill = intake()
    take(mill, packed(shop_order()))
    other = with_properties(("Size", "s"), ("Colour", "moss"))
    refused = take(mill, packed(other))
    assert (refused.accepted, refused.repeated) == ((), ())
    assert refused.refused[0].reason.startswith("Order 1001 was taken before with other content.")


def test_a_map_is_named_or_found_and_an_unknown_one_is_an_error():
    mill = intake()
    saved = SavedMap(name="mill", saved=0, by="test", column_map=MAP)
    asyncio.run(mill.exchange.keep(PutMap(saved)))
    assert take(mill, FOREIGN).accepted == ("4127",)
    assert mill.map_named("mill") == MAP
    assert mill.map_named("") is None
    with pytest.raises(UnknownMapError, match="no column map 'mull'"):
        mill.map_named("mull")
    later = intake(TakingDesk(mill.desk.memory))
    assert later.map_named("mill") == MAP


def test_a_better_map_makes_the_same_file_count_anew():
    mill = intake()
    take(mill, FOREIGN, MAP)
    pink = replace(MAP.values[0], said="pink", means="white")
    better = replace(MAP, values=(*MAP.values, pink))
    assert take(mill, FOREIGN, better).accepted == ("4128",)
    assert len(mill.desk.facts(e.FileImported)) == 2


def test_a_file_that_breaks_its_reader_is_refused(monkeypatch):
    async def breaks(*_, **__):
        raise ChildError("It ended without a result (exit code -6).")

    monkeypatch.setattr(reading, "stream_from_child", breaks)
    asking = Asking(upload=Upload("x.xlsx", b"PK"))
    looked = asyncio.run(in_child(asking, intake().desk.state.plant))
    assert "too much memory" in looked.examined.refused[0].reason


def test_a_child_reads_what_this_process_reads():
    mill = replace(intake(), look_at=in_child)
    assert len(take(mill, rows(120)).accepted) == 120


def door(mill=None, mapping=""):
    return ShopDoor(mill or intake(), SECRET, mapping)


def sign(body, secret=SECRET):
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def hear(shop, said, signature=None):
    body = said if isinstance(said, bytes) else packed(said)
    return asyncio.run(shop.hear(body, sign(body) if signature is None else signature))


def test_a_signed_order_goes_in():
    shop = door()
    answer = hear(shop, shop_order())
    assert answer.status == 200
    assert answer.said["accepted"] == ("1001",)
    assert "1001" in shop.intake.desk.state.orders


@pytest.mark.parametrize(
    "signature", ["", "x", "ü", sign(b"other"), sign(packed(shop_order()), "wrong secret")]
)
def test_a_forged_or_missing_signature_records_nothing(signature):
    shop = door()
    answer = hear(shop, shop_order(), signature)
    assert answer.status == 401
    assert shop.intake.desk.asked == []
    assert shop.intake.exchange.book.heard == {}


def test_without_a_secret_the_door_is_shut():
    shop = ShopDoor(intake())
    assert hear(shop, shop_order(), sign(packed(shop_order()), "")).status == 404


def test_a_signature_is_over_the_raw_body():
    assert signed(b"{}", sign(b"{}"), SECRET)
    assert not signed(b"{ }", sign(b"{}"), SECRET)


def test_a_replayed_webhook_gets_the_first_answer_and_has_one_effect():
    shop = door()
    first = hear(shop, shop_order())
    later = ShopDoor(intake(TakingDesk(shop.intake.desk.memory)), SECRET)
    assert json.dumps(hear(later, shop_order()).said) == json.dumps(first.said)
    assert later.intake.desk.asked == []


def test_fifty_at_once_have_one_effect():
    shop = door()
    body = packed(shop_order())

    async def scene():
        return await asyncio.gather(*(shop.hear(body, sign(body)) for _ in range(50)))

    answers = {json.dumps(answer.said) for answer in asyncio.run(scene())}
    assert len(answers) == 1
    assert len(shop.intake.desk.asked) == 1


def test_an_old_webhook_is_a_replay():
    shop = door()
    week = (WALL - timedelta(days=8)).isoformat()
    assert hear(shop, shop_order(updated_at=week)).status == 409
    assert hear(shop, shop_order(updated_at=WALL.isoformat())).status == 200
    assert hear(shop, shop_order("#7", updated_at="soon")).status == 200


def test_a_shop_hears_what_of_its_order_was_left_alone():
    shop, order = door(), shop_order()
    order["line_items"].append({"id": 10, "title": "Scarf", "quantity": 1})
    answer = hear(shop, order)
    assert (answer.status, answer.said["accepted"], answer.said["refused"]) == (200, ("1001",), [])
    (left,) = answer.said["left_alone"]
    assert (left["row"], left["order"], left["item"]) == (3, "1001", "Scarf")
    assert len(shop.intake.desk.state.orders["1001"].order.lines) == 1


def test_what_the_shop_took_back_is_cancelled():
    shop = door()
    hear(shop, shop_order())
    back = shop_order(cancelled_at="2026-11-24T07:59:00+00:00", cancel_reason="customer")
    answer = hear(shop, back)
    assert answer.said["cancelled"] == [{"order": "1001", "cancelled": True, "why": ""}]
    (cancelled,) = shop.intake.desk.facts(e.OrderCancelled)
    assert cancelled.reason == "web shop: customer"
    never = hear(shop, shop_order("#9", cancelled_at="2026-11-24T07:59:00+00:00"))
    assert "There is no order '9'" in never.said["cancelled"][0]["why"]
    assert "9" not in shop.intake.desk.state.known_orders


@pytest.mark.parametrize("body", [b"{", b"[" * 10_000, b'{"id": 1}', b"\xc3"])
def test_a_signed_body_that_is_no_order_is_refused(body):
    assert hear(door(), body).status == 422


def test_a_refused_order_is_an_answer_that_names_no_value():
    answer = hear(door(), with_properties(("Colour", "Adas Geheimnis")))
    assert answer.status == 200
    assert answer.said["refused"][0]["column"] == "Colour"


def test_markup_in_a_customers_words_is_only_words():
    shop = door()
    order = shop_order(shipping_address={"name": "<script>alert(1)</script>", "city": "'; drop"})
    hear(shop, order)
    assert shop.intake.desk.person("1001").name == "<script>alert(1)</script>"


@pytest.fixture
def inbox(tmp_path):
    folder = Folder(tmp_path, intake())

    def look(times=1):
        for _ in range(times):
            asyncio.run(folder.look())

    folder_look = look
    folder_look.folder = folder
    return folder_look


def taken_by(look):
    return [
        a for r, _ in look.folder.intake.desk.asked if isinstance(r, TakeOrders) for a in r.ready
    ]


def names(path):
    return sorted(str(each.relative_to(path)) for each in path.rglob("*") if each.is_file())


def test_a_file_is_taken_once_it_rests_and_put_away(inbox, tmp_path):
    (tmp_path / "day.csv").write_text(rows(2))
    inbox(SETTLED_LOOKS - 1)
    assert names(tmp_path) == ["day.csv"]
    inbox()
    assert names(tmp_path) == ["done/day.csv"]
    assert len(taken_by(inbox)) == 2
    inbox(10)
    assert len(taken_by(inbox)) == 2


def test_a_file_that_is_still_written_is_left_alone(inbox, tmp_path):
    file = tmp_path / "day.csv"
    file.write_text(HEAD)
    for n in range(8):
        inbox()
        with file.open("a") as more:
            more.write(GOOD.format(n=n))
    assert taken_by(inbox) == []
    inbox(SETTLED_LOOKS + 1)
    assert len(taken_by(inbox)) == 8


def test_a_file_with_refused_rows_is_put_aside_with_the_reasons(inbox, tmp_path):
    (tmp_path / "day.csv").write_text(rows(1) + "B1,0,Nord Parcel,m,moss,,\n")
    inbox(SETTLED_LOOKS)
    assert names(tmp_path) == ["refused/day.csv", "refused/day.csv.txt"]
    said = (tmp_path / "refused" / "day.csv.txt").read_text()
    assert "1 order is in. These rows are not:" in said
    assert "Row 3, quantity: The quantity is not from 1 to 99." in said


def test_a_crash_between_taking_and_putting_away_doubles_nothing(inbox, tmp_path):
    (tmp_path / "day.csv").write_text(rows(2))
    inbox(SETTLED_LOOKS)
    (tmp_path / "done" / "day.csv").rename(tmp_path / "day.csv")
    again = Folder(tmp_path, intake(TakingDesk(inbox.folder.intake.desk.memory)))
    for _ in range(SETTLED_LOOKS):
        asyncio.run(again.look())
    assert names(tmp_path) == ["done/day.csv"]
    assert len(again.intake.desk.facts(e.OrderAccepted)) == 2


def test_links_hidden_and_unfinished_files_are_left_alone(inbox, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret").write_text(rows(1))
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere" / "secret")
    for name in (".day.csv", "day.csv.part", "~day.csv"):
        (tmp_path / name).write_text(rows(1))
    inbox(SETTLED_LOOKS + 2)
    assert taken_by(inbox) == []


def test_two_files_of_the_same_name_are_both_kept(inbox, tmp_path):
    for first in (1, 5, 9):
        (tmp_path / "day.csv").write_text(rows(1, first))
        inbox(SETTLED_LOOKS)
    assert names(tmp_path) == ["done/day-2.csv", "done/day-3.csv", "done/day.csv"]
    assert len(taken_by(inbox)) == 3

"""Importing in a browser: look, map, import; undelivered news tried again; nothing for axe to find."""

import re

import pytest
from conftest import Served
from playwright.sync_api import expect
from shoes import the_desk
from test_intake_api import FOREIGN, ROWS, failed
from visiting import nothing_for_axe, nothing_sideways, visiting

from controller.outbox import PutDelivery
from controller.outbox.opening import bare

pytestmark = pytest.mark.web

SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 800}}


@pytest.fixture
def floor():
    """Serve a small desk whose exchange the test can reach."""
    desk = the_desk()
    traffic = bare(desk)
    served = Served(desk, traffic=traffic)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def visit(page, floor):
    with visiting(page, floor, SIZES["desk"], answers=(), live=False) as go:
        yield go


def hand_over(page, text, name="day.csv"):
    page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    expect(page.locator("#result")).to_be_visible()


def test_a_file_is_looked_at_then_imported_and_its_refused_rows_stay(visit, floor):
    page = visit("/orders/import")
    hand_over(page, ROWS)
    expect(page.locator("#n-in")).to_have_text("1")
    expect(page.locator("#n-refused")).to_have_text("1")
    expect(page.locator("#rows")).to_contain_text("Size has no '47'")
    assert floor.desk.asked == []
    page.get_by_role("button", name="Import 1 order").click()
    expect(page.locator("#read-as")).to_contain_text("The good rows are in.")
    expect(page.locator("#rows")).to_contain_text("Size has no '47'")
    assert "7001" in floor.desk.state.orders


def test_an_unknown_head_is_mapped_by_hand_and_kept(visit, floor):
    page = visit("/orders/import")
    hand_over(page, FOREIGN, "foreign.csv")
    expect(page.locator("#left-out")).to_contain_text("Nobody reads")
    for column, field in (("Nr", "order"), ("Stk", "quantity"), ("Farbe", "upper")):
        page.get_by_label(f"Field of {column}").select_option(field)
    page.get_by_label("Field of Weg").select_option("carrier")
    expect(page.locator("#n-refused")).to_have_text("1")
    expect(page.locator("#rows")).to_contain_text("Upper has no 'navy'")
    page.get_by_label("Keep this as").fill("mill")
    page.get_by_role("button", name="Save the column map").click()
    expect(page.locator("#save .says")).to_contain_text("“mill”")
    assert [each.name for each in floor.traffic.intake.maps()] == ["mill"]
    page.reload()
    hand_over(page, FOREIGN, "foreign.csv")
    expect(page.locator("#read-as")).to_have_text("Read by the column map “mill”.")


def test_a_value_is_given_its_meaning(visit, floor):
    page = visit("/orders/import")
    hand_over(page, "PO Number,Qty,Ship Via,Upper\n7003,1,Night Express,navy\n", "v.csv")
    expect(page.locator("#n-in")).to_have_text("0")
    page.get_by_label("navy means").select_option("ink")
    expect(page.locator("#n-in")).to_have_text("1")
    page.get_by_role("button", name="Import 1 order").click()
    expect(page.locator("#read-as")).to_have_text("All rows are in.")
    (line,) = floor.desk.state.orders["7003"].order.lines
    assert dict(line.spec.options)["upper"] == "ink"


def test_markup_in_a_file_is_shown_as_it_is(visit, floor):
    page = visit("/orders/import")
    evil = "<img src=x onerror=document.title='x'>"
    hand_over(page, ROWS.replace("47,ink", f"{evil},ink"))
    expect(page.locator("#rows")).to_contain_text("<img src=x onerror=")
    assert page.locator("#rows img").count() == 0


def test_what_was_not_delivered_is_dropped_in_two_steps(visit, floor):
    floor.do(lambda _: floor.traffic.exchange.book.apply(PutDelivery(failed())))
    page = visit("/undelivered")
    page.get_by_role("button", name=re.compile("^Drop…")).click()
    assert floor.traffic.exchange.book.deliveries
    page.get_by_role("button", name="Drop: erp is never told").click()
    expect(page.locator("td.why")).to_have_text("Dropped.")
    assert floor.traffic.exchange.book.deliveries == {}


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_accessible_and_fit(visit, floor, size):
    floor.do(lambda _: floor.traffic.exchange.book.apply(PutDelivery(failed())))
    page = visit("/undelivered", SIZES[size])
    nothing_for_axe(page)
    page = visit("/orders/import", SIZES[size])
    nothing_for_axe(page)
    hand_over(page, FOREIGN + "7004;1;Night Express;\n", "foreign.csv")
    nothing_for_axe(page)
    nothing_sideways(page)

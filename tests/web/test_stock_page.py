"""Stock in a real browser: rows open, lots come in, counts are judged, all of it live and accessible."""

from collections.abc import Iterator

import pytest
from conftest import Served
from playwright.sync_api import Page, expect
from shelves import stock_desk
from visiting import nothing_for_axe, nothing_sideways, visiting

from controller import events as e

pytestmark = pytest.mark.web
WALL, PHONE = {"width": 1600, "height": 1000}, {"width": 360, "height": 800}
PAGES = ("/stock?open=tpu&open=yarn", "/stock?show=low", "/stock?q=nothing", "/stock/yarn/IN-3307")

ANSWERS = ("409 (Conflict)", "422 (Unprocessable")


@pytest.fixture
def served() -> Iterator[Served]:
    floor = Served(stock_desk())
    floor.start()
    yield floor
    floor.stop()


@pytest.fixture
def visit(page: Page, served: Served):
    with visiting(page, served, WALL, answers=ANSWERS) as go:
        yield go


@pytest.mark.parametrize("size", [WALL, PHONE], ids=["wall", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(visit, size) -> None:
    for path in PAGES:
        page = visit(path, size)
        nothing_for_axe(page, path)
        nothing_sideways(page, path)
    page = visit("/stock?open=laces", size)
    page.locator("#lots-laces [data-act=receive]").click()
    nothing_for_axe(page)


def test_a_row_opens_by_keyboard_and_stays_open_in_the_address(visit) -> None:
    page = visit("/stock")
    opener = page.get_by_role("button", name="1 lot of Laces")
    opener.focus()
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#lots-laces")).to_contain_text("LA-1290")
    assert "open=laces" in page.url
    page.reload()
    expect(page.locator("#lots-laces")).to_be_visible()


def test_a_lot_comes_in_and_the_page_shows_it_at_once(visit) -> None:
    page = visit("/stock?open=laces")
    page.locator("#lots-laces [data-act=receive]").click()
    sheet = page.get_by_role("dialog", name="Receive a lot")
    expect(sheet.get_by_label("Material")).to_have_value("laces")
    sheet.get_by_label("Lot code").fill("LA-1300")
    sheet.get_by_label("Amount").fill("two")
    sheet.get_by_role("button", name="Receive it").click()
    expect(sheet.get_by_role("alert").first).to_contain_text("'two' is no amount of Laces")
    sheet.get_by_label("Amount").fill("300")
    sheet.get_by_role("button", name="Receive it").click()
    expect(page.locator("#here")).to_contain_text("300 of Laces are in the store as lot LA-1300.")
    expect(page.locator("#lots-laces")).to_contain_text("LA-1300")
    expect(page.locator("[data-material=laces] .word")).to_have_text("Enough")


def test_a_count_after_somebody_else_s_is_refused_then_counts_against_today(visit, served) -> None:
    page = visit("/stock?open=laces")
    page.locator("#lots-laces [data-act=count]").click()
    sheet = page.get_by_role("dialog", name="Count lot LA-1290")
    expect(sheet).to_contain_text("The store says 66.")
    other = e.LotCounted(material="laces", lot="LA-1290", quantity=50, reason="counted")
    served.do(lambda desk: desk.record(other, "person ruth"))
    sheet.get_by_label("Really there").fill("48")
    sheet.get_by_text("Counted", exact=True).click()
    sheet.get_by_role("button", name="Correct it").click()
    expect(sheet.get_by_role("alert").first).to_contain_text("was changed by ruth")
    expect(sheet).to_contain_text("The store says 50 now.")
    sheet.get_by_role("button", name="Apply mine on top").click()
    expect(page.locator("#here")).to_contain_text("holds 48, 2 less than the store said")


def test_values_change_in_place_while_a_row_is_open_and_focused(visit, served) -> None:
    page = visit("/stock?open=yarn")
    button = page.locator("#lots-yarn [data-act=count]").first
    button.focus()
    served.do(
        lambda desk: desk.record(
            e.LotReceived(material="yarn", lot="IN-3400", quantity=5_000_000), "person ruth"
        )
    )
    expect(page.locator("#lots-yarn")).to_contain_text("IN-3400")
    expect(page.locator("#lots-yarn")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.act") == "count"


def test_a_scan_opens_a_known_lot_and_receives_an_unknown_one(visit) -> None:
    page = visit("/stock")
    page.keyboard.press("/")
    page.keyboard.type("la-1290")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lot LA-1290")
    page = visit("/stock")
    page.get_by_role("searchbox").fill("ZZ-1")
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Receive a lot")
    expect(sheet.get_by_label("Lot code")).to_have_value("ZZ-1")


def test_a_receipt_that_will_not_come_makes_orders_wait(visit) -> None:
    page = visit("/stock?open=tpu")
    page.locator("#lots-tpu [data-act=end]").click()
    sheet = page.get_by_role("dialog", name="PO-7781 will not come")
    sheet.get_by_label("Why").fill("lost on its way")
    sheet.get_by_role("button", name="Call it off").click()
    expect(page.locator("[data-material=tpu] .word")).to_have_text("Short")
    expect(page.locator("[data-material=tpu] .why")).to_contain_text("no receipt covers it")

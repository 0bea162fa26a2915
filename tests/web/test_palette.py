"""The palette in a real browser: anything that has a name is found by keys alone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Served
from playwright.sync_api import Page, expect
from visiting import visiting

from controller import events as e
from controller.desk import Person

pytestmark = pytest.mark.web

WIDE = {"width": 1600, "height": 1000}
PHONE = {"width": 360, "height": 800}


@pytest.fixture
def visit(page: Page, served: Served):
    with visiting(page, served, WIDE) as go:
        yield go


def test_control_k_goes_to_an_order_and_escape_gives_the_focus_back(visit):
    page = visit("/floor")
    before = page.locator(".rail a[href='/stock']")
    before.focus()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Order, tote, machine, part or page")
    expect(field).to_be_focused()
    expect(page.locator("#palette").get_by_role("option").first).to_have_text(re.compile("^Floor"))
    page.keyboard.type("4131/1.1/knit")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(1)
    expect(page.locator("#palette").get_by_role("option")).to_contain_text("4131 L")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(before).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("4127")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/4127")


def test_arrows_choose_among_what_was_found(visit):
    page = visit("/plan")
    page.keyboard.press("/")
    page.keyboard.type("b")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette").get_by_role("option").nth(1)).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    last = page.locator("#palette").get_by_role("option").last
    expect(last).to_have_attribute("aria-selected", "true")
    field = page.get_by_role("combobox", name="Order, tote")
    assert field.get_attribute("aria-activedescendant") == last.get_attribute("id")


def test_a_slash_focuses_the_search_that_a_page_has(visit):
    page = visit("/orders")
    page.keyboard.press("/")
    expect(page.get_by_label("Search orders")).to_be_focused()
    page.keyboard.type("/")
    expect(page.get_by_label("Search orders")).to_have_value("/")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_found_is_said_and_axe_finds_nothing(visit, size, theme):
    page = visit("/floor", size, theme)
    page.keyboard.press("Control+k")
    page.keyboard.type("41")
    expect(page.locator("#palette").get_by_role("option").nth(3)).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    box = page.locator("#palette").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    page.keyboard.type("nonsense")
    expect(page.locator("#palette-says")).to_contain_text("Nothing here is called “41nonsense”.")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_what_was_erased_is_found_by_no_name(visit, served):
    order, name = next(
        (order, served.desk.person(order).name)
        for order in served.desk.state.orders
        if served.desk.person(order).name
    )
    assert isinstance(served.desk.person(order), Person)
    page = visit("/floor")
    first = name.split()[0]
    page.keyboard.press("Control+k")
    page.keyboard.type(first)
    expect(
        page.locator("#palette").get_by_role("option").filter(has_text=f"Order {order}")
    ).to_have_count(1)
    served.do(lambda desk: desk.people.pop(order, None))
    served.do(lambda desk: desk.record(e.PersonErased(order=order), "person ada"))
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type(first)
    expect(
        page.locator("#palette").get_by_role("option").filter(has_text=f"Order {order}")
    ).to_have_count(0)

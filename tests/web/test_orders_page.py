"""Orders in a real browser: address, keys, values in place, what a change costs, cancel in two steps."""

import re

import pytest
from conftest import Served
from playwright.sync_api import Page, expect
from shoes import reported
from visiting import held_back, nothing_for_axe, nothing_sideways, visiting

from controller import events as e
from controller.desk import Person
from drivers import JobState

pytestmark = pytest.mark.web

WIDE = {"width": 1600, "height": 1000}
PHONE = {"width": 360, "height": 800}
RUNS = "4136"
PAGES = ("/orders", "/orders?state=left&q=4117", "/orders/4127", f"/orders/{RUNS}", "/orders/4117")


@pytest.fixture
def visit(page: Page, served: Served):
    with visiting(page, served, WIDE) as go:
        yield go


def some_history(served: Served) -> None:
    """Let an order leave and one be taken back."""
    served.do(
        lambda desk: desk.record(e.OrderShipped(order="4117", carrier="Nord Parcel", on_time=True))
    )
    served.do(
        lambda desk: desk.record(
            e.OrderCancelled(order="4142", reason="ordered twice", sunk_cents=99), "person vera"
        )
    )


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit, served, size):
    some_history(served)
    for path in PAGES:
        page = visit(path, size)
        nothing_for_axe(page, path)
        nothing_sideways(page, path)


def test_filters_and_sort_live_in_the_address(visit):
    page = visit("/orders")
    page.get_by_role("link", name=re.compile("^In doubt 3$")).last.click()
    expect(page).to_have_url(re.compile(r"/orders\?state=doubt$"))
    expect(page.locator("tr[data-order]")).to_have_count(3)
    page.get_by_role("link", name="Order", exact=True).click()
    expect(page).to_have_url(re.compile("state=doubt&sort=order"))
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Order")
    page.get_by_role("link", name="Order ↑").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Order ↓")
    assert page.locator("tr[data-order]").first.get_attribute("data-order") == "4144"
    page.reload()
    expect(page.locator("tr[data-order]")).to_have_count(3)


def test_a_search_finds_a_customer_and_keeps_the_filters(visit):
    page = visit("/orders?state=late")
    page.keyboard.press("/")
    page.keyboard.type("mara")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=mara&state=late"))
    expect(page.locator("tr[data-order]")).to_have_count(1)


def test_a_reason_and_a_cut_off_are_chosen_from_lists(visit):
    page = visit("/orders")
    page.get_by_label("Reason").select_option(label="A machine sends no values (4)")
    expect(page).to_have_url(re.compile("why=link"))
    page.get_by_label("Cut-off").select_option(label="13:30 Nord Parcel (15)")
    expect(page).to_have_url(re.compile("cut=Nord"))
    page.get_by_role("link", name=re.compile("Take the filter A machine")).click()
    expect(page).not_to_have_url(re.compile("why="))


def test_a_filter_chosen_before_the_script_was_read_is_kept(visit):
    page = visit("/orders")
    held = held_back(page, "**/orders.js*")
    page.reload(wait_until="commit")
    page.get_by_label("Reason").select_option(label="A machine sends no values (4)")
    expect(page).not_to_have_url(re.compile("why="))
    for route in held:
        route.continue_()
    expect(page).to_have_url(re.compile("why=link"))


def test_rows_are_walked_selected_and_opened_by_keys(visit):
    page = visit("/orders")
    page.keyboard.press("j")
    expect(page.locator("#o-4127 a")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#picked")).to_contain_text("2 selected")
    expect(page.locator("tr.sel")).to_have_count(2)
    page.keyboard.press("k")
    expect(page.locator("#o-4131 a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#picked")).to_be_hidden()
    page.keyboard.press("f")
    expect(page.locator(".tabs a[aria-current]")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/orders/\d+$"))


def test_rows_keep_their_order_until_somebody_asks(visit, served):
    page = visit("/orders")
    first = page.locator("tr[data-order]").first
    expect(first).to_have_attribute("data-order", "4127")
    page.locator("#o-4130 a").focus()
    served.do(lambda desk: desk.record(e.OrderPacked(order="4127")))
    expect(page.locator("#moved")).to_be_visible(timeout=8000)
    expect(page.locator("#moved")).to_contain_text("sort again")
    expect(first).to_have_attribute("data-order", "4127")
    expect(page.locator("#o-4127 .st")).to_have_text("Packed")
    expect(page.locator("#o-4130 a")).to_be_focused()
    page.get_by_role("button", name="Sort again").click()
    expect(first).to_have_attribute("data-order", "4131")
    expect(page.locator("#moved")).to_be_hidden()


def test_an_order_is_cancelled_in_two_steps_with_its_sunk_cost(visit, served):
    page = visit(f"/orders/{RUNS}")
    page.get_by_role("button", name="Cancel order…").click()
    sheet = page.locator("#cancel")
    expect(sheet).to_contain_text(
        re.compile(r"0 of 8 operations done, EUR \d+\.\d\d spent, 3 running")
    )
    sure = sheet.locator("[data-sure]")
    expect(sure).to_be_hidden()
    sheet.get_by_text("Ordered twice").click()
    expect(sure).to_have_text(re.compile(rf"Cancel order {RUNS}: EUR \d+\.\d\d is lost"))
    sheet.get_by_label("In words").fill("see mail")
    assert served.desk.asked == []
    sure.click()
    expect(page.locator("h1.gone")).to_have_text(f"Order {RUNS}")
    expect(page.get_by_text("“Ordered twice: see mail”").first).to_be_visible()
    expect(page.get_by_role("button", name="Cancel order…")).to_have_count(0)
    assert served.desk.state.orders[RUNS].cancelled is not None
    page.goto(served.url + "/orders")
    expect(page.locator(f"#o-{RUNS}.gone .word")).to_have_css(
        "text-decoration-line", "line-through"
    )


def test_one_press_does_not_cancel_and_the_second_step_goes_away(visit, served, page):
    page.clock.install()
    visit(f"/orders/{RUNS}")
    page.get_by_role("button", name="Cancel order…").click()
    sheet = page.locator("#cancel")
    page.keyboard.press("Enter")
    sheet.get_by_text("Ordered twice").click()
    expect(sheet.locator("[data-sure]")).to_be_visible()
    page.clock.run_for(10_500)
    expect(sheet.locator("[data-sure]")).to_be_hidden()
    sheet.get_by_role("button", name="Go back").click()
    expect(sheet).to_be_hidden()
    assert served.desk.asked == []


def test_a_conflict_shows_both_versions_and_never_the_last_one_to_write(visit, served):
    page = visit(f"/orders/{RUNS}")
    page.get_by_role("button", name="Cancel order…").click()
    sheet = page.locator("#cancel")
    sheet.get_by_text("Payment failed").click()
    served.do(
        lambda desk: desk.record(
            reported(desk.state.jobs[job_at(desk, "K1")].intended.job, JobState.ENDED), "machine K1"
        )
    )
    sheet.locator("[data-sure]").click()
    versions = sheet.locator(".versions")
    expect(versions).to_contain_text(f"Order {RUNS} was changed by machine K1 at 11:42.")
    expect(versions).to_contain_text("You saw 4136: 0 of 8 operations done")
    expect(versions).to_contain_text("Now 4136: 1 of 8 operations done")
    assert served.desk.state.orders[RUNS].cancelled is None
    sheet.get_by_role("button", name="Apply mine on top").click()
    expect(page.locator("h1.gone")).to_be_visible()
    assert served.desk.state.orders[RUNS].cancelled is not None


def job_at(desk, machine: str) -> str:
    return desk.state.machines[machine].job_order


def test_what_somebody_else_did_can_be_kept(visit, served):
    page = visit(f"/orders/{RUNS}")
    page.get_by_role("button", name="Cancel order…").click()
    sheet = page.locator("#cancel")
    sheet.get_by_text("Payment failed").click()
    served.do(lambda desk: desk.record(e.ToteAssigned(order=RUNS, tote="T-1"), "person amira"))
    sheet.locator("[data-sure]").click()
    expect(sheet.locator(".versions")).to_contain_text("was changed by amira")
    sheet.get_by_role("button", name="Keep it as it is").click()
    expect(sheet).to_be_hidden()
    assert served.desk.state.orders[RUNS].cancelled is None


def test_several_orders_are_cancelled_together(visit, served):
    page = visit("/orders?q=414&sort=order")
    for order in ("4143", "4145"):
        page.get_by_label(f"Select order {order}").check()
    page.get_by_role("button", name="Cancel…").click()
    sheet = page.locator("#cancel")
    expect(sheet.locator("h2")).to_have_text("Cancel 2 orders?")
    sheet.get_by_text("Cannot be made as wished").click()
    sheet.locator("[data-sure]").click()
    expect(sheet).to_be_hidden()
    assert {n for n, o in served.desk.state.orders.items() if o.cancelled} == {"4143", "4145"}


def test_a_refused_wish_says_why_and_stays(visit):
    page = visit("/orders/4131")
    page.get_by_role("button", name="Plan it again").click()
    expect(
        page.locator("#fix").get_by_role("alert").filter(has_text="plans nothing")
    ).to_be_visible()


def test_a_person_is_forgotten_in_two_steps(visit, served):
    page = visit("/orders/4127")
    expect(page.get_by_text("Mara K.")).to_be_visible()
    page.get_by_role("button", name="Erase its person…").click()
    sheet = page.locator("#forget")
    expect(sheet).to_contain_text("The order is still open")
    expect(sheet.locator("[data-sure]")).to_be_hidden()
    sheet.get_by_label("It is right to erase them").check()
    sheet.get_by_role("button", name="Erase the person of order 4127").click()
    expect(page.get_by_text("erased 11:42").first).to_be_visible()
    expect(page.get_by_text("Mara K.")).to_have_count(0)
    assert "4127" not in served.desk.people


def test_customers_words_are_shown_as_words(visit, served):
    evil = "<img/src=x/onerror=document.title='owned'>"
    served.do(lambda desk: setattr(desk, "people", {"4127": Person(name=f"{evil} <b>Bo")}))
    served.do(
        lambda desk: desk.record(
            e.OrderCancelled(
                order="4143", reason="<script>document.title='owned'</script>", sunk_cents=0
            ),
            "person vera",
        )
    )
    for path in ("/orders", "/orders/4127", "/orders/4143"):
        page = visit(path)
        expect(page).not_to_have_title("owned")
        assert page.locator("main img, main script").count() == 0
    expect(page.get_by_text("<script>document.title").first).to_be_visible()


def test_one_order_renews_itself_in_place(visit, served):
    page = visit(f"/orders/{RUNS}")
    expect(page.locator(".log")).not_to_contain_text("T-77")
    served.do(lambda desk: desk.record(e.ToteAssigned(order=RUNS, tote="T-77")))
    expect(page.locator(".log")).to_contain_text("Its parts go into tote T-77", timeout=8000)


def test_a_phone_shows_cards(visit):
    page = visit("/orders", PHONE)
    expect(page.locator("#o-4127 .why")).to_be_visible()
    expect(page.locator("#o-4127 .steps")).to_be_hidden()
    expect(page.locator("thead")).to_be_hidden()


def test_the_drawing_can_be_read_aloud_and_the_table_says_the_same(visit):
    page = visit("/orders/4127")
    drawing = page.get_by_role(
        "img", name=re.compile("Routing of order 4127: 2 of 8 operations are done")
    )
    expect(drawing).to_be_visible()
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="Plate 119".lower()).first).to_contain_text("Scrap")

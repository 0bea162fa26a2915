"""The station in a real browser: scanner, keys, plate, undo, and refusals that stay."""

import re
from collections.abc import Iterator

import pytest
from benches import bench_desk
from conftest import Served
from playwright.sync_api import Page, expect
from visiting import held_back, nothing_for_axe, nothing_sideways, visiting

from controller import events as e

pytestmark = pytest.mark.web

TABLET = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 780}
PARTS = ("4126/1.1/knit", "4126/1.2/knit", "4126/1.1/print", "4126/1.2/print", "4126/1.1-2/mix")
ANSWERS = ("409 (Conflict)", "422 (Unprocessable", "404 (Not Found)")


@pytest.fixture
def served() -> Iterator[Served]:
    floor = Served(bench_desk())
    floor.start()
    yield floor
    floor.stop()


@pytest.fixture
def visit(page: Page, served: Served):
    with visiting(page, served, TABLET, answers=ANSWERS, live=False) as go:
        yield go


def scan(page: Page, code: str) -> None:
    """Type as a wedge scanner does: the times of the keys are its own, however busy this machine is."""
    keyboard = page.context.new_cdp_session(page)
    begun = page.evaluate("(performance.timeOrigin + performance.now()) / 1000")
    for place, key in enumerate([*code, "Enter"]):
        text = "\r" if key == "Enter" else key
        press = {"key": key, "text": text, "timestamp": begun + 0.003 * place}
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", **press})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **press, "text": ""})
    keyboard.detach()


def test_a_pair_is_bonded_with_nothing_but_a_scanner_and_one_press(visit, served):
    page = visit("/station/B2")
    expect(page.locator("#code")).to_be_focused()
    expect(page.get_by_role("button", name="Good")).to_be_disabled()
    for number, code in enumerate(PARTS, start=1):
        scan(page, code)
        expect(page.locator(".slot.scanned")).to_have_count(number)
    assert (
        served.desk.state.jobs[served.desk.state.machines["B2"].job_order].phase.value == "running"
    )
    page.keyboard.press("Alt+1")
    expect(page.locator("h1")).to_have_text("Nothing to do now")
    assert served.desk.state.work["4126/1.1-2/bond"].phase.value == "done"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#said")).to_contain_text("Undone. It comes back here")
    assert served.desk.state.work["4126/1.1-2/bond"].phase.value == "open"


def test_the_wrong_upper_is_refused_and_stays_until_it_is_read(visit, served):
    page = visit("/station/B2")
    scan(page, "4129/1.2/knit")
    band = page.get_by_role("alert").locator(".refuse")
    tote = served.desk.state.orders["4129"].tote
    expect(band.locator("h2")).to_have_text(f"This is upper 4129 R, tote {tote}.")
    expect(band.locator("p")).to_contain_text("Here upper 4126 R is needed, tote T-")
    served.do(lambda desk: desk.tell(frozenset({"machine:B2"})))
    page.wait_for_timeout(600)
    expect(band).to_be_visible()
    expect(page.locator(".slot.scanned")).to_have_count(0)
    band.get_by_role("button", name="Understood").click()
    expect(band).to_have_count(0)
    expect(page.locator("#code")).to_be_focused()


def test_a_scan_is_a_scan_wherever_the_focus_is(visit):
    page = visit("/station/B2")
    page.get_by_role("button", name="Scrap…").focus()
    scan(page, PARTS[0])
    expect(page.locator(".slot.scanned")).to_have_count(1)
    assert page.locator(".stn").get_attribute("data-step") == "work"
    page.locator("[data-who]").click()
    name = page.locator("#who input")
    name.fill("Jo")
    scan(page, PARTS[1])
    expect(page.locator(".slot.scanned")).to_have_count(2)
    expect(page.locator("#who")).to_be_hidden()
    assert name.input_value() == "Jo"


def test_typing_by_hand_is_read_too_and_no_key_leads_away(visit):
    page = visit("/station/B2")
    page.locator("h1").click()
    page.keyboard.type("gfo", delay=80)
    assert page.url.endswith("/station/B2")
    expect(page.locator("#code")).to_have_value("gfo")
    page.locator("#code").fill("T-1")
    page.keyboard.press("Enter")
    expect(page.locator(".refuse h2")).to_have_text("This is tote T-1, order 4128.")


def test_the_last_scan_is_undone_where_it_was_said(visit):
    page = visit("/station/B2")
    scan(page, PARTS[0])
    expect(page.locator("#said")).to_contain_text("Upper 4126 L is scanned. Next: upper 4126 R.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".slot.next b")).to_have_text("Scan 4126 L")
    expect(page.locator("#said")).to_contain_text("Scan upper 4126 L again.")


def test_a_plate_is_emptied_by_touch_by_tote_and_by_key(visit, served):
    page = visit("/station/P2")
    totes = {name: served.desk.state.orders[name].tote for name in ("4128", "4129")}
    expect(page.locator(".one .big")).to_contain_text("4128")
    page.get_by_role("button", name="In tote").click()
    expect(page.locator(".pt.off")).to_have_count(1)
    scan(page, totes["4128"])
    expect(page.locator(".pt.off")).to_have_count(2)
    page.get_by_role("button", name=re.compile("Order 4129 right")).click()
    expect(page.locator(".one .to")).to_contain_text(totes["4129"])
    page.keyboard.press("Alt+1")
    expect(page.locator(".do p")).to_contain_text("3 of 7 taken off")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".do p")).to_contain_text("2 of 7 taken off")


def test_what_was_done_before_cannot_be_undone_while_the_next_is_on_its_way(visit):
    page = visit("/station/P2")
    page.get_by_role("button", name="In tote").click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_have_count(1)
    held = held_back(page, "**/api/stations/P2/take")
    with page.expect_request("**/api/stations/P2/take"):
        page.keyboard.press("Alt+1")
    expect(undo).to_have_count(0)
    held[0].continue_()
    expect(page.locator(".do p")).to_contain_text("2 of 7 taken off")
    undo.click()
    expect(page.locator(".do p")).to_contain_text("1 of 7 taken off")


def test_a_part_chosen_while_a_scan_is_on_its_way_stays_chosen(visit, served):
    page = visit("/station/P2")
    totes = {name: served.desk.state.orders[name].tote for name in ("4128", "4129")}
    held = held_back(page, "**/api/stations/P2/scan")
    with page.expect_request("**/api/stations/P2/scan"):
        scan(page, totes["4128"])
    page.get_by_role("button", name=re.compile("Order 4129 right")).click()
    expect(page.locator(".one .to")).to_contain_text(totes["4129"])
    held[0].continue_()
    expect(page.locator("#said")).to_contain_text("4128")
    expect(page.locator(".pt.off")).to_have_count(1)
    expect(page.locator(".one .to")).to_contain_text(totes["4129"])


def test_arrows_walk_the_plate(visit):
    page = visit("/station/P2")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".one .big")).to_have_text(re.compile(r"4128\s*R"))
    page.keyboard.press("ArrowDown")
    expect(page.locator(".one .big")).to_have_text(re.compile(r"4129\s*R"))
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".one .big")).to_have_text(re.compile(r"4129\s*L"))
    expect(page.locator(".pt.now")).to_be_focused()


def test_scrap_asks_why_and_the_last_part_clears_the_plate(visit, served):
    page = visit("/station/P2")
    page.get_by_role("button", name="Scrap…").click()
    expect(page.get_by_role("button", name="In tote")).to_be_hidden()
    page.get_by_role("button", name="Material fault").click()
    expect(page.locator(".pt.bad")).to_have_count(1)
    for left in range(6, 0, -1):
        expect(page.locator(".pt:not(.off, .bad)")).to_have_count(left)
        page.get_by_role("button", name="In tote").click()
    expect(page.locator("h1")).to_have_text("Take off the scrap")
    page.get_by_role("button", name="Cleared").click()
    expect(page.locator("h1")).to_have_text("Nothing to do now")
    assert not served.desk.state.machines["P2"].needs_clear


def test_another_tote_is_scanned_in_two_steps(visit, served):
    page = visit("/station/P2")
    page.get_by_role("button", name="Other tote…").click()
    expect(page.locator("#code")).to_have_attribute("placeholder", "Scan the empty tote")
    scan(page, "T-2")
    expect(page.locator(".refuse h2")).to_contain_text("Tote T-2 carries order")
    scan(page, "T-44")
    expect(page.locator(".one .to")).to_contain_text("Tote T-44")
    assert served.desk.state.orders["4128"].tote == "T-44"


def test_rework_keeps_the_parts_and_scrap_does_not(visit, served):
    page = visit("/station/B2")
    scan(page, PARTS[0])
    expect(page.locator(".slot.scanned")).to_have_count(1)
    page.keyboard.press("Alt+3")
    page.get_by_role("button", name="Crooked").click()
    expect(page.locator("h1")).to_have_text("Nothing to do now")
    work = served.desk.state.work
    assert (work["4126/1.1-2/bond"].attempt, work["4126/1.1/knit"].attempt) == (2, 1)
    reports = [x.event.report for x in served.desk.journal if isinstance(x.event, e.JobReported)]
    assert reports[-1].results[0].reason == "rework: Crooked"


def test_help_is_called_and_ended(visit, served):
    page = visit("/station/B2")
    page.keyboard.press("Alt+4")
    page.get_by_role("button", name="Tool").click()
    expect(page.locator(".helped")).to_contain_text("Help is called since 11:42")
    assert served.desk.state.machines["B2"].help.note == "Tool"
    page.get_by_role("button", name="Help came").click()
    expect(page.locator(".helped")).to_have_count(0)


def test_a_scan_at_another_bench_comes_in_by_itself_and_moves_nothing(visit, served):
    page = visit("/station/B2")
    good = page.locator('[data-does="good"]')
    before = good.bounding_box()
    job = served.desk.state.machines["B2"].job_order
    page.wait_for_timeout(500)
    served.do(
        lambda desk: desk.record(
            e.PartScanned(machine="B2", job_order=job, operation=PARTS[0]), "person jonas"
        )
    )
    expect(page.locator(".slot.scanned")).to_have_count(1)
    assert good.bounding_box() == before
    expect(page.locator("#code")).to_be_focused()


def test_any_code_can_be_looked_up_where_nothing_is_joined(visit):
    page = visit("/station/P5")
    scan(page, "4127/1.2/knit")
    expect(page.locator("#said")).to_contain_text("This is upper 4127 R, in tote T-")
    scan(page, "<b>x</b>")
    expect(page.locator(".refuse h2")).to_contain_text("<b>x</b>")
    assert page.locator(".refuse h2 b").count() == 0


@pytest.mark.parametrize("size", [TABLET, PHONE], ids=["tablet", "phone"])
def test_axe_finds_nothing_at_a_station_or_on_a_print(visit, served, size):
    job = served.desk.state.machines["P2"].job_order
    for path in (
        "/station/B2",
        "/station/P2",
        "/station/P3",
        "/station/M2",
        "/station/K1",
        "/print/dispatch/B2",
        f"/print/labels/{job}",
        "/print/totes",
    ):
        page = visit(path, size)
        if path == "/station/B2":
            scan(page, "T-1")
            expect(page.locator(".refuse")).to_be_visible()
        nothing_for_axe(page, path)
        nothing_sideways(page, path)


def test_every_target_is_large_enough_for_a_glove(visit):
    for path in ("/station/B2", "/station/P2", "/station/P3"):
        for size in (TABLET, PHONE):
            page = visit(path, size)
            small = page.evaluate(
                """() => [...document.querySelectorAll('main button, main a, main input')]
                    .filter(each => each.offsetParent)
                    .map(each => [each.textContent.trim(), each.getBoundingClientRect().height])
                    .filter(([, height]) => height < 48)"""
            )
            assert small == [], path


def test_a_badge_is_read_by_the_field_that_asks_for_it(visit, served):
    page = visit("/station/B2")
    page.evaluate(
        """() => {
            const sheet = document.createElement("dialog");
            sheet.innerHTML = '<form method="dialog"><input type="password" name="pin"></form>';
            document.body.append(sheet);
            sheet.addEventListener("submit", (event) => event.preventDefault());
            sheet.showModal();
        }"""
    )
    field = page.locator("input[type=password]")
    field.focus()
    scan(page, "badge-0042")
    expect(field).to_have_value("badge-0042")
    assert served.desk.asked == []

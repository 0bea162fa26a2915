"""The pages in a real browser: live, accessible, at home on a wall and on a phone."""

import re

import pytest
from closed import CARD
from conftest import Served
from playwright.sync_api import Page, expect
from shoes import JOBS, READINGS, reported
from visiting import nothing_for_axe, nothing_sideways, visiting

from controller import events as e
from drivers import JobState, Reading

pytestmark = pytest.mark.web

WALL = {"width": 1920, "height": 1080}
PHONE = {"width": 360, "height": 800}
PAGES = (
    "/floor",
    "/floor#P3",
    "/doubts",
    "/orders",
    "/orders/refused",
    "/station/B2",
    "/station/B1",
    "/closing",
)


@pytest.fixture
def visit(page: Page, served: Served):
    with visiting(page, served, WALL, live=False) as go:
        yield go


def live(page: Page) -> None:
    """Wait until the page follows the changes."""
    expect(page.locator("#age")).to_contain_text("s ago")


@pytest.mark.parametrize("size", [WALL, PHONE], ids=["wall", "phone"])
def test_axe_finds_nothing_on_any_page_and_none_scrolls_sideways(visit, served, size):
    served.do(lambda desk: setattr(desk, "card", CARD))
    for path in PAGES:
        page = visit(path, size)
        if "#" in path:
            expect(page.locator(".drawer:target h2")).to_have_text("P3")
        nothing_for_axe(page, path)
        nothing_sideways(page, path)


def test_every_state_has_a_word_and_an_icon(visit):
    page = visit("/floor")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(15)
    for state, said in {
        "run": "Running",
        "setup": "Setup",
        "wait": "Waiting",
        "ask": "Your turn",
        "fail": "Failed",
        "doubt": "In doubt",
        "stale": "No link",
    }.items():
        band = page.locator(f".tile.{state} .st").first
        expect(band).to_have_text(said)
        expect(band.locator("svg path, svg circle").first).to_be_attached()


def test_the_wall_shows_fifteen_tiles_without_scrolling(visit):
    page = visit("/floor")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    clipped = page.evaluate(
        """() => [...document.querySelectorAll('.tile .bd')]
            .filter(body => body.scrollHeight > body.clientHeight + 1)
            .map(body => body.closest('.tile').dataset.machine)"""
    )
    assert clipped == []


def test_a_tile_changes_in_place_and_keeps_the_focus(visit, served):
    page = visit("/floor")
    live(page)
    tile = page.locator("#tile-P1")
    tile.focus()
    before = tile.bounding_box()
    served.do(
        lambda desk: desk.read(
            Reading(machine="P1", activity="running", progress=7700, remaining_s=120)
        )
    )
    expect(tile.locator(".prog")).to_have_attribute("aria-valuenow", "77")
    expect(tile.locator(".left b")).to_have_text("2 min left")
    expect(tile).to_be_focused()
    assert tile.bounding_box() == before
    served.do(lambda desk: desk.record(reported(JOBS["P1"], JobState.ABORTED, "Bed came loose")))
    expect(tile).to_have_class(re.compile(r"\bfail\b"))
    expect(tile.locator(".why")).to_have_text("Bed came loose.")


def test_the_clock_runs_as_fast_as_the_plant(visit, served):
    page = visit("/floor")
    live(page)
    expect(page.locator("#speed")).to_have_text("x480")
    shown = page.locator("#clock").text_content()
    expect(page.locator("#clock")).not_to_have_text(shown or "")
    served.do(
        lambda desk: desk.record(
            e.ClockSet(utc="2026-11-24T10:42:08+00:00", plant_s=desk.at_s, speed=1)
        )
    )
    expect(page.locator("#speed")).to_be_hidden()


def test_arrows_enter_escape_and_c_work_the_wall(visit, served):
    page = visit("/floor")
    live(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tile-K1")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#tile-P1")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    drawer = page.locator(".drawer#P2")
    expect(drawer).to_be_visible()
    expect(drawer.locator("[data-close]")).to_be_focused()
    expect(drawer.get_by_role("button", name="Cleared")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(drawer.locator("[data-close]")).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#tile-P2")).to_have_class(re.compile(r"\bwait\b"))
    expect(drawer.get_by_role("button", name="Cleared")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator("#tile-P2")).to_be_focused()
    assert not served.desk.state.machines["P2"].needs_clear


def test_keys_are_listed_and_lead_to_pages(visit):
    page = visit("/floor")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys")).to_contain_text("cleared, where it is asked for")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("/doubts$"))


def test_a_refusal_stays_until_it_is_read(visit, served):
    page = visit("/floor#P3")
    live(page)
    page.locator(".drawer:target [data-do=clear]").click()
    expect(page.locator("#tile-P3 .nx")).to_have_text("Look at it, then press Cleared")
    served.do(lambda desk: desk.read(Reading(machine="P3", activity="idle")))
    expect(page.locator("#tile-P3")).not_to_have_class(re.compile(r"\bfail\b"))
    page.evaluate("import('/static/live.js').then(live => live.send('/api/machines/P3/clear', {}))")
    refused = page.get_by_role("alert").filter(has_text="P3 has nothing to clear.")
    expect(refused).to_be_visible()
    refused.get_by_role("button", name="Understood").click()
    expect(refused).to_have_count(0)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_page_without_a_connection_looks_stale_and_comes_back(page, served):
    page.clock.install()
    page.set_viewport_size(WALL)
    page.goto(served.url + "/floor#P2")
    live(page)
    expect(page.locator(".drawer:target [data-do=clear]")).to_be_enabled()
    served.stop()
    page.clock.run_for(13_000)
    band = page.locator("#stale")
    expect(band).to_be_visible()
    expect(band).to_contain_text("No connection since 11:")
    expect(page.locator("#link")).to_have_text("No connection")
    expect(page.locator(".drawer:target [data-do=clear]")).to_be_disabled()
    expect(page.locator(".drawer:target [data-step=abort]")).to_be_enabled()
    struck = page.locator("#clock").evaluate("clock => getComputedStyle(clock).textDecorationLine")
    assert struck == "line-through"
    served.desk.live["P1"] = served.desk.live["P1"].__class__(READINGS["P1"], served.desk.real)
    served.start()
    page.clock.run_for(9_000)
    expect(band).to_be_hidden()
    expect(page.locator("#link")).to_have_text("Live")
    expect(page.locator(".drawer:target [data-do=clear]")).to_be_enabled()


def test_a_doubt_is_settled_in_two_steps(visit, served):
    page = visit("/doubts")
    page.keyboard.press("3")
    second = page.locator(".second")
    expect(second).to_be_visible()
    sure = second.locator("button.losing")
    expect(sure).to_have_text("Make campaign 30 again: 3 parts")
    second.get_by_text("Nothing there").click()
    second.get_by_label("What you saw").fill("vessel clean")
    second.get_by_label("Your name").fill("Amira")
    sure.click()
    expect(page.get_by_text("Nothing is in doubt.")).to_be_visible()
    expect(page.get_by_text("Amira: “Nothing there: vessel clean”")).to_be_visible()
    assert served.desk.asked[-1][1] == "person amira"


def test_a_doubt_is_not_settled_by_one_press(visit, served):
    page = visit("/doubts")
    page.get_by_role("button", name="Made good…").click()
    page.keyboard.press("Escape")
    expect(page.locator(".second")).to_be_hidden()
    assert served.desk.asked == []


def test_hand_work_is_begun_and_finished_at_its_station(visit, served):
    page = visit("/station/B2", {"width": 1280, "height": 800})
    expect(page.locator("h1")).to_have_text("Begin pair 4126")
    expect(page.get_by_text("“RUN MARA RUN”")).to_be_visible()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("button", name="Good")).to_be_visible()
    page.get_by_role("button", name="Scrap…").click()
    expect(page.get_by_role("button", name="Good")).to_be_hidden()
    page.get_by_role("button", name="Wrong colour").click()
    expect(page.locator("h1")).to_have_text("Nothing to do now")
    results = served.desk.asked[-1][0].results
    assert [(each.verdict.value, each.reason) for each in results] == [("scrap", "Wrong colour")]

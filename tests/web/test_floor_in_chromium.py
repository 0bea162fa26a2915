"""The Floor's commands, the alarms and the wall in a real browser, by keys and by buttons."""

import re

import pytest
from conftest import Served
from playwright.sync_api import Page, expect
from shoes import JOBS, NOW_S, reported
from visiting import nothing_for_axe, nothing_sideways, visiting

from controller import events as e
from controller.floor import requests as r
from drivers import Answer, Command, JobState, Submit

pytestmark = pytest.mark.web

SIZES = {
    "wall": {"width": 1920, "height": 1080},
    "phone": {"width": 360, "height": 800},
    "4K": {"width": 3840, "height": 2160},
}


@pytest.fixture
def floor(page: Page, served: Served):
    with visiting(page, served, SIZES["wall"]) as go:
        yield go


def asked(served: Served) -> list[object]:
    return [request for request, _ in served.desk.asked]


def test_h_holds_and_the_tile_shows_that_it_is_under_way(floor, served):
    page = floor("/floor")
    page.locator("#tile-P1").focus()
    page.keyboard.press("h")
    tile = page.locator("#tile-P1")
    expect(tile.locator(".st")).to_have_text("Held…")
    expect(tile).to_contain_text("P1 has not followed yet")
    served.do(lambda desk: desk.record(reported(JOBS["P1"], JobState.INTERRUPTED)))
    expect(tile).to_have_class(re.compile(r"\bhold\b"))
    page.keyboard.press("r")
    expect(tile.locator(".st")).to_have_text("Running…")
    assert asked(served) == [r.HoldMachine(machine="P1"), r.ResumeMachine(machine="P1")]


def test_x_takes_two_steps_and_the_second_names_what_is_lost(floor, served):
    page = floor("/floor")
    page.locator("#tile-P1").focus()
    page.keyboard.press("x")
    drawer = page.locator(".drawer#P1")
    sure = drawer.get_by_role("button", name="Abort plate 121: 6 parts are lost")
    expect(sure).to_be_visible()
    page.keyboard.press("Enter")
    assert asked(served) == []
    first, second = drawer.locator("[data-step=abort]").bounding_box(), sure.bounding_box()
    assert first is not None
    assert second is not None
    assert second["y"] > first["y"] + first["height"]
    drawer.get_by_text("It is going wrong").click()
    sure.click()
    expect(page.locator("#tile-P1 .st")).to_have_text("Aborted…")
    assert asked(served) == [r.AbortMachine(machine="P1", reason="It is going wrong")]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_second_step_goes_away_by_itself(page, served):
    page.clock.install()
    page.goto(served.url + "/floor#P1")
    drawer = page.locator(".drawer#P1")
    drawer.get_by_role("button", name="Abort…").click()
    form = drawer.locator("[data-steps=abort]")
    expect(form).to_be_visible()
    page.clock.run_for(10_500)
    expect(form).to_be_hidden()
    assert served.desk.asked == []


def test_a_machine_is_taken_out_with_a_reason_and_a_time_and_taken_in_again(floor, served):
    page = floor("/floor#P5")
    drawer = page.locator(".drawer#P5")
    drawer.get_by_role("button", name="Out of service…").click()
    drawer.get_by_text("Broken", exact=True).click()
    drawer.get_by_text("1 h", exact=True).click()
    drawer.get_by_role("button", name="Take P5 out of service").click()
    expect(page.locator("#tile-P5 .st")).to_have_text("Out of service")
    (taken,) = asked(served)
    assert isinstance(taken, r.TakeOut)
    assert taken.reason == "Broken"
    assert taken.until_s is not None
    assert taken.until_s >= NOW_S + 3_600
    drawer.get_by_role("button", name="Back in service").click()
    expect(page.locator("#tile-P5 .st")).to_have_text("Waiting")


def test_a_station_whose_person_is_late_is_taken_out_for_that_reason(floor, served):
    page = floor("/floor#B3")
    drawer = page.locator(".drawer#B3")
    drawer.get_by_role("button", name="Out of service…").click()
    drawer.get_by_text("Person late").click()
    drawer.get_by_text("30 min").click()
    drawer.get_by_role("button", name="Take B3 out of service").click()
    expect(page.locator("#tile-B3 .why")).to_have_text("Person late.")


def test_what_cannot_be_pressed_stays_visible_with_its_reason(floor):
    page = floor("/floor#P3")
    drawer = page.locator(".drawer#P3")
    expect(drawer.get_by_role("button", name="Hold")).to_be_disabled()
    expect(drawer).to_contain_text("Hold and Resume: nothing runs on P3 since 09:12.")
    abort = drawer.get_by_role("button", name="Abort…")
    expect(abort).to_be_enabled()
    abort.click()
    expect(drawer.locator(".note.fail")).to_contain_text("Abort was refused: nothing runs on P3")


def test_a_command_that_the_machine_refused_stays_with_its_reason(floor, served):
    told = JOBS["P1"].id
    no = Answer(Submit.REJECTED, "the door is open")
    served.do(
        lambda desk: desk.record(
            e.CommandGiven(machine="P1", job_order=told, command=Command.PAUSE), "person amira"
        )
    )
    served.do(
        lambda desk: desk.record(
            e.CommandAnswered(machine="P1", job_order=told, command=Command.PAUSE, answer=no)
        )
    )
    page = floor("/floor#P1")
    expect(page.locator(".drawer#P1 .note.fail")).to_contain_text("the door is open")
    expect(page.locator("#tile-P1")).to_contain_text("the door is open")


def test_help_is_called_from_the_drawer_and_rings_everywhere(floor, served):
    page = floor("/floor#P4")
    page.locator(".drawer#P4").get_by_role("button", name="Call help").click()
    expect(page.locator("#tile-P4 .st")).to_have_text("Your turn")
    expect(page.locator("#rail-alarms")).to_have_text("3")
    page.locator(".drawer#P4").get_by_role("button", name="Help came").click()
    expect(page.locator("#rail-alarms")).to_have_text("2")


def test_a_double_press_is_one_command(floor, served):
    page = floor("/floor#P4")
    page.locator(".drawer#P4").get_by_role("button", name="Call help").dblclick()
    expect(page.locator("#tile-P4 .st")).to_have_text("Your turn")
    assert asked(served) == [r.CallHelp(machine="P4", note="")]


def test_an_alarm_is_acknowledged_with_a_note_and_another_is_shelved(floor, served):
    page = floor("/alarms")
    first = page.locator("tr[data-alarm='failed:P3']")
    first.get_by_role("button", name="Acknowledge…").click()
    sheet = page.locator("#ack")
    sheet.get_by_text("I am on it").click()
    sheet.get_by_role("button", name="Acknowledge").click()
    expect(first).to_contain_text("Active, acknowledged by")
    expect(first).to_contain_text("“I am on it”")
    doubt = page.locator("tr[data-alarm='doubt:M2']")
    doubt.get_by_role("button", name="Shelve…").click()
    sheet = page.locator("#shelve")
    sheet.get_by_text("Waits for a part").click()
    sheet.get_by_role("button", name="Shelve", exact=True).click()
    expect(page.get_by_role("heading", name="Shelved")).to_be_visible()
    expect(page.locator("#alarm")).to_contain_text("P3")
    page.locator("tr[data-alarm='doubt:M2']").get_by_role("button", name="Take back").click()
    expect(page.get_by_role("heading", name="Shelved")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(floor, served, size):
    served.do(lambda desk: desk.record(e.HelpCalled(machine="P1", note="x"), "person jonas"))
    for path in ("/alarms", "/andon", "/doubts", "/floor?cell=print"):
        page = floor(path, SIZES[size])
        nothing_for_axe(page, path)
        nothing_sideways(page, path)


def test_the_wall_follows_and_covers_itself_when_nothing_comes(page, served):
    page.clock.install()
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(served.url + "/andon")
    expect(page.locator("#andon-packed .huge")).to_have_text("2 / 30")
    served.do(lambda desk: desk.record(e.OrderPacked(order="4119")))
    expect(page.locator("#andon-packed .huge")).to_have_text("3 / 30")
    served.stop()
    page.clock.run_for(13_000)
    expect(page.locator("#stale")).to_contain_text("No connection since")


def test_a_page_that_slept_overnight_reloads_before_it_shows_anything(page, served):
    page.clock.install()
    page.goto(served.url + "/alarms")
    expect(page.locator("#link")).to_have_text("Live")
    page.evaluate("window.slept = true")
    page.clock.fast_forward(8 * 3_600_000)
    page.wait_for_function("() => !window.slept")
    expect(page.get_by_role("heading", name="Alarms")).to_be_visible()

"""The plan board in a real browser: bars in their places, keys, drags, proposals, the table twin."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Served
from planned import PlannedDesk, the_planned_desk
from playwright.sync_api import Page, expect
from shoes import NOW_S, ORIGIN, at

from controller import events as e
from scheduler import Slot

pytestmark = pytest.mark.web

WALL = {"width": 1920, "height": 1080}
PHONE = {"width": 360, "height": 800}
BOARD = "document.querySelector('plan-board')"
BOND = "4131/1.1-2/bond"


@pytest.fixture
def planned():
    desk = the_planned_desk()
    # Time stands still, so that a bar is where it was a moment ago.
    desk.record(e.ClockSet(utc=ORIGIN.isoformat(), plant_s=NOW_S, speed=0))
    floor = Served(desk)
    floor.start()
    yield floor
    floor.stop()


@pytest.fixture
def visit(page: Page, planned: Served):
    """Open the plan and collect what must not happen."""
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "console",
        lambda said: (
            trouble.append(said.text)
            if said.type == "error" and "status of 4" not in said.text
            else None
        ),
    )
    page.on(
        "request",
        lambda asked: (
            trouble.append(asked.url) if not asked.url.startswith((planned.url, "data:")) else None
        ),
    )

    def go(size: dict[str, int] = WALL, theme: Any = "light") -> Page:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.goto(planned.url + "/plan")
        until(page, f"{BOARD}.model !== null && {BOARD}.clientWidth >= 0")
        if size is WALL:
            until(page, f"{BOARD}.scale.width > 1000 && {BOARD}.wordOf(0) !== ''")
        return page

    yield go
    assert not trouble


def until(page: Page, said: str) -> None:
    """Wait until an expression holds; the page's own policy forbids to evaluate one in it."""
    tried = f"""async () => {{
      for (let turn = 0; turn < 600; turn += 1) {{
        if ({said}) return true;
        await new Promise((done) => setTimeout(done, 50));
      }}
      return false;
    }}"""
    assert page.evaluate(tried), said


def key_of(planned: Served, slot: Slot) -> str:
    """Return the key of a slot's bar: its first operation, and the attempt from the second on."""
    attempt = planned.desk.state.work[slot.operations[0]].attempt
    return slot.operations[0] + (f"#{attempt}" if attempt > 1 else "")


def box(page: Page, key: str) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(f"key => {BOARD}.boxOf(key)", key)
    return found


def middle(page: Page, key: str) -> tuple[float, float]:
    """Return the page's point in the middle of a bar."""
    frame = page.locator("plan-board").bounding_box()
    found = box(page, key)
    assert frame is not None
    return frame["x"] + found["x"] + found["width"] / 2, frame["y"] + found["y"] + 12


def desk_of(planned: Served) -> PlannedDesk:
    assert isinstance(planned.desk, PlannedDesk)
    return planned.desk


def test_bars_lie_where_the_plan_says(visit, planned):
    page = visit()
    slots = [slot for slot in desk_of(planned).state.plan.slots if slot.end_s < at("21:00")]
    assert len(slots) > 50
    per_second = page.evaluate(f"{BOARD}.scale.perSecond")
    first_s = page.evaluate(f"{BOARD}.scale.t0")
    for slot in slots:
        key = key_of(planned, slot)
        found = box(page, key)
        assert found["machine"] == slot.machine
        assert found["x"] == pytest.approx(118 + (slot.start_s - first_s) * per_second)
        assert found["width"] == pytest.approx((slot.end_s - slot.start_s) * per_second)
        x, y = found["x"] + found["width"] / 2, found["y"] + 12
        assert page.evaluate(f"([x, y]) => {BOARD}.hit(x, y)", [x, y]) == key
    assert page.evaluate(f"{BOARD}.hit(60, 100)") is None


def test_the_canvas_is_painted_in_the_colours_of_the_theme(visit):
    sample = f"""key => {{
      const board = {BOARD}, box = board.boxOf(key);
      const [x, y] = [box.x + box.width - 6, box.y + 4].map((each) => each * devicePixelRatio);
      return [...board.pens[0].getImageData(x, y, 1, 1).data].slice(0, 3);
    }}"""
    assert visit().evaluate(sample, BOND) == [0xC3, 0xCA, 0xD0]
    assert visit(theme="dark").evaluate(sample, BOND) == [0x43, 0x4D, 0x56]


PAN = """async ([dx, dy]) => {
  const board = document.querySelector("plan-board"), sheet = board.sheets[0];
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const rest = () => frame().then(frame);
  const seen = () => board.pens[0].getImageData(0, 0, sheet.width, sheet.height).data;
  await rest();
  board.again(true);
  await rest();
  const before = { ...board.plan.painted }, still = seen();
  for (const part of [0.5, 0.3, 0.2]) {
    board.pan(Math.round(dx * part), Math.round(dy * part));
    await rest();
  }
  const after = { ...board.plan.painted }, panned = seen();
  board.again(true);
  await rest();
  const anew = seen();
  const differ = (a, b) => {
    let count = 0;
    for (let at = 0; at < a.length; at += 4) {
      const far = Math.max(...[0, 1, 2].map((part) => Math.abs(a[at + part] - b[at + part])));
      if (far > 24) count += 1;
    }
    return count;
  };
  const [moved, whole] = [after.moved - before.moved, after.whole - before.whole];
  return { moved, whole, wrong: differ(panned, anew), other: differ(still, anew) };
}"""


@pytest.mark.parametrize("ratio", [1, 1.5, 2])
def test_a_pan_moves_what_is_painted_and_looks_as_if_painted_anew(browser, planned, ratio):
    context = browser.new_context(
        viewport={"width": 1500, "height": 560}, device_scale_factor=ratio
    )
    page = context.new_page()
    page.goto(planned.url + "/plan")
    until(page, f"{BOARD}.model !== null && {BOARD}.scale.width > 600 && {BOARD}.wordOf(0) !== ''")
    page.evaluate(f"{BOARD}.selectOrder('4131')")
    expect(page.locator("#about h2")).to_contain_text("4131")
    for way in ((120, 0), (-260, 0), (0, 60), (0, -40), (80, 40), (-300, -60)):
        found = page.evaluate(PAN, list(way))
        assert found["moved"] > 0, way
        assert found["whole"] == 0, way
        assert found["other"] > 1000, way
        # Edges of letters may differ where a strip begins.
        assert found["wrong"] <= 20, (way, found)
    assert page.evaluate(f"{BOARD}.sheets[0].width / {BOARD}.clientWidth") == pytest.approx(
        ratio, abs=0.01
    )
    context.close()


def test_neither_pointer_nor_selection_paints_the_plan_anew(visit):
    page = visit()
    rest = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(rest)
    before = page.evaluate(f"{BOARD}.plan.painted.whole")
    x, y = middle(page, BOND)
    page.mouse.move(x, y)
    page.evaluate(rest)
    assert page.evaluate(f"{BOARD}.tip !== null")
    sample = f"""key => {{
      const board = {BOARD}, box = board.boxOf(key);
      return [...board.pens[0].getImageData(box.x + box.width - 6, box.y + 4, 1, 1).data].slice(0, 3);
    }}"""
    plain = page.evaluate(sample, BOND)
    page.evaluate(f"{BOARD}.select({BOARD}.barOf('{BOND}'))")
    page.evaluate(rest)
    assert page.evaluate(sample, BOND) == [0x0D, 0x5A, 0xE6]
    page.evaluate(f"{BOARD}.unselect()")
    page.evaluate(rest)
    assert page.evaluate(sample, BOND) == plain
    assert page.evaluate(f"{BOARD}.plan.painted.whole") == before


def test_arrows_walk_over_bars_and_machines_and_are_heard(visit):
    page = visit()
    page.locator("plan-board").focus()
    page.keyboard.press("ArrowRight")
    heard = page.locator("plan-board [role=status]")
    expect(heard).to_contain_text("K1, 4136 L")
    page.keyboard.press("ArrowRight")
    expect(heard).to_contain_text("K1, ")
    expect(heard).to_contain_text("planned")
    page.keyboard.press("ArrowDown")
    expect(heard).to_contain_text("K2, ")
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    expect(heard).to_contain_text("K2, Running")
    expect(page.locator("#about h2")).to_have_text("K2, knitting")
    page.keyboard.press("ArrowDown")
    expect(heard).to_contain_text("K3, ")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#about h2")).to_be_focused()
    page.keyboard.press("Escape")


def test_keys_zoom_and_bring_back_now_and_the_ghost(visit):
    page = visit()
    span = f"{BOARD}.scale.t1 - {BOARD}.scale.t0"
    day = page.evaluate(span)
    page.keyboard.press("+")
    assert page.evaluate(span) == pytest.approx(day / 1.4)
    page.keyboard.press("-")
    assert page.evaluate(span) == pytest.approx(day)
    page.evaluate(f"{BOARD}.pan(5000, 0)")
    page.keyboard.press("t")
    now = page.evaluate(f"{BOARD}.scale.x({BOARD}.nowS) / {BOARD}.scale.width")
    assert 0.2 < now < 0.35
    page.keyboard.press("+")
    page.keyboard.press("0")
    assert page.evaluate(span) == pytest.approx(day)
    page.keyboard.press("b")
    expect(page.locator("#ghost")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(f"{BOARD}.ghost") is False


def test_a_wheel_with_ctrl_zooms_where_the_pointer_is(visit):
    page = visit()
    frame = page.locator("plan-board").bounding_box()
    page.mouse.move(frame["x"] + 900, frame["y"] + 200)
    under = page.evaluate(f"{BOARD}.scale.t(900)")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    until(page, f"{BOARD}.scale.t1 - {BOARD}.scale.t0 < 40000")
    assert page.evaluate(f"{BOARD}.scale.t(900)") == pytest.approx(under, abs=2)


def test_a_drag_is_answered_by_a_proposal_that_is_accepted_and_undone(visit, planned):
    page = visit()
    x, y = middle(page, BOND)
    was = box(page, BOND)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=3)
    page.mouse.move(x + 150, y, steps=4)
    assert page.evaluate(f"{BOARD}.move.refuses") == ""
    page.mouse.up()
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text("Proposal 12")
    expect(panel.locator(".four b").first).not_to_be_empty()
    (proposal,) = desk_of(planned).proposals()
    expect(panel.locator(".four b").first).to_have_text(str(len(proposal.moved)))
    until(page, f"{BOARD}.boxOf('{BOND}')?.proposed")
    assert box(page, BOND)["x"] > was["x"] + 100
    assert desk_of(planned).state.plan.number == 39
    page.keyboard.press("a")
    expect(page.locator("#plan-says")).to_contain_text("40, published 11:42")
    expect(panel.locator("h2")).to_have_text("No open proposal")
    expect(panel.locator(".wishes li")).to_have_count(1)
    until(page, f"{BOARD}.boxOf('{BOND}')?.proposed === false")
    assert box(page, BOND)["x"] > was["x"] + 100
    assert page.evaluate(f"{BOARD}.model.pinned[{BOARD}.barOf('{BOND}')]") == 1
    page.keyboard.press("Control+z")
    expect(panel.locator(".wishes li")).to_have_count(0)
    assert desk_of(planned).state.wishes == {}


def test_a_discarded_proposal_leaves_the_board_as_it_was(visit, planned):
    page = visit()
    before = page.evaluate(f"{BOARD}.keys().map(key => [key, {BOARD}.boxOf(key).x])")
    page.evaluate(f"{BOARD}.select({BOARD}.barOf('{BOND}'))")
    page.locator("plan-board").focus()
    for _ in range(3):
        page.keyboard.press("Alt+Shift+ArrowRight")
    expect(page.locator("plan-board [role=status]")).to_contain_text("Enter asks what it changes")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Proposal 12")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("#panel h2")).to_have_text("No open proposal")
    until(page, f"{BOARD}.model.shown === 0")
    assert page.evaluate(f"{BOARD}.keys().map(key => [key, {BOARD}.boxOf(key).x])") == before
    assert desk_of(planned).state.plan.number == 39


def test_a_drop_where_it_cannot_be_made_snaps_back_with_the_reason(visit, planned):
    page = visit()
    x, y = middle(page, BOND)
    _, other = middle(page, "4137/1.1/knit")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y - 20, steps=2)
    page.mouse.move(x + 40, other, steps=3)
    page.mouse.up()
    refused = page.get_by_role("alert").filter(has_text=re.compile(r"K\d cannot make it; B1, B2"))
    expect(refused).to_be_visible()
    assert page.evaluate(f"{BOARD}.move") is None
    assert desk_of(planned).proposals() == ()


def test_what_runs_is_not_dragged_and_says_so(visit):
    page = visit()
    x, y = middle(page, "4136/1.1/knit")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=3)
    page.mouse.up()
    said = page.get_by_role("alert").filter(has_text="K1 was told already")
    expect(said).to_be_visible()


def test_another_machine_and_not_before_are_asked_in_dialogs(visit, planned):
    page = visit()
    page.evaluate(f"{BOARD}.select({BOARD}.barOf('{BOND}'))")
    expect(page.locator("#about h2")).to_have_text("Order 4131, bonding")
    page.keyboard.press("o")
    dialog = page.locator("dialog#machine")
    expect(dialog).to_be_visible()
    offered = dialog.locator("option").all_text_contents()
    here = box(page, BOND)["machine"]
    assert [words.partition(",")[0] for words in offered] == [
        name for name in ("B1", "B2", "B3") if name != here
    ]
    dialog.get_by_role("button", name="Ask what it changes").click()
    expect(page.locator("#panel h2")).to_have_text("Proposal 12")
    page.keyboard.press("n")
    later = page.locator("dialog#later")
    later.locator("input[name=at]").fill("2026-11-24T16:30")
    later.get_by_role("button", name="Ask what it changes").click()
    expect(page.locator("#panel h2")).to_have_text("Proposal 13")
    wish = desk_of(planned).proposals()[-1].wish
    assert (wish.order, wish.at_s) == ("4131", at("16:30"))  # type: ignore[union-attr]


def test_closing_a_machine_takes_local_times_and_a_reason(visit, planned):
    page = visit()
    page.locator("[data-sheet=close]").click()
    dialog = page.locator("dialog#close")
    dialog.get_by_label("Machine").select_option("B3")
    dialog.get_by_label("From").fill("2026-11-24T15:00")
    dialog.get_by_label("To").fill("2026-11-24T14:00")
    dialog.get_by_role("button", name="Ask what it changes").click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "It ends before it begins. Choose a later end."
    )
    dialog.get_by_label("To").fill("2026-11-24T16:00")
    dialog.get_by_label("Why").fill("glue pump")
    dialog.get_by_role("button", name="Ask what it changes").click()
    expect(page.locator("#panel h2")).to_have_text("Proposal 12")
    wish = desk_of(planned).proposals()[0].wish
    assert (wish.machine, wish.begin_s, wish.end_s, wish.why) == (  # type: ignore[union-attr]
        "B3",
        at("15:00"),
        at("16:00"),
        "glue pump",
    )


def test_a_band_with_shift_selects_several_and_asks_for_all_of_them(visit):
    page = visit()
    frame = page.locator("plan-board").bounding_box()
    first, last = box(page, "4133/1.1/knit"), box(page, "4133/1.2/knit")
    page.keyboard.down("Shift")
    page.mouse.move(frame["x"] + 1400, frame["y"] + 62)
    page.mouse.down()
    page.mouse.move(frame["x"] + 700, frame["y"] + first["y"] + 100, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert last is not None
    count = page.evaluate(f"{BOARD}.picked.length")
    assert count > 3
    expect(page.locator("#about h2")).to_have_text(f"{count} selected")
    expect(page.locator("#about [data-act=pin]")).to_be_disabled()
    expect(page.locator("#about [data-act=machine]")).to_be_enabled()


def test_the_table_has_the_same_rows_and_the_same_actions(visit, planned):
    page = visit()
    keys = page.evaluate(f"{BOARD}.keys()")
    page.keyboard.press("v")
    expect(page.locator("#board-view")).to_be_hidden()
    page.get_by_label("with what is over").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".count")).to_contain_text(f"of {len(keys)}")
    rows = page.locator("tr[data-key]").evaluate_all("rows => rows.map(row => row.dataset.key)")
    assert sorted(rows) == sorted(keys)
    page.locator(f'[data-select="{BOND}"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator(f'tr[data-key="{BOND}"]')).to_have_attribute("aria-current", "true")
    expect(page.locator("#about h2")).to_have_text("Order 4131, bonding")
    page.get_by_role("button", name="Pin here").click()
    expect(page.locator("#panel h2")).to_have_text("Proposal 12")
    page.keyboard.press("v")
    expect(page.locator("#board-view")).to_be_visible()


def test_a_second_planner_sees_the_proposal_and_its_end_without_asking(visit, planned, browser):
    page = visit()
    context = browser.new_context()
    other = context.new_page()
    other.set_extra_http_headers({"X-Actor": "person vera"})
    other.goto(planned.url + "/plan")
    until(other, f"{BOARD}.model !== null")
    other.evaluate(f"{BOARD}.select({BOARD}.barOf('{BOND}'))")
    other.keyboard.press("p")
    expect(other.locator("#panel h2")).to_have_text("Proposal 12")
    expect(page.locator("#panel h2")).to_have_text("Proposal 12", timeout=15_000)
    page.get_by_role("button", name="Discard").click()
    expect(other.locator("#panel h2")).to_have_text("No open proposal", timeout=15_000)
    context.close()


def test_a_new_plan_moves_the_bars_of_an_open_page(visit, planned):
    page = visit()
    seen = page.evaluate(f"{BOARD}.model.said.seq")
    planned.do(lambda desk: desk.record(e.MachineCleared(machine="P3")))
    until(page, f"{BOARD}.model.said.seq > {seen}")
    assert page.evaluate(f"{BOARD}.model.said.closed.length") == 0


def test_a_finger_pans_and_two_zoom(visit, page):
    visit()
    cdp = page.context.new_cdp_session(page)
    frame = page.locator("plan-board").bounding_box()

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at_points = [
            {"x": frame["x"] + x, "y": frame["y"] + y, "id": n} for n, (x, y) in enumerate(points)
        ]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at_points})

    before = page.evaluate(f"[{BOARD}.scale.t0, {BOARD}.scale.t1]")
    touch("touchStart", (1200, 400))
    touch("touchMove", (1100, 400))
    touch("touchMove", (900, 400))
    touch("touchEnd")
    until(page, f"{BOARD}.scale.t0 > {before[0] + 3600}")
    span = before[1] - before[0]
    touch("touchStart", (600, 400))
    touch("touchStart", (600, 400), (800, 400))
    touch("touchMove", (500, 400), (900, 400))
    touch("touchEnd")
    until(page, f"{BOARD}.scale.t1 - {BOARD}.scale.t0 < {span * 0.7}")


def test_colours_by_order_family_slack_and_customer(visit):
    page = visit()
    shots = set()
    for scheme in ("trouble", "order", "family", "slack", "customer"):
        page.locator("#colour").select_option(scheme)
        until(page, f"{BOARD}.colourBy === '{scheme}'")
        page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        shots.add(page.evaluate(f"{BOARD}.sheets[0].toDataURL().length"))
    assert len(shots) == 5
    expect(page.locator("#legend")).to_contain_text("Mara K.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_with_a_proposal_open(visit, planned, theme):
    page = visit(theme=theme)
    page.evaluate(f"{BOARD}.select({BOARD}.barOf('{BOND}'))")
    page.keyboard.press("p")
    expect(page.locator("#panel h2")).to_have_text("Proposal 12")
    expect(page.locator("#about h2")).to_have_text("Order 4131, bonding")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("v")
    expect(page.locator("tr[data-key]").first).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_reads_proposal_inspector_and_table(visit, planned, theme):
    page = visit(PHONE, theme)
    expect(page.locator("plan-board")).to_be_hidden()
    page.locator("[data-select]").filter(has_text="4131").first.click()
    expect(page.locator("#about h2")).to_contain_text("4131")
    order = page.evaluate(
        """() => ['#panel', '.insp', '#table-view'].map(
            name => document.querySelector(name).getBoundingClientRect().top)"""
    )
    assert order == sorted(order)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_an_address_opens_the_proposal_that_it_names(visit, planned):
    page = visit()
    for number, key in ((12, BOND), (13, "4133/1.1/knit")):
        page.evaluate(f"{BOARD}.select({BOARD}.barOf('{key}'))")
        page.locator("plan-board").focus()
        page.keyboard.press("p")
        expect(page.locator("#panel h2")).to_have_text(f"Proposal {number}")
    first, last = (each.number for each in desk_of(planned).proposals())
    for number in (first, last):
        page.goto(f"{planned.url}/plan?proposal={number}")
        until(page, f"{BOARD}.model?.shown === {number}")
        expect(page.locator("#panel h2")).to_have_text(f"Proposal {number}")
    page.goto(f"{planned.url}/plan?proposal=99")
    gone = page.get_by_role("alert").filter(has_text="Proposal 99 is no longer open")
    expect(gone).to_be_visible()

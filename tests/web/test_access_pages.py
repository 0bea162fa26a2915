"""Signing in, users and tokens in a real browser; what a role may not is disabled and says why."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from keys import PASSWORD, Keys, run
from playwright.sync_api import APIResponse, Browser, Page, Route, expect
from visiting import held_back, nothing_for_axe, nothing_sideways

from controller.access import By, Limits, Role
from controller.access.entering import first_link
from controller.access.people import set_pin
from controller.access.totp import code_at, step_of

pytestmark = [pytest.mark.web, pytest.mark.timeout(180)]
BY = By(who="cli")
NEW = "other unrelated words here"


def ready(work: Any) -> Any:
    """Run a coroutine beside Playwright's own loop."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(run, work).result()


@pytest.fixture
def keys() -> Keys:
    return Keys(limits=Limits(rate=1e6, burst=10**6, stranger_rate=1e6, stranger_burst=10**6))


@pytest.fixture
def url(served: Any, keys: Keys) -> str:
    """Serve the same desk again, with access on."""
    served.stop()
    keys.desk = served.desk
    served.access, served.port = keys.access, 0
    served.start()
    return served.url


def sign_in(page: Page, url: str, name: str, password: str = PASSWORD) -> None:
    page.goto(f"{url}/sign-in")
    page.fill("[name=name]", name)
    page.fill("#person [name=password]", password)
    page.click("#person button")
    page.wait_for_url(f"{url}/floor")


def test_from_the_printed_link_to_a_second_user(page: Page, url: str, keys: Keys) -> None:
    secret = ready(first_link(keys.access))
    page.goto(f"{url}/orders?late=1")
    expect(page.get_by_text("Nobody has an account yet.")).to_be_visible()
    page.goto(f"{url}/setup?token={secret}")
    assert "token" not in page.url
    for field, words in (("name", "vera"), ("display", "Vera K."), ("password", PASSWORD)):
        page.fill(f"[name={field}]", words)
    page.fill("[name=again]", "something else")
    page.click("button.go")
    expect(page.get_by_role("alert")).to_contain_text("The two passwords differ.")
    page.fill("[name=again]", PASSWORD)
    page.click("button.go")
    page.wait_for_url(f"{url}/floor")
    page.get_by_role("button", name="Vera K. · admin").click()
    page.get_by_role("link", name="Users and tokens").click()
    page.get_by_role("button", name="Add a user").click()
    sheet = page.locator("#new-user")
    sheet.locator("[name=name]").fill("jonas")
    sheet.get_by_text("planner").click()
    sheet.get_by_role("button", name="Add").click()
    expect(page.locator("#secret")).to_be_visible()
    link = page.locator("#secret output").inner_text()
    assert re.fullmatch(re.escape(url) + r"/setup\?token=\S{43}", link)
    page.locator("#secret").get_by_role("button", name="Done").click()
    expect(page.get_by_role("row", name="jonas").first).to_contain_text("Has not followed the link")
    assert keys.access.book.users["jonas"].role is Role.PLANNER


def test_a_wrong_password_stays_on_the_page_and_the_way_back_is_kept(
    page: Page, url: str, keys: Keys
) -> None:
    ready(keys.users())
    page.goto(f"{url}/doubts")
    page.fill("[name=name]", "amira")
    page.fill("#person [name=password]", "wrong")
    page.click("#person button")
    expect(page.get_by_role("alert")).to_have_text("Name or password is not right.")
    page.fill("#person [name=password]", PASSWORD)
    page.click("#person button")
    page.wait_for_url(f"{url}/doubts")


@pytest.mark.parametrize("evil", ["//evil.example/x", "https://evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(page: Page, url: str, keys: Keys, evil: str) -> None:
    ready(keys.users())
    page.goto(f"{url}/sign-in?next={evil}")
    page.fill("[name=name]", "amira")
    page.fill("#person [name=password]", PASSWORD)
    page.click("#person button")
    page.wait_for_url(f"{url}/floor")


def test_disabling_takes_two_steps_and_puts_out_at_once(
    browser: Browser, page: Page, url: str, keys: Keys
) -> None:
    ready(keys.users())
    other = browser.new_context().new_page()
    sign_in(other, url, "amira")
    sign_in(page, url, "ada")
    page.goto(f"{url}/users")
    page.get_by_role("button", name="Change… amira").click()
    sheet = page.locator("#user")
    sure = sheet.get_by_role("button", name="Disable amira, 1 browser is signed out")
    expect(sure).to_be_hidden()
    sheet.get_by_role("button", name="Disable…").click()
    sheet.get_by_role("button", name="Keep it").click()
    expect(sure).to_be_hidden()
    sheet.get_by_role("button", name="Disable…").click()
    sure.click()
    expect(page.get_by_role("row", name="amira").first).to_contain_text("Disabled")
    # The page that was open there notices by itself.
    other.wait_for_url(f"{url}/sign-in?next=%2Ffloor", timeout=20_000)
    other.context.close()


def test_a_refusal_about_the_last_admin_stays_in_the_sheet(
    page: Page, url: str, keys: Keys
) -> None:
    ready(keys.users())
    sign_in(page, url, "ada")
    page.goto(f"{url}/users")
    page.get_by_role("button", name="Change… ada").click()
    sheet = page.locator("#user")
    sheet.get_by_text("viewer").click()
    sheet.get_by_role("button", name="Keep the changes").click()
    expect(sheet.get_by_role("alert")).to_contain_text("ada is the last admin.")


def test_a_token_is_made_shown_once_and_revoked(page: Page, url: str, keys: Keys) -> None:
    ready(keys.users())
    sign_in(page, url, "ada")
    page.goto(f"{url}/users")
    page.get_by_role("button", name="Make a token").click()
    sheet = page.locator("#new-token")
    sheet.locator("[name=name]").fill("bench")
    sheet.locator("[name=station]").select_option("B1")
    sheet.get_by_role("button", name="Make it").click()
    expect(page.locator("#secret")).to_be_visible()
    secret = page.locator("#secret output").inner_text()
    assert secret.startswith("lwt_")
    assert keys.access.token(secret).station == "B1"
    page.locator("#secret").get_by_role("button", name="Done").click()
    row = page.locator("#tokens").get_by_role("row", name="bench")
    row.get_by_role("button", name="Revoke…").click()
    row.get_by_role("button", name="Revoke bench: it stops at once").click()
    expect(page.locator("#tokens").get_by_role("row", name="bench")).to_contain_text("revoked")
    assert keys.access.token(secret) is None
    assert secret not in page.content()


def test_what_is_pressed_before_the_scripts_were_read_is_done_after(
    page: Page, url: str, keys: Keys
) -> None:
    ready(keys.users())
    door = held_back(page, "**/door.js*")
    page.goto(f"{url}/sign-in?next=/users", wait_until="commit")
    page.fill("[name=name]", "ada")
    page.fill("#person [name=password]", PASSWORD)
    page.click("#person button")
    assert "password" not in page.url
    users = held_back(page, "**/users.js*")
    door[0].continue_()
    page.wait_for_url(f"{url}/users", wait_until="commit")
    page.get_by_role("button", name="Change… ada").click()
    expect(page.locator("#user")).to_be_hidden()
    users[0].continue_()
    expect(page.locator("#user")).to_be_visible()


def test_the_own_password_is_changed_and_the_pin_set(page: Page, url: str, keys: Keys) -> None:
    ready(keys.users())
    sign_in(page, url, "amira")
    page.goto(f"{url}/account")
    first = page.locator("form").filter(has_text="So far")
    first.locator("[name=password]").fill(PASSWORD)
    first.locator("[name=new]").fill(NEW)
    first.get_by_role("button").click()
    expect(
        page.get_by_text("The password is changed; other browsers are signed out.")
    ).to_be_visible()
    second = page.locator("form").filter(has_text="badge reads as")
    second.locator("[name=pin]").fill("123456")
    second.locator("[name=password]").fill(NEW)
    second.get_by_role("button").click()
    expect(second.get_by_role("alert")).to_contain_text("the first that others try")
    second.locator("[name=pin]").fill("482913")
    second.locator("[name=password]").fill(NEW)
    second.get_by_role("button", name="Keep this PIN").click()
    expect(page.get_by_text("It names you at shared stations.")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(f"{url}/sign-in")


def test_who_signs_out_is_not_led_back_by_the_stream_that_ends_first(
    page: Page, url: str, keys: Keys
) -> None:
    ready(keys.users())
    sign_in(page, url, "amira")
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        held.append((route, route.fetch()))

    page.route("**/api/session", hold)
    with page.expect_response("**/api/me") as asked:
        page.get_by_role("button", name="Amira").click()
        page.get_by_role("button", name="Sign out", exact=True).click()
    assert asked.value.status == 401
    [(route, answer)] = held
    route.fulfill(response=answer)
    page.wait_for_url(f"{url}/sign-in")


def test_a_shared_station_asks_for_a_badge_and_then_does_it(
    page: Page, url: str, keys: Keys
) -> None:
    async def begin() -> str:
        await keys.users()
        await set_pin(keys.access, "amira", "482913", BY)
        return await keys.token("bench", Role.OPERATOR, station="P2")

    token = ready(begin())
    page.goto(f"{url}/sign-in")
    page.get_by_text("This screen is a shared station").click()
    page.fill("#station [name=token]", token)
    page.click("#station button")
    page.wait_for_url(f"{url}/floor")
    page.evaluate(
        "() => { import('/static/live.js').then((live) => live.send('/api/machines/P2/clear')) }"
    )
    sheet = page.get_by_role("dialog", name="Who is it?")
    expect(sheet).to_contain_text("P2 is a shared station.")
    sheet.locator("input").fill("000111")
    sheet.get_by_role("button", name="That is me").click()
    expect(sheet).to_contain_text("Nobody has this badge or PIN.")
    sheet.locator("input").fill("482913")
    with page.expect_response("**/api/machines/P2/clear") as answered:
        sheet.get_by_role("button", name="That is me").click()
    assert answered.value.status == 200
    expect(sheet).to_be_hidden()
    assert keys.desk.asked[0][1] == "person amira"


def test_a_control_beyond_ones_role_is_disabled_with_its_reason(
    page: Page, url: str, keys: Keys
) -> None:
    ready(keys.users())
    sign_in(page, url, "vic")
    page.evaluate(
        """() => { const b = document.createElement("button"); b.textContent = "Hold";
        b.dataset.needs = "operate"; b.dataset.command = ""; document.getElementById("main").append(b) }"""
    )
    control = page.get_by_role("button", name="Hold", exact=True)
    expect(control).to_be_disabled()
    expect(
        page.get_by_text("This needs the role operator, engineer or admin.").last
    ).to_be_visible()
    # A part that comes back from the server enabled is disabled again.
    control.evaluate("(each) => { each.disabled = false }")
    expect(control).to_be_disabled()


def test_a_second_factor_is_set_up_from_the_page_and_asked_for_at_the_door(
    page: Page, url: str, keys: Keys
) -> None:
    ready(keys.users())
    keys.access.second_factor = True
    page.goto(f"{url}/sign-in")
    page.fill("[name=name]", "ed")
    page.fill("#person [name=password]", PASSWORD)
    expect(page.locator("[name=code]")).to_be_hidden()
    page.click("#person button")
    page.wait_for_url(f"{url}/second-factor")
    page.fill("#offer [name=password]", PASSWORD)
    page.click("#offer button")
    expect(page.locator(".factor-qr path")).to_have_attribute("d", re.compile("^M4 4h7v1"))
    page.get_by_text("Type it in instead").click()
    secret = base64.b32decode(page.locator("#key").inner_text().replace(" ", ""))
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        nothing_for_axe(page, f"the QR code at {width}")
        nothing_sideways(page, f"the QR code at {width}")
    page.fill("#confirm [name=code]", code_at(secret, step_of(keys.now)))
    page.click("#confirm button")
    expect(page.locator("#codes")).to_be_visible()
    codes = page.locator("#codes output").inner_text().split()
    assert len(codes) == 10
    nothing_for_axe(page, "the recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url(f"{url}/floor")
    page.context.clear_cookies()
    page.goto(f"{url}/sign-in")
    page.fill("[name=name]", "ed")
    page.fill("#person [name=password]", PASSWORD)
    page.click("#person button")
    expect(page.get_by_role("alert")).to_contain_text("Type the code that your app shows now")
    nothing_for_axe(page, "the door with a code")
    page.fill("[name=code]", codes[0])
    page.click("#person button")
    page.wait_for_url(f"{url}/floor")
    page.goto(f"{url}/second-factor")
    expect(page.locator("#off")).to_be_visible()
    nothing_for_axe(page, "taking it off")


STRANGERS = ("/sign-in", "/setup?token=x")
SIGNED_IN = ("/account", "/users", "/floor")


def test_axe_finds_nothing_and_nothing_is_cut_on_a_phone(page: Page, url: str, keys: Keys) -> None:
    async def begin() -> None:
        await keys.users()
        await keys.token("webshop", Role.PLANNER)

    ready(begin())
    for path in (*STRANGERS, *SIGNED_IN):
        if path == SIGNED_IN[0]:
            sign_in(page, url, "ada")
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{url}{path}")
            nothing_for_axe(page, path)
            nothing_sideways(page, path)


def test_open_dialogs_pass_axe_too(page: Page, url: str, keys: Keys) -> None:
    ready(keys.users())
    sign_in(page, url, "ada")
    page.goto(f"{url}/users")
    for opener in ("Add a user", "Make a token", "Change… amira"):
        page.get_by_role("button", name=opener).click()
        nothing_for_axe(page, opener)
        page.keyboard.press("Escape")

"""Where somebody changed something meanwhile, a person chooses: their own on top, or as it is."""

import pytest
from playwright.sync_api import expect

from controller import events as e

pytestmark = pytest.mark.web


@pytest.mark.parametrize("mine", [True, False])
def test_what_somebody_changed_meanwhile_is_not_written_over_unasked(page, served, mine):
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(served.url + "/floor#P5")
    expect(page.locator("#age")).to_contain_text("s ago")
    drawer = page.locator(".drawer#P5")
    drawer.get_by_role("button", name="Out of service…").click()
    drawer.get_by_text("Broken", exact=True).click()
    # The page has not heard yet what the other one did.
    page.route("**/floor/machine/**", lambda route: route.abort())
    served.do(lambda desk: desk.record(e.HelpCalled(machine="P5", note="belt"), "person amira"))
    drawer.get_by_role("button", name="Take P5 out of service").click()
    note = drawer.get_by_role("alert").filter(has_text="Machine P5 was changed by amira at 11:42.")
    expect(note).to_contain_text("Yours was not applied.")
    assert served.desk.state.machines["P5"].out is None
    if mine:
        note.get_by_role("button", name="Apply mine on top").click()
        expect(page.locator("#says")).to_contain_text("P5")
        out = served.desk.state.machines["P5"].out
        assert out is not None
        assert out.reason == "Broken"
    else:
        note.get_by_role("button", name="Keep it as it is").click()
        expect(note).to_have_count(0)
        assert served.desk.state.machines["P5"].out is None

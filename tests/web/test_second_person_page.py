"""A doubt above the plant's limit: page, API and command line say who signed and that another must."""

import asyncio
from dataclasses import replace

import pytest
from calling import call
from conftest import Served
from shoes import JOBS, SmallDesk, the_desk
from typer.testing import CliRunner, Result

from controller import cli
from controller import events as e
from controller.web.doubt_pages import doubt_parts
from controller.web.site import Site

JOB = JOBS["M2"].id
PATH = f"/api/doubts/{JOB}"
WAITS = "Needs a second person: Amira said made good; another person must confirm or object."


def limit(desk: SmallDesk) -> None:
    plant = desk.state.plant
    desk.state.plant = replace(plant, rates=replace(plant.rates, second_person_above=0))


@pytest.fixture
def desk() -> SmallDesk:
    made = the_desk()
    limit(made)
    return made


def say(desk: SmallDesk, who: str, verdict: str = "made_good"):
    body = {"verdict": verdict, "reason": "Looked at the parts"}
    return call(desk, "POST", PATH, json=body, headers={"X-Actor": f"person {who}"})


def page(desk: SmallDesk) -> str:
    return call(desk, "GET", "/doubts").text


def test_the_page_says_who_signed_and_that_another_person_must(desk):
    assert "two persons must say the same." in page(desk)
    done = say(desk, "amira").json()
    assert (done["decided"], done["says"]) == (False, WAITS)
    shown = page(desk)
    assert f'<b class="strong">{WAITS}</b>' in shown
    assert "Amira said made good, “Looked at the parts”" in shown
    assert "Confirm or object: Amira said made good" in call(desk, "GET", "/floor").text
    (open_case,) = call(desk, "GET", "/api/doubts").json()
    assert (open_case["signed_by"], open_case["signed_verdict"]) == ("person amira", "made_good")
    assert open_case["says"] == WAITS
    again = say(desk, "Amira")
    assert (again.status_code, "nobody signs twice" in again.json()["why"]) == (409, True)
    confirmed = say(desk, "ben").json()
    assert confirmed["decided"]
    assert "Amira and Ben: “Looked at the parts”" in page(desk)
    assert "Nothing is in doubt." in page(desk)


def test_who_has_the_page_open_sees_it_without_a_reload(desk):
    site = Site(desk)

    def shown() -> str:
        parts = asyncio.run(doubt_parts(site, frozenset()))
        (part,) = [each for each in parts if each.id == f"signed-{JOB}"]
        return site.parts.html(part)

    assert "two persons must say the same." in shown()
    say(desk, "amira")
    assert WAITS in shown()
    say(desk, "ben")
    assert not [p for p in asyncio.run(doubt_parts(site, frozenset())) if "signed" in p.id]


def test_an_objection_is_said_and_the_case_stays_open(desk):
    say(desk, "amira")
    done = say(desk, "ben", "made_scrap").json()
    assert not done["decided"]
    shown = page(desk).replace("&#39;", "'")
    assert "Amira's made good is withdrawn. Needs a second person: Ben said made scrap;" in shown
    assert not any(isinstance(each.event, e.DoubtDecided) for each in desk.journal)


def test_without_a_limit_the_page_asks_for_nobody_else():
    desk = the_desk()
    assert f'id="signed-{JOB}" class="lead" style="margin-top:8px" role="status" hidden' in page(
        desk
    )
    assert say(desk, "amira").json() == {"seq": desk.state.seq, "decided": True, "says": ""}


def lotwright(served: Served, who: str) -> Result:
    said = ("doubts", "decide", JOB[:8], "made_good", "--reason", "seen", "--url", served.url)
    return CliRunner().invoke(cli.app, [*said, "--as", who])


@pytest.mark.web
def test_the_command_line_says_the_same(served: Served):
    limit(served.desk)
    assert " ".join(lotwright(served, "Amira").output.split()) == f"M2, Campaign 30: {WAITS}"
    done = lotwright(served, "Ben").output
    assert done.strip() == "M2, Campaign 30: Amira and Ben said made good: recorded."

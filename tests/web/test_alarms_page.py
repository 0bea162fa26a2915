"""The alarm page: order, states, first causes; and the andon board on the wall."""

import asyncio
from dataclasses import replace

import pytest
from shoes import PEOPLE, SmallDesk, at, the_desk

from controller import events as e
from controller.web.alarms.pages import alarm_parts
from controller.web.alarms.ranking import MOST, first_cause, rate
from controller.web.alarms.rows import board
from controller.web.andon.pages import andon_parts
from controller.web.recent_alarms import Raised
from controller.web.render import fill
from controller.web.site import Site


@pytest.fixture
def desk() -> SmallDesk:
    return the_desk()


def shown(desk: SmallDesk):
    site = Site(desk)
    asyncio.run(site.recent.catch_up(desk))
    return board(desk.state, site.recent.alarms, desk.at_s)


def raised(name: str, at_s: int) -> Raised:
    return Raised(id=name, source="", priority="high", says=name, at_s=at_s)


def test_what_nobody_has_seen_comes_first_and_what_is_over_last(desk):
    desk.record(e.LinkRestored(machine="C1", boot=1, count=0))
    desk.state.alarms["link:C1"] = replace(
        desk.state.alarms["failed:P3"], id="link:C1", priority="high", gone_s=at("11:42")
    )
    desk.record(e.HelpCalled(machine="P4", note=""), "person jonas")
    desk.record(e.AlarmAcknowledged(id="failed:P3", note="on it"), "person amira")
    rows = shown(desk).rows
    assert [row.id for row in rows] == ["doubt:M2", "failed:P3", "help:P4", "link:C1"]
    assert rows[1].stands == "Active, acknowledged by Amira"
    assert rows[3].stands == "Gone 11:42, not acknowledged"
    assert (rows[1].note, rows[1].href) == ("“on it”", "/floor#P3")


def test_what_is_shelved_comes_back_when_its_time_is_up(desk):
    desk.record(e.AlarmShelved(id="doubt:M2", until_s=at("12:00"), note="x"), "person amira")
    assert [row.stands for row in shown(desk).shelved] == ["Shelved until 12:00 by Amira"]
    desk.at_s = at("12:00")
    assert shown(desk).shelved == ()
    assert "doubt:M2" in {row.id for row in shown(desk).rows}


def test_the_history_says_what_happened_and_who_did_it(desk):
    desk.record(e.AlarmAcknowledged(id="failed:P3", note="heater"), "person amira")
    first = shown(desk).history[0]
    assert (first.what, first.who, first.note) == ("Acknowledged", "Amira", "heater")


def test_more_alarms_than_one_can_follow_are_grouped_by_first_cause():
    few = [raised(f"link:P{n}", 1_000) for n in range(MOST)]
    assert not rate(few, 1_000).flood
    many = [raised("failed:P3", 990), *(raised(f"late:{n}", 1_000) for n in range(MOST))]
    flood = rate(many, 1_000)
    assert (flood.count, flood.flood) == (MOST + 1, True)
    assert flood.causes == (f"P3 failed: {MOST + 1} alarms",)
    assert rate(many, 1_600).count == 0


def test_trouble_is_put_down_to_what_came_before_it_at_the_same_place():
    known = [raised("failed:P3", 0), raised("link:M1", 50), raised("command:P3", 60)]
    assert first_cause(known[2], known) == "P3 failed"
    assert first_cause(raised("help:B1", 60), known) == "help at B1"
    assert first_cause(raised("late:4127", 60), known) == "M1 without link"


def test_the_alarm_page_follows_the_bar_and_its_own_table(desk):
    site = Site(desk)
    parts = asyncio.run(alarm_parts(site, frozenset()))
    assert {part.id for part in parts} == {
        "rail-doubts", "rail-alarms", "speed", "shift", "alarm", "alarm-table",
    }  # fmt: skip
    desk.state.alarms["failed:P3"] = replace(
        desk.state.alarms["failed:P3"], says="P3 <b>failed</b>"
    )
    again = asyncio.run(alarm_parts(Site(desk), frozenset()))
    html = fill(again[-1].template, value=again[-1].value)
    assert "&lt;b&gt;failed" in html


def wall(desk: SmallDesk) -> dict[str, str]:
    parts = asyncio.run(andon_parts(Site(desk), frozenset()))
    return {part.id: fill(part.template, value=part.value) for part in parts}


def test_the_wall_names_no_customer(desk):
    everything = "".join(wall(desk).values())
    assert "4127" in everything
    for name in PEOPLE.values():
        assert not any(word in everything for word in name.split())


def test_the_wall_counts_the_day_and_shows_the_least_to_spare_first(desk):
    parts = wall(desk)
    assert "2 of 30 orders packed" in parts["andon-packed"]
    assert "15 not planned yet" in parts["andon-packed"]
    tight = parts["andon-tight"]
    assert tight.index("4127") < tight.index("4131")
    assert "Midsole R on P4 until 12:06" in tight
    assert tight.count('class="row"') == 5


def test_without_a_grave_alarm_the_strip_is_not_there(desk):
    assert 'class="strip fail"' in wall(desk)["andon-strip"]
    desk.record(e.AlarmAcknowledged(id="doubt:M2"), "person jonas")
    desk.record(e.AlarmAcknowledged(id="failed:P3"), "person amira")
    assert "since 09:12, Amira is on it" in wall(desk)["andon-strip"]
    desk.state.alarms.clear()
    assert "hidden" in wall(desk)["andon-strip"]


def test_the_same_minute_draws_the_same_curves(desk):
    before = wall(desk)["andon-curves"]
    desk.at_s += 40
    assert wall(desk)["andon-curves"] == before
    desk.at_s += 60
    assert wall(desk)["andon-curves"] != before

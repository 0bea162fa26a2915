"""Tiles say what each machine is, in the order of precedence, with the next step."""

import pytest
from shoes import JOBS, NOW_S, WAITING, SmallDesk, accepted, at, intended, job, reported, the_desk

from controller import events as e
from controller.waiting import ASKS_CONFIRM
from controller.web.asks import asks
from controller.web.bar import bar
from controller.web.cuts import cuts
from controller.web.scene import look, stale
from controller.web.tiles import Tile, tile, tiles
from controller.web.words import SAID, Swatch, Word, plain
from drivers import Answer, Command, JobState, Reading, Submit


@pytest.fixture
def desk() -> SmallDesk:
    return the_desk()


def seen(desk: SmallDesk, machine: str) -> Tile:
    return tile(look(desk), machine)


def test_every_machine_has_the_word_for_its_state(desk):
    words = {each.machine: each.said for each in tiles(look(desk))}
    assert words == {
        "K1": "Running",
        "K2": "Running",
        "K3": "Setup",
        "M1": "Running",
        "M2": "In doubt",
        "P1": "Running",
        "P2": "Your turn",
        "P3": "Failed",
        "P4": "Running",
        "P5": "Waiting",
        "B1": "Running",
        "B2": "Your turn",
        "B3": "Waiting",
        "C1": "No link",
        "W1": "Running",
    }


def test_every_word_is_said_and_the_order_is_the_precedence():
    assert set(SAID) == set(Word)
    assert list(Word)[:4] == [Word.DOUBT, Word.FAIL, Word.ASK, Word.STALE]


def test_a_doubt_comes_before_a_lost_link_which_becomes_a_line(desk):
    desk.record(e.LinkLost(machine="M2", detail=""))
    found = seen(desk, "M2")
    assert found.word is Word.DOUBT
    assert found.lines == ("No link at the moment.",)


def test_a_machine_that_was_never_reached_has_no_link(desk):
    desk.state.machines["P5"].linked = False
    desk.state.machines["P5"].link_since_s = 0
    del desk.live["P5"]
    assert seen(desk, "P5").why == "Not reached yet. Lotwright keeps trying."


def test_a_running_machine_that_says_nothing_for_too_long_is_stale(desk):
    desk.real += 9
    assert not stale(look(desk), "P1")
    desk.real += 2
    assert seen(desk, "P1").word is Word.STALE
    assert "No values since" in seen(desk, "P1").why


def test_silence_of_an_idle_machine_or_of_paused_time_is_not_stale(desk):
    desk.real += 600
    assert not stale(look(desk), "P5")
    desk.record(e.ClockSet(utc="2026-11-24T10:42:08+00:00", plant_s=NOW_S, speed=0))
    assert not stale(look(desk), "P1")


def test_a_held_batch_keeps_its_progress_and_is_hatched(desk):
    desk.record(reported(JOBS["P1"], JobState.INTERRUPTED))
    found = seen(desk, "P1")
    assert (found.word, found.progress, found.hatched) == (Word.HOLD, 50, True)
    assert found.why == "A person paused it. Press Resume to go on."


def test_a_job_order_on_its_way_shows_the_target_word_with_dots(desk):
    told = job("K1", "Upper 4136 R", "4136/1.2/knit")
    desk.record(reported(JOBS["K1"], JobState.ENDED))
    desk.record(e.MachineCleared(machine="K1"))
    desk.record(intended(told))
    assert seen(desk, "K1").said == "Running…"


def test_an_unknown_job_order_asks_for_a_person(desk):
    desk.record(e.OrphanFound(machine="P5", job_order="f" * 32, state="Running"))
    found = seen(desk, "P5")
    assert found.word is Word.ASK
    assert found.needs_clear
    assert "did not give" in found.why


def test_remaining_time_and_end_are_those_that_the_machine_reported(desk):
    found = seen(desk, "P1")
    assert (found.left, found.left_unit, found.ends) == ("1 h 52", "left", "13:34")
    assert plain(found.following) == "Layer 188 of 364"


def test_a_station_counts_down_from_what_was_planned(desk):
    found = seen(desk, "B1")
    assert (found.left, found.left_unit, found.ends) == ("6", "min left", "11:48")


def test_a_reading_of_another_job_order_does_not_count(desk):
    stranger = Reading(
        machine="K1", activity="running", job_order="0" * 32, progress=9900, remaining_s=5
    )
    desk.read(stranger)
    found = seen(desk, "K1")
    assert found.progress != 99
    assert found.left != "5"


def test_names_are_those_of_the_floor_and_never_a_surname(desk):
    found = seen(desk, "K1")
    assert plain(found.what) == "Upper 4136 L"
    assert plain(found.who) == "Ines V., size 42, Slate"
    everything = " ".join(
        plain(each.what) + plain(each.who) + each.why for each in tiles(look(desk))
    )
    for surname in ("Varga", "Dvorak", "Boateng", "Klein"):
        assert surname not in everything


def test_colours_of_the_family_are_the_real_ones(desk):
    assert Swatch("#23304a", "Ink") in seen(desk, "M1").what
    setup = seen(desk, "K3").what
    assert setup == ("Yarn ", Swatch("#d8c7a3", "Sand"), " to ", Swatch("#23304a", "Ink"))


def test_a_shared_plate_counts_its_parts_and_orders(desk):
    assert plain(seen(desk, "P1").who) == "6 parts of 3 orders, 4135 first"


def test_a_waiting_machine_says_why_and_what_is_planned(desk):
    found = seen(desk, "P5")
    assert found.why.startswith("Waiting until 11:55")
    assert (plain(found.what), plain(found.who)) == ("Plate of 4", "for 2 orders")
    assert plain(found.following) == "Planned for 11:55, 2 h 20"


def test_a_machine_without_work_says_so_once(desk):
    desk.record(e.MachineCleared(machine="P2"))
    found = seen(desk, "P2")
    assert (found.what, found.why) == ((), "Nothing is planned on it.")


def test_a_finished_plate_says_who_waits_for_it(desk):
    found = seen(desk, "P2")
    assert found.needs_clear
    assert found.why == "Take it off, then press Cleared. 4 orders wait for it."
    assert plain(found.following) == "Finished 11:31, 11 min ago"


def test_an_order_that_left_does_not_break_the_tile_of_its_last_batch(desk):
    desk.record(reported(JOBS["W1"], JobState.ENDED))
    desk.record(e.OrderPacked(order="4119"))
    desk.record(e.OrderShipped(order="4119", carrier="Nord Parcel", on_time=True))
    assert all(isinstance(each, Tile) for each in tiles(look(desk)))


def test_what_waits_for_a_person_is_ranked_with_the_doubt_first(desk):
    scene = look(desk)
    found = asks(scene, tiles(scene))
    assert found[0].machine == "M2"
    assert {ask.machine for ask in found} == {"M2", "P2", "P3", "B2"}
    assert next(ask for ask in found if ask.machine == "B2").href == "/station/B2"


def test_cut_offs_count_packed_in_work_late_and_not_started(desk):
    nord, night = cuts(look(desk), {("Nord Parcel", at("13:30")): 3})
    assert (nord.carrier, nord.at, nord.left) == ("Nord Parcel", "13:30", "in 1 h 48")
    assert (nord.packed, nord.total, nord.shipped) == (5, 18, 3)
    assert nord.late == ("4127",)
    assert nord.packed + nord.work + len(nord.late) + len(nord.risk) + nord.unstarted == nord.total
    assert night.unstarted == 4


def test_little_slack_is_a_risk_and_none_left_is_late(desk):
    assert desk.state.plan is not None
    scene = look(desk)
    due_s = at("13:30")
    scene.end_of["4131"] = due_s - 299  # type: ignore[index]
    scene.end_of["4130"] = due_s + 1  # type: ignore[index]
    nord = cuts(scene, {})[0]
    assert nord.risk == ("4131",)
    assert set(nord.late) == {"4127", "4130"}


def test_an_order_that_was_packed_too_late_missed_its_cut_off(desk):
    desk.at_s = at("14:00")
    desk.state.orders["4117"].packed_s = at("13:45")
    nord = cuts(look(desk), {("Nord Parcel", at("13:30")): 3})[0]
    assert nord.past
    assert (nord.shipped, nord.total) == (3, 18)
    assert "4117" in nord.late
    assert "4118" not in nord.late


def test_the_bar_shows_shift_speed_and_the_worst_alarm(desk):
    shown = bar(desk.state, desk.at_s)
    assert (shown.clock, shown.day) == ("11:42:08", "Tue 24 Nov")
    assert (shown.shift, shown.speed, shown.doubts) == ("Early shift until 14:00", "x480", 1)
    assert shown.worst is not None
    assert (shown.worst.about, shown.worst.look, shown.worst.href) == ("P3", "fail", "/floor#P3")
    assert shown.worst.says == "failed: Nozzle stayed 38 °C under its set point for 60 s."


def test_somebody_who_is_on_it_gives_way_to_what_nobody_has_seen(desk):
    desk.record(e.AlarmAcknowledged(id="failed:P3", note="heater"), "person amira")
    shown = bar(desk.state, desk.at_s)
    assert shown.worst is not None
    assert (shown.worst.about, shown.worst.look) == ("M2", "doubt")
    desk.record(e.AlarmAcknowledged(id="doubt:M2"), "person amira")
    again = bar(desk.state, desk.at_s).worst
    assert again is not None
    assert (again.about, again.since) == ("P3", "since 09:12, Amira is on it")


def test_real_time_shows_no_speed_and_night_no_shift(desk):
    desk.record(e.ClockSet(utc="2026-11-24T10:42:08+00:00", plant_s=NOW_S, speed=1))
    desk.at_s = at("22:30")
    shown = bar(desk.state, desk.at_s)
    assert (shown.speed, shown.shift) == ("", "No shift until 06:00")


def test_when_all_is_well_there_is_no_alarm(desk):
    desk.state.alarms.clear()
    shown = bar(desk.state, desk.at_s)
    assert shown.worst is None
    assert shown.alarms.number == 0


def test_a_machine_out_of_service_says_why_by_whom_and_until_when(desk):
    taken = e.MachineTakenOut(machine="P5", reason="heater broken", until_s=at("14:30"))
    desk.record(taken, "person amira")
    found = seen(desk, "P5")
    assert (found.word, found.said) == (Word.OUT, "Out of service")
    assert (plain(found.what), found.why) == ("Expected back 14:30", "Heater broken.")
    assert plain(found.following) == "Taken out 11:42 by Amira"


def test_what_runs_on_a_machine_that_is_taken_out_is_still_shown(desk):
    desk.record(e.MachineTakenOut(machine="P1", reason="clean the bed", until_s=None))
    found = seen(desk, "P1")
    assert (found.word, plain(found.what), found.progress) == (Word.OUT, "Plate 121", 50)
    assert found.why == "Clean the bed. No return named."


def test_a_call_for_help_asks_for_a_person_and_says_who(desk):
    desk.record(e.HelpCalled(machine="P1", note="smells burnt"), "person jonas")
    found = seen(desk, "P1")
    assert (found.word, found.why) == (Word.ASK, "Jonas calls for help: smells burnt.")
    assert found.progress == 50
    assert "P1" in {ask.machine for ask in asks(look(desk), tiles(look(desk)))}


def test_help_at_a_failed_machine_is_a_line_below_the_failure(desk):
    desk.record(e.HelpCalled(machine="P3", note=""), "person jonas")
    found = seen(desk, "P3")
    assert (found.word, found.lines) == (Word.FAIL, ("Jonas calls for help.",))


def test_a_start_that_is_to_be_confirmed_asks_for_a_person(desk, monkeypatch):
    monkeypatch.setitem(WAITING, "P5", ASKS_CONFIRM)
    found = seen(desk, "P5")
    assert (found.word, found.asks_start) == (Word.ASK, True)
    assert (plain(found.what), found.why) == ("Plate of 4", "Press Start, or let it wait.")


def test_a_command_under_way_shows_what_it_will_be_and_since_when(desk):
    told = JOBS["P1"]
    given = e.CommandGiven(machine="P1", job_order=told.id, command=Command.PAUSE)
    desk.record(given, "person amira")
    desk.at_s += 12
    found = seen(desk, "P1")
    assert (found.word, found.said, found.shape) == (Word.RUN, "Held…", "hold")
    assert found.lines == ("Amira asked for Hold 12 s ago; P1 has not followed yet.",)


def test_a_refused_command_stays_with_its_reason(desk):
    told = JOBS["P1"]
    desk.record(e.CommandGiven(machine="P1", job_order=told.id, command=Command.PAUSE))
    no = Answer(Submit.REJECTED, "the door is open")
    desk.record(
        e.CommandAnswered(machine="P1", job_order=told.id, command=Command.PAUSE, answer=no)
    )
    found = seen(desk, "P1")
    assert found.said == "Running"
    assert "the door is open" in found.lines[0]


def test_a_job_order_that_the_machine_took_at_a_station_is_offered(desk):
    told = job("B3", "Pair 4129", "4129/1.1-2/bond")
    desk.record(intended(told))
    assert seen(desk, "B3").said == "Running…"
    desk.record(accepted(told))
    assert seen(desk, "B3").word is Word.ASK

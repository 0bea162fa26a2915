"""What people did to machines, in the floor's words: one line for the drawer."""

from controller import events as e
from controller.names import person_name
from drivers import Command, Submit
from plant_config import Mode

COMMANDS = {Command.PAUSE: "Hold", Command.RESUME: "Resume", Command.ABORT: "Abort"}
"""The words of the buttons."""
TARGETS = {Command.PAUSE: "Held", Command.RESUME: "Running", Command.ABORT: "Aborted"}
"""What a machine is once it has followed."""
MODES = {
    Mode.WATCH: ("Watch", "Lotwright starts nothing here; it only shows what the machine does."),
    Mode.SUGGEST: ("Suggest", "The next batch waits until a person presses Start."),
    Mode.CONFIRM: ("Confirm each", "A person is asked before each start."),
    Mode.AUTOMATIC: (
        "Automatic",
        "Lotwright starts the next batch as soon as nothing is in the way.",
    ),
}
"""What each mode is called, and what it means."""


def floor_line(stamped: e.Stamped) -> tuple[str, e.Stamped, str] | None:
    """Return machine, event and words for what a person did to a machine, or what came of it."""
    event, who = stamped.event, person_name(stamped.actor)
    match event:
        case e.CommandGiven():
            word, why = COMMANDS.get(event.command, event.command.value), _because(event.reason)
            return event.machine, stamped, f"{who} asked for {word}{why}"
        case e.CommandAnswered():
            return _answered(event, stamped)
        case e.MachineTakenOut():
            said = f"{who} took it out of service{_because(event.reason)}"
        case e.MachineTakenIn():
            said = f"{who} took it in again"
        case e.ModeSet():
            said = f"{who} set the mode to {MODES[event.mode][0].lower()}"
        case e.StartConfirmed():
            said = f"{who} let the next batch start"
        case e.HelpCalled():
            said = f"{who} called for help{_because(event.note)}"
        case e.HelpEnded():
            said = f"{who} ended the call for help"
        case _:
            return None
    return event.machine, stamped, said


def _answered(event: e.CommandAnswered, stamped: e.Stamped) -> tuple[str, e.Stamped, str] | None:
    word = COMMANDS.get(event.command, event.command.value)
    match event.answer.outcome:
        case Submit.REJECTED:
            said = f"Refused {word}{_because(event.answer.detail)}"
        case Submit.UNKNOWN:
            said = f"Did not answer to {word}{_because(event.answer.detail)}"
        case _:
            return None
    return event.machine, stamped, said


def _because(words: str) -> str:
    return f": {words.rstrip('.')}" if words else ""

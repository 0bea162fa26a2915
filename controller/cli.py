"""The command line: `lotwright ...`. Commands import when they run, so that help is instant."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from controller.access_commands import add_access
from controller.solve_command import OWN_PROCESS, add_solve

if TYPE_CHECKING:
    from controller.client import Client

EPILOG = "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no controller answers."
REFUSED, UNREACHABLE = 1, 3
OURS = ("plant_config", "scheduler", "drivers", "controller")
"""Errors of these packages are sentences for people; any other is a crash."""
DEFAULT_URL = "http://127.0.0.1:8080"

app = typer.Typer(
    name="lotwright",
    help="Runs a factory whose every order is different.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
orders = typer.Typer(help="Take orders in and look at them.", no_args_is_help=True)
doubts = typer.Typer(help="What nobody but a person can tell.", no_args_is_help=True)
audit = typer.Typer(help="Check the journal.", no_args_is_help=True)
database = typer.Typer(help="Look after the database.", no_args_is_help=True)
app.add_typer(orders, name="orders")
add_access(app)
add_solve(app)
app.add_typer(doubts, name="doubts")
app.add_typer(audit, name="audit")
app.add_typer(database, name="db")

PlantArgument = Annotated[
    str, typer.Argument(help="A plant folder, or the name of a shipped plant.")
]
Url = Annotated[str, typer.Option(help="The running controller.", envvar="LOTWRIGHT_URL")]
Who = Annotated[
    str, typer.Option("--as", help="Your name, where nobody signs in (lotwright run --open).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of words.")]
State = Annotated[
    Path, typer.Option(help="Folder for what a run leaves behind.", envvar="LOTWRIGHT_STATE")
]
Database = Annotated[str, typer.Option("--db", help="Database URL; default: in the state folder.")]
DEFAULT_STATE = Path(".lotwright")


@app.command()
def check(plant: PlantArgument, as_json: AsJson = False) -> None:
    """Prove a plant folder valid, or say file:line:column and what is wrong."""
    from controller.commands import check_plant

    _end(check_plant(plant, as_json=as_json))


@app.command()
def run(
    plant: PlantArgument,
    state: State = DEFAULT_STATE,
    db: Database = "",
    http: Annotated[str, typer.Option(help="HOST:PORT to serve.")] = "127.0.0.1:8080",
    speed: Annotated[int, typer.Option(min=0, help="Plant time against real time; 0: paused.")] = 1,
    day: Annotated[str, typer.Option(help="First day, YYYY-MM-DD; default: today.")] = "",
    ledger: Annotated[Path | None, typer.Option(help="As-made ledger of the machines.")] = None,
    token: Annotated[
        str,
        typer.Option(
            help="A token of the role operator, from outside; 'lotwright tokens add' makes better ones.",
            envvar="LOTWRIGHT_STATION_TOKEN",
        ),
    ] = "",
    open_: Annotated[
        bool, typer.Option("--open", help="Nobody signs in; on this machine only.")
    ] = False,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Certificate, PEM; needed beyond this machine.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key, PEM, without passphrase.")] = None,
    host_name: Annotated[
        list[str] | None, typer.Option(help="Name under which it is opened; may be repeated.")
    ] = None,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Engineers and admins must have one.")
    ] = False,
    log: Annotated[
        str, typer.Option(help="How the terminal shows the log: text or json.")
    ] = "text",
    integrations: Annotated[
        Path | None, typer.Option(help="integrations.yaml; default: in the state folder.")
    ] = None,
    inbox: Annotated[
        Path | None, typer.Option(help="Folder whose order files are taken in.")
    ] = None,
) -> None:
    """Run the controller until Ctrl-C."""
    from controller.entrance import Entrance
    from controller.running import Running, run_plant

    entrance = Entrance(
        open=open_,
        token=token,
        certificate=tls_cert,
        key=tls_key,
        second_factor=second_factor,
        host_names=tuple(host_name or ()),
    )
    asked = Running(plant, state, db, http, speed, day, ledger, log, entrance)
    _end(run_plant(asked, integrations, inbox))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def simulate(plant: PlantArgument, context: typer.Context) -> None:
    """Run the plant's machines on loopback; options: python -m simulators --help."""
    from controller.commands import plant_folder

    arguments = [sys.executable, "-m", "simulators", str(plant_folder(plant)), *context.args]
    # This process becomes the simulators.
    os.execv(sys.executable, arguments)  # noqa: S606


@app.command()
def plan(
    plant: PlantArgument,
    file: Annotated[Path, typer.Argument(help="CSV file of orders.", exists=True)],
    out: Annotated[Path, typer.Option(help="Where to write the plan.")] = Path("plan.json"),
    seconds: Annotated[float, typer.Option(min=0.1, help="Time for the search.")] = 10.0,
    day: Annotated[str, typer.Option(help="First day, YYYY-MM-DD; default: today.")] = "",
) -> None:
    """Plan a file of orders without a shop floor."""
    from controller.plan_file import write_plan

    _end(write_plan(plant, file, out, seconds, day))


@orders.command("import")
def import_orders(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, or a web shop's JSON.", exists=True)],
    url: Url = DEFAULT_URL,
    who: Who = "",
    mapping: Annotated[str, typer.Option(help="Saved column map; else the one that fits.")] = "",
    sheet: Annotated[str, typer.Option(help="Sheet of a spreadsheet; else the first.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken; record nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take in a file; bad rows are refused with row, column, value and reason, good ones go in."""
    from controller.order_commands import import_file

    how = {"mapping": mapping, "sheet": sheet}
    _end(import_file(_client(url, who), file, **how, dry_run=dry_run, as_json=as_json))


@orders.command("list")
def list_orders(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Show the open orders, the least slack first."""
    from controller.commands import show_orders

    _end(show_orders(_client(url), as_json=as_json))


@orders.command("refused")
def refused_rows(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Show the rows that were not taken."""
    from controller.commands import show_refused

    _end(show_refused(_client(url), as_json=as_json))


@orders.command("cancel")
def cancel_order(
    order: Annotated[str, typer.Argument(help="The order.")],
    reason: Annotated[str, typer.Option(help="Why it is taken back.", prompt="Why")],
    url: Url = DEFAULT_URL,
    who: Who = "",
) -> None:
    """Take an order back that is not packed; what runs for it ends first."""
    from controller.one_order_commands import cancel_order

    _end(cancel_order(_client(url, who), order, reason))


@orders.command("forget")
def forget_order(
    order: Annotated[str, typer.Argument(help="The order, open or long gone.")],
    url: Url = DEFAULT_URL,
    who: Who = "",
) -> None:
    """Erase name, place, texts and refused rows of an order; the journal stays verifiable."""
    from controller.one_order_commands import forget_order

    _end(forget_order(_client(url, who), order))


@app.command()
def stock(
    material: Annotated[str, typer.Argument(help="Show the lots of this one.")] = "",
    lot: Annotated[str, typer.Option(help="Show the orders that hold this lot.")] = "",
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Show what is in the store, what is reserved, and what has to be ordered."""
    from controller.stock_commands import show_stock

    _end(show_stock(_client(url), material, lot, as_json=as_json))


@doubts.command("list")
def list_doubts(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Show the open cases."""
    from controller.commands import show_doubts

    _end(show_doubts(_client(url), as_json=as_json))


@doubts.command()
def decide(
    job_order: Annotated[str, typer.Argument(help="The job order, or its first digits.")],
    verdict: Annotated[str, typer.Argument(help="made_good, made_scrap or not_made.")],
    reason: Annotated[str, typer.Option(help="How you know.", prompt="How do you know")],
    url: Url = DEFAULT_URL,
    who: Who = "",
) -> None:
    """Say what became of a job order in doubt. Look at the machine first."""
    from controller.commands import decide_doubt

    _end(decide_doubt(_client(url, who), job_order, verdict, reason))


@app.command()
def clear(machine: str, url: Url = DEFAULT_URL, who: Who = "") -> None:
    """Say that what was made is off a machine."""
    from controller.commands import clear_machine

    _end(clear_machine(_client(url, who), machine))


@app.command()
def clock(
    speed: Annotated[int | None, typer.Option(min=0, help="Plant time against real time.")] = None,
    pause: Annotated[bool, typer.Option("--pause", help="Let plant time stand still.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on in real time.")] = False,
    url: Url = DEFAULT_URL,
    who: Who = "",
    as_json: AsJson = False,
) -> None:
    """Show plant time, or change how fast it goes."""
    from controller.commands import set_or_show_clock

    if sum((speed is not None, pause, resume)) > 1:
        raise typer.BadParameter("Give one of --speed, --pause and --resume.")
    wanted = 0 if pause else 1 if resume else speed
    _end(set_or_show_clock(_client(url, who), wanted, as_json=as_json))


@app.command()
def why(
    name: Annotated[str, typer.Argument(help="An order or a machine.")],
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Say where an order is and what its date hangs on, or why a machine waits."""
    from controller.one_order_commands import say_why

    _end(say_why(_client(url), name, as_json=as_json))


@app.command()
def closing(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Print the closing card of the day, so far if it is still open."""
    from controller.commands import show_closing

    _end(show_closing(_client(url), as_json=as_json))


@audit.command()
def verify(state: State = DEFAULT_STATE, db: Database = "", as_json: AsJson = False) -> None:
    """Walk the journal's chain of hashes. The controller must not be running."""
    from controller.audit import verify_journal

    _end(verify_journal(state, db, as_json=as_json))


@database.command()
def upgrade(state: State = DEFAULT_STATE, db: Database = "") -> None:
    """Bring the database to this release's tables. The controller must not be running."""
    from controller.audit import upgrade_tables

    _end(upgrade_tables(state, db))


@app.command()
def schema(
    out: Annotated[
        Path, typer.Option(help="Folder for one NAME.schema.json for each kind of file.")
    ] = Path("schema"),
) -> None:
    """Write the JSON Schema of a plant's YAML files, for completion in an editor."""
    from controller.commands import write_schemas

    _end(write_schemas(out))


@app.command()
def doctor(
    reference: Annotated[str, typer.Argument(help="A reference that a page gave.")] = "",
    state: State = DEFAULT_STATE,
    db: Database = "",
    plant: Annotated[str, typer.Option(help="Prove this plant, too.")] = "",
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Look at everything that a controller stands on, and say what to do about it."""
    from controller.commands import database_url
    from controller.doctor import Patient, examine, explain

    if reference:
        _end(explain(state, reference))
    asked = Patient(state=state, database=database_url(state, db), plant=plant, client=_client(url))
    _end(examine(asked, as_json=as_json))


@app.command()
def demo(
    plant: PlantArgument = "sneaker",
    once: Annotated[bool, typer.Option("--once", help="End by itself with the card.")] = False,
    speed: Annotated[int, typer.Option(min=1, help="Plant time against real time.")] = 480,
    port: Annotated[int, typer.Option(help="Port of the pages on 127.0.0.1.")] = 8080,
    kill_at: Annotated[
        str, typer.Option(help="Kill the controller at this plant time, HH:MM.")
    ] = "",
    story: Annotated[
        bool, typer.Option("--story", help="A bad day in two minutes, scene by scene.")
    ] = False,
) -> None:
    """Run a day of orders from file to truck; 0 when all shipped and nothing was made twice."""
    from controller.commands import plant_folder
    from controller.demo import Demo, run_demo, time_of_day

    try:
        kill = time_of_day(kill_at)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--kill-at") from error
    asked = Demo(
        plant=plant_folder(plant), speed=speed, port=port, once=once, kill_at=kill, story=story
    )
    _end(run_demo(asked))


def _client(url: str, who: str = "") -> "Client":
    from controller.client import client_of

    return client_of(url, f"person {who.lower()}" if who else "cli")


def _end(code: int) -> None:
    raise typer.Exit(code)


def main() -> None:
    """Run the command line; what a person can act on is said in words, without a traceback."""
    try:
        app(obj=OWN_PROCESS)
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in OURS:
            raise
        typer.echo(str(error), err=True)
        sys.exit(UNREACHABLE if type(error).__name__ == "UnreachableError" else REFUSED)


if __name__ == "__main__":
    main()

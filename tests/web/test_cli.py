"""The command line: instant help, plain words, exit codes that say what happened."""

import json
import subprocess
import sys

import pytest
from conftest import Served
from shoes import JOBS
from typer.testing import CliRunner, Result

from controller import cli

HEAVY = ("ortools", "asyncua", "sqlalchemy", "networkx", "pymodbus", "fastapi", "httpx")


def lotwright(*arguments: str) -> Result:
    """Run a command as `main` does, with its way of ending."""
    return CliRunner().invoke(cli.app, list(arguments))


def run_as_process(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "controller", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_imports_nothing_heavy():
    said = (
        "import sys; from typer.testing import CliRunner; from controller.cli import app; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_help_documents_the_exit_codes_and_every_command():
    said = lotwright("--help").output
    for word in (
        "3 no controller",
        "check",
        "run",
        "simulate",
        "plan",
        "why",
        "closing",
        "demo",
        "audit",
        "db",
    ):
        assert word in said


def test_a_shipped_plant_is_valid_and_says_so_as_json_too():
    done = lotwright("check", "sneaker", "--json")
    assert done.exit_code == 0
    assert json.loads(done.output)["machines"] == 15


def test_a_plant_that_is_not_there_ends_with_a_sentence():
    done = run_as_process("check", "nix")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is no plant 'nix': neither a folder nor a shipped plant.\n"


def test_a_broken_plant_says_where(tmp_path):
    (tmp_path / "plant.yaml").write_text("name: x\nlabel: [\n")
    done = run_as_process("check", str(tmp_path))
    assert done.returncode == 1
    assert "plant.yaml:" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_controller_the_exit_code_is_3():
    done = run_as_process("why", "K1", "--url", "http://127.0.0.1:9")
    assert done.returncode == 3
    assert (
        "No controller answers at http://127.0.0.1:9. Start one with 'lotwright run PLANT'"
        in done.stderr
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "sneaker", "--http", "8080"), "'8080' is no HOST:PORT. Maybe 127.0.0.1:8080?"),
        (("run", "sneaker", "--day", "today"), "'today' is no day. Maybe 2026-11-24?"),
        (("audit", "verify", "--state", "/nix"), "There is no journal in /nix."),
    ],
)
def test_a_wrong_word_is_named_with_what_may_be_meant(arguments, says):
    done = run_as_process(*arguments)
    assert done.returncode == 1
    assert says in done.stderr


def test_a_port_in_use_says_what_to_do(served: Served):
    done = run_as_process("demo", "--once", "--port", str(served.port))
    assert done.returncode == 1
    assert f"Port {served.port} on 127.0.0.1 is in use." in done.stderr
    assert "make demo PORT=" in done.stderr


def test_a_time_of_day_that_does_not_exist_is_wrong_usage():
    assert lotwright("demo", "--kill-at", "25:00").exit_code == 2


def test_why_a_machine_waits_and_where_an_order_is(served: Served):
    machine = lotwright("why", "B3", "--url", served.url)
    assert machine.output.strip() == (
        "B3: Waiting. Pair 4131. Waiting for midsole 4131 R, on P4 until 12:06."
    )
    order = lotwright("why", "4127", "--url", served.url)
    assert order.output.startswith(
        "Order 4127, Nord Parcel 13:30: Midsole R was lost with plate 119 on P3; remade on P3 from 14:30."
    )
    assert "min  Midsole R on P3 until 16:50" in order.output


def test_a_file_with_refused_rows_ends_with_1_and_says_each(served: Served, tmp_path):
    file = tmp_path / "day.csv"
    file.write_text("order,quantity,carrier,size\n4200,1,Night Express,42\n4201,1,Nord Parcel,47\n")
    done = lotwright("orders", "import", str(file), "--url", served.url, "--as", "Vera")
    assert done.exit_code == 1
    assert "1 order taken, 0 known before, 1 row refused." in done.output
    assert "day.csv, row 3, column size: “47”: Size has no '47'." in done.output
    assert served.desk.asked[0][1] == "person vera"


def test_lists_come_as_tables_and_as_json(served: Served):
    refused = lotwright("orders", "refused", "--url", served.url)
    assert "Sizes go from 36 to 45" in refused.output
    orders = lotwright("orders", "list", "--url", served.url, "--json")
    assert len(json.loads(orders.output)) == 30
    doubts = lotwright("doubts", "list", "--url", served.url)
    assert "Campaign 30" in doubts.output


def test_a_doubt_is_decided_by_the_first_digits_of_its_job_order(served: Served):
    name = JOBS["M2"].id[:8]
    done = lotwright(
        "doubts",
        "decide",
        name,
        "not_made",
        "--reason",
        "vessel empty",
        "--url",
        served.url,
        "--as",
        "Amira",
    )
    assert done.output.strip() == "M2, Campaign 30: recorded as not made."
    assert served.desk.asked[-1][1] == "person amira"


def test_clearing_is_refused_with_the_reason(served: Served):
    assert lotwright("clear", "P2", "--url", served.url).output.strip() == "P2 is cleared."
    refused = run_as_process("clear", "P2", "--url", served.url)
    assert (refused.returncode, refused.stderr) == (1, "P2 has nothing to clear.\n")


def test_the_clock_is_shown_paused_and_resumed(served: Served):
    assert lotwright("clock", "--url", served.url).output.strip() == "11:42, x480"
    assert lotwright("clock", "--pause", "--url", served.url).output.strip() == "11:42, paused"
    assert lotwright("clock", "--speed", "60", "--url", served.url).output.strip() == "11:42, x60"
    assert lotwright("clock", "--resume", "--url", served.url).output.strip() == "11:42, x1"
    assert lotwright("clock", "--pause", "--resume", "--url", served.url).exit_code == 2


def test_the_closing_card_is_printed(served: Served):
    said = lotwright("closing", "--url", served.url).output
    assert said.startswith("Sneaker plant")
    assert "Units needed" in said or "not counted" in said


def test_a_journal_is_verified_and_a_changed_one_is_caught(tmp_path):
    import sqlite3

    from controller.events import ControllerStarted
    from controller.journal import Draft, Journal

    async def write() -> None:
        journal = Journal.open(f"sqlite:///{tmp_path / 'journal.db'}")
        facts = [
            Draft(event=ControllerStarted(digest=str(n)), at_s=n, utc="2026-11-24T05:00:00Z")
            for n in range(3)
        ]
        await journal.append(facts)
        journal.close()

    import asyncio

    asyncio.run(write())
    good = lotwright("audit", "verify", "--state", str(tmp_path))
    assert (good.exit_code, good.output.strip()) == (0, "The chain of 3 events holds.")
    assert lotwright("db", "upgrade", "--state", str(tmp_path)).exit_code == 0
    with sqlite3.connect(tmp_path / "journal.db") as database:
        table = next(
            name
            for (name,) in database.execute("select name from sqlite_master where type = 'table'")
            if "body" in {column[1] for column in database.execute(f"pragma table_info({name})")}
        )
        for (trigger,) in database.execute(
            "select name from sqlite_master where type = 'trigger'"
        ).fetchall():
            database.execute(f"drop trigger {trigger}")
        database.execute(f"update {table} set body = replace(body, '1', '7') where seq = 2")
    database.close()
    bad = lotwright("audit", "verify", "--state", str(tmp_path), "--json")
    assert bad.exit_code == 1
    assert json.loads(bad.output)["broken"] == 2


def test_a_file_of_orders_is_planned_without_a_shop_floor(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # or it would compile all kernels beside the tests
    out = tmp_path / "plan.json"
    file = tmp_path / "two.csv"
    day = cli_orders().read_text("utf-8").splitlines()
    file.write_text("\n".join(day[:3]) + "\n")
    done = lotwright(
        "plan", "sneaker", str(file), "--out", str(out), "--seconds", "0.5", "--day", "2026-11-24"
    )
    assert done.exit_code == 0, done.output
    plan = json.loads(out.read_text())
    assert plan["origin"] == "2026-11-24T05:00:00+00:00"
    named = {name.partition("/")[0] for slot in plan["slots"] for name in slot["operations"]}
    assert named == {order["order"] for order in plan["orders"]}
    for order in plan["orders"]:
        ends = [
            s["end"]
            for s in plan["slots"]
            for o in s["operations"]
            if o.startswith(f"{order['order']}/")
        ]
        assert max(ends) == order["projected"]


def cli_orders():
    from controller.commands import plant_folder

    return plant_folder("sneaker") / "orders.csv"

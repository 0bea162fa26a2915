"""`lotwright solve` from the shell: files in, schedules out that a stranger can verify; never a traceback."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 90
FJS = "3 3\n3 2 1 5 2 4 1 2 3 2 1 2 3 6\n2 1 3 4 2 2 7 3 5\n3 1 1 3 1 2 4 2 1 6 3 5\n"
JSP = "3 3\n0 3 1 2 2 2\n0 2 2 1 1 4\n1 4 2 3\n"
FAJSP = "6 4 2\n0 2\n1 2\n2 3\n4 5\n" + "1 0 3\n2 0 4 1 5\n1 1 2\n2 0 1 1 1\n1 0 6\n1 1 2\n"
KINDS = {"fjs": FJS, "jsp": JSP, "fajsp": FAJSP}


@pytest.fixture
def place(tmp_path):
    for name, text in KINDS.items():
        (tmp_path / f"tiny.{name}").write_text(text)
    return tmp_path


def environment(folder):
    """Kernels run as they are written: nothing is compiled for a test."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("LOTWRIGHT")}
    return {**kept, "NUMBA_DISABLE_JIT": "1", "HOME": str(folder), "PYTHONPATH": str(ROOT)}


def command(*arguments):
    return [sys.executable, "-m", "controller", "solve", *map(str, arguments)]


def solved(folder, *arguments, code=0):
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


def modes_and_arcs(kind, text):
    """Read an instance as a stranger would: (job, operation) -> modes, and which comes before which."""
    head, *rows = [list(map(int, line.split())) for line in text.splitlines()]
    modes, arcs = {}, []
    if kind == "fajsp":
        jobs, names = [0, 0, 0, 0, 1, 1], []
        for x, job in enumerate(jobs):
            names.append((job, jobs[:x].count(job)))
        for x, row in enumerate(rows[head[1] :]):
            modes[names[x]] = dict(zip(row[1::2], row[2::2], strict=True))
        return modes, [(names[a], names[b]) for a, b in rows[: head[1]]]
    for job, row in enumerate(rows):
        at = 1
        for operation in range(row[0] if kind == "fjs" else len(row) // 2):
            if kind == "jsp":
                modes[job, operation] = {row[2 * operation]: row[2 * operation + 1]}
            else:
                pairs = row[at + 1 : at + 1 + 2 * row[at]]
                modes[job, operation] = {
                    k - 1: t for k, t in zip(pairs[::2], pairs[1::2], strict=True)
                }
                at += 1 + 2 * row[at]
            if operation:
                arcs.append(((job, operation - 1), (job, operation)))
    return modes, arcs


def judged(kind, text, said):
    """Return each job's end, after every rule was checked from the instance and the output alone."""
    modes, arcs = modes_and_arcs(kind, text)
    tasks = {(task["job"], task["operation"]): task for task in said["tasks"]}
    assert list(tasks) == sorted(modes)
    assert len(said["tasks"]) == len(modes)
    for name, task in tasks.items():
        assert task["end"] - task["start"] == modes[name][task["machine"]]
        assert task["start"] >= 0
    for before, after in arcs:
        assert tasks[before]["end"] <= tasks[after]["start"]
    rows = {}
    for task in said["tasks"]:
        rows.setdefault(task["machine"], []).append((task["start"], task["end"]))
    for row in rows.values():
        row.sort()
        assert all(a[1] <= b[0] for a, b in pairwise(row))
    ends = {}
    for (job, _), task in tasks.items():
        ends[job] = max(ends.get(job, 0), task["end"])
    assert said["objective"]["makespan"] == max(ends.values())
    assert said["bound"] <= said["objective"]["makespan"] or "tardiness" in said["objective"]
    return ends


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_stranger_can_verify_the_schedule(place, kind):
    solved(place, f"tiny.{kind}", "--steps", 3, "--out", "out.json")
    said = json.loads((place / "out.json").read_text())
    judged(kind, KINDS[kind], said)
    assert (said["instance"], said["format"]) == ("tiny", kind)


def test_a_zip_is_read_directly_and_its_format_recognised(place):
    with zipfile.ZipFile(place / "packed.zip", "w") as archive:
        archive.writestr("inside/some.txt", JSP)
    done = solved(place, "packed.zip", "--seconds", 0, "--out", "out.json")
    said = json.loads((place / "out.json").read_text())
    judged("jsp", JSP, said)
    assert said["instance"] == "some"
    assert "some: makespan" in done.stdout


def test_one_of_several_files_in_a_zip_is_named(place):
    with zipfile.ZipFile(place / "two.zip", "w") as archive:
        archive.writestr("a.fjs", FJS)
        archive.writestr("b.jsp", JSP)
    done = solved(place, "two.zip", "--seconds", 0, code=1)
    assert (
        done.stderr.strip() == "two.zip holds several files: a.fjs, b.jsp. Name one: two.zip/a.fjs"
    )
    solved(place, "two.zip/b.jsp", "--seconds", 0, "--out", "out.json")
    judged("jsp", JSP, json.loads((place / "out.json").read_text()))


def test_a_budget_of_zero_returns_the_dispatch_schedule(place):
    done = solved(place, "tiny.fjs", "--seconds", 0, "--out", "out.json")
    judged("fjs", FJS, json.loads((place / "out.json").read_text()))
    assert "by dispatch" in done.stdout


def test_the_same_seed_and_steps_give_the_same_schedule(place):
    said = []
    for name in ("one.json", "two.json"):
        solved(place, "tiny.fjs", "--steps", 6, "--seed", 5, "--out", name)
        said.append(json.loads((place / name).read_text())["tasks"])
    assert said[0] == said[1]


def test_json_tells_each_better_schedule_once_and_nothing_else(place):
    done = solved(place, "tiny.fjs", "--steps", 6, "--json", "--out", "out.json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    values = [line["objective"]["makespan"] for line in lines]
    assert values == sorted(set(values), reverse=True)
    assert [line["seconds"] for line in lines] == sorted(line["seconds"] for line in lines)
    said = json.loads((place / "out.json").read_text())
    assert said["objective"]["makespan"] == values[-1]


def test_due_dates_make_weighted_tardiness_the_aim(place):
    (place / "due.txt").write_text("5 2\n9 1\n4 3\n")
    solved(place, "tiny.fjs", "--due", "due.txt", "--steps", 4, "--out", "out.json")
    said = json.loads((place / "out.json").read_text())
    ends = judged("fjs", FJS, said)
    dues = {0: (5, 2), 1: (9, 1), 2: (4, 3)}
    late = sum(weight * max(0, ends[job] - due) for job, (due, weight) in dues.items())
    assert said["objective"]["tardiness"] == late
    assert 0 < said["bound"] <= late


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("1 3\n1 1 4 5\n", (), "bad.fjs:2:5: line 2, column 5: found '4', expected a machine"),
        ("", (), "bad.fjs:1:1: line 1, column 1: found nothing"),
        (FJS, ("--due", "absent.txt"), "absent.txt cannot be read: No such file or directory."),
        (FJS, ("--due", "bad.fjs"), "bad.fjs:2:5: line 2, column 5: found '1', expected due time"),
        (
            FJS,
            ("--format", "flow"),
            "There is no format 'flow'; there are fjs, jsp, fajsp, sdst, oven, parallel.",
        ),
        (FJS, ("--format", "oven"), "line 1, column 1: found '3', expected a name."),
        (FJS, ("--format", "sdst"), "expected a row of"),
        (FJS, ("--format", "parallel"), "expected a line SSD before the setups."),
        (FJS, ("--out", "no/out.json"), "no/out.json cannot be written: its folder is not there."),
        (FJS, ("--gantt", "x.bmp"), "x.bmp cannot be drawn: its ending has to be one of .svg"),
        (FJS, ("--seconds", "inf"), "A budget of inf seconds has no end"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(place, text, arguments, words):
    (place / "bad.fjs").write_text(text)
    done = solved(place, "bad.fjs", *arguments, code=1)
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_bytes_and_folders_are_no_instances(place):
    (place / "bytes.fjs").write_bytes(b"3 3\n\xff\xfe")
    assert "bytes.fjs:2: this is no text" in solved(place, "bytes.fjs", code=1).stderr
    assert "cannot be read: Is a directory" in solved(place, ".", code=1).stderr
    (place / "half.zip").write_bytes(b"PK\x03\x04" + b"\0" * 40)
    assert "half.zip" in solved(place, "half.zip", code=1).stderr


def started(place, *arguments):
    return subprocess.Popen(
        command(*arguments),
        cwd=place,
        env=environment(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def children_of(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def searches_of(pid):
    return [each for nursery in children_of(pid) for each in children_of(nursery)]


def until(true):
    end_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end_s
        time.sleep(0.02)


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def endless(place):
    """A search that has told its first schedule and that would go on for long."""
    # As hard as abz7, which nobody proves in minutes, so that nothing ends it early.
    chance = random.Random(7)
    rows = [
        " ".join(f"{k} {chance.randint(11, 40)}" for k in chance.sample(range(15), 15))
        for _ in range(20)
    ]
    (place / "long.jsp").write_text("20 15\n" + "\n".join(rows))
    run = started(place, "long.jsp", "--seconds", 80, "--json", "--out", "out.json")
    assert json.loads(run.stdout.readline())["objective"]["makespan"] > 0
    until(lambda: len(searches_of(run.pid)) == 3)
    yield run
    run.kill()
    run.communicate()


def test_ctrl_c_keeps_the_best_and_ends_in_order(endless, place):
    children = children_of(endless.pid) + searches_of(endless.pid)
    endless.send_signal(signal.SIGINT)
    _, said = endless.communicate(timeout=20)
    assert endless.returncode == 0, said
    assert "Traceback" not in said
    assert len(json.loads((place / "out.json").read_text())["tasks"]) == 300
    assert all(is_gone(pid) for pid in children)


def test_a_search_that_dies_costs_nothing_but_itself(endless, place):
    victim, other, proof = searches_of(endless.pid)
    os.kill(victim, signal.SIGKILL)
    until(lambda: is_gone(victim))
    assert endless.poll() is None
    assert not is_gone(other)
    assert not is_gone(proof)
    endless.send_signal(signal.SIGTERM)
    _, said = endless.communicate(timeout=20)
    assert endless.returncode == 0, said
    assert "ended without a last word; others went on." in said
    assert json.loads((place / "out.json").read_text())["tasks"]


def test_searches_do_not_outlive_a_killed_command(endless):
    children = children_of(endless.pid) + searches_of(endless.pid)
    endless.kill()
    until(lambda: all(is_gone(pid) for pid in children))


def test_values_and_formats_load_neither_kernels_nor_solvers():
    heavy = ("numba", "ortools", "networkx", "pydantic", "plant_config", "rich", "httpx")
    code = f"import sys, controller.solve; print(*[n for n in {heavy!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []

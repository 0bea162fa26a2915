"""A child gives a result or dies; it never stays behind."""

import asyncio
import gc
import multiprocessing
import operator
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from controller.child import ChildError, WarmChild, run_in_child, stream_from_child

PATIENCE_S = 20


def alive(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


async def until(true):
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 the event is in another process
            await asyncio.sleep(0.01)


def test_a_child_returns_what_the_function_returns():
    async def scene():
        pid, total, niceness = await asyncio.gather(
            run_in_child(os.getpid, timeout=PATIENCE_S),
            run_in_child(sum, [[1, 2], [3]], [], timeout=PATIENCE_S),
            run_in_child(os.nice, 0, timeout=PATIENCE_S),
        )
        assert pid != os.getpid()
        assert total == [1, 2, 3]
        assert niceness == os.nice(0) + 10
        assert not alive(pid)

    asyncio.run(scene())


def test_a_function_that_raises_or_dies_gives_an_error():
    async def scene():
        with pytest.raises(ChildError, match="exit code 1"):
            await run_in_child(operator.truediv, 1, 0, timeout=PATIENCE_S)
        with pytest.raises(ChildError, match="exit code 3"):
            await run_in_child(os._exit, 3, timeout=PATIENCE_S)
        with pytest.raises(ChildError, match="exit code -6"):
            await run_in_child(os.abort, timeout=PATIENCE_S)

    asyncio.run(scene())


def test_a_child_that_is_too_slow_is_killed():
    async def scene():
        began_s = time.monotonic()
        with pytest.raises(ChildError, match=r"longer than 0\.3 s"):
            await run_in_child(time.sleep, 60, timeout=0.3)
        assert time.monotonic() - began_s < 10
        await until(lambda: not multiprocessing.active_children())

    asyncio.run(scene())


def test_a_child_ends_with_the_task_that_waits_for_it():
    async def scene():
        waiting = asyncio.ensure_future(run_in_child(time.sleep, 60, timeout=60))
        await until(multiprocessing.active_children)
        (child,) = multiprocessing.active_children()
        pid = child.pid
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()
        await until(lambda: not alive(pid))

    asyncio.run(scene())


def test_what_a_child_says_on_the_way_is_heard_before_its_result():
    heard = []

    async def scene():
        result = await stream_from_child(map_aloud, [1, 2, 3], timeout=60, heard=heard.append)
        assert result == "done"
        assert heard == [1, 4, 9]

    asyncio.run(scene())


def map_aloud(tell, numbers):
    """Run in the child."""
    for number in numbers:
        tell(number * number)
    return "done"


def doubled(tell, prepared, number):
    """Run in a warm child."""
    tell(os.getpid())
    return prepared * number


def slept(_tell, _prepared, seconds):
    """Run in a warm child."""
    time.sleep(seconds)


def test_a_warm_child_keeps_what_it_prepared_and_takes_one_piece_of_work_after_the_other():
    heard = []

    async def scene():
        child = WarmChild(int, "21")
        ask = child.stream
        results = [await ask(doubled, n, timeout=PATIENCE_S, heard=heard.append) for n in (2, 3)]
        assert results == [42, 63]
        assert len(set(heard)) == 1
        assert child.usable
        child.kill()
        await until(lambda: not alive(heard[0]))

    asyncio.run(scene())


def test_a_warm_child_that_is_killed_or_too_slow_gives_an_error_and_is_of_no_more_use():
    async def scene():
        late, killed = WarmChild(int), WarmChild(int)
        with pytest.raises(ChildError, match=r"longer than 0\.3 s"):
            await late.stream(slept, 60, timeout=0.3, heard=print)
        waiting = asyncio.ensure_future(killed.stream(slept, 60, timeout=60, heard=print))
        await asyncio.sleep(0.1)
        began_s = time.monotonic()
        killed.kill()
        with pytest.raises(ChildError, match="It was ended"):
            await waiting
        assert time.monotonic() - began_s < 10
        assert not late.usable
        assert not killed.usable
        await until(lambda: not multiprocessing.active_children())

    asyncio.run(scene())


def test_a_warm_child_whose_work_raises_gives_an_error():
    async def scene():
        child = WarmChild(int)
        with pytest.raises(ChildError, match="exit code 1"):
            await child.stream(doubled, timeout=PATIENCE_S, heard=print)

    asyncio.run(scene())


def test_a_warm_child_ends_when_nobody_holds_it_any_more():
    async def scene():
        child = WarmChild(int, "1")
        heard = []
        await child.stream(doubled, 1, timeout=PATIENCE_S, heard=heard.append)
        del child
        gc.collect()
        await until(lambda: not alive(heard[0]))

    asyncio.run(scene())


PARENT = """
import asyncio, os, sys, time
from pathlib import Path
from controller.child import run_in_child

def linger(path):
    Path(path).write_text(str(os.getpid()))
    time.sleep(60)

if __name__ == "__main__":
    asyncio.run(run_in_child(linger, sys.argv[1], timeout=60))
"""


def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    script, said = tmp_path / "parent.py", tmp_path / "pid"
    script.write_text(PARENT)
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, script, said], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    try:
        asyncio.run(until(lambda: said.exists() and said.read_text()))
        pid = int(said.read_text())
        assert alive(pid)
    finally:
        parent.kill()
        parent.wait()
    asyncio.run(until(lambda: not alive(pid)))

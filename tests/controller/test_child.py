"""A child gives a result or dies; it never stays behind."""

import asyncio
import multiprocessing
import operator
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from controller.child import ChildError, run_in_child, stream_from_child

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

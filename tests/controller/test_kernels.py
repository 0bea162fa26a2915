"""Where kernels are kept: a place that can be written, compiled by one process only."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from controller.kernels import LOCK, READY, Kernels, _compile_into, find_kernels, main


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path)


def test_the_state_folder_comes_first(tmp_path):
    folder = find_kernels(tmp_path / "state").folder
    assert folder.parent == tmp_path / "state" / "kernels"
    (tmp_path / ".lotwright").mkdir()
    assert find_kernels(None).folder.parent == tmp_path / ".lotwright" / "kernels"


def test_without_a_state_folder_a_user_has_one_cache_for_all_places(tmp_path):
    assert find_kernels(None).folder.is_relative_to(tmp_path / "cache" / "lotwright")
    assert not (tmp_path / ".lotwright").exists()


def test_where_nothing_else_can_be_written_a_temporary_folder_serves(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder goes below a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    (tmp_path / "temporary").mkdir()
    folder = find_kernels(tmp_path / "file" / "state").folder
    assert folder.is_relative_to(tmp_path / "temporary")
    assert folder.stat().st_mode & 0o077 == 0


def test_without_any_place_and_without_a_home_kernels_run_as_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for variable in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    kernels = find_kernels(None)
    assert kernels.folder is None
    assert kernels.are_ready
    kernels.use()
    assert os.environ["NUMBA_DISABLE_JIT"] == "1"


def test_other_sources_have_another_folder(tmp_path, monkeypatch):
    first = find_kernels(tmp_path)
    package = tmp_path / "scheduler"
    (package / "search").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "search" / "kernel.py").write_text("A = 1\n")
    found = importlib_spec(package)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: found)
    second = find_kernels(tmp_path)
    (package / "search" / "kernel.py").write_text("A = 2\n")
    third = find_kernels(tmp_path)
    assert len({first.folder, second.folder, third.folder}) == 3
    assert find_kernels(tmp_path) == third


def importlib_spec(package):
    from importlib.machinery import ModuleSpec

    spec = ModuleSpec("scheduler", None, is_package=True)
    spec.submodule_search_locations = [str(package)]
    return spec


def test_kernels_that_another_process_compiles_are_not_compiled_twice(tmp_path):
    lock = os.open(tmp_path / LOCK, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert _compile_into(tmp_path) == 0
    os.close(lock)
    assert not (tmp_path / READY).exists()


def test_a_compiler_that_nobody_waits_for_leaves_no_dead_child(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/true")
    begun, begin = [], subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *words, **how: begun.append(begin(*words, **how)) or begun[-1]
    )
    Kernels(tmp_path).compile()
    for thread in threading.enumerate():
        if thread.name == "kernels":
            thread.join(10)
    assert [each.returncode for each in begun] == [0]


def test_compiled_kernels_say_how_long_it_took_and_a_broken_note_means_not_yet(tmp_path):
    kernels = Kernels(tmp_path)
    assert not kernels.are_ready
    (tmp_path / READY).write_text("{")
    assert not kernels.are_ready
    (tmp_path / READY).write_text(json.dumps({"seconds": 31.5}))
    assert kernels.are_ready
    assert kernels.compile_seconds == 31.5
    assert _compile_into(tmp_path) == 0
    assert list(Path(tmp_path).iterdir()) != []


def test_who_asks_for_kernels_waits_while_another_process_compiles_them(tmp_path, monkeypatch):
    kernels = find_kernels(tmp_path)
    monkeypatch.setattr("controller.kernels.find_kernels", lambda _: kernels)
    lock = os.open(kernels.folder / LOCK, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    done: list[int] = []
    asks = threading.Thread(target=lambda: done.append(main([])))
    asks.start()
    asks.join(0.2)
    assert asks.is_alive()
    (kernels.folder / READY).write_text(json.dumps({"seconds": 31.5}))
    os.close(lock)
    asks.join(10)
    assert done == [0]

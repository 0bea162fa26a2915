"""The tutorial is followed word by word: its files are written, its commands run, its answers come."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.wire, pytest.mark.timeout(460)]
ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)[ ]?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    language: str
    rest: str
    text: str


def blocks() -> Iterator[Block]:
    words = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    for match in BLOCK.finditer(words):
        yield Block(*match.groups())


def test_the_tutorial_works_word_by_word_in_an_empty_folder(tmp_path: Path) -> None:
    said = ""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(tmp_path),
        "NUMBA_DISABLE_JIT": "1",  # or it would compile all kernels for itself
    }
    commands = files = answers = 0
    for block in blocks():
        if block.language == "text":
            answers += 1
            assert block.text.strip() in said, said
        elif block.language == "sh":
            commands += 1
            done = subprocess.run(
                ["/bin/sh", "-e", "-c", block.text],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=440,
                check=False,
            )
            said = done.stdout + done.stderr
            assert (done.returncode != 0) == (block.rest == "fails"), said
        else:
            files += 1
            path = tmp_path / block.rest
            path.write_text(block.text, encoding="utf-8")
    assert (files, commands, answers) == (7, 6, 4)

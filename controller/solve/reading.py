"""Instances from files, also out of a zip."""

import gc
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from controller.solve.asked import Asked, SolveError
from scheduler import Problem, formats

MOST_BYTES = 512 * 1024 * 1024
"""A text that is larger than any instance, for which memory would not suffice."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem with the name of its file and its format."""

    name: str
    format: str
    problem: Problem


def read_instance(asked: Asked) -> Instance:
    """Read the instance and its due times. Raises SolveError with file, line and column."""
    name, text = _text_of(asked.instance)
    format_ = asked.format or formats.recognise(text, name)
    # A hundred thousand new values are no garbage, and looking for some takes a third of the time.
    gc.disable()
    try:
        problem = _said(asked.instance, formats.read, text, name, format_)
        if asked.due is not None:
            problem = _said(asked.due, formats.with_dues, problem, _text_of(asked.due)[1])
    finally:
        gc.enable()
    return Instance(PurePosixPath(name).stem, format_, problem)


def _said(path: Path, read: Callable[..., Problem], *args: object) -> Problem:
    try:
        return read(*args)
    except formats.FormatError as error:
        raise SolveError(f"{path}:{error.line}:{error.column}: {error}") from error


def _text_of(path: Path) -> tuple[str, str]:
    """Return name and text of a file, of the one file in a zip, or of `some.zip/file`."""
    archive = next((each for each in path.parents if zipfile.is_zipfile(each)), None)
    if not path.exists() and archive is not None:
        return _out_of_zip(archive, path.relative_to(archive).as_posix())
    try:
        if zipfile.is_zipfile(path):
            return _out_of_zip(path, "")
        if path.stat().st_size > MOST_BYTES:
            raise SolveError(f"{path} is larger than {MOST_BYTES >> 20} MB, so it is no instance.")
        return path.name, _decoded(path, path.read_bytes())
    except OSError as error:
        raise SolveError(f"{path} cannot be read: {error.strerror or error}.") from error


def _out_of_zip(path: Path, wanted: str) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            files = [each for each in archive.infolist() if not each.is_dir()]
            files = [each for each in files if wanted in {"", each.filename}]
            if len(files) != 1:
                raise SolveError(_which(path, wanted, archive.namelist()))
            if files[0].file_size > MOST_BYTES:
                raise SolveError(f"{path} holds more than {MOST_BYTES >> 20} MB in one file.")
            return files[0].filename, _decoded(path, archive.read(files[0]))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise SolveError(f"{path} cannot be unpacked: {error}.") from error


def _which(path: Path, wanted: str, names: list[str]) -> str:
    if not names:
        return f"{path} is an empty archive."
    held = ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")  # noqa: PLR2004
    if wanted:
        return f"{path} holds no file {wanted}; it holds {held}."
    return f"{path} holds several files: {held}. Name one: {path}/{names[0]}"


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SolveError(f"{path}:{line}: this is no text (byte {error.start}).") from error

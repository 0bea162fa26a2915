"""Where compiled kernels are kept, and the one process that compiles them.

numba keeps machine code by the file of a function and does not notice a change in another file that
it calls into, so the folder is named after all kernel sources. Compiling takes many seconds: a process
of its own does it once, which no deadline ends, while whoever waits is answered without kernels.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "scheduler"
READY = "ready.json"
LOCK = "lock"
LOG = "log"
OLD_S = 30 * 86_400
"""Kernels of sources that nobody has compiled for this long are thrown away."""
CACHE_VARIABLE, WITHOUT_VARIABLE = "NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT"


@dataclass(frozen=True, slots=True)
class Kernels:
    """A folder for the kernels of these sources; none where nothing can be written, or where nothing
    is to be compiled: then they run as they are written, a hundred times slower."""

    folder: Path | None

    @property
    def compile_seconds(self) -> float | None:
        """Return how long compiling took; None until it is done."""
        if self.folder is None:
            return None
        try:
            return float(json.loads((self.folder / READY).read_text("utf-8"))["seconds"])
        except (OSError, ValueError, KeyError):
            return None

    @property
    def are_ready(self) -> bool:
        """Say whether a process that starts now need not wait for them."""
        return self.folder is None or self.compile_seconds is not None

    def compile(self) -> None:
        """Let a process compile them that goes on after this one; it ends at once if another does."""
        if self.folder is None or self.compile_seconds is not None:
            return
        with (self.folder / LOG).open("ab") as log:
            # The arguments are our own.
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "controller.kernels", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def use(self) -> None:
        """Make this process, and those that it starts, take compiled kernels; before they are loaded."""
        os.environ.pop(WITHOUT_VARIABLE, None)
        if self.folder is None:
            do_without()
        else:
            os.environ[CACHE_VARIABLE] = str(self.folder)


def do_without() -> None:
    """Make this process run kernels as they are written: nothing is compiled, numba is not loaded."""
    os.environ[WITHOUT_VARIABLE] = "1"


def find_kernels(state: Path | None) -> Kernels:
    """Return the first place that can be written: the state folder, a cache of this user, a folder for
    temporary files. A folder `.lotwright` that is there already counts as the state folder."""
    if os.environ.get(WITHOUT_VARIABLE, "0") not in {"", "0"}:
        return Kernels(None)
    name = _digest()
    for place in _places(state):
        folder = place / name
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Whoever can write there can make this process run anything.
            if folder.stat().st_uid != os.getuid():
                continue
            with tempfile.TemporaryFile(dir=folder):
                return Kernels(folder.resolve())
        except OSError:
            continue
    return Kernels(None)


def _places(state: Path | None) -> Iterator[Path]:
    if state is not None:
        yield state / "kernels"
    elif Path(".lotwright").is_dir():
        yield Path(".lotwright/kernels")
    cache = os.environ.get("XDG_CACHE_HOME", "")
    if cache:
        yield Path(cache) / "lotwright" / "kernels"
    with contextlib.suppress(RuntimeError):  # this user has no home
        yield Path.home() / ".cache" / "lotwright" / "kernels"
    # Others may write there too, so the folder is this user's alone.
    yield Path(tempfile.gettempdir()) / f"lotwright-{os.getuid()}" / "kernels"


def _digest() -> str:
    """Name everything that the machine code depends on, and that numba does not look at itself."""
    digest = hashlib.sha256(f"{sys.version} {platform.machine()}".encode())
    for package, files in ((PACKAGE, "search/*.py"), ("numba", "_version.py")):
        found = importlib.util.find_spec(package)
        for folder in (found.submodule_search_locations or []) if found is not None else []:
            for path in sorted(Path(folder).resolve().glob(files)):
                # With its folder, because numba looks for kernels by where their source is.
                digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _compile_into(folder: Path) -> int:
    """Compile everything by solving small problems; 0 also when another process does it."""
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    kernels = Kernels(folder)
    if kernels.are_ready:
        return 0
    kernels.use()
    begun = time.monotonic()
    from scheduler import rehearse  # noqa: PLC0415 loads numba, which reads the variables above

    left = rehearse.rehearse()
    said = {"seconds": round(time.monotonic() - begun, 3), "left": list(left)}
    new = folder / f"{READY}.new"
    new.write_text(json.dumps(said) + "\n", "utf-8")
    new.replace(folder / READY)
    _tidy(folder)
    return 0


def _tidy(folder: Path) -> None:
    """Throw away kernels of older sources."""
    now_s = (folder / READY).stat().st_mtime
    for other in folder.parent.iterdir():
        if other != folder and now_s - other.stat().st_mtime > OLD_S:
            shutil.rmtree(other, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(_compile_into(Path(sys.argv[1])))

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
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "scheduler"
READY = "ready.json"
LOCK = "lock"
LOG = "log"
SUMS, STEP_BACK = "--sums", "--step-back"
NICENESS = 15
"""Where a plant runs, everything else goes first."""
CPU_FILE = Path("/proc/cpuinfo")
CPU_LINES = ("vendor_id", "model name", "flags", "Features", "CPU part")
"""What Linux says of a core that decides which machine code suits it. Source: proc(5)."""
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

    def compile(self, *, in_a_hurry: bool = True) -> None:
        """Let a process compile them that goes on after this one; it ends at once if another does."""
        if self.folder is None or self.compile_seconds is not None:
            return
        with (self.folder / LOG).open("ab") as log:
            # The arguments are our own.
            compiler = subprocess.Popen(  # noqa: S603
                [
                    *(sys.executable, "-m", "controller.kernels", str(self.folder)),
                    *(() if in_a_hurry else (STEP_BACK,)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        # Nobody waits for it, yet a process that runs on for days leaves no dead child behind.
        threading.Thread(target=compiler.wait, name="kernels", daemon=True).start()

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
    """Return the place where they are compiled, or else the first that can be written: the state
    folder, a cache of this user, a folder for temporary files. A folder `.lotwright` that is there
    already counts as the state folder."""
    if os.environ.get(WITHOUT_VARIABLE, "0") not in {"", "0"}:
        return Kernels(None)
    name = _digest()
    folders = [place / name for place in _places(state)]
    for folder in sorted(folders, key=lambda folder: not (folder / READY).is_file()):
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
    digest = hashlib.sha256(f"{sys.version} {platform.machine()} {_core()}".encode())
    own = ((PACKAGE, f"{folder}/*.py") for folder in ("search", "anneal", "bounding"))
    for package, files in (*own, ("numba", "_version.py")):
        found = importlib.util.find_spec(package)
        for folder in (found.submodule_search_locations or []) if found is not None else []:
            for path in sorted(Path(folder).resolve().glob(files)):
                # With its folder, because numba looks for kernels by where their source is.
                digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _core() -> str:
    """Say what kind of core this is: machine code of another kind would be compiled anew on the way."""
    said: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in CPU_FILE.read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in CPU_LINES:
                said.setdefault(name.strip(), " ".join(sorted(value.split())))
    return repr(sorted(said.items()))


def _compile_into(folder: Path, *, waits: bool = False) -> int:
    """Compile everything by solving small problems; 0 also when another process does it, at once or
    when that one has ended."""
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    kernels = Kernels(folder)
    if kernels.are_ready:
        return 0
    kernels.use()
    begun = time.monotonic()
    left = _rehearse(folder)
    said = {"seconds": round(time.monotonic() - begun, 3), "left": list(left)}
    new = folder / f"{READY}.new"
    new.write_text(json.dumps(said) + "\n", "utf-8")
    new.replace(folder / READY)
    _tidy(folder)
    return 0


def _rehearse(folder: Path) -> list[str]:
    """Compile one half of the kernels here and the other in a process beside this one; return those
    that nothing needed. Raises ChildProcessError."""
    words = [sys.executable, "-m", "controller.kernels", str(folder), SUMS]
    # The arguments are our own.
    beside = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603
    from scheduler import rehearse  # noqa: PLC0415 loads numba, which reads the variables that are set

    left = rehearse.rehearse()
    said, _ = beside.communicate()
    if beside.returncode:
        raise ChildProcessError(
            f"The kernels of sums were not compiled (exit {beside.returncode})."
        )
    return [*left, *said.split()]


def _rehearse_sums() -> int:
    from scheduler import rehearse  # noqa: PLC0415 see above

    sys.stdout.write(" ".join(rehearse.rehearse_sums()))
    return 0


def _tidy(folder: Path) -> None:
    """Throw away kernels of older sources."""
    now_s = (folder / READY).stat().st_mtime
    for other in folder.parent.iterdir():
        if other != folder and now_s - other.stat().st_mtime > OLD_S:
            shutil.rmtree(other, ignore_errors=True)


def main(words: list[str]) -> int:
    """Compile into a folder that is named; or else where this user's kernels are found, and return
    when they are there."""
    if STEP_BACK in words:
        os.nice(NICENESS)
    if SUMS in words:
        return _rehearse_sums()
    named = next((Path(word) for word in words if not word.startswith("-")), None)
    if named is not None:
        return _compile_into(named)
    kernels = find_kernels(None)
    if kernels.folder is None or kernels.are_ready:
        return 0
    sys.stderr.write("Compiling the search for this machine: some three minutes, once.\n")
    return _compile_into(kernels.folder, waits=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

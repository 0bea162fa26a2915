"""The shape of the source: short modules, short functions, no vague names, no hidden clocks."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("plant_config", "scheduler", "drivers", "controller", "simulators")

MODULE_LINES = 400
FUNCTION_LINES = 60
NESTING = 4
PUBLIC_NAMES = 25

MORE_NAMES: Mapping[str, int] = {
    # The vocabulary that every other package speaks.
    "plant_config": 47,
    # Every value that a driver and the controller exchange.
    "drivers": 26,
    # A problem, its plans, what planners ask of them, and how two of them differ.
    "scheduler": 28,
}
SIDE_DOORS = {
    # Facts and codecs of a protocol, shared by the driver and the machine that it is tried with.
    ("simulators", "drivers.isa95"),
    ("simulators", "drivers.isa95_nodes"),
    ("simulators", "drivers.jobmap"),
    ("simulators", "drivers.opcua_codec"),
    ("simulators", "drivers.opcua_guard"),
}

STRICTER_MODULES: Mapping[str, int] = {
    # Only ever lowered: a room that has become short stays short.
    "controller/orders": 200,
    "controller/insights": 300,
}

VAGUE_NAME = re.compile(
    r"(Manager|Helper|Handler|Service|Utils?|Impl|Mixin|Wrapper)$|^(Abstract|Base)(?=[A-Z]|$)|Base$"
)
VAGUE_MODULES = {"common", "misc", "util", "utils", "helper", "helpers", "manager", "base"}

HIDDEN_TIME = {
    "time.time",
    "time.time_ns",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "random.random",
    "random.randint",
    "random.choice",
    "random.shuffle",
    "random.uniform",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid4",
}
MAY_READ_CLOCKS = {
    # The composition root and the ports of time; nobody else needs the time of day.
    "controller/clock.py",
    "controller/service.py",
    "simulators/__main__.py",
    "simulators/clock.py",
}
MAY_CATCH_ALL = {
    # The outermost door, which writes the crash down and ends.
    "controller/cli.py",
}

BLOCKS = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.TryStar,
    ast.Match,
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def sources() -> list[str]:
    """Return every source file of the product, relative to the root."""
    return sorted(
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    )


@cache
def text(source: str) -> str:
    """Read one source file."""
    return (ROOT / source).read_text(encoding="utf-8")


@cache
def parsed(source: str) -> ast.Module:
    """Parse one source file."""
    return ast.parse(text(source), filename=source)


@cache
def nodes(source: str) -> tuple[ast.AST, ...]:
    """Return everything in a source file."""
    return tuple(ast.walk(parsed(source)))


def depth(body: list[ast.stmt], level: int = 0) -> int:
    """Return how deep blocks lie in one another; an `elif` is as deep as its `if`."""
    deepest = level
    for statement in body:
        if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            continue
        if not isinstance(statement, BLOCKS):
            continue
        deepest = max(deepest, *(depth(inner, level + 1) for inner in inner_blocks(statement)))
        for otherwise in elifs(statement):
            deepest = max(deepest, depth([otherwise], level))
    return deepest


def inner_blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Return the suites of a compound statement, without an `elif`."""
    blocks = [getattr(statement, name, []) for name in ("body", "finalbody")]
    if not list(elifs(statement)):
        blocks.append(getattr(statement, "orelse", []))
    blocks += [handler.body for handler in getattr(statement, "handlers", [])]
    blocks += [case.body for case in getattr(statement, "cases", [])]
    return blocks


def elifs(statement: ast.stmt) -> Iterator[ast.If]:
    """Yield the `if` that stands alone in an else branch."""
    otherwise = getattr(statement, "orelse", [])
    if isinstance(statement, ast.If) and len(otherwise) == 1 and isinstance(otherwise[0], ast.If):
        yield otherwise[0]


def nothing(wrong: list[str]) -> None:
    """Fail with every finding at once."""
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_module_stays_short():
    wrong = []
    for source in sources():
        lines = text(source).count("\n")
        caps = (cap for room, cap in STRICTER_MODULES.items() if source.startswith(room))
        cap = min(caps, default=MODULE_LINES)
        if lines > cap:
            wrong.append(
                f"{source} has {lines} lines, {cap} are allowed. Maybe it does two things."
            )
    nothing(wrong)


def test_a_module_says_what_it_does_in_a_sentence_or_two():
    wrong = []
    for source in sources():
        said = ast.get_docstring(parsed(source)) or ""
        first = said.split("\n\n")[0].replace("\n", " ").strip()
        if not first.endswith((".", ")", ":")):
            wrong.append(f"{source} does not say what it does: {first!r}")
        elif len(re.findall(r"[a-z)`]\. +[A-Z]", first)) > 1:
            wrong.append(f"{source} needs more than two sentences to say what it does: {first!r}")
    nothing(wrong)


def test_a_function_stays_short_and_flat():
    wrong = []
    for source in sources():
        for function in nodes(source):
            if isinstance(function, FUNCTIONS):
                where = f"{source}:{function.lineno} {function.name}"
                lines = (function.end_lineno or function.lineno) - function.lineno + 1
                if lines > FUNCTION_LINES:
                    wrong.append(f"{where} has {lines} lines, {FUNCTION_LINES} are allowed.")
                nested = depth(function.body)
                if nested > NESTING:
                    wrong.append(f"{where} nests {nested} deep, {NESTING} are allowed.")
    nothing(wrong)


def test_names_say_what_a_thing_is():
    wrong = [
        f"{source} is named after nothing."
        for source in sources()
        if Path(source).stem in VAGUE_MODULES
    ]
    wrong += [
        f"{source}:{node.lineno} {node.name} says nothing."
        for source in sources()
        for node in nodes(source)
        if isinstance(node, ast.ClassDef) and VAGUE_NAME.search(node.name)
    ]
    nothing(wrong)


def test_no_error_is_swallowed_unseen():
    wrong = [
        f"{source}:{node.lineno} catches everything."
        for source in sources()
        if source not in MAY_CATCH_ALL
        for node in nodes(source)
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or any(
                isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"}
                for name in ast.walk(node.type)
            )
        )
    ]
    nothing(wrong)


def test_time_and_chance_come_in_as_arguments():
    nothing(
        [
            f"{source}:{node.lineno} calls {ast.unparse(node.func)}."
            for source in sources()
            if source not in MAY_READ_CLOCKS
            for node in nodes(source)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in HIDDEN_TIME
        ]
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_offers_few_names_and_says_which(package):
    offered = [
        node.value
        for node in parsed(f"{package}/__init__.py").body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    names = ast.literal_eval(offered[0]) if offered else []
    cap = MORE_NAMES.get(package, PUBLIC_NAMES)
    assert len(names) <= cap, f"{package} offers {len(names)} names, {cap} are allowed."
    assert len(set(names)) == len(names), f"{package} offers a name twice."


def test_other_packages_are_entered_by_the_front_door():
    wrong = []
    for source in sources():
        own = source.split("/")[0]
        others = set(PACKAGES) - {own}
        for node in nodes(source):
            module = node.module if isinstance(node, ast.ImportFrom) and not node.level else None
            package, _, inner = (module or "").partition(".")
            if package in others and inner and (own, module) not in SIDE_DOORS:
                wrong.append(f"{source}:{node.lineno} reaches into {module}.")
    nothing(wrong)


def test_nesting_is_counted_as_a_reader_sees_it():
    flat = "if a:\n  x\nelif b:\n  x\nelif c:\n  x\nelse:\n  x"
    deep = """
for a in b:
    if c:
        pass
    else:
        with d:
            try:
                x
            except E:
                match f:
                    case 1:
                        x
"""
    assert depth(ast.parse(flat).body) == 1
    assert depth(ast.parse(deep).body) == 5

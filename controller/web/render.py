"""Templates, and the parts of pages that change: each is rendered once for each value."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from controller.web.cuts import named
from controller.web.icons import icon
from controller.web.permit import may, visitor, why_not
from controller.web.words import lowered, plain

_ROOM = Path(__file__).parent
STATIC = _ROOM / "static"


def _version() -> str:
    said = hashlib.sha256()
    for folder in (STATIC, _ROOM / "templates"):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                said.update(path.read_bytes())
    return said.hexdigest()[:12]


VERSION = _version()
"""Of everything that a browser keeps: a page of another version reloads itself."""


def _static(name: str) -> str:
    return f"/static/{name}?v={VERSION}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        # They do not change while it runs: VERSION is theirs, too.
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "icon": icon,
        "plain": plain,
        "lowered": lowered,
        "named": named,
        "static": _static,
        "may": may,
        "why_not": why_not,
        "visitor": visitor,
    }
    environment.globals["version"] = VERSION
    return environment


ENVIRONMENT = _environment()


def compile_all() -> None:
    """Compile every template ahead of the first who asks; for a thread, it takes a second."""
    for name in ENVIRONMENT.list_templates(extensions=["html"]):
        ENVIRONMENT.get_template(name)


def fill(template: str, **values: object) -> str:
    """Fill a template."""
    return ENVIRONMENT.get_template(template).render(**values)


@dataclass(frozen=True, slots=True)
class Part:
    """An element of a page that is replaced in place when its value changes."""

    id: str
    template: str
    value: object


@dataclass(frozen=True, slots=True)
class Parts:
    """The last rendering of each part, shared by all who look."""

    rendered: dict[str, tuple[object, str]] = field(default_factory=dict[str, "tuple[object, str]"])

    def html(self, part: Part) -> Markup:
        """Return a part's HTML, rendered only when its value is new."""
        known = self.rendered.get(part.id)
        if known is None or known[0] != part.value:
            known = (part.value, fill(part.template, value=part.value).strip())
            self.rendered[part.id] = known
        # Jinja escaped it when it was filled.
        return Markup(known[1])  # noqa: S704

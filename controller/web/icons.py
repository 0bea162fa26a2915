"""The icons: one outline for each state and page, drawn on a grid of 24."""

import json
from pathlib import Path

from markupsafe import Markup

ICONS: dict[str, str] = json.loads(Path(__file__).with_name("icons.json").read_text("utf-8"))
"""Name -> shape. States are drawn as the classes of `words.Word` are called."""


def icon(name: str, label: str = "") -> Markup:
    """Draw an icon; with a label it stands for a word, without one it stands beside it."""
    beside = Markup('aria-hidden="true"')
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else beside
    kind = " i-risk" if name == "risk" else ""
    # The shapes are our own file's.
    shape = Markup(ICONS[name])  # noqa: S704
    return Markup('<svg class="i{}" viewBox="0 0 24 24" {}>{}</svg>').format(kind, spoken, shape)

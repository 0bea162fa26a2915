"""Figures of a plant's day, folded from its journal."""

from controller.insights.card import ClosingCard
from controller.insights.closing import close
from controller.insights.compare import compare
from controller.insights.comparison import Comparison
from controller.insights.figures import MachineFigures, machine_figures
from controller.insights.made import Made, MadeEntry, parse_made
from controller.insights.text import render_text

__all__ = [
    "ClosingCard",
    "Comparison",
    "MachineFigures",
    "Made",
    "MadeEntry",
    "close",
    "compare",
    "machine_figures",
    "parse_made",
    "render_text",
]

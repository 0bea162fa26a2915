"""Schedules as pictures: a row for each machine, a bar for each operation."""

from controller.gantt.chart import Bar, Chart, draw_chart
from controller.gantt.page import page
from controller.gantt.png import png
from controller.gantt.svg import svg

__all__ = ["Bar", "Chart", "draw_chart", "page", "png", "svg"]

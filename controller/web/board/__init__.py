"""The Plan: a board of all machines over time, its table twin, wishes and their proposals, exports."""

from controller.web.board.api import api
from controller.web.board.pages import pages

__all__ = ["api", "pages"]

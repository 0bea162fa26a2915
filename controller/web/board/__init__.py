"""The Plan: a board of all machines over time, its table twin, wishes and their proposals, exports."""

from fastapi import APIRouter

from controller.web.board.api import api
from controller.web.board.boards import Boards
from controller.web.board.pages import pages
from controller.web.site import Site

__all__ = ["router"]


def router(site: Site) -> APIRouter:
    """Return the plan's page and routes, which look at one picture of the board."""
    boards, both = Boards(site), APIRouter()
    both.include_router(pages(site, boards))
    both.include_router(api(site, boards))
    return both

"""API routes, pages and static files of the running controller."""

from controller.web.application import app

__all__ = ["app"]

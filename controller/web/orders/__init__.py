"""Orders: the list, one order, what touched it, and what can still change about it."""

from fastapi import APIRouter

from controller.web.orders.api import api, find_api
from controller.web.orders.book import Book
from controller.web.orders.pages import pages
from controller.web.render import ENVIRONMENT
from controller.web.site import Site


def router(site: Site) -> APIRouter:
    """Return pages and routes of orders. Include it behind what begins with `/orders/` too, since
    one order may have any name."""
    book, both = Book(site), APIRouter()
    for name in ENVIRONMENT.list_templates(filter_func=lambda name: name.startswith("orders/")):
        ENVIRONMENT.get_template(name)  # compiled before anybody waits for it
    both.include_router(find_api(book))
    both.include_router(api(site, book))
    both.include_router(pages(site, book))
    return both


__all__ = ["router"]

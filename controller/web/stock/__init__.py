"""The Stock pages and their API: what is there, what is reserved, what comes, and where each lot went."""

from controller.web.stock.api import stock_api
from controller.web.stock.pages import stock_pages
from controller.web.stock.traces import Traces

__all__ = ["Traces", "stock_api", "stock_pages"]

"""Orders in and status out on the web: imports, column maps, the shop's door, what was not delivered."""

from controller.web.intake.api import intake_api
from controller.web.intake.pages import intake_pages

__all__ = ["intake_api", "intake_pages"]

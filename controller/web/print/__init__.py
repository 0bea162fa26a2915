"""What is printed: labels, tote cards, and the list to work by when the network is down."""

from controller.web.print.pages import pages

__all__ = ["pages"]

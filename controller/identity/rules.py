"""What follows for totes."""

from controller.step import Rule

RULES: tuple[Rule, ...] = ()

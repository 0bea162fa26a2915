"""What follows for material: the opening stock, and what machines used."""

from controller.step import Rule

RULES: tuple[Rule, ...] = ()

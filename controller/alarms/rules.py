"""Alarms are raised and ended by what the state says."""

from controller.step import Rule

RULES: tuple[Rule, ...] = ()

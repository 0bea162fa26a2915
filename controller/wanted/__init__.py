"""Planners' wishes: proposed, granted, withdrawn."""

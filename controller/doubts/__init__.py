"""Doubts: what a person says became of a job order, and who has to say the same."""

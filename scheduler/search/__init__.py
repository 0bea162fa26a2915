"""Compiled local search: arrays in, arrays out."""

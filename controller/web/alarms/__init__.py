"""The alarm page and its routes."""

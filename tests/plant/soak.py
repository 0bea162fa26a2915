"""How many random days are tried: a handful, or as many as `make soak-days` asks for."""

import os

DAYS = int(os.environ.get("LOTWRIGHT_SOAK_DAYS", "0"))
FIRST = int(os.environ.get("LOTWRIGHT_SOAK_FIRST", "1"))


def seeds(usual: int, part: int = 2) -> range:
    """Return the seeds of one kind of day, which is one part of a soak."""
    return range(FIRST, FIRST + (DAYS // part if DAYS else usual))

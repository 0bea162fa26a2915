"""Names of users and tokens: what the journal writes down, so they are short and plain."""

import re

from controller.access.errors import AccessError

_NAME = re.compile(r"[a-z][a-z0-9._-]{0,39}")


def named(typed: str) -> str:
    """Return a name as it is kept. Raises AccessError."""
    name = typed.strip().casefold()
    if not _NAME.fullmatch(name):
        raise AccessError(
            "wrong",
            f"{typed.strip()[:40]!r} is no name. Take a to z, 0 to 9, dot and hyphen: amira.k",
        )
    return name

"""Truths that stay checked in production: rather no controller than one that breaks them."""


class InvariantError(Exception):
    """The controller was about to break one of its own rules; its developers can do something about it."""


def invariant(holds: bool, rule: str) -> None:
    """Stop at once when a rule (R1 to R12, reliability) does not hold; unlike assert, always on."""
    if not holds:
        raise InvariantError(f"{rule} Nothing more is commanded; the journal is right up to here.")

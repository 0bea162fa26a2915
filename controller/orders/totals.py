"""What became of a file of orders that was taken part by part, as one answer."""

from collections.abc import Iterable

from controller.requests import Imported, RefusedRow


def joined(one: Imported, other: Imported) -> Imported:
    """Return the answer to two parts of a file."""
    return Imported(
        accepted=one.accepted + other.accepted,
        repeated=one.repeated + other.repeated,
        refused=one.refused + other.refused,
        left_alone=one.left_alone + other.left_alone,
    )


def in_order(rows: Iterable[RefusedRow]) -> tuple[RefusedRow, ...]:
    """Return refused rows as they stand in the file."""
    return tuple(sorted(rows, key=lambda row: row.row))

"""A key for values that cannot be hashed by content, so that what follows from them is kept."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Same(Generic[T]):
    """Equal only to itself around the very same value; keeps it alive, so its id is not reused."""

    value: T

    def __eq__(self, other: object) -> bool:
        """Return whether the other is around the same value."""
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        """Return a hash of the identity."""
        return id(self.value)

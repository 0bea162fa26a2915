"""A check that asyncua's decoder lacks: no array may claim more elements than bytes are left.

A Variant of type Null takes no bytes an element, so five bytes on the wire could claim two thousand
million of them and hold the whole event loop for minutes (asyncua 2.1.0; node-opcua closed the same
hole in its pull request 1579). The check goes in where Variants read their arrays; it costs one
comparison. What is left (deep nesting, many chunks) is the host process's matter: it can be killed.
"""

import struct
from collections.abc import Callable
from typing import TypeAlias

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua import ua_binary
from asyncua.ua.uaerrors import UaError

Unpack: TypeAlias = Callable[[ua.VariantType, Buffer], list[object] | None]


def refuse_impossible_arrays() -> None:
    """Put the check in; a second call changes nothing."""
    unpack: Unpack = ua_binary.unpack_uatype_array
    if not hasattr(unpack, "checks_length"):
        ua_binary.unpack_uatype_array = checked(unpack)  # type: ignore[assignment]


def checked(unpack: Unpack) -> Unpack:
    """Return the array reader with the length checked first."""

    def check(kind: ua.VariantType, data: Buffer) -> list[object] | None:
        (claimed,) = struct.unpack("<i", data.copy(4).read(4))
        if claimed > len(data) - 4:
            raise UaError(f"An array claims {claimed} elements in {len(data) - 4} bytes.")
        return unpack(kind, data)

    check.checks_length = True  # type: ignore[attr-defined]
    return check

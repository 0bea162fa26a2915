"""A picture as PNG: rectangles and letters on a raster, packed by zlib."""

import struct
import zlib
from typing import TYPE_CHECKING, assert_never

import numpy as np

from controller.gantt.letters import HIGH, WIDE, dots_of
from controller.gantt.shapes import Picture, Rect, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCALE = 2
"""Dots for each unit of the picture, so that small letters are legible."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB_8_BITS = b"\x08\x02\x00\x00\x00"


def png(picture: Picture) -> bytes:
    """Return the bytes of a PNG file. Source: W3C, Portable Network Graphics, third edition."""
    raster = np.full((picture.height * SCALE, picture.width * SCALE, 3), 255, np.uint8)
    for shape in picture.shapes:
        match shape:
            case Rect():
                _rect(raster, shape)
            case Words():
                _words(raster, shape)
            case _:
                assert_never(shape)
    height, width, _ = raster.shape
    # Each row begins with the number of its filter: none.
    rows = np.concatenate([np.zeros((height, 1), np.uint8), raster.reshape(height, -1)], axis=1)
    size = struct.pack(">II", width, height)
    return b"".join(
        [
            SIGNATURE,
            _chunk(b"IHDR", size + RGB_8_BITS),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _rect(raster: "NDArray[np.uint8]", rect: Rect) -> None:
    left, top = round(rect.x * SCALE), round(rect.y * SCALE)
    right = max(left + 1, round((rect.x + rect.width) * SCALE))
    bottom = max(top + 1, round((rect.y + rect.height) * SCALE))
    if rect.stroke is not None:
        raster[top:bottom, left:right] = rect.stroke
        left, top, right, bottom = left + 1, top + 1, right - 1, bottom - 1
    raster[top:bottom, left:right] = rect.fill


def _words(raster: "NDArray[np.uint8]", words: Words) -> None:
    dot = max(1, round(words.size * SCALE / (HIGH + 4)))
    step = (WIDE + 1) * dot
    width = len(words.text) * step
    begin = {"start": 0, "middle": width // 2, "end": width}[words.anchor]
    left, top = round(words.x * SCALE) - begin, round(words.y * SCALE) - HIGH * dot
    dots = [
        (left + place * step + column * dot, top + row * dot)
        for place, letter in enumerate(words.text)
        for row, bits in enumerate(dots_of(letter))
        for column in range(WIDE)
        if bits >> (WIDE - 1 - column) & 1
    ]
    for x, y in dots:
        if x >= 0 and y >= 0:
            raster[y : y + dot, x : x + dot] = words.fill

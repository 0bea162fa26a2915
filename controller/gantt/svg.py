"""A picture as SVG, by hand: it needs nothing from outside."""

from collections.abc import Iterator
from html import escape
from typing import assert_never

from controller.gantt.shapes import Colour, Picture, Rect, Words

NAMESPACE = "http://www.w3.org/2000/svg"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


def svg(picture: Picture) -> str:
    """Return the text of an SVG file."""
    size = f'width="{picture.width}" height="{picture.height}"'
    box = f'viewBox="0 0 {picture.width} {picture.height}"'
    title, font = escape(picture.title), f'font-family="{FONT}"'
    return "\n".join(
        [
            f'<svg xmlns="{NAMESPACE}" {size} {box} role="img" aria-label="{title}" {font}>',
            f"<title>{title}</title>",
            f'<rect {size} fill="#fff"/>',
            *_shapes(picture),
            "</svg>\n",
        ]
    )


def _shapes(picture: Picture) -> Iterator[str]:
    for shape in picture.shapes:
        match shape:
            case Rect():
                yield _rect(shape)
            case Words():
                yield (
                    f'<text x="{_n(shape.x)}" y="{_n(shape.y)}" font-size="{_n(shape.size)}" '
                    f'fill="{_hex(shape.fill)}" text-anchor="{shape.anchor}" '
                    f'pointer-events="none">{escape(shape.text)}</text>'
                )
            case _:
                assert_never(shape)


def _rect(rect: Rect) -> str:
    stroke = "" if rect.stroke is None else f' stroke="{_hex(rect.stroke)}"'
    head = (
        f'<rect x="{_n(rect.x)}" y="{_n(rect.y)}" width="{_n(rect.width)}" '
        f'height="{_n(rect.height)}" fill="{_hex(rect.fill)}"{stroke}'
    )
    return f"{head}><title>{escape(rect.tip)}</title></rect>" if rect.tip else f"{head}/>"


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)

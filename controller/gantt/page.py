"""A picture with its table as one HTML file that needs nothing from outside."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from controller.gantt.shapes import Picture
from controller.gantt.svg import svg

STYLE = """
body{font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;margin:24px;color:#1f2328;background:#f6f7f9}
figure{margin:0;overflow:auto;background:#fff;border:1px solid #d8dce2;border-radius:8px}
svg{display:block}
rect:has(title):hover{stroke:#1f2328;stroke-width:2}
table{border-collapse:collapse;margin-top:24px;background:#fff;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:8px 0}
th,td{border:1px solid #d8dce2;padding:4px 12px;text-align:right}
thead th{position:sticky;top:0;background:#eef1f4}
@media(prefers-color-scheme:dark){body{background:#14171a;color:#e6e8eb}
table{background:#1d2126}th,td,figure{border-color:#363c44}thead th{background:#262b31}}
"""


def page(picture: Picture, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the text of an HTML file with the picture and a table of its bars."""
    title = escape(picture.title)
    drawn = svg(picture)
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f'<main>\n<figure tabindex="0" aria-label="{title}">\n{drawn}</figure>',
            "<table>",
            f"<caption>{title}</caption>",
            f"<thead><tr>{''.join(f'<th scope=col>{escape(each)}</th>' for each in columns)}</tr></thead>",
            "<tbody>",
            *_rows(rows),
            "</tbody>\n</table>\n</main>\n</body>\n</html>\n",
        ]
    )


def _rows(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for row in rows:
        yield f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>"

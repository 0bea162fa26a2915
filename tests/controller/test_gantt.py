"""Schedules as pictures: readable from ten operations to many thousands."""

import re
import struct
import xml.etree.ElementTree as ET
import zlib
from itertools import pairwise

import pytest

from controller.gantt import Bar, Chart, draw_chart, page, png, svg
from controller.gantt.letters import DOTS, HIGH, WIDE

SVG = "{http://www.w3.org/2000/svg}"


def chart(bars=10, machines=3, takes=10, **more):
    row = [
        Bar(
            machine=x % machines,
            start=x // machines * takes,
            end=(x // machines + 1) * takes,
            job=x,
            label=f"{x}/0",
            tip=f"job {x} <first>",
        )
        for x in range(bars)
    ]
    names = [f"M{k}" for k in range(machines)]
    return Chart(title="a < b", subtitle="10 & 20", machines=names, bars=row, **more)


def test_each_operation_is_a_bar_that_says_what_it_is():
    root = ET.fromstring(svg(draw_chart(chart())))
    tips = [each.text for each in root.iter(f"{SVG}title")]
    assert tips[0] == "a < b"
    assert tips[1:] == [f"job {x} <first>" for x in range(10)]
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert {"M0", "M1", "M2", "0/0", "9/0", "a < b", "10 & 20"} <= set(words)


@pytest.mark.parametrize("bars", [1, 10, 500])
def test_bars_of_a_machine_lie_side_by_side_within_the_sheet(bars):
    picture = draw_chart(chart(bars, machines=min(bars, 20)))
    rects = [each for each in picture.shapes if getattr(each, "tip", "")]
    assert len(rects) == bars
    rows = {}
    for rect in rects:
        assert rect.x >= 0
        assert rect.x + rect.width <= picture.width
        assert rect.y + rect.height <= picture.height
        rows.setdefault(rect.y, []).append((rect.x, rect.x + rect.width))
    for row in rows.values():
        row.sort()
        assert all(a[1] <= b[0] + 0.01 for a, b in pairwise(row))


def test_many_operations_are_condensed_into_shades():
    drawn = svg(draw_chart(chart(30_000, machines=30)))
    assert len(drawn) < 2_000_000
    assert drawn.count("<rect") < 5_000
    assert "busy" in drawn


def test_no_operations_make_an_empty_picture():
    ET.fromstring(svg(draw_chart(Chart("none", "", ["M0"], []))))


def test_the_bound_and_late_jobs_stand_out():
    late = Bar(0, 0, 9, 1, "1/0", "late", late=True)
    plain, marked = (
        svg(draw_chart(Chart("t", "s", ["M0"], [late], bound=bound))) for bound in (0, 5)
    )
    assert plain.count("#be123c") == 1
    assert marked.count("#be123c") == 2


def test_a_page_has_the_picture_and_a_table_and_nothing_from_outside():
    text = page(draw_chart(chart()), ("Job", "End"), [(1, 20), ("<i>", 3)])
    assert text.count("<tr>") == 3
    assert "<td>&lt;i&gt;</td>" in text
    assert "<svg" in text
    outside = re.findall(r"(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", text)
    assert outside == []


def decoded(data):
    """Read a PNG again: width, height, rows of RGB."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (crc,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert crc == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    raw = zlib.decompress(chunks[b"IDAT"])
    step = 1 + 3 * width
    assert len(raw) == height * step
    return width, height, [raw[y * step + 1 : (y + 1) * step] for y in range(height)]


def test_a_png_shows_what_the_svg_shows():
    picture = draw_chart(chart(1, machines=1, takes=100))
    width, height, rows = decoded(png(picture))
    assert (width, height) == (2 * picture.width, 2 * picture.height)
    [bar] = [each for each in picture.shapes if getattr(each, "tip", "")]
    # A place in the bar where no letter stands.
    x, y = int(2 * (bar.x + bar.width / 4)), int(2 * (bar.y + bar.height / 2))
    assert tuple(rows[y][3 * x : 3 * x + 3]) == bar.fill
    assert tuple(rows[height - 2][:3]) == (255, 255, 255)


def test_letters_have_their_size_and_differ():
    assert all(len(rows) == HIGH and max(rows) < 1 << WIDE for rows in DOTS.values())
    assert len(set(DOTS.values())) == len(DOTS)

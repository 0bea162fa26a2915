"""What comes out of the printer: page sizes, margins, one label a page, rows that stay whole."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from benches import bench_desk
from conftest import Served
from playwright.sync_api import Page
from pypdf import PdfReader

from controller.web.print.dispatch import MOST
from scheduler import Slot

pytestmark = pytest.mark.web

MM = 72 / 25.4
"""Points of a millimetre."""


@pytest.fixture(scope="module")
def floor() -> Iterator[Served]:
    served = Served(bench_desk())
    served.start()
    yield served
    served.stop()


def paper(page: Page, address: str, **options: object) -> PdfReader:
    page.goto(address)
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, **options)))  # type: ignore[arg-type]


def size_mm(reader: PdfReader, number: int = 0) -> tuple[float, float]:
    box = reader.pages[number].mediabox
    return round(float(box.width) / MM, 1), round(float(box.height) / MM, 1)


def test_each_label_is_a_page_of_62_by_29_mm(page, floor):
    job = floor.desk.state.machines["P2"].job_order
    reader = paper(page, f"{floor.url}/print/labels/{job}")
    assert len(reader.pages) == 7
    for number in range(7):
        assert size_mm(reader, number) == pytest.approx((62, 29), abs=0.2)
    words = re.sub(r"\s+", " ", reader.pages[1].extract_text())
    assert words.startswith("R 4128 Midsole")
    assert "to bonding" in words
    assert "Print" not in words


def test_a_tote_card_fits_its_page(page, floor):
    reader = paper(page, f"{floor.url}/print/tote/T-1")
    assert len(reader.pages) == 1
    assert size_mm(reader) == pytest.approx((62, 29), abs=0.2)
    assert "T-1" in reader.pages[0].extract_text()


@pytest.mark.parametrize("form", ["A4", "Letter"])
def test_a_dispatch_list_of_a_full_shift_is_one_page_a_machine(page, floor, form):
    def crowd(desk):
        starts = enumerate(range(4126, 4146), start=1)
        slots = tuple(
            Slot(
                machine="B1",
                operations=(f"{order}/1.1-2/bond",),
                family="",
                setup_start_s=desk.at_s,
                start_s=desk.at_s + 1800 * turn,
                end_s=desk.at_s + 1800 * turn + 1700,
            )
            for turn, order in starts
        )
        desk.record(replace(desk.state.plan, number=desk.state.plan.number + 1, slots=slots))

    floor.do(crowd)
    reader = paper(page, f"{floor.url}/print/dispatch/B1", format=form)
    assert len(reader.pages) == 1
    words = reader.pages[0].extract_text()
    assert "page 1 of 1" in re.sub(r"\s+", " ", words)
    assert len(re.findall(r"^(?:now|\d\d:\d\d) 41", words, re.MULTILINE)) == MOST
    width, _ = size_mm(reader)
    assert width == pytest.approx(210 if form == "A4" else 215.9, abs=0.5)


def test_rows_are_never_split_and_the_margin_is_12_mm(page, floor):
    page.goto(f"{floor.url}/print/dispatch/B2")
    page.emulate_media(media="print")
    whole = page.evaluate("getComputedStyle(document.querySelector('.a4 tr')).breakInside")
    assert whole == "avoid"
    rules = page.evaluate(
        """() => [...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
            .filter(rule => rule instanceof CSSPageRule).map(rule => rule.cssText)"""
    )
    assert any("margin: 12mm" in rule and "label" not in rule for rule in rules)
    hidden = page.locator("[data-print]").evaluate("b => b.offsetParent === null")
    assert hidden

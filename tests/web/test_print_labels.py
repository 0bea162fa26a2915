"""Labels, tote cards and the dispatch list: what they say, and that scanners read their codes back."""

import re

import numpy as np
import pytest
import zxingcpp
from benches import JudgedDesk, bench_desk
from calling import call
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.identity.codes import code_of
from controller.web.print.qr import QUIET, Symbol, symbol

PIXELS = 6
"""Of a module, as a scanner sees it."""


def seen(drawn: Symbol) -> np.ndarray:
    """Paint what the path draws, as a printer would."""
    picture = np.full((drawn.across, drawn.across), 255, np.uint8)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.path):
        picture[int(y), int(x) : int(x) + int(length)] = 0
    return np.kron(picture, np.ones((PIXELS, PIXELS), np.uint8))


def read(drawn: Symbol) -> zxingcpp.Barcode:
    (found,) = zxingcpp.read_barcodes(seen(drawn), formats=zxingcpp.BarcodeFormat.QRCode)
    return found


@pytest.mark.parametrize(
    "code",
    [
        "4127/1.2/knit",
        "4127/1.1-2/bond",
        "4127/1.2/print/2",
        "T-14",
        "4127",
        "WEB-100234/12.24/print",
    ],
)
def test_a_scanner_reads_what_the_label_says(code):
    drawn = symbol(code)
    found = read(drawn)
    assert found.text == code
    assert found.ec_level == "M"
    assert drawn.size_mm / drawn.across >= 0.5
    assert drawn.size_mm <= 27


@settings(max_examples=25, deadline=None)
@given(
    st.from_regex(r"[A-Z0-9-]{1,20}", fullmatch=True),
    st.integers(1, 99),
    st.integers(1, 40),
    st.sampled_from(["knit", "print", "bond"]),
    st.integers(1, 12),
)
def test_every_code_of_a_part_is_read_back(order, line, unit, step, attempt):
    code = code_of(f"{order}/{line}.{unit}/{step}", attempt)
    assert read(symbol(code)).text == code


def test_the_quiet_zone_is_four_modules_of_white():
    drawn = symbol("4127/1.2/knit")
    edges = seen(drawn)[::PIXELS, ::PIXELS]
    for turn in range(4):
        assert np.rot90(edges, turn)[:QUIET].min() == 255
        assert np.rot90(edges, turn)[QUIET].min() == 0


def test_a_code_that_would_print_too_small_is_not_drawn_on_a_label():
    assert symbol("x" * 150).size_mm == 0


@pytest.fixture(scope="module")
def desk() -> JudgedDesk:
    return bench_desk()


@pytest.fixture
def get(desk):
    return lambda path: call(desk, "GET", path)


def codes(page: str) -> list[str]:
    return re.findall(r'aria-label="code ([^"]+)"', page)


def test_a_batch_has_a_label_for_each_part_and_none_names_the_customer(get, desk):
    job = desk.state.machines["P2"].job_order
    page = get(f"/print/labels/{job}").text
    members = [member.operation for member in desk.state.jobs[job].intended.job.members]
    assert codes(page) == members
    assert page.count('<div class="sd">L</div>') == 4
    tote = desk.state.orders["4128"].tote
    assert f"<span>{tote} <em>to bonding</em></span>" in page
    names = {person.name.split()[0] for person in desk.people.values()}
    assert not any(name in page for name in names)
    assert "RUN MARA RUN" not in page


def test_one_part_of_a_batch_can_be_printed_alone(get, desk):
    job = desk.state.machines["P2"].job_order
    assert codes(get(f"/print/labels/{job}?part=4129/1.2/print").text) == ["4129/1.2/print"]
    assert "data-now" in get(f"/print/labels/{job}?now=1").text
    assert "data-now" not in get(f"/print/labels/{job}").text


def test_a_remade_part_says_so_and_carries_its_attempt(get):
    page = get("/print/label/4127/1.2/print").text
    assert codes(page) == ["4127/1.2/print/2"]
    assert "<em>2nd midsole</em>" in page


def test_an_order_has_a_label_for_all_that_gets_one(get):
    page = get("/print/labels/order/4127").text
    assert codes(page) == [
        "4127/1.1/knit",
        "4127/1.2/knit",
        "4127/1.1/print/2",
        "4127/1.2/print/2",
        "4127/1.1-2/mix",
        "4127/1.1-2/bond",
    ]
    assert '<div class="sd word">Pair</div>' in page


def test_a_tote_card_says_whose_it_is_and_when_it_leaves(get, desk):
    tote = desk.state.orders["4127"].tote
    page = get(f"/print/tote/{tote}").text
    assert codes(page) == [tote]
    assert "Order <em>4127</em>, 1 pair" in page
    assert "13:30 Nord Parcel" in page
    assert "empty" in get("/print/tote/T-900").text
    carried = codes(get("/print/totes").text)
    assert carried == sorted(desk.state.totes, key=lambda name: int(name[2:]))


def test_the_dispatch_list_begins_with_what_is_at_hand(get, desk):
    page = get("/print/dispatch/B2").text
    assert "B2 bonding, what to do next" in page
    assert "Tue 24 Nov, plan 38, printed 11:42:08" in page
    assert "page 1 of 1" in page
    assert '<td class="n">now</td><td class="o">4126</td>' in page
    assert "Kofi B., size 42" in page
    assert "Boateng" not in page
    assert codes(page)[0] == "4126/1.1-2/bond"
    assert "cannot be undone after bonding" in page


def test_a_row_that_needs_what_is_in_doubt_says_ask_first(get, desk):
    page = get("/print/dispatch").text
    assert '<td class="n">ask first</td>' in page
    assert "14 of 14" in page
    assert len(re.findall(r'<section class="a4"', page)) == 14


@pytest.mark.parametrize(
    "path",
    [
        "/print/dispatch/Z9",
        "/print/labels/ffff",
        "/print/labels/order/9999",
        "/print/label/nothing",
        "/print/tote/X-1",
    ],
)
def test_what_is_not_there_is_not_found(get, path):
    assert get(path).status_code == 404

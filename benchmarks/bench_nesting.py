"""Random parts on plates: as boxes, cell by cell, and as plans ask; writes docs/benchmarks/nesting.md.

Run: python benchmarks/bench_nesting.py [number of seeds]. With LOTWRIGHT_DATA, also on published footprints.
"""

import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import mean, median
from time import process_time
from typing import NamedTuple, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from footprints import part  # noqa: E402

from scheduler.nesting.boxes import Boxes, as_boxes  # noqa: E402
from scheduler.nesting.laid import Laid  # noqa: E402
from scheduler.nesting.lay import CELLS, is_proven_too_much, lay, rank  # noqa: E402
from scheduler.nesting.overlap import flaws  # noqa: E402
from scheduler.nesting.raster import Board, cell_of, cells_of, with_part  # noqa: E402
from scheduler.nesting.turned import grown_area, turns  # noqa: E402
from scheduler.shape import Plate, Shape  # noqa: E402

PLATE = Plate(width_um=300_000, depth_um=300_000, gap_um=2_000)
SIZES = (25, 50, 100)
SETS = 200
MOST = 100
"""Parts of the longest published lists that are laid."""
PYTHON = platform.python_version()
PAGE = ROOT / "docs" / "benchmarks" / "nesting.md"

Laying: TypeAlias = list[tuple[list[Shape], Sequence[Laid]]]
"""Plates: the parts on each, and where they lie."""


class Figure(NamedTuple):
    """What one way makes of one list of parts."""

    plates: int
    ms: float
    first_fill: float
    """Per cent of the first plate that parts cover."""


def as_plain_boxes(parts: Sequence[Shape]) -> Laying:
    """Put each part on the first plate that has room for its least box."""
    plates: list[tuple[Boxes, list[Shape]]] = []
    for each in parts:
        for boxes, held in plates:
            if boxes.add(len(held), each):
                held.append(each)
                break
        else:
            fresh = Boxes(PLATE)
            assert fresh.add(0, each)
            plates.append((fresh, [each]))
    return [(held, boxes.laid) for boxes, held in plates]


def cell_by_cell(parts: Sequence[Shape]) -> Laying:
    """Put each part on the first plate that has room for its outline."""
    plates: list[tuple[Board, list[Shape]]] = []
    for each in parts:
        for n, (board, held) in enumerate(plates):
            fuller = with_part(board, len(held), each)
            if fuller is not None:
                plates[n] = (fuller, [*held, each])
                break
        else:
            fresh = with_part(Board(PLATE, cell_of(PLATE, CELLS)), 0, each)
            assert fresh is not None
            plates.append((fresh, [each]))
    return [(held, board.laid) for board, held in plates]


def as_plans_ask(parts: Sequence[Shape]) -> Laying:
    """Put each part on the first plate that can be laid anew with it."""
    plates: Laying = []
    for each in parts:
        for n, (held, _) in enumerate(plates):
            places = lay(PLATE, [*held, each])
            if places is not None:
                plates[n] = ([*held, each], places)
                break
        else:
            places = lay(PLATE, [each])
            assert places is not None
            plates.append(([each], places))
    return plates


WAYS: tuple[tuple[str, Callable[[Sequence[Shape]], Laying]], ...] = (
    ("boxes", as_plain_boxes),
    ("cells", cell_by_cell),
    ("laid anew", as_plans_ask),
)


def figures(parts: Sequence[Shape]) -> Iterator[tuple[str, Figure]]:
    """Lay parts in each way, the largest first, and judge what comes of it."""
    ordered = sorted(parts, key=rank)
    for each in ordered:
        cells_of(each, PLATE, cell_of(PLATE, CELLS), straight=False)
    for name, way in WAYS:
        begun_s = process_time()
        plates = way(ordered)
        ms = 1000 * (process_time() - begun_s)
        for held, places in plates:
            assert not list(flaws(PLATE, held, places)), "What overlaps counts for nothing."
        assert sum(len(held) for held, _ in plates) == len(parts)
        covered = sum(each.doubled_um2 / 2 for each in plates[0][0])
        yield name, Figure(len(plates), ms, 100 * covered / (PLATE.width_um * PLATE.depth_um))


def fewest(parts: Sequence[Shape]) -> int:
    """Return how many plates the areas need at the least."""
    room = (PLATE.width_um + PLATE.gap_um) * (PLATE.depth_um + PLATE.gap_um)
    return int(-(-sum(grown_area(each, PLATE.gap_um) for each in parts) // room))


def row_of(name: str, found: Sequence[tuple[int, dict[str, Figure]]]) -> str:
    """Say the means over some lists of parts."""
    cells = [name, str(len(found)), f"{mean(least for least, _ in found):.2f}"]
    for way, _ in WAYS:
        own = [each[way] for _, each in found]
        cells += [
            f"{mean(one.plates for one in own):.2f}",
            f"{median(one.ms for one in own):.1f}",
            f"{mean(one.first_fill for one in own):.0f}",
        ]
    return f"| {' | '.join(cells)} |"


def sets_by_fill(seeds: int) -> Iterator[str]:
    """Ask about sets of parts of which the areas alone would fit, by how full they are."""
    chance = Random(seeds)
    bands: dict[int, list[tuple[bool, bool, float]]] = {}
    for _ in range(SETS):
        target = chance.uniform(0.35, 0.75) * PLATE.width_um * PLATE.depth_um
        held: list[Shape] = []
        while sum(each.outer_um2 for each in held) < target:
            held.append(part(chance))
        for each in held:
            cells_of(each, PLATE, cell_of(PLATE, CELLS), straight=False)
        if is_proven_too_much(PLATE, held):
            continue
        boxes = as_boxes(PLATE, sorted(held, key=rank)) is not None
        begun_s = process_time()
        laid = lay(PLATE, held) is not None
        share = sum(each.outer_um2 for each in held) / (PLATE.width_um * PLATE.depth_um)
        band = int(share * 20) * 5
        bands.setdefault(band, []).append((boxes, laid, 1000 * (process_time() - begun_s)))
    for band, row in sorted(bands.items()):
        yield (
            f"| {band} to {band + 5} | {len(row)} | {sum(a for a, _, _ in row)} | "
            f"{sum(b for _, b, _ in row)} | {median(ms for _, _, ms in row):.1f} | "
            f"{max(ms for _, _, ms in row):.0f} |"
        )


def published(folder: Path) -> Iterator[tuple[str, list[Shape]]]:
    """Read footprints of real parts: the outline and holes of each, and which parts each list has."""
    lines = (folder / "part machine data" / "projection.txt").read_text().split("\n")
    rows = [line.split() for line in lines if line.strip()]
    shapes: list[Shape] = []
    for xs, ys in zip(rows[::2], rows[1::2], strict=True):
        rings: list[list[tuple[int, int]]] = [[]]
        for x, y in zip(xs, ys, strict=True):
            if x == "NaN":
                rings.append([])
            else:
                rings[-1].append((round(float(x) * 1000), round(float(y) * 1000)))
        shapes.append(Shape(tuple(tuple(dict.fromkeys(ring)) for ring in rings if ring)))
    for file in sorted((folder / "Instances").glob("*.txt")):
        yield file.stem, [shapes[int(n)] for n in file.read_text().split() if int(n) < len(shapes)]


def lists(seeds: int) -> Iterator[str]:
    """Yield the table's rows, random parts first."""
    for size in SIZES:
        found = []
        for seed in range(seeds):
            chance = Random(1000 * size + seed)
            parts = [part(chance) for _ in range(size)]
            found.append((fewest(parts), dict(figures(parts))))
        yield row_of(f"{size} random parts", found)
    data = os.environ.get("LOTWRIGHT_DATA", "")
    if data:
        by_size: dict[str, list[tuple[int, dict[str, Figure]]]] = {}
        for name, parts in published(Path(data) / "additive" / "am_luzedi"):
            if len(parts) > MOST:
                continue
            fitting = [each for each in parts if turns(each, PLATE)]
            found_now = (fewest(fitting), dict(figures(fitting)))
            by_size.setdefault(name.split("M")[0], []).append(found_now)
            if name in {"P25M2-0", "P50M2-0"}:
                yield row_of(f"published {name}", [found_now])
        for name in sorted(by_size, key=lambda each: int(each[1:])):
            yield row_of(f"published {name}", by_size[name])


def main(seeds: int) -> None:
    """Write the page."""
    head = "".join(f" {way}: plates | ms | first % |" for way, _ in WAYS)
    page = [
        "# Parts on plates",
        "",
        f"Written by `benchmarks/bench_nesting.py {seeds}` ({platform.machine()}, Python {PYTHON};",
        "CPU milliseconds, median, with parts turned and rastered before, 10 to 20 ms each). Plate 300 x 300",
        "mm, gap 2 mm, parts the largest first; every plate is checked by exact geometry. Random parts: see",
        "`benchmarks/footprints.py`. Published: footprints of real parts (AM-Production-Planning-Instances);",
        "parts larger than the plate are left out.",
        "",
        "- boxes: largest free rectangles, each part on the first plate with room;",
        "- cells: each part in up to twelve turns, as low as it goes, on the first plate with room;",
        "- laid anew: each part on the first plate that `lay`, which plans ask, can lay anew with it;",
        "- least: no arrangement needs fewer plates, by area and gap; first %: the first plate, covered.",
        "",
        f"| parts | lists | least |{head}",
        f"|{'---|' * (3 + 3 * len(WAYS))}",
        *lists(seeds),
        "",
        "## One plate",
        "",
        f"{SETS} random sets whose areas alone would fit, by the share of the plate within their outlines.",
        "A set that is not laid may still fit: nobody knows.",
        "",
        "| % within outlines | sets | as boxes | laid | ms | longest |",
        "|---|---|---|---|---|---|",
        *sets_by_fill(seeds),
    ]
    PAGE.write_text("\n".join(page) + "\n", "utf-8")
    print("\n".join(page))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)

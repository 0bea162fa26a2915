"""The picture as columnar JSON: a name once, numbers in rows, everything shared by reference."""

import gzip
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from controller.web.board.bodies import Json
from controller.web.board.picture import Bar, Kind, Picture

KINDS = tuple(Kind)
T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class _Table(Generic[T]):
    """Each value once, referred to by its number."""

    numbers: dict[T, int] = field(default_factory=dict[T, int])

    def number(self, value: T) -> int:
        return self.numbers.setdefault(value, len(self.numbers))


@dataclass(frozen=True, slots=True)
class _Tables:
    machines: dict[str, int]
    orders: _Table[str] = field(default_factory=_Table[str])
    labels: _Table[tuple[str, ...]] = field(default_factory=_Table[tuple[str, ...]])
    families: _Table[str] = field(default_factory=_Table[str])
    swatches: _Table[tuple[str, str]] = field(default_factory=_Table[tuple[str, str]])
    fits: _Table[tuple[tuple[str, int], ...]] = field(
        default_factory=_Table[tuple[tuple[str, int], ...]]
    )


def write(picture: Picture, origin_utc: str, timezone: str, clock: int) -> bytes:
    """Write a picture as JSON; meant for a thread, so each column is a short step of its own."""
    machines = [name for _, names in picture.cells for name in names]
    tables = _Tables({name: number for number, name in enumerate(machines)})
    for name in picture.orders:
        tables.orders.number(name)
    bars = _bars(picture.bars, tables, picture.pinned)
    index = {bar.key: number for number, bar in enumerate(picture.bars)}
    beside = {name: number for number, bar in enumerate(picture.bars) for name in bar.operations}
    others: list[Json] = [
        {
            "number": other.number,
            "gone": [index[key] for key in other.gone if key in index],
            "bars": _bars(other.bars, tables, picture.pinned, beside),
        }
        for other in picture.others
    ]
    said: dict[str, Json] = {
        "seq": picture.seq,
        "plan": picture.plan,
        "published_s": picture.published_s,
        "now_s": picture.now_s,
        "speed": clock,
        "begin_s": picture.begin_s,
        "end_s": picture.end_s,
        "origin_utc": origin_utc,
        "timezone": timezone,
        "kinds": [kind.value for kind in KINDS],
        "cells": [
            {"label": label, "count": len(names), "open": [list(pair) for pair in open_when]}
            for (label, names), open_when in zip(picture.cells, picture.open_when, strict=True)
        ],
        "machines": {
            "id": list[Json](machines),
            "load": [picture.load.get(name, 0) for name in machines],
            "told_s": [picture.told.get(name, 0) for name in machines],
        },
        "bars": bars,
        "ghost": _ghost(picture, tables),
        "closed": _closed(picture, tables),
        "cuts": [
            {"at_s": c.at_s, "carrier": c.carrier, "due": c.due, "risk": c.risk, "late": c.late}
            for c in picture.cuts
        ],
        "others": others,
    }
    said["orders"] = _orders(picture, tables)
    said["labels"] = [list[Json](each) for each in tables.labels.numbers]
    said["families"] = list(tables.families.numbers)
    said["swatches"] = [list[Json](each) for each in tables.swatches.numbers]
    said["fits"] = [
        [[tables.machines[name], takes_s] for name, takes_s in each] for each in tables.fits.numbers
    ]
    return _dumped(said)


def zipped(content: bytes) -> bytes:
    """Compress for the wire; equal content, equal bytes."""
    return gzip.compress(content, compresslevel=5, mtime=0)


def _dumped(said: dict[str, Json]) -> bytes:
    """Write column by column, because one long call would keep every other thread waiting."""
    parts: list[str] = []
    for name, value in said.items():
        if name == "bars" and isinstance(value, dict):
            inner = ",".join(f'"{column}":{_dump(rows)}' for column, rows in value.items())
            parts.append(f'"bars":{{{inner}}}')
        else:
            parts.append(f'"{name}":{_dump(value)}')
    return ("{" + ",".join(parts) + "}").encode()


def _dump(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _bars(
    bars: Sequence[Bar],
    tables: _Tables,
    pinned: frozenset[str],
    beside: Mapping[str, int] | None = None,
) -> dict[str, Json]:
    """Write bars. What they wait for is named by its row here, or as -1 - row in the plan `beside`."""
    at = {name: -1 - number for name, number in (beside or {}).items()}
    at |= {name: number for number, bar in enumerate(bars) for name in bar.operations}

    def column(value: Callable[[Bar], Json]) -> list[Json]:
        return [value(bar) for bar in bars]

    def swatch(bar: Bar) -> int:
        shown = bar.info.swatch
        return -1 if shown is None else tables.swatches.number((shown.colour, shown.name))

    def after(bar: Bar) -> Json:
        found: Iterable[int] = dict.fromkeys(at[name] for name in bar.info.needs if name in at)
        return list[Json](found)

    return {
        "key": column(lambda bar: bar.key),
        "machine": column(lambda bar: tables.machines[bar.machine]),
        "setup_s": column(lambda bar: bar.setup_s),
        "start_s": column(lambda bar: bar.start_s),
        "end_s": column(lambda bar: bar.end_s),
        "kind": column(lambda bar: KINDS.index(bar.kind)),
        "label": column(lambda bar: tables.labels.number(bar.info.labels)),
        "family": column(lambda bar: tables.families.number(bar.family)),
        "swatch": column(swatch),
        "orders": column(lambda bar: [tables.orders.number(name) for name in bar.info.orders]),
        "fits": column(lambda bar: tables.fits.number(bar.info.fits)),
        "after": column(after),
        "pinned": column(lambda bar: int(not pinned.isdisjoint(bar.operations))),
        # Only what is still planned can be moved, and is named operation by operation.
        "operations": column(
            lambda bar: list[Json](bar.operations) if bar.kind is Kind.PLAN else []
        ),
    }


def _ghost(picture: Picture, tables: _Tables) -> dict[str, Json]:
    return {
        "machine": [tables.machines[slot.machine] for slot in picture.ghost],
        "start_s": [slot.start_s for slot in picture.ghost],
        "end_s": [slot.end_s for slot in picture.ghost],
    }


def _closed(picture: Picture, tables: _Tables) -> list[Json]:
    return [
        {
            "machine": tables.machines[each.machine],
            "begin_s": each.begin_s,
            "end_s": each.end_s,
            "kind": each.kind,
            "says": each.says,
        }
        for each in picture.closed
        if each.machine in tables.machines
    ]


def _orders(picture: Picture, tables: _Tables) -> dict[str, Json]:
    """Orders that are gone are named only: their bars are still in the past."""
    names = list(tables.orders.numbers)
    marks = [picture.orders.get(name) for name in names]
    return {
        "id": list[Json](names),
        "due_s": [None if mark is None else mark.due_s for mark in marks],
        "end_s": [None if mark is None else mark.end_s for mark in marks],
        "stand": ["gone" if mark is None else mark.stand for mark in marks],
        "carrier": ["" if mark is None else mark.carrier for mark in marks],
        "customer": ["" if mark is None else mark.customer for mark in marks],
    }

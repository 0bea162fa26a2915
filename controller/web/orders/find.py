"""Where something is that a person names: an order, a tote, a machine, a part by its code, a page."""

import asyncio
from dataclasses import dataclass
from urllib.parse import quote

from controller.identity import codes
from controller.identity.parts import part_name, part_now
from controller.state import State
from controller.web.orders.book import Book
from controller.web.orders.rows import Row
from controller.web.permit import Permission, Visitor

MOST = 12
"""What a list shows at once; typing more makes it shorter."""
_SLICE = 250
"""Orders that are looked through before others get their turn."""

_PAGES = (
    ("Floor", "/floor", "floor", "machines now, what waits for a person", Permission.SEE),
    ("Orders", "/orders", "orders", "open orders, the least slack first", Permission.SEE),
    ("Plan", "/plan", "board", "the board, proposals", Permission.SEE),
    ("In doubt", "/doubts", "doubts", "what a person has to decide", Permission.SEE),
    ("Alarms", "/alarms", "alarms", "", Permission.SEE),
    ("Stock", "/stock", "stock", "materials, lots, receipts", Permission.SEE),
    ("Closing", "/closing", "figures", "the day in figures", Permission.SEE),
    ("Import orders", "/orders/import", "into", "from a file", Permission.PLAN),
    (
        "Refused rows",
        "/orders/refused",
        "fail",
        "rows of files that were not taken",
        Permission.SEE,
    ),
    ("Undelivered messages", "/undelivered", "stale", "to other systems", Permission.SEE),
    ("Dispatch lists", "/dispatch", "print", "on paper", Permission.SEE),
    ("Tote cards", "/totes", "print", "on paper", Permission.SEE),
    ("Andon", "/andon", "floor", "for the wall", Permission.SEE),
    ("Users and tokens", "/users", "ask", "", Permission.ADMIN),
    ("My account", "/account", "ask", "", Permission.SEE),
)
_SIGNED_IN = {"/users", "/account"}
"""Pages that are there only where people sign in."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found."""

    kind: str
    """`order`, `left`, `tote`, `machine`, `station`, `part` or `page`."""
    says: str
    more: str
    href: str
    icon: str


def reads_names(who: Visitor) -> bool:
    """Tell whether somebody may find a customer by name: those who work with orders or at machines,
    not a viewer, and not a shared station where nobody has shown a badge."""
    works = {Permission.OPERATE, Permission.PLAN} & who.permissions
    return bool(works) and not who.asks_badge


async def find(book: Book, q: str, who: Visitor) -> tuple[list[Hit], int]:
    """Return what is meant, the nearest first, and how many there are."""
    words = q.casefold().split()
    if not words:
        shown = [hit for _, hit in _pages(words, who)]
        return shown, len(shown)
    state = book.site.desk.state
    found = [*_coded(state, q), *_machines(state, words), *_pages(words, who)]
    found += await _orders(book, words, names=reads_names(who))
    # A sort keeps the order of equals: the places in a list are as steady as what it is made of.
    found.sort(key=lambda each: each[0])
    once = list(dict.fromkeys(hit for _, hit in found))
    return once[:MOST], len(once)


def _near(name: str, words: list[str]) -> int | None:
    """Return how near a name is to what was typed: 0 it is that, 1 begins so, 2 has it; None not."""
    name, typed = name.casefold(), " ".join(words)
    if name == typed:
        return 0
    if name.startswith(typed):
        return 1
    return 2 if all(word in name for word in words) else None


def _pages(words: list[str], who: Visitor) -> list[tuple[int, Hit]]:
    found: list[tuple[int, Hit]] = []
    for name, href, icon, more, needed in _PAGES:
        near = _near(name, words)
        if near is None or needed not in who.permissions or (href in _SIGNED_IN and not who.role):
            continue
        found.append((near * 10, Hit("page", name, more, href, icon)))
    return found


def _machines(state: State, words: list[str]) -> list[tuple[int, Hit]]:
    found: list[tuple[int, Hit]] = []
    for machine in state.plant.machines.values():
        label = state.plant.groups[machine.group].label or machine.group
        near = _near(machine.id, words)
        if near is None:
            near = None if _near(f"{machine.id} {label}", words) is None else 3
        if near is not None:
            hit = Hit("machine", machine.id, label, f"/floor#{quote(machine.id)}", "floor")
            found.append((near * 10 + 1, hit))
            href = f"/station/{quote(machine.id, safe='')}"
            found.append(
                (near * 10 + 3, Hit("station", f"Station {machine.id}", label, href, "scan"))
            )
    return found


def _coded(state: State, q: str) -> list[tuple[int, Hit]]:
    """Find what a label or a tote's card says, and what names a unit: `4127/1.2`."""
    match codes.read_code(state, q):
        case codes.PartCode(operation=operation, attempt=attempt):
            return [(0, _part(state, operation, attempt))]
        case codes.LeftCode(order=order) if "/" not in q:
            href = f"/orders/{quote(order, safe='')}"
            return [(1, Hit("left", f"Order {order}", "no longer open", href, "packed"))]
        case codes.ToteCode(tote=tote):
            held = state.totes.get(tote, "")
            more = f"order {held}" if held else "empty"
            href = f"/orders/{quote(held, safe='')}" if held else f"/tote/{tote}"
            return [(0, Hit("tote", tote, more, href, "orders"))]
        case _:
            return _unit(state, q.strip())


def _unit(state: State, subject: str) -> list[tuple[int, Hit]]:
    opened = state.orders.get(subject.partition("/")[0])
    if opened is None or "/" not in subject:
        return []
    operations = opened.routing.operations
    mine = [name for name, each in operations.items() if each.subject == subject]
    mine = mine or [name for name in operations if name.startswith(subject)]
    return [(1, _part(state, name, None)) for name in mine]


def _part(state: State, operation: str, attempt: int | None) -> Hit:
    order = operation.partition("/")[0]
    where = part_now(state, operation, attempt).where
    name = part_name(state, operation)
    href = f"/orders/{quote(order, safe='')}#genealogy"
    return Hit("part", f"{name[:1].upper()}{name[1:]}", where, href, "scan")


async def _orders(book: Book, words: list[str], *, names: bool) -> list[tuple[int, Hit]]:
    found: list[tuple[int, Hit]] = []
    for number, row in enumerate(await book.rows(), start=1):
        near = _near(row.id, words)
        if near is None:
            who = f"{row.customer} " if names else ""
            text = f"{row.id} {who}{row.tote} {row.made_plain}".casefold()
            near = 4 if all(word in text for word in words) else None
        if near is not None:
            found.append((near * 10 + 2, _order(row, names=names)))
        if number % _SLICE == 0:
            await asyncio.sleep(0)
    return found


def _order(row: Row, *, names: bool) -> Hit:
    said = [row.customer if names else "", row.made_plain, row.said.lower()]
    href = f"/orders/{quote(row.id, safe='')}"
    return Hit("order", f"Order {row.id}", ", ".join(filter(None, said)), href, row.icon)

"""The closing card for the terminal: the same figures as its page, in the same order."""

from collections.abc import Iterator

from controller.insights.card import ClosingCard
from controller.insights.day import Batches, Day, counted, plural
from controller.names import duration

WIDTH = 96
_LABEL = 34
_COLUMNS = (22, 22, 27, 24)
_CURVE_MARKS = 8


def render_text(card: ClosingCard) -> str:
    """Lay the card out in plain text, at most 100 columns wide."""
    blocks = (
        _head(card),
        _shipped(card),
        _curve(card),
        _made(card),
        _effort(card),
        _variety(card),
        _versus(card),
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, blocks) if lines) + "\n"


def _head(card: ClosingCard) -> Iterator[str]:
    closed = (
        "day open" if card.closed_s is None else f"day closed {card.time_of_day(card.closed_s)}"
    )
    yield _ends(card.plant, closed)
    chain = {True: "chain verified", False: "chain broken", None: "chain not checked"}[
        card.verified
    ]
    yield _ends(card.date, f"journal {card.events:,} events, {chain}")


def _shipped(card: ClosingCard) -> Iterator[str]:
    whole = card.shipped and card.shipped == card.day.on_time == card.day.due
    when = "all on time" if whole else f"{card.day.on_time} on time"
    yield f"{card.shipped} / {card.day.due} orders due were shipped, {when}."
    yield from _wrapped(card.sentence)
    if card.refused_rows:
        yield f"{counted(card.refused_rows, 'row')} of the order files refused."
    if card.cancelled.count:
        currency = card.money.currency if card.money else "EUR"
        sunk = _money(card.cancelled.sunk_cents, currency)
        yield f"{counted(card.cancelled.count, 'order')} cancelled, {sunk} sunk."


def _curve(card: ClosingCard) -> Iterator[str]:
    for departure in card.departures:
        at = card.time_of_day(departure.at_s)
        yield _line(f"{at} {departure.carrier}", f"{departure.on_time} of {departure.due} in time")
    points = card.day.packed
    if not points:
        return
    begin_s, end_s = 0, max(points[-1][0], *(d.at_s for d in card.departures), 1)
    marks = [begin_s + (end_s - begin_s) * n // _CURVE_MARKS for n in range(1, _CURVE_MARKS + 1)]
    yield "".join([f"{'':<12}", *(f"{card.time_of_day(at_s):>8}" for at_s in marks)])
    yield "".join([f"{'packed':<12}", *(f"{_by(card.day, at_s):>8}" for at_s in marks)])
    if card.first_come is not None:
        first = card.first_come
        yield "".join([f"{'first come':<12}", *(f"{_by(first, at_s):>8}" for at_s in marks)])


def _made(card: ClosingCard) -> Iterator[str]:
    yield "What was made"
    if card.made is None:
        yield "  not counted: no as-made ledger was given"
        return
    yield _line("Units needed", str(card.made.needed))
    yield _line("Made good", str(card.made.good))
    yield _line("Scrapped", str(card.made.scrapped))
    yield _line("Made twice", str(card.made.twice))
    yield "  counted in the machines' own ledger, not in the journal"


def _effort(card: ClosingCard) -> Iterator[str]:
    yield "Batches and changeovers"
    for batches in card.day.batches:
        yield _line(f"{plural(batches.noun).capitalize()}, average fill", _fill(batches))
    spent = card.day.changeovers
    currency = card.money.currency if card.money else "EUR"
    took = f"{spent.count}, {duration(spent.takes_s)}, {_money(spent.cents, currency)}"
    yield _line("Changeovers", took)
    yield _line("Cleaning in them", duration(spent.cleaning_s))
    yield _line("Repairs of the plan", str(card.repairs.count))
    yield _line("Longest repair", f"{card.repairs.longest_ms / 1000:.1f} s")


def _variety(card: ClosingCard) -> Iterator[str]:
    if card.variety is None or card.money is None:
        return
    yield "Price of variety"
    orders = counted(card.day.due, "order")
    yield _line(f"{orders}, all different", duration(card.variety.different_s))
    yield _line(f"the same {plural(card.noun)}, all alike", duration(card.variety.alike_s))
    yield _line("Variety costs", f"{card.variety.permille / 10:.1f} %")
    yield "  planned machine and hand hours, both planned by the same engine"
    yield ""
    yield f"Per {card.noun}, at the plant's rates"
    money = card.money
    yield _line("Premium paid", _money(money.premium_cents, money.currency))
    yield _line("Extra cost", _money(money.extra_cents, money.currency))
    yield _line("Margin gained", _money(money.margin_cents, money.currency))
    yield from (f"  {line}" for line in _wrapped(f"rates: {money.source}"))


def _versus(card: ClosingCard) -> Iterator[str]:
    if card.first_come is None:
        return
    ours, theirs = card.day, card.first_come
    yield _row("The same orders", "Lotwright", "First come first served", "Difference")
    yield _row(
        "Orders on time",
        f"{ours.on_time} of {ours.due}",
        f"{theirs.on_time} of {theirs.due}",
        _more(ours.on_time - theirs.on_time, "more", "fewer"),
    )
    yield _row("Last order packed", _last(card, ours), _last(card, theirs), _earlier(ours, theirs))
    for mine, other in zip(ours.batches, theirs.batches, strict=True):
        saved = _more(other.count - mine.count, "saved", "more needed")
        yield _row(plural(mine.noun).capitalize(), _fill(mine), _fill(other), saved)
    spent, theirs_spent = ours.changeovers, theirs.changeovers
    yield _row(
        "Changeovers",
        f"{spent.count}, {duration(spent.takes_s)}",
        f"{theirs_spent.count}, {duration(theirs_spent.takes_s)}",
        _less(theirs_spent.takes_s - spent.takes_s),
    )
    yield _row(
        "Cleaning",
        duration(spent.cleaning_s),
        duration(theirs_spent.cleaning_s),
        _less(theirs_spent.cleaning_s - spent.cleaning_s),
    )


def _money(cents: int, currency: str) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{currency} {whole:,}.{rest:02d}"


def _ends(left: str, right: str) -> str:
    return f"{left}{right:>{max(1, WIDTH - len(left))}}"


def _line(label: str, value: str) -> str:
    return f"  {label:<{_LABEL}}{value}"


def _row(*cells: str) -> str:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, _COLUMNS, strict=True))
    return "".join(padded).rstrip()


def _wrapped(sentence: str) -> Iterator[str]:
    line = ""
    for word in sentence.split():
        if line and len(line) + 1 + len(word) > WIDTH - 2:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


def _by(day: Day, at_s: int) -> int:
    return max((count for second, count in day.packed if second <= at_s), default=0)


def _fill(batches: Batches) -> str:
    return f"{batches.count}, {batches.fill_percent} % full"


def _last(card: ClosingCard, day: Day) -> str:
    return "not all packed" if day.last_packed_s is None else card.moment(day.last_packed_s)


def _earlier(ours: Day, theirs: Day) -> str:
    if ours.last_packed_s is None or theirs.last_packed_s is None:
        return ""
    gained_s = theirs.last_packed_s - ours.last_packed_s
    return (
        "same"
        if not gained_s
        else f"{duration(abs(gained_s))} {'earlier' if gained_s > 0 else 'later'}"
    )


def _more(difference: int, positive: str, negative: str) -> str:
    return (
        "same"
        if not difference
        else f"{abs(difference)} {positive if difference > 0 else negative}"
    )


def _less(saved_s: int) -> str:
    return (
        "same" if not saved_s else f"{duration(abs(saved_s))} {'less' if saved_s > 0 else 'more'}"
    )

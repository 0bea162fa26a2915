"""The closing card as rows of words, in the order in which the terminal prints the same figures."""

from controller.insights import ClosingCard
from controller.names import duration
from controller.web.naming import counted

Row = tuple[str, str]
Versus = tuple[str, str, str, str]


def plural(noun: str) -> str:
    """Return a noun for several."""
    return counted(2, noun).removeprefix("2 ")


def cancelled_line(card: ClosingCard) -> str:
    """Say how many orders were taken back and what they had cost; empty when none was."""
    if not card.cancelled.count:
        return ""
    orders = counted(card.cancelled.count, "order")
    return f"{orders} cancelled, {money(card, card.cancelled.sunk_cents)} sunk."


def made_rows(card: ClosingCard) -> list[Row]:
    """Say what was made, by the machines' own ledger."""
    if card.made is None:
        return []
    return [
        ("Units needed", f"{card.made.needed:,}"),
        ("Made good", f"{card.made.good:,}"),
        ("Scrapped, made again", f"{card.made.scrapped:,}"),
        ("Made twice", f"{card.made.twice:,}"),
    ]


def effort_rows(card: ClosingCard) -> list[Row]:
    """Say what the day took in batches, changeovers and repairs."""
    batches = [
        (f"{plural(each.noun).capitalize()}, average fill", f"{each.count}, {each.fill_percent} %")
        for each in card.day.batches
    ]
    return [
        *batches,
        ("Changeovers", f"{card.day.changeovers.count}"),
        ("Repairs of the plan", f"{card.repairs.count}"),
        ("Longest repair", f"{card.repairs.longest_ms / 1000:.1f} s"),
    ]


def variety_rows(card: ClosingCard) -> list[Row]:
    """Say what variety takes in planned hours."""
    if card.variety is None:
        return []
    return [
        (f"{counted(card.day.due, 'order')}, all different", duration(card.variety.different_s)),
        (f"the same {plural(card.noun)}, all alike", duration(card.variety.alike_s)),
        ("Variety costs", f"{card.variety.permille / 10:.1f} %"),
    ]


def money_rows(card: ClosingCard) -> list[Row]:
    """Say what one piece brings and costs."""
    if card.money is None:
        return []
    return [
        ("Premium paid", money(card, card.money.premium_cents)),
        ("Extra cost", money(card, card.money.extra_cents)),
        ("Margin gained", money(card, card.money.margin_cents)),
    ]


def money(card: ClosingCard, cents: int) -> str:
    """Show money with two decimals, always."""
    currency = card.money.currency if card.money else "EUR"
    sign = "\N{MINUS SIGN}" if cents < 0 else ""
    return f"{sign}{currency} {abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def versus_rows(card: ClosingCard) -> list[Versus]:
    """Set the day against the same orders under first come, first served."""
    if card.first_come is None:
        return []
    ours, theirs = card.day, card.first_come
    rows = [
        (
            "Orders on time",
            f"{ours.on_time} of {ours.due}",
            f"{theirs.on_time} of {theirs.due}",
            _difference(ours.on_time - theirs.on_time, "order", "more", "fewer"),
        ),
        (
            "Last order packed",
            _last(card, ours.last_packed_s),
            _last(card, theirs.last_packed_s),
            "",
        ),
    ]
    if ours.last_packed_s is not None and theirs.last_packed_s is not None:
        gained_s = theirs.last_packed_s - ours.last_packed_s
        said = (
            f"{duration(abs(gained_s))} {'earlier' if gained_s > 0 else 'later'}"
            if gained_s
            else "same"
        )
        rows[1] = (*rows[1][:3], said)
    for mine, other in zip(ours.batches, theirs.batches, strict=False):
        saved = _difference(other.count - mine.count, mine.noun, "saved", "more needed")
        hours = other.machine_s - mine.machine_s
        if hours > 0 and other.count > mine.count:
            saved += f" and {duration(hours)} of machine time"
        rows.append(
            (
                plural(mine.noun).capitalize(),
                f"{mine.count}, {mine.fill_percent} % full",
                f"{other.count}, {other.fill_percent} % full",
                saved,
            )
        )
    before, after = theirs.changeovers, ours.changeovers
    rows.append(
        (
            "Changeovers",
            f"{after.count}, {duration(after.takes_s)}",
            f"{before.count}, {duration(before.takes_s)}",
            _less(before.takes_s - after.takes_s, "of machine time"),
        )
    )
    rows.append(
        (
            "Cleaning",
            duration(after.cleaning_s),
            duration(before.cleaning_s),
            _less(before.cleaning_s - after.cleaning_s, ""),
        )
    )
    return rows


def _last(card: ClosingCard, at_s: int | None) -> str:
    return "not all packed" if at_s is None else card.moment(at_s)


def _difference(count: int, noun: str, positive: str, negative: str) -> str:
    return (
        "same"
        if not count
        else f"{counted(abs(count), noun)} {positive if count > 0 else negative}"
    )


def _less(saved_s: int, of: str) -> str:
    if not saved_s:
        return "same"
    return f"{duration(abs(saved_s))} {of} {'less' if saved_s > 0 else 'more'}".replace("  ", " ")

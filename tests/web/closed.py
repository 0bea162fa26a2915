"""The closing card of a good day, as the mock shows it."""

from shoes import EVENING_S, NOON_S, ORIGIN, at

from controller.insights import ClosingCard, Made
from controller.insights.card import Departure, Money, Repairs, Variety
from controller.insights.day import Batches, Changeovers, Day


def a_day(*, on_time: int, last: str, plates: int, filled: int, changes: int, setup_s: int) -> Day:
    step = (at(last) - at("09:10")) // 41
    return Day(
        due=41,
        on_time=on_time,
        packed=tuple((at("09:10") + number * step, number) for number in range(1, 42)),
        last_packed_s=at(last),
        batches=(
            Batches(
                noun="plate",
                count=plates,
                filled=filled,
                offered=plates * 100,
                machine_s=9000 * plates,
            ),
        ),
        changeovers=Changeovers(
            count=changes, takes_s=setup_s, cents=9000, cleaning_s=setup_s // 2
        ),
    )


CARD = ClosingCard(
    plant="Sneaker plant",
    date="Tuesday 24 November 2026",
    origin_utc=ORIGIN.isoformat(),
    timezone="Europe/Vienna",
    closed_s=EVENING_S,
    events=6318,
    verified=True,
    shipped=41,
    sentence="P3 stopped at 09:12 with 6 parts on it; all were made again and no order was late.",
    day=a_day(on_time=41, last="20:38", plates=15, filled=1260, changes=19, setup_s=11_400),
    first_come=a_day(on_time=29, last="23:40", plates=24, filled=1272, changes=63, setup_s=37_440),
    departures=(
        Departure(carrier="Nord Parcel", at_s=NOON_S, due=18, on_time=18),
        Departure(carrier="Night Express", at_s=EVENING_S, due=23, on_time=23),
    ),
    made=Made(needed=84, good=84, scrapped=7, twice=0),
    repairs=Repairs(count=11, longest_ms=600),
    refused_rows=4,
    noun="pair",
    quantity=42,
    variety=Variety(different_s=310_200, alike_s=300_300, permille=33),
    money=Money(
        currency="EUR", premium_cents=3800, extra_cents=1142, source="assumed, see rates.yaml"
    ),
)

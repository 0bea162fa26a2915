"""The small shoe plant with stations that scan, at a desk that judges for real and follows its own rules."""

from dataclasses import dataclass, replace
from datetime import timedelta

from shoes import ORIGIN, PEOPLE, PLANT, READINGS, SHOE, SmallDesk, facts, stamped

from controller.decide import clear_what_clears_itself, pack_finished_orders
from controller.desk import Live, Person
from controller.fold import apply
from controller.identity.rules import assign_totes
from controller.judge import judge
from controller.requests import Refusal, Reply, Request, Taken
from controller.state import State
from controller.transient import Transient
from plant_config.product import Outline

SOLE = (
    "M 0 203 C 0 101 50 66 140 66 C 270 66 360 121 490 99 C 610 78 680 0 800 0 C 920 0 1000 62 1000 156 "
    "C 1000 296 900 390 720 390 C 580 390 500 357 380 343 C 280 332 230 347 140 343 C 50 339 0 304 0 203 Z"
)


def scanning_plant(totes: int = 0):
    """Return the shoe plant whose benches scan, and whose printers draw soles."""
    groups = {
        name: replace(group, scans=True) if name in {"bond", "pack"} else group
        for name, group in PLANT.groups.items()
    }
    outline = Outline(width=1000, height=390, path=SOLE)
    pieces = tuple(replace(piece, outline=outline) for piece in SHOE.pieces)
    shoe = replace(SHOE, pieces=pieces)
    return replace(PLANT, groups=groups, products={"runner": shoe}, totes=totes)


@dataclass
class JudgedDesk(SmallDesk):
    """Asks the real judge, and lets the rules follow that concern a station."""

    async def ask(
        self, request: Request, *, actor: str, station: str = "", key: str = "", expected=None
    ) -> Reply:
        self.asked.append((request, actor))
        utc = ORIGIN + timedelta(seconds=self.at_s)
        judged = judge(self.state, request, now_s=self.at_s, utc=utc)
        if isinstance(judged, Refusal):
            return judged
        for fact in judged.facts:
            self.record(fact, actor)
        self.follow()
        return judged.reply or Taken(seq=self.state.seq, says=judged.says)

    def follow(self) -> None:
        """Record what the rules say until nothing follows."""
        while found := [
            step.event
            for rule in (clear_what_clears_itself, pack_finished_orders, assign_totes)
            for step in rule(self.state, Transient(), self.at_s)
            if step.event is not None
        ]:
            self.record(found[0])


def bench_desk(totes: int = 0) -> JudgedDesk:
    """Return a fresh desk at 11:42, each begun order in its tote."""
    state, journal = State(scanning_plant(totes)), []
    for seq, (at_s, event) in enumerate(facts(), start=1):
        one = stamped(seq, at_s, event)
        apply(state, one)
        journal.append(one)
    people = {
        order: Person(name=name, place="Wien", texts=(("1.heel", "RUN MARA RUN"),))
        for order, name in PEOPLE.items()
    }
    live = {name: Live(reading, 99.7) for name, reading in READINGS.items()}
    desk = JudgedDesk(state, journal, live, people=people)
    desk.follow()
    return desk

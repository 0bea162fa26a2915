"""What people in the office ask during a virtual day: requests, wishes, and what depends on the floor."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from controller.events import WishGranted
from controller.floor.requests import ConfirmStart
from controller.requests import Refusal, Reply, Request, Taken
from controller.run import Run
from controller.state import State
from controller.waiting import ASKS_CONFIRM, ASKS_START, next_slot
from controller.wanted.requests import AcceptProposal
from scheduler import wishes

Said: TypeAlias = Request | wishes.Wish
Look: TypeAlias = Callable[[State, int], Said | None]
"""(state, now) -> what is asked then; None when there is nothing to ask about."""
Ask: TypeAlias = Said | Look

WISHES = (
    wishes.Pin,
    wishes.OnMachine,
    wishes.NotBefore,
    wishes.Expedite,
    wishes.CloseMachine,
    wishes.PlateWait,
    wishes.LevelOrder,
)


@dataclass
class Office:
    """Who asks, and what they remember while controllers die: what they meant to ask, and the answers."""

    asks: tuple[tuple[int, Ask], ...]
    replies: dict[str, list[Reply]]
    said: dict[int, tuple[int, Said | None]] = field(default_factory=dict)
    """Number of the ask -> (plant second, what it came to), once somebody looked."""
    granted: dict[int, Reply] = field(default_factory=dict)
    """Wishes that were answered for good."""

    async def work(self, controller: Run) -> None:
        """Ask everything at its time, in each life again what has no answer yet."""
        await controller.opened.wait()
        for number, (at_s, ask) in sorted(enumerate(self.asks), key=lambda each: each[1][0]):
            await asyncio.sleep(max(0, at_s - controller.now_s()))
            await self._ask(controller, number, ask)

    async def _ask(self, controller: Run, number: int, ask: Ask) -> None:
        if number not in self.said:
            said = ask(controller.state, controller.now_s()) if callable(ask) else ask
            self.said[number] = controller.now_s(), said
        said = self.said[number][1]
        if said is None:
            return
        if isinstance(said, WISHES):
            reply = await self._wish(controller, number, said)
        else:
            reply = await controller.ask(said, actor="person vera", key=f"ask {number}")
        self.replies.setdefault(f"ask {number}", []).append(reply)

    async def _wish(self, controller: Run, number: int, wish: wishes.Wish) -> Reply:
        """Have it planned and accept what comes of it; the floor may have moved on meanwhile."""
        if number in self.granted:
            return self.granted[number]
        mine = f"person vera {number}"
        for stamped in await controller.events():
            if isinstance(stamped.event, WishGranted) and stamped.actor == mine:
                return Taken(seq=stamped.seq)  # granted right before the controller died
        for _ in range(3):
            proposal = await controller.propose(wish, actor=mine)
            if isinstance(proposal, Refusal):
                reply: Reply = proposal
                break
            reply = await controller.ask(AcceptProposal(number=proposal.number), actor=mine)
            if isinstance(reply, Taken):
                break
        self.granted[number] = reply
        return reply


async def confirm_starts(controller: Run) -> None:
    """Press Start wherever a machine asks for it, as a lead does who walks by."""
    for name in controller.state.plant.machines:
        if controller.why_waiting(name) in {ASKS_CONFIRM, ASKS_START}:
            slot = next_slot(controller.state, name)
            assert slot is not None
            confirm = ConfirmStart(machine=name, operations=slot.operations)
            await controller.ask(confirm, actor="person lead", station="floor")


def one_order(plant_file: str, like: int, name: str, **changed: str) -> str:
    """Return a file with one order like the one in a row of another file, some columns changed."""
    head, *rows = plant_file.splitlines()
    columns, values = head.split(","), rows[like].split(",")
    row = dict(zip(columns, values, strict=True)) | {"order": name} | changed
    return "\n".join([head, ",".join(row[column] for column in columns)]) + "\n"


def first_rows(plant_file: str, many: int) -> str:
    """Return the head and the first orders of a file."""
    return "\n".join(plant_file.splitlines()[: many + 1]) + "\n"

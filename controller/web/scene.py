"""One look at the desk: what pages and routes need more than once, looked up once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from controller.desk import Desk, Live
from controller.state import Job, OpenOrder, Phase, State
from controller.web.outlook import Outlook
from plant_config import Station
from scheduler import Slot

AT_RISK_S = 300
"""Less slack than this is at risk (ui.md section 5)."""


class OpenSlots(Mapping[str, tuple[Slot, ...]]):
    """Machine -> slots of the plan with work that is still open, by start; looked up when asked for."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._known: dict[str, tuple[Slot, ...]] = {}

    def __getitem__(self, machine: str) -> tuple[Slot, ...]:
        """Return a machine's slots. Raises KeyError for one without a queue."""
        if machine not in self._known:
            queue = self._state.queues[machine]
            left = (
                slot for slot in queue if any(_is_open(self._state, o) for o in slot.operations)
            )
            self._known[machine] = tuple(sorted(left, key=lambda slot: slot.start_s))
        return self._known[machine]

    def __iter__(self) -> Iterator[str]:
        """Go through the machines."""
        return iter(self._state.queues)

    def __len__(self) -> int:
        """Count the machines."""
        return len(self._state.queues)


@dataclass(frozen=True, slots=True)
class Scene:
    """The state at one moment, with the plan's open slots and the projected ends."""

    desk: Desk
    state: State
    now_s: int
    slots_of: Mapping[str, tuple[Slot, ...]]
    """Machine -> slots with work that is still open, by start."""
    end_of: Mapping[str, int]
    """Order -> plan second at which its last operation is projected to end; absent: not planned."""
    begun: Collection[str]
    """Orders of which something was told to a machine."""


def look(desk: Desk, outlook: Outlook | None = None) -> Scene:
    """Look at the desk now; an outlook that is kept between looks makes it cheap."""
    kept = Outlook() if outlook is None else outlook
    for _ in kept.follow(desk.state):
        pass
    return seen(desk, kept)


def seen(desk: Desk, outlook: Outlook) -> Scene:
    """Return the scene as an outlook that was just brought up to date has it."""
    state, now_s = desk.state, desk.now_s()
    return Scene(desk, state, now_s, OpenSlots(state), outlook.ends(state, now_s), outlook.begun)


def _is_open(state: State, operation: str) -> bool:
    work = state.work.get(operation)
    return work is not None and work.phase is Phase.OPEN


def slack_of(scene: Scene, opened: OpenOrder) -> int | None:
    """Return projected slack against the order's cut-off; None when it is not planned."""
    end_s = scene.end_of.get(opened.order.id)
    return None if end_s is None else opened.order.due_s - end_s


def job_at(state: State, machine: str) -> Job | None:
    """Return what a machine was told and is not cleared of."""
    known = state.machines.get(machine)
    return state.jobs.get(known.job_order) if known and known.job_order else None


def is_station(state: State, machine: str) -> bool:
    """Tell whether a person works there at a terminal."""
    return isinstance(state.plant.machines[machine].link, Station)


def stale(scene: Scene, machine: str) -> bool:
    """Tell whether what is known of a machine is too old to be shown as live."""
    known = scene.state.machines.get(machine)
    if known is None or not known.linked:
        return True
    live = scene.desk.live.get(machine)
    if live is None or not _moves(scene, live):
        return False
    return scene.desk.monotonic() - live.at > scene.state.plant.group_of(machine).stale_after


def _moves(scene: Scene, live: Live) -> bool:
    """Machines report changes; only of one that works something must be heard while time goes on.

    The link's own heartbeat tells of the others."""
    moving = live.reading.activity in {"running", "setup"}
    return moving and scene.state.clock[2] > 0 and not is_station(scene.state, live.reading.machine)


def orders_of(job: Job) -> list[str]:
    """Return the orders of a job order's members, each once, in their order."""
    return list(dict.fromkeys(order_id(m.operation) for m in job.intended.job.members))


def order_id(operation: str) -> str:
    """Return the order that an operation or subject belongs to."""
    return operation.partition("/")[0]

"""State: the fold of the journal; `apply` is the only way in which it changes."""

from dataclasses import dataclass, field
from enum import StrEnum

from controller.alarms.state import Alarm
from controller.doubts.state import Signature
from controller.events import JobIntended, PlanPublished
from controller.floor.state import Help, Out, Pending
from controller.stock.state import Store
from controller.wanted.state import GrantedWish
from drivers import JobState, UnitResult, Used
from plant_config import Mode, Order, Plant, Routing
from scheduler import Slot


class Phase(StrEnum):
    """Where an operation stands."""

    OPEN = "open"
    GIVEN = "given"
    DONE = "done"


class JobPhase(StrEnum):
    """Where a job order stands in the controller's knowledge."""

    INTENDED = "intended"
    """Durable, perhaps sent; nothing known."""
    UNKNOWN = "unknown"
    """Sent, outcome unknown; a look-up follows."""
    ACCEPTED = "accepted"
    RUNNING = "running"
    HELD = "held"
    DOUBT = "doubt"
    OVER = "over"
    """Results are folded; it stays until the machine is cleared."""


@dataclass(slots=True)
class Work:
    """An operation of an open order; `attempt` counts from 1 and rises with each remake (R3)."""

    attempt: int = 1
    phase: Phase = Phase.OPEN
    job_order: str = ""
    machine: str = ""
    """That it was last given to."""
    ended_s: int = 0
    opened: int = 0
    """Sequence number of the event that made it necessary; a plan that knows less does not count."""


@dataclass(slots=True)
class Job:
    """A job order that was intended and is not yet cleared."""

    intended: JobIntended
    intended_s: int
    phase: JobPhase = JobPhase.INTENDED
    state: JobState | None = None
    started_s: int | None = None
    held_s: int | None = None
    """Since when it is held; None while it is not."""
    rested_s: int = 0
    """Seconds for which it was held before."""
    ended_s: int | None = None
    detail: str = ""
    scrapped: int = 0
    results: tuple[UnitResult, ...] = ()
    """The verdict on each member, once it is over."""
    used: tuple[Used, ...] = ()
    """What the machine said that the whole cycle used up."""
    signatures: tuple[Signature, ...] = ()
    """What persons said while it is in doubt and worth two of them; only the last one stands."""
    scanned: dict[str, int] = field(default_factory=dict[str, int])
    """Operations whose parts were scanned at the station that joins them, or taken off the machine that
    made them, the last one last, with the second of it."""


@dataclass(slots=True)
class MachineState:
    """What the journal knows of a machine."""

    linked: bool = False
    link_since_s: int = 0
    boot: int | None = None
    count: int | None = None
    family: str = ""
    job_order: str = ""
    """The job order that it was told and that is not cleared; empty when it is free."""
    needs_clear: bool = False
    failed: str = ""
    """Why it stopped, until it is cleared."""
    orphan: str = ""
    refused: str = ""
    refused_s: int = 0
    refusals: int = 0
    """Job orders that it refused one after the other."""
    out: Out | None = None
    mode: Mode | None = None
    """Set by a person; None: the plant file's."""
    command: Pending | None = None
    command_refused: str = ""
    """Why the machine did not take the last command; gone with the next one."""
    help: Help | None = None
    confirmed: tuple[str, ...] = ()
    """The operations that a person let start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """An order was taken back."""

    reason: str
    at_s: int
    by: str
    sunk_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What a request that carried a key came to."""

    request: str
    seq: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The last event that touched something, and who caused it."""

    seq: int
    actor: str
    at_s: int


@dataclass(slots=True)
class OpenOrder:
    """An order that is not shipped."""

    order: Order
    routing: Routing
    accepted_s: int
    packed_s: int | None = None
    cancelled: "Cancelled | None" = None
    """It stays until what runs for it has ended."""
    tote: str = ""
    last: str = field(init=False, default="")
    """The operation that the routing lists last: while it is not done, the order is not."""

    def __post_init__(self) -> None:
        """Look it up once."""
        self.last = next(reversed(list(self.routing.operations)), "")


@dataclass(slots=True)
class State:
    """The one mutable value; owned by the loop. Closed orders and cleared job orders leave it."""

    plant: Plant
    seq: int = 0
    at_s: int = 0
    origin_utc: str = ""
    clock: tuple[str, int, int] = ("", 0, 1)
    """(utc, plant second, speed) since the last ClockSet."""
    orders: dict[str, OpenOrder] = field(default_factory=dict[str, OpenOrder])
    work: dict[str, Work] = field(default_factory=dict[str, Work])
    begun: set[str] = field(default_factory=set[str])
    """Open orders of which something was given to a machine at some time, or that are packed: the
    others need no look after each event."""
    jobs: dict[str, Job] = field(default_factory=dict[str, Job])
    machines: dict[str, MachineState] = field(default_factory=dict[str, MachineState])
    plan: PlanPublished | None = None
    plan_s: int = 0
    ends: dict[str, int] = field(default_factory=dict[str, int])
    """Order -> its projected end in the present plan."""
    late_ends: dict[str, int] = field(default_factory=dict[str, int])
    """Order -> second by which it is packed in nine of ten replays."""
    queues: dict[str, tuple[Slot, ...]] = field(default_factory=dict[str, tuple[Slot, ...]])
    """Machine -> its batches in the plan, in order."""
    demand: int = 0
    """Sequence number of the last event that changes what must be planned."""
    planned: int = 0
    """Value of `demand` that the present plan answers."""
    unplanned_s: int = 0
    """Since when something is wanted that no plan answers."""
    files: set[str] = field(default_factory=set[str])
    known_orders: dict[str, str] = field(default_factory=dict[str, str])
    """Every order id ever accepted -> digest of what was asked, so that a repeat changes nothing."""
    batches: dict[str, int] = field(default_factory=dict[str, int])
    """Group -> number of its last batch (plate 121)."""
    to_confirm: dict[str, str] = field(default_factory=dict[str, str])
    """Job order -> machine that still has to be told that the result is safe."""
    closed: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Machine -> its last job orders, so that a late look finds an old friend and no orphan."""
    packed: int = 0
    shipped: int = 0
    accepted: int = 0
    closed_days: int = 0
    cancelled: int = 0
    """Orders taken back, and no longer counted among the accepted."""
    previous: PlanPublished | None = None
    """The plan before the present one, for what a plan has changed."""
    wishes: dict[int, GrantedWish] = field(default_factory=dict[int, GrantedWish])
    wished: int = 0
    """Number of the last wish that was granted."""
    store: Store = field(default_factory=Store)
    alarms: dict[str, Alarm] = field(default_factory=dict[str, Alarm])
    erased: dict[str, int] = field(default_factory=dict[str, int])
    """Order -> second at which its person was forgotten; the order may have left long ago."""
    totes: dict[str, str] = field(default_factory=dict[str, str])
    """Tote -> order whose parts it carries."""
    answered: dict[str, "KeptAnswer"] = field(default_factory=dict[str, "KeptAnswer"])
    """Idempotency key -> the answer to its first request, the newest last."""
    revisions: dict[str, Revision] = field(default_factory=dict[str, Revision])
    """`order:4127`, `machine:P3`, `plan` ... -> the last event that touched it."""

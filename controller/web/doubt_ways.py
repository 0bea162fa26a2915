"""What each answer to a doubt does to the orders on it: estimated from the plan, and said to be so."""

from dataclasses import dataclass

import networkx as nx

from controller.doubts.value import value_cents
from controller.names import duration, money
from controller.state import Job, State
from controller.web.naming import counted
from controller.web.scene import Scene, order_id, orders_of, slack_of
from controller.web.times import clock_text, spare


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the three honest answers."""

    verdict: str
    head: str
    does: str
    orders: tuple[tuple[str, str, str, str], ...]
    """(order, when it ships, what would be to spare, `late`, `risk` or nothing)."""
    costs: str
    button: str
    losing: str
    """What the second step's button says."""


def choices(scene: Scene, job: Job) -> tuple[Choice, ...]:
    """Return the three answers with what each does."""
    told = job.intended.job
    label = f"{told.label[:1].lower()}{told.label[1:]}"
    parts = counted(len(told.members), "part")
    again_s = job.intended.setup_s + told.takes_s
    again = f"{duration(again_s)} on {told.machine} again"
    lost = money(scene.state.plant, value_cents(scene.state, job))
    return (
        Choice(
            verdict="made_good",
            head="It was made and is good",
            does=f"{told.label} counts as made; {parts} go on to the next step.",
            orders=_orders(scene, job, 0, upstream=False),
            costs="No cost, nothing is made again.",
            button="Made good…",
            losing=f"Count {label} as made: {parts}",
        ),
        Choice(
            verdict="made_scrap",
            head="It was made and is bad",
            does=f"{told.label} is scrap; {parts} and what went into them are made again.",
            orders=_orders(scene, job, again_s, upstream=True),
            costs=f"{lost} lost at standard cost, {again}.",
            button="Made scrap…",
            losing=f"Scrap {label}: {parts} are lost",
        ),
        Choice(
            verdict="not_made",
            head="It was never made",
            does=f"{told.label} is planned again as soon as {told.machine} is cleared.",
            orders=_orders(scene, job, again_s, upstream=False),
            costs=f"No material is lost; {again}.",
            button="Not made…",
            losing=f"Make {label} again: {parts}",
        ),
    )


def _orders(
    scene: Scene, job: Job, again_s: int, *, upstream: bool
) -> tuple[tuple[str, str, str, str], ...]:
    """Let everything after the batch be so much later; the plan that follows may do better."""
    found = []
    for name in orders_of(job):
        opened = scene.state.orders.get(name)
        if opened is None:
            continue
        ships = f"ships {clock_text(scene.state, opened.order.due_s, scene.now_s)}"
        slack_s = slack_of(scene, opened)
        if slack_s is None:
            found.append((name, ships, "not planned yet", ""))
            continue
        slack_s -= again_s + (_before_s(scene.state, job, name) if upstream else 0)
        stand = "late" if slack_s < 0 else "risk" if slack_s < _NEAR_S else ""
        found.append((name, ships, spare(slack_s), stand))
    return tuple(found)


_NEAR_S = 300


def _before_s(state: State, job: Job, order: str) -> int:
    """Return how long the longest chain of lost work before the batch takes to make again."""
    routing = state.orders[order].routing
    longest = 0
    for member in job.intended.job.members:
        if order_id(member.operation) != order:
            continue
        before = routing.graph.subgraph(nx.ancestors(routing.graph, member.operation))
        takes: dict[str, int] = {}
        for name in nx.topological_sort(before):
            own = min((seconds for _, seconds in routing.operations[name].modes), default=0)
            takes[name] = own + max((takes[each] for each in before.predecessors(name)), default=0)
        longest = max([longest, *takes.values()])
    return longest

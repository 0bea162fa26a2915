"""What Prometheus may ask: the floor now, and how the controller itself does."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from controller.events import Stamped
from controller.web.permit import Permission, needs
from controller.web.site import Site, view
from controller.web.tiles import tile

FACTS = "lotwright_facts"
_EVERY_S = 0.1


class _Floor(Collector):
    """Reads the state when it is asked, so that nothing is counted twice or goes stale."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Metric]:
        """Yield what the floor looks like."""
        scene = self._site.look()
        state, tiles = scene.state, self._site.sight.tiles
        # All tiles were looked at right before; one that is missing is new.
        words = Counter(
            (tiles[name] if name in tiles else tile(scene, name)).word.value
            for name in state.plant.machines
        )
        machines = GaugeMetricFamily(
            "lotwright_machines", "Machines by state word.", labels=["state"]
        )
        for word, count in sorted(words.items()):
            machines.add_metric([word], count)
        yield machines
        linked = GaugeMetricFamily("lotwright_machine_linked", "1: it answers.", labels=["machine"])
        for name, machine in state.machines.items():
            linked.add_metric([name], machine.linked)
        yield linked
        opened = [each for each in state.orders.values() if each.cancelled is None]
        late = sum(
            scene.end_of.get(name, 0) > each.order.due_s for name, each in state.orders.items()
        )
        alarms = Counter(each.priority for each in state.alarms.values() if each.gone_s is None)
        active = GaugeMetricFamily(
            "lotwright_alarms", "Active alarms by priority.", labels=["priority"]
        )
        for priority in ("urgent", "high", "low", "note"):
            active.add_metric([priority], alarms[priority])
        yield active
        for name, says, value in (
            ("orders_open", "Orders that are not shipped.", len(opened)),
            ("orders_late", "Orders projected past their cut-off.", late),
            ("orders_packed", "Orders packed since the journal began.", state.packed),
            ("orders_shipped", "Orders shipped since the journal began.", state.shipped),
            ("job_orders_open", "Job orders that are not cleared.", len(state.jobs)),
            ("journal_sequence", "Number of the last durable event.", state.seq),
            (
                "plan_number",
                "Number of the published plan.",
                state.plan.number if state.plan else 0,
            ),
            ("plan_age_seconds", "Plant seconds since it.", scene.now_s - state.plan_s),
            ("plan_took_seconds", "Real seconds.", state.plan.took_ms / 1000 if state.plan else 0),
            ("plant_speed", "Plant seconds a real second.", state.clock[2]),
        ):
            yield GaugeMetricFamily(f"lotwright_{name}", says, value=value)


class Facts(Collector):
    """Counts recorded facts by kind since the controller started."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def hear(self, stamped: Stamped) -> None:
        """Take one more in."""
        self.seen[type(stamped.event).__name__] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the counts."""
        family = CounterMetricFamily(FACTS, "Recorded facts by kind.", labels=["kind"])
        for kind, count in sorted(self.seen.items()):
            family.add_metric([kind], count)
        yield family


class Lag(Histogram):
    """How late the controller's one loop comes to what is due: anything long holds up the floor."""

    def __init__(self) -> None:
        super().__init__(
            "lotwright_loop_lag_seconds",
            "How late a timer of the loop fires.",
            registry=None,
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
        )

    async def watch(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + _EVERY_S
            await asyncio.sleep(_EVERY_S)
            self.observe(max(0.0, loop.time() - due_s))


def metrics(site: Site, more: Iterable[Collector]) -> APIRouter:
    """Return the route that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Floor(site))
    for collector in more:
        registry.register(collector)
    router = APIRouter(dependencies=[needs(Permission.SEE)])

    @router.get("/metrics", tags=["operations"], response_class=Response)
    async def read() -> Response:
        """Return the metrics in the text format of Prometheus."""
        await view(site)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router

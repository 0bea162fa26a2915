"""`lotwright plan`: a file of orders becomes a plan on disk, without a shop floor."""

import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from controller.bounding import Bounding
from controller.clock import RealClock
from controller.commands import DONE, REFUSED, UsageError, plant_folder, refused_line, say
from controller.kernels import find_kernels
from controller.orders import read_orders
from controller.plan_search import search_plan
from plant_config import Plant, load, origin_utc, read_folder
from scheduler import Solution, order_ends, plan_json, pose


def write_plan(plant: str, file: Path, out: Path, seconds: float, day: str) -> int:
    """Plan a file and write the plan; what it says can be checked by a stranger from it alone."""
    until_s = time.monotonic() + seconds
    loaded = load(read_folder(plant_folder(plant)))
    first = _day(day, loaded)
    read = read_orders(file.read_text("utf-8-sig"), loaded, 0, {}, first_day=first)
    for row in read.refused:
        said = {"row": row.row, "column": row.column, "value": row.value, "reason": row.reason}
        say(said, refused_line(file.name, said), as_json=False)
    orders = tuple(each.order for each in read.accepted)
    if not orders:
        raise UsageError(f"{file} has no order that can be made.")
    problem = pose(orders, loaded)
    kernels = find_kernels(None)
    kernels.compile()
    with Bounding(problem, until_s) as bounding:
        solution = search_plan(problem, kernels, until_s - time.monotonic())
        solution = _bounded(solution, bounding.best())
    if solution.schedule is None:
        raise UsageError(f"No plan was found: {solution.why}")
    origin = origin_utc(loaded, first).isoformat()
    plan = plan_json(problem, solution, orders, plant=loaded.name, origin=origin)
    out.write_text(json.dumps(plan, indent=1) + "\n", "utf-8")
    end_of = order_ends(problem, solution.schedule)
    late = sum(end_of[order.id] > order.due_s for order in orders)
    words = f"{out}: {len(orders)} orders in {len(solution.schedule.slots)} batches, {late} late."
    say(plan, " ".join((words, *(f"{tier}." for tier in solution.tiers))), as_json=False)
    return REFUSED if read.refused else DONE


def _bounded(solution: Solution, bound: int) -> Solution:
    """Take the better of two bounds, unless a plan refutes it."""
    cents = dict(solution.levels).get("cents")
    if cents is None or not (solution.bound or 0) < bound <= cents:
        return solution
    said = f"bound beside the search: {bound // 100}.{bound % 100:02d}"
    return replace(solution, bound=bound, tiers=(*solution.tiers, said))


def _day(said: str, plant: Plant) -> date:
    if not said:
        return RealClock().utc().astimezone(ZoneInfo(plant.timezone)).date()
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise UsageError(f"{said!r} is no day. Maybe 2026-11-24?") from error

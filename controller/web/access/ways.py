"""What every route of an application demands, as a table that is read before a route is entered."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from controller.web.permit import SAFE, Demand, Permission, Taking

_MOUNTS = {"/static": (Permission.OPEN,)}


@dataclass(frozen=True, slots=True)
class Way:
    """One route: how its address looks, what it demands, and which bodies it takes."""

    path: str
    regex: re.Pattern[str]
    methods: frozenset[str]
    demands: tuple[Permission, ...]
    """Empty when the route declares nothing: then it is an admin's."""
    taking: Taking | None


def ways_of(app: FastAPI) -> tuple[Way, ...]:
    """Return all routes, in the order in which they are tried."""
    return tuple(_ways(app))


def find(ways: Iterable[Way], method: str, path: str) -> Way | None:
    """Return the route that would answer; None when there is none."""
    return next((way for way in ways if method in way.methods and way.regex.match(path)), None)


def _ways(app: FastAPI) -> Iterator[Way]:
    for context in iter_route_contexts(app.routes):
        path = context.path or ""
        if isinstance(context.original_route, Mount):
            below = re.compile(re.escape(path) + "(/|$)")
            yield Way(path, below, SAFE, _MOUNTS.get(path, ()), None)
            continue
        declared = tuple(_declared(getattr(context, "dependant", None)))
        demands = tuple(each.permission for each in declared if isinstance(each, Demand))
        taking = next((each for each in declared if isinstance(each, Taking)), None)
        yield Way(path, context.path_regex, frozenset(context.methods or ()), demands, taking)


def _declared(dependant: Dependant | None) -> Iterator[object]:
    if dependant is None:
        return
    for each in dependant.dependencies:
        yield each.call
        yield from _declared(each)

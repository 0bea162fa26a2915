"""A scan becomes a fact, or a refusal that names what it is and what is needed."""

from typing import assert_never

from controller.identity import requests as r
from controller.judged import Answered
from controller.requests import Refusal
from controller.state import State


def judge(state: State, request: r.IdentityRequest, now_s: int) -> Answered:
    """Answer a request about parts and totes from the state alone."""
    match request:
        case r.ScanPart():
            return Refusal(kind="wrong", why=f"{request.code!r} means nothing here at {now_s}.")
        case r.MoveTote():
            return Refusal(kind="unknown", why=f"There is no order {request.order!r}.")
        case _:
            assert_never(request)

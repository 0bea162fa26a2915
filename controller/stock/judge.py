"""What is said about material becomes facts, or a refusal that says why."""

from controller.judged import Answered
from controller.requests import Refusal
from controller.state import State
from controller.stock import requests as r


def judge(state: State, request: r.StockRequest, now_s: int) -> Answered:
    """Answer a request about material from the state alone."""
    said = f"Nothing is kept in stock at {state.plant.label} at second {now_s}: {request!r}."
    return Refusal(kind="wrong", why=said)

"""What simulated people send to the controller, and what they make of its answers."""

import asyncio
import json

import httpx
import pytest

from drivers import UnitResult, Verdict
from simulators.person import AwayError, Doubt, Piece, RefusedError, Work
from simulators.person_http import HttpApi

MEMBER = {"operation": "1/pack", "subject": "1", "name": "Pair", "recipe": {}, "texts": {}}
ANSWERS = {
    "/api/work": [
        {
            "machine": "W1",
            "job_order": "a1",
            "label": "Order 1",
            "state": "offered",
            "members": [MEMBER],
            "takes_s": 600,
        }
    ],
    "/api/machines": [
        {"id": "P1", "needs_clear": True, "state": "ask"},
        {"id": "P2", "needs_clear": False, "state": "run"},
    ],
    "/api/doubts": [
        {
            "job_order": "b2",
            "machine": "M2",
            "label": "Campaign 2",
            "why": "",
            "since_s": 3,
            "members": [],
        }
    ],
}


def asked(call, answer=None):
    """Run a call against a controller of canned answers; returns (result, requests)."""
    seen = []

    def controller(request):
        seen.append((request.method, request.url.path, json.loads(request.content or b"null")))
        return answer or httpx.Response(200, json=ANSWERS.get(request.url.path, {"seq": 1}))

    async def main():
        transport = httpx.MockTransport(controller)
        async with httpx.AsyncClient(base_url="http://controller", transport=transport) as client:
            return await call(HttpApi(client))

    return asyncio.run(main()), seen


def test_what_is_shown_is_read():
    work = Work(
        machine="W1",
        job_order="a1",
        label="Order 1",
        state="offered",
        members=(Piece("1/pack", "1"),),
        takes_s=600,
    )
    assert asked(lambda api: api.work())[0] == (work,)
    assert asked(lambda api: api.uncleared())[0] == ("P1",)
    assert asked(lambda api: api.doubts())[0] == (
        Doubt(machine="M2", job_order="b2", label="Campaign 2"),
    )


@pytest.mark.parametrize(
    ("call", "path", "body"),
    [
        (lambda api: api.begin("W1", "a1"), "/api/machines/W1/begin", {"job_order": "a1"}),
        (lambda api: api.clear("P1"), "/api/machines/P1/clear", {}),
        (
            lambda api: api.scan("B2", "a1", "4127/1.2/knit"),
            "/api/stations/B2/scan",
            {"job_order": "a1", "code": "4127/1.2/knit"},
        ),
        (
            lambda api: api.finish("W1", "a1", (UnitResult("1/pack", Verdict.SCRAP, "torn"),)),
            "/api/machines/W1/finish",
            {
                "job_order": "a1",
                "results": [{"operation": "1/pack", "verdict": "scrap", "reason": "torn"}],
            },
        ),
        (
            lambda api: api.decide("b2", "made_good", "It lies there."),
            "/api/doubts/b2",
            {"verdict": "made_good", "reason": "It lies there."},
        ),
    ],
)
def test_what_is_done_is_said(call, path, body):
    assert asked(call)[1] == [("POST", path, body)]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (
            httpx.Response(409, json={"why": "It is already begun.", "kind": "conflict"}),
            RefusedError,
        ),
        (httpx.Response(503), AwayError),
        (httpx.Response(200, content=b'[{"machine"'), AwayError),
    ],
)
def test_a_refusal_is_no_absence(answer, error):
    with pytest.raises(error):
        asked(lambda api: api.work(), answer)

"""Many identical requests at once have one effect; two planners at once never overwrite each other."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from living import Living

from controller import events as e

pytestmark = [pytest.mark.wire, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def living() -> Iterator[Living]:
    floor = Living(speed=1)
    floor.start()
    yield floor
    floor.stop()


def at_once(living: Living, path: str, bodies: list[dict], headers: list[dict]) -> list:
    async def post() -> list:
        limits = httpx.Limits(max_connections=60)
        async with httpx.AsyncClient(
            base_url=living.url, timeout=30, trust_env=False, limits=limits
        ) as client:
            asked = (
                client.post(path, json=body, headers=head)
                for body, head in zip(bodies, headers, strict=True)
            )
            return await asyncio.gather(*asked)

    return asyncio.run(post())


def recorded(living: Living, kind: type) -> list:
    assert living.run is not None
    events = living.do(living.run.events())
    return [stamped.event for stamped in events if isinstance(stamped.event, kind)]


def test_fifty_identical_posts_with_one_key_have_one_effect_and_one_answer(living: Living) -> None:
    order = sorted(living.run.state.orders)[0]
    head = {"X-Actor": "person vera", "Idempotency-Key": "cancel once"}
    body = {"reason": "changed plans"}
    path = f"/api/orders/{order}/cancel"
    answers = at_once(living, path, [body] * 50, [head] * 50)
    assert Counter(answer.status_code for answer in answers) == {200: 50}
    assert len({answer.text for answer in answers}) == 1
    assert [event.order for event in recorded(living, e.OrderCancelled)] == [order]


def test_a_key_that_is_used_for_something_else_is_refused(living: Living) -> None:
    order = sorted(living.run.state.orders)[1]
    head = {"X-Actor": "person vera", "Idempotency-Key": "cancel once"}
    (answer,) = at_once(living, f"/api/orders/{order}/cancel", [{"reason": "another"}], [head])
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["why"]
    assert order not in [event.order for event in recorded(living, e.OrderCancelled)]


def test_the_same_key_of_somebody_else_is_another_key(living: Living) -> None:
    order = sorted(living.run.state.orders)[2]
    head = {"X-Actor": "person omar", "Idempotency-Key": "cancel once"}
    (answer,) = at_once(living, f"/api/orders/{order}/cancel", [{"reason": "theirs"}], [head])
    assert answer.status_code == 200


def test_fifty_identical_posts_without_a_key_have_one_effect_too(living: Living) -> None:
    order = sorted(living.run.state.orders)[-1]
    path, body = f"/api/orders/{order}/cancel", {"reason": "changed plans"}
    before = len(recorded(living, e.OrderCancelled))
    answers = at_once(living, path, [body] * 50, [{"X-Actor": "person vera"}] * 50)
    codes = Counter(answer.status_code for answer in answers)
    assert codes[200] == 1
    assert set(codes) <= {200, 404, 409}
    assert len(recorded(living, e.OrderCancelled)) == before + 1


def test_a_key_counts_over_the_death_of_a_controller(living: Living) -> None:
    """Answers are facts, so the next controller knows them from the journal."""
    from controller.fold import apply
    from controller.once import again, key_of
    from controller.state import State

    events = living.do(living.run.events())
    state = State(living.run.state.plant)
    for stamped in events:
        apply(state, stamped)
    assert key_of("person vera", "cancel once") in state.answered
    from controller.amend.requests import CancelOrder

    order = recorded(living, e.OrderCancelled)[0].order
    asked = CancelOrder(order=order, reason="changed plans")
    found = again(state, key_of("person vera", "cancel once"), asked)
    assert found is not None
    assert again(state, key_of("person vera", "x"), asked) is None
    refused = again(
        state, key_of("person vera", "cancel once"), dataclasses.replace(asked, reason="x")
    )
    assert refused is not None
    assert "another request" in refused.why

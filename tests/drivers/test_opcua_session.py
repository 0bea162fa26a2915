"""What the library raises where a reply meets a time limit."""

import asyncio

import pytest

from drivers.opcua_session import plainly_cancelled


class CancelledWithReply(asyncio.CancelledError):
    """As the library's wait raises it."""


async def reply_meets_the_limit() -> None:
    try:
        await asyncio.sleep(3_600)
    except asyncio.CancelledError as error:
        raise CancelledWithReply from error


def test_a_reply_at_the_very_limit_is_a_time_out_like_any_other() -> None:
    async def call() -> None:
        async with asyncio.timeout(0.01):
            with plainly_cancelled():
                await reply_meets_the_limit()

    with pytest.raises(TimeoutError):
        asyncio.run(call())


def test_a_cancellation_from_outside_stays_one() -> None:
    async def call() -> None:
        with plainly_cancelled():
            await reply_meets_the_limit()

    async def cancelled() -> bool:
        task = asyncio.create_task(call())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert asyncio.run(cancelled())

"""Frames between a controller and a driver host survive the way; nonsense is refused."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import wire

TO_HOST = [wire.OpenHost, wire.CallSubmit, wire.CallLookUp, wire.CallHeld, wire.CallCommand]
FROM_HOST = [
    wire.Answered,
    wire.Found,
    wire.Holds,
    wire.Raised,
    wire.Reported,
    wire.Read,
    wire.Relinked,
    wire.Beat,
]


def fed(content):
    reader = asyncio.StreamReader()
    reader.feed_data(content)
    reader.feed_eof()
    return reader


@pytest.mark.parametrize(
    ("kind", "write", "read"),
    [(kind, wire.to_host, wire.read_to_host) for kind in TO_HOST]
    + [(kind, wire.from_host, wire.read_from_host) for kind in FROM_HOST],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_frame_comes_out_as_it_went_in(kind, write, read):
    @settings(max_examples=15, deadline=None)
    @given(st.builds(kind))
    def there_and_back(frame):
        async def scene():
            reader = fed(write(frame) * 2)
            return [await read(reader) for _ in range(3)]

        assert asyncio.run(scene()) == [frame, frame, None]

    there_and_back()


def test_a_frame_that_is_cut_off_is_the_end():
    async def scene():
        whole = wire.from_host(wire.Beat())
        for cut in range(len(whole)):
            assert await wire.read_from_host(fed(whole[:cut])) is None

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xff\xff\xff", "claims 4294967295 bytes"),
        (b"\x00\x00\x00\x02{}", "cannot be read"),
        (b'\x00\x00\x00\x10{"kind": "open"}', "cannot be read"),
        (b"\x00\x00\x00\x03\xff\xfe\xfd", "cannot be read"),
    ],
)
def test_nonsense_is_refused(content, says):
    async def scene():
        with pytest.raises(wire.FrameError, match=says):
            await wire.read_from_host(fed(content))

    asyncio.run(scene())


def test_a_frame_that_is_too_long_is_not_written():
    with pytest.raises(wire.FrameError, match="too long"):
        wire.to_host(wire.CallHeld(1, "x" * wire.FRAME_LIMIT))

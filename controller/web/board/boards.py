"""The last picture and its bytes, built once for each sequence number however many look."""

import asyncio
from dataclasses import dataclass, field

from controller.web.board.build import Infos, build
from controller.web.board.columns import write, zipped
from controller.web.board.past import Past
from controller.web.board.picture import Picture
from controller.web.site import Site

_Stamp = tuple[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Written:
    """A picture on the wire."""

    etag: str
    plain: bytes
    zipped: bytes


@dataclass(slots=True)
class Boards:
    """One for each application; owns the fold of the past and the last picture."""

    site: Site
    past: Past = field(default_factory=Past)
    infos: Infos = field(default_factory=Infos)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    built: tuple[_Stamp, Picture] | None = None
    written: tuple[_Stamp, Written] | None = None

    def stamp(self) -> _Stamp:
        """Return what a picture depends on."""
        desk = self.site.desk
        return desk.state.seq, tuple(each.number for each in desk.proposals())

    def etag(self) -> str:
        """Name the present picture, without building it."""
        seq, proposals = self.stamp()
        return f'W/"{seq}-{"-".join(map(str, proposals))}"'

    async def picture(self) -> Picture:
        """Return the present picture."""
        async with self.turn:
            return await self._picture()

    async def _picture(self) -> Picture:
        stamp = self.stamp()
        if self.built is None or self.built[0] != stamp:
            self.built = (stamp, await build(self.site, self.past, self.infos))
        return self.built[1]

    async def bytes(self) -> Written:
        """Return the present picture as JSON, plain and compressed; written in a thread."""
        async with self.turn:
            stamp, etag = self.stamp(), self.etag()
            if self.written is None or self.written[0] != stamp:
                picture, state = await self._picture(), self.site.desk.state
                plain = await asyncio.to_thread(
                    write, picture, state.origin_utc, state.plant.timezone, state.clock[2]
                )
                small = await asyncio.to_thread(zipped, plain)
                self.written = (stamp, Written(etag, plain, small))
            return self.written[1]

"""One Modbus/TCP connection to a machine with a job map: reads that may fail, writes sent once."""

import asyncio
import binascii
from collections.abc import Awaitable, Callable, Sequence

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ModbusPDU

from drivers import jobmap
from drivers.driver import JobOrder, LinkError, ProtocolError
from drivers.jobmap import Entry, Order, Status
from plant_config import Evidence, Modbus, Profile
from plant_config import profile as registers

_ANSWER_S = 2.0
"""Real seconds until an answer counts as missing."""
_PERMANENT = {1, 2, 3}
"""Source: Modbus application protocol v1.1b3, clause 7: illegal function, address, value."""
_BUSY = 6
_ASK_AGAIN = {5, _BUSY}
"""Acknowledge, and server device busy: the status tells what became of it."""
_LOOKS = 5
"""Attempts at a status that the machine is just writing."""
_STILL_BEATS = 40
"""Beats after which a machine whose heart stands still counts as dead; 4 s at 10 a second."""


class RefusedError(Exception):
    """A Modbus exception: the request was understood and not carried out; its code says why."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Modbus exception {code}")
        self.code = code


class UnknownOutcomeError(Exception):
    """A command was sent and its answer did not come; only evidence can tell what it did."""


class Session:
    """One connection; `listen` is told every status that the heartbeat brings."""

    def __init__(self, machine: str, link: Modbus, profile: Profile, evidence: Evidence) -> None:
        self.profile = profile
        self.opened_with: Status | None = None
        """The first status: the boot and the part counter at the start of this connection."""
        self.listen: Callable[[Status], Awaitable[None]] | None = None
        self._machine, self._unit, self._evidence = machine, link.unit, evidence
        # Retries would send a write again, and reconnecting is the link's business.
        self._client = AsyncModbusTcpClient(
            link.host,
            port=link.port,
            timeout=_ANSWER_S,
            retries=0,
            reconnect_delay=0,
            trace_connect=self._connection,
        )
        self._lost = asyncio.Event()
        self._beats = 0
        self._heart = (0, 0)
        """The machine's heartbeat and the beat at which it last moved."""

    async def open(self) -> None:
        """Connect and make sure that it is the machine that the plant means. Raises LinkError,
        ProtocolError."""
        if not await self._client.connect():
            raise LinkError(f"{self._machine}: nobody listens.")
        status = await self.status()
        if status.unit != self._unit:
            raise ProtocolError(f"{self._machine}: unit {status.unit} answers for {self._unit}.")
        if jobmap.EVIDENCE_NUMBERS[status.evidence] < jobmap.EVIDENCE_NUMBERS[self._evidence]:
            raise ProtocolError(
                f"{self._machine}: its evidence is {status.evidence.value!r}, "
                f"the plant says {self._evidence.value!r}."
            )
        self.opened_with = status

    async def close(self) -> None:
        """Let the socket go."""
        self._client.close()

    async def beat(self) -> None:
        """Ask for the status, and show the machine that someone is there. Raises LinkError."""
        self._beats += 1
        await self.write(self.profile.heartbeat_at, [self._beats % 2**16])
        status = await self.status()
        heart, moved = self._heart
        if status.heartbeat != heart:
            self._heart = (status.heartbeat, self._beats)
        elif self._beats - moved > _STILL_BEATS:
            raise LinkError(f"{self._machine}: its heart stands still.")
        if self.listen is not None:
            await self.listen(status)

    async def status(self) -> Status:
        """Return a whole status. Raises LinkError, ProtocolError."""
        for _ in range(_LOOKS):
            words = await self.read(self.profile.status)
            status = jobmap.read_status(self.profile, words)
            if status is not None:
                return status
            await asyncio.sleep(0.01)
        raise LinkError(f"{self._machine}: it never finishes writing its status.")

    async def results(self) -> Entry | None:
        """Return the verdicts on the last cycle. Raises LinkError, ProtocolError."""
        block = self.profile.results
        return jobmap.read_entry(self.profile, block, await self.read(block))

    async def ledger(self) -> tuple[Entry, ...]:
        """Return every job order that it remembers. Raises LinkError, ProtocolError."""
        ring = self.profile.ledger
        entries = []
        for number in range(ring.entries):
            block = ring.entry(number)
            entries.append(jobmap.read_entry(self.profile, block, await self.read(block)))
        return tuple(entry for entry in entries if entry is not None)

    async def readings(self) -> tuple[tuple[str, str], ...]:
        """Return the process values with their units. Raises LinkError, ProtocolError."""
        block = self.profile.readings
        values = registers.decode(block, await self.read(block))
        return tuple(
            (
                role.rsplit("_", 1)[0].replace("_", " "),
                f"{values[role]} {signal.unit}".strip(),
            )
            for role, signal in block.signals.items()
            if values[role]
        )

    async def put_recipe(self, job: JobOrder) -> bytes:
        """Write the recipe in chunks, read it back and compare; the machine does not act on it yet.
        Raises LinkError, ProtocolError."""
        area, text = self.profile.recipe, jobmap.recipe_text(job)
        try:
            chunks = registers.chunks(area, text)
        except registers.SignalError as error:
            raise ProtocolError(str(error)) from None
        for index, words in enumerate(chunks):
            await self.write(area.address(index), words)
        for index, words in enumerate(chunks):
            if await self._read(area.address(index), len(words)) != words:
                raise ProtocolError(f"Chunk {index} of the recipe reads back differently.")
        return text.encode()

    async def read_recipe(self) -> JobOrder | None:
        """Return the job order in the recipe area, if there is a whole one. Raises LinkError."""
        area, command = self.profile.recipe, self.profile.command
        said = registers.decode(command, await self.read(command))
        size, words = int(said["recipe_bytes"]), list[int]()
        if not 0 < size <= area.capacity:
            return None
        for index in range(-(-size // (area.words * 2))):
            words += await self._read(area.address(index), area.words + 2)
        try:
            text = registers.join_chunks(area, words, size)
            whole = binascii.crc32(text) == said["recipe_crc32"]
            return jobmap.read_recipe(text) if whole else None
        except (registers.SignalError, ProtocolError):
            return None

    async def order(self, order: Order) -> str:
        """Give a command once and return the machine's answer code. Raises UnknownOutcomeError,
        RefusedError when it was not carried out, LinkError when it was not sent."""
        words = jobmap.command_words(self.profile, order)
        if not self._client.connected:
            raise LinkError(f"{self._machine}: not connected; nothing was sent.")
        try:
            answer = await self._answer(
                self._client.write_registers(self.profile.command.at, words, device_id=self._unit)
            )
        except (ModbusException, OSError, TimeoutError) as error:
            raise UnknownOutcomeError(_says(error)) from error
        code = getattr(answer, "exception_code", 0) if answer.isError() else None
        if code in _PERMANENT:
            raise RefusedError(code)
        if code is not None and code not in _ASK_AGAIN:
            raise UnknownOutcomeError(f"Modbus exception {code}")
        try:
            status = await self.status()
        except (LinkError, ProtocolError) as error:
            raise UnknownOutcomeError(str(error)) from error
        if status.ack_sequence != order.sequence:
            if code == _BUSY:
                raise RefusedError(code)
            raise UnknownOutcomeError(
                f"It acknowledges {status.ack_sequence}, not {order.sequence}."
            )
        return status.ack_code

    async def read(self, block: registers.Block) -> list[int]:
        """Return a block's registers. Raises LinkError, ProtocolError."""
        return await self._read(block.at, block.size)

    async def write(self, at: int, words: Sequence[int]) -> None:
        """Write registers that start nothing. Raises LinkError, ProtocolError."""
        try:
            answer = await self._answer(
                self._client.write_registers(at, list(words), device_id=self._unit)
            )
        except (ModbusException, OSError, TimeoutError) as error:
            raise LinkError(f"{self._machine}: {_says(error)}") from error
        if answer.isError():
            self._raise(getattr(answer, "exception_code", 0))

    async def _read(self, at: int, count: int) -> list[int]:
        try:
            answer = await self._answer(
                self._client.read_holding_registers(at, count=count, device_id=self._unit)
            )
        except (ModbusException, OSError, TimeoutError) as error:
            raise LinkError(f"{self._machine}: {_says(error)}") from error
        if answer.isError():
            self._raise(getattr(answer, "exception_code", 0))
        if len(answer.registers) != count:
            raise ProtocolError(f"{self._machine}: {len(answer.registers)} of {count} registers.")
        return list(answer.registers)

    async def _answer(self, request: Awaitable[ModbusPDU]) -> ModbusPDU:
        """Wait for the answer, but not beyond the end of the connection: the library would."""
        asked = asyncio.ensure_future(request)
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({asked, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise ConnectionResetError("The connection closed before the answer came.")
            return asked.result()
        finally:
            asked.cancel()
            lost.cancel()
            await asyncio.gather(asked, lost, return_exceptions=True)

    def _connection(self, up: bool) -> None:
        if not up:
            self._lost.set()

    def _raise(self, code: int) -> None:
        said = f"{self._machine}: Modbus exception {code}."
        if code in _PERMANENT:
            raise ProtocolError(f"{said} Maybe it has another register map.")
        raise LinkError(said)


def _says(error: BaseException) -> str:
    return str(error) or type(error).__name__

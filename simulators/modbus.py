"""Simulated machines behind Modbus/TCP: a small server of our own that speaks the job map.

    async with serve(host, port, {1: JobMap(twin, profile, now_s)}) as server: ...

Function codes 3, 4, 6 and 16. Source: Modbus application protocol v1.1b3, clause 6 and 7;
Modbus messaging on TCP/IP v1.0b, 3.1.3 (MBAP header).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from drivers import Command, ProtocolError, jobmap
from plant_config import Evidence, Profile
from plant_config import profile as registers
from simulators.machine import Said, Twin
from simulators.memory import Entry
from simulators.works import measured

_FUNCTION, _ADDRESS, _VALUE = 1, 2, 3
_TARGET_SILENT = 11
_SHORTEST_FRAME, _LONGEST_FRAME = 2, 254
"""Bytes after the length field: the unit and 1 to 253 of a PDU."""
_U16, _U32 = 2**16, 2**32


class RefusedError(Exception):
    """The request gets a Modbus exception; whoever sent it can act."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class JobMap:
    """The registers of one machine: what is written to them is done, what is read is true now."""

    def __init__(
        self, twin: Twin, profile: Profile, now_s: Callable[[], int], unit: int = 1
    ) -> None:
        self.twin, self.profile, self.unit = twin, profile, unit
        self._now_s = now_s
        self._words: dict[int, int] = {}
        self._sequence = 0
        self._heartbeat = 0

    def pump(self) -> None:
        """Let physics go on, and show that the machine lives."""
        self._heartbeat = (self._heartbeat + 1) % _U16
        self.twin.advance(self._now_s())

    def read(self, at: int, count: int) -> list[int]:
        """Return registers as they are now. Raises RefusedError."""
        if not 1 <= count <= registers.READ_LIMIT:
            raise RefusedError(_VALUE)
        areas = (*self._written(), *self._shown())
        if not any(first <= at and at + count <= first + size for first, size in areas):
            raise RefusedError(_ADDRESS)
        self._show(at, at + count)
        return [self._words.get(register, 0) for register in range(at, at + count)]

    def write(self, at: int, values: Sequence[int]) -> None:
        """Write registers as one; the doorbell gives the command. Raises RefusedError."""
        if not 1 <= len(values) <= registers.WRITE_LIMIT:
            raise RefusedError(_VALUE)
        end = at + len(values)
        if not any(first <= at and end <= first + size for first, size in self._written()):
            raise RefusedError(_ADDRESS)
        self._words.update(zip(range(at, end), values, strict=True))
        command = self.profile.command
        if at <= command.at + command.size - 1 < end:
            self._ring()

    def _written(self) -> tuple[tuple[int, int], ...]:
        p = self.profile
        return (
            (p.command.at, p.command.size),
            (p.heartbeat_at, 1),
            (p.recipe.at, p.recipe.size),
        )

    def _shown(self) -> tuple[tuple[int, int], ...]:
        p = self.profile
        return (
            (p.status.at, p.status.size),
            (p.readings.at, p.readings.size),
            (p.results.at, p.results.size),
            (p.ledger.at, p.ledger.size),
        )

    def _ring(self) -> None:
        """Give the command in the block, if it is whole, newer than the last, and meant."""
        command, area = self.profile.command, self.profile.recipe
        words = [self._words.get(command.at + at, 0) for at in range(command.size)]
        said = registers.decode(command, words)
        if said["sequence"] != said["commit"]:
            return
        if int(said["sequence"]) <= self.twin.acknowledged[0]:
            return  # a late duplicate
        recipe = [self._words.get(area.at + at, 0) for at in range(area.size)]
        try:
            order = jobmap.read_command(self.profile, words, recipe)
        except ProtocolError:
            raise RefusedError(_VALUE) from None
        self.twin.acknowledge(order.sequence, self._carry_out(order).code)

    def _carry_out(self, order: jobmap.Order) -> Said:
        now_s, twin = self._now_s(), self.twin
        if order.opcode == "Noop":
            return Said(ok=True, code="ok")
        if order.opcode not in {"Store", "StoreAndStart"}:
            return twin.command(Command(order.opcode), order.job_order, now_s)
        try:
            job = jobmap.claimed(jobmap.read_recipe(order.recipe), order)
        except ProtocolError as error:
            return Said(ok=False, code="recipe", detail=str(error))
        if len(job.members) > self.profile.most_members:
            return Said(ok=False, code="limit", detail="The results have no room for it.")
        return (
            twin.store(job, now_s) if order.opcode == "Store" else twin.store_and_start(job, now_s)
        )

    def _show(self, at: int, end: int) -> None:
        self.twin.go_to(self._now_s())
        for first, size, show in (
            (self.profile.status.at, self.profile.status.size, self._show_status),
            (self.profile.readings.at, self.profile.readings.size, self._show_readings),
            (self.profile.results.at, self.profile.results.size, self._show_results),
            (self.profile.ledger.at, self.profile.ledger.size, self._show_ledger),
        ):
            if at < first + size and first < end:
                show()

    def _show_status(self) -> None:
        twin, profile = self.twin, self.profile
        reading = twin.reading(self._now_s())
        sequence, code = twin.acknowledged
        report = twin.report(twin.active)
        has_ids = twin.evidence is Evidence.LEDGER
        has_counter = twin.evidence is not Evidence.NONE
        self._sequence = (self._sequence + 2) % _U16
        self._put(
            profile.status,
            {
                "sequence": self._sequence,
                "magic": profile.magic,
                "version": profile.version,
                "unit": self.unit,
                "evidence": jobmap.EVIDENCE_NUMBERS[twin.evidence],
                "boot": twin.boot if has_counter else 0,
                "heartbeat": self._heartbeat,
                "ack_sequence": sequence,
                "ack_code": profile.codes[code],
                "activity": profile.activities[reading.activity],
                "job_order": (twin.active if has_ids else "") or jobmap.NO_JOB_ORDER,
                "job_state": jobmap.state_number(None if report is None else report.state),
                "progress": reading.progress,
                "remaining_s": -1 if reading.remaining_s is None else reading.remaining_s,
                "starts": twin.count % _U32 if has_counter else 0,
                "changes": twin.changes % _U32,
                "doing": reading.doing.encode("ascii", "ignore").decode()[:48],
                "sequence_after": self._sequence,
            },
        )

    def _show_readings(self) -> None:
        known = self.profile.readings.signals
        quantities = self.twin.quantities(self._now_s())
        self._put(self.profile.readings, {q.role: q.value for q in quantities if q.role in known})

    def _show_results(self) -> None:
        started = [entry for entry in self.twin.remembered() if entry.starts]
        newest = max(started, key=lambda entry: entry.starts, default=None)
        self._put(self.profile.results, self._entry(newest))

    def _show_ledger(self) -> None:
        ring = self.profile.ledger
        kept = self.twin.remembered() if self.twin.evidence is Evidence.LEDGER else ()
        shown = [*kept[-ring.entries :], *[None] * ring.entries]
        for number in range(ring.entries):
            self._put(ring.entry(number), self._entry(shown[number]))

    def _entry(self, entry: Entry | None) -> dict[str, registers.RegisterValue]:
        if entry is None:
            return {}
        has_ids = self.twin.evidence is Evidence.LEDGER
        result_of = {result.operation: result for result in entry.results}
        results = [result_of.get(member.operation) for member in entry.job.members]
        return jobmap.entry_values(
            self.profile,
            jobmap.Entry(
                job_order=entry.job.id if has_ids else jobmap.NO_JOB_ORDER,
                state=entry.state,
                starts=entry.starts if self.twin.evidence is not Evidence.NONE else 0,
                verdicts=tuple(None if r is None else r.verdict for r in results),
                reasons=tuple("" if r is None else r.reason for r in results),
                cleared=entry.cleared,
                used_mg=sum(used.quantity for used in measured(entry.job, entry.results)),
            ),
        )

    def _put(self, block: registers.Block, values: Mapping[str, registers.RegisterValue]) -> None:
        words = registers.encode(block, values)
        self._words.update(zip(range(block.at, block.at + len(words)), words, strict=True))


class Server:
    """The machines behind one address, told apart by their unit."""

    def __init__(self, maps: Mapping[int, JobMap]) -> None:
        self.maps = maps
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._boots = {unit: device.twin.boot for unit, device in maps.items()}

    def pump(self) -> None:
        """Let physics go on; a power cycle or a cut network takes the connections along."""
        for device in self.maps.values():
            device.pump()
        boots = {unit: device.twin.boot for unit, device in self.maps.items()}
        if boots != self._boots or not self._reachable():
            self._boots = boots
            self.cut()

    def cut(self) -> None:
        """Cut every connection."""
        for writer in self._open:
            writer.transport.abort()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it goes, talks nonsense, or the network is cut."""
        self._open.add(writer)
        try:
            while self._reachable():
                answer = await self._answer(reader)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes | None:
        """Return the answer frame to the next request; None means that the connection ends."""
        header = await reader.readexactly(7)
        length = int.from_bytes(header[4:6], "big")
        if header[2:4] != b"\0\0" or not _SHORTEST_FRAME <= length <= _LONGEST_FRAME:
            return None
        request = await reader.readexactly(length - 1)
        device = self.maps.get(header[6])
        if device is None:
            answer = bytes((request[0] | 0x80, _TARGET_SILENT))
        else:
            answer = _answer(device, request)
            if not self._reachable() or device.twin.swallow_reply():
                return None
        return header[:4] + (len(answer) + 1).to_bytes(2, "big") + header[6:7] + answer

    def _reachable(self) -> bool:
        return all(device.twin.reachable for device in self.maps.values())


def _answer(device: JobMap, request: bytes) -> bytes:
    try:
        return respond(device, request)
    except RefusedError as refused:
        return bytes((request[0] | 0x80, refused.code))


def respond(device: JobMap, request: bytes) -> bytes:
    """Return the answer to one request of the application protocol. Raises RefusedError."""
    function, body = request[0], request[1:]
    if function not in {3, 4, 6, 16}:
        raise RefusedError(_FUNCTION)
    if len(body) < 4:  # noqa: PLR2004 (an address and a count or value)
        raise RefusedError(_VALUE)
    at, number = int.from_bytes(body[:2], "big"), int.from_bytes(body[2:4], "big")
    if function in {3, 4}:
        words = device.read(at, number)
        return bytes((function, len(words) * 2)) + b"".join(w.to_bytes(2, "big") for w in words)
    if function == 6:  # noqa: PLR2004 (write single register)
        device.write(at, [number])
        return request[:5]
    data = body[5:]
    if len(body) < 5 or body[4] != len(data) or len(data) != number * 2:  # noqa: PLR2004
        raise RefusedError(_VALUE)
    device.write(at, [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)])
    return request[:5]


@contextlib.asynccontextmanager
async def serve(host: str, port: int, maps: Mapping[int, JobMap]) -> AsyncIterator[Server]:
    """Listen while the block runs; port 0 finds a free one, told as `server.port`."""
    server = Server(maps)
    listening = await asyncio.start_server(server.talk, host, port)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        server.cut()
        await asyncio.sleep(0)

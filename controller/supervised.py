"""What a service supervisor is told: that the controller is ready, alive, ending.

Source: systemd, sd_notify(3): datagrams of NAME=value lines to the socket in NOTIFY_SOCKET; with
WATCHDOG_USEC set, WATCHDOG=1 is due within that time, at best twice as often.
"""

import asyncio
import contextlib
import socket
from collections.abc import Mapping


def tell(environment: Mapping[str, str], said: str) -> None:
    """Tell the supervisor, when there is one; a supervisor that does not listen is no fault of ours."""
    path = environment.get("NOTIFY_SOCKET", "")
    if not path:
        return
    # A leading @ names a socket without a file (Linux, abstract namespace).
    address = f"\0{path[1:]}" if path.startswith("@") else path
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        out.sendto(said.encode(), address)


async def stay_alive(environment: Mapping[str, str]) -> None:
    """Say that the loop turns, twice as often as the watchdog asks; a frozen loop says nothing and is
    started again."""
    within_us = environment.get("WATCHDOG_USEC", "")
    if not within_us.isdigit() or not int(within_us):
        return
    while True:
        tell(environment, "WATCHDOG=1")
        await asyncio.sleep(int(within_us) / 2_000_000)

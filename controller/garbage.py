"""Full collections of garbage walk the whole state, which holds up the loop: they are made rare.

Source: Python documentation, module gc: objects that were frozen are passed over by every collection;
they still go when nothing refers to them any more.
"""

import asyncio
import gc

_YOUNG, _MIDDLE, _NEVER = 2_000, 10, 1_000_000
"""Allocations before a young collection, those before a middle one, and those before a full one."""
_FREEZE_S = 30.0
_FULL_S = 6 * 3600.0
"""Real seconds; a full one takes a tenth of a second at 1,000 open orders."""


async def rare() -> None:
    """Keep what has lived for a while out of collections, until cancelled."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
    time = asyncio.get_running_loop().time
    full_s = time() + _FULL_S
    try:
        gc.collect()
        while True:
            if time() >= full_s:
                # Cycles among what was frozen go only in a full one.
                gc.unfreeze()
                gc.collect()
                full_s = time() + _FULL_S
            else:
                gc.collect(1)
            gc.freeze()
            await asyncio.sleep(_FREEZE_S)
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()

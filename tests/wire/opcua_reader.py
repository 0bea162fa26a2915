"""Reads what a machine holds, in a process that has never seen its structures: endpoint, machine."""

import asyncio
import sys
from dataclasses import replace

from opcua_cell import HASTY, LEDGER, plant

from drivers import LinkChange
from drivers.opcua import OpcUaDriver
from plant_config import OpcUa


async def main(endpoint: str, machine: str) -> None:
    built = plant({machine: LEDGER})
    link = OpcUa(kind="opcua", endpoint=endpoint, object=machine)
    there = replace(built, machines={machine: replace(built.machines[machine], link=link)})
    driver = OpcUaDriver(there, machine, replace(HASTY, open_s=8.0))
    async for notice in driver.notices():
        if isinstance(notice, LinkChange) and notice.up:
            break
    for report in await driver.held() or ():
        said = f"{report.job_order} {report.state.value} {len(report.results)}\n"
        sys.stdout.write(said)
    await driver.close()


asyncio.run(main(*sys.argv[1:]))

"""The suite that any driver with its simulator or real machine must pass; it writes a certificate.

Each check is a coroutine function over a `Bench` and ends with the machine cleared and at rest.
What a bench cannot do (cut power, lose a reply) is left out and said so on the certificate.
"""

import asyncio
from dataclasses import dataclass
from typing import Literal

from drivers.conformance_bench import Bench, ConformanceError, Trial
from drivers.conformance_checks import CHECKS, Check
from drivers.driver import LinkError
from plant_config import Evidence

__all__ = ["CHECKS", "Bench", "Certificate", "ConformanceError", "Result", "certify"]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one check."""

    name: str
    outcome: Literal["passed", "failed", "left out"]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What came of all checks."""

    machine: str
    evidence: Evidence
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Tell whether no check failed and something was checked."""
        outcomes = [result.outcome for result in self.results]
        return "passed" in outcomes and "failed" not in outcomes

    def text(self) -> str:
        """Write it for people."""
        verdict = "conforms" if self.passed else "does not conform"
        lines = [f"{self.machine} (evidence: {self.evidence.value}) {verdict}.", ""]
        for result in self.results:
            why = f": {result.why}" if result.why else ""
            lines.append(f"{result.outcome:<9} {result.name}{why}")
        return "\n".join(lines) + "\n"


async def certify(bench: Bench) -> Certificate:
    """Run every check that applies, in order, and close the driver."""
    trial = Trial(bench)
    listening = asyncio.create_task(trial.listen())
    results = []
    try:
        for name, why_not, check in CHECKS:
            reason = why_not(bench)
            left_out = Result(name, "left out", reason)
            results.append(left_out if reason else await _run(name, check, trial))
    finally:
        await bench.driver.close()
        await asyncio.wait((listening,), timeout=1.0)
        listening.cancel()
    return Certificate(bench.driver.machine, bench.evidence, tuple(results))


async def _run(name: str, check: Check, trial: Trial) -> Result:
    try:
        await trial.linked()
        await check(trial)
    except (ConformanceError, LinkError, TimeoutError) as error:
        return Result(name, "failed", str(error) or type(error).__name__)
    return Result(name, "passed")

"""How long reading an instance takes: text to problem, problem to arrays."""

import gc
import random
import sys
import time

from scheduler import formats
from scheduler.search.shop import to_shop

OPERATIONS_A_JOB = 10


def instance(operations: int, seed: int = 1) -> str:
    """Return a flexible shop as text: 1 to 5 machines an operation."""
    chance = random.Random(seed)
    machines = max(10, min(100, operations // 100))
    jobs = operations // OPERATIONS_A_JOB
    lines = [f"{jobs} {machines} 3"]
    for _ in range(jobs):
        words = [str(OPERATIONS_A_JOB)]
        for _ in range(OPERATIONS_A_JOB):
            able = chance.sample(range(1, machines + 1), chance.randint(1, 5))
            words += [str(len(able)), *(f"{k} {chance.randint(7, 130)}" for k in able)]
        lines.append(" ".join(words))
    return "\n".join(lines)


def main() -> None:
    """Print CPU seconds, the best of three, with and without pauses for garbage."""
    for operations in map(int, sys.argv[1:] or ["20000", "100000"]):
        text = instance(operations)
        for collects in (True, False):
            (gc.enable if collects else gc.disable)()
            reads, builds = [], []
            for _ in range(3):
                begun = time.process_time()
                problem = formats.read(text, "made.fjs")
                between = time.process_time()
                to_shop(problem)
                builds.append(time.process_time() - between)
                reads.append(between - begun)
                del problem
                gc.collect()
            print(
                f"{operations:>7} operations, {'with' if collects else 'without'} gc: read "
                f"{min(reads):.3f} s, arrays {min(builds):.3f} s (load matters little: CPU time)"
            )


if __name__ == "__main__":
    main()

"""The process that loads kernels once and is then forked into the searches, and one for a proof."""

import os
import signal
from multiprocessing.connection import Connection

from controller.kernels import Kernels
from controller.solve.searcher import (
    Order,
    Word,
    Work,
    be_searcher,
    end_with_parent,
    write_errors_to,
)


def be_nursery(
    lines: "tuple[Connection[Word, Order], ...]",
    inherited: "tuple[Connection[Order, Word], ...]",
    kernels: Kernels,
    works: tuple[Work, ...],
) -> None:
    """Become a search for each line, and wait until all have ended; as the whole life of a process.

    `inherited` are the other ends of the pipes, which a forked process has too and must not keep open.
    It leads a process group, so that all are ended at one stroke.
    """
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for end in inherited:
        end.close()
    end_with_parent()
    write_errors_to(kernels)
    kernels.use()
    if kernels.folder is not None:
        # The process that forks this one has no kernels.
        from scheduler import proof, rehearse  # noqa: PLC0415

        problem = works[0].problem
        rehearse.load(problem.aim, is_path=proof.is_path_problem(problem))
    born = 0
    for line, work in zip(lines, works, strict=True):
        if not os.fork():
            for other in lines:
                if other is not line:
                    other.close()
            end_with_parent()
            be_searcher(line, work)
            return
        born += 1
    for line in lines:
        line.close()
    for _ in range(born):
        os.wait()

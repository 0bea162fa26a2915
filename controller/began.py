"""When this process began, so that a budget of seconds counts its start-up."""

import os
import sys
import time
from pathlib import Path

_START_TIME = 19
"""Place of `starttime` behind the name of the program. Source: Linux proc_pid_stat(5), field 22."""


def process_began_s() -> float:
    """Return it by the monotonic clock; where the system does not tell, less the CPU time so far."""
    if sys.platform == "linux":
        try:
            fields = Path("/proc/self/stat").read_text("ascii").rpartition(")")[2].split()
        except OSError:
            fields = []
        if fields:
            began_s = int(fields[_START_TIME]) / os.sysconf("SC_CLK_TCK")
            return time.monotonic() - (time.clock_gettime(time.CLOCK_BOOTTIME) - began_s)
    return time.monotonic() - time.process_time()

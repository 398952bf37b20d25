"""What a process that decodes bytes from outside may not do, set by itself and for good."""

from __future__ import annotations

import math
import resource
import sys

from annotations.intake.limits import Limits


def limit_this_process(limits: Limits, address_space: int = 0) -> None:
    """Take away memory, files and core dumps from the process, for good."""
    most = address_space or limits.checker_bytes
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # elsewhere it cannot be set, or does not hold
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def allow_cpu_seconds(seconds: int) -> None:
    """Let the process use so many more seconds of CPU time than it has used by now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))

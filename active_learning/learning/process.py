"""How the commands of this package behave as child processes of a worker."""

import ctypes
import json
import os
import resource
import signal
import stat
import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

from threadpoolctl import threadpool_limits

from active_learning.learning.errors import Cancelled, LearningError

PR_SET_PDEATHSIG = 1
FAILED, REFUSED, PARENT_DIED, CANCELLED = 1, 2, 125, 143


class StopRequest:
    """Turns the first SIGTERM or SIGINT into a polite question; call it to ask."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def __call__(self) -> bool:
        return self.asked

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def run_command(work: Callable[[StopRequest], None], budget_cpu: float | None = None) -> int:
    """Do the work as a good child process; errors become an event and an exit status."""
    stop = StopRequest()
    die_with_parent()
    use_one_thread()
    if budget_cpu is not None:
        limit_cpu(budget_cpu)
    try:
        work(stop)
    except Cancelled as error:
        return _fail(error.code, str(error), CANCELLED)
    except LearningError as error:
        return _fail(error.code, str(error), REFUSED)
    except Exception as error:  # the reason must reach whoever waits, whatever it is
        traceback.print_exc()
        return _fail("crashed", f"{type(error).__name__}: {error}", FAILED)
    return 0


def _fail(code: str, reason: str, status: int) -> int:
    emit("error", {"code": code, "reason": reason})
    return status


def use_one_thread() -> None:
    """Numpy's and SciPy's libraries compute in one thread: repeatable and never in the way."""
    threadpool_limits(1)


def die_with_parent() -> None:
    """End at once when the parent's end of a piped stdin closes; SIGTERM too, on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    try:
        piped = stat.S_ISFIFO(os.fstat(0).st_mode) or stat.S_ISSOCK(os.fstat(0).st_mode)
    except OSError:
        return
    if piped:
        threading.Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 4096):
        pass
    os._exit(PARENT_DIED)


def limit_cpu(seconds: float) -> None:
    """A last resort against a run that never looks at its budget: the kernel ends it."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    limit = int(used + 2 * seconds + 60)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def emit(event: str, data: dict[str, Any]) -> None:
    """Print one event as one line of strict JSON and push it out."""
    sys.stdout.write(json.dumps({"event": event} | _finite(data), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _finite(value: Any) -> Any:
    """NaN and infinity are no JSON: they become null."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, float) and value - value != 0:
        return None
    return value

"""Wait for several slow things at once, and get their results one by one, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_In = TypeVar("_In")
_Out = TypeVar("_Out")
THREADS, WINDOW = 4, 8


def ahead(
    work: Callable[[_In], _Out], inputs: Iterable[_In], threads: int = THREADS, window: int = WINDOW
) -> Iterator[tuple[_In, _Out]]:
    """Yield (input, result) in the inputs' order, with at most `window` results in memory.

    What `work` raises is raised where its result would have come.
    """
    running: deque[tuple[_In, Future[_Out]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="ahead") as pool:
        try:
            for each in inputs:
                running.append((each, pool.submit(work, each)))
                if len(running) >= window:
                    first, future = running.popleft()
                    yield first, future.result()
            while running:
                first, future = running.popleft()
                yield first, future.result()
        finally:
            for _, future in running:
                future.cancel()

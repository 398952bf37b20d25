"""What a child process found: files that it wrote, mostly many items as one array per name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.actions.child import Child, Ended, Event
from labelhub.jobs.claim import Claim

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Found:
    """Equally long arrays by name, what the child told of its work, and what it cost."""

    columns: Columns
    cpu_seconds: float
    facts: Event = field(default_factory=dict)


def found_by(
    module: str,
    arguments: Sequence[str],
    out: Path,
    claim: Claim | None = None,
    hear: Callable[[list[Event]], None] | None = None,
) -> Found:
    """Run a module that writes an NPZ file to `out`, and return what it wrote.

    Raises as `run_module` does.
    """
    ended, facts = run_module(module, arguments, claim, hear)
    with np.load(out, allow_pickle=False) as found:
        columns = {name: found[name] for name in found.files}
    return Found(columns, ended.cpu_seconds, facts)


def run_module(
    module: str,
    arguments: Sequence[str],
    claim: Claim | None = None,
    hear: Callable[[list[Event]], None] | None = None,
) -> tuple[Ended, Event]:
    """Run a module to its good end; returns that, and what it told of its work.

    `hear` gets each batch of its events. Raises JobCancelled where the claim is lost, and
    LearningFailed or LearningInterrupted where the child did not end well.
    """
    facts: Event = {}
    with Child(module, arguments) as child:
        for batch in child.events():
            if claim is not None:
                claim.check()
            for event in batch:
                facts |= event if event["event"] in ("start", "done") else {}
            if hear is not None:
                hear(batch)
        ended = child.wait()
    ended.raise_for_status()
    return ended, facts

"""Read: let the serving version read the open lines; what it is least sure of is asked first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.actions.asked import asked_tasks, percent
from active_learning.actions.columns import run_module
from active_learning.actions.publish import folder_of
from active_learning.actions.rank import UNIFORM
from active_learning.actions.write_order import write_order
from active_learning.models import ModelVersion
from annotations.models import Project
from labelhub.jobs.claim import Claim

READ = "active_learning.learning.read_pool"
# Lines by how unsure the version is of the whole of each (DOMAIN: sequence confidence).
STRATEGY = "sequence_confidence"
NOTHING = "The model reads nothing here."
SHOWN = 80  # characters of a reading in a reason


@dataclass(frozen=True)
class ReadLine:
    """What a version reads on one task's line, and the chance that all of it is right."""

    id: int
    text: str
    confidence: float
    characters: list[float]


def read_pool(version: ModelVersion, items: Path, out: Path, claim: Claim | None) -> int:
    """Run the version on the lines listed in `items`; returns how many it could not read."""
    _, facts = run_module(READ, [str(folder_of(version)), str(items), str(out)], claim)
    return int(facts.get("skipped", 0))


def rank_lines(*, project: Project, version: ModelVersion, lines: list[ReadLine]) -> int:
    """Write the order of the queue; returns how many tasks were moved.

    What has votes already is gone on with, then come new lines, the least sure first.
    """
    known = {one.id: one for one in asked_tasks(project)}
    begun = sorted(known.values(), key=lambda one: (-one.votes, one.id))
    fresh = [line for line in lines if line.id not in known]
    if project.strategy != "uniform":
        fresh.sort(key=lambda line: (line.confidence, line.id))
    ids = np.asarray([*(one.id for one in begun), *(line.id for line in fresh)], np.int64)
    by_id = {line.id: line for line in fresh}

    def reasons(places: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
        for pk in ids[places].tolist():
            yield (reason_of(project, version, by_id[pk]) if pk in by_id else known[pk].reason())

    return write_order(project=project, ids=ids, reasons=reasons)


def reason_of(project: Project, version: ModelVersion, line: ReadLine) -> dict[str, Any]:
    """Say why a line is where it is: words for people, figures beside."""
    text = line.text if len(line.text) <= SHOWN else line.text[: SHOWN - 1] + "…"
    said = f"The model reads “{text}” ({percent(line.confidence)} sure)." if text else NOTHING
    uniform = project.strategy == "uniform"
    return {
        "text": UNIFORM if uniform else said,
        "score": round(1.0 - line.confidence, 4),
        "strategy": "uniform" if uniform else STRATEGY,
        "version": version.number,
    }


def score_rows(lines: list[ReadLine], limit: int) -> Iterator[list[Any]]:
    """Yield (task, reading, chance, value) as stored predictions are written."""
    for line in lines:
        yield [line.id, line.text[:limit], line.confidence, round(1.0 - line.confidence, 4)]

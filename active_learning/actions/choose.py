"""Choose: strategies that choose items together look at the part of a large pool that matters."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from active_learning.actions.predict import CHOOSING, load_scores, pool_of, write_scores
from active_learning.actions.rank import Scores, strategy_of
from active_learning.actions.write_order import places_of
from active_learning.learning.strategies.uniform import uniform_scores
from active_learning.models import ModelVersion
from annotations.models import Project, Task
from labelhub.jobs.claim import Claim

# Of the most doubtful open tasks, of a fair sample of all of them, and of the newest answers: what
# is chosen among more differs by next to nothing.
SHORTLIST = 10_000


def choose_among(
    project: Project, version: ModelVersion, said: Scores, claim: Claim | None
) -> Scores:
    """Let the project's strategy choose among a shortlist; all others keep their margin.

    `said` is what the chunks say, by margin where the strategy chooses items together.
    """
    strategy = strategy_of(project)
    if strategy not in CHOOSING:
        return said
    tasks = pool_of(project).filter(pk__in=shortlist(project, said).tolist())
    with tempfile.TemporaryDirectory(prefix="choose-") as folder:
        out = Path(folder) / "scores.npz"
        write_scores(project, version, tasks, out, strategy=strategy, claim=claim)
        chosen, _ = load_scores([out])
    place, found = places_of(chosen.ids, said.ids)
    chosen, place = chosen.part(found), place[found]
    values = said.values.astype(np.float64)
    picked = chosen.values > 1.0  # what a strategy chose scores more than any margin
    values[place[picked]] = chosen.values[picked]
    repeated = np.zeros(len(said), np.bool_)
    if chosen.repeated is not None:
        repeated[place[chosen.repeated]] = True
    values[repeated] = values.min(initial=0.0)
    return replace(said, values=values, repeated=repeated, strategy=chosen.strategy)


def shortlist(project: Project, said: Scores) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """(m,) ids of the tasks that a strategy looks at; `said.ids` rise."""
    doubtful = said.ids[np.argsort(-said.values, kind="stable")[:SHORTLIST]]
    drawn = said.ids[np.argsort(-uniform_scores(said.ids, project.pk))[:SHORTLIST]]
    answered = Task.objects.filter(project=project, votes__gt=0).order_by("-pk")
    newest = np.fromiter(answered.values_list("pk", flat=True)[:SHORTLIST], np.int64)
    return np.unique(np.concatenate([doubtful, drawn, newest]))

"""The order before there is a model: typical pictures of every kind first (TypiClust)."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from active_learning.actions.columns import found_by
from active_learning.actions.features import encoder_folder, encoder_of, features_at_hand
from active_learning.actions.order import keep_order
from active_learning.actions.snapshot import picture_path
from annotations.actions.project import draws_for
from annotations.actions.reorder import reorder_tasks
from annotations.models import Project, Task
from labelhub.jobs.claim import Claim

SCORE = "active_learning.learning.score"
STRATEGY, RANDOM_ORDER = "typiclust", "uniform"
PICKS = 100  # more than are answered until the first model takes over
SAMPLE = 20_000  # open tasks looked at: the clusters of more pictures are the same
PICKED = 1.0  # a task that was chosen has a higher priority, a draw a lower one
TEXT = "Typical of many pictures that nobody has answered yet."
DRAWN = "No model has looked at it yet: its place was drawn."


def order_by_typicality(*, project: Project, newest: int, claim: Claim | None = None) -> int | None:
    """Put typical tasks of the active arm in front, spread over all there is to see.

    All others keep the place they drew. Returns how many rows were written, None where the project
    asks for random order, about pairs, or about lines of pages.
    """
    # A task of two items is as typical as neither of them; lines are read in their page's order.
    if project.strategy == RANDOM_ORDER or project.of_pairs or asks_about_lines(project):
        keep_order(
            project=project, version=None, strategy=RANDOM_ORDER, newest_task=newest, items=0,
            seconds=0.0, encoder=encoder_of(project.dataset_id),
        )  # fmt: skip
        return None
    began = time.monotonic()
    encoder = encoder_of(project.dataset_id)
    picks = choose_typical(project=project, encoder=encoder, claim=claim)
    moved = reorder_tasks(project=project, order=_places(project, picks))
    keep_order(
        project=project,
        version=None,
        strategy=STRATEGY,
        newest_task=newest,
        items=len(picks),
        seconds=time.monotonic() - began,
        encoder=encoder,
    )
    return moved


def asks_about_lines(project: Project) -> bool:
    """Whether a project is about lines that were cut out of their pages."""
    tasks = Task.objects.filter(project=project, item__metadata__page__isnull=False)
    return project.task_type == "transcription" and tasks.exists()


def choose_typical(*, project: Project, encoder: str, claim: Claim | None = None) -> list[int]:
    """Return the chosen tasks, first to ask first, computed in a child process."""
    with tempfile.TemporaryDirectory(prefix="typical-") as scratch:
        items, out = Path(scratch) / "items.jsonl", Path(scratch) / "scores.npz"
        with items.open("w", encoding="utf-8") as stream:
            stream.writelines(_lines(project))
        options: dict[str, object] = {
            "--strategy": STRATEGY,
            "--feature-store": features_at_hand(project.dataset_id),
            "--seed": project.pk,
            "--batch": PICKS,
        }
        if (folder := encoder_folder(encoder)) is not None:
            options["--encoder"] = folder
        words = [str(word) for pair in options.items() for word in pair]
        found = found_by(SCORE, ["none", str(items), str(out), *words], out, claim).columns
    ids, scores = found["ids"], found["score"]
    order = np.lexsort((ids, -scores))
    return [int(ids[place]) for place in order if scores[place] > PICKED]


def _lines(project: Project) -> Iterator[str]:
    """Yield what the choice looks at: what is answered, and a fair sample of what is not."""
    fields = ("pk", "item__sha256")
    rows = Task.objects.filter(project=project)
    settled = rows.exclude(status=Task.Status.OPEN, votes=0).order_by("-pk")
    for pk, sha256 in settled.values_list(*fields)[:SAMPLE]:
        yield _line(pk, sha256, {"target": {"": 1.0}})
    waiting = rows.filter(status=Task.Status.OPEN, aside=False, votes=0, arm=Task.Arm.ACTIVE)
    for pk, sha256 in waiting.order_by("-priority", "pk").values_list(*fields)[:SAMPLE]:
        yield _line(pk, sha256, {})


def _line(pk: int, sha256: str, more: dict[str, Any]) -> str:
    return json.dumps({"id": pk, "sha256": sha256, "file": picture_path(sha256)} | more) + "\n"


def _places(project: Project, picks: list[int]) -> Iterator[tuple[int, float, dict[str, Any]]]:
    """Yield the new places: the chosen ones in front, those chosen earlier back where they were."""
    figures = {"strategy": STRATEGY, "version": None, "score": None}
    for rank, pk in enumerate(picks):
        priority = 2.0 * PICKED - PICKED * rank / max(len(picks), 1)
        yield pk, priority, {"text": TEXT} | figures
    earlier = Task.objects.filter(
        project=project, priority__gt=PICKED, status=Task.Status.OPEN, votes=0
    )
    rows = earlier.exclude(pk__in=picks).values_list("pk", "item__sha256")
    for pk, sha256 in list(rows):
        yield pk, draws_for(project.pk, sha256)[1], {"text": DRAWN} | figures | {"strategy": None}

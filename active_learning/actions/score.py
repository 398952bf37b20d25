"""Score: let the serving version predict the open pool, keep what it says, re-order the queue."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import Max

from active_learning.actions.choose import choose_among
from active_learning.actions.chunks import end_scoring, is_too_large, plan_scoring, results_of
from active_learning.actions.events import last_number
from active_learning.actions.keep_scores import class_rows, keep_rows
from active_learning.actions.opinions import give_opinions, standing_in
from active_learning.actions.order import keep_order, newest_annotation
from active_learning.actions.predict import load_readings, load_scores, predict_pool, read_lines
from active_learning.actions.propose import gold_tasks, propose_classes, propose_readings
from active_learning.actions.publish import score_soon, serving_version
from active_learning.actions.rank import Scores, rank_tasks
from active_learning.actions.read import STRATEGY as SEQUENCE_CONFIDENCE
from active_learning.actions.read import ReadLine, rank_lines, score_rows
from active_learning.actions.snapshot import reads_text
from active_learning.actions.typical import order_by_typicality
from active_learning.learning.prediction_table import TABLE
from active_learning.learning.stopping import cohen_kappa
from active_learning.learning.strategies.uniform import uniform_scores
from active_learning.models import ModelVersion, RunEvent, Score, Scoring
from annotations.models import Project, Task
from labelhub.jobs.claim import Claim

# Open tasks on which two consecutive versions are compared, and how many say something.
COMPARED, FEWEST_COMPARED = 1_000, 50
PREDICTED_LENGTH = 200  # of what is stored of a reading


@dataclass(frozen=True)
class Scored:
    """How many tasks were predicted, left out as unreadable, and moved in the queue.

    `version` is the number of the model version, None where pictures were only compared.
    """

    version: int | None
    scored: int
    skipped: int
    moved: int


def score_items(*, project: Project, claim: Claim | None = None) -> Scored | None:
    """Predict every open task, re-order the queue, and keep the predictions.

    Before there is a version, typical pictures come first. A pool that is too large for one piece
    is put in line in chunks, and None returned.
    """
    version = serving_version(project)
    began = time.monotonic()
    newest = Task.objects.filter(project=project).aggregate(last=Max("pk"))["last"] or 0
    if version is None:
        picked = order_by_typicality(project=project, newest=newest, claim=claim)
        return Scored(None, 0, 0, picked) if picked is not None else None
    if is_too_large(project):
        plan_scoring(project=project, version=version, claim=claim)
        return None
    last = newest_annotation(project)
    if reads_text(project):
        lines, skipped = read_lines(project, version, claim)
        scored, strategy = order_by_readings(project, version, lines, skipped, claim)
    else:
        said, skipped = predict_pool(project, version, claim)
        scored, strategy = order_by_classes(project, version, said, skipped, claim)
    seconds = time.monotonic() - began
    note_order(project, version, scored, strategy, newest=newest, last=last, seconds=seconds)
    return scored


def order_scored(*, scoring: Scoring, claim: Claim | None = None) -> Scored | None:
    """Put together what all chunks say, and re-order the queue by it.

    None where another version has begun to serve meanwhile, or a chunk must be predicted again.
    """
    project, version = scoring.project, scoring.version
    if serving_version(project) != version:
        end_scoring(scoring)
        score_soon(project.pk)
        return None
    files = results_of(scoring)
    if files is None:
        return None
    if reads_text(project):
        lines = load_readings(files)
        scored, strategy = order_by_readings(project, version, lines, 0, claim)
    else:
        said, skipped = load_scores(files)
        said = choose_among(project, version, said, claim)
        scored, strategy = order_by_classes(project, version, said, skipped, claim)
    note_order(
        project, version, scored, strategy, newest=scoring.newest_task,
        last=scoring.last_annotation, seconds=time.time() - scoring.began_at.timestamp(),
    )  # fmt: skip
    end_scoring(scoring)
    return scored


def note_order(
    project: Project,
    version: ModelVersion,
    scored: Scored,
    strategy: str,
    *,
    newest: int,
    last: int,
    seconds: float,
) -> None:
    """Note by what the queue is ordered now; `newest` task and `last` answer were known before."""
    keep_order(
        project=project,
        version=version,
        strategy=strategy,
        newest_task=newest,
        items=scored.scored,
        seconds=seconds,
        last_annotation=last,
        proposed=project.shows_model,
    )
    note_scoring(version, scored, seconds=seconds)


def order_by_classes(
    project: Project, version: ModelVersion, said: Scores, skipped: int, claim: Claim | None
) -> tuple[Scored, str]:
    """Order the queue by what was said of each task; returns what was done and the strategy used.

    The queue is written first: labelers wait for it, the stored predictions are for pages.
    """
    scores = open_scores(project, said)
    standing = standing_in(project, version, said)
    moved = rank_tasks(project=project, version=version, scores=scores)
    give_opinions(project=project, version=version, said=said, standing=standing)
    propose_classes(project=project, version=version, said=said, claim=claim)
    note_stability(version, scores)
    keep_rows(project=project, version=version, rows=class_rows(scores), claim=claim)
    return Scored(version.number, len(scores), skipped, moved), scores.strategy


def order_by_readings(
    project: Project, version: ModelVersion, read: list[ReadLine], skipped: int, claim: Claim | None
) -> tuple[Scored, str]:
    """Do the same where answers are texts: what is read with least confidence comes first."""
    lines = open_readings(project, read)
    moved = rank_lines(project=project, version=version, lines=lines)
    propose_readings(project=project, version=version, lines=read, claim=claim)
    rows = score_rows(lines, PREDICTED_LENGTH)
    keep_rows(project=project, version=version, rows=rows, claim=claim)
    return Scored(version.number, len(lines), skipped, moved), SEQUENCE_CONFIDENCE


def open_scores(project: Project, said: Scores) -> Scores:
    """Leave out the settled tasks: they only steered the choice."""
    still_open = Task.objects.filter(project=project, status=Task.Status.OPEN, aside=False)
    ids = np.fromiter(still_open.values_list("pk", flat=True).iterator(10_000), np.int64)
    return said.part(np.isin(said.ids, ids))


def open_readings(project: Project, lines: list[ReadLine]) -> list[ReadLine]:
    """Leave out the gold lines that are settled: they have no place in the queue."""
    gold = set(gold_tasks(project))
    tested = Task.objects.filter(pk__in=gold & {line.id for line in lines})
    settled = set(tested.exclude(status=Task.Status.OPEN).values_list("pk", flat=True))
    return [line for line in lines if line.id not in settled]


def note_stability(version: ModelVersion, scores: Scores) -> float | None:
    """Keep on a version how far it agrees with the one before it on items that nobody answered.

    Cohen's kappa over a fixed draw of the open tasks; None where there is none to compare with.
    """
    drawn = scores.part(np.argsort(-uniform_scores(scores.ids, version.project_id))[:COMPARED])
    earlier = Score.objects.filter(task__in=drawn.ids.tolist(), version__number__lt=version.number)
    known = dict(earlier.values_list("task_id", "predicted"))
    both = drawn.part(np.isin(drawn.ids, np.fromiter(known, np.int64, len(known))))
    if len(both) < FEWEST_COMPARED:
        return None
    codes = {name: code for code, name in enumerate(both.classes)}
    before = np.asarray([codes.get(known[pk], -1) for pk in both.ids.tolist()], np.int64)
    kappa = round(cohen_kappa(before, both.probabilities.argmax(axis=1)), 4)
    version.metrics["kappa"] = kappa
    ModelVersion.objects.filter(pk=version.pk).update(metrics=version.metrics)
    return kappa


def note_scoring(version: ModelVersion, scored: Scored, *, seconds: float) -> None:
    """Add a line to the log of the run that made the version."""
    message = f"Queue of {scored.scored} open items re-ordered in {seconds:.1f} s."
    if scored.skipped:
        brought = version.run.recipe == TABLE
        message += f" {scored.skipped} {'have no prediction' if brought else 'could not be read'}."
    data = {"message": message, "items": scored.scored, "seconds": round(seconds, 3)}
    with transaction.atomic():
        number = last_number(version.run) + 1
        # Two scorings that end at the same moment: one line in the log is enough.
        row = RunEvent(run=version.run, no=number, kind="scored", data=data)
        RunEvent.objects.bulk_create([row], ignore_conflicts=True)

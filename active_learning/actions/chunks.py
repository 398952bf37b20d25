"""Chunks: a pool too large for one piece is predicted by any number of workers, then put together.

Each chunk is a job: one of a killed worker runs again, one that ran twice says the same, and those
of a pass that was overtaken or cancelled find no row of theirs any more and stop.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from active_learning.actions.order import newest_annotation
from active_learning.actions.predict import CHOOSING, pool_of, write_readings, write_scores
from active_learning.actions.rank import FALLBACK_STRATEGY, strategy_of
from active_learning.actions.snapshot import reads_text
from active_learning.models import ModelVersion, Scoring, ScoringChunk
from annotations.models import Project, Task
from labelhub import storage
from labelhub.errors import NotFound
from labelhub.jobs.claim import Claim, JobCancelled
from labelhub.jobs.models import Job
from labelhub.jobs.queue import cancel, enqueue
from labelhub.shared import ObjectDamaged

# Pictures are predicted from features within seconds, lines are read at some dozen a second.
ONE_PIECE, ONE_PIECE_OF_LINES = 100_000, 2_000
CHUNK, CHUNK_OF_LINES = 50_000, 1_000
MOST_BYTES = 8 * 1024**3  # of what is said of one chunk
READ_AT_ONCE = 10_000
PREDICT, FINISH = "predict_chunk", "order_scored"


def is_too_large(project: Project) -> bool:
    """Whether the pool is predicted in chunks."""
    most = ONE_PIECE_OF_LINES if reads_text(project) else ONE_PIECE
    return pool_of(project).count() > most


def plan_scoring(*, project: Project, version: ModelVersion, claim: Claim | None = None) -> Scoring:
    """Put the chunks of a pool in line; a pass of the same kind that is under way goes on.

    One of another version or strategy is overtaken.
    """
    with transaction.atomic():
        if claim is not None:
            claim.hold()
        present = Scoring.objects.select_for_update().filter(project=project).first()
        strategy = strategy_of(project)
        if present and (present.version_id, present.strategy) == (version.pk, strategy):
            return _go_on(present)
        if present:
            drop_scoring(present)
        newest = Task.objects.filter(project=project).aggregate(last=Max("pk"))["last"] or 0
        scoring = Scoring.objects.create(
            project=project, version=version, strategy=strategy, newest_task=newest,
            last_annotation=newest_annotation(project),
        )  # fmt: skip
        ScoringChunk.objects.bulk_create(
            ScoringChunk(scoring=scoring, no=no, first_task=first, last_task=last)
            for no, (first, last) in enumerate(_ranges(project))
        )
        return _go_on(scoring)


def _ranges(project: Project) -> list[tuple[int, int]]:
    """First and last id of each chunk."""
    size = CHUNK_OF_LINES if reads_text(project) else CHUNK
    rows = pool_of(project).order_by("pk").values_list("pk", flat=True)
    ids = np.fromiter(rows.iterator(chunk_size=READ_AT_ONCE), np.int64)
    return [(int(part[0]), int(part[-1])) for part in np.split(ids, range(size, len(ids), size))]


def _go_on(scoring: Scoring) -> Scoring:
    """Put what is left in line, where it is not there already."""
    missing = scoring.chunks.filter(result="").order_by("no")
    for chunk in missing.exclude(job__state__in=Job.UNFINISHED):
        chunk.job = enqueue(
            PREDICT,
            payload={"chunk": chunk.pk},
            queue=Job.Queue.SCORE,
            dedupe_key=f"{PREDICT}:{chunk.pk}",
            project_id=scoring.project_id,
        )
        chunk.save(update_fields=["job"])
    if not missing.exists():
        finish_soon(scoring)
    return scoring


def finish_soon(scoring: Scoring) -> Job:
    """Have what all chunks say put together and the queue ordered by it."""
    return enqueue(
        FINISH,
        payload={"scoring": scoring.pk},
        queue=Job.Queue.SCORE,
        dedupe_key=f"{FINISH}:{scoring.pk}",
        project_id=scoring.project_id,
    )


def drop_scoring(scoring: Scoring) -> None:
    """End a pass, in the caller's transaction: its jobs are cancelled, its rows go."""
    ids = scoring.chunks.filter(job__state__in=Job.UNFINISHED).values_list("job", flat=True)
    waiting = Job.objects.filter(Q(pk__in=list(ids)) | Q(dedupe_key=f"{FINISH}:{scoring.pk}"))
    for job in waiting.filter(state__in=Job.UNFINISHED):
        cancel(job)
    scoring.delete()


def predict_chunk(*, chunk: ScoringChunk, claim: Claim) -> int | None:
    """Predict a chunk and keep what was said; the last of a pass has all of it put together.

    Returns how many bytes were kept, None where nobody wants them any more. A person who cancels
    one chunk ends the pass.
    """
    if chunk.result:
        return None
    with tempfile.TemporaryDirectory(prefix="chunk-") as folder:
        out = Path(folder) / "said"
        try:
            _predict(chunk, out, claim)
        except JobCancelled:
            _drop_pass_of(chunk)
            raise
        with out.open("rb") as stream:
            stored = storage.predictions().save(stream, max_bytes=MOST_BYTES)
    return stored.size if keep_result(chunk=chunk, result=stored.sha256, claim=claim) else None


def _predict(chunk: ScoringChunk, out: Path, claim: Claim) -> None:
    scoring = chunk.scoring
    project = scoring.project
    tasks = tasks_of(chunk)
    if reads_text(project):
        write_readings(scoring.version, tasks, out, claim)
        return
    # What is chosen together is chosen at the end, among the most doubtful of all chunks.
    strategy = FALLBACK_STRATEGY if scoring.strategy in CHOOSING else scoring.strategy
    write_scores(project, scoring.version, tasks, out, strategy=strategy, claim=claim)


def tasks_of(chunk: ScoringChunk) -> QuerySet[Task]:
    """Return the tasks of a chunk as they are now."""
    return pool_of(chunk.scoring.project).filter(pk__range=(chunk.first_task, chunk.last_task))


@transaction.atomic
def keep_result(*, chunk: ScoringChunk, result: str, claim: Claim) -> bool:
    """Note where it lies what was said of a chunk, and end its job; False if nobody wants it.

    Chunks that end at the same moment wait for each other here, so that exactly one is the last.
    """
    claim.hold()
    scoring = Scoring.objects.select_for_update().filter(pk=chunk.scoring_id).first()
    wanted = scoring is not None and bool(
        ScoringChunk.objects.filter(pk=chunk.pk).update(result=result)
    )
    if scoring is not None and not scoring.chunks.filter(result="").exists():
        finish_soon(scoring)
    claim.finish({"kept": wanted})
    return wanted


def _drop_pass_of(chunk: ScoringChunk) -> None:
    with transaction.atomic():
        scoring = Scoring.objects.select_for_update().filter(pk=chunk.scoring_id).first()
        if scoring is not None:
            drop_scoring(scoring)


def results_of(scoring: Scoring) -> list[Path] | None:
    """Return the files of all chunks in the order of the tasks.

    None where some are gone from storage: those chunks are predicted again.
    """
    files = storage.predictions()
    found: list[Path] = []
    lost: list[int] = []
    for chunk in scoring.chunks.order_by("no"):
        try:
            found.append(_sound(files, chunk.result))
        except (NotFound, ObjectDamaged):
            lost.append(chunk.pk)
    if not lost:
        return found
    with transaction.atomic():
        ScoringChunk.objects.filter(pk__in=lost).update(result="")
        _go_on(scoring)
    return None


def _sound(files: storage.FolderFiles, result: str) -> Path:
    """Return where a result lies; NotFound where it is gone, or its bytes are others."""
    if not result or not (files.exists(result) and (files.is_sound(result) or files.mend(result))):
        raise NotFound("The result is gone.")
    return files.at_hand(result)


def end_scoring(scoring: Scoring) -> None:
    """Forget a pass that is over, with the files that no other one names."""
    results = set(scoring.chunks.values_list("result", flat=True))
    with transaction.atomic():
        scoring.delete()
    for result in results - set(used_results(sorted(results))):
        storage.predictions().delete(result)


def used_results(names: Sequence[str]) -> set[str]:
    """Return those of some files that a chunk names."""
    rows = ScoringChunk.objects.filter(result__in=names)
    return set(rows.values_list("result", flat=True))


def sweep_predictions() -> list[str]:
    """Delete what passes that were overtaken or cancelled have left in storage."""
    return storage.predictions().sweep(used_results, older_than=3600.0)

"""Start a training run: asked for by a person, or because enough new labels came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from active_learning.actions.budget import QuotaSpent, check_quota
from active_learning.actions.features import encoder_of
from active_learning.actions.publish import artifact_folder
from active_learning.actions.shared_folders import folder_exists
from active_learning.actions.snapshot import reads_text, snapshot_folder
from active_learning.actions.weights import find_weights, usable_weights
from active_learning.learning.prediction_table import TABLE
from active_learning.learning.recipes import READERS, RECIPES, WITH_ENCODER, WITH_WEIGHTS
from active_learning.models import TrainingRun
from annotations.models import Project, Task
from labelhub.accounts.models import User
from labelhub.errors import Conflict, Invalid
from labelhub.jobs.models import Job
from labelhub.jobs.queue import cancel, enqueue

FIRST_RUN_AT = 20
GROWTH_SHARE, GROWTH_LEAST = 0.15, 20
# The machine also serves people: training takes at most half of the time of one core.
LONGEST_PAUSE = timedelta(seconds=60)
# The recipes so far learn one class an image, or its text; the others need targets that snapshots
# do not carry.
LEARNABLE_TYPES = ("choice", "transcription")
READER = "line_crnn"
UNFINISHED = (TrainingRun.State.PENDING, TrainingRun.State.RUNNING)


class RunInProgress(Conflict):
    """A project trains one run at a time."""

    code = "run_in_progress"


@transaction.atomic
def start_run(
    *,
    project: Project,
    trigger: str,
    recipe: str = "",
    seed: int = 0,
    arm: str = TrainingRun.Arm.ACTIVE,
    labelled: int | None = None,
    by: User | None = None,
    delay: timedelta | None = None,
    budget: int | None = None,
    like: TrainingRun | None = None,
) -> TrainingRun:
    """Put one run in line; raises RunInProgress while another one of the project is under way.

    `budget` is what it may use, in CPU seconds; raises QuotaSpent where the project has nothing
    left. A run `like` an earlier one learns from the very same labels and features.
    """
    if project.task_type not in LEARNABLE_TYPES:
        raise Invalid(
            f"No recipe learns from answers of the type {project.task_type}; the queue stays in "
            "its seeded random order.",
            code="recipe_unfit",
        )
    check_quota(project)
    recipe = recipe or recipe_of(project)
    check_recipe(recipe, project)
    if recipe in WITH_WEIGHTS and like is None:
        find_weights(project.weights)
    run = _insert(
        TrainingRun(
            project=project,
            recipe=recipe,
            seed=seed,
            arm=arm,
            trigger=trigger,
            labelled=settled_count(project) if labelled is None else labelled,
            budget=budget,
            snapshot=like.snapshot if like else None,
            encoder=like.encoder if like else "",
            weights=like.weights if like else "",
            votes=like.votes if like else 0,
            created_by=by,
        )
    )
    job = enqueue(
        "train_model",
        payload={"run": run.pk},
        queue=Job.Queue.TRAIN,
        dedupe_key=f"train:{project.pk}",
        project_id=project.pk,
        created_by=by,
        run_after=delay,
    )
    if job.payload != {"run": run.pk}:
        raise RunInProgress("Another training of this project is still waiting to be ended.")
    TrainingRun.objects.filter(pk=run.pk).update(job=job)
    run.job = job
    return run


def repeat_run(*, run: TrainingRun, by: User) -> TrainingRun:
    """Train once more by the same recipe and seed on the same snapshot: it must come out the same.

    Raises Conflict where what it learned from is gone.
    """
    if run.recipe == TABLE:
        detail = "Nothing was trained here: send the predictions again."
        raise Conflict(detail, code="not_trained_here")
    if run.snapshot is None or not folder_exists(snapshot_folder(run.snapshot.sha256)):
        raise Conflict("The labels that this run learned from are not kept.", code="snapshot_gone")
    if run.encoder and not folder_exists(artifact_folder(run.encoder)):
        raise Conflict("The features that this run began from are gone.", code="encoder_gone")
    if run.weights and not folder_exists(artifact_folder(run.weights)):
        raise Conflict("The weights that this run stood on are gone.", code="weights_gone")
    last = run.project.runs.filter(arm=run.arm).exclude(recipe=TABLE).order_by("-pk").first()
    return start_run(
        project=run.project,
        trigger=f"Run {run.pk} repeated by {by.shown_name}.",
        recipe=run.recipe,
        seed=run.seed,
        arm=run.arm,
        # The next run by itself is due when labels have grown since the last one, not since this.
        labelled=last.labelled if last else run.labelled,
        budget=run.budget,
        by=by,
        like=run,
    )


def recipe_of(project: Project) -> str:
    """Return the project's recipe, or the one for texts where it was chosen for classes."""
    fits = (project.recipe in READERS) == reads_text(project)
    return READER if reads_text(project) and not fits else project.recipe


def check_recipe(name: str, project: Project) -> None:
    """Raise Invalid for a recipe that is not in the table, or not for the project's answers."""
    known = READERS if reads_text(project) else RECIPES.keys() - READERS
    if name not in known:
        raise Invalid(
            f"There is no recipe {name!r} for {project.task_type}; "
            f"there is {', '.join(sorted(known))}.",
            code="unknown_recipe",
            fields={"recipe": "unknown"},
        )


def _insert(run: TrainingRun) -> TrainingRun:
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        raise RunInProgress("Another run of this project is under way.") from None
    return run


def cancel_run(*, run: TrainingRun) -> TrainingRun:
    """Cancel a waiting run at once and ask a running one to stop; a finished one is left alone."""
    if run.state not in UNFINISHED:
        raise Conflict(f"This run is {run.state} already.", code="run_not_under_way")
    with transaction.atomic():
        if run.job is not None:
            cancel(run.job)
        close_left_behind(TrainingRun.objects.filter(pk=run.pk))
    run.refresh_from_db()
    return run


def settled_count(project: Project) -> int:
    """Return how many tasks of a project are settled."""
    return Task.objects.filter(project=project, status=Task.Status.SETTLED).count()


def check_training() -> list[TrainingRun]:
    """Start a run in each project that trains by itself and has enough new labels."""
    close_left_behind(TrainingRun.objects.all())
    projects = Project.objects.filter(
        state=Project.State.ACTIVE, auto_train=True, task_type__in=LEARNABLE_TYPES
    )
    return [run for project in projects if (run := _start_if_due(project)) is not None]


def _start_if_due(project: Project) -> TrainingRun | None:
    recipe = recipe_of(project)
    if recipe not in RECIPES or not usable_weights(recipe, project.weights):
        return None
    runs = project.runs.filter(arm=TrainingRun.Arm.ACTIVE).exclude(recipe=TABLE)
    last = runs.order_by("-pk").first()
    if project.runs.filter(state__in=UNFINISHED).exists():
        return None
    due = Due.of(project, last, timezone.now())
    if due is None:
        return None
    try:
        return start_run(project=project, trigger=due.reason, labelled=due.labelled)
    except (RunInProgress, QuotaSpent):
        # Somebody pressed the button at this very moment; or the run waits until there is quota.
        return None


@dataclass(frozen=True)
class Due:
    """That a run is due, on how many labels, and why, in words."""

    labelled: int
    reason: str

    @classmethod
    def of(cls, project: Project, last: TrainingRun | None, now: datetime) -> Due | None:
        """Return what is due after the last run, or None."""
        if last is not None and _pausing(last, now):
            return None
        settled = settled_count(project)
        if last is None:
            enough = settled >= FIRST_RUN_AT
            enough = enough and (reads_text(project) or has_two_classes(project))
            return cls(settled, f"The first {settled} labels are settled.") if enough else None
        if _has_better_features(project, last):
            return cls(settled, "Features learned from the pictures are ready.")
        new = settled - last.labelled
        if new < wanted_growth(last.labelled):
            return None
        return cls(settled, f"{new} labels were settled since the last run.")


def _has_better_features(project: Project, last: TrainingRun) -> bool:
    if last.recipe not in WITH_ENCODER or last.snapshot_id is None:
        return False
    encoder = encoder_of(project.dataset_id)
    return bool(encoder) and encoder != last.encoder


def wanted_growth(labelled: int) -> int:
    """Return how many new labels make another run worth while: 15 %, and at least 20."""
    return max(GROWTH_LEAST, round(GROWTH_SHARE * labelled))


def _pausing(last: TrainingRun, now: datetime) -> bool:
    if last.started_at is None or last.finished_at is None:
        return False
    pause = min(last.finished_at - last.started_at, LONGEST_PAUSE)
    return now < last.finished_at + pause


def has_two_classes(project: Project) -> bool:
    """Whether the settled tasks that may be trained on are of two labels at least."""
    settled = Task.objects.filter(
        project=project, status=Task.Status.SETTLED, arm=Task.Arm.ACTIVE
    ).exclude(label="")
    return len(settled.order_by().values_list("label", flat=True).distinct()[:2]) == 2


def close_left_behind(runs: models.QuerySet[TrainingRun]) -> int:
    """Give runs whose job ended without them, cancelled or failed from outside, the same end."""
    closed = 0
    ends = {Job.State.CANCELLED: TrainingRun.State.CANCELLED}
    ended = runs.filter(
        state__in=UNFINISHED,
        job__state__in=[Job.State.CANCELLED, Job.State.FAILED, Job.State.DONE],
    ).select_related("job")
    for run in ended:
        assert run.job is not None
        error = run.job.error or {}
        closed += TrainingRun.objects.filter(pk=run.pk, state__in=UNFINISHED).update(
            state=ends.get(Job.State(run.job.state), TrainingRun.State.FAILED),
            error=error.get("detail", ""),
            finished_at=timezone.now(),
        )
    return closed

"""Train: one run, from its frozen snapshot to a model version; each step can be repeated."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce, Now

from active_learning.actions.budget import budget_of
from active_learning.actions.champion import Comparison, compare
from active_learning.actions.child import Child, Ended, Event
from active_learning.actions.control import control_metrics, start_control_run
from active_learning.actions.events import EventLog
from active_learning.actions.features import encoder_folder, encoder_of, features_at_hand
from active_learning.actions.human import human_baseline
from active_learning.actions.publish import (
    DESCRIPTION,
    Artifact,
    keep_artifact,
    read_artifact,
    record_version,
    serving_version,
)
from active_learning.actions.shared_folders import folder_exists
from active_learning.actions.snapshot import (
    HELD_OUT,
    freeze_snapshot,
    snapshot_at_hand,
    snapshot_folder,
    votes_spent,
)
from active_learning.actions.start import RunInProgress
from active_learning.actions.weights import pin_weights, pinned_weights
from active_learning.learning.datasets.snapshot import read_snapshot, write_items
from active_learning.learning.recipes import WITH_WEIGHTS
from active_learning.models import ModelVersion, Snapshot, TrainingRun
from labelhub.errors import DomainError
from labelhub.jobs.claim import Claim, ClaimLost, JobCancelled

FIT = "active_learning.learning.fit"
State = TrainingRun.State


def train_model(*, run: TrainingRun, claim: Claim) -> ModelVersion | None:
    """Carry one run to its end; a run whose worker died goes on from its last checkpoint.

    Returns the version it made; None for a control run, and for a run that was done already. What
    goes wrong stays on the run's row, and the serving version goes on serving.
    """
    if run.state == State.DONE:
        return None
    begin_run(run, claim)
    try:
        return _carry_out(run, claim)
    except ClaimLost:
        raise
    except JobCancelled:
        end_run(run, claim, State.CANCELLED, error="Cancelled.")
        raise
    except DomainError as error:
        if error.permanent:
            end_run(run, claim, State.FAILED, error=error.detail)
        raise


def begin_run(run: TrainingRun, claim: Claim) -> None:
    """Mark the run as under way; a failed or cancelled one begins again, if none other is."""
    try:
        with transaction.atomic():
            claim.hold()
            TrainingRun.objects.filter(pk=run.pk).update(
                state=State.RUNNING,
                job=claim.job_id,
                started_at=Coalesce("started_at", Now()),
                finished_at=None,
                error="",
            )
    except IntegrityError:
        raise RunInProgress("Another run of this project is under way.") from None
    run.refresh_from_db()


def end_run(run: TrainingRun, claim: Claim, state: str, **values: Any) -> None:
    """Write how the run ended, as long as the job is ours."""
    with transaction.atomic():
        claim.hold()
        TrainingRun.objects.filter(pk=run.pk).update(state=state, finished_at=Now(), **values)


def _carry_out(run: TrainingRun, claim: Claim) -> ModelVersion | None:
    events = EventLog(run, claim)
    snapshot = pin_snapshot(run, claim, events)
    fitted = fit_snapshot(run, snapshot, claim, events)
    claim.progress(0.9, "Comparing")
    if run.arm == TrainingRun.Arm.RANDOM:
        conclude_control(run, snapshot, fitted, claim)
        return None
    comparison = compare(
        run=run,
        challenger=fitted.folder,
        champion=serving_version(run.project),
        items=held_out_list(run, snapshot),
    )
    events.log(comparison.reason)
    version = publish(run, snapshot, keep_artifact(fitted.folder), comparison, claim)
    shutil.rmtree(work_folder(run), ignore_errors=True)
    return version


def pin_snapshot(run: TrainingRun, claim: Claim, events: EventLog) -> Snapshot:
    """Freeze the labels for this run once; a run that begins again keeps its snapshot."""
    if run.snapshot is not None and folder_exists(snapshot_folder(run.snapshot.sha256)):
        return run.snapshot
    snapshot = freeze_snapshot(project=run.project, arm=run.arm)
    votes = votes_spent(project=run.project, arm=run.arm)
    encoder = encoder_of(run.project.dataset_id)
    weights = pin_weights(run.project.weights) if run.recipe in WITH_WEIGHTS else ""
    with transaction.atomic():
        claim.hold()
        TrainingRun.objects.filter(pk=run.pk).update(
            snapshot=snapshot, votes=votes, encoder=encoder, weights=weights
        )
    run.snapshot, run.votes, run.encoder, run.weights = snapshot, votes, encoder, weights
    events.log(
        f"Snapshot {snapshot.sha256[:12]}: {snapshot.labelled} labels to learn from, "
        f"{snapshot.items - snapshot.labelled} held out, {votes} votes."
    )
    return snapshot


def work_folder(run: TrainingRun) -> Path:
    """Return where a run keeps its checkpoints and its unfinished artifact."""
    return Path(settings.MODELS_DIR) / ".work" / f"run-{run.pk}"


def fit_snapshot(run: TrainingRun, snapshot: Snapshot, claim: Claim, events: EventLog) -> Artifact:
    """Fit in a child process, pass on what it reports, and return what it made.

    An artifact that an earlier attempt finished is taken as it is.
    """
    work = work_folder(run)
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "artifact" / DESCRIPTION).is_file():
        with Child(FIT, _fit_arguments(run, snapshot, work)) as child:
            try:
                follow(child, claim, events, on_progress=_progress_of(work / "checkpoints", claim))
            except JobCancelled:
                note_resources(run, child.wait())
                raise
            ended = child.wait()
        note_resources(run, ended)
        ended.raise_for_status()
    return read_artifact(work / "artifact")


def held_out_list(run: TrainingRun, snapshot: Snapshot) -> Path:
    """Write which items of the snapshot versions are compared on; returns the file."""
    frozen = read_snapshot(snapshot_at_hand(snapshot.sha256))
    path = work_folder(run) / "held_out.jsonl"
    write_items(path, [item for role in HELD_OUT for item in frozen.part(role)])
    return path


def note_resources(run: TrainingRun, ended: Ended) -> None:
    """Keep what an attempt used, however it ended: it counts against the project's quota."""
    run.cpu_seconds = (run.cpu_seconds or 0.0) + ended.cpu_seconds
    run.peak_bytes = max(run.peak_bytes or 0, ended.peak_bytes)
    done = run.events.filter(kind="done").order_by("-no").values_list("data", flat=True).first()
    run.device = str((done or {}).get("device", ""))[:40]
    run.save(update_fields=["cpu_seconds", "peak_bytes", "device"])


def _fit_arguments(run: TrainingRun, snapshot: Snapshot, work: Path) -> list[str]:
    options: dict[str, object] = {
        "--recipe": run.recipe,
        "--seed": run.seed,
        "--budget-cpu": budget_of(run),
        "--feature-store": features_at_hand(run.project.dataset_id),
        "--checkpoint-dir": work / "checkpoints",
    }
    if (encoder := encoder_folder(run.encoder)) is not None:
        options["--encoder"] = encoder
    if (weights := pinned_weights(run.weights)) is not None:
        options["--weights"] = weights
    places = [str(snapshot_at_hand(snapshot.sha256)), str(work / "artifact")]
    return places + [str(word) for pair in options.items() for word in pair]


def follow(
    child: Child, claim: Claim, events: EventLog, *, on_progress: Callable[[Event | None], None]
) -> None:
    """Keep what the child reports until it ends; stop it when the job is cancelled."""
    try:
        for batch in child.events():
            claim.check()
            events.write(batch)
            epochs = [event for event in batch if event["event"] == "epoch"]
            on_progress(epochs[-1] if epochs else None)
    except JobCancelled:
        child.stop()
        raise


def _progress_of(checkpoints: Path, claim: Claim) -> Callable[[Event | None], None]:
    """Report epochs as progress; a new checkpoint means that earlier deaths no longer count."""
    known = _names(checkpoints)

    def report(epoch: Event | None) -> None:
        nonlocal known
        if epoch is not None:
            claim.progress(_fraction(epoch), _sentence(epoch))
        if (names := _names(checkpoints)) - known:
            claim.checkpoint()
            known = names

    return report


def _names(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def _fraction(epoch: Event) -> float:
    done, total = epoch.get("step"), epoch.get("steps")
    return 0.05 + 0.8 * done / total if done and total else 0.05


def _sentence(epoch: Event) -> str:
    loss = epoch.get("train_loss")
    told = f", loss {loss:.3f}" if isinstance(loss, float) else ""
    return f"Epoch {epoch.get('epoch')}{told}"


def publish(
    run: TrainingRun,
    snapshot: Snapshot,
    artifact: Artifact,
    comparison: Comparison,
    claim: Claim,
) -> ModelVersion:
    """Record the version, let it serve, end run and job, and ask for scores: one transaction."""
    metrics = artifact.metrics | {
        "votes": run.votes,
        "labels": snapshot.labelled,
        "promotion": comparison.as_json(),
        "human": human_baseline(run.project),
    }
    with transaction.atomic():
        version = record_version(run=run, artifact=artifact, serve=comparison.promoted)
        end_run(run, claim, State.DONE, metrics=metrics, versions=artifact.lineage)
        start_control_run(after=run)
        claim.finish({"version": version.number, "serving": version.serving})
    return version


def conclude_control(run: TrainingRun, snapshot: Snapshot, fitted: Artifact, claim: Claim) -> None:
    """Keep the control's figures; its weights serve nobody and are dropped."""
    held_out = control_metrics(fitted, snapshot_at_hand(snapshot.sha256))
    metrics = {"holdout": held_out, "votes": run.votes, "labels": snapshot.labelled}
    with transaction.atomic():
        end_run(run, claim, State.DONE, metrics=metrics, versions=fitted.lineage)
        claim.finish({"accuracy": held_out.get("accuracy")})
    shutil.rmtree(work_folder(run), ignore_errors=True)

"""Jobs of annotations: each takes ids and calls one action."""

from __future__ import annotations

from typing import Any

from annotations.actions.audit import redraw_audit
from annotations.actions.consensus_run import execute_run
from annotations.actions.datasets import delete_dataset, import_upload, preview_upload
from annotations.actions.edit_items import apply_edit, undo_edit
from annotations.actions.export import export_labels
from annotations.actions.given_votes import cast_given_votes, cast_votes_soon
from annotations.actions.history import cause_of
from annotations.actions.labeler_figures import check_figures, compute_figures
from annotations.actions.lease import reap_leases
from annotations.actions.project import open_tasks
from annotations.actions.recount import recount_votes
from annotations.actions.release import build_release
from annotations.actions.takedown import AGAIN, KIND, look_again, take_down
from annotations.actions.trust import project_needs_refit, refit_consensus
from annotations.actions.webhooks import deliver
from annotations.models import (
    ConsensusRun,
    Dataset,
    Delivery,
    Export,
    ItemEdit,
    Membership,
    Project,
    Release,
    Takedown,
)
from labelhub.jobs.claim import Claim
from labelhub.jobs.queue import enqueue


def run_import_items(claim: Claim) -> dict[str, Any]:
    return import_upload(claim=claim)


def run_preview_import(claim: Claim) -> dict[str, Any]:
    return preview_upload(claim=claim)


def run_delete_dataset(claim: Claim) -> dict[str, Any]:
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    return {"deleted": delete_dataset(dataset=dataset) if dataset else 0}


def run_open_tasks(claim: Claim) -> dict[str, Any]:
    project = Project.objects.get(pk=claim.payload["project"])
    opened = open_tasks(project=project)
    cast_votes_soon(project)
    return {"opened": opened}


def run_cast_votes(claim: Claim) -> dict[str, Any]:
    project = Project.objects.select_related("schema").get(pk=claim.payload["project"])
    return cast_given_votes(project=project, progress=claim.progress)


def run_refit_consensus(claim: Claim) -> dict[str, Any]:
    project = Project.objects.get(pk=claim.payload["project"])
    refit = refit_consensus(
        project=project, replan=bool(claim.payload.get("replan")), cause=cause_of(claim.payload)
    )
    return {"rewritten": refit.rewritten, "relabelled": refit.relabelled}


def run_redraw_audit(claim: Claim) -> dict[str, Any]:
    project = Project.objects.get(pk=claim.payload["project"])
    changed = redraw_audit(project=project)
    refit_consensus(project=project, replan=True)
    return {"changed": changed}


def run_consensus_run(claim: Claim) -> None:
    execute_run(run=ConsensusRun.objects.get(pk=claim.payload["run"]), claim=claim)


def run_recount_votes(claim: Claim) -> dict[str, Any]:
    membership = Membership.objects.select_related("project").get(pk=claim.payload["member"])
    recounted = recount_votes(membership=membership)
    refit_consensus(project=membership.project)
    return {"recounted": recounted}


def run_labeler_figures(claim: Claim) -> None:
    project = Project.objects.select_related("schema").get(pk=claim.payload["project"])
    compute_figures(project=project, claim=claim)


def run_edit_items(claim: Claim) -> dict[str, Any]:
    edit = ItemEdit.objects.get(pk=claim.payload["edit"])
    return {"changed": apply_edit(edit=edit, claim=claim).changed}


def run_undo_edit(claim: Claim) -> None:
    undo_edit(edit=ItemEdit.objects.get(pk=claim.payload["edit"]), claim=claim)


def run_export(claim: Claim) -> None:
    export = Export.objects.select_related("project", "release").get(pk=claim.payload["export"])
    export_labels(export=export, claim=claim)


def run_release(claim: Claim) -> None:
    release = Release.objects.select_related("schema").get(pk=claim.payload["release"])
    build_release(release=release, claim=claim)


def run_take_down(claim: Claim) -> None:
    take_down(takedown=Takedown.objects.get(pk=claim.payload["takedown"]), claim=claim)


def run_take_down_again(claim: Claim) -> None:
    look_again(takedown=Takedown.objects.get(pk=claim.payload["takedown"]), claim=claim)


def run_deliver_webhook(claim: Claim) -> dict[str, Any] | None:
    rows = Delivery.objects.select_related("webhook")
    delivery = rows.filter(pk=claim.payload["delivery"]).first()
    if delivery is None:
        return None  # the webhook was deleted, and its messages with it
    return {"state": str(deliver(delivery=delivery, claim=claim).state)}


def reap() -> None:
    """Free leases whose time is over."""
    reap_leases()


def check_labelers() -> None:
    """Put the figures of labelers in line where votes have come since."""
    check_figures()


def check_refits() -> None:
    """Put a refit in line for each project that got enough new votes."""
    for project in Project.objects.filter(state=Project.State.ACTIVE).select_related("fit"):
        if project_needs_refit(project):
            enqueue(
                "refit_consensus",
                payload={"project": project.pk},
                dedupe_key=f"refit:{project.pk}",
                project_id=project.pk,
            )


JOBS = {
    "import_items": run_import_items,
    "preview_import": run_preview_import,
    "delete_dataset": run_delete_dataset,
    "open_tasks": run_open_tasks,
    "cast_votes": run_cast_votes,
    "refit_consensus": run_refit_consensus,
    "redraw_audit": run_redraw_audit,
    "consensus_run": run_consensus_run,
    "recount_votes": run_recount_votes,
    "labeler_figures": run_labeler_figures,
    "edit_items": run_edit_items,
    "undo_edit": run_undo_edit,
    "export": run_export,
    "deliver_webhook": run_deliver_webhook,
    "release": run_release,
    KIND: run_take_down,
    AGAIN: run_take_down_again,
}
PERIODIC = {
    "tell_of_settled": (15.0, "annotations.actions.webhooks.tell_of_settled"),
    "forget_deliveries": (24 * 3600.0, "annotations.actions.webhooks.forget_deliveries"),
    "forget_accesses": (24 * 3600.0, "annotations.actions.access_log.forget_accesses"),
    "sweep_files": (24 * 3600.0, "annotations.actions.datasets.sweep_files"),
    "reap_leases": (5.0, "annotations.jobs.reap"),
    "sweep_drafts": (3600.0, "annotations.actions.drafts.sweep_drafts"),
    "check_refits": (5.0, "annotations.jobs.check_refits"),
    "check_labelers": (30.0, "annotations.jobs.check_labelers"),
    "sweep_exports": (3600.0, "annotations.actions.export.sweep_exports"),
}

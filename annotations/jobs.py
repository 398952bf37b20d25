"""Jobs of annotations: each takes ids and calls one action."""

from __future__ import annotations

from typing import Any

from annotations.actions.consensus_run import execute_run
from annotations.actions.datasets import delete_dataset, import_upload
from annotations.actions.export import export_labels
from annotations.actions.history import cause_of
from annotations.actions.lease import reap_leases
from annotations.actions.project import open_tasks
from annotations.actions.recount import recount_votes
from annotations.actions.trust import project_needs_refit, refit_consensus
from annotations.models import ConsensusRun, Dataset, Export, Membership, Project
from labelhub.jobs.claim import Claim
from labelhub.jobs.queue import enqueue


def run_import_items(claim: Claim) -> dict[str, Any]:
    return import_upload(claim=claim)


def run_delete_dataset(claim: Claim) -> dict[str, Any]:
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    return {"deleted": delete_dataset(dataset=dataset) if dataset else 0}


def run_open_tasks(claim: Claim) -> dict[str, Any]:
    project = Project.objects.get(pk=claim.payload["project"])
    return {"opened": open_tasks(project=project)}


def run_refit_consensus(claim: Claim) -> dict[str, Any]:
    project = Project.objects.get(pk=claim.payload["project"])
    refit = refit_consensus(
        project=project, replan=bool(claim.payload.get("replan")), cause=cause_of(claim.payload)
    )
    return {"rewritten": refit.rewritten, "relabelled": refit.relabelled}


def run_consensus_run(claim: Claim) -> None:
    execute_run(run=ConsensusRun.objects.get(pk=claim.payload["run"]), claim=claim)


def run_recount_votes(claim: Claim) -> dict[str, Any]:
    membership = Membership.objects.select_related("project").get(pk=claim.payload["member"])
    recounted = recount_votes(membership=membership)
    refit_consensus(project=membership.project)
    return {"recounted": recounted}


def run_export(claim: Claim) -> None:
    export = Export.objects.select_related("project").get(pk=claim.payload["export"])
    export_labels(export=export, claim=claim)


def reap() -> None:
    """Free leases whose time is over."""
    reap_leases()


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
    "delete_dataset": run_delete_dataset,
    "open_tasks": run_open_tasks,
    "refit_consensus": run_refit_consensus,
    "consensus_run": run_consensus_run,
    "recount_votes": run_recount_votes,
    "export": run_export,
}
PERIODIC = {
    "sweep_files": (24 * 3600.0, "annotations.actions.datasets.sweep_files"),
    "reap_leases": (5.0, "annotations.jobs.reap"),
    "check_refits": (5.0, "annotations.jobs.check_refits"),
    "sweep_exports": (3600.0, "annotations.actions.export.sweep_exports"),
}

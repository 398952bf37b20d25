"""One of everything: a project with people, votes, files, jobs and models, for tests of the API."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from rest_framework.test import APIClient

from active_learning.models import (
    DuplicateGroup,
    DuplicateMember,
    ForeignItem,
    LabelError,
    ModelVersion,
    PredictionTable,
    RunEvent,
    Snapshot,
    TrainingRun,
)
from annotations.actions import hot_rows, settle
from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.consensus_run import request_run
from annotations.actions.edit_items import Change, Selection, request_edit
from annotations.actions.export import Order, request_export
from annotations.actions.gold import make_gold
from annotations.actions.invite import invite_member
from annotations.actions.labeler_figures import compute_figures
from annotations.actions.promote_run import promote_run
from annotations.actions.release import request_release
from annotations.actions.webhooks import PING, create_webhook, send_to
from annotations.models import (
    Annotation,
    BulkDecision,
    Draft,
    Item,
    LabelExample,
    Membership,
    Project,
    Release,
    SavedView,
    Seat,
    Takedown,
    Task,
)
from annotations.reports import labelers, provenance
from labelhub import storage
from labelhub.accounts.models import ApiToken, User
from labelhub.jobs.models import Job
from labelhub.jobs.queue import cancel, enqueue
from tests import factories
from tests.pictures import png

SPLITS = ["train", "test"]


@dataclass
class World:
    """A project with its people, and the id of one thing for each placeholder of an address."""

    project: Project
    people: dict[str, User]
    ids: dict[str, Any]
    clients: dict[str, APIClient] = field(default_factory=dict)

    def address(self, path: str, **others: Any) -> str:
        """Return a path of the API, or of the root, with its placeholders filled."""
        filled = path.format(**{**self.ids, **others})
        return filled if path.startswith("/") else f"/api/v1/{filled}"


def build() -> World:
    """Make a project with manager, reviewer and labeler, and a stranger who leads another one."""
    # A world may outlive a test, and so be built before the test's own caches are emptied.
    settle._cache._rows.clear()
    hot_rows.schema_by_id.cache_clear()
    labelers.open_fit.cache_clear()
    provenance.fit_row.cache_clear()
    manager = factories.user()
    project = factories.project(
        items=6, labels=["a", "b", "c"], manager=manager, min_votes=2, max_votes=2
    )
    people = {
        "stranger": factories.project(items=1).created_by,
        "labeler": factories.member(project),
        "reviewer": factories.member(project, role=Membership.Role.REVIEWER),
        "manager": manager,
        "admin": factories.admin(),
    }
    world = World(project, people, {"project_id": project.pk})
    _add_votes(world)
    _add_consensus(world)
    _add_gold(world)
    _add_files(world)
    _add_releases(world)
    _add_models(world)
    _add_accounts(world)
    for role, person in people.items():
        world.clients[role] = client_of(person)
    world.clients["anonymous"] = APIClient()
    world.clients["reader"] = client_of(manager, scopes=["read"])
    return world


def client_of(user: User, *, scopes: list[str] | None = None) -> APIClient:
    client = APIClient()
    _, secret = ApiToken.issue(user=user, name="test", scopes=scopes)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def _add_votes(world: World) -> None:
    """One settled task, one in dispute, one decided by the reviewer, and a lease of the labeler."""
    project, labeler = world.project, world.people["labeler"]
    other = factories.member(project)
    for pair in ("aa", "ab", "ba"):
        first = factories.lease(project, labeler)
        seat = Seat.objects.get(task=first.task_id, no=2)
        factories.vote(project, labeler, pair[0], seat=first)
        offered = _lease_of_task(project, other, seat.task_id)
        factories.vote(project, other, pair[1], seat=offered)
    settled, disputed, decided = Task.objects.filter(project=project, votes=2).order_by(
        "settled_at"
    )
    adjudicate_task(task=decided, reviewer=world.people["reviewer"], answer={"choice": "c"})
    held = factories.lease(project, labeler)
    begun_at = held.until - timedelta(days=1)
    Draft.objects.create(seat=held, labeler=labeler, answer={"choice": "a"}, saved_at=begun_at)
    example = LabelExample.objects.create(project=project, label="b", item=settled.item)
    world.ids |= {
        "example_id": example.pk,
        "task_id": disputed.pk,
        "settled_task": settled.pk,
        "decided_task": decided.pk,
        "bulk_id": BulkDecision.objects.create(
            project=project, reviewer=world.people["reviewer"], key="k", at_least=0.9, accepted=0
        ).pk,
        "annotation_id": Annotation.objects.filter(labeler=labeler).order_by("pk")[0].pk,
        "lease_id": held.lease_id,
        "held_task": held.task_id,
        "member_id": Membership.objects.get(project=project, user=labeler).pk,
    }


def _add_consensus(world: World) -> None:
    """A run that is in force, and another one beside it."""
    manager = world.people["manager"]
    first, second = (
        request_run(project=world.project, by=manager, method=name)
        for name in ("majority", "one_coin")
    )
    assert first.finished_at and second.finished_at, "small runs need no worker"
    promote_run(run=first, by=manager)
    world.project.refresh_from_db()
    compute_figures(project=world.project)
    world.ids |= {
        "consensus_run_id": second.pk,
        "promoted_run": first.pk,
        "labeler_id": world.people["labeler"].pk,
    }


def _add_gold(world: World) -> None:
    task = Task.objects.get(pk=world.ids["settled_task"])
    world.ids["gold_id"] = make_gold(task=task, by=world.people["manager"]).pk


def _lease_of_task(project: Project, labeler: User, task_id: int) -> Seat:
    seat = factories.lease(project, labeler)
    assert seat.task_id == task_id, "a started task comes before a fresh one"
    return seat


def _add_files(world: World) -> None:
    """Files behind one item, and a finished export."""
    item = world.project.dataset.items.order_by("pk")[0]
    data = png(7)
    (original,) = storage.originals().save_many([data])
    (shown,) = storage.renditions().save_many([data])
    renditions = {"thumb": shown.sha256, "screen": shown.sha256}
    Item.objects.filter(pk=item.pk).update(sha256=original.sha256, renditions=renditions)
    Item.objects.filter(dataset=world.project.dataset_id).update(split=SPLITS[0])
    manager = world.people["manager"]
    edit = request_edit(
        dataset=item.dataset,
        by=manager,
        change=Change(add_tags=["torn"]),
        selection=Selection(items=(item.pk,)),
    )
    view = SavedView.objects.create(project=world.project, name="torn", created_by=manager)
    hook = create_webhook(
        project=world.project, by=manager, url="https://93.184.216.34/", events=["export.ready"]
    )
    order = Order.of(world.project, "csv", "consensus", {})
    job = enqueue("open_tasks", project_id=world.project.pk, created_by=manager)
    world.ids |= {
        "id": world.project.dataset_id,
        "item_id": item.pk,
        "edit_id": edit.pk,
        "takedown_id": Takedown.objects.create(
            dataset=item.dataset, by=manager, reason="a test", expected=0
        ).pk,
        "spare_item": factories.add_items(item.dataset, 1)[0].pk,
        "view_id": view.pk,
        "webhook_id": hook.pk,
        "delivery_id": send_to(hook, PING, {}).pk,
        "export_id": request_export(order=order, by=manager).pk,
        "spare_export": request_export(order=order, by=manager).pk,
        "job_id": cancel(job).pk,
    }


def _add_releases(world: World) -> None:
    """Two finished releases, and one that never came to be."""
    project, manager = world.project, world.people["manager"]
    first, second, failed = (
        request_release(project=project, by=manager, name="letters") for _ in range(3)
    )
    assert first.finished_at and second.finished_at, "small releases need no worker"
    Release.objects.filter(pk=failed.pk).update(sha256="", finished_at=None)
    world.ids |= {
        "release_id": first.pk,
        "other_id": second.pk,
        "failed_release": failed.pk,
        "kind": "card.html",
    }


def _add_models(world: World) -> None:
    """A finished run with its version, and another run that waits."""
    project = world.project
    snapshot = Snapshot.objects.create(
        project=project, sha256="5" * 64, items=3, labelled=2, votes=6, classes=["a", "b", "c"]
    )
    figures = {"accuracy": 0.9, "low": 0.7, "high": 0.97, "count": 40, "ece": 0.05}
    done = TrainingRun.objects.create(
        project=project,
        snapshot=snapshot,
        recipe="hog_logreg",
        state=TrainingRun.State.DONE,
        metrics={"labels": 2, "holdout": figures},
    )
    RunEvent.objects.create(run=done, no=1, kind="log", data={"text": "hello"})
    folder = Path(settings.MODELS_DIR) / ("6" * 64)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "artifact.json").write_text(json.dumps({}))
    version = ModelVersion.objects.create(
        project=project, run=done, number=1, sha256=folder.name, metrics={"holdout": figures}
    )
    waiting = TrainingRun.objects.create(project=project, recipe="hog_logreg")
    job = enqueue("train_model", payload={"run": waiting.pk}, queue=Job.Queue.TRAIN)
    TrainingRun.objects.filter(pk=waiting.pk).update(job=job)
    error = LabelError.objects.create(
        project=project, task_id=world.ids["settled_task"], label="a", suggested="b", score=0.9
    )
    ForeignItem.objects.create(
        project=project, task_id=world.ids["task_id"], p_value=0.01, flagged=True
    )
    brought = TrainingRun.objects.create(project=project, recipe="table", state="done")
    ModelVersion.objects.create(project=project, run=brought, number=99, sha256="d" * 64)
    table = PredictionTable.objects.create(
        project=project, name="resnet", trained_on="labels", run=brought
    )
    world.ids |= {"predictions_id": table.pk}
    world.ids |= {"run_id": waiting.pk, "version_id": version.pk, "label_error_id": error.pk}
    item = Item.objects.get(pk=world.ids["item_id"])
    group = DuplicateGroup.objects.create(dataset=project.dataset, kind="near", size=1, apart=0.001)
    DuplicateMember.objects.create(group=group, item=item, place=0, apart=0.001)
    world.ids["group_id"] = group.pk


def _add_accounts(world: World) -> None:
    manager = world.people["manager"]
    _, code = invite_member(project=world.project, role="labeler", by=manager)
    token, _ = ApiToken.issue(user=manager, name="spare")
    world.ids |= {"code": code, "pk": world.people["labeler"].pk, "token_pk": token.pk}

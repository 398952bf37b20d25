"""Imports, exports, releases and promotions are told to a real server, by what causes them."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from active_learning.actions.publish import DESCRIPTION, artifact_folder, promote_version
from active_learning.models import ModelVersion, TrainingRun
from annotations.actions.export import Order, request_export
from annotations.actions.release import request_release
from annotations.models import Project, Task, Webhook
from labelhub.jobs.models import Job
from labelhub.jobs.run import run_job
from tests.annotations.test_webhooks import Listener, hook_for, listener, run_deliveries
from tests.pictures import png

pytestmark = pytest.mark.django_db
__all__ = ["listener"]


def heard(listener: Listener, hook: Webhook) -> dict[str, Any]:
    """The one message that came, once its signature is found to be right."""
    run_deliveries()
    ((headers, body),) = listener.got
    signed = headers["labelhub-timestamp"].encode() + b"." + body
    expected = hmac.new(hook.secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["labelhub-signature"] == f"v1={expected}"
    assert headers["content-type"] == "application/json"
    told: dict[str, Any] = json.loads(body)
    assert told["event"] == headers["labelhub-event"]
    assert told["project"] == hook.project_id
    return told


def test_an_import(project: Project, listener: Listener, make_client: Any) -> None:
    hook = hook_for(project, listener, "import.finished")
    client = make_client(project.created_by)
    form = {"files": [_file("a.png", png(1)), _file("b.png", b"no picture")]}
    made = client.post(f"/api/v1/datasets/{project.dataset_id}/items/", form, format="multipart")
    run_job(made.json()["job"]["id"])
    told = heard(listener, hook)
    assert told["event"] == "import.finished"
    project.dataset.refresh_from_db()
    assert told["data"] == {
        "dataset": project.dataset_id, "job": made.json()["job"]["id"],
        "items": project.dataset.item_count, "taken": 1, "duplicate": 0, "refused": 1,
    }  # fmt: skip
    assert project.dataset.items.filter(filename="a.png").exists()


def _file(name: str, data: bytes) -> Any:
    return SimpleUploadedFile(name, data, "image/png")


def test_an_export(project: Project, listener: Listener) -> None:
    hook = hook_for(project, listener, "export.ready")
    assert project.created_by is not None
    order = Order.of(project, "csv", "consensus", {"status": "all"})
    export = request_export(order=order, by=project.created_by)
    told = heard(listener, hook)
    assert told["data"] == {"export": export.pk, "rows": export.rows}


def test_a_release(project: Project, listener: Listener) -> None:
    Task.objects.filter(project=project).update(status="settled", answer={"choice": "7"}, label="7")
    hook = hook_for(project, listener, "release.made")
    assert project.created_by is not None
    release = request_release(project=project, by=project.created_by, name="digits")
    told = heard(listener, hook)
    items = Task.objects.filter(project=project).count()
    assert told["data"] == {"release": release.pk, "name": "digits@1", "items": items}


def test_a_promotion(project: Project, listener: Listener) -> None:
    hook = hook_for(project, listener, "model.promoted")
    run = TrainingRun.objects.create(project=project, recipe="hog_logreg")
    version = ModelVersion.objects.create(project=project, run=run, number=3, sha256="6" * 64)
    folder = artifact_folder(version.sha256)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DESCRIPTION).write_text("{}")
    promote_version(version=version, by=project.created_by)
    told = heard(listener, hook)
    assert told["data"]["version"] == 3
    assert not Job.objects.filter(kind="deliver_webhook", state="failed").exists()

"""Foreign items: kept from the queue's head until a person looks at them, and never lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from active_learning.actions import foreign
from active_learning.actions.foreign import find_foreign, projects_to_judge
from active_learning.actions.foreign_lane import apply_mode, decide_foreign
from active_learning.actions.score import score_items
from active_learning.learning.foreign import surely_foreign
from active_learning.models import ForeignItem, ForeignReport
from annotations.actions.aside import set_aside, take_back
from annotations.actions.lease import free_leases, lease_tasks, why_nothing
from annotations.actions.project import change_project, open_tasks
from annotations.actions.skip import skip_task
from annotations.models import Dataset, Item, Membership, Project, Seat, Task
from annotations.reports.progress import progress_of
from labelhub import storage
from labelhub.errors import Invalid
from labelhub.jobs.models import Job
from tests import factories
from tests.active_learning.conftest import MakeProject, digit_pngs, open_tasks_of, settle, trained

pytestmark = pytest.mark.django_db
MakeClient = Callable[..., Any]
STRANGERS = 30


def add_strangers(project: Project, count: int = STRANGERS) -> list[int]:
    """Import inverted digits and noise, as a job of its own; returns their tasks."""
    rng = np.random.default_rng(0)
    blobs = []
    for png in digit_pngs(count)[0]:
        levels = np.asarray(Image.open(io.BytesIO(png)))
        turned = 255 - levels if len(blobs) % 2 else rng.integers(0, 255, levels.shape)
        out = io.BytesIO()
        Image.fromarray(turned.astype(np.uint8)).save(out, "PNG")
        blobs.append(out.getvalue())
    began = timezone.now()
    for number, file in enumerate(storage.originals().save_many(blobs)):
        Item.objects.create(
            dataset=project.dataset, sha256=file.sha256, filename=f"strange{number}.png",
            media_type="image/png", byte_size=file.size, width=8, height=8,
        )  # fmt: skip
    total = project.dataset.items.count()
    Dataset.objects.filter(pk=project.dataset_id).update(item_count=total)
    payload = {"dataset": project.dataset_id}
    Job.objects.create(kind="import_items", state="done", payload=payload, started_at=began)
    open_tasks(project=project)
    rows = Task.objects.filter(project=project, item__filename__startswith="strange")
    return list(rows.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def polluted(digits: MakeProject, settings: Any, tmp_path: Any) -> tuple[Project, list[int]]:
    """300 digits of which half are labeled, a model, and an import of foreign ones."""
    settings.FEATURES_DIR = tmp_path / "features"
    project = digits(300, audit_share=0.0, labelers=2)
    tasks = open_tasks_of(project, "active", 300)
    settle([tasks[at] for at in np.random.default_rng(0).permutation(300)[:150]])
    trained(project)
    strangers = add_strangers(project)
    return Project.objects.select_related("schema", "dataset").get(pk=project.pk), strangers


def leased(project: Project, count: int) -> list[int]:
    who = factories.labelers_of(project)[0]
    offer = lease_tasks(project=project, labeler=who, count=count)
    tasks = [seat.task_id for seat in offer.leases]
    free_leases(Seat.objects.filter(project=project, state=Seat.State.HELD))
    return tasks


def test_strange_pictures_are_asked_last_and_their_import_is_named(
    polluted: tuple[Project, list[int]],
) -> None:
    project, strangers = polluted
    assert projects_to_judge() == [project.pk]
    report = find_foreign(project=project)
    assert report is not None and report.judged == 150 + STRANGERS
    found = set(ForeignItem.objects.filter(surely=True).values_list("task_id", flat=True))
    assert len(found & set(strangers)) >= 0.8 * STRANGERS
    assert len(found - set(strangers)) <= 0.4 * len(found)
    newest, earlier = report.imports
    assert newest["drifts"] and newest["share"] > 0.7 and newest["items"] == STRANGERS
    assert not earlier["drifts"] and earlier["share"] < 0.15
    score_items(project=project)
    order = project.tasks.filter(status="open", arm="active").order_by("-priority", "pk")
    tail = list(order.values_list("pk", flat=True))[-len(found) :]
    assert set(tail) == found
    assert "asked last" in Task.objects.get(pk=tail[0]).reason["text"]
    assert not found & set(leased(project, 100))
    Job.objects.all().delete()
    assert projects_to_judge() == []


def test_what_is_set_aside_comes_back_when_a_person_says_that_it_belongs(
    polluted: tuple[Project, list[int]],
) -> None:
    project, _ = polluted
    reviewer = factories.member(project, role=Membership.Role.REVIEWER)
    change_project(project=project, by=reviewer, foreign_items="aside")
    find_foreign(project=project)
    aside = set(Task.objects.filter(aside=True).values_list("pk", flat=True))
    assert len(aside) >= 0.8 * STRANGERS
    assert not aside & set(leased(project, 400))
    assert progress_of(project)["aside"] == len(aside)
    one, *others = sorted(aside)
    assert decide_foreign(project=project, tasks=[one], state="belongs", by=reviewer) == [one]
    assert one in leased(project, 400)
    find_foreign(project=project)  # a later judgement does not take it away again
    assert not Task.objects.get(pk=one).aside
    decide_foreign(project=project, tasks=others, state="aside", by=reviewer)
    change_project(project=project, by=reviewer, foreign_items="off")
    assert find_foreign(project=project) is not None
    assert set(Task.objects.filter(aside=True).values_list("pk", flat=True)) == set(others)
    decide_foreign(project=project, tasks=others, state="waiting", by=reviewer)
    assert set(others) <= set(leased(project, 400))


def test_turning_the_search_off_gives_everything_back(polluted: tuple[Project, list[int]]) -> None:
    project, _ = polluted
    manager = project.created_by
    change_project(project=project, by=manager, foreign_items="aside")
    find_foreign(project=project)
    assert Task.objects.filter(aside=True).exists()
    change_project(project=project, by=manager, foreign_items="off")
    Job.objects.all().delete()
    assert projects_to_judge() == [project.pk]
    find_foreign(project=project)
    assert not Task.objects.filter(aside=True).exists()
    assert projects_to_judge() == []


def test_uniformly_drawn_items_are_taken_out_by_people_alone(digits: MakeProject) -> None:
    project = digits(20, random=0, random_share=1.0, foreign_items="aside")
    task = project.tasks.first()
    ForeignItem.objects.create(project=project, task=task, p_value=0, flagged=True, surely=True)
    assert apply_mode(project) == 0
    by = project.created_by
    decide_foreign(project=project, tasks=[task.pk], state="aside", by=by)
    task.refresh_from_db()
    assert task.aside


def test_whoever_holds_a_task_may_answer_it_and_it_is_not_asked_again(db: None) -> None:
    project = factories.project(items=1, labels=["a", "b"], min_votes=2, labelers=2)
    first, second = factories.labelers_of(project)
    seat = factories.lease(project, first)
    set_aside(project=project, tasks=[seat.task_id])
    factories.vote(project, first, "a", seat=seat)
    task = Task.objects.get()
    assert (task.votes, task.status) == (1, "open")
    assert lease_tasks(project=project, labeler=second).leases == []
    assert "1 item was set aside" in why_nothing(project=project, labeler=second)
    take_back(project=project, tasks=[task.pk])
    assert len(lease_tasks(project=project, labeler=second).leases) == 1


def test_a_lease_that_ends_or_is_skipped_does_not_bring_it_back(db: None) -> None:
    project = factories.project(items=2, min_votes=1, labelers=2)
    first, second = factories.labelers_of(project)
    held, skipped = (factories.lease(project, first) for _ in range(2))
    set_aside(project=project, tasks=[held.task_id, skipped.task_id])
    skip_task(lease_id=skipped.lease_id, labeler=first)
    Seat.objects.filter(pk=held.pk).update(until=timezone.now() - timedelta(minutes=1))
    assert lease_tasks(project=project, labeler=second).leases == []
    take_back(project=project, tasks=[held.task_id, skipped.task_id])
    assert len(lease_tasks(project=project, labeler=second, count=5).leases) == 2


def test_of_clean_pictures_hardly_any_is_surely_foreign() -> None:
    clean = np.random.default_rng(0).uniform(size=2000)
    assert surely_foreign(clean).sum() <= 20
    strange = np.concatenate([clean, np.full(400, 1e-5)])
    kept = surely_foreign(strange)
    assert kept[2000:].all()
    assert kept[:2000].sum() <= 0.25 * kept.sum()
    assert surely_foreign(np.zeros(0)).shape == (0,)


def test_reviewers_look_at_them_over_http_with_a_fixed_number_of_queries(
    polluted: tuple[Project, list[int]], make_client: MakeClient
) -> None:
    project, _ = polluted
    reviewer = factories.member(project, role=Membership.Role.REVIEWER)
    client, url = make_client(reviewer), f"/api/v1/projects/{project.pk}/foreign/"
    assert client.get(f"{url}report/").json()["made_at"] is None
    assert client.post(f"{url}report/").json()["kind"] == "find_foreign"
    find_foreign(project=project)
    report = client.get(f"{url}report/").json()
    assert report["imports"][0]["drifts"] is True
    counts = []
    for limit in (2, 20):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            rows = client.get(url, {"limit": limit}).json()["results"]
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert [row["p_value"] for row in rows] == sorted(row["p_value"] for row in rows)
    tasks = [row["task"] for row in rows]
    said = client.post(f"{url}decide/", {"tasks": tasks, "state": "aside"}, format="json")
    assert sorted(said.json()["tasks"]) == sorted(tasks)
    listed = client.get(url, {"state": "aside"}).json()["results"]
    assert {row["task"] for row in listed} == set(tasks)
    assert all(row["aside"] and row["decided_by"] for row in listed)
    assert client.get(f"{url}report/").json()["waiting"] == report["waiting"] - len(tasks)


def test_nonsense_is_refused(polluted: tuple[Project, list[int]], make_client: MakeClient) -> None:
    project, _ = polluted
    client = make_client(project.created_by)
    url = f"/api/v1/projects/{project.pk}/foreign/decide/"
    other = factories.project(items=1).tasks.get()
    for body in (
        {"tasks": [], "state": "aside"},
        {"tasks": [1], "state": "thrown away"},
        {"tasks": [other.pk], "state": "aside"},
    ):
        assert client.post(url, body, format="json").status_code in (400, 422)
    settled = project.tasks.filter(status="settled").first()
    ForeignItem.objects.create(project=project, task=settled, p_value=0.01, flagged=True)
    with pytest.raises(Invalid, match="have their label"):
        decide_foreign(project=project, tasks=[settled.pk], state="aside", by=project.created_by)


def test_few_labels_say_nothing(digits: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    project = digits(60, active=40)
    trained(project)
    assert projects_to_judge() == []
    assert find_foreign(project=project) is None
    assert not ForeignReport.objects.exists()
    monkeypatch.setattr(foreign, "LEAST", 40)
    assert projects_to_judge() == [project.pk]

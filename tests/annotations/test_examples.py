"""Pictures that stand with the labels: chosen by managers, seen by everybody in the project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotations.models import Item, LabelExample, Project
from labelhub.accounts.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def address(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/examples/"


def manager_of(project: Project) -> Any:
    return project.memberships.get(role="manager").user


def test_a_labeler_sees_the_picture_that_a_manager_chose(
    project: Project, make_client: Make
) -> None:
    item = Item.objects.filter(dataset=project.dataset_id).first()
    assert item is not None
    chosen = make_client(manager_of(project)).put(address(project), {"label": "7", "item": item.pk})
    assert chosen.status_code == 200, chosen.content
    (seen,) = make_client(factories.labelers_of(project)[0]).get(address(project)).json()
    assert (seen["label"], seen["item"]) == ("7", item.pk)
    assert seen["image_url"].startswith(f"/media/{item.pk}/screen?e=")
    assert AuditEvent.objects.filter(action="example.chosen", project_id=project.pk).exists()


def test_another_choice_takes_the_place_of_the_first(project: Project, make_client: Make) -> None:
    client = make_client(manager_of(project))
    first, second = Item.objects.filter(dataset=project.dataset_id)[:2]
    for item in (first, second):
        client.put(address(project), {"label": "7", "item": item.pk})
    (left,) = client.get(address(project)).json()
    assert left["item"] == second.pk
    assert client.delete(f"/api/v1/examples/{left['id']}/").status_code == 204
    assert client.get(address(project)).json() == []
    assert Item.objects.filter(pk=second.pk).exists()


def test_unknown_labels_and_foreign_items_are_refused_by_name(
    project: Project, make_client: Make
) -> None:
    client = make_client(manager_of(project))
    own = Item.objects.filter(dataset=project.dataset_id)[0]
    (foreign,) = factories.dataset(items=1).items.all()
    unknown = client.put(address(project), {"label": "x", "item": own.pk})
    assert (unknown.status_code, unknown.json()["fields"]) == (422, {"label": "unknown"})
    for item in (foreign.pk, 10**9):
        refused = client.put(address(project), {"label": "7", "item": item})
        assert (refused.status_code, refused.json()["fields"]) == (422, {"item": "unknown"})
    assert not LabelExample.objects.exists()


def test_a_picture_of_a_dataset_of_their_own_may_be_chosen(
    project: Project, make_client: Make
) -> None:
    manager = manager_of(project)
    (item,) = factories.dataset(items=1, owner=manager).items.all()
    chosen = make_client(manager).put(address(project), {"label": "1", "item": item.pk})
    assert chosen.status_code == 200


def test_an_item_that_is_taken_down_is_no_example_any_more(project: Project) -> None:
    (item,) = factories.dataset(items=1).items.all()
    LabelExample.objects.create(project=project, label="7", item=item)
    item.delete()
    assert not LabelExample.objects.exists()


def test_texts_have_no_labels_to_show(make_client: Make) -> None:
    project = factories.project(task_type="transcription", schema={})
    item = Item.objects.filter(dataset=project.dataset_id)[0]
    refused = make_client(manager_of(project)).put(
        address(project), {"label": "a", "item": item.pk}
    )
    assert refused.status_code == 422

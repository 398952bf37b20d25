"""Lines cut out of pages: served page by page as they are read, with their page to see."""

from __future__ import annotations

import random
from itertools import groupby
from typing import Any

import pytest
from PIL import Image
from rest_framework.test import APIClient

from active_learning.actions.typical import order_by_typicality
from annotations.actions.lease import lease_tasks
from annotations.actions.upload import upload_items
from annotations.intake.archives import Member
from annotations.models import Dataset, Item, Project, Task
from labelhub.accounts.models import User
from tests import factories
from tests.pictures import encoded, png

pytestmark = pytest.mark.django_db
LINES = 5


def page_xml(name: str) -> bytes:
    """A page whose lines are written down from the last to the first."""
    lines = "".join(
        f'<TextLine id="l{at}" custom="readingOrder {{index:{at};}}">'
        f'<Coords points="10,{10 + 16 * at} 190,{10 + 16 * at} 190,{22 + 16 * at}"/></TextLine>'
        for at in reversed(range(LINES))
    )
    return (
        f'<PcGts xmlns="x"><Metadata/><Page imageFilename="{name}.png" imageWidth="200"'
        f' imageHeight="100"><TextRegion id="r"><Coords points="0,0 199,0 199,99 0,99"/>'
        f"{lines}</TextRegion></Page></PcGts>"
    ).encode()


def sheet(number: int) -> bytes:
    """A page on which no two lines look the same."""
    pixels = random.Random(number).randbytes(200 * 100)
    return encoded(Image.frombytes("L", (200, 100), pixels))


@pytest.fixture
def pages() -> Dataset:
    dataset = factories.dataset()
    members = []
    for number in range(4):
        members.append(Member(f"p{number}.png", sheet(number), done=1.0))
        members.append(Member(f"p{number}.xml", page_xml(f"p{number}"), done=1.0))
    upload_items(dataset=dataset, members=members)
    return dataset


@pytest.fixture
def project(pages: Dataset) -> Project:
    return factories.project(on=pages, task_type="transcription", schema={}, labelers=2)


def read_by(project: Project, labeler: User, count: int) -> list[tuple[str, str]]:
    """Page and line of what a labeler is given, one after the other."""
    links = []
    while len(links) < count:
        seats = lease_tasks(project=project, labeler=labeler, count=3).leases
        links += [seat.task.item.page for seat in seats]
    return [(link["image"], link["line"]) for link in links if link]


def in_sequence(read: list[tuple[str, str]]) -> bool:
    """Whether each page comes once, with its lines from the first to the last."""
    runs = [(page, [line for _, line in run]) for page, run in groupby(read, lambda one: one[0])]
    whole = [f"l{at}" for at in range(LINES)]
    return len(runs) == 4 and len(dict(runs)) == 4 and all(lines == whole for _, lines in runs)


def test_a_labeler_gets_the_lines_of_a_page_one_after_the_other(project: Project) -> None:
    first, second = factories.labelers_of(project)
    assert in_sequence(read_by(project, first, 4 * LINES))
    assert in_sequence(read_by(project, second, 4 * LINES))


def test_pages_come_in_another_order_in_another_project(pages: Dataset) -> None:
    orders = set()
    for _ in range(6):
        project = factories.project(on=pages, task_type="transcription", schema={}, labelers=1)
        (labeler,) = factories.labelers_of(project)
        orders.add(tuple(page for page, _ in read_by(project, labeler, 4 * LINES)))
    assert len(orders) > 1


def test_lines_of_the_random_arm_are_drawn_one_by_one(pages: Dataset) -> None:
    project = factories.project(
        on=pages, task_type="transcription", schema={}, labelers=1, random_share=1.0
    )
    priorities = Task.objects.filter(project=project).values_list("priority", flat=True)
    assert len(set(priorities)) == 4 * LINES


def test_a_reload_gives_the_lines_back_in_their_order(project: Project) -> None:
    labeler, _ = factories.labelers_of(project)
    seats = lease_tasks(project=project, labeler=labeler, count=2 * LINES).leases
    again = lease_tasks(project=project, labeler=labeler, count=2 * LINES, resume=True).leases
    assert [seat.pk for seat in again] == [seat.pk for seat in seats]


def test_the_order_before_a_model_leaves_pages_together(project: Project) -> None:
    assert order_by_typicality(project=project, newest=0) is None
    labeler, _ = factories.labelers_of(project)
    assert in_sequence(read_by(project, labeler, 4 * LINES))


def lease(client: APIClient, project: Project, count: int = 2) -> list[dict[str, Any]]:
    url = f"/api/v1/projects/{project.pk}/lease/"
    return list(client.post(url, {"count": count}, format="json").json()["tasks"])


def test_a_line_comes_with_its_page_and_its_outline_on_it(
    project: Project, make_client: Any
) -> None:
    client = make_client(factories.labelers_of(project)[0])
    task, _ = lease(client, project)
    item = Item.objects.get(pk=task["item"]["id"])
    page, link = task["page"], item.metadata["page"]
    assert (page["id"], page["width"], page["height"]) == (link["item"], 200, 100)
    assert (page["line"], page["polygon"]) == ("l0", [[10.0, 10.0], [190.0, 10.0], [190.0, 22.0]])
    assert client.get(page["image_url"]).status_code == 200
    answer = {"lease": task["lease"]["id"], "answer": {"text": "a"}, "duration_ms": 1, "next": 1}
    saved = client.post("/api/v1/annotations/", answer, format="json").json()
    assert saved["next"]["tasks"][0]["page"]["line"] == "l2"
    (row,) = client.get(f"/api/v1/projects/{project.pk}/history/").json()["results"]
    assert (row["page"]["line"], row["page"]["id"]) == ("l0", page["id"])


def test_the_pages_of_many_lines_take_one_query_and_no_lines_none(
    project: Project, make_client: Any, django_assert_num_queries: Any
) -> None:
    from annotations.api.tasks import page_documents

    lines = list(Item.objects.filter(dataset=project.dataset, split=""))
    with django_assert_num_queries(1):
        assert len(page_documents(lines)) == 4 * LINES
    plain = factories.dataset(items=2)
    with django_assert_num_queries(1):
        assert page_documents(plain.items.all()) == {}


def test_no_page_of_another_dataset_is_shown(project: Project, make_client: Any) -> None:
    elsewhere = factories.dataset()
    upload_items(dataset=elsewhere, members=[Member("secret.png", png(9), done=1.0)])
    for line in Item.objects.filter(dataset=project.dataset, split=""):
        line.metadata["page"]["item"] = elsewhere.items.get().pk
        line.save()
    client = make_client(factories.labelers_of(project)[0])
    assert [task["page"] for task in lease(client, project)] == [None, None]
    Item.objects.filter(dataset=project.dataset, split="").update(metadata={"page": "odd"})
    assert [task["page"] for task in lease(client, project)] == [None, None]

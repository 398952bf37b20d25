"""Who was sent which original: each time is one line, for administrators, for its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotations.actions.access_log import forget_accesses
from annotations.actions.upload import upload_items
from annotations.intake.archives import Member
from annotations.media_links import media_url
from annotations.models import Item, OriginalAccess
from labelhub.accounts.models import User
from tests import factories
from tests.pictures import png

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def owner() -> User:
    return factories.user("olga")


@pytest.fixture
def item(owner: User) -> Item:
    dataset = factories.dataset(owner=owner)
    upload_items(dataset=dataset, members=[Member("face.png", png(1))])
    found: Item = dataset.items.get()
    return found


def fetched(item: Item, client: Any, **headers: str) -> int:
    url = client.get(f"/api/v1/items/{item.pk}/").json()["original_url"]
    answer = Client().get(url, headers=headers)  # the address alone is enough
    return int(answer.status_code)


def test_an_original_is_written_down_with_whom_it_was_made_for(
    item: Item, owner: User, make_client: Make
) -> None:
    assert fetched(item, make_client(owner)) == 200
    line = OriginalAccess.objects.get()
    assert (line.user, line.item_id, line.dataset_id) == (owner, item.pk, item.dataset_id)
    # A part of it is a part of it; what is drawn for the screen is not the original.
    assert fetched(item, make_client(owner), range="bytes=5-") == 206
    assert Client().get(media_url(item.pk, "screen")).status_code == 200
    assert OriginalAccess.objects.count() == 2


def test_nobody_can_take_another_name(item: Item, owner: User, make_client: Make) -> None:
    url = make_client(owner).get(f"/api/v1/items/{item.pk}/").json()["original_url"]
    other = factories.user()
    for changed in (
        url.replace(f"u={owner.pk}&", f"u={other.pk}&"),
        url.replace(f"u={owner.pk}&", ""),
        url.replace(f"u={owner.pk}&", "u=&"),
        media_url(item.pk, "original"),
    ):
        assert Client().get(changed).status_code == 403
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert Client().get(url).status_code == 404
    assert not OriginalAccess.objects.exists()


def test_it_costs_two_short_statements(
    item: Item, owner: User, make_client: Make, django_assert_max_num_queries: Any
) -> None:
    url = make_client(owner).get(f"/api/v1/items/{item.pk}/").json()["original_url"]
    with django_assert_max_num_queries(3):
        assert Client().get(url).status_code == 200


def test_a_file_with_pictures_is_one_line(item: Item, owner: User, make_client: Make) -> None:
    schema = {"labels": [{"name": "face"}]}
    project = factories.project(on=item.dataset, schema=schema, task_type="boxes", manager=owner)
    client = make_client(owner)
    for pictures, lines in ((False, 0), (True, 1)):
        body = {"format": "coco", "status": "all", "pictures": pictures}
        made = client.post(f"/api/v1/projects/{project.pk}/exports/", body).json()["export"]
        assert client.get(made["download_url"]).status_code == 200
        assert OriginalAccess.objects.count() == lines
    line = OriginalAccess.objects.get()
    assert (line.export_id, line.item_id, line.pictures) == (made["id"], None, 1)


def test_administrators_read_and_filter_it(item: Item, owner: User, make_client: Make) -> None:
    client = make_client(owner)
    fetched(item, client)
    fetched(item, make_client(factories.admin("root")))
    admin = make_client(factories.admin("anna"))

    def users(**filters: Any) -> list[str]:
        answer = admin.get("/api/v1/accesses/", filters)
        assert answer.status_code == 200, answer.content
        return [row["user"] for row in answer.json()["results"]]

    assert users() == ["root", "olga"]
    assert users(username="olga", item=item.pk, dataset=item.dataset_id) == ["olga"]
    now = timezone.now()
    assert users(since=(now - timedelta(hours=1)).isoformat()) == ["root", "olga"]
    assert users(until=(now - timedelta(hours=1)).isoformat()) == []
    assert users(item=item.pk + 1) == []
    assert admin.get("/api/v1/accesses/", {"user__password": "x"}).status_code == 400
    assert admin.get("/api/v1/accesses/", {"since": "never"}).status_code in (400, 422)
    (row,) = admin.get("/api/v1/accesses/", {"username": "olga"}).json()["results"]
    assert (row["filename"], row["pictures"]) == ("face.png", 1)
    Item.objects.filter(pk=item.pk).delete()
    (row,) = admin.get("/api/v1/accesses/", {"username": "olga"}).json()["results"]
    assert (row["item"], row["filename"]) == (item.pk, None)
    assert client.get("/api/v1/accesses/").status_code == 403


def test_lines_are_never_changed_and_go_with_their_time(
    item: Item, owner: User, make_client: Make, settings: Any
) -> None:
    fetched(item, make_client(owner))
    fetched(item, make_client(owner))
    old, young = OriginalAccess.objects.order_by("pk")
    with pytest.raises(TypeError, match="never changed"):
        old.save()
    settings.ACCESS_LOG_DAYS = 30
    OriginalAccess.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=31))
    assert forget_accesses() == 1
    assert OriginalAccess.objects.get() == young

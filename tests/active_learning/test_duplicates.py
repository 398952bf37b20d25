"""Duplicates from the search to the decision, and back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from PIL import Image

from active_learning.actions.duplicate_decisions import TAG, keep_one, reopen_group, say_distinct
from active_learning.actions.duplicates import (
    check_duplicates,
    find_duplicates,
    request_search,
    search_key,
)
from active_learning.actions.foreign_lane import apply_mode
from active_learning.models import (
    DatasetFeatures,
    DuplicateGroup,
    DuplicateMember,
    DuplicateReport,
)
from annotations.actions.edit_items import apply_edit
from annotations.models import Dataset, Item, ItemTag, Task
from labelhub import storage
from labelhub.errors import Conflict, Invalid
from labelhub.jobs.models import Job
from labelhub.storage import path_of
from tests import factories
from tests.active_learning.conftest import MakeProject, Work

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def add_copy(dataset: Dataset, of: Item, kind: str) -> Item:
    """The same picture in another kind of file."""
    out = io.BytesIO()
    Image.open(path_of(of.sha256)).save(out, kind)
    stored = storage.originals().save_many([out.getvalue()])[0]
    made = Item.objects.create(
        dataset=dataset, sha256=stored.sha256, filename=f"copy.{kind.lower()}",
        media_type="image/bmp", byte_size=stored.size, width=of.width, height=of.height,
    )  # fmt: skip
    Dataset.objects.filter(pk=dataset.pk).update(item_count=F("item_count") + 1)
    dataset.refresh_from_db()
    return made


def group_of(*items: Item, dataset: Dataset) -> DuplicateGroup:
    row = DuplicateGroup.objects.create(dataset=dataset, kind="near", size=len(items), apart=0.001)
    DuplicateMember.objects.bulk_create(
        DuplicateMember(group=row, item=item, place=place, apart=0.001)
        for place, item in enumerate(items)
    )
    return row


def tagged(item: Item) -> bool:
    return ItemTag.objects.filter(item=item, tag__name=TAG).exists()


def test_a_picture_saved_twice_is_found(digits: MakeProject) -> None:
    dataset = digits(60).dataset
    first = dataset.items.order_by("pk")[0]
    copy = add_copy(dataset, first, "BMP")
    report = find_duplicates(dataset=dataset)
    assert (report.items, report.skipped, report.last_item) == (61, 0, copy.pk)
    groups = DuplicateGroup.objects.filter(members__item=copy)
    assert {row.item_id for row in groups.get().members.all()} >= {first.pk, copy.pk}
    pixels = DuplicateMember.objects.filter(item__in=[first, copy]).values_list("pixels", flat=True)
    assert len(set(pixels)) == 1 and -1 not in pixels


def test_what_people_said_outlives_the_next_search(digits: MakeProject) -> None:
    dataset = digits(60).dataset
    one, two = dataset.items.order_by("pk")[:2]
    copies = [add_copy(dataset, one, "BMP"), add_copy(dataset, two, "BMP")]
    find_duplicates(dataset=dataset)
    first, second = (DuplicateGroup.objects.get(members__item=copy) for copy in copies)
    keep_one(group=first, item=one.pk, by=factories.admin())
    say_distinct(group=second, by=factories.admin())
    find_duplicates(dataset=dataset)
    assert not DuplicateGroup.objects.filter(state="open", members__item__in=copies).exists()
    assert set(DuplicateGroup.objects.exclude(state="open")) == {first, second}


def test_a_group_that_is_found_again_can_still_be_decided_about(digits: MakeProject) -> None:
    dataset = digits(60).dataset
    one, two = dataset.items.order_by("pk")[:2]
    copy = add_copy(dataset, one, "BMP")
    find_duplicates(dataset=dataset)
    group = DuplicateGroup.objects.get(members__item=copy)
    other = group_of(two, copy, dataset=dataset)  # of pictures that are no copies
    members = list(group.members.order_by("place").values_list("item", "place", "pixels"))
    find_duplicates(dataset=dataset)
    assert DuplicateGroup.objects.get(members__item=copy) == group
    again = group.members.order_by("place").values_list("item", "place", "pixels")
    assert list(again) == members
    assert not DuplicateGroup.objects.filter(pk=other.pk).exists()
    keep_one(group=group, item=one.pk, by=factories.admin())
    find_duplicates(dataset=dataset)
    group.refresh_from_db()
    reopen_group(group=group, by=factories.admin())
    find_duplicates(dataset=dataset)
    assert DuplicateGroup.objects.get(members__item=copy) == group


def test_the_others_are_tagged_and_asked_about_no_more_until_it_is_taken_back() -> None:
    owner = factories.user()
    dataset = factories.dataset(items=4, owner=owner)
    project = factories.project(on=dataset, manager=owner)
    one, two, three, _ = dataset.items.order_by("pk")
    group = group_of(one, two, three, dataset=dataset)
    keep_one(group=group, item=two.pk, by=owner)
    aside = Task.objects.filter(project=project, aside=True)
    assert set(aside.values_list("item_id", flat=True)) == {one.pk, three.pk}
    assert [tagged(item) for item in (one, two, three)] == [True, False, True]
    apply_mode(project)  # foreign items are given back; these are none
    assert aside.count() == 2
    group.refresh_from_db()
    reopen_group(group=group, by=owner)
    assert not aside.exists()
    assert not any(tagged(item) for item in (one, two, three))
    group.refresh_from_db()
    assert (group.state, group.keep, group.set_aside) == ("open", None, {})


def test_a_decision_is_taken_back_before_its_tags_are_all_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annotations.actions.edit_items.INLINE", 1)
    dataset = factories.dataset(items=3)
    one, two, three = dataset.items.order_by("pk")
    group = group_of(one, two, three, dataset=dataset)
    keep_one(group=group, item=one.pk, by=factories.admin())
    group.refresh_from_db()
    edit = group.edit
    assert edit is not None and edit.state == "waiting"
    reopen_group(group=group, by=factories.admin())
    apply_edit(edit=edit)  # its job comes late
    edit.refresh_from_db()
    assert edit.state == "undone"
    assert not any(tagged(item) for item in (one, two, three))


def test_a_group_is_decided_once_and_about_its_own_items() -> None:
    dataset = factories.dataset(items=3)
    one, two, three = dataset.items.order_by("pk")
    group = group_of(one, two, dataset=dataset)
    by = factories.admin()
    with pytest.raises(Invalid):
        keep_one(group=group, item=three.pk, by=by)
    with pytest.raises(Conflict):
        reopen_group(group=group, by=by)
    say_distinct(group=group, by=by)
    with pytest.raises(Conflict):
        keep_one(group=group, item=one.pk, by=by)


def test_a_dataset_is_searched_once_its_features_are_complete(
    digits: MakeProject, work: Work
) -> None:
    dataset = digits(20).dataset
    jobs = Job.objects.filter(dedupe_key=search_key(dataset.pk))
    check_duplicates()
    assert not jobs.exists()
    last = dataset.items.order_by("pk").last()
    DatasetFeatures.objects.create(dataset=dataset, items=20, last_item=last.pk)
    check_duplicates()
    assert work("find_duplicates") == ["find_duplicates"]
    assert DuplicateReport.objects.get(dataset=dataset).items == 20
    check_duplicates()
    assert not jobs.filter(state=Job.State.PENDING).exists()


def test_one_image_has_no_duplicate() -> None:
    dataset = factories.dataset(items=1)
    with pytest.raises(Invalid):
        request_search(dataset=dataset, by=factories.admin())


def test_groups_are_listed_the_most_alike_first_with_cursor_pages(make_client: Make) -> None:
    owner = factories.user()
    dataset = factories.dataset(items=6, owner=owner)
    items = list(dataset.items.order_by("pk"))
    groups = [group_of(*items[at : at + 2], dataset=dataset) for at in (0, 2, 4)]
    DuplicateGroup.objects.filter(pk=groups[1].pk).update(apart=0, kind="pixels")
    DuplicateMember.objects.filter(group=groups[1]).update(pixels=7)
    client = make_client(owner)
    address = f"/api/v1/datasets/{dataset.pk}/duplicates/"
    first = client.get(address, {"limit": 2}).json()
    assert first["results"][0]["id"] == groups[1].pk
    assert [one["same_pixels"] for one in first["results"][0]["members"]] == [True, True]
    rest = client.get(first["next"]).json()
    seen = [row["id"] for row in [*first["results"], *rest["results"]]]
    assert sorted(seen) == sorted(group.pk for group in groups)
    only = client.get(address, {"kind": "pixels"}).json()["results"]
    assert [row["id"] for row in only] == [groups[1].pk]
    assert client.get(address, {"state": "gone"}).status_code == 400
    report = client.get(f"{address}report/").json()
    assert (report["pixels"], report["near"], report["made_at"]) == (1, 2, None)


def test_the_list_costs_the_same_however_many_groups(
    make_client: Make, django_assert_max_num_queries: Any
) -> None:
    owner = factories.user()
    dataset = factories.dataset(items=40, owner=owner)
    items = list(dataset.items.order_by("pk"))
    for at in range(0, 40, 2):
        group_of(*items[at : at + 2], dataset=dataset)
    client = make_client(owner)
    with django_assert_max_num_queries(8):
        client.get(f"/api/v1/datasets/{dataset.pk}/duplicates/")


def test_only_the_owner_decides_and_strangers_see_nothing(make_client: Make) -> None:
    owner = factories.user()
    dataset = factories.dataset(items=2, owner=owner)
    project = factories.project(on=dataset, manager=owner)
    reviewer = factories.member(project, role="reviewer")
    one, two = dataset.items.order_by("pk")
    group = group_of(one, two, dataset=dataset)
    keep = f"/api/v1/duplicate-groups/{group.pk}/keep/"
    assert make_client(factories.user()).post(keep, {"item": one.pk}).status_code == 404
    assert make_client(reviewer).post(keep, {"item": one.pk}).status_code == 403
    client = make_client(owner)
    said = client.post(keep, {"item": one.pk}, format="json")
    assert (said.status_code, said.json()["state"], said.json()["keep"]) == (200, "kept", one.pk)
    assert said.json()["tasks_set_aside"] == 1
    again = client.post(f"/api/v1/duplicate-groups/{group.pk}/distinct/")
    assert (again.status_code, again.json()["code"]) == (409, "group_decided")
    back = client.post(f"/api/v1/duplicate-groups/{group.pk}/reopen/")
    assert back.json()["state"] == "open"
    started = client.post(f"/api/v1/datasets/{dataset.pk}/duplicates/report/")
    assert started.status_code == 202

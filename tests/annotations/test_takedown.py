"""Takedowns: a person's pictures go for good, with all that was said of them; the rest stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from annotations.actions import takedown as action
from annotations.actions.drafts import keep_draft
from annotations.actions.edit_items import Change, Selection, request_edit
from annotations.actions.export import Order, path_of, request_export
from annotations.actions.project import create_project, open_tasks
from annotations.actions.release import request_release
from annotations.actions.takedown import Wanted, look_again, preview_takedown, request_takedown
from annotations.actions.takedown_list import list_path, read_list
from annotations.actions.takedown_restore import apply_again, known_before_restore
from annotations.actions.takedown_rows import chunks
from annotations.actions.upload import upload_items
from annotations.actions.webhooks import create_webhook, tell_of_settled
from annotations.intake.archives import Member
from annotations.models import (
    Annotation,
    Dataset,
    Delivery,
    Export,
    Item,
    ItemEditPart,
    Project,
    Release,
    SavedView,
    Tag,
    Takedown,
    TakenDown,
    Task,
)
from annotations.reports.consistency import check
from annotations.reports.progress import progress_of
from annotations.reports.releases import releases_with
from labelhub import storage
from labelhub.accounts.models import AuditEvent
from labelhub.errors import Conflict, Invalid, NotAllowed
from labelhub.jobs import claim as claims
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue
from labelhub.jobs.run import run_job
from tests import factories
from tests.pictures import png

pytestmark = pytest.mark.django_db
NAME = "annabelle-secret"


@pytest.fixture
def crowd() -> Project:
    """Twelve pictures, every third of one writer; two of three labelers answered all."""
    dataset = factories.dataset()
    for k, item in enumerate(factories.add_items(dataset, 12)):
        hers = k % 3 == 0
        (original,) = storage.originals().save_many([png(k)])
        (shown,) = storage.renditions().save_many([png(k, 20, 20)])
        Item.objects.filter(pk=item.pk).update(
            sha256=original.sha256,
            renditions={"thumb": shown.sha256, "screen": shown.sha256},
            filename=f"{NAME}-{k}.png" if hers else f"{k}.png",
            group=NAME if hers else "others",
        )
    project = factories.project(
        on=dataset, manager=dataset.created_by, labelers=3, confidence=0.9999, max_votes=3
    )
    for labeler in factories.labelers_of(project)[:2]:
        for _ in range(12):
            factories.vote(project, labeler, "7")
    return project


def upload(dataset: Dataset, files: dict[str, bytes]) -> Any:
    members = [Member(name, data, done=1.0) for name, data in files.items()]
    report = upload_items(dataset=dataset, members=members)
    dataset.refresh_from_db()
    return report


def go(project: Project, *, run: bool = True, **wanted: Any) -> Takedown:
    """Take the writer's items down."""
    dataset = project.dataset
    chosen = Wanted(**(wanted or {"group": NAME}))
    count = len(preview_takedown(dataset=dataset, wanted=chosen).items)
    takedown = request_takedown(
        dataset=dataset, by=dataset.created_by, wanted=chosen, reason="asked to", expected=count
    )
    if run and takedown.job is not None:
        run_job(takedown.job.pk)
        takedown.refresh_from_db()
        dataset.refresh_from_db()
    return takedown


def everything_written() -> str:
    """The text of every row of every table."""
    rows = [
        str(row)
        for model in apps.get_models(include_auto_created=True)
        for row in model._base_manager.values()
    ]
    return "\n".join(rows)


def files_of(items: list[Item]) -> list[Path]:
    shown = [
        storage.renditions().path(name)
        for item in items
        for kind, name in item.renditions.items()
        if kind != "plain"
    ]
    originals = [storage.originals().path(item.sha256) for item in items]
    return [*originals, *shown]


def test_the_preview_counts_what_would_go_and_removes_nothing(crowd: Project) -> None:
    request_release(project=crowd, by=crowd.created_by, name="letters", filters={"status": "all"})
    preview = preview_takedown(dataset=crowd.dataset, wanted=Wanted(group=NAME))
    assert (len(preview.items), preview.votes, preview.releases) == (4, 8, ["letters@1"])
    (told,) = preview.projects
    assert (told["id"], told["tasks"], told["votes"]) == (crowd.pk, 4, 8)
    assert crowd.dataset.items.count() == 12


def test_items_go_with_files_tasks_and_votes_and_counts_stay_right(crowd: Project) -> None:
    gone = list(crowd.dataset.items.filter(group=NAME))
    paths = files_of(gone)
    assert all(path.is_file() for path in paths)
    takedown = go(crowd)
    assert (takedown.state, takedown.removed, takedown.votes) == ("done", 4, 8)
    assert not any(path.exists() for path in paths)
    assert crowd.dataset.item_count == crowd.dataset.items.count() == 8
    assert Task.objects.filter(project=crowd).count() == 8
    assert progress_of(crowd)["votes"] == Annotation.objects.filter(project=crowd).count() == 16
    assert not list(check(using="default", deep=True))


def test_labels_of_other_items_stay_as_they_are(crowd: Project) -> None:
    others = Task.objects.filter(project=crowd, item__group="others").order_by("pk")
    before = list(others.values())
    seats = list(others.values_list("seats__pk", "seats__state", "seats__labeler"))
    go(crowd)
    assert list(others.values()) == before
    assert list(others.values_list("seats__pk", "seats__state", "seats__labeler")) == seats


def test_nothing_names_the_person_afterwards(crowd: Project, tmp_path: Path) -> None:
    by = crowd.created_by
    items = list(crowd.dataset.items.filter(group=NAME).values_list("pk", flat=True))
    for _ in range(2):  # the second edit keeps what the first one wrote
        request_edit(
            dataset=crowd.dataset, by=by, change=Change(set_metadata={"age": _}),
            selection=Selection(items=tuple(items)),
        )  # fmt: skip
    Item.objects.filter(pk=items[0]).update(metadata={"note": NAME})
    request_edit(
        dataset=crowd.dataset, by=by, change=Change(set_metadata={"note": "x"}, add_tags=["t"]),
        selection=Selection(items=tuple(items)),
    )  # fmt: skip
    SavedView.objects.create(project=crowd, name="hers", query={"group": NAME}, created_by=by)
    labeler = factories.labelers_of(crowd)[2]
    seat = factories.lease(crowd, labeler)
    keep_draft(labeler=labeler, lease_id=seat.lease_id, answer={"choice": "1"})
    create_webhook(project=crowd, by=by, url="https://93.184.216.34/", events=["labels.settled"])
    request_export(order=Order.of(crowd, "csv", "both", {"group": NAME, "status": "all"}), by=by)
    request_release(project=crowd, by=by, name="letters", filters={"status": "all"})
    assert NAME in everything_written()
    takedown = go(crowd)
    # Until the second look it keeps what it has to look for.
    look_again(takedown=takedown)
    assert NAME not in everything_written()
    assert Tag.objects.get(name="t").item_count == 0
    data = Path(settings.DATA_DIR)
    holding = [path for path in data.rglob("*") if path.is_file() and _holds(path, NAME)]
    assert holding == []


def _holds(path: Path, name: str) -> bool:
    if path.suffix.startswith(".sqlite3"):
        return False  # the tests' own transaction is still open
    return name.encode() in path.read_bytes()


def test_the_log_says_who_how_many_and_why_and_no_more(crowd: Project) -> None:
    takedown = go(crowd)
    done = AuditEvent.objects.get(action="takedown.done")
    assert done.actor == crowd.dataset.created_by
    assert done.detail == {
        "dataset": crowd.dataset_id,
        "takedown": takedown.pk,
        "items": 4,
        "votes": 8,
        "reason": "asked to",
    }


def test_the_same_bytes_are_refused_by_name_until_an_administrator_lifts_it(
    crowd: Project, make_client: Callable[..., Any]
) -> None:
    takedown = go(crowd)
    report = upload(crowd.dataset, {"again.png": png(0), "new.png": png(50)})
    codes = {row["name"]: row.get("code", row["status"]) for row in report.files}
    assert codes == {"again.png": "taken_down", "new.png": "taken"}
    assert "administrator" in next(r["detail"] for r in report.files if r["name"] == "again.png")
    address = f"/api/v1/takedowns/{takedown.pk}/lift/"
    assert make_client(crowd.created_by).post(address, {}, format="json").status_code == 403
    answer = make_client(factories.admin()).post(address, {}, format="json")
    assert answer.json() == {"lifted": 4}
    assert upload(crowd.dataset, {"again.png": png(0)}).counts["taken"] == 1


def test_another_dataset_may_hold_the_same_picture_and_keeps_its_file(crowd: Project) -> None:
    other = factories.dataset()
    upload(other, {"mine.png": png(0)})
    go(crowd)
    assert all(path.is_file() for path in files_of(list(other.items.all())))
    assert upload(other, {"mine too.png": png(3)}).counts["taken"] == 1


def test_an_administrator_takes_copies_down_everywhere(crowd: Project) -> None:
    other = factories.dataset()
    upload(other, {"mine.png": png(0), "kept.png": png(70)})
    wanted = Wanted(group=NAME)
    with pytest.raises(NotAllowed):
        request_takedown(
            dataset=crowd.dataset, by=crowd.dataset.created_by, wanted=wanted, reason="r",
            expected=5, everywhere=True,
        )  # fmt: skip
    takedown = request_takedown(
        dataset=crowd.dataset, by=factories.admin(), wanted=wanted, reason="r", expected=5,
        everywhere=True,
    )  # fmt: skip
    run_job(takedown.job.pk)
    other.refresh_from_db()
    assert (other.item_count, other.items.get().filename) == (1, "kept.png")
    assert upload(other, {"mine.png": png(0)}).counts["refused"] == 1


def test_killed_between_batches_it_goes_on_and_ends_the_same(
    crowd: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(action, "BATCH", 1)
    monkeypatch.setattr(action, "INLINE", 0)
    takedown = go(crowd, run=False)
    real, calls = action.remove_batch, []

    def killed(*arguments: Any) -> None:
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(real(*arguments))

    monkeypatch.setattr(action, "remove_batch", killed)
    claim = claims.claim(takedown.job_id)
    with pytest.raises(KeyboardInterrupt):
        action.take_down(takedown=takedown, claim=claim)
    takedown.refresh_from_db()
    assert (takedown.state, takedown.removed, Item.objects.filter(group=NAME).count()) == (
        "waiting", 2, 2,
    )  # fmt: skip
    monkeypatch.setattr(action, "remove_batch", real)
    action.take_down(takedown=takedown, claim=claim)
    action.take_down(takedown=takedown)  # and once more: it finds nothing to do
    takedown.refresh_from_db()
    crowd.dataset.refresh_from_db()
    assert (takedown.state, takedown.removed, takedown.votes) == ("done", 4, 8)
    assert crowd.dataset.item_count == crowd.dataset.items.count() == 8
    assert AuditEvent.objects.filter(action="takedown.done").count() == 1
    assert TakenDown.objects.count() == 4


@pytest.mark.parametrize("step", ["erase_files", "_look_for_traces"])
def test_killed_before_files_or_traces_are_gone_it_erases_them_next_time(
    crowd: Project, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(action, "INLINE", 0)
    paths = files_of(list(crowd.dataset.items.filter(group=NAME)))
    takedown = go(crowd, run=False)
    real = getattr(action, step)
    monkeypatch.setattr(action, step, _killed)
    with pytest.raises(KeyboardInterrupt):
        action.take_down(takedown=takedown)
    monkeypatch.setattr(action, step, real)
    action.take_down(takedown=Takedown.objects.get(pk=takedown.pk))
    assert not any(path.exists() for path in paths)
    assert Takedown.objects.get(pk=takedown.pk).state == "done"


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_labeler_who_holds_such_a_task_is_told_that_it_is_gone(crowd: Project) -> None:
    labeler = factories.labelers_of(crowd)[2]
    seats = [factories.lease(crowd, labeler)]
    Item.objects.filter(pk=seats[0].task.item_id).update(group="held")
    go(crowd, group="held")
    with pytest.raises(Exception, match="lease") as refused:
        factories.vote(crowd, labeler, "7", seat=seats[0])
    assert refused.value.status in (404, 409)  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------- releases, exports


def test_a_release_keeps_its_hash_and_serves_tombstones(
    crowd: Project, make_client: Callable[..., Any]
) -> None:
    release = request_release(
        project=crowd, by=crowd.created_by, name="letters", filters={"status": "all"}
    )
    client = make_client(crowd.created_by)
    address = f"/api/v1/releases/{release.pk}/"
    made = b"".join(client.get(f"{address}items/").streaming_content)
    items = set(crowd.dataset.items.filter(group=NAME).values_list("pk", flat=True))
    go(crowd)
    now = b"".join(client.get(f"{address}items/").streaming_content)
    told = client.get(address).json()
    assert told["sha256"] == release.sha256 == hashlib.sha256(made).hexdigest()
    assert told["served_sha256"] == hashlib.sha256(now).hexdigest() != release.sha256
    assert told["taken_down"]["items"] == 4
    assert NAME not in now.decode()
    for before, after in zip(made.splitlines(keepends=True), now.splitlines(True), strict=True):
        line = json.loads(after)
        if json.loads(before)["item"] in items:
            assert set(line) == {"item", "task", "taken_down", "votes", "given", "line_sha256"}
            assert line["line_sha256"] == hashlib.sha256(before).hexdigest()
        else:
            assert before == after
    assert not list(check(using="default", deep=False))
    assert releases_with(sorted(items), Release.objects.all()) == []
    card = client.get(f"{address}card.md").content.decode()
    assert "4 items were taken down" in card and told["served_sha256"] in card


def test_exports_of_a_release_leave_the_items_out_and_count_right(crowd: Project) -> None:
    release = request_release(
        project=crowd, by=crowd.created_by, name="letters", filters={"status": "all"}
    )
    go(crowd)
    release.refresh_from_db()
    order = Order.of(crowd, "csv", "votes", {}, release)
    export = request_export(order=order, by=crowd.created_by)
    text = path_of(export).read_text()
    assert NAME not in text and export.rows == order.count() == 16


def test_files_of_exports_go_and_say_why(crowd: Project, make_client: Callable[..., Any]) -> None:
    export = request_export(
        order=Order.of(crowd, "csv", "consensus", {"status": "all"}), by=crowd.created_by
    )
    path = path_of(export)
    assert NAME in path.read_text()
    go(crowd)
    assert not path.exists()
    answer = make_client(crowd.created_by).get(f"/api/v1/exports/{export.pk}/download/")
    assert (answer.status_code, answer.json()["code"]) == (404, "export_withdrawn")


def test_an_export_that_read_the_items_before_they_went_is_written_again(
    crowd: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = Export.objects.create(
        project=crowd, format="csv", content="consensus", filters={"status": "all"}
    )
    job = enqueue("export", payload={"export": export.pk}, project_id=crowd.pk)
    from annotations.actions import export as export_action

    real = export_action.write_labels

    def taken_down_meanwhile(**arguments: Any) -> int:
        rows = real(**arguments)
        monkeypatch.setattr(export_action, "write_labels", real)
        go(crowd)
        return rows

    monkeypatch.setattr(export_action, "write_labels", taken_down_meanwhile)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error["code"]) == ("pending", "taken_down_meanwhile")
    Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
    run_job(job.pk)
    export.refresh_from_db()
    assert export.rows == 8 and NAME not in path_of(export).read_text()


def test_messages_that_wait_lose_the_labels(crowd: Project) -> None:
    hook = create_webhook(
        project=crowd, by=crowd.created_by, url="https://93.184.216.34/", events=["labels.settled"]
    )
    hook.settled_until = "2020-01-01T00:00:00Z"
    hook.save()
    Task.objects.filter(project=crowd).update(settled_at="2020-01-02T00:00:00Z", status="settled")
    tell_of_settled()
    assert NAME in json.dumps(Delivery.objects.get().body)
    go(crowd)
    body = Delivery.objects.get().body
    assert len(body["data"]["labels"]) == 8 and NAME not in json.dumps(body)


def test_what_an_edit_remembers_of_the_items_goes(crowd: Project) -> None:
    items = tuple(crowd.dataset.items.order_by("pk").values_list("pk", flat=True))
    Item.objects.filter(group=NAME).update(metadata={"note": NAME})
    edit = request_edit(
        dataset=crowd.dataset, by=crowd.created_by, change=Change(set_metadata={"note": "x"}),
        selection=Selection(items=items),
    )  # fmt: skip
    go(crowd)
    (part,) = ItemEditPart.objects.filter(edit=edit)
    assert len(part.before) == 8


# ---------------------------------------------------------------------------- the request


def test_it_is_refused_unconfirmed_without_reason_or_with_another_number(
    crowd: Project, make_client: Callable[..., Any]
) -> None:
    client = make_client(crowd.created_by)
    address = f"/api/v1/datasets/{crowd.dataset_id}/takedowns/"
    body = {"group": NAME, "reason": "asked to", "expected": 4, "confirm": crowd.dataset.name}

    def status(**other: Any) -> tuple[int, str]:
        answer = client.post(address, body | other, format="json")
        return answer.status_code, answer.json().get("code", "")

    assert status(confirm="yes") == (422, "not_confirmed")
    assert status(expected=3) == (409, "selection_changed")
    assert status(reason=" ")[0] in (400, 422)
    assert status(group="nobody", expected=1) == (422, "empty")
    assert crowd.dataset.items.count() == 12
    assert status()[0] == 202
    (row,) = client.get(address).json()["results"]
    assert (row["reason"], row["expected"]) == ("asked to", 4)


def test_filters_of_the_items_page_name_what_goes(
    crowd: Project, make_client: Callable[..., Any]
) -> None:
    client = make_client(crowd.created_by)
    body = {"project": crowd.pk, "filters": {"file": NAME}}
    address = f"/api/v1/datasets/{crowd.dataset_id}/takedowns/preview/"
    answer = client.post(address, body, format="json").json()
    assert (answer["items"], answer["projects"][0]["votes"]) == (4, 8)


def test_the_command_says_what_would_go_and_does_it_when_told(
    crowd: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    factories.admin()
    words = [str(crowd.dataset_id), "--group", NAME, "--reason", "asked to"]
    call_command("takedown", *words)
    assert "4 items with 8 votes" in capsys.readouterr().out
    assert crowd.dataset.items.count() == 12
    call_command("takedown", *words, "--yes")
    assert crowd.dataset.items.count() == 8


def test_lines_go_with_the_page_that_they_were_cut_from(crowd: Project) -> None:
    page, *lines = crowd.dataset.items.order_by("pk")[:3]
    Item.objects.filter(pk=page.pk).update(split="pages")
    for line in lines:
        link = {"page": {"sha256": page.sha256, "item": page.pk}}
        Item.objects.filter(pk=line.pk).update(metadata=link)
    preview = preview_takedown(dataset=crowd.dataset, wanted=Wanted(items=(page.pk,)))
    assert preview.items == sorted([page.pk, *(line.pk for line in lines)])
    assert (preview.lines, preview.shown_on_pages) == (2, 0)
    line = preview_takedown(dataset=crowd.dataset, wanted=Wanted(items=(lines[0].pk,)))
    assert (len(line.items), line.shown_on_pages) == (1, 1)


def test_pairs_go_with_either_item() -> None:
    pairs = create_project(
        by=(owner := factories.user()),
        dataset=factories.dataset(items=4, owner=owner),
        name="same",
        question="Same?",
        task_type="pair",
        schema={"labels": [{"name": "same"}, {"name": "different"}]},
    )
    open_tasks(project=pairs)
    first, second, third, _ = pairs.dataset.items.order_by("pk")
    for one, other in [(first, second), (second, third), (third, first)]:
        Task.objects.get_or_create(project=pairs, item=one, other_item=other)
    go(pairs, items=(second.pk,))
    assert not Task.objects.filter(item=second.pk) and not Task.objects.filter(other_item=second.pk)
    assert Task.objects.filter(project=pairs, item=third, other_item=first).exists()


# ---------------------------------------------------------------------------- after a restore


def test_after_a_restore_the_list_is_applied_again(crowd: Project) -> None:
    go(crowd)
    known = known_before_restore(None)
    assert len(known) == 4 == len(read_list(list_path()))
    # What an older backup brings back: the items, and none of the list.
    Takedown.objects.all().delete()
    again = {f"{NAME}-{k}.png": png(k) for k in (0, 3, 6)}
    assert upload(crowd.dataset, again).counts["taken"] == 3
    apply_again(known, lambda line: None)
    assert not Item.objects.filter(filename__contains=NAME).exists()
    assert upload(crowd.dataset, again | {f"{NAME}-9.png": png(9)}).counts["refused"] == 4
    apply_again(known, lambda line: None)
    assert Takedown.objects.count() == 1


def test_a_broken_list_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"sha256": "00", "dataset": 1}\n')
    with pytest.raises(Invalid, match="line 1"):
        read_list(path)


# ---------------------------------------------------------------------------- rows that hang on it


def test_every_reference_to_a_row_that_goes_can_be_looked_up() -> None:
    """Without an index each row that is deleted costs a pass over the whole other table."""
    going = {Item, Task} | {r.related_model for r in Task._meta.related_objects}
    going |= {r.related_model for m in tuple(going) for r in m._meta.related_objects}
    lacking = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            led = {
                entry["columns"][0]
                for entry in connection.introspection.get_constraints(cursor, table).values()
                if entry["columns"] and (entry["index"] or entry["unique"] or entry["primary_key"])
            }
            for field in model._meta.concrete_fields:
                points = field.many_to_one and field.related_model in going and field.db_constraint
                if points and field.column not in led:
                    lacking.append(f"{table}.{field.column}")
    assert lacking == []


def test_a_changed_selection_is_a_conflict(crowd: Project) -> None:
    with pytest.raises(Conflict):
        request_takedown(
            dataset=crowd.dataset, by=crowd.created_by, wanted=Wanted(group=NAME), reason="r",
            expected=1,
        )  # fmt: skip


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs wait until they are run."""
    monkeypatch.setattr(action, "INLINE", 0)


@pytest.mark.usefixtures("later")
def test_asked_for_twice_it_is_one_takedown(crowd: Project) -> None:
    first = go(crowd, run=False)
    some = tuple(first.items[:2])
    assert [go(crowd, run=False).pk, go(crowd, run=False, items=some).pk] == [first.pk] * 2
    assert Takedown.objects.count() == 1
    other = crowd.dataset.items.exclude(group=NAME).order_by("pk").values_list("pk", flat=True)[0]
    assert go(crowd, run=False, items=(*some, other)).pk != first.pk  # it is about more


@pytest.mark.usefixtures("later")
def test_one_that_was_given_up_is_not_waited_for(crowd: Project) -> None:
    first = go(crowd, run=False)
    Job.objects.filter(pk=first.job_id).update(state=Job.State.FAILED)
    second = go(crowd)
    assert (second.pk != first.pk, second.state, second.removed) == (True, "done", 4)


def test_items_that_go_while_another_asks_for_them_are_a_conflict(
    crowd: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = action.preview_takedown
    raced = []

    def overtaken(**asked: Any) -> Any:
        preview = real(**asked)
        if not raced:
            raced.append(True)
            go(crowd)
        return preview

    monkeypatch.setattr(action, "preview_takedown", overtaken)
    with pytest.raises(Conflict) as refused:
        request_takedown(
            dataset=crowd.dataset, by=crowd.created_by, wanted=Wanted(group=NAME), reason="r",
            expected=4,
        )  # fmt: skip
    assert refused.value.code == "selection_changed"
    assert Takedown.objects.get().removed == 4


@pytest.mark.usefixtures("later")
def test_everywhere_waits_for_one_from_this_dataset_alone(crowd: Project) -> None:
    go(crowd, run=False)
    admin = factories.admin()
    with pytest.raises(Conflict) as refused:
        request_takedown(
            dataset=crowd.dataset, by=admin, wanted=Wanted(group=NAME), reason="r", expected=4,
            everywhere=True,
        )  # fmt: skip
    assert refused.value.code == "under_way"


def test_each_stretch_of_a_large_takedown_is_looked_at_once(
    crowd: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sorted(crowd.dataset.items.values_list("pk", flat=True))
    monkeypatch.setattr(action, "BATCH", 2)
    monkeypatch.setattr(action, "chunks", lambda items: chunks(items, 4))
    seen = []
    for some in action._batches(ids):
        seen.append(some)
        Task.objects.filter(item__in=some).delete()
        Item.objects.filter(pk__in=some).delete()
    assert seen == [ids[at : at + 2] for at in range(0, 12, 2)]

"""Questions about two items: which pairs are asked, shown with both pictures, and counted once."""

from __future__ import annotations

import io
import json
import random
import threading
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from active_learning.actions.start import start_run
from active_learning.actions.typical import order_by_typicality
from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.export import Order, write_labels
from annotations.actions.gold_many import make_gold_of_known
from annotations.actions.lease import lease_tasks
from annotations.actions.pairs import add_drawn_pairs, add_pairs
from annotations.actions.project import open_tasks
from annotations.actions.release import request_release
from annotations.actions.trust import refit_consensus
from annotations.intake.pairs import PairList, PairRow, read_pairs
from annotations.models import GoldItem, Item, Project, Seat, Task
from annotations.reports import contradictions
from annotations.reports.contradictions import contradicting_tasks
from annotations.reports.labelers import open_fit
from labelhub.errors import Invalid
from tests import factories
from tests.annotations.test_concurrency import in_threads

pytestmark = pytest.mark.django_db
MakeClient = Callable[..., Any]
LFW = "1\t1\nAda\t1\t2\nAda\t1\tBo\t1\n"


def faces(groups: int = 3, each: int = 2, **options: Any) -> Project:
    """A project about pairs of items, some of each group, none of them asked about yet."""
    project = factories.project(
        items=0, labels=["same", "different", "cannot_tell"], task_type="pair", **options
    )
    for number in range(groups):
        factories.add_items(project.dataset, each, group=f"g{number}")
    for number, item in enumerate(project.dataset.items.order_by("pk")):
        Item.objects.filter(pk=item.pk).update(filename=f"f{number}.png")
    return project


def names(*pairs: str) -> PairList:
    rows = [
        PairRow(line, *pair.split()[:2], *pair.split()[2:]) for line, pair in enumerate(pairs, 1)
    ]  # type: ignore[arg-type]
    return PairList(rows)


def add(project: Project, *pairs: str, **options: Any) -> Any:
    assert project.created_by is not None
    return add_pairs(project=project, by=project.created_by, pairs=names(*pairs), **options)


def draw(project: Project, **wanted: int) -> Any:
    assert project.created_by is not None
    return add_drawn_pairs(
        project=project, by=project.created_by, **{"same": 0, "different": 0} | wanted
    )


def pairs_of(project: Project) -> list[tuple[str, str]]:
    rows = Task.objects.filter(project=project).order_by("pk")
    return list(rows.values_list("item__filename", "other_item__filename"))


# ------------------------------------------------------------------------------ which pairs


def test_a_project_of_pairs_asks_about_none_of_its_own() -> None:
    project = faces()
    assert open_tasks(project=project) == 0
    offer = lease_tasks(project=project, labeler=factories.member(project))
    assert offer.message == "This project has no pairs yet."


def test_every_pair_of_a_list_gets_a_task_with_its_seats() -> None:
    project = faces()
    report = add(project, "f0.png f1.png", "f2.png f0.png")
    assert (report.made, report.known, report.refused) == (2, 0, {})
    assert sorted(pairs_of(project)) == [("f0.png", "f1.png"), ("f2.png", "f0.png")]
    assert Seat.objects.filter(project=project).count() == 2 * project.min_votes


def test_a_pair_is_asked_once_whichever_way_around_it_comes() -> None:
    project = faces()
    add(project, "f0.png f1.png")
    report = add(project, "f1.png f0.png", "f0.png f2.png")
    assert (report.made, report.known) == (1, 1)
    report = add(project, "f3.png f4.png", "f4.png f3.png")
    assert report.made == 1
    assert {line: refusal.code for line, refusal in report.refused.items()} == {2: "duplicate_row"}


@pytest.mark.parametrize("turned", [False, True])
def test_the_database_holds_a_pair_once_and_never_one_item_twice(turned: bool) -> None:
    project = faces()
    first, second, *_ = project.dataset.items.order_by("pk")
    Task.objects.create(project=project, item=first, other_item=second)
    ends = (second, first) if turned else (first, second)
    for item, other in (ends, (first, first)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.create(project=project, item=item, other_item=other)


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ("f0.png f0.png", "pair_of_one"),
        ("f0.png gone.png", "unknown_item"),
        ("f0.png twice.png", "unknown_item"),
        ("f0.png f1.png perhaps", "unknown_label"),
    ],
)
def test_a_row_that_cannot_be_used_costs_only_itself(pair: str, code: str) -> None:
    project = faces()
    factories.add_items(project.dataset, 2)
    project.dataset.items.filter(group="").update(filename="twice.png")
    report = add(project, pair, "f1.png f2.png")
    assert report.made == 1
    assert {line: refusal.code for line, refusal in report.refused.items()} == {1: code}


def test_a_folder_tells_items_of_one_name_apart() -> None:
    project = faces(groups=2, each=1)
    project.dataset.items.update(filename="1.png")
    assert add(project, "g0/1.png any/g1/1.png").made == 1


def test_items_outside_the_projects_splits_are_not_paired() -> None:
    project = faces(splits=["train"])
    project.dataset.items.update(split="train")
    project.dataset.items.filter(filename="f1.png").update(split="test")
    report = add(project, "f0.png f1.png", "f0.png f2.png")
    assert report.made == 1
    assert "split 'test'" in report.refused[1].detail


def test_lists_sent_at_the_same_moment_open_each_pair_once(
    transactional_db: None,
) -> None:
    project = faces(groups=6, each=2)
    wanted = [f"f{one}.png f{two}.png" for one in range(12) for two in range(one)]
    start = threading.Barrier(4)

    def send(number: int) -> int:
        start.wait()
        turned = [" ".join(reversed(pair.split())) for pair in wanted]
        return int(add(project, *(turned if number % 2 else wanted)).made)

    assert sum(in_threads(send, list(range(4)), workers=4)) == len(wanted)
    tasks = Task.objects.filter(project=project)
    assert tasks.count() == len(wanted)
    assert Seat.objects.filter(project=project).count() == 2 * len(wanted)


def test_pairs_are_drawn_within_groups_and_across_them() -> None:
    project = faces(groups=4, each=3)
    assert draw(project, same=5, different=7).made == 12
    same = Task.objects.filter(project=project).values_list("item__group", "other_item__group")
    assert sum(one == two for one, two in same) == 5


def test_a_draw_never_repeats_a_pair_and_ends_when_there_is_none() -> None:
    project = faces(groups=3, each=2)
    assert [draw(project, same=2).made for _ in range(2)] == [2, 1]
    assert draw(project, different=100).made == 12
    with pytest.raises(Invalid, match="no such pair left"):
        draw(project, same=1, different=1)


def test_many_pairs_are_drawn_without_listing_all_of_them() -> None:
    project = faces(groups=2, each=400)
    assert draw(project, same=300, different=300).made == 600
    rows = Task.objects.filter(project=project).values_list("item__group", "other_item__group")
    assert sum(one == two for one, two in rows) == 300


def test_pairs_cannot_be_held_out_by_group() -> None:
    with pytest.raises(Invalid, match="two groups"):
        faces(split_by_group=True)


# ------------------------------------------------------------------------------ known answers


def test_labels_of_a_list_become_known_answers_only_when_asked() -> None:
    project = faces()
    add(project, "f0.png f1.png same", "f0.png f2.png different")
    assert not GoldItem.objects.exists()
    report = add(project, "f0.png f1.png same", "f2.png f0.png different", gold=True)
    assert (report.made, report.known, report.gold) == (0, 2, 2)
    rows = Task.objects.filter(project=project).order_by("pk")
    assert list(rows.values_list("label", "method", "status")) == [
        ("same", "gold", "settled"),
        ("different", "gold", "settled"),
    ]


def test_a_decision_of_a_reviewer_is_not_overruled_by_a_list() -> None:
    project = faces()
    add(project, "f0.png f1.png")
    Task.objects.update(adjudicated=True, label="different", status="settled")
    assert add(project, "f0.png f1.png same", gold=True).gold == 0
    assert Task.objects.get().label == "different"


def test_labels_that_came_with_the_items_say_whether_a_pair_is_the_same() -> None:
    project = faces(groups=2, each=2)
    add(project, "f0.png f1.png", "f0.png f2.png", "f1.png f3.png")
    for item in project.dataset.items.exclude(filename="f3.png"):
        factories.know(item, item.group)
    assert project.created_by is not None
    assert make_gold_of_known(project=project, by=project.created_by, limit=10) == 2
    known = GoldItem.objects.order_by("task").values_list("category", flat=True)
    assert list(known) == ["same", "different"]


# ------------------------------------------------------------------------------ labels


def test_false_same_and_false_different_are_weighed_apart() -> None:
    """One calls half of all different pairs the same, and is right on every pair that is."""
    project = faces(groups=40, each=2, min_votes=3, max_votes=3)
    draw(project, same=40, different=40)
    labelers = [factories.member(project) for _ in range(3)]
    hasty = labelers[0]
    for number, task in enumerate(Task.objects.filter(project=project).select_related("item")):
        same = task.item.group == Item.objects.get(pk=task.other_item_id).group
        for who in labelers:
            said = same or (who == hasty and number % 2 == 0)
            seat = Seat.objects.filter(task=task, state="free").order_by("no")[0]
            Seat.objects.filter(pk=seat.pk).update(
                state="held", labeler=who, last_labeler_id=who.pk, token=1
            )
            seat.refresh_from_db()
            factories.vote(project, who, "same" if said else "different", seat=seat)
    refit_consensus(project=project)
    project.refresh_from_db()
    fit = open_fit(project.fit_id)
    assert fit is not None
    false_same = fit.log_row(hasty.pk, 0)[1]
    false_different = fit.log_row(hasty.pk, 1)[0]
    assert false_same > false_different + 1.0
    assert fit.log_row(labelers[1].pk, 0)[1] < false_same - 1.0


def test_no_recipe_learns_pairs_and_the_refusal_says_so() -> None:
    project = faces()
    with pytest.raises(Invalid, match="type pair"):
        start_run(project=project, trigger="manual")


def test_typical_items_do_not_order_pairs() -> None:
    project = faces()
    draw(project, same=3)
    before = list(Task.objects.order_by("pk").values_list("priority", flat=True))
    assert order_by_typicality(project=project, newest=0) is None
    assert list(Task.objects.order_by("pk").values_list("priority", flat=True)) == before


def test_an_item_of_a_pair_cannot_vanish() -> None:
    project = faces()
    add(project, "f0.png f1.png")
    for name in ("f0.png", "f1.png"):
        with pytest.raises(ProtectedError):
            Item.objects.get(filename=name).delete()


# ------------------------------------------------------------------------------ over HTTP


@pytest.fixture
def here(make_client: MakeClient) -> tuple[Project, Any, str]:
    project = faces()
    url = f"/api/v1/projects/{project.pk}/pairs/"
    return project, make_client(project.created_by), url


def test_a_list_of_lfw_opens_pairs_and_reports_its_lines(here: Any) -> None:
    project, manager, url = here
    project.dataset.items.filter(filename="f0.png").update(filename="Ada_0001.jpg")
    project.dataset.items.filter(filename="f1.png").update(filename="Ada_0002.jpg")
    made = manager.post(url, {"text": LFW, "labels": "gold"}, format="json")
    assert made.status_code == 201
    refusals = made.json().pop("refusals")
    assert made.json() | {"refusals": 0} == {
        "made": 1, "known": 0, "gold": 1, "votes": 0, "refused": 1, "refusals": 0
    }  # fmt: skip
    assert [(row["line"], row["code"]) for row in refusals] == [(3, "unknown_item")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"pairs": [], "text": "first,second\na,b\n"},
        {"pairs": [{"first": "f0.png"}]},
        {"pairs": [{"first": True, "second": 2}]},
        {"pairs": [{"first": -1, "second": 2**70}]},
        {"pairs": [{"first": ["a"], "second": {}}]},
        {"pairs": [{"first": "x" * 1001, "second": 1}]},
        {"pairs": "f0.png,f1.png"},
        {"draw": {"same": -1}},
        {"draw": {"same": 20_001}},
        {"draw": {"same": "many"}},
        {"text": 7},
        {"text": "first,second\na,b\n", "labels": "known"},
    ],
)
def test_what_is_not_a_list_of_pairs_is_refused(here: Any, body: Any) -> None:
    _, manager, url = here
    refused = manager.post(url, body, format="json")
    assert refused.status_code in (400, 422), refused.json()
    assert not Task.objects.exists()


def test_a_list_that_cannot_be_read_says_why(here: Any) -> None:
    _, manager, url = here
    refused = manager.post(url, {"text": "left_one,right_one\na,b\n"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (422, "csv_missing_column")
    assert "left_one" in refused.json()["detail"]


def test_a_question_about_single_items_takes_no_pairs(make_client: MakeClient) -> None:
    project = factories.project(items=2)
    url = f"/api/v1/projects/{project.pk}/pairs/"
    refused = make_client(project.created_by).post(url, {"draw": {"same": 1}}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_of_pairs")


def test_items_of_another_dataset_are_not_found_by_id(here: Any) -> None:
    project, manager, url = here
    (foreign,) = factories.add_items(factories.dataset(), 1)
    own = project.dataset.items.first().pk
    report = manager.post(url, {"pairs": [{"first": own, "second": foreign.pk}]}, format="json")
    assert [row["code"] for row in report.json()["refusals"]] == ["unknown_item"]


def test_a_lease_shows_both_pictures_and_so_do_task_history_and_review(
    here: Any, make_client: MakeClient
) -> None:
    project, manager, _ = here
    add(project, "f0.png f4.png")
    labeler = make_client(factories.member(project))
    for resume in (False, True):
        offer = labeler.post(
            f"/api/v1/projects/{project.pk}/lease/", {"resume": resume}, format="json"
        ).json()
        (task,) = offer["tasks"]
        assert (task["item"]["filename"], task["other_item"]["filename"]) == ("f0.png", "f4.png")
        assert task["other_item"]["image_url"] != task["item"]["image_url"]
    body = {"lease": task["lease"]["id"], "answer": {"choice": "same"}}
    assert labeler.post("/api/v1/annotations/", body, format="json").status_code == 201
    history = labeler.get(f"/api/v1/projects/{project.pk}/history/").json()["results"]
    assert history[0]["other_item"]["filename"] == "f4.png"
    Task.objects.update(status="disputed")
    for path in (f"projects/{project.pk}/tasks/", f"projects/{project.pk}/review/"):
        (row,) = manager.get(f"/api/v1/{path}").json()["results"]
        assert row["other_item"]["group"] == "g2"


def test_other_questions_have_no_second_item(make_client: MakeClient) -> None:
    project = factories.project(items=1)
    labeler = make_client(factories.member(project))
    offer = labeler.post(f"/api/v1/projects/{project.pk}/lease/", {}, format="json").json()
    assert offer["tasks"][0]["other_item"] is None


def test_leases_of_pairs_take_as_many_queries_as_others(make_client: MakeClient) -> None:
    def queries(project: Project, count: int) -> int:
        labeler = make_client(factories.member(project))
        with CaptureQueriesContext(connection) as seen:
            url = f"/api/v1/projects/{project.pk}/lease/"
            offer = labeler.post(url, {"count": count}, format="json").json()
        assert len(offer["tasks"]) == count
        return len(seen)

    project = faces(groups=3, each=3)
    draw(project, same=4, different=4)
    other = factories.project(items=8)
    assert queries(project, 8) == queries(other, 8)


def test_gold_pairs_are_slipped_in_with_both_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.0)
    project = faces()
    add(project, "f0.png f1.png same", gold=True)
    add(project, "f2.png f3.png")
    project.refresh_from_db()
    offer = lease_tasks(project=project, labeler=factories.member(project))
    (seat,) = offer.leases
    assert seat.task.other_item is not None and seat.task.other_item.filename == "f1.png"


# ------------------------------------------------------------------------------ exports


def settled(project: Project, *pairs: str) -> None:
    """Pairs with a label each, as if votes had settled them so."""
    for pair in pairs:
        add(project, pair)
        task = Task.objects.filter(project=project).latest("pk")
        label = pair.split()[2]
        Task.objects.filter(pk=task.pk).update(
            status="settled", label=label, answer={"choice": label}, confidence=0.9, votes=2
        )


def exported(project: Project, format: str, content: str = "consensus") -> bytes:
    file = io.BytesIO()
    write_labels(order=Order.of(project, format, content, {"status": "all"}), file=file)
    return file.getvalue()


@pytest.mark.parametrize("content", ["consensus", "votes", "both"])
def test_rows_name_both_pictures(content: str) -> None:
    project = faces()
    add(project, "f0.png f4.png")
    for _ in range(2):
        factories.vote(project, factories.member(project), "same")
    (row, *_) = [json.loads(line) for line in exported(project, "jsonl", content).splitlines()]
    assert (row["filename"], row["group"]) == ("f0.png", "g0")
    assert (row["other_filename"], row["other_group"]) == ("f4.png", "g2")
    header, first, *_ = exported(project, "csv", content).decode().splitlines()
    assert "filename,sha256,url,group,split,other_item,other_filename" in header
    assert "f0.png" in first and "f4.png" in first


def test_rows_of_other_questions_stay_as_they_were() -> None:
    project = factories.project(items=1)
    assert "other_item" not in json.loads(exported(project, "jsonl"))


def test_pairs_of_lfw_come_back_as_they_were() -> None:
    project = faces(groups=2, each=2)
    for number, name in enumerate(["Ada_L_0001.png", "Ada_L_0002.png", "Bo_0001.png", "x.png"]):
        project.dataset.items.filter(filename=f"f{number}.png").update(filename=name)
    project.dataset.items.filter(filename="x.png").update(group="Bo")
    settled(
        project,
        "Ada_L_0001.png Bo_0001.png different",
        "Ada_L_0001.png Ada_L_0002.png same",
        "Bo_0001.png x.png same",
        "Ada_L_0002.png x.png same",
    )
    archive = zipfile.ZipFile(io.BytesIO(exported(project, "lfw_pairs")))
    text = archive.read("pairs.txt").decode()
    assert text == "2\nAda_L\t1\t2\nBo\t1\t2\nAda_L\t1\tBo\t1\n"
    assert [row.label for row in read_pairs(text.encode()).rows] == ["same", "same", "different"]
    assert "Bo/Bo_0002.png,x.png," in archive.read("names.csv").decode()
    assert archive.read("left_out.csv").decode().splitlines()[1:] == ["Ada_L_0002.png,x.png,same"]


def test_pairs_are_released_too() -> None:
    project = faces()
    settled(project, "f0.png f1.png same")
    assert project.created_by is not None
    release = request_release(project=project, by=project.created_by, name="first")
    assert (release.items, bool(release.sha256)) == (1, True)


# ------------------------------------------------------------------------------ contradictions


@pytest.fixture
def triangle() -> Project:
    """f0 is f1 and f1 is f2, surely; but f0 differs from f2, less surely. f3 is on its own."""
    project = faces()
    settled(
        project,
        "f0.png f1.png same",
        "f1.png f2.png same",
        "f2.png f0.png different",
        "f0.png f3.png different",
        "f3.png f4.png cannot_tell",
    )
    chances = [{"same": 0.97, "different": 0.03}] * 2 + [{"different": 0.6, "same": 0.4}]
    for task, distribution in zip(Task.objects.order_by("pk"), chances, strict=False):
        Task.objects.filter(pk=task.pk).update(distribution=distribution)
    return project


def test_two_that_are_one_and_yet_differ_are_shown_with_the_chain(
    triangle: Project, make_client: MakeClient, django_assert_max_num_queries: Any
) -> None:
    url = f"/api/v1/projects/{triangle.pk}/contradictions/"
    manager = make_client(triangle.created_by)
    with django_assert_max_num_queries(9):  # two of them find out who asks, two are a savepoint
        found = manager.get(url).json()
    assert (found["pairs"], found["count"]) == (4, 1)
    (shown,) = found["shown"]
    assert {item["filename"] for item in shown["items"]} == {"f0.png", "f1.png", "f2.png"}
    assert [link["label"] for link in shown["chain"]] == ["same", "same"]
    assert shown["different"]["same"] == pytest.approx(0.4)
    assert shown["review"] == shown["different"]["task"]


def test_what_contradicts_waits_for_review_until_it_is_decided(
    triangle: Project, make_client: MakeClient
) -> None:
    reviewer = make_client(factories.member(triangle, role="reviewer"))
    url = f"/api/v1/projects/{triangle.pk}/review/"
    (row,) = reviewer.get(url, {"kind": "contradicting"}).json()["results"]
    assert (row["item"]["filename"], row["other_item"]["filename"]) == ("f2.png", "f0.png")
    assert reviewer.get(f"{url}counts/").json()["contradicting"] == 1
    path = f"/api/v1/tasks/{row['id']}/adjudicate/"
    assert reviewer.post(path, {"answer": {"choice": "same"}}, format="json").status_code == 200
    assert reviewer.get(url, {"kind": "contradicting"}).json()["results"] == []
    shown = reviewer.get(f"/api/v1/projects/{triangle.pk}/contradictions/").json()
    assert shown["count"] == 0


def test_all_pairs_are_read_again_only_once_something_has_been_written(
    triangle: Project, make_client: MakeClient
) -> None:
    reviewer = make_client(factories.member(triangle, role="reviewer"))
    url = f"/api/v1/projects/{triangle.pk}/review/"

    def reads() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert reviewer.get(url, {"kind": "contradicting"}).status_code == 200
            assert reviewer.get(f"{url}counts/").status_code == 200
        return sum('"label" IN (' in query["sql"] for query in caught.captured_queries)

    assert reads() == 1
    assert reads() == 0
    task = Task.objects.get(project=triangle, label="different", other_item__filename="f0.png")
    adjudicate_task(task=task, reviewer=factories.user(), answer={"choice": "same"})
    assert reads() == 1
    assert contradicting_tasks(triangle) == [] and reads() == 0


def test_a_large_finding_is_not_looked_for_at_every_vote(
    triangle: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contradictions, "LARGE", 3)
    monkeypatch.setattr(contradictions, "PATIENCE", 1e9)
    (task,) = contradicting_tasks(triangle)
    adjudicate_task(
        task=Task.objects.get(pk=task), reviewer=factories.user(), answer={"choice": "same"}
    )
    assert contradicting_tasks(triangle) == [task]
    monkeypatch.setattr(contradictions, "LONGEST", 0.0)
    assert contradicting_tasks(triangle) == []


def test_questions_about_single_items_have_no_contradictions(make_client: MakeClient) -> None:
    project = factories.project(items=2)
    manager = make_client(project.created_by)
    url = f"/api/v1/projects/{project.pk}/"
    assert manager.get(f"{url}contradictions/").json() == {"pairs": 0, "count": 0, "shown": []}
    assert manager.get(f"{url}review/", {"kind": "contradicting"}).json()["results"] == []

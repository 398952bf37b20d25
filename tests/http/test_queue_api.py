"""The labeling loop over HTTP, as an outside program uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from annotations.models import Annotation, Membership, Project, Task
from labelhub.accounts.models import ApiToken
from labelhub.sealed import seal
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def lease(client: Any, project: Project, count: int = 1) -> list[dict[str, Any]]:
    answer = client.post(f"/api/v1/projects/{project.pk}/lease/", {"count": count})
    assert answer.status_code == 200, answer.content
    return answer.json()["tasks"]


def submit(client: Any, task: dict[str, Any], label: str, *, key: str = "k", **more: Any) -> Any:
    body = {"lease": task["lease"]["id"], "answer": {"choice": label}, "duration_ms": 900} | more
    return client.post("/api/v1/annotations/", body, headers={"Idempotency-Key": key})


def test_lease_then_submit(project: Project, make_client: Make) -> None:
    client = make_client(factories.labelers_of(project)[0])
    (task,) = lease(client, project)
    assert task["item"]["image_url"].startswith(f"/media/{task['item']['id']}/screen?e=")
    parts = {"id", "item", "other_item", "lease", "page", "prelabel", "draft", "reason"}
    assert set(task) == parts
    answer = submit(client, task, "7")
    assert answer.status_code == 201
    assert answer.json()["answer"] == {"choice": "7"}
    assert submit(client, task, "7").json()["id"] == answer.json()["id"]
    assert submit(client, task, "8").json()["code"] == "idempotency_conflict"


def test_a_label_costs_eight_statements_and_two_commits(
    project: Project, make_client: Make, django_assert_num_queries: Any
) -> None:
    from django.db import connection

    client = make_client(factories.labelers_of(project)[0])
    submit(client, lease(client, project)[0], "1", key="warm")
    with CaptureQueriesContext(connection) as queries:
        (task,) = lease(client, project)
        assert submit(client, task, "1", key="counted").status_code == 201
    statements = [
        query["sql"]
        for query in queries.captured_queries
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]
    assert len(statements) <= 8, "\n".join(statements)


def test_the_next_task_comes_with_the_answer(project: Project, make_client: Make) -> None:
    client = make_client(factories.labelers_of(project)[0])
    answer = submit(client, lease(client, project)[0], "1", next=2).json()
    assert len(answer["next"]["tasks"]) == 2
    assert answer["next"]["message"] is None


def test_an_empty_list_says_why(make_client: Make) -> None:
    project = factories.project(items=1, labelers=2, min_votes=1)
    first, second = (make_client(who) for who in factories.labelers_of(project))
    lease(first, project)
    answer = second.post(f"/api/v1/projects/{project.pk}/lease/", {"count": 1}).json()
    assert answer["tasks"] == []
    assert answer["message"].startswith("1 item is held by others")


def test_a_lease_of_a_revoked_token_is_refused(project: Project, make_client: Make) -> None:
    client = make_client(factories.labelers_of(project)[0])
    lease(client, project)
    ApiToken.objects.all().delete()
    answer = client.post(f"/api/v1/projects/{project.pk}/lease/", {})
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_strangers_and_removed_members_get_404(project: Project, make_client: Make) -> None:
    stranger = make_client(factories.user())
    assert stranger.post(f"/api/v1/projects/{project.pk}/lease/", {}).status_code == 404
    labeler = factories.labelers_of(project)[0]
    Membership.objects.filter(user=labeler).update(active=False)
    client = make_client(labeler)
    assert client.post(f"/api/v1/projects/{project.pk}/lease/", {}).status_code == 404


def test_a_read_only_token_cannot_lease(project: Project, make_client: Make) -> None:
    make_client(factories.labelers_of(project)[0])  # another token of theirs, which may write
    client = make_client()
    _, secret = ApiToken.issue(user=factories.labelers_of(project)[0], name="look", scopes=["read"])
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    answer = client.post(f"/api/v1/projects/{project.pk}/lease/", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert client.get(f"/api/v1/projects/{project.pk}/").status_code == 200


@pytest.mark.parametrize("count", [0, 21, "many", -1])
def test_a_bad_count_is_refused(project: Project, make_client: Make, count: object) -> None:
    client = make_client(factories.labelers_of(project)[0])
    answer = client.post(f"/api/v1/projects/{project.pk}/lease/", {"count": count})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_skip_revise_and_look_back(project: Project, make_client: Make) -> None:
    client = make_client(factories.labelers_of(project)[0])
    skipped, kept = lease(client, project, 2)
    answer = client.delete(f"/api/v1/leases/{skipped['lease']['id']}/", {"reason": "blurred"})
    assert answer.status_code == 204
    first = submit(client, kept, "1").json()
    url = f"/api/v1/annotations/{first['id']}/"
    revised = client.patch(url, {"answer": {"choice": "2"}}, headers={"If-Match": '"1"'})
    assert (revised.status_code, revised.json()["version"]) == (200, 2)
    stale = client.patch(
        url,
        {"answer": {"choice": "3"}},
        headers={"If-Match": "1", "Idempotency-Key": "another"},
    )
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 2)
    history = client.get(f"/api/v1/projects/{project.pk}/history/").json()["results"]
    assert [row["answer"] for row in history] == [{"choice": "2"}]


def test_a_malformed_lease_id_is_not_found(project: Project, make_client: Make) -> None:
    client = make_client(factories.labelers_of(project)[0])
    whole = f"{seal(1)}."
    for lease_id in (
        "1", "x.y", "1.2", f"{'9' * 22}.1", f"{chr(233) * 22}.1", "x" * 10_000, "",
        whole, f"{whole}x", f"{whole}1.1", f"{whole}{'1' * 30}", f"{whole}{chr(0x661)}",
    ):  # fmt: skip
        answer = client.post("/api/v1/annotations/", {"lease": lease_id, "answer": {}})
        assert answer.status_code in (400, 404), lease_id


def test_labelers_do_not_see_consensus_or_the_votes_of_others(
    project: Project, make_client: Make
) -> None:
    client = make_client(factories.labelers_of(project)[0])
    task = Task.objects.filter(project=project).first()
    for url in (
        f"projects/{project.pk}/tasks/",
        f"tasks/{task.pk}/",
        f"projects/{project.pk}/review/",
    ):
        assert client.get(f"/api/v1/{url}").status_code == 403, url


def test_tasks_page_filter_and_order(project: Project, make_client: Make) -> None:
    manager = make_client(project.created_by)
    one, two, three = factories.labelers_of(project)
    for who in (one, two, three):
        factories.vote(project, who, "5")
    url = f"/api/v1/projects/{project.pk}/tasks/"
    first = manager.get(url, {"limit": 4, "ordering": "-confidence"}).json()
    assert first["results"][0]["consensus"]["answer"] == {"choice": "5"}
    seen = [row["id"] for row in first["results"]]
    while first["next"]:
        first = manager.get(first["next"]).json()
        seen += [row["id"] for row in first["results"]]
    assert len(seen) == len(set(seen)) == 10
    assert manager.get(url, {"label": "5"}).json()["results"]
    assert manager.get(url, {"labeler__password": "x"}).json()["code"] == "bad_filter"
    assert manager.get(url, {"ordering": "item__dataset"}).json()["code"] == "bad_ordering"
    assert manager.get(url, {"cursor": "zzz"}).json()["code"] == "bad_cursor"


def test_listing_tasks_takes_a_fixed_number_of_queries(
    make_client: Make, django_assert_max_num_queries: Any
) -> None:
    project = factories.project(items=60)
    manager = make_client(project.created_by)
    with django_assert_max_num_queries(5):
        rows = manager.get(f"/api/v1/projects/{project.pk}/tasks/", {"limit": 50}).json()
    assert len(rows["results"]) == 50


def test_review_by_rest(make_client: Make) -> None:
    project = factories.project(items=1, labelers=2, min_votes=2, max_votes=2)
    for who, label in zip(factories.labelers_of(project), "49", strict=True):
        factories.vote(project, who, label)
    reviewer = make_client(factories.member(project, role="reviewer"))
    (task,) = reviewer.get(f"/api/v1/projects/{project.pk}/review/").json()["results"]
    assert [vote["answer"] for vote in task["votes_cast"]] == [{"choice": "4"}, {"choice": "9"}]
    url = f"/api/v1/tasks/{task['id']}"
    settled = reviewer.post(f"{url}/adjudicate/", {"answer": {"choice": "9"}}).json()
    assert settled["consensus"]["adjudicated"] is True
    assert reviewer.post(f"{url}/reopen/").json()["status"] == "disputed"
    own = make_client(factories.labelers_of(project)[0])
    Membership.objects.filter(user=factories.labelers_of(project)[0]).update(role="reviewer")
    refused = own.post(f"{url}/adjudicate/", {"answer": {"choice": "9"}})
    assert refused.json()["code"] == "own_work"


def test_a_project_is_made_and_changed_by_rest(make_client: Make) -> None:
    owner = factories.user()
    dataset = factories.dataset(items=3, owner=owner)
    client = make_client(owner)
    body = {
        "dataset": dataset.pk,
        "name": "Cats",
        "question": "Is this a cat?",
        "schema": {"labels": [{"name": "yes"}, {"name": "no"}]},
    }
    made = client.post("/api/v1/projects/", body).json()
    assert made["progress"] == {"tasks": 3, "open": 3, "settled": 0, "disputed": 0, "votes": 0}
    again = client.post("/api/v1/projects/", body | {"name": "Dogs"})
    assert again.status_code == 201
    url = f"/api/v1/projects/{made['id']}/"
    labels = [{"name": "yes"}, {"name": "no"}, {"name": "unsure"}]
    changed = client.patch(url, {"schema": {"labels": labels}, "min_votes": 1}).json()
    assert (changed["schema"]["version"], changed["min_votes"]) == (2, 1)
    refused = client.patch(url, {"schema": {"labels": labels[:2]}})
    assert (refused.status_code, refused.json()["code"]) == (422, "schema_invalid")
    assert client.patch(url, {"max_votes": 0}).status_code == 400
    stranger = make_client(factories.user())
    assert stranger.post("/api/v1/projects/", body).status_code == 404
    assert stranger.get(url).status_code == 404


def test_members_by_rest(project: Project, make_client: Make) -> None:
    manager = make_client(project.created_by)
    factories.user("newcomer")
    url = f"/api/v1/projects/{project.pk}/members/"
    made = manager.post(url, {"username": "newcomer", "role": "labeler"})
    assert made.status_code == 201
    member = f"/api/v1/members/{made.json()['id']}/"
    assert manager.patch(member, {"role": "reviewer"}).json()["role"] == "reviewer"
    assert manager.post(url, {"username": "nobody"}).json()["code"] == "unknown_user"
    assert manager.delete(member).status_code == 204
    labeler = make_client(factories.labelers_of(project)[0])
    assert labeler.post(url, {"username": "newcomer"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"count": NaN}', "json_number"),
        (b'{"count": 1, "count": 2}', "json_duplicate_key"),
        (b"[" * 3000, "json_depth"),
        (b"{", "json_invalid"),
        (b'"\xff"', "bad_unicode"),
        (b'{"count": "\\u0000"}', "bad_unicode"),
    ],
)
def test_broken_json_is_named(project: Project, make_client: Make, body: bytes, code: str) -> None:
    client = make_client(factories.labelers_of(project)[0])
    url = f"/api/v1/projects/{project.pk}/lease/"
    answer = client.post(url, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert Annotation.objects.count() == 0

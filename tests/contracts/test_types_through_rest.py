"""What every kind of question owes over HTTP: asked, answered, settled, reviewed and exported."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from annotations.actions.labeler_figures import compute_figures
from annotations.actions.question import RULES
from annotations.actions.trust import refit_consensus
from annotations.models import Project, Seat, Task
from annotations.reports.sample import SHAPES
from annotations.task_types import ALL_TASK_TYPES, MERGED_TASK_TYPES
from tests import factories
from tests.contracts.test_task_types import ANSWERS, SCHEMAS

pytestmark = pytest.mark.django_db
every_type = pytest.mark.parametrize("name", sorted(RULES))
merged_types = pytest.mark.parametrize("name", sorted(MERGED_TASK_TYPES))
# Two answers that cannot both be right.
DIFFERENT = {name: answers[:2] for name, answers in ANSWERS.items()}
DIFFERENT["keypoints"] = [ANSWERS["keypoints"][0], {"instances": []}]
Client = Any
MakeClient = Callable[..., Client]


class Room:
    """A project of one kind of question with clients of its people."""

    def __init__(self, name: str, make_client: MakeClient, items: int = 1, **rule: Any) -> None:
        self.name, self.by = name, factories.user()
        self.manager = make_client(self.by)
        dataset = factories.dataset(owner=self.by)
        pictures = factories.add_items(dataset, items * (2 if name == "pair" else 1))
        dataset.items.update(width=200, height=100)
        self.body = {
            "dataset": dataset.pk, "name": name, "question": "?", "task_type": name,
            "schema": SCHEMAS[name], "random_share": 0, "audit_share": 0, **rule,
        }  # fmt: skip
        made = self.manager.post("/api/v1/projects/", self.body, format="json")
        assert made.status_code == 201, made.json()
        self.document = made.json()
        self.project = Project.objects.get(pk=self.document["id"])
        if name == "pair":
            self.ask_about_pairs([item.pk for item in pictures])
        self.people = [factories.member(self.project) for _ in range(5)]
        self.clients = [make_client(who) for who in self.people]
        reviewer = factories.member(self.project, role="reviewer")
        self.reviewer = make_client(reviewer)

    def ask_about_pairs(self, items: list[int]) -> None:
        pairs = [
            {"first": one, "second": two} for one, two in zip(items[::2], items[1::2], strict=True)
        ]
        made = self.manager.post(self.url("pairs/"), {"pairs": pairs}, format="json")
        assert made.status_code == 201, made.json()
        assert made.json()["made"] == len(pairs)

    def url(self, rest: str = "") -> str:
        return f"/api/v1/projects/{self.project.pk}/{rest}"

    def lease(self, who: int) -> dict[str, Any]:
        offer = self.clients[who].post(self.url("lease/"), {}, format="json").json()
        assert offer["tasks"], offer["message"]
        return dict(offer["tasks"][0])

    def answer(self, who: int, answer: Any) -> Any:
        lease = self.lease(who)["lease"]["id"]
        body = {"lease": lease, "answer": answer}
        return self.clients[who].post("/api/v1/annotations/", body, format="json")

    def vote(self, who: int, answer: Any) -> dict[str, Any]:
        kept = self.answer(who, answer)
        assert kept.status_code == 201, kept.json()
        return dict(kept.json())

    def task(self) -> dict[str, Any]:
        task = Task.objects.filter(project=self.project).latest("votes")
        return dict(self.reviewer.get(f"/api/v1/tasks/{task.pk}/").json())

    def decide(self, **body: Any) -> Any:
        task = self.task()["id"]
        return self.reviewer.post(f"/api/v1/tasks/{task}/adjudicate/", body, format="json")

    def rows(self, format: str = "jsonl", content: str = "consensus") -> list[dict[str, Any]]:
        order = {"format": format, "content": content, "status": "all"}
        started = self.manager.post(self.url("exports/"), order, format="json").json()
        file = self.manager.get(started["export"]["download_url"])
        text = b"".join(file.streaming_content).decode()
        if format == "csv":
            return [{"line": line} for line in text.splitlines()[1:]]
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def room(make_client: MakeClient) -> Callable[..., Room]:
    return lambda name, **rule: Room(name, make_client, **rule)


def legal(name: str, answer: Any) -> Any:
    task_type = ALL_TASK_TYPES[name]
    return task_type.check_answer(answer, task_type.check_schema(SCHEMAS[name]), (200, 100))


@every_type
def test_equal_answers_settle_a_task_as_that_answer(name: str, room: Callable[..., Room]) -> None:
    here = room(name, max_votes=3)
    wanted = legal(name, ANSWERS[name][0])
    for who in range(3):
        if Task.objects.get(project=here.project).status == "open":
            here.vote(who, ANSWERS[name][0])
    task = here.task()
    assert task["status"] == "settled"
    distance = ALL_TASK_TYPES[name].distance
    schema = here.document["schema"]["document"]
    assert distance(task["consensus"]["answer"], wanted, schema) == pytest.approx(0, abs=1e-9)
    assert 0.5 < task["consensus"]["confidence"] <= 1
    assert not Seat.objects.filter(project=here.project, state="free").exists()


@every_type
def test_two_different_answers_ask_for_more_and_are_disputed_at_the_cap(
    name: str, room: Callable[..., Room]
) -> None:
    here = room(name, max_votes=2)
    for who, answer in enumerate(DIFFERENT[name]):
        here.vote(who, answer)
    task = here.task()
    assert (task["status"], task["votes"]) == ("disputed", 2)
    review = here.reviewer.get(here.url("review/")).json()["results"]
    assert [row["id"] for row in review] == [task["id"]]


@every_type
def test_a_reviewer_answers_anew_accepts_a_vote_or_takes_the_merged_answer(
    name: str, room: Callable[..., Room]
) -> None:
    here = room(name, max_votes=2)
    votes = [here.vote(who, answer) for who, answer in enumerate(DIFFERENT[name])]
    merged = here.task()["consensus"]["answer"]
    own = legal(name, ANSWERS[name][-1])
    for body, answer in (
        ({"answer": own}, own),
        ({"accept": votes[1]["id"]}, votes[1]["answer"]),
        ({"merge": True}, merged),
    ):
        decided = here.decide(**body)
        assert decided.status_code == 200, decided.json()
        consensus = decided.json()["consensus"]
        assert (consensus["answer"], consensus["adjudicated"]) == (answer, True)


@every_type
def test_a_decision_is_one_of_three_and_never_on_own_work(
    name: str, room: Callable[..., Room], make_client: MakeClient
) -> None:
    here = room(name, max_votes=2)
    own = factories.member(here.project, role="reviewer")
    here.clients[0], own_client = make_client(own), make_client(own)
    for who, answer in enumerate(DIFFERENT[name]):
        here.vote(who, answer)
    for body in ({}, {"merge": True, "answer": ANSWERS[name][0]}, {"accept": 10**9}):
        assert here.decide(**body).status_code == 422
    path = f"/api/v1/tasks/{here.task()['id']}/adjudicate/"
    refused = own_client.post(path, {"merge": True}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "own_work")


@every_type
def test_a_decision_can_be_taken_back(name: str, room: Callable[..., Room]) -> None:
    here = room(name, max_votes=2)
    for who, answer in enumerate(DIFFERENT[name]):
        here.vote(who, answer)
    before = here.task()
    here.decide(merge=True)
    reopened = here.reviewer.post(f"/api/v1/tasks/{before['id']}/reopen/").json()
    assert reopened["status"] == "disputed"
    for parts in (reopened["consensus"], before["consensus"]):
        parts.pop("settled_at")
    assert reopened["consensus"] == before["consensus"]


@every_type
def test_a_revision_counts_anew(name: str, room: Callable[..., Room]) -> None:
    here = room(name)
    first, second = DIFFERENT[name]
    kept = here.vote(0, first)
    path = f"/api/v1/annotations/{kept['id']}/"
    changed = here.clients[0].patch(
        path, {"answer": second}, format="json", headers={"if-match": "1"}
    )
    assert changed.status_code == 200, changed.json()
    here.vote(1, second)
    answer = here.task()["consensus"]["answer"]
    assert answer == legal(name, second)


@every_type
@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_labels_and_votes_are_exported(name: str, format: str, room: Callable[..., Room]) -> None:
    here = room(name, max_votes=2)
    for who, answer in enumerate(DIFFERENT[name]):
        here.vote(who, answer)
    rows = here.rows(format, "both")
    assert len(rows) == 3
    if format == "jsonl":
        assert [row["record"] for row in rows] == ["consensus", "vote", "vote"]
        assert [row["answer"] for row in rows[1:]] == [legal(name, a) for a in DIFFERENT[name]]
        detail = json.dumps(rows[0].get("detail") or {})
        assert f"[{here.people[0].pk}, " not in detail  # labelers stay pseudonyms


@every_type
def test_a_refit_learns_from_all_votes_and_leaves_decisions_alone(
    name: str, room: Callable[..., Room]
) -> None:
    here = room(name, items=4, max_votes=2)
    for _ in range(4):
        for who, answer in enumerate(DIFFERENT[name]):
            here.vote(who, answer)
    here.decide(answer=ANSWERS[name][-1])
    refit = refit_consensus(project=here.project)
    assert refit.fit is not None and refit.fit.votes == 8
    answers = Task.objects.filter(project=here.project, adjudicated=True)
    assert answers.get().answer == legal(name, ANSWERS[name][-1])
    assert refit_consensus(project=here.project, replan=True).relabelled == 0


@every_type
def test_the_report_has_figures_for_it(name: str, room: Callable[..., Room]) -> None:
    here = room(name, items=3)
    for _ in range(3):
        for who in range(2):
            here.vote(who, ANSWERS[name][0])
    refit_consensus(project=here.project)
    report = here.manager.get(here.url("report/"))
    assert report.status_code == 200
    assert report.json()["progress"]["votes"] == 6
    percent = report.json()["agreement"]["percent"]
    assert percent is None if name in SHAPES else percent == pytest.approx(100)


@merged_types
def test_agreement_goes_by_the_distance_of_the_type_once_figures_are_known(
    name: str, room: Callable[..., Room]
) -> None:
    here = room(name, items=4, max_votes=2)
    for item in range(4):
        here.vote(0, DIFFERENT[name][0])
        here.vote(1, DIFFERENT[name][item % 2])
    compute_figures(project=here.project)
    report = here.manager.get(here.url("report/")).json()
    found = report["agreement"]
    assert (found["by"], found["tasks"], found["sampled"]) == ("distance", 4, False)
    assert 49 < found["percent"] < 100
    assert found["alpha_low"] <= found["alpha"] <= found["alpha_high"] <= 1
    assert {row["compared"] for row in report["labelers"]} == {4}
    assert all(0.49 < row["agreement"] < 1 for row in report["labelers"])
    quality = here.manager.get(here.url("quality/")).json()["agreement"]
    together = here.manager.get(here.url("labelers/together/")).json()
    assert quality == found
    assert together["alpha"]["estimate"] == found["alpha"]


@every_type
@pytest.mark.parametrize("answer", [{}, [], "7", {"nothing": 1}, {"choices": ["gone"]}])
def test_an_illegal_answer_is_refused_and_says_where(
    name: str, answer: Any, room: Callable[..., Room]
) -> None:
    refused = room(name).answer(0, answer)
    assert (refused.status_code, refused.json()["code"]) == (422, "answer_invalid")
    assert refused.json()["fields"]


@every_type
def test_an_illegal_schema_is_refused_and_says_where(name: str, room: Callable[..., Room]) -> None:
    here = room(name)
    body = here.body | {"schema": {"labels": [{"name": "a"}, {"name": "a"}], "colour": 1}}
    refused = here.manager.post("/api/v1/projects/", body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (422, "schema_invalid")
    assert refused.json()["fields"]


@every_type
@pytest.mark.parametrize("state", ["finished", "archived"])
def test_a_project_that_is_over_takes_no_answers_and_no_decisions(
    name: str, state: str, room: Callable[..., Room]
) -> None:
    here = room(name, max_votes=2)
    kept = here.vote(0, ANSWERS[name][0])
    lease = here.lease(1)["lease"]["id"]
    here.manager.patch(here.url(), {"state": state}, format="json")
    body = {"lease": lease, "answer": ANSWERS[name][0]}
    revision = here.clients[0].patch(
        f"/api/v1/annotations/{kept['id']}/", {"answer": DIFFERENT[name][1]},
        format="json", headers={"if-match": "1"},
    )  # fmt: skip
    submit = here.clients[1].post("/api/v1/annotations/", body, format="json")
    for refused in (submit, revision, here.decide(merge=True)):
        assert (refused.status_code, refused.json()["code"]) == (409, "project_over")


@every_type
def test_a_method_of_another_kind_of_question_is_refused(
    name: str, room: Callable[..., Room]
) -> None:
    here = room(name)
    other = "one_coin" if name in MERGED_TASK_TYPES else "box_clusters"
    changed = here.manager.patch(here.url(), {"consensus_method": other}, format="json")
    assert changed.status_code == 422
    assert "consensus_method" in changed.json()["fields"]

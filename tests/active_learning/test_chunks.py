"""Scoring in chunks: the same as in one piece, whatever happens to the workers in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from active_learning.actions import chunks
from active_learning.actions.chunks import keep_result, plan_scoring, predict_chunk
from active_learning.actions.order import projects_to_order
from active_learning.actions.publish import promote_version
from active_learning.actions.score import score_items
from active_learning.models import QueueOrder, Score, Scoring, ScoringChunk
from annotations.models import Project
from labelhub import storage
from labelhub.jobs import claim as claims
from labelhub.jobs.models import Job
from labelhub.jobs.queue import cancel
from labelhub.jobs.run import run_job
from tests import factories
from tests.active_learning.conftest import MakeProject, Work, trained

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = 20  # together, while labels are few

# Of a pass; what the model says is then weighed in the consensus, by a job of its own.
STEPS = ("predict_chunk", "order_scored")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is open and what is settled of 60 items is predicted in two chunks."""
    monkeypatch.setattr(chunks, "ONE_PIECE", 20)
    monkeypatch.setattr(chunks, "CHUNK", 30)


def order_of(project: Project) -> list[int]:
    rows = project.tasks.filter(status="open").order_by("-priority", "pk")
    return list(rows.values_list("pk", flat=True))


def jobs_of(state: str) -> list[str]:
    return list(Job.objects.filter(state=state).order_by("pk").values_list("kind", flat=True))


def job_of(chunk: ScoringChunk) -> int:
    assert chunk.job_id is not None
    return chunk.job_id


def planned(project: Project) -> list[ScoringChunk]:
    assert score_items(project=project) is None
    return list(ScoringChunk.objects.select_related("scoring__project").order_by("no"))


@pytest.mark.parametrize("strategy", ["margin", "entropy", "cluster_margin", "k_centre", "bald"])
def test_a_pool_in_chunks_is_ordered_as_in_one_piece(
    digits: MakeProject, work: Work, monkeypatch: pytest.MonkeyPatch, strategy: str
) -> None:
    project = digits(90, active=30, strategy=strategy)
    trained(project)
    assert score_items(project=project) is not None
    order, rows = order_of(project), set(Score.objects.values_list("task", "predicted"))
    project.tasks.update(priority=0.5)
    Score.objects.all().delete()
    monkeypatch.setattr(chunks, "ONE_PIECE", 20)
    monkeypatch.setattr(chunks, "CHUNK", 20)
    assert score_items(project=project) is None
    done = work(*STEPS)
    assert done[:3] == ["predict_chunk"] * 3 and done[-1] == "order_scored"
    # What is not chosen follows by margin, whatever chose.
    told = CHOSEN if strategy == "k_centre" else len(order)
    assert order_of(project)[:told] == order[:told]
    assert set(Score.objects.values_list("task", "predicted")) == rows
    assert not Scoring.objects.exists() and projects_to_order() == []


def test_nothing_is_asked_for_while_chunks_are_under_way(
    digits: MakeProject, small_chunks: None
) -> None:
    project = digits(60, active=25)
    trained(project)
    assert projects_to_order() == [project.pk]
    assert len(planned(project)) == 2
    assert projects_to_order() == []
    planned(project)  # asked for again, the pass goes on
    assert jobs_of("pending") == ["predict_chunk"] * 2


def test_the_chunk_of_a_killed_worker_runs_again_and_a_late_one_changes_nothing(
    digits: MakeProject, work: Work, small_chunks: None
) -> None:
    project = digits(60, active=25)
    trained(project)
    first, _ = planned(project)
    job = Job.objects.get(pk=job_of(first))
    killed = claims.claim(job.pk)
    assert killed is not None
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert run_job(job.pk) == Job.State.DONE
    with pytest.raises(claims.ClaimLost):
        keep_result(chunk=first, result="0" * 64, claim=killed)
    first.refresh_from_db()
    assert first.result not in {"", "0" * 64}
    assert work(*STEPS) == ["predict_chunk", "order_scored"]
    assert Score.objects.count() == 35


def test_another_version_overtakes_a_pass_and_its_chunks_stop(
    digits: MakeProject, work: Work, small_chunks: None
) -> None:
    project = digits(60, active=25)
    old, new = trained(project), trained(project, serving=False)
    first, second = planned(project)
    running = claims.claim(job_of(first))
    assert running is not None
    promote_version(version=new, by=factories.admin())
    assert work("score_items") == ["score_items"]
    assert Scoring.objects.get().version == new
    running.listen()
    with pytest.raises(claims.JobCancelled):
        predict_chunk(chunk=first, claim=running)
    assert Scoring.objects.get().version == new  # the stop of the old one is not that of the new
    assert Job.objects.get(pk=job_of(second)).state == Job.State.CANCELLED
    assert work(*STEPS)[-1] == "order_scored"
    assert set(Score.objects.values_list("version", flat=True)) == {new.pk} != {old.pk}


def test_what_an_overtaken_chunk_says_is_not_kept(digits: MakeProject, small_chunks: None) -> None:
    project = digits(60, active=25)
    trained(project)
    first, _ = planned(project)
    running = claims.claim(job_of(first))
    assert running is not None
    Scoring.objects.all().delete()
    assert predict_chunk(chunk=first, claim=running) is None
    assert not Job.objects.filter(kind="order_scored").exists()


def test_a_chunk_that_a_person_cancels_ends_the_pass(
    digits: MakeProject, small_chunks: None
) -> None:
    project = digits(60, active=25)
    trained(project)
    first, _ = planned(project)
    running = claims.claim(job_of(first))
    assert running is not None
    cancel(Job.objects.get(pk=job_of(first)))
    running.listen()
    with pytest.raises(claims.JobCancelled):
        predict_chunk(chunk=first, claim=running)
    assert not Scoring.objects.exists() and jobs_of("pending") == []


def test_a_result_that_is_lost_is_predicted_again(
    digits: MakeProject, work: Work, small_chunks: None
) -> None:
    project = digits(60, active=25)
    trained(project)
    planned(project)
    work("predict_chunk")
    for name in list(storage.predictions().names()):
        storage.predictions().delete(name)
    assert work("order_scored") == ["order_scored"]
    assert jobs_of("pending") == ["predict_chunk"] * 2
    assert work(*STEPS) == ["predict_chunk", "predict_chunk", "order_scored"]
    assert QueueOrder.objects.get().items == 35


def test_a_pass_that_is_over_leaves_no_file(
    digits: MakeProject, work: Work, small_chunks: None
) -> None:
    before = set(storage.predictions().names())
    project = digits(60, active=25)
    trained(project)
    planned(project)
    work()
    assert set(storage.predictions().names()) == before


def test_a_pass_whose_chunk_failed_goes_on_with_that_chunk_alone(
    digits: MakeProject, work: Work, small_chunks: None
) -> None:
    project = digits(60, active=25)
    version = trained(project)
    first, second = planned(project)
    run_job(job_of(first))
    Job.objects.filter(pk=job_of(second)).update(state="failed", finished_at=timezone.now())
    assert projects_to_order() == []
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    assert projects_to_order() == [project.pk]
    plan_scoring(project=project, version=version)
    assert work(*STEPS) == ["predict_chunk", "order_scored"]
    assert QueueOrder.objects.get().items == 35

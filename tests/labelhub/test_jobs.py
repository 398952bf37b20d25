"""The job table: one waiting and one running job per key, leases, fences, retries, cancel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from labelhub.errors import Conflict
from labelhub.jobs import claim as claims
from labelhub.jobs.claim import Claim, ClaimLost, JobCancelled, claim
from labelhub.jobs.clock import in_future
from labelhub.jobs.models import Job, PeriodicRun
from labelhub.jobs.queue import cancel, enqueue, retry
from labelhub.jobs.run import run_hinted, run_job
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def handlers(settings) -> None:
    settings.JOB_TABLES = ["tests.labelhub.job_handlers.JOBS"]


def taken(job: Job) -> Claim:
    found = claim(job.pk)
    assert found is not None
    return found


def lapse(job: Job) -> None:
    """Let the lease of a running job end, as when its worker has died."""
    Job.objects.filter(pk=job.pk).update(lease_until=in_future(-timedelta(seconds=1)))


def make_due(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_after=in_future(-timedelta(seconds=1)))


def test_a_job_runs_and_keeps_its_result() -> None:
    job = enqueue("echo", payload={"a": 1})
    assert run_job(job.pk) == Job.State.DONE
    job.refresh_from_db()
    assert (job.result, job.progress, job.attempts) == ({"echo": {"a": 1}}, 1.0, 1)
    assert job.finished_at >= job.started_at >= job.created_at


def test_an_unknown_kind_is_refused_when_it_is_enqueued() -> None:
    with pytest.raises(LookupError, match="no_such_kind"):
        enqueue("no_such_kind")


def test_a_job_of_a_rolled_back_transaction_does_not_exist() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue("echo")
        raise ZeroDivisionError
    assert not Job.objects.exists()


def test_a_second_hint_finds_the_lease_and_returns() -> None:
    job = enqueue("echo")
    taken(job)
    assert claim(job.pk) is None
    assert run_job(job.pk) is None


def test_a_job_is_not_run_before_its_time() -> None:
    assert claim(enqueue("echo", run_after=HOUR).pk) is None
    assert claim(enqueue("echo", run_after=timezone.now() + HOUR).pk) is None


def test_a_key_that_waits_is_not_enqueued_twice() -> None:
    first = enqueue("echo", dedupe_key="fit:7", run_after=HOUR)
    assert enqueue("echo", dedupe_key="fit:7", run_after=2 * HOUR).pk == first.pk
    assert enqueue("echo", dedupe_key="fit:8").pk != first.pk


def test_an_urgent_repeat_pulls_the_waiting_job_forward() -> None:
    first = enqueue("echo", dedupe_key="fit:7", run_after=HOUR)
    assert claim(first.pk) is None
    enqueue("echo", dedupe_key="fit:7")
    assert claim(first.pk) is not None


def test_a_running_key_lets_one_more_wait_but_not_run() -> None:
    running = taken(enqueue("echo", dedupe_key="train:7"))
    waiting = enqueue("echo", dedupe_key="train:7")
    assert waiting.pk != running.job_id
    assert claim(waiting.pk) is None
    running.finish()
    assert claim(waiting.pk) is not None


def test_a_lapsed_lease_goes_to_the_next_worker_with_a_higher_fence() -> None:
    job = enqueue("echo")
    first = taken(job)
    lapse(job)
    second = taken(job)
    assert second.fence == first.fence + 1
    job.refresh_from_db()
    assert (job.losses, job.attempts) == (1, 1)


def test_a_worker_that_lost_its_lease_can_write_nothing() -> None:
    job = enqueue("leave_mark", payload={"mark": 1})
    frozen = taken(job)
    lapse(job)
    taken(job)
    for write in (frozen.hold, frozen.checkpoint, frozen.finish, lambda: frozen.progress(0.5)):
        with pytest.raises(ClaimLost):
            write()
    with pytest.raises(ClaimLost):
        frozen.check()
    job.refresh_from_db()
    assert (job.state, job.progress) == (Job.State.RUNNING, 0.0)


def test_an_effect_is_rolled_back_when_the_job_went_to_another() -> None:
    job = enqueue("echo")
    frozen = taken(job)
    lapse(job)
    taken(job)
    with pytest.raises(ClaimLost), transaction.atomic():
        PeriodicRun.objects.create(name="double effect")
        frozen.finish()
    assert not PeriodicRun.objects.filter(name="double effect").exists()


def test_effect_and_finish_are_one() -> None:
    job = enqueue("effect_then_crash")
    assert run_job(job.pk) == Job.State.FAILED
    assert not PeriodicRun.objects.filter(name="half-done").exists()


def test_a_permanent_error_ends_the_job_at_once_with_its_reason() -> None:
    job = enqueue("refuse")
    assert run_job(job.pk) == Job.State.FAILED
    job.refresh_from_db()
    assert job.error == {"code": "hopeless", "detail": "This can never work."}
    assert job.attempts == 1


def test_a_bug_ends_the_job_and_names_itself() -> None:
    job = enqueue("crash")
    assert run_job(job.pk) == Job.State.FAILED
    job.refresh_from_db()
    assert job.error == {"code": "unexpected", "detail": "ValueError: a bug"}


def test_a_passing_error_is_tried_three_times_with_growing_pauses() -> None:
    job = enqueue("be_unavailable")
    pauses = []
    for _ in range(2):
        assert run_job(job.pk) == Job.State.PENDING
        job.refresh_from_db()
        pauses.append(job.run_after - timezone.now())
        assert claim(job.pk) is None
        make_due(job)
    assert run_job(job.pk) == Job.State.FAILED
    assert timedelta(0) < 2 * pauses[0] < pauses[1]


def test_a_job_put_back_gives_way_to_a_newer_one_of_its_key() -> None:
    job = enqueue("be_unavailable", dedupe_key="fit:7")
    first = taken(job)
    newer = enqueue("be_unavailable", dedupe_key="fit:7")
    first.put_back({"code": "unavailable", "detail": "later"}, HOUR)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert claim(newer.pk) is not None


def test_a_checkpoint_forgives_earlier_deaths() -> None:
    job = enqueue("echo")
    taken(job)
    for _ in range(claims.MAX_LOSSES):
        lapse(job)
        taken(job).checkpoint()
    job.refresh_from_db()
    assert job.losses == 0


def test_a_job_that_no_worker_survives_is_claimed_no_more() -> None:
    job = enqueue("echo")
    taken(job)
    for _ in range(claims.MAX_LOSSES):
        lapse(job)
        taken(job)
    lapse(job)
    assert claim(job.pk) is None


def test_a_waiting_job_is_cancelled_at_once() -> None:
    job = cancel(enqueue("echo"))
    assert job.state == Job.State.CANCELLED
    assert claim(job.pk) is None


def test_a_running_job_hears_that_it_was_cancelled() -> None:
    job = enqueue("echo")
    mine = taken(job)
    assert cancel(job).state == Job.State.RUNNING
    mine.listen()
    with pytest.raises(JobCancelled):
        mine.progress(0.5)
    mine.cancelled()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_a_finished_job_cannot_be_cancelled() -> None:
    job = enqueue("echo")
    run_job(job.pk)
    assert cancel(job).state == Job.State.DONE


def test_a_failed_job_can_be_retried_and_a_running_one_cannot() -> None:
    job = enqueue("refuse")
    run_job(job.pk)
    job.refresh_from_db()
    assert retry(job).state == Job.State.PENDING
    assert (job.attempts, job.error) == (0, None)
    with pytest.raises(Conflict, match="Only a failed"):
        retry(job)


def test_a_retry_is_refused_while_the_same_work_waits() -> None:
    job = cancel(enqueue("echo", dedupe_key="fit:7"))
    enqueue("echo", dedupe_key="fit:7")
    with pytest.raises(Conflict, match="already waits"):
        retry(job)


def test_progress_is_written_at_most_twice_a_second() -> None:
    job = enqueue("echo")
    mine = taken(job)
    mine.progress(0.25, "a quarter")
    mine.progress(0.50, "too soon")
    job.refresh_from_db()
    assert (job.progress, job.message) == (0.25, "a quarter")


def states(*jobs: Job) -> list[str]:
    known = dict(Job.objects.values_list("pk", "state"))
    return [known[job.pk] for job in jobs]


def test_what_a_person_asked_for_runs_before_what_waits_by_itself() -> None:
    first, second = enqueue("echo"), enqueue("echo")
    other_queue = enqueue("echo", queue="train", created_by=factories.user())
    asked = enqueue("echo", created_by=factories.user())
    later = enqueue("echo", created_by=factories.user(), run_after=HOUR)
    run_hinted(first.pk)
    assert states(first, second, other_queue, asked) == ["pending", "pending", "pending", "done"]
    run_hinted(asked.pk)
    assert states(first, second) == ["pending", "pending"], "its own hint comes too late"
    run_hinted(first.pk)
    run_hinted(second.pk)
    assert states(first, second, later) == ["done", "done", "pending"]


def test_a_hint_whose_wanted_job_was_taken_meanwhile_runs_its_own(monkeypatch) -> None:
    job, gone = enqueue("echo"), enqueue("echo", created_by=factories.user())
    monkeypatch.setattr(claims, "first_asked_for", lambda job_id: gone.pk)
    taken(gone)
    run_hinted(job.pk)
    assert states(job) == ["done"]


def test_asking_for_what_waits_by_itself_makes_it_a_persons() -> None:
    waiting = enqueue("echo", dedupe_key="k")
    first, second = factories.user(), factories.user()
    assert enqueue("echo", dedupe_key="k", created_by=first).created_by == first
    assert enqueue("echo", dedupe_key="k", created_by=second).pk == waiting.pk
    assert enqueue("echo", dedupe_key="k").created_by == first
    waiting.refresh_from_db()
    assert waiting.created_by == first

"""Any order of enqueue, claim, death, cancel, retry and finish keeps the table's promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from labelhub.errors import Conflict
from labelhub.jobs.claim import MAX_LOSSES, Claim, ClaimLost, claim
from labelhub.jobs.clock import in_future
from labelhub.jobs.models import Job, PeriodicRun
from labelhub.jobs.queue import cancel, enqueue, retry

KEYS = st.sampled_from([None, "a", "b"])
PICK = st.integers(0, 1000)


class JobTable(RuleBasedStateMachine):
    """Claims are kept when their worker 'dies', and go on trying to write."""

    def __init__(self) -> None:
        super().__init__()
        Job.objects.all().delete()
        PeriodicRun.objects.all().delete()
        self.claims: list[Claim] = []

    def pick(self, number: int) -> Job | None:
        jobs = list(Job.objects.order_by("pk"))
        return jobs[number % len(jobs)] if jobs else None

    @rule(key=KEYS)
    def someone_enqueues(self, key: str | None) -> None:
        assert enqueue("echo", dedupe_key=key).state == Job.State.PENDING

    @rule(number=PICK)
    def a_hint_arrives(self, number: int) -> None:
        job = self.pick(number)
        found = claim(job.pk) if job else None
        if found is not None:
            self.claims.append(found)

    @rule(number=PICK)
    def a_lease_lapses(self, number: int) -> None:
        job = self.pick(number)
        if job and job.state == Job.State.RUNNING:
            Job.objects.filter(pk=job.pk).update(lease_until=in_future(-timedelta(seconds=1)))

    @rule(number=PICK, end=st.sampled_from(["finish", "fail", "put_back"]))
    def a_worker_ends(self, number: int, end: str) -> None:
        if not self.claims:
            return
        mine = self.claims[number % len(self.claims)]
        holds = Job.objects.filter(pk=mine.job_id, fence=mine.fence, state="running").exists()
        try:
            if end == "finish":
                mine.finish()
                PeriodicRun.objects.create(name=f"effect of {mine.job_id}")
            elif end == "fail":
                mine.give_up({"code": "x", "detail": "x"})
            else:
                mine.put_back({"code": "x", "detail": "x"}, timedelta(seconds=-1))
        except ClaimLost:
            assert not holds
        else:
            assert holds

    @rule(number=PICK)
    def a_person_cancels(self, number: int) -> None:
        job = self.pick(number)
        if job:
            cancel(job)

    @rule(number=PICK)
    def a_person_retries(self, number: int) -> None:
        job = self.pick(number)
        if job:
            try:
                assert retry(job).state == Job.State.PENDING
            except Conflict:
                job.refresh_from_db()
                waits = Job.objects.filter(dedupe_key=job.dedupe_key, state="pending").exists()
                assert job.state in ("pending", "running", "done") or waits

    @invariant()
    def one_waits_and_one_runs_per_key(self) -> None:
        for key in ("a", "b"):
            for state in ("pending", "running"):
                assert Job.objects.filter(dedupe_key=key, state=state).count() <= 1

    @invariant()
    def effects_are_those_of_done_jobs(self) -> None:
        done = {
            f"effect of {pk}"
            for pk in Job.objects.filter(state="done").values_list("pk", flat=True)
        }
        assert set(PeriodicRun.objects.values_list("name", flat=True)) == done

    @invariant()
    def losses_are_bounded(self) -> None:
        assert not Job.objects.filter(losses__gt=MAX_LOSSES).exists()


@pytest.mark.django_db
def test_no_order_of_events_loses_or_doubles_a_job(settings) -> None:
    settings.JOB_TABLES = ["tests.labelhub.job_handlers.JOBS"]
    run_state_machine_as_test(
        JobTable,
        settings=hypothesis_settings(
            max_examples=25, stateful_step_count=30, deadline=None, derandomize=True
        ),
    )

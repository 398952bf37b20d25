"""kill -9 of workers, their children, the dispatcher and Redis: no job lost, no effect doubled."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter

import pytest

from labelhub.jobs import pulse
from labelhub.jobs.models import Job, PeriodicRun
from labelhub.jobs.queue import enqueue
from tests.faults.fleet import wait_for

pytestmark = [pytest.mark.faults]
KILLS = int(os.environ.get("LABELHUB_FAULT_KILLS", "6"))
JOBS = int(os.environ.get("LABELHUB_FAULT_JOBS", "40"))


def effects() -> Counter[int]:
    names = PeriodicRun.objects.values_list("name", flat=True)
    return Counter(int(name.partition("-")[0]) for name in names if name[0].isdigit())


def nothing_unfinished() -> bool:
    return not Job.objects.filter(state__in=Job.UNFINISHED).exists()


def enqueue_work(seed: int) -> list[Job]:
    lengths = random.Random(seed)
    return [enqueue("work", payload={"steps": lengths.randint(1, 25)}) for _ in range(JOBS)]


def assert_each_done_once(jobs: list[Job]) -> None:
    wait_for(nothing_unfinished, what="the end of all jobs")
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}
    assert effects() == Counter({job.pk: 1 for job in jobs})


def test_killed_workers_and_dispatchers_lose_and_repeat_nothing(launch) -> None:
    fleet = launch()
    fleet.start("dispatcher")
    fleet.start_ready("worker", "default")
    jobs, chance = enqueue_work(seed=1), random.Random(2)
    for kill in range(KILLS):
        time.sleep(chance.uniform(0.2, 1.0))
        if kill % 3 == 2:
            fleet.kill("worker")
            fleet.start("worker")
        else:
            fleet.kill_child("worker", kill)
        if kill % 4 == 3:
            fleet.kill("dispatcher")
            fleet.start("dispatcher")
    # Whatever those have hit, one job is at work when the worker is killed.
    caught = enqueue("caught", payload={"steps": 1})
    running = Job.objects.filter(pk=caught.pk, state=Job.State.RUNNING)
    wait_for(running.exists, what="the start of a job that ends when it is killed")
    fleet.kill("worker")
    fleet.start("worker")
    assert_each_done_once([*jobs, caught])
    caught.refresh_from_db()
    assert caught.losses == 1


@pytest.mark.redis
def test_a_killed_and_a_frozen_redis_delay_jobs_and_lose_none(launch, redis) -> None:
    fleet = launch(redis.url)
    fleet.start("dispatcher")
    fleet.start_ready("worker", "default")
    jobs = enqueue_work(seed=3)
    time.sleep(1)
    redis.kill()
    time.sleep(2)
    redis.start()
    time.sleep(2)
    redis.process.send_signal(signal.SIGSTOP)
    jobs += enqueue_work(seed=4)
    time.sleep(4)
    # The dispatcher stays awake: it frees jobs and runs periodic entries all the same.
    wait_for(lambda: pulse_of("dispatcher"), what="a sign of life of the dispatcher")
    redis.process.send_signal(signal.SIGCONT)
    assert_each_done_once(jobs)


def pulse_of(name: str) -> bool:
    return any(process.name == name for process in pulse.alive())


def test_a_job_that_exceeds_its_memory_fails_with_that_reason(launch) -> None:
    fleet = launch()
    fleet.start("dispatcher")
    fleet.start_ready("worker", "default")
    job = enqueue("eat_memory")
    wait_for(nothing_unfinished, what="the end of the job")
    job.refresh_from_db()
    assert job.error["code"] == "limit_exceeded"
    assert "MiB of memory" in job.error["detail"]
    after = enqueue("work", payload={"steps": 1})
    assert_each_done_once_of(after)


def assert_each_done_once_of(job: Job) -> None:
    wait_for(nothing_unfinished, what="the end of the next job")
    job.refresh_from_db()
    assert job.state == Job.State.DONE

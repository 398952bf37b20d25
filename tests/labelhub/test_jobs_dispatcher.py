"""The dispatcher's hints, orphans and periodic entries, and the file broker beneath them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from labelhub.jobs import broker, dispatcher, identity, periodic, pulse
from labelhub.jobs.claim import MAX_LOSSES, claim
from labelhub.jobs.clock import in_future
from labelhub.jobs.dispatcher import WINDOW, Dispatcher, end_hopeless, free_orphans
from labelhub.jobs.models import Job, PeriodicRun, ProcessHeartbeat
from labelhub.jobs.queue import cancel, enqueue
from tests.labelhub import job_handlers

pytestmark = pytest.mark.django_db
AGO = in_future(-timedelta(seconds=1))


@pytest.fixture(autouse=True)
def tables(settings) -> None:
    settings.JOB_TABLES = ["tests.labelhub.job_handlers.JOBS"]
    settings.PERIODIC_TABLES = ["tests.labelhub.job_handlers.PERIODIC"]


@pytest.fixture
def sent() -> list[tuple[int, str]]:
    return []


@pytest.fixture
def dispatching(sent) -> Dispatcher:
    return Dispatcher(lambda job_id, queue: sent.append((job_id, queue)))


def test_every_due_job_is_hinted_at_on_its_queue(dispatching, sent) -> None:
    first, second = enqueue("echo"), enqueue("echo", queue="train")
    enqueue("echo", run_after=timedelta(hours=1))
    assert dispatching.tick() == 2
    assert sent == [(first.pk, "default"), (second.pk, "train")]


def test_a_hint_is_repeated_only_after_a_pause_that_grows(dispatching, sent, monkeypatch) -> None:
    enqueue("echo")
    sent_at = []
    for second in range(100):
        monkeypatch.setattr(time, "monotonic", lambda now=1_000_000 + second: now)
        sent_at += [second] * dispatching.tick()
    assert sent_at == [0, 5, 15, 35, 75]


def test_a_job_that_is_due_again_is_hinted_at_at_once(dispatching, sent) -> None:
    job = enqueue("echo")
    dispatching.tick()
    taken = claim(job.pk)
    assert dispatching.tick() == 0
    taken.put_back({"code": "unavailable", "detail": "later"}, timedelta(seconds=-1))
    assert dispatching.tick() == 1


def test_only_the_head_of_a_long_queue_is_hinted_at(dispatching, sent) -> None:
    ids = [enqueue("echo").pk for _ in range(WINDOW + 5)]
    dispatching.tick()
    dispatching.tick()
    assert [job_id for job_id, _ in sent] == ids[:WINDOW]


def test_a_silent_broker_is_left_alone_for_a_while_and_nothing_is_lost(monkeypatch) -> None:
    calls = []

    def refuse(job_id: int, queue: str) -> None:
        calls.append(job_id)
        raise OperationalError("connection refused")

    job, _ = enqueue("echo"), enqueue("echo")
    silent = Dispatcher(refuse)
    assert silent.tick() == silent.tick() == 0
    assert calls == [job.pk]
    later = time.monotonic() + dispatcher.BROKER_REST_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    silent.tick()
    assert calls == [job.pk, job.pk]


def test_a_job_of_a_dead_process_here_is_freed_before_its_lease_lapses() -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "from labelhub.jobs import identity; print(identity.me())"],
        check=True,
        capture_output=True,
        text=True,
    )
    job = enqueue("echo")
    claim(job.pk)
    assert free_orphans() == 0
    Job.objects.filter(pk=job.pk).update(claimant=gone.stdout.strip())
    assert free_orphans() == 1
    assert claim(job.pk) is not None


def test_a_reused_process_id_does_not_pass_for_the_one_that_died() -> None:
    me = str(identity.me())
    host, namespace, pid, started = me.split("|")
    assert not identity.is_gone(me)
    assert identity.is_gone(f"{host}|{namespace}|{pid}|{int(started) - 1}")
    assert not identity.is_gone(f"elsewhere|{namespace}|{pid}|1")


def test_a_job_that_kills_every_worker_ends_as_failed() -> None:
    job = enqueue("echo")
    claim(job.pk)
    Job.objects.update(losses=MAX_LOSSES, lease_until=AGO)
    end_hopeless()
    job.refresh_from_db()
    assert (job.state, job.error["code"]) == (Job.State.FAILED, "worker_died")


def test_a_cancelled_job_of_a_dead_worker_ends_as_cancelled() -> None:
    job = enqueue("echo")
    claim(job.pk)
    cancel(job)
    Job.objects.update(lease_until=AGO)
    end_hopeless()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_periodic_entries_run_once_per_period_and_a_broken_one_harms_no_other() -> None:
    job_handlers.ran.clear()
    assert periodic.run_due() == ["broken", "counted"]
    assert periodic.run_due() == []
    assert job_handlers.ran == ["count_run"]
    assert PeriodicRun.objects.get(name="broken").error == "ValueError: a broken entry"
    PeriodicRun.objects.update(ran_at=in_future(-timedelta(seconds=6)))
    assert periodic.run_due() == ["broken", "counted"]


def test_old_finished_jobs_are_pruned_and_unfinished_ones_stay() -> None:
    old, waiting = cancel(enqueue("echo")), enqueue("echo")
    Job.objects.update(finished_at=in_future(-timedelta(days=91)))
    assert periodic.prune_finished_jobs() == 1
    assert list(Job.objects.values_list("pk", flat=True)) == [waiting.pk]
    assert old.pk != waiting.pk


def test_a_worker_counts_as_alive_for_thirty_seconds() -> None:
    pulse.beat("worker", {"queues": ["default"]})
    assert pulse.serves("default")
    assert not pulse.serves("train")
    ProcessHeartbeat.objects.update(seen_at=in_future(-timedelta(seconds=31)))
    assert not pulse.serves("default")


def test_a_small_job_runs_inline_only_where_no_worker_lives() -> None:
    first = enqueue("echo", payload={"a": 1})
    assert pulse.run_inline_if_no_worker(first)
    assert (first.state, first.result) == (Job.State.DONE, {"echo": {"a": 1}})
    pulse.beat("worker", {"queues": ["default"]})
    second = enqueue("echo")
    assert not pulse.run_inline_if_no_worker(second)
    assert second.state == Job.State.PENDING


def file_broker(folder: Path) -> Connection:
    return Connection(
        "filesystem://",
        transport="labelhub.jobs.broker:Transport",
        transport_options=broker.options(folder),
    )


def test_messages_of_the_file_broker_come_in_order_and_once(tmp_path) -> None:
    with file_broker(tmp_path) as connection:
        queue = connection.SimpleQueue("default")
        for number in range(5):
            queue.put({"number": number})
        got = [queue.get_nowait().payload["number"] for _ in range(5)]
        assert got == [0, 1, 2, 3, 4]
        with pytest.raises(queue.Empty):
            queue.get_nowait()


def test_a_torn_message_is_dropped_and_the_next_one_arrives(tmp_path) -> None:
    with file_broker(tmp_path) as connection:
        queue = connection.SimpleQueue("default")
        queue.put({"number": 1})
        (tmp_path / "00000000000000000000_torn.default.msg").write_text('{"body": "eyJudW')
        assert queue.get_nowait().payload == {"number": 1}


def test_messages_that_nobody_takes_are_swept(tmp_path) -> None:
    with file_broker(tmp_path) as connection:
        queue = connection.SimpleQueue("default")
        queue.put(1)
        old = next(tmp_path.glob("*.msg"))
        os.utime(old, (0, 0))
        queue.put(2)
    assert broker.sweep(tmp_path, older_than=600) == 1
    assert not old.exists()
    assert len(list(tmp_path.glob("*.msg"))) == 1

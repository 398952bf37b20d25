"""Real workers, each with an empty data folder of its own, predict one pool; some are killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from active_learning.actions import chunks
from active_learning.actions.score import score_items
from active_learning.models import QueueOrder, Score, Scoring
from labelhub import storage
from labelhub.jobs.models import Job
from tests.active_learning.conftest import MakeProject, digits, trained
from tests.faults.fleet import Fleet, wait_for
from tests.machines import Machine, machine, s3, shared_place

__all__ = ["digits", "machine", "s3", "shared_place"]
pytestmark = [pytest.mark.faults]
SIZES = {"ONE_PIECE": 20, "CHUNK": 25}  # as in tests.faults.small_chunks


def fleet_at(folder: Path, place: str) -> Fleet:
    folder.mkdir()
    fleet = Fleet(folder)
    told = {"DJANGO_SETTINGS_MODULE": "tests.faults.small_chunks", "SHARED_STORAGE": place}
    fleet.env |= told | {"OMP_NUM_THREADS": "1"}
    fleet.start("dispatcher")
    fleet.start("worker")
    return fleet


def done(kind: str) -> int:
    return Job.objects.filter(kind=kind, state=Job.State.DONE).count()


def test_machines_share_the_chunks_of_a_pool_and_a_killed_one_costs_nothing(
    transactional_db: None,
    digits: MakeProject,
    machine: Machine,
    shared_place: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, size in SIZES.items():
        monkeypatch.setattr(chunks, name, size)
    project = digits(250, active=40)
    version = trained(project)
    assert score_items(project=project) is None
    jobs = Scoring.objects.get().chunks.count()
    assert jobs == 10
    fleets = [fleet_at(tmp_path / name, shared_place) for name in ("one", "two")]
    try:
        wait_for(lambda: done("predict_chunk") >= 2, what="the first chunks")
        fleets[0].kill("worker")
        fleets[0].start("worker")
        wait_for(lambda: done("order_scored") == 1, what="the end of the pass")
    finally:
        for fleet in fleets:
            fleet.stop()
    assert done("predict_chunk") == jobs
    said = Score.objects.filter(version=version)
    assert said.count() == Score.objects.count() == QueueOrder.objects.get().items == 210
    assert not Scoring.objects.exists() and list(storage.predictions().names()) == []
    # Each of them fetched the version: both have worked.
    assert all((tmp_path / name / "models" / version.sha256).is_dir() for name in ("one", "two"))

"""Settings of workers that score for real, in chunks of so few items that there are many."""

from __future__ import annotations

from tests.faults.settings import *  # noqa: F403

JOB_TABLES = ["annotations.jobs.JOBS", "tests.faults.small_chunk_jobs.JOBS"]
# What counts as a large pool, and the items of a chunk: read by the jobs' module.
ONE_PIECE, CHUNK = 20, 25

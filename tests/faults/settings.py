"""Settings of the processes that fault tests kill: as in production, but jobs of the tests."""

from __future__ import annotations

import os

os.environ.setdefault("SECRET_KEY", "a-key-that-only-the-tests-ever-use-0123456789")

from labelhub.settings.base import *  # noqa: F403

JOB_TABLES = ["tests.faults.handlers.JOBS"]
PERIODIC_TABLES = ["labelhub.jobs.periodic.PERIODIC"]
REDIS_PREFIX = os.environ.get("LABELHUB_REDIS_PREFIX", "labelhub-test:")
JOB_LIMITS = {"eat_memory": {"bytes": 400 * 1024**2}}

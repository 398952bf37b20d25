"""Whether disk, data folder, database, broker and pages are as they should be."""

from __future__ import annotations

import shutil
import stat
import time
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

from labelhub.jobs.models import Job
from labelhub.status.check import Check, Facts
from labelhub.status.readiness import folder_trouble, pending_migrations

DISK_WARN, DISK_FAIL = 2 * 1024**3, 300 * 1024**2
DATABASE_SLOW_SECONDS = 0.25
BROKER_TIMEOUT_SECONDS = 0.5


def check_disk(facts: Facts) -> Check:
    free = shutil.disk_usage(_existing(Path(settings.DATA_DIR))).free
    shown = f"{free / 1024**3:.1f} GiB are free on the disk of {settings.DATA_DIR}."
    if free >= DISK_WARN:
        return Check("disk", "ok", "The disk has room", shown)
    fix = "Delete old exports and model versions, or move DATA_DIR in `.env` to a larger disk."
    if free >= DISK_FAIL:
        return Check("disk", "warn", "The disk is nearly full", shown, fix)
    return Check("disk", "fail", "The disk is full", shown + " New answers may be refused.", fix)


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def check_data_folder(facts: Facts) -> Check:
    folder = Path(settings.DATA_DIR)
    if trouble := folder_trouble(folder):
        return Check(
            "data_folder",
            "fail",
            "The data folder cannot be written",
            trouble,
            f"Give it to the user that runs LabelHub: `sudo chown -R $USER {folder}`.",
        )
    if folder.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        return Check(
            "data_folder",
            "warn",
            "Other users of this machine can read the data folder",
            f"{folder} holds images, answers and keys.",
            f"`chmod -R o-rwx {folder}`",
        )
    return Check("data_folder", "ok", "The data folder is writable, and closed to others")


def check_database(facts: Facts) -> Check:
    started = time.perf_counter()
    Job.objects.order_by("-pk").values_list("pk", flat=True).first()
    seconds = time.perf_counter() - started
    shown = f"A read took {1000 * seconds:.0f} ms ({connection.vendor})."
    if seconds < DATABASE_SLOW_SECONDS:
        return Check("database", "ok", "The database answers quickly", shown)
    return Check(
        "database",
        "warn",
        "The database is slow",
        shown,
        "Look at the machine's load and disk; for many labelers set DATABASE_URL to PostgreSQL.",
    )


def check_migrations(facts: Facts) -> Check:
    pending = pending_migrations()
    if not pending:
        return Check("migrations", "ok", "The database fits this version")
    return Check(
        "migrations",
        "fail",
        "The database is older than this version",
        f"Not applied: {', '.join(pending[:5])}{' ...' if len(pending) > 5 else ''}",
        "`.venv/bin/python manage.py migrate`",
    )


def check_frontend(facts: Facts) -> Check:
    if (Path(settings.FRONTEND_DIST) / "index.html").is_file():
        return Check("frontend", "ok", "The pages are built")
    return Check(
        "frontend",
        "fail",
        "The pages are not built",
        "The API works; browsers get a note instead of the application.",
        "`make build`",
    )


def check_broker(facts: Facts) -> Check:
    if not settings.REDIS_URL:
        trouble = folder_trouble(_existing(Path(settings.BROKER_DIR)))
        title, fix = "Messages go by files", "Make the data folder writable, see above."
    else:
        trouble = _redis_trouble()
        title, fix = "Redis answers", "Start Redis, or mend REDIS_URL in `.env` and start again."
    if trouble is None:
        return Check("broker", "ok", title)
    return Check(
        "broker", "fail", "The message broker cannot be reached", f"{trouble} Jobs wait.", fix
    )


def _redis_trouble() -> str | None:
    """Ask Redis once, and not for long: a frozen one must not hold the page up."""
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=BROKER_TIMEOUT_SECONDS,
        socket_connect_timeout=BROKER_TIMEOUT_SECONDS,
        retry=None,
    )
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        # Its text may hold the password of the address.
        return f"Redis does not answer ({type(error).__name__})."
    finally:
        client.close()
    return None

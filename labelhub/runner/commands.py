"""The command of each process; `docker-compose.yml` runs the same ones."""

from __future__ import annotations

from labelhub import env

CELERY = ["-m", "celery", "--quiet", "-A", "labelhub.celery", "worker", "--loglevel=WARNING"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


def web(python: str) -> list[str]:
    """The web server; its settings are in `labelhub/runner/gunicorn.py`."""
    return [python, "-m", "gunicorn", "-c", "labelhub/runner/gunicorn.py", "labelhub.wsgi"]


def dispatcher(python: str) -> list[str]:
    return [python, "manage.py", "dispatch"]


def worker(python: str) -> list[str]:
    """Short jobs, and scoring; each runs in a child process."""
    concurrency = f"--concurrency={env.integer('WORKER_CONCURRENCY', least=1)}"
    return [python, *CELERY, "--hostname=worker@%h", "--queues=default,score", concurrency, *QUIET]


def trainer(python: str) -> list[str]:
    """One training at a time."""
    return [python, *CELERY, "--hostname=trainer@%h", "--queues=train", "--concurrency=1", *QUIET]


# In the order of their start: people first.
ALL = {"web": web, "dispatcher": dispatcher, "worker": worker, "trainer": trainer}

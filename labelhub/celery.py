"""The Celery app. Its only task is a hint that a job is due; the job table knows the rest.

Losing or repeating a message costs a delay at most, so nothing here acknowledges late, retries
or keeps results. A worker's parent process loads neither torch nor scikit-learn.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

from celery import Celery, signals
from celery.platforms import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings.dev")
# Checks import every view, which a worker has no use for.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

from django.conf import settings

from labelhub.jobs import broker
from labelhub.runner.processes import die_with_parent

# It warns of pickled messages from strangers when root runs a worker; ours are JSON only.
warnings.filterwarnings("ignore", category=SecurityWarning)

TASK = "labelhub.run_job"
QUEUES = ("default", "score", "train")


def broker_settings() -> dict[str, Any]:
    """Redis where REDIS_URL is set, else files in the data folder."""
    if not settings.REDIS_URL:
        return {
            "broker_url": "filesystem://localhost",
            "broker_transport": "labelhub.jobs.broker:Transport",
            "broker_transport_options": broker.options(settings.BROKER_DIR),
        }
    return {
        "broker_url": settings.REDIS_URL,
        "broker_transport_options": {
            # A Redis that stopped answering must stop nothing else.
            "socket_timeout": 1.0,
            "socket_connect_timeout": 1.0,
            "retry_on_timeout": False,
            "health_check_interval": 10,
            # Hints may be lost, so none is kept for redelivery. With acknowledgements, one that
            # fails while Redis is away keeps its place, and the worker never asks for more.
            "ack_emulation": False,
            "global_keyprefix": getattr(settings, "REDIS_PREFIX", "labelhub:"),
        },
    }


app = Celery("labelhub")
app.conf.update(
    **broker_settings(),
    broker_connection_timeout=1.0,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_pool_limit=1,
    accept_content=["json"],
    task_ignore_result=True,
    task_publish_retry=False,
    task_default_queue="default",
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_max_memory_per_child=700_000,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_proc_alive_timeout=30.0,
)


@app.task(name=TASK, ignore_result=True)
def run_job(job_id: int) -> None:
    """Take the hint: run what is wanted most in its queue, unless another worker has it."""
    from labelhub.jobs.run import run_hinted

    run_hinted(job_id, own_process=_in_pool_child)


_in_pool_child = False


@signals.worker_init.connect
def load_handlers(**_: Any) -> None:
    """Import every handler before the children are forked: they share its memory."""
    from labelhub.jobs import registry

    registry.handlers()
    heavy = {"torch", "sklearn"} & sys.modules.keys()
    if heavy:
        raise SystemExit(f"A jobs module imports {', '.join(sorted(heavy))} when it is loaded.")


@signals.worker_process_init.connect
def enter_pool_child(**_: Any) -> None:
    """A child that runs jobs dies with its parent, and may be ended by its job's limits."""
    global _in_pool_child
    _in_pool_child = True
    die_with_parent()


@signals.worker_ready.connect
def start_pulse(sender: Any, **_: Any) -> None:
    """Say that this worker lives and which queues it takes; keep its disk from filling up."""
    from labelhub.cache import Trimmer
    from labelhub.jobs.pulse import Pulse

    queues = sorted(app.amqp.queues.consume_from)
    Pulse(sender.hostname.partition("@")[0], lambda: {"queues": queues}).start()
    Trimmer().start()


@signals.worker_shutdown.connect
def stop_pulse(sender: Any, **_: Any) -> None:
    """Take the worker's row away, so that pages show at once that it stopped."""
    from django.db import Error as DatabaseTrouble
    from django.db import connection

    from labelhub.jobs.pulse import farewell

    try:
        farewell(sender.hostname.partition("@")[0])
    except DatabaseTrouble:
        return
    finally:
        connection.close()

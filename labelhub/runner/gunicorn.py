"""Settings of gunicorn: threads in few processes, all gone when their parent is."""

from __future__ import annotations

import sys
from typing import Any

from labelhub import env
from labelhub.runner.processes import die_with_parent

env.load_dotenv()

bind = f"{env.text('HOST')}:{env.text('PORT')}"
worker_class = "gthread"
workers = env.integer("WEB_WORKERS", least=1)
threads = env.integer("WEB_THREADS", least=1)
# A slow upload keeps one thread, not the whole process, so this only ends a stuck one.
timeout = 120
graceful_timeout = 5
keepalive = 75
max_requests = 0
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True


def post_fork(server: Any, worker: Any) -> None:
    die_with_parent(parent=server.pid)
    # Every statement on SQLite lets the interpreter's lock go, and whoever holds the write gate has
    # to get it back from threads that have just as much to do. At the usual 5 ms a turn, everybody
    # waits for that one.
    sys.setswitchinterval(0.0002)

"""The status page's data: what is wrong, and how to mend it."""

from __future__ import annotations

import threading
import time
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.http.caller import caller
from labelhub.jobs.models import Job
from labelhub.status.check import Check, Facts, gather, processes_of
from labelhub.status.checks import banner_of, run_checks

CACHE_SECONDS = 5.0


class CheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=["ok", "warn", "fail"])
    title = serializers.CharField()
    detail = serializers.CharField()
    fix = serializers.CharField(help_text="The command or act that mends it; empty if all is well.")


class ProcessSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    host = serializers.CharField()
    pid = serializers.IntegerField()
    seen_at = serializers.DateTimeField()
    queues = serializers.ListField(child=serializers.CharField())
    memory_bytes = serializers.IntegerField(allow_null=True)


class QueueSerializer(serializers.Serializer[Any]):
    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
    served = serializers.BooleanField(help_text="Whether a living worker takes its jobs.")


class QueuesSerializer(serializers.Serializer[Any]):
    default = QueueSerializer()  # type: ignore[assignment]
    score = QueueSerializer()
    train = QueueSerializer()


class StatusSerializer(serializers.Serializer[Any]):
    """Everybody sees `ok` and `banner`; the rest is for site administrators."""

    ok = serializers.BooleanField(help_text="Nothing fails.")
    banner = serializers.CharField(allow_null=True, help_text="What everybody should know.")
    checks = CheckSerializer(many=True, required=False)
    processes = ProcessSerializer(many=True, required=False)
    queues = QueuesSerializer(required=False)


class Latest:
    """The last look, kept for seconds: many browsers ask, one of them looks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = -CACHE_SECONDS
        self._found: tuple[Facts, list[Check]] | None = None

    def get(self) -> tuple[Facts, list[Check]]:
        with self._lock:
            if self._found is None or time.monotonic() - self._at >= CACHE_SECONDS:
                facts = gather()
                self._found = facts, run_checks(facts)
                self._at = time.monotonic()
            return self._found

    def forget(self) -> None:
        self._found = None


latest = Latest()


class StatusView(APIView):
    """How the installation is doing."""

    @extend_schema(operation_id="status_read", responses=StatusSerializer)
    def get(self, request: Request) -> Response:
        """Say what is wrong and how to mend it."""
        facts, checks = latest.get()
        status: dict[str, Any] = {
            "ok": all(check.state != "fail" for check in checks),
            "banner": banner_of(checks),
        }
        if caller(request).is_admin:
            status |= {
                "checks": checks,
                "processes": list(processes_of(facts)),
                "queues": {queue: _queue(facts, queue) for queue in Job.Queue.values},
            }
        return Response(StatusSerializer(status).data)


def _queue(facts: Facts, queue: str) -> dict[str, Any]:
    return {
        "waiting": facts.waiting(queue),
        "running": facts.jobs.get((queue, Job.State.RUNNING), 0),
        "served": queue in facts.queues,
    }

"""Critical items over HTTP: which there are, pin one, take its pin away."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.pin import pin_task, unpin_task
from active_learning.models import CriticalTask
from annotations.api.access import MANAGER, REVIEWER, find_in_project, project_for
from annotations.models import Task
from labelhub.http.caller import caller


class CriticalDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    item = serializers.IntegerField()
    filename = serializers.CharField()
    label = serializers.CharField(help_text="Of the consensus; empty while there is none.")  # type: ignore[assignment]
    predicted = serializers.CharField(help_text="By the serving version; empty if unknown.")
    note = serializers.CharField()
    created_at = serializers.DateTimeField()


class Pin(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


def critical_document(pin: CriticalTask) -> dict[str, Any]:
    task, score = pin.task, getattr(pin.task, "score", None)
    said = score.shown() if score else None
    return {
        "id": pin.pk,
        "task": task.pk,
        "item": task.item_id,
        "filename": task.item.filename,
        "label": task.label,
        "predicted": said["predicted"] if said else "",
        "note": pin.note,
        "created_at": pin.created_at,
    }


class CriticalView(GenericAPIView):  # type: ignore[type-arg]
    """The critical items of a project."""

    queryset = CriticalTask.objects.none()
    default_ordering = "-id"

    @extend_schema(operation_id="list_critical", responses={200: CriticalDocument(many=True)})
    def get(self, request: Request, project_id: int) -> Response:
        """List the items that no new version may lose, the last pinned first."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        pins = project.critical_tasks.select_related("task__item", "task__score__version")
        page = self.paginate_queryset(pins) or []
        return self.get_paginated_response([critical_document(pin) for pin in page])


class PinView(APIView):
    """One task's pin."""

    @extend_schema(operation_id="pin_task", request=Pin, responses={200: CriticalDocument})
    def put(self, request: Request, task_id: int) -> Response:
        """Pin a task: it is never trained on, and a version that loses it is not promoted."""
        wanted = Pin(data=request.data)
        wanted.is_valid(raise_exception=True)
        task = find_task(request, task_id)
        pin = pin_task(task=task, by=caller(request), **wanted.validated_data)
        pin.task = task
        return Response(critical_document(pin))

    @extend_schema(operation_id="unpin_task", responses={204: None})
    def delete(self, request: Request, task_id: int) -> Response:
        """Take the pin away; nothing happens to a task without one."""
        unpin_task(task=find_task(request, task_id), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def find_task(request: Request, task_id: int) -> Task:
    rows = Task.objects.select_related("item", "score__version")
    return find_in_project(request, rows, task_id, "task", MANAGER)

"""The queue over HTTP: lease tasks, extend and skip leases, flag what looks wrong."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.lease import Offer, extend_lease, flag_task, lease_tasks, skip_task
from annotations.api.access import (
    LABELER,
    MemberTokenAuthentication,
    find_in_project,
    no_such,
    project_for,
)
from annotations.api.tasks import picture_document
from annotations.models import Project, Seat, Task
from labelhub.http.authentication import SessionAuthentication
from labelhub.http.caller import caller

LEASES_AT_ONCE = 20


class LeaseRequest(serializers.Serializer[Any]):
    count = serializers.IntegerField(min_value=1, max_value=LEASES_AT_ONCE, default=1)
    resume = serializers.BooleanField(
        default=False, help_text="Give back what the caller holds already before anything new."
    )


class LeasedItem(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    filename = serializers.CharField()
    image_url = serializers.CharField()
    thumb_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    metadata = serializers.JSONField()


class LeaseInfo(serializers.Serializer[Any]):
    id = serializers.CharField()
    expires_at = serializers.DateTimeField()


class LeaseReason(serializers.Serializer[Any]):
    text = serializers.CharField()
    arm = serializers.ChoiceField(choices=Task.Arm.choices)


class LeasedTask(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    item = LeasedItem()
    lease = LeaseInfo()
    prelabel = serializers.JSONField(allow_null=True)
    reason = LeaseReason()


class OfferAnswer(serializers.Serializer[Any]):
    tasks = LeasedTask(many=True)
    message = serializers.CharField(allow_null=True, help_text="Why the list is empty.")
    paused = serializers.BooleanField(help_text="The caller is paused, and may appeal.")
    schema_version = serializers.IntegerField()


def offer_document(offer: Offer, project: Project) -> dict[str, Any]:
    """Return an offer as JSON; written by hand, since it is on the way of every single label."""
    return {
        "tasks": [leased_document(seat) for seat in offer.leases],
        "message": offer.message,
        "paused": offer.paused,
        "schema_version": project.schema.version if project.schema else 0,
    }


def leased_document(seat: Seat) -> dict[str, Any]:
    item = seat.task.item
    return {
        "id": seat.task_id,
        "item": picture_document(item) | {"metadata": item.metadata},
        "lease": {"id": seat.lease_id, "expires_at": seat.until},
        "prelabel": None,
        "reason": {"text": reason_for_labeler(seat), "arm": seat.arm},
    }


def reason_for_labeler(seat: Seat) -> str:
    """Say why this item now, without a word of what others or a model think it shows."""
    if seat.task.arm == Task.Arm.RANDOM:
        return "Drawn at random, so that the figures stay honest."
    if seat.lane != Seat.Lane.FRESH:
        return "Another opinion is wanted here."
    if seat.task.reason.get("strategy"):
        return "The model is unsure about this one."
    return "Nobody has answered this one yet."


def checked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return a request's validated data; raises ValidationError that names the field.

    The serializer's own `is_valid` copies every field for every request. What is asked at the rate
    of labels is checked by the same fields without the copies.
    """
    data = request.data
    if not isinstance(data, dict):
        raise serializers.ValidationError({"non_field_errors": ["Send a JSON object."]})
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, field in _fields(serializer).items():
        if name not in data:
            if field.required:
                errors[name] = ["This field is required."]
            values[name] = None if field.default is serializers.empty else field.default
            continue
        try:
            values[name] = field.run_validation(data[name])
        except serializers.ValidationError as error:
            errors[name] = error.detail
    if errors:
        raise serializers.ValidationError(errors)
    return values


@cache
def _fields(serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    return dict(serializer().fields)


class LeaseView(APIView):
    """Ask for work."""

    authentication_classes = [MemberTokenAuthentication, SessionAuthentication]

    @extend_schema(
        operation_id="lease_tasks",
        request=LeaseRequest,
        responses={200: OfferAnswer},
        auth=[{"token": []}, {"session": []}],  # type: ignore[list-item]
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Lease the next tasks for the caller; an empty list says why in `message`."""
        wanted = checked(LeaseRequest, request)
        project = project_for(request, project_id)
        offer = lease_tasks(project=project, labeler=caller(request), **wanted)
        return Response(offer_document(offer, project))


class SkipRequest(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    flag = serializers.BooleanField(default=False)


class LeaseDetailView(APIView):
    """One lease."""

    @extend_schema(operation_id="skip_task", request=SkipRequest, responses={204: None})
    def delete(self, request: Request, lease_id: str) -> Response:
        """Skip the task: the caller is not asked again, somebody else is."""
        wanted = SkipRequest(data=request.data or {})
        wanted.is_valid(raise_exception=True)
        skip_task(lease_id=lease_id, labeler=caller(request), **wanted.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LeaseExtendView(APIView):
    """More time for a lease."""

    class Answer(serializers.Serializer[Any]):
        expires_at = serializers.DateTimeField()

    @extend_schema(operation_id="extend_lease", request=None, responses={200: Answer})
    def post(self, request: Request, lease_id: str) -> Response:
        """Start the lease's time anew."""
        return Response({"expires_at": extend_lease(lease_id=lease_id, labeler=caller(request))})


class FlagRequest(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class TaskFlagView(APIView):
    """Something is wrong with a task."""

    @extend_schema(operation_id="flag_task", request=FlagRequest, responses={204: None})
    def post(self, request: Request, task_id: int) -> Response:
        """Flag a task for the reviewers; the caller must have been given it, or be one of them."""
        wanted = FlagRequest(data=request.data or {})
        wanted.is_valid(raise_exception=True)
        task = find_in_project(request, Task.objects.all(), task_id, "task")
        role = task.project.my_role  # type: ignore[attr-defined]
        given = Seat.objects.filter(task=task, last_labeler_id=caller(request).pk)
        if role == LABELER and not given.exists():
            raise no_such("task")
        flag_task(task=task, labeler=caller(request), **wanted.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)

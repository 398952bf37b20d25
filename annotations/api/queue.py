"""The queue over HTTP: lease tasks, extend and skip leases, flag what looks wrong."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.hot_path import MOST_HELD
from annotations.actions.lease import (
    Offer,
    extend_lease,
    give_back,
    lease_tasks,
)
from annotations.actions.skip import flag_task, skip_task
from annotations.api.access import (
    LABELER,
    MemberTokenAuthentication,
    find_in_project,
    no_such,
    project_for,
)
from annotations.api.drafts import DraftDocument, draft_document
from annotations.api.tasks import (
    FULL_URL,
    TILES_URL,
    PageOfLine,
    page_documents,
    picture_document,
)
from annotations.models import Project, Seat, Task
from labelhub.http.authentication import SessionAuthentication
from labelhub.http.caller import caller

LEASES_AT_ONCE = 20
LONGEST_HOLD = 12 * 3600  # seconds: a working day without a line


class LeaseRequest(serializers.Serializer[Any]):
    count = serializers.IntegerField(min_value=1, max_value=LEASES_AT_ONCE, default=1)
    resume = serializers.BooleanField(
        default=False, help_text="Give back what the caller holds already before anything new."
    )
    hold_seconds = serializers.IntegerField(
        min_value=30,
        max_value=LONGEST_HOLD,
        default=None,
        allow_null=True,
        help_text="For work without a line: hold what is given for so long, where the project's "
        "leases are shorter. Pausing the labeler frees it before.",
    )


class LeasedItem(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    filename = serializers.CharField()
    image_url = serializers.CharField()
    full_url = serializers.CharField(allow_null=True, help_text=FULL_URL)
    tiles_url = serializers.CharField(allow_null=True, help_text=TILES_URL)
    thumb_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    metadata = serializers.JSONField()


class LeaseInfo(serializers.Serializer[Any]):
    id = serializers.CharField()
    expires_at = serializers.DateTimeField()


# Why a labeler is asked about an item now, in words.
WHY = {
    "random": "Drawn at random, so that the figures stay honest.",
    "opinion": "Another opinion is wanted here.",
    "unsure": "The model is unsure about this one.",
    "typical": "It is typical of many images that nobody has answered yet.",
    "new": "Nobody has answered this one yet.",
}
WHY_CODES = list(WHY)


class LeaseReason(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=WHY_CODES)
    text = serializers.CharField()
    arm = serializers.ChoiceField(choices=Task.Arm.choices)


class Prelabel(serializers.Serializer[Any]):
    """A proposal: it is an answer only once the labeler takes it and submits."""

    answer = serializers.JSONField()
    confidence = serializers.FloatField(allow_null=True)
    characters = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="For a text: how sure of each of its characters.",
    )
    version = serializers.IntegerField(allow_null=True, help_text="Of the model; null: imported.")
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="Of an imported proposal; else empty."
    )


class LeasedTask(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    item = LeasedItem()
    other_item = LeasedItem(allow_null=True, help_text="The second of a pair.")
    page = PageOfLine(allow_null=True, help_text="Of a line that was cut out of a page.")
    lease = LeaseInfo()
    prelabel = Prelabel(allow_null=True, help_text="Send `took_proposal` with the answer.")
    draft = DraftDocument(
        allow_null=True, help_text="What the caller has begun; asked for by `resume` alone."
    )
    reason = LeaseReason()


class OfferAnswer(serializers.Serializer[Any]):
    tasks = LeasedTask(many=True)
    message = serializers.CharField(allow_null=True, help_text="Why the list is empty.")
    paused = serializers.BooleanField(help_text="The caller is paused, and may appeal.")
    schema_version = serializers.IntegerField()


def offer_document(offer: Offer, project: Project) -> dict[str, Any]:
    """Return an offer as JSON; written by hand, since it is on the way of every single label."""
    pages = page_documents(seat.task.item for seat in offer.leases)
    return {
        "tasks": [
            leased_document(seat, pair=project.of_pairs) | {"page": pages.get(seat.task.item_id)}
            for seat in offer.leases
        ],
        "message": offer.message,
        "paused": offer.paused,
        "schema_version": project.schema.version if project.schema else 0,
    }


def leased_document(seat: Seat, *, pair: bool = False) -> dict[str, Any]:
    return {
        "id": seat.task_id,
        "item": _leased_item(seat.task.item),
        "other_item": _leased_item(seat.task.other_item) if pair else None,
        "lease": {"id": seat.lease_id, "expires_at": seat.until},
        "prelabel": prelabel_document(seat),
        "draft": draft_document(seat.draft),
        "reason": {"code": (why := reason_for_labeler(seat)), "text": WHY[why], "arm": seat.arm},
    }


def prelabel_document(seat: Seat) -> dict[str, Any] | None:
    """Return what the labeler is shown; whether there was none or it was hidden looks the same."""
    shown = seat.shown
    if shown is None or shown.hidden:
        return None
    names = ("answer", "confidence", "characters", "version", "source")
    return {name: getattr(shown, name) for name in names}


def _leased_item(item: Any) -> dict[str, Any]:
    return picture_document(item) | {"metadata": item.metadata}


def reason_for_labeler(seat: Seat) -> str:
    """Say why this item now, without a word of what others or a model think it shows."""
    if seat.task.arm == Task.Arm.RANDOM:
        return "random"
    if seat.lane != Seat.Lane.FRESH:
        return "opinion"
    if seat.task.reason.get("version"):
        return "unsure"
    if seat.task.reason.get("strategy"):
        return "typical"
    return "new"


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


class GiveBackRequest(serializers.Serializer[Any]):
    leases = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=MOST_HELD
    )


class GiveBackAnswer(serializers.Serializer[Any]):
    freed = serializers.IntegerField(help_text="How many of them were held still.")


class LeasesReturnView(APIView):
    """Leases that are not needed any more."""

    @extend_schema(
        operation_id="give_back_leases", request=GiveBackRequest, responses={200: GiveBackAnswer}
    )
    def post(self, request: Request) -> Response:
        """Give back some of the caller's leases at once, unanswered; others may have the tasks."""
        wanted = GiveBackRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        freed = give_back(lease_ids=wanted.validated_data["leases"], labeler=caller(request))
        return Response({"freed": freed})


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

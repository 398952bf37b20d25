"""Training runs over HTTP: start, follow live, cancel."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.start import cancel_run, repeat_run, start_run
from active_learning.api.documents import Holdout, holdout_document
from active_learning.models import RunEvent, TrainingRun
from annotations.api.access import MANAGER, REVIEWER, project_for
from annotations.models import Project
from labelhub.errors import BadQuery, NotFound
from labelhub.http.caller import caller

EVENTS_AT_ONCE = 1_000
MISTAKES = "mistakes"  # an event of its own address: it is long
LARGEST_SEED = 2**31 - 1


class NewRun(serializers.Serializer[Any]):
    recipe = serializers.CharField(
        max_length=40, default="", help_text="A row of the recipe table; the project's if absent."
    )
    seed = serializers.IntegerField(min_value=0, max_value=LARGEST_SEED, default=0)
    budget = serializers.IntegerField(
        min_value=1,
        max_value=1_000_000,
        allow_null=True,
        default=None,
        help_text="CPU seconds that it may use; null for the server's limit.",
    )


class RunSnapshot(serializers.Serializer[Any]):
    sha256 = serializers.CharField()
    items = serializers.IntegerField(help_text="Labelled items, held-out ones included.")
    labelled = serializers.IntegerField(help_text="Labels to learn from.")
    created_at = serializers.DateTimeField()


class RunVersion(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    serving = serializers.BooleanField()


class RunDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    project = serializers.IntegerField()
    arm = serializers.ChoiceField(choices=TrainingRun.Arm.choices)
    recipe = serializers.CharField()
    seed = serializers.IntegerField()
    state = serializers.ChoiceField(choices=TrainingRun.State.choices)
    trigger = serializers.CharField(help_text="Why it was started.")
    weights = serializers.CharField(
        help_text="SHA-256 of the weights that it stood on; empty for recipes without."
    )
    error = serializers.CharField(help_text="Why it failed; empty otherwise.")
    snapshot = RunSnapshot(allow_null=True)
    votes = serializers.IntegerField(help_text="Votes that its arm had cost by then.")
    holdout = Holdout(allow_null=True)
    version = RunVersion(allow_null=True)
    job = serializers.IntegerField(allow_null=True)
    budget = serializers.IntegerField(
        allow_null=True, help_text="CPU seconds it may use; null for the server's limit."
    )
    cpu_seconds = serializers.FloatField(allow_null=True)
    peak_bytes = serializers.IntegerField(allow_null=True, help_text="Most memory it held.")
    device = serializers.CharField(help_text="cpu or cuda; empty before it has ended.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class RunEventDocument(serializers.Serializer[Any]):
    no = serializers.IntegerField()
    kind = serializers.CharField(help_text="start, log, epoch, metrics, scored, done or error.")
    data = serializers.JSONField()  # type: ignore[assignment]
    at = serializers.DateTimeField()


class RunDetail(RunDocument):
    metrics = serializers.JSONField()
    libraries = serializers.JSONField()
    progress = serializers.FloatField()
    message = serializers.CharField()
    cancelling = serializers.BooleanField()
    events = RunEventDocument(many=True)


PLAIN = ["arm", "recipe", "seed", "state", "trigger", "error", "votes", "cpu_seconds"]
PLAIN += ["budget", "peak_bytes", "device", "weights"]
PLAIN += ["created_at", "started_at", "finished_at"]


def run_document(run: TrainingRun) -> dict[str, Any]:
    return {name: getattr(run, name) for name in PLAIN} | {
        "id": run.pk,
        "project": run.project_id,
        "job": run.job_id,
        "snapshot": _snapshot_document(run),
        "holdout": holdout_document(run.metrics),
        "version": _version_document(run),
    }


def _snapshot_document(run: TrainingRun) -> dict[str, Any] | None:
    if run.snapshot is None:
        return None
    names = ("sha256", "items", "labelled", "created_at")
    return {name: getattr(run.snapshot, name) for name in names}


def _version_document(run: TrainingRun) -> dict[str, Any] | None:
    version = getattr(run, "version", None)
    if version is None:
        return None
    return {"id": version.pk, "number": version.number, "serving": version.serving}


def run_detail(run: TrainingRun, events: QuerySet[RunEvent]) -> dict[str, Any]:
    job = run.job
    return run_document(run) | {
        "metrics": run.metrics,
        "libraries": run.versions,
        "progress": job.progress if job else 0.0,
        "message": job.message if job else "",
        "cancelling": bool(job and job.cancel_requested and not job.finished),
        "events": [
            {"no": event.no, "kind": event.kind, "data": event.data, "at": event.created_at}
            for event in events
        ],
    }


def run_for(request: Request, run_id: int, *roles: str) -> TrainingRun:
    """Return a run whose project the caller may see in one of the roles; NotFound for strangers."""
    runs = TrainingRun.objects.filter(project__in=Project.objects.for_user(caller(request)))
    run = runs.select_related("snapshot", "job", "version").filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such run, or you may not see it.")
    project_for(request, run.project_id, *roles)
    return run


class RunsView(GenericAPIView):  # type: ignore[type-arg]
    """The training runs of a project."""

    queryset = TrainingRun.objects.none()
    default_ordering = "-id"

    @extend_schema(operation_id="list_runs", responses={200: RunDocument(many=True)})
    def get(self, request: Request, project_id: int) -> Response:
        """List the runs, newest first; controls on the random arm are among them."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        runs = project.runs.select_related("snapshot", "version")
        page = self.paginate_queryset(runs) or []
        return self.get_paginated_response([run_document(run) for run in page])

    @extend_schema(operation_id="start_run", request=NewRun, responses={201: RunDetail})
    def post(self, request: Request, project_id: int) -> Response:
        """Start a run on what is settled now; 409 `run_in_progress` while one is under way."""
        project = project_for(request, project_id, MANAGER)
        asked = NewRun(data=request.data)
        asked.is_valid(raise_exception=True)
        by = caller(request)
        trigger = f"Started by {by.shown_name}."
        run = start_run(project=project, trigger=trigger, by=by, **asked.validated_data)
        return Response(run_detail(run, run.events.none()), status=status.HTTP_201_CREATED)


class RunView(APIView):
    """One training run."""

    @extend_schema(
        operation_id="get_run",
        parameters=[OpenApiParameter("after", int, description="Only events after this number.")],
        responses={200: RunDetail},
    )
    def get(self, request: Request, run_id: int) -> Response:
        """Return the run and what it reported, for following it live."""
        run = run_for(request, run_id, MANAGER, REVIEWER)
        after = request.query_params.get("after", "0")
        if not after.isdecimal() or len(after) > 9:
            raise BadQuery("after must be the number of an event.", code="bad_after")
        told = run.events.filter(no__gt=int(after)).exclude(kind=MISTAKES)
        events = told.order_by("no")[:EVENTS_AT_ONCE]
        return Response(run_detail(run, events))


class RunCancelView(APIView):
    """Stop a run."""

    @extend_schema(operation_id="cancel_run", request=None, responses={200: RunDetail})
    def post(self, request: Request, run_id: int) -> Response:
        """Cancel a waiting run at once, ask a running one to stop; 409 where it is over."""
        run = cancel_run(run=run_for(request, run_id, MANAGER))
        return Response(run_detail(run, run.events.none()))


class RunRepeatView(APIView):
    """Do a run over."""

    @extend_schema(operation_id="repeat_run", request=None, responses={201: RunDetail})
    def post(self, request: Request, run_id: int) -> Response:
        """Train again by the same recipe and seed on the same snapshot; 409 where it is gone."""
        run = run_for(request, run_id, MANAGER)
        made = repeat_run(run=run, by=caller(request))
        return Response(run_detail(made, made.events.none()), status=status.HTTP_201_CREATED)

"""Consensus runs over HTTP: try another method beside the one in force, compare, promote, undo."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.consensus_run import request_run
from annotations.actions.promote_run import promote_run, roll_back_run
from annotations.api.access import MANAGER, REVIEWER, find_in_project, project_for
from annotations.api.tasks import TaskItem, item_document, other_document
from annotations.models import ConsensusRun, RunChange, Task
from labelhub.http.caller import caller
from labelhub.jobs.api import JobSerializer

Document = serializers.Serializer[Any]


class NewConsensusRun(Document):
    method = serializers.CharField(
        max_length=40, help_text="A consensus method of the project's settings."
    )
    params = serializers.DictField(
        child=serializers.FloatField(), default=dict, help_text="Settings of the method to change."
    )


class FromTo(Document):
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()


class StatusCounts(Document):
    open = serializers.IntegerField()
    settled = serializers.IntegerField()
    disputed = serializers.IntegerField()


class OnKnown(Document):
    """On known answers, each judged by a fit that was not told it; null where there is none."""

    items = serializers.IntegerField()
    accuracy = serializers.FloatField(
        allow_null=True,
        help_text=(
            "Share right; where shapes are merged the share of objects rightly kept or left out."
        ),
    )
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval.")
    high = serializers.FloatField(allow_null=True)
    calibration_error = serializers.FloatField(allow_null=True)
    error = serializers.FloatField(
        allow_null=True,
        default=None,
        help_text="Mean distance to the known answers, where answers are merged.",
    )


class RunModelShare(Document):
    """What the model's say changes in a run, whose labelers are fitted anew without it."""

    tasks = serializers.IntegerField(help_text="With votes, where the model has a say.")
    differ = serializers.IntegerField(help_text="Of these, another label by people alone.")
    known = serializers.IntegerField(help_text="Tasks whose answer is known for certain.")
    known_right_with = serializers.IntegerField()
    known_right_without = serializers.IntegerField()


class RunFigures(Document):
    answered = serializers.IntegerField(help_text="Tasks with votes.")
    changed = serializers.IntegerField(help_text="Of these, with another label.")
    from_to = FromTo(
        many=True,
        help_text="The commonest changes; of texts those that two tasks or more have in common.",
    )
    statuses = inline_serializer("RunStatuses", {"now": StatusCounts(), "run": StatusCounts()})
    known = inline_serializer("RunOnKnown", {"now": OnKnown(), "run": OnKnown()})
    current_method = serializers.CharField()
    temperature = serializers.FloatField()
    model = RunModelShare(
        allow_null=True, default=None, help_text="Null where no model has a say in the consensus."
    )
    cpu_seconds = serializers.FloatField()


class ConsensusRunDocument(Document):
    id = serializers.IntegerField()
    project = serializers.IntegerField()
    method = serializers.CharField()
    params = serializers.DictField(child=serializers.FloatField())
    chosen = serializers.CharField(help_text="What `auto` came to; else the method.")
    why = serializers.CharField()
    code_version = serializers.CharField()
    votes = serializers.IntegerField(allow_null=True)
    last_annotation = serializers.IntegerField(allow_null=True, help_text="The newest that counts.")
    figures = RunFigures(allow_null=True)
    in_force = serializers.BooleanField()
    may_roll_back = serializers.BooleanField()
    replaced_method = serializers.CharField(allow_null=True)
    job = JobSerializer(allow_null=True)
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    promoted_at = serializers.DateTimeField(allow_null=True)
    rolled_back_at = serializers.DateTimeField(allow_null=True)


def run_document(run: ConsensusRun, promoted: int | None) -> dict[str, Any]:
    names = (
        "id", "method", "params", "chosen", "why", "code_version", "votes", "last_annotation",
        "job", "created_at", "finished_at", "promoted_at", "rolled_back_at",
    )  # fmt: skip
    in_force = promoted == run.pk
    return {
        **{name: getattr(run, name) for name in names},
        "project": run.project_id,
        "figures": run.figures or None,
        "in_force": in_force,
        "may_roll_back": in_force and run.replaced is not None,
        "replaced_method": (run.replaced or {}).get("method"),
        "created_by": run.created_by.shown_name if run.created_by else None,
    }


def shown(run: ConsensusRun, promoted: int | None) -> dict[str, Any]:
    return dict(ConsensusRunDocument(run_document(run, promoted)).data)


class ConsensusRunsView(GenericAPIView):  # type: ignore[type-arg]
    """A project's consensus runs."""

    queryset = ConsensusRun.objects.none()
    default_ordering = "-id"

    @extend_schema(
        operation_id="list_consensus_runs", responses={200: ConsensusRunDocument(many=True)}
    )
    def get(self, request: Request, project_id: int) -> Response:
        """List runs, newest first, with how they compare to what was in force."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        rows = ConsensusRun.objects.filter(project=project).select_related("job", "created_by")
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([shown(run, project.promoted_run_id) for run in page])

    @extend_schema(
        operation_id="start_consensus_run",
        request=NewConsensusRun,
        responses={202: ConsensusRunDocument},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Run a method on all votes, as a job; nothing changes until the run is promoted."""
        project = project_for(request, project_id, MANAGER)
        wanted = NewConsensusRun(data=request.data)
        wanted.is_valid(raise_exception=True)
        run = request_run(project=project, by=caller(request), **wanted.validated_data)
        return Response(shown(run, project.promoted_run_id), status=status.HTTP_202_ACCEPTED)


def run_for(request: Request, run_id: int, *roles: str) -> ConsensusRun:
    rows = ConsensusRun.objects.select_related("job", "created_by")
    return find_in_project(request, rows, run_id, "consensus run", *roles)


class ConsensusRunView(APIView):
    """One consensus run."""

    @extend_schema(operation_id="get_consensus_run", responses={200: ConsensusRunDocument})
    def get(self, request: Request, consensus_run_id: int) -> Response:
        """Return a run: how far it is, or how it compares."""
        run = run_for(request, consensus_run_id, MANAGER, REVIEWER)
        return Response(shown(run, run.project.promoted_run_id))


class RunChangeDocument(Document):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    item = TaskItem()
    other_item = TaskItem(allow_null=True)
    before = serializers.CharField()
    after = serializers.CharField()
    confidence_before = serializers.FloatField(allow_null=True)
    confidence_after = serializers.FloatField(allow_null=True)
    status_before = serializers.ChoiceField(choices=Task.Status.choices)
    status_after = serializers.ChoiceField(choices=Task.Status.choices)
    answer_before = serializers.JSONField(
        allow_null=True, help_text="Where answers are merged, the whole answer; else null."
    )
    answer_after = serializers.JSONField(allow_null=True)
    distance = serializers.FloatField(
        allow_null=True, help_text="How far the two differ, 0 to 1; null where they have classes."
    )


class ChangeFilters(Document):
    before = serializers.CharField(max_length=200, allow_blank=True, required=False)
    after = serializers.CharField(max_length=200, allow_blank=True, required=False)


class ConsensusRunChangesView(GenericAPIView):  # type: ignore[type-arg]
    """What a run would change."""

    queryset = RunChange.objects.none()
    filters = ("before", "after")
    ordering_fields = {"distance": "distance"}

    @extend_schema(
        operation_id="list_consensus_run_changes",
        parameters=[ChangeFilters],
        responses={200: RunChangeDocument(many=True)},
    )
    def get(self, request: Request, consensus_run_id: int) -> Response:
        """List the items whose label changes; `before` and `after` pick one kind of change.

        `ordering=-distance` puts the greatest changes of merged answers first.
        """
        run = run_for(request, consensus_run_id, MANAGER, REVIEWER)
        wanted = ChangeFilters(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        rows = RunChange.objects.filter(run=run, **wanted.validated_data)
        page = self.paginate_queryset(rows.select_related("task__item", "task__other_item")) or []
        return self.get_paginated_response([change_document(change) for change in page])


def change_document(change: RunChange) -> dict[str, Any]:
    names = (
        "id", "before", "after", "confidence_before", "confidence_after", "status_before",
        "status_after", "answer_before", "answer_after", "distance",
    )  # fmt: skip
    return {
        **{name: getattr(change, name) for name in names},
        "task": change.task_id,
        "item": item_document(change.task.item),
        "other_item": other_document(change.task),
    }


class ConsensusRunPromoteView(APIView):
    """Put a run in force."""

    @extend_schema(
        operation_id="promote_consensus_run", request=None, responses={200: ConsensusRunDocument}
    )
    def post(self, request: Request, consensus_run_id: int) -> Response:
        """Make the run's method the project's; every verdict is rewritten by a job."""
        run = run_for(request, consensus_run_id, MANAGER)
        promote_run(run=run, by=caller(request))
        run = run_for(request, consensus_run_id, MANAGER)
        return Response(shown(run, run.pk))


class ConsensusRunRollBackView(APIView):
    """Take a promotion back."""

    @extend_schema(
        operation_id="roll_back_consensus_run", request=None, responses={200: ConsensusRunDocument}
    )
    def post(self, request: Request, consensus_run_id: int) -> Response:
        """Put back in force what the run replaced; every verdict is rewritten by a job."""
        run = run_for(request, consensus_run_id, MANAGER)
        roll_back_run(run=run, by=caller(request))
        return Response(shown(run_for(request, consensus_run_id, MANAGER), None))

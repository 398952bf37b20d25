"""Projects over HTTP: ask a question, change its rules, see where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.given_votes import cast_votes_soon
from annotations.actions.project import (
    change_project,
    change_schema,
    create_project,
    open_tasks_soon,
)
from annotations.actions.question import ALL_METHODS, RULES, describe_types
from annotations.api.access import LABELER, MANAGER, dataset_for, project_for
from annotations.consensus import AUTO
from annotations.consensus.gold import OFTEN, SELDOM
from annotations.models import Annotation, Membership, Project, Task
from labelhub.accounts.models import User
from labelhub.http.caller import caller
from labelhub.http.fields import FiniteFloatField, IdField


class SchemaDocument(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    document = serializers.JSONField()


class Progress(serializers.Serializer[Any]):
    tasks = serializers.IntegerField()
    open = serializers.IntegerField()
    settled = serializers.IntegerField()
    disputed = serializers.IntegerField()
    votes = serializers.IntegerField()


class ProjectSettings(serializers.Serializer[Any]):
    """What a manager may set."""

    name = serializers.CharField(max_length=200)
    question = serializers.CharField(max_length=500)
    guidelines = serializers.CharField(
        max_length=20_000, allow_blank=True, trim_whitespace=False, default=""
    )
    min_votes = serializers.IntegerField(min_value=1, max_value=50, default=2)
    max_votes = serializers.IntegerField(min_value=1, max_value=50, default=5)
    confidence = FiniteFloatField(min_value=0.5, max_value=1.0, default=0.95)
    random_share = FiniteFloatField(min_value=0.0, max_value=1.0, default=0.1)
    splits = serializers.ListField(
        child=serializers.CharField(max_length=40, allow_blank=True), max_length=50, default=list
    )
    split_by_group = serializers.BooleanField(
        required=False,
        help_text="Hold out whole groups; where absent, if the dataset has 30 groups or more.",
    )
    lease_seconds = serializers.IntegerField(min_value=30, max_value=86_400, default=600)
    consensus_method = serializers.ChoiceField(choices=ALL_METHODS, default=AUTO)
    model_in_consensus = serializers.BooleanField(
        default=True,
        help_text="A model's opinion counts on items that it was not trained on.",
    )
    audit_share = FiniteFloatField(
        min_value=0.0,
        max_value=1.0,
        default=0.02,
        help_text="Share of items that get every vote, so that the stop rule's error is measured.",
    )
    gold_floor = FiniteFloatField(
        min_value=0.0,
        max_value=0.99,
        default=0.0,
        help_text="A labeler surely below this share right on gold items is paused; 0 is off.",
    )
    gold_least = serializers.IntegerField(
        min_value=3, max_value=1_000, default=10, help_text="Gold answers before that is judged."
    )
    gold_often = FiniteFloatField(
        min_value=0.0,
        max_value=0.5,
        default=OFTEN,
        help_text="Share of gold among the items of a new or slipping labeler.",
    )
    gold_seldom = FiniteFloatField(
        min_value=0.0,
        max_value=0.5,
        default=SELDOM,
        help_text="The same for a labeler who has proved good; between the two it adapts.",
    )
    repeat_share = FiniteFloatField(
        min_value=0.0,
        max_value=0.5,
        default=0.02,
        help_text="Share of questions that a labeler is asked a second time, unseen; 0 is off.",
    )
    repeat_answers = serializers.IntegerField(
        min_value=1,
        max_value=100_000,
        default=100,
        help_text="Answers that a labeler gives at least between the first time and the second.",
    )
    repeat_days = serializers.IntegerField(
        min_value=0, max_value=365, default=0, help_text="Days that pass at least between the two."
    )
    foreign_items = serializers.ChoiceField(
        choices=Project.ForeignItems.choices,
        default=Project.ForeignItems.LAST,
        help_text="Items that may belong to no class, until a reviewer looks at them: not looked "
        "for, asked last, or set aside.",
    )
    recipe = serializers.CharField(max_length=40, default="fast")
    weights = serializers.CharField(
        max_length=200,
        allow_blank=True,
        default="",
        help_text="For the recipe `external`: a file that `GET /weights/` lists.",
    )
    strategy = serializers.CharField(max_length=40, default="phased")
    train_quota = serializers.IntegerField(
        min_value=0,
        max_value=100_000_000,
        allow_null=True,
        default=None,
        help_text="CPU seconds that trainings may use; null for no limit.",
    )
    train_quota_period = serializers.ChoiceField(
        choices=Project.QuotaPeriod.choices,
        default=Project.QuotaPeriod.DAY,
        help_text="Within 24 hours, or in all.",
    )
    auto_train = serializers.BooleanField(default=True)
    labelers_see_figures = serializers.BooleanField(
        default=False, help_text="Labelers see their own agreement, skill, pace and drift."
    )
    prelabels = serializers.ChoiceField(
        choices=Project.Prelabels.choices,
        default=Project.Prelabels.OFF,
        help_text="Whose proposals labelers see: the model's, imported ones, or any there is.",
    )
    prelabels_hidden = FiniteFloatField(
        min_value=0.0,
        max_value=1.0,
        default=0.2,
        help_text="Share of proposals that a draw hides, so that their effect is measured.",
    )
    reviewers_see_names = serializers.BooleanField(
        default=False,
        help_text="Reviewers read labelers' names, and not the pseudonyms of exports.",
    )


class NewProject(ProjectSettings):
    dataset = IdField()
    task_type = serializers.ChoiceField(choices=list(RULES), default="choice")
    schema = serializers.JSONField()
    # Left out, they are what suits the kind of question: see `GET /task-types/`.
    min_votes = serializers.IntegerField(min_value=1, max_value=50, required=False)
    max_votes = serializers.IntegerField(min_value=1, max_value=50, required=False)
    confidence = FiniteFloatField(min_value=0.5, max_value=1.0, required=False)
    consensus_method = serializers.ChoiceField(choices=ALL_METHODS, required=False)


class ProjectChanges(ProjectSettings):
    state = serializers.ChoiceField(choices=Project.State.choices, default="active")
    schema = serializers.JSONField(default=None)
    random_share = None  # type: ignore[assignment]  # the arms are drawn when tasks are opened
    splits = None  # type: ignore[assignment]
    split_by_group = None  # type: ignore[assignment]


ROLES = serializers.ChoiceField(choices=Membership.Role.choices)


class ProjectDocument(ProjectSettings):
    """Null for labelers: how they are tested."""

    id = serializers.IntegerField()
    gold_floor = FiniteFloatField(allow_null=True)
    gold_least = serializers.IntegerField(allow_null=True)
    gold_often = FiniteFloatField(allow_null=True)
    gold_seldom = FiniteFloatField(allow_null=True)
    audit_share = FiniteFloatField(allow_null=True)
    repeat_share = FiniteFloatField(allow_null=True)
    repeat_answers = serializers.IntegerField(allow_null=True)
    repeat_days = serializers.IntegerField(allow_null=True)
    prelabels_hidden = FiniteFloatField(allow_null=True)
    dataset = inline_serializer(
        "ProjectDataset",
        {
            "id": serializers.IntegerField(),
            "name": serializers.CharField(),
            "kind": serializers.CharField(),
        },
    )
    task_type = serializers.CharField()
    state = serializers.ChoiceField(choices=Project.State.choices)
    schema = SchemaDocument()
    my_role = serializers.ChoiceField(choices=Membership.Role.choices)
    progress = Progress()
    created_at = serializers.DateTimeField()


SETTINGS = list(ProjectSettings().fields)
# How labelers are tested is not for them to know.
UNSEEN = (
    "gold_floor", "gold_least", "gold_often", "gold_seldom", "audit_share", "repeat_share",
    "repeat_answers", "repeat_days", "prelabels_hidden",
)  # fmt: skip


def progress_of(projects: Iterable[Project]) -> dict[int, dict[str, int]]:
    """Count tasks by status and votes for several projects in one query."""
    empty = {"tasks": 0, "open": 0, "settled": 0, "disputed": 0, "votes": 0}
    counts: dict[int, dict[str, int]] = defaultdict(lambda: dict(empty))
    rows = (
        Task.objects.filter(project__in=[project.pk for project in projects])
        .order_by()
        .values_list("project_id", "status")
        .annotate(tasks=Count("pk"), votes=Sum("votes"))
    )
    for project_id, state, tasks, votes in rows:
        counts[project_id][state] += tasks
        counts[project_id]["tasks"] += tasks
        counts[project_id]["votes"] += votes or 0
    for project_id, answers in _answers_in(projects).items():
        counts[project_id]["votes"] = answers
    return counts


def _answers_in(projects: Iterable[Project]) -> dict[int, int]:
    """Count every answer in those of the projects that the caller labels in.

    Answers to gold items and silent repeats are no votes: a labeler who sees the votes stand still
    would know what the last question was.
    """
    labeled = [project.pk for project in projects if getattr(project, "my_role", "") == LABELER]
    if not labeled:
        return {}
    answers = Annotation.every.filter(project__in=labeled, version=1).order_by()
    counts = answers.values_list("project_id").annotate(answers=Count("pk"))
    return dict.fromkeys(labeled, 0) | dict(counts)


def project_document(project: Project, progress: dict[str, int]) -> dict[str, Any]:
    schema = project.schema
    document = {name: getattr(project, name) for name in SETTINGS}
    if getattr(project, "my_role", MANAGER) == LABELER:
        document |= dict.fromkeys(UNSEEN)
    return document | {
        "id": project.pk,
        "dataset": {
            "id": project.dataset_id,
            "name": project.dataset.name,
            "kind": project.dataset.kind,
        },
        "task_type": project.task_type,
        "state": project.state,
        "schema": {"version": schema.version, "document": schema.document} if schema else None,
        "my_role": getattr(project, "my_role", MANAGER),
        "progress": progress,
        "created_at": project.created_at,
    }


class OverlapDefaults(serializers.Serializer[Any]):
    min_votes = serializers.IntegerField()
    max_votes = serializers.IntegerField()
    confidence = serializers.FloatField()
    consensus_method = serializers.CharField()


class MethodParameter(serializers.Serializer[Any]):
    """A number that can be set of a consensus method."""

    name = serializers.CharField()
    default = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class TaskTypeDocument(serializers.Serializer[Any]):
    name = serializers.CharField()
    question = serializers.CharField()
    answers = serializers.ChoiceField(
        choices=["classes", "merged"], help_text="Counted by class, or merged piece by piece."
    )
    images = serializers.IntegerField(help_text="Shown side by side.")
    methods = serializers.ListField(child=serializers.CharField())
    parameters = serializers.DictField(
        child=MethodParameter(many=True), help_text="What can be set, by method."
    )
    rule = OverlapDefaults()
    settles = serializers.CharField()
    distance = serializers.CharField()


class TaskTypesView(APIView):
    """Kinds of question."""

    @extend_schema(operation_id="list_task_types", responses={200: TaskTypeDocument(many=True)})
    def get(self, request: Request) -> Response:
        """List the kinds of question with their consensus methods and usual overlap rule."""
        return Response(describe_types())


class ProjectsView(GenericAPIView):  # type: ignore[type-arg]
    """The caller's projects."""

    queryset = Project.objects.none()
    default_ordering = "-id"

    @extend_schema(operation_id="list_projects", responses={200: ProjectDocument(many=True)})
    def get(self, request: Request) -> Response:
        """List the projects that the caller is a member of; all for a site administrator."""
        rows = Project.objects.for_user(caller(request)).select_related("schema", "dataset")
        page = self.paginate_queryset(rows) or []
        roles = _roles(caller(request), page)
        for project in page:
            project.my_role = roles.get(project.pk, MANAGER)  # type: ignore[attr-defined]
        progress = progress_of(page)
        return self.get_paginated_response(
            [project_document(project, progress[project.pk]) for project in page]
        )

    @extend_schema(
        operation_id="create_project", request=NewProject, responses={201: ProjectDocument}
    )
    def post(self, request: Request) -> Response:
        """Ask a question of a dataset; the caller becomes the project's manager."""
        wanted = NewProject(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = dict(wanted.validated_data)
        dataset = dataset_for(request, values.pop("dataset"))
        project = create_project(by=caller(request), dataset=dataset, **values)
        open_tasks_soon(project)
        cast_votes_soon(project)
        return Response(_fresh(request, project.pk), status=status.HTTP_201_CREATED)


class ProjectDetailView(GenericAPIView):  # type: ignore[type-arg]
    """One project."""

    @extend_schema(operation_id="get_project", responses={200: ProjectDocument})
    def get(self, request: Request, project_id: int) -> Response:
        """Return a project with its rules, labels and progress."""
        return Response(_fresh(request, project_id))

    @extend_schema(
        operation_id="change_project", request=ProjectChanges, responses={200: ProjectDocument}
    )
    def patch(self, request: Request, project_id: int) -> Response:
        """Change settings; a changed `schema` becomes a new version; labels only retire."""
        project = project_for(request, project_id, MANAGER)
        wanted = ProjectChanges(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        values = dict(wanted.validated_data)
        schema = values.pop("schema", None)
        with transaction.atomic():
            if schema is not None:
                change_schema(project=project, document=schema, by=caller(request))
            if values:
                change_project(project=project, by=caller(request), **values)
        return Response(_fresh(request, project_id))


def _fresh(request: Request, project_id: int) -> dict[str, Any]:
    role = project_for(request, project_id).my_role  # type: ignore[attr-defined]
    project = Project.objects.select_related("schema", "dataset").get(pk=project_id)
    project.my_role = role  # type: ignore[attr-defined]
    return project_document(project, progress_of([project])[project.pk])


def _roles(user: User, projects: list[Project]) -> dict[int, str]:
    memberships = Membership.objects.filter(user=user, project__in=projects, active=True)
    return dict(memberships.values_list("project_id", "role"))

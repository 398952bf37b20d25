"""Labelers over HTTP: how good, how alike, how fast; all for those who lead, one's own for each."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.labeler_figures import request_figures
from annotations.api.access import LABELER, MANAGER, REVIEWER, no_such, project_for
from annotations.models import LabelerFigures
from annotations.reports.labelers_page import all_together, list_rows, one_labeler, own_figures
from labelhub.errors import NotAllowed
from labelhub.http.caller import caller
from labelhub.jobs.api import JobSerializer

Document = serializers.Serializer[Any]


class FiguresHidden(NotAllowed):
    """The project keeps figures of labelers to those who lead it."""

    code = "figures_hidden"


class FigureInterval(Document):
    """Null where too few answers can be compared."""

    estimate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval.")
    high = serializers.FloatField(allow_null=True)


class ShareOf(FigureInterval):
    count = serializers.IntegerField(help_text="Of so many.")


class Consistency(ShareOf):
    """Of questions that were asked twice in silence."""

    hours = serializers.FloatField(allow_null=True, help_text="Between both answers, the median.")


class CopiesDocument(Document):
    source = serializers.IntegerField()  # type: ignore[assignment]
    name = serializers.CharField()
    share = serializers.FloatField(help_text="Of the source's odd answers, more than by chance.")
    low = serializers.FloatField(help_text="At least.")
    odd = serializers.IntegerField(help_text="Answers hardly anybody else gave: where it is seen.")


class LabelerListRow(Document):
    id = serializers.IntegerField()
    name = serializers.CharField()
    active = serializers.BooleanField(help_text="Still a member.")
    paused = serializers.BooleanField()
    counted = serializers.BooleanField(help_text="Their votes count.")
    votes = serializers.IntegerField()
    compared = serializers.IntegerField(help_text="Answers that others gave one to as well.")
    agreement = FigureInterval(help_text="With what the others say, the own vote left out.")
    beyond_chance = FigureInterval(
        help_text="The same less chance: 0 is what their own habits would give, 1 is full."
    )
    skill = FigureInterval(help_text="Share of right answers, by the consensus.")
    right = ShareOf(help_text="Near enough to what the others say.")
    gold = ShareOf(help_text="Right on gold items.")
    consistency = Consistency(
        allow_null=True,
        help_text="Likeness of a second answer to the first: the share of equal ones for classes.",
    )
    worth = serializers.FloatField(
        allow_null=True, help_text="Agreement beyond chance, less what is copied; ranks the list."
    )
    drift = FigureInterval(
        allow_null=True, help_text="Agreement of the latest week less that of all before."
    )
    median_ms = serializers.IntegerField(allow_null=True)
    per_hour = serializers.FloatField(allow_null=True, help_text="Of work: pauses do not count.")
    last_at = serializers.DateTimeField(allow_null=True)
    copies = CopiesDocument(allow_null=True)


class LabelerWeek(Document):
    week = serializers.DateField(help_text="Its Monday.")
    votes = serializers.IntegerField()
    compared = serializers.IntegerField()
    agreement = FigureInterval()
    median_ms = serializers.IntegerField(allow_null=True)


class SessionStretch(Document):
    since = serializers.IntegerField(help_text="Minute of the session where it begins.")
    to = serializers.IntegerField(allow_null=True, help_text="Minute where it ends, if it does.")
    compared = serializers.IntegerField()
    mean = FigureInterval(help_text="Agreement with the others.")


class PairWith(Document):
    labeler = serializers.IntegerField()
    name = serializers.CharField()
    common = serializers.IntegerField(help_text="Items that both answered.")
    agreement = serializers.FloatField(help_text="Mean likeness of their answers.")
    kappa = FigureInterval(help_text="From 30 common items on.")


CONFUSION = serializers.ListField(
    child=serializers.ListField(),
    allow_null=True,
    help_text="[truth, answer, count]; the truth is what is certain, else what the others say.",
)


class LabelerDocument(LabelerListRow):
    first_at = serializers.DateTimeField(allow_null=True)
    weeks = LabelerWeek(many=True)
    sessions = SessionStretch(many=True)
    tiredness = FigureInterval(
        allow_null=True,
        help_text="Agreement from minute 30 of a session on less that of its first 15.",
    )
    confusion = CONFUSION
    labels = serializers.ListField(child=serializers.CharField())
    pairs = PairWith(many=True)
    made_at = serializers.DateTimeField(allow_null=True)


class OwnFigures(Document):
    """Figures are null until enough answers can be compared."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    votes = serializers.IntegerField()
    median_ms = serializers.IntegerField(allow_null=True)
    per_hour = serializers.FloatField(allow_null=True)
    first_at = serializers.DateTimeField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True)
    compared = serializers.IntegerField(allow_null=True)
    agreement = FigureInterval(allow_null=True)
    skill = FigureInterval(allow_null=True)
    drift = FigureInterval(allow_null=True)
    weeks = LabelerWeek(many=True)
    confusion = CONFUSION
    labels = serializers.ListField(child=serializers.CharField())
    least = serializers.IntegerField(help_text="Compared answers before anything is said.")
    made_at = serializers.DateTimeField(allow_null=True)


class LabelerName(Document):
    id = serializers.IntegerField()
    name = serializers.CharField()


class LabelerPair(Document):
    first = serializers.IntegerField()
    second = serializers.IntegerField()
    common = serializers.IntegerField()
    agreement = serializers.FloatField()
    kappa = FigureInterval()


class LabelersTogether(Document):
    made_at = serializers.DateTimeField(allow_null=True, help_text="Null before the first time.")
    votes = serializers.IntegerField(help_text="That the figures were made from.")
    labelers = serializers.IntegerField()
    current = serializers.BooleanField(help_text="No answer has come since.")
    computing = serializers.BooleanField()
    complete = serializers.BooleanField(help_text="False: from a fixed share of the items.")
    alpha = FigureInterval(help_text="Krippendorff's alpha, by the distance of the task type.")
    agreement = serializers.FloatField(allow_null=True, help_text="Mean over pairs of votes.")
    matrix = LabelerName(many=True, help_text="Those with the most votes.")
    pairs = LabelerPair(many=True)


class LabelersView(GenericAPIView):  # type: ignore[type-arg]
    """The labelers of a project."""

    queryset = LabelerFigures.objects.none()
    default_ordering = "worth"
    ordering_fields = {
        "worth": "worth", "votes": "votes", "agreement": "agreement", "skill": "skill"
    }  # fmt: skip

    @extend_schema(operation_id="list_labelers", responses={200: LabelerListRow(many=True)})
    def get(self, request: Request, project_id: int) -> Response:
        """List labelers with their figures, those whose answers are worth least first."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        page = self.paginate_queryset(LabelerFigures.objects.filter(project=project)) or []
        rows = list_rows(project, page)
        return self.get_paginated_response(LabelerListRow(rows, many=True).data)


class LabelersTogetherView(APIView):
    """All labelers of a project together."""

    @extend_schema(operation_id="get_labelers_together", responses={200: LabelersTogether})
    def get(self, request: Request, project_id: int) -> Response:
        """Return alpha and the agreement of each pair, and how old these figures are."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        return Response(LabelersTogether(all_together(project)).data)

    @extend_schema(operation_id="refresh_labelers", request=None, responses={202: JobSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Work all figures out anew, as a job."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        job = request_figures(project=project, by=caller(request))
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


class LabelerView(APIView):
    """One labeler of a project."""

    @extend_schema(operation_id="get_labeler", responses={200: LabelerDocument})
    def get(self, request: Request, project_id: int, labeler_id: int) -> Response:
        """Return all figures of a labeler: bias, drift by week, agreement with each other one."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        row = LabelerFigures.objects.filter(project=project, labeler=labeler_id).first()
        if row is None:
            raise no_such("labeler with figures in this project")
        return Response(LabelerDocument(one_labeler(project, row)).data)


class OwnFiguresView(APIView):
    """The caller's own figures."""

    @extend_schema(operation_id="get_own_figures", responses={200: OwnFigures})
    def get(self, request: Request, project_id: int) -> Response:
        """Return what the votes say of one's own work; labelers where the project allows it."""
        project = project_for(request, project_id)
        blind = project.my_role == LABELER  # type: ignore[attr-defined]
        if blind and not project.labelers_see_figures:
            raise FiguresHidden("This project does not show labelers their figures.")
        return Response(OwnFigures(own_figures(project, caller(request))).data)

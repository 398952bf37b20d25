"""Anchoring over HTTP: what proposals do to the answers of a project."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.access import MANAGER, REVIEWER, project_for
from annotations.api.labelers import FigureInterval, ShareOf
from annotations.models import Project
from annotations.reports.anchoring import anchoring_of

Document = serializers.Serializer[Any]


class Contrast(Document):
    """A share of answers with the proposal in view, and of those from which a draw hid it."""

    shown = ShareOf()
    hidden = ShareOf()
    difference = FigureInterval(help_text="The first less the second; null with few of either.")


class TimeContrast(Document):
    shown = serializers.FloatField(allow_null=True, help_text="Median seconds of an answer.")
    hidden = serializers.FloatField(allow_null=True)
    ratio = FigureInterval(help_text="The first over the second.")


class AnchoringFigures(Document):
    shown = serializers.IntegerField(help_text="Answers with a proposal in view.")
    hidden = serializers.IntegerField(help_text="Answers whose proposal the draw hid.")
    taken = serializers.IntegerField(help_text="Answers into which the proposal was taken.")
    same = Contrast(help_text="Answers that say what the proposal says.")
    error = Contrast(help_text="Wrong answers, where the truth is known or settled.")
    led_astray = Contrast(help_text="Wrong answers where the proposal was wrong.")
    helped = Contrast(help_text="Wrong answers where the proposal was right.")
    time = TimeContrast()


class AnchoredLabeler(AnchoringFigures):
    id = serializers.IntegerField()
    name = serializers.CharField()


class AnchoringDocument(AnchoringFigures):
    prelabels = serializers.ChoiceField(choices=Project.Prelabels.choices)
    hidden_share = serializers.FloatField(help_text="Of the proposals, hidden by the draw now.")
    answers = serializers.IntegerField(help_text="To items that have a proposal.")
    looked_at = serializers.IntegerField(help_text="Of these, the latest.")
    labelers = AnchoredLabeler(many=True)


class AnchoringView(APIView):
    """What proposals do to answers."""

    @extend_schema(operation_id="get_anchoring", responses={200: AnchoringDocument})
    def get(self, request: Request, project_id: int) -> Response:
        """Compare answers with a proposal in view with those from which a draw hid it."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        return Response(AnchoringDocument(anchoring_of(project)).data)

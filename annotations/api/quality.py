"""Quality over HTTP: how honest the confidence is, how often the rule errs, what a rule costs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.project import check_overlap
from annotations.api.access import MANAGER, REVIEWER, project_for
from annotations.api.reports import ReportAgreement
from annotations.consensus.foresight import Rule
from annotations.reports.quality import quality_of
from annotations.reports.rule_forecast import forecast_rule
from labelhub.http.fields import FiniteFloatField
from labelhub.http.pagination import refuse_unknown

Document = serializers.Serializer[Any]


class ReliabilityBar(Document):
    """Known items with a confidence in [low, high), and the share of them that was right.

    Right is the label of the known answer; where answers are merged it is the very text under the
    project's policy, the very set of labels, and of shapes the share of objects that were rightly
    kept or left out (the same label, and overlapping by half; of points near enough).
    """

    low = serializers.FloatField()
    high = serializers.FloatField()
    items = serializers.IntegerField()
    confidence = serializers.FloatField()
    accuracy = serializers.FloatField()
    accuracy_low = serializers.FloatField(help_text="Of the 95 % interval.")
    accuracy_high = serializers.FloatField()


class CalibrationDocument(Document):
    """Of the fit in force; each known answer was judged by a fit that was not told it."""

    method = serializers.CharField()
    reason = serializers.CharField(help_text="Why this method.")
    fitted_at = serializers.DateTimeField()
    votes = serializers.IntegerField()
    temperature = serializers.FloatField(
        allow_null=True, help_text="1 leaves confidence as it is; null in fits of old versions."
    )
    items = serializers.IntegerField(help_text="Known answers that it was fitted on.")
    error_before = serializers.FloatField(
        allow_null=True, help_text="Expected calibration error without the temperature."
    )
    error_after = serializers.FloatField(allow_null=True)
    bins = ReliabilityBar(many=True)


class AuditDocument(Document):
    """Of a random share of the items every vote is asked for, whatever the rule says."""

    share = serializers.FloatField()
    drawn = serializers.IntegerField()
    stopped = serializers.IntegerField(help_text="At which the rule would have stopped.")
    ended = serializers.IntegerField(help_text="Of these, with every vote by now.")
    disputed = serializers.IntegerField(help_text="Of these, in dispute with every vote.")
    wrong = serializers.IntegerField(
        allow_null=True, help_text="Whose label changed; null for shapes, which are never equal."
    )
    error = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval.")
    high = serializers.FloatField(allow_null=True)
    claimed = serializers.FloatField(
        allow_null=True, help_text="The error that the confidence promised at the stop."
    )
    votes_saved = serializers.FloatField(allow_null=True, help_text="Per item, by stopping.")


class QualityDocument(Document):
    calibration = CalibrationDocument(allow_null=True)
    audit = AuditDocument()
    agreement = ReportAgreement()


class QualityView(APIView):
    """How far a project's labels can be believed."""

    @extend_schema(operation_id="get_quality", responses={200: QualityDocument})
    def get(self, request: Request, project_id: int) -> Response:
        """Return calibration, the measured error of the stop rule, and agreement."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        refuse_unknown(request)
        return Response(QualityDocument(quality_of(project)).data)


class ProposedRule(Document):
    """What is left out is as the project has it."""

    confidence = FiniteFloatField(min_value=0.5, max_value=1.0, required=False)
    min_votes = serializers.IntegerField(min_value=1, max_value=50, required=False)
    max_votes = serializers.IntegerField(min_value=1, max_value=50, required=False)


class RuleForecast(Document):
    confidence = serializers.FloatField()
    min_votes = serializers.IntegerField()
    max_votes = serializers.IntegerField()
    votes_per_item = serializers.FloatField()
    saved = serializers.FloatField(help_text="Of the votes that the cap would take, 0 to 1.")
    votes_left = serializers.IntegerField()
    hours_left = serializers.FloatField(allow_null=True)
    finish_at = serializers.DateTimeField(allow_null=True)
    votes_per_hour = serializers.FloatField(help_text="Measured.")
    disputed = serializers.FloatField(help_text="Share of items that end in dispute.")
    same_label = serializers.FloatField(
        allow_null=True, help_text="Share of replayed items with the label that all votes give."
    )
    replayed = serializers.IntegerField(help_text="Answered items that the rule was tried on.")
    most_seen = serializers.IntegerField(help_text="Most votes on any of them; beyond is foreseen.")
    note = serializers.CharField(allow_null=True, help_text="Where nothing can be saved.")
    reason = serializers.CharField(allow_null=True, help_text="Why a figure is missing or rough.")


class ForecastView(APIView):
    """What a rule would cost."""

    @extend_schema(
        operation_id="forecast_rule", parameters=[ProposedRule], responses={200: RuleForecast}
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Forecast votes, hours and date under a rule by replaying it; nothing is changed."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        refuse_unknown(request, *ProposedRule().fields)
        wanted = ProposedRule(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        rule = {
            name: getattr(project, name) for name in ("confidence", "min_votes", "max_votes")
        } | dict(wanted.validated_data)
        check_overlap(rule)
        proposed = Rule(rule["confidence"], rule["min_votes"], rule["max_votes"])
        return Response(RuleForecast(forecast_rule(project, proposed)).data)

"""The report over HTTP: where a project stands, for those who lead it and for each labeler."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.access import LABELER, project_for
from annotations.reports import report_of
from labelhub.http.caller import caller

Document = serializers.Serializer[Any]


class ReportProgress(Document):
    tasks = serializers.IntegerField()
    open = serializers.IntegerField()
    settled = serializers.IntegerField()
    disputed = serializers.IntegerField()
    aside = serializers.IntegerField(help_text="Of the open ones, those that nobody is asked now.")
    votes = serializers.IntegerField()


class ReportAgreement(Document):
    """Null where votes are too few to say."""

    alpha = serializers.FloatField(allow_null=True, help_text="Krippendorff's alpha.")
    alpha_low = serializers.FloatField(allow_null=True, help_text="Of its 95 % interval.")
    alpha_high = serializers.FloatField(allow_null=True)
    percent = serializers.FloatField(
        allow_null=True, help_text="Of pairs of votes, 0 to 100: equal ones, or how alike they are."
    )
    tasks = serializers.IntegerField(help_text="With two votes or more, that it was taken from.")
    sampled = serializers.BooleanField(help_text="From a random share of the tasks.")
    by = serializers.ChoiceField(
        choices=["equal", "distance"],
        help_text="Equal answers, or the distance of the task type where answers are merged.",
    )
    since = serializers.IntegerField(help_text="Newer answers, which are not in it yet.")


class VotesInHour(Document):
    at = serializers.DateTimeField()
    votes = serializers.IntegerField()


class ReportPace(Document):
    votes_per_hour = serializers.FloatField(allow_null=True)
    by_hour = VotesInHour(many=True)


class LabelerRow(Document):
    id = serializers.IntegerField()
    name = serializers.CharField()
    votes = serializers.IntegerField()
    skill = serializers.FloatField(allow_null=True, help_text="Share of right answers.")
    skill_low = serializers.FloatField(allow_null=True, help_text="Of its 95 % interval.")
    skill_high = serializers.FloatField(allow_null=True)
    agreement = serializers.FloatField(
        allow_null=True,
        help_text="Share of answers that most of the others gave too; likeness of merged ones.",
    )
    compared = serializers.IntegerField(help_text="Answers that `agreement` was taken from.")
    median_ms = serializers.IntegerField(allow_null=True, help_text="Per answer, lately.")


class LabelCount(Document):
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()


class CurvePoint(Document):
    run = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True)
    recipe = serializers.CharField()
    votes = serializers.IntegerField()
    labels = serializers.IntegerField()
    accuracy = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    holdout = serializers.IntegerField()
    at = serializers.DateTimeField(allow_null=True)


class LearningCurve(Document):
    active = CurvePoint(many=True)
    random = CurvePoint(many=True)


class CurveEstimate(Document):
    """A figure with its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    open_ended = serializers.BooleanField(help_text="The upper end is only a lower bound.")


class TrendPoint(Document):
    votes = serializers.IntegerField()
    active = serializers.FloatField(allow_null=True)
    random = serializers.FloatField(allow_null=True)


class StopAdvice(Document):
    stop = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())


class LearningWorth(Document):
    saved = CurveEstimate(
        allow_null=True, help_text="Votes that random order would have needed more until now."
    )
    next_gain = CurveEstimate(
        allow_null=True, help_text="Accuracy that the next 100 votes should bring."
    )
    trend = TrendPoint(many=True, help_text="Power laws through both curves, a step ahead.")
    advice = StopAdvice(allow_null=True, help_text="Whether to stop; advice, never a lock.")


class ModelShare(Document):
    """The consensus beside what people alone would say; null before a model took part."""

    on = serializers.BooleanField(help_text="The project lets the model take part.")
    tasks = serializers.IntegerField(help_text="With votes, where the model has an opinion.")
    differ = serializers.IntegerField(help_text="Of these, another label without the model.")
    known = serializers.IntegerField(help_text="Tasks whose answer is known for certain.")
    known_right_with = serializers.IntegerField()
    known_right_without = serializers.IntegerField()


class ServingModel(Document):
    version = serializers.IntegerField()
    run = serializers.IntegerField()
    recipe = serializers.CharField()
    labels = serializers.IntegerField()
    accuracy = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    holdout = serializers.IntegerField()
    ece = serializers.FloatField(allow_null=True, help_text="Expected calibration error.")
    recall = serializers.DictField(help_text="By label.")
    created_at = serializers.DateTimeField()


class QueueState(Document):
    free = serializers.IntegerField(help_text="Tasks that could be leased now.")
    held = serializers.IntegerField(help_text="Tasks that labelers are working on.")
    next_free_in_seconds = serializers.IntegerField(allow_null=True)


class Forecast(Document):
    votes_left = serializers.IntegerField()
    votes_per_item = serializers.FloatField()
    hours_left = serializers.FloatField(allow_null=True)
    finish_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text="Why there is no date.")


class Report(Document):
    """Labelers get progress, queue and their own row; the rest is empty for them."""

    progress = ReportProgress()
    agreement = ReportAgreement()
    pace = ReportPace()
    labelers = LabelerRow(many=True)
    label_distribution = LabelCount(many=True)
    learning_curve = LearningCurve()
    learning = LearningWorth()
    model_share = ModelShare(allow_null=True)
    queue = QueueState()
    model = ServingModel(allow_null=True)
    forecast = Forecast(allow_null=True)


class ReportView(APIView):
    """Where a project stands."""

    @extend_schema(operation_id="get_report", responses={200: Report})
    def get(self, request: Request, project_id: int) -> Response:
        """Return progress, agreement, pace, labelers, learning and forecast of a project."""
        project = project_for(request, project_id)
        blind = project.my_role == LABELER  # type: ignore[attr-defined]
        report = report_of(project, for_labeler=caller(request).pk if blind else None)
        return Response(Report(report).data)

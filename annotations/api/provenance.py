"""Provenance over HTTP: how a task came to its label."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.access import MANAGER, REVIEWER, find_in_project
from annotations.models import LabelChange, Task
from annotations.reports.names import name_for
from annotations.reports.provenance import provenance_of

Document = serializers.Serializer[Any]
EVENTS = ["vote", "revision", *LabelChange.Cause.values]


class ProvenanceFit(Document):
    """The state of the method that weighed the votes."""

    id = serializers.IntegerField()
    method = serializers.CharField()
    params = serializers.DictField()
    code_version = serializers.CharField(help_text="Of the consensus package.")
    votes = serializers.IntegerField(help_text="Of the whole project, that it was fitted to.")
    temperature = serializers.FloatField(allow_null=True, help_text="1 is not calibrated.")
    calibrated_on = serializers.IntegerField(allow_null=True, help_text="Known answers used.")
    created_at = serializers.DateTimeField()


class ProvenanceOdds(Document):
    """Log odds (nats) of the label against the next likely one: prior + the votes' = total."""

    label = serializers.CharField()  # type: ignore[assignment]
    against = serializers.CharField()
    prior = serializers.FloatField()
    total = serializers.FloatField()


class ProvenanceVote(Document):
    annotation = serializers.IntegerField()
    labeler = serializers.CharField(
        help_text="A pseudonym for reviewers, unless the project shows them names."
    )
    answer = serializers.JSONField()
    label = serializers.CharField()  # type: ignore[assignment]
    version = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    counted = serializers.BooleanField()
    weight = serializers.FloatField(help_text="1 is a full vote.")
    log_odds = serializers.FloatField(
        allow_null=True, help_text="Its part of the odds; above 0 speaks for the label."
    )
    skill = serializers.FloatField(allow_null=True)
    skill_low = serializers.FloatField(allow_null=True)
    skill_high = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()


class ProvenanceModelVote(Document):
    """What a model that was not trained on the item said before anybody had answered."""

    label = serializers.CharField()  # type: ignore[assignment]
    share = serializers.FloatField(help_text="Its tempered probability.")
    version = serializers.IntegerField()
    weight = serializers.FloatField(help_text="How much its word counts, from its agreement.")
    log_odds = serializers.FloatField(allow_null=True, help_text="Its part of the odds: the prior.")


class ProvenanceDecision(Document):
    reviewer = serializers.CharField()
    answer = serializers.JSONField()
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    reopened_at = serializers.DateTimeField(allow_null=True)


class ProvenanceEvent(Document):
    """One thing that happened; what a vote led to is computed under the present fit."""

    cause = serializers.ChoiceField(choices=EVENTS)
    at = serializers.DateTimeField()
    who = serializers.CharField()
    given = serializers.CharField(help_text="What a vote said.")
    before = serializers.CharField()
    after = serializers.CharField()
    status_before = serializers.CharField()
    status_after = serializers.CharField()
    confidence = serializers.FloatField(allow_null=True)
    method = serializers.CharField()
    note = serializers.CharField()


class ProvenanceDocument(Document):
    task = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Task.Status.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    answer = serializers.JSONField(allow_null=True)
    confidence = serializers.FloatField(allow_null=True)
    distribution = serializers.DictField(child=serializers.FloatField())
    method = serializers.CharField()
    decided_by = serializers.ChoiceField(
        choices=["nothing", "votes", "votes_and_model", "reviewer", "gold"]
    )
    fit = ProvenanceFit(allow_null=True)
    odds = ProvenanceOdds(allow_null=True)
    votes = ProvenanceVote(many=True)
    model_vote = ProvenanceModelVote(allow_null=True)
    decision = ProvenanceDecision(allow_null=True)
    history = ProvenanceEvent(many=True)


class ProvenanceView(APIView):
    """How a task came to its label."""

    @extend_schema(operation_id="get_provenance", responses={200: ProvenanceDocument})
    def get(self, request: Request, task_id: int) -> Response:
        """Return each vote with what it counted, what decided, and every change since."""
        task = find_in_project(request, Task.objects.all(), task_id, "task", MANAGER, REVIEWER)
        document = provenance_of(task, name=name_for(task.project))
        return Response(ProvenanceDocument(document).data)

"""More of a run over HTTP: what its model gets wrong; and what trainings may still use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.budget import quota_of
from active_learning.api.runs import MISTAKES, run_for
from active_learning.models import TrainingRun
from annotations.api.access import MANAGER, REVIEWER, project_for
from annotations.api.tasks import TaskItem, item_document
from annotations.models import Project, Task

Document = serializers.Serializer[Any]


class Mistake(Document):
    task = serializers.IntegerField()
    item = TaskItem()
    part = serializers.ChoiceField(choices=["holdout", "validation"])
    said = serializers.CharField(help_text="What the model takes it for.")
    truth = serializers.CharField(help_text="Its label when the run began.")
    now = serializers.CharField(help_text="Its label now; another one than truth: it was mended.")
    probability = serializers.FloatField()


class RunMistakes(Document):
    checked = serializers.IntegerField(help_text="Items that it was not trained on.")
    wrong = serializers.IntegerField()
    results = Mistake(many=True, help_text="The 200 most confident ones at most.")


class RunMistakesView(APIView):
    """Where a model is wrong."""

    @extend_schema(operation_id="list_run_mistakes", responses={200: RunMistakes})
    def get(self, request: Request, run_id: int) -> Response:
        """List held-out and validation items that the run's model got wrong, surest first."""
        return Response(mistakes_document(run_for(request, run_id, MANAGER, REVIEWER)))


def mistakes_document(run: TrainingRun) -> dict[str, Any]:
    told = run.events.filter(kind=MISTAKES).order_by("-no").values_list("data", flat=True).first()
    found = told or {"checked": 0, "wrong": 0, "items": []}
    rows = Task.objects.filter(
        project=run.project_id, item__in=[one["id"] for one in found["items"]], other_item=None
    ).select_related("item")
    tasks = {task.item_id: task for task in rows}
    names = ("part", "said", "truth", "probability")
    return {
        "checked": found["checked"],
        "wrong": found["wrong"],
        "results": [
            {name: one[name] for name in names}
            | {"task": task.pk, "item": item_document(task.item), "now": task.label}
            for one in found["items"]
            if (task := tasks.get(one["id"])) is not None
        ],
    }


class TrainingBudget(Document):
    per_run = serializers.IntegerField(help_text="CPU seconds that any one run may use.")
    quota = serializers.IntegerField(allow_null=True, help_text="Of the project; null: no limit.")
    period = serializers.ChoiceField(choices=Project.QuotaPeriod.choices)
    spent = serializers.FloatField(help_text="CPU seconds of all runs in that period.")
    left = serializers.FloatField(allow_null=True)
    frees_at = serializers.DateTimeField(
        allow_null=True, help_text="When the oldest run that counts no longer does."
    )
    reason = serializers.CharField(help_text="Why nothing is trained now; empty where it is.")


class TrainingBudgetView(APIView):
    """What trainings cost."""

    @extend_schema(operation_id="get_training_budget", responses={200: TrainingBudget})
    def get(self, request: Request, project_id: int) -> Response:
        """Return what the project's trainings have used and may still use."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        quota = quota_of(project)
        document = {
            "per_run": settings.TRAIN_CPU_SECONDS,
            "quota": quota.limit,
            "period": quota.period,
            "spent": round(quota.spent, 1),
            "left": quota.left,
            "frees_at": quota.frees_at,
            "reason": quota.sentence() if quota.is_spent else "",
        }
        return Response(TrainingBudget(document).data)

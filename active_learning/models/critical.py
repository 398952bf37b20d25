"""Critical tasks: items that no new model version may lose, pinned by a manager."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CriticalTask(models.Model):
    """A pin; its item is never trained on, and a challenger that gets it wrong is not promoted."""

    project = models.ForeignKey(
        "annotations.Project", on_delete=models.CASCADE, related_name="critical_tasks"
    )
    task = models.OneToOneField(
        "annotations.Task", on_delete=models.CASCADE, related_name="critical"
    )
    note = models.CharField(max_length=500, blank=True, default="")
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="critical_by_project")]

    def __str__(self) -> str:
        return f"critical task {self.task_id}"

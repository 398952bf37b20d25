"""Example: a picture that shows labelers what a label looks like."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class LabelExample(models.Model):
    """One picture per label, chosen by a manager; when its item is taken down it goes along."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="examples")
    label = models.CharField(max_length=200)  # its name in the label schema
    item = models.ForeignKey("Item", on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "label"], name="example_once_per_label")
        ]

    def __str__(self) -> str:
        return f"example of {self.label} in project {self.project_id}"

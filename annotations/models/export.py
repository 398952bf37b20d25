"""An export: a file made of a project's labels."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Export(models.Model):
    """What was asked for, and the file that came of it (in the exports folder, by id)."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="exports")
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    # Null but for an export of a release: then its frozen list is written, not today's labels.
    release = models.ForeignKey(
        "Release", null=True, on_delete=models.CASCADE, related_name="exports"
    )
    format = models.CharField(max_length=20)
    content = models.CharField(max_length=20)
    filters = models.JSONField(default=dict, blank=True)
    rows = models.PositiveIntegerField(null=True)
    filename = models.CharField(max_length=200, blank=True, default="")
    byte_size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    # Set when its file was deleted since it held, or may have held, what was taken down.
    withdrawn_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.content} as {self.format}"

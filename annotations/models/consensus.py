"""A consensus fit: what the votes of a project say about its labelers, frozen at one moment."""

from __future__ import annotations

from django.db import models


class ConsensusFit(models.Model):
    """The state from which a ballot becomes a posterior; immutable, so it can be cached by id."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="fits")
    method = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    # What has to be the same for the same votes to give the same bits again.
    code_version = models.CharField(max_length=40, blank=True, default="")
    state = models.JSONField()
    labels = models.JSONField(default=list)
    votes = models.PositiveIntegerField()
    # How sure it may be, by the answers that are known: temperature, errors, reliability, choice.
    calibration = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="fit_by_project")]

    def __str__(self) -> str:
        return f"{self.method} on {self.votes} votes"

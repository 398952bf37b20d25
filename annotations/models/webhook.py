"""Webhooks: addresses of other programs that are told what happens, and every telling of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Webhook(models.Model):
    """An address that is told of some events of a project; each message is signed by `secret`."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    # Kept as it is, since signing needs it; it is shown to people once.
    secret = models.CharField(max_length=80)
    active = models.BooleanField(default=True)
    # Tasks settled up to here were told of, by (settled_at, id).
    settled_until = models.DateTimeField()
    settled_task = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One message to one webhook: what it says, and how bringing it went."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RETRYING = "retrying"
        DELIVERED = "delivered"
        FAILED = "failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    body = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    delivered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.event} to webhook {self.webhook_id}"

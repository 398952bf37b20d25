"""Webhooks: note what happened in the transaction of its cause, and bring it there by a job.

A message is never lost and may come twice: its id says whether it is new.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from annotations.models import Dataset, Delivery, Project, Task, Webhook
from labelhub import outgoing
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import DomainError
from labelhub.jobs.claim import Claim
from labelhub.jobs.queue import enqueue

EVENTS = {
    "labels.settled": "Items got their label, or another one; up to 500 in a message.",
    "import.finished": "Files were imported into the dataset.",
    "export.ready": "An export can be downloaded.",
    "release.made": "A release is finished.",
    "model.promoted": "Another model version serves.",
    "import.drifted": "Far more of an import than usual looks unlike what is labeled.",
    "labeler.paused": "A labeler is given nothing more.",
}
PING = "ping"
ATTEMPTS = 8  # the last about seven hours after the first
SECONDS = 10.0
MAX_ANSWER = 64 * 1024
BATCH = 500
# A transaction that began to settle a task may be seen a little after its time.
SETTLE_LAG = timedelta(seconds=10)
KEEP = timedelta(days=30)
GONE = 410

JsonObject = dict[str, Any]


class NotTaken(outgoing.Failed):
    """The other side answered, but did not take the message."""

    code = "webhook_refused"


# ----------------------------------------------------------------------------------- the webhooks


def create_webhook(*, project: Project, by: User, url: str, events: Iterable[str]) -> Webhook:
    """Make a webhook with a secret of its own; raises BadScheme or Forbidden for its address."""
    check_target(url)
    with transaction.atomic():
        hook = Webhook.objects.create(
            project=project,
            url=url,
            events=sorted(set(events)),
            secret=secrets.token_urlsafe(32),
            settled_until=timezone.now(),
            created_by=by,
        )
        _record("created", hook, by)
    return hook


def change_webhook(*, hook: Webhook, by: User, **values: Any) -> Webhook:
    """Change address or events, or switch it on and off; nothing is told of the time between."""
    if "url" in values:
        check_target(values["url"])
    if values.get("active") and not hook.active:
        values |= {"settled_until": timezone.now(), "settled_task": 0}
    with transaction.atomic():
        for name, value in values.items():
            setattr(hook, name, sorted(set(value)) if name == "events" else value)
        hook.save(update_fields=list(values))
        _record("changed", hook, by)
    return hook


def delete_webhook(*, hook: Webhook, by: User) -> None:
    with transaction.atomic():
        _record("deleted", hook, by)
        hook.delete()


def _record(what: str, hook: Webhook, by: User) -> None:
    AuditEvent.record(
        f"webhook.{what}", actor=by, project_id=hook.project_id, webhook=hook.pk, url=hook.url
    )


def check_target(url: str) -> None:
    """Raise for an address that messages never go to; each sending looks at it again."""
    parts = outgoing.checked(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        outgoing.resolved(parts.hostname or "", port, _rules())
    except outgoing.Failed:
        return  # its name may come to be known yet


def _rules() -> outgoing.Rules:
    return outgoing.Rules(MAX_ANSWER, SECONDS, redirects=0, networks=settings.WEBHOOK_NETWORKS)


# ------------------------------------------------------------------------------------- the events


def tell(event: str, project_id: int, data: Mapping[str, Any]) -> None:
    """Note an event for every webhook that wants it; call it in the transaction of its cause."""
    for hook in Webhook.objects.filter(project=project_id, active=True).order_by("pk"):
        if event in hook.events:
            send_to(hook, event, data)


def tell_of_dataset(event: str, dataset: Dataset, data: Mapping[str, Any]) -> None:
    """Note an event for the projects of a dataset."""
    projects = Webhook.objects.filter(project__dataset=dataset, active=True)
    for project_id in projects.order_by().values_list("project_id", flat=True).distinct():
        tell(event, project_id, data)


def send_to(hook: Webhook, event: str, data: Mapping[str, Any]) -> Delivery:
    """Put a message to one webhook in line."""
    with transaction.atomic():
        delivery = Delivery.objects.create(webhook=hook, event=event, body={})
        delivery.body = {
            "id": delivery.pk,
            "event": event,
            "project": hook.project_id,
            "created_at": delivery.created_at.isoformat(),
            "data": dict(data),
        }
        delivery.save(update_fields=["body"])
        _enqueue(delivery)
    return delivery


def resend(*, delivery: Delivery) -> Delivery:
    """Bring a message again, under the same id, whether it had arrived or not."""
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(
            state=Delivery.State.WAITING, attempts=0, status_code=None, error=""
        )
        _enqueue(delivery)
    delivery.refresh_from_db()
    return delivery


def _enqueue(delivery: Delivery) -> None:
    enqueue(
        "deliver_webhook",
        payload={"delivery": delivery.pk},
        dedupe_key=f"delivery-{delivery.pk}",
        project_id=delivery.webhook.project_id,
        max_attempts=ATTEMPTS,
    )


def tell_of_settled() -> int:
    """Put what was settled since the last time in line, a message for each 500; return how many."""
    told = 0
    for hook in Webhook.objects.filter(active=True).order_by("pk"):
        if "labels.settled" in hook.events:
            while _tell_next_settled(hook):
                told += 1
    return told


def _tell_next_settled(hook: Webhook) -> bool:
    """Send the next batch and move the mark in one transaction; False where there is none."""
    later = Q(settled_at__gt=hook.settled_until) | Q(
        settled_at=hook.settled_until, pk__gt=hook.settled_task
    )
    rows = Task.objects.filter(
        later,
        project=hook.project_id,
        status=Task.Status.SETTLED,
        settled_at__gte=hook.settled_until,
        settled_at__lt=timezone.now() - SETTLE_LAG,
    )
    tasks = list(rows.select_related("item").order_by("settled_at", "pk")[:BATCH])
    if not tasks:
        return False
    last = tasks[-1]
    with transaction.atomic():
        moved = Webhook.objects.filter(
            pk=hook.pk, settled_until=hook.settled_until, settled_task=hook.settled_task
        ).update(settled_until=last.settled_at, settled_task=last.pk)
        if moved:
            send_to(hook, "labels.settled", {"labels": [_settled(task) for task in tasks]})
    hook.refresh_from_db()
    return bool(moved) and len(tasks) == BATCH


def _settled(task: Task) -> JsonObject:
    return {
        "task": task.pk,
        "item": task.item_id,
        "other_item": task.other_item_id,
        "filename": task.item.filename,
        "answer": task.answer,
        "label": task.label,
        "confidence": task.confidence,
        "votes": task.votes,
        "settled_at": task.settled_at.isoformat() if task.settled_at else None,
    }


# ----------------------------------------------------------------------------------- the delivery


def deliver(*, delivery: Delivery, claim: Claim) -> Delivery:
    """Send one message and keep how it went; raises Failed where a later try may help.

    An address that says it is gone (410) is not asked again, and gets nothing further.
    """
    hook = delivery.webhook
    if not hook.active:
        return _note(delivery, Delivery.State.FAILED, "The webhook is switched off.")
    body = json.dumps(delivery.body, separators=(",", ":")).encode()
    try:
        answer = outgoing.send(
            hook.url, _rules(), method="POST", body=body, headers=headers_for(delivery, body)
        )
        if not 200 <= answer.status < 300:
            raise NotTaken(f"It answered {answer.status}.", extra={"status": answer.status})
    except DomainError as error:
        status = error.extra.get("status")
        if status == GONE:
            Webhook.objects.filter(pk=hook.pk).update(active=False)
            return _note(delivery, Delivery.State.FAILED, error.detail, status)
        last = error.permanent or claim.attempt >= ATTEMPTS
        state = Delivery.State.FAILED if last else Delivery.State.RETRYING
        _note(delivery, state, error.detail, status)
        raise
    return _note(delivery, Delivery.State.DELIVERED, "", answer.status)


def headers_for(delivery: Delivery, body: bytes) -> dict[str, str]:
    """Return a message's headers: the signature is over the time, a full stop and the body."""
    stamp = str(int(timezone.now().timestamp()))
    return {
        "Content-Type": "application/json",
        "LabelHub-Event": delivery.event,
        "LabelHub-Delivery": str(delivery.pk),
        "LabelHub-Timestamp": stamp,
        "LabelHub-Signature": f"v1={signature(delivery.webhook.secret, stamp, body)}",
    }


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return the HMAC-SHA256 that a receiver computes as well, in hexadecimal digits."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _note(
    delivery: Delivery, state: Delivery.State, error: str, status: int | None = None
) -> Delivery:
    done = {"delivered_at": Now()} if state == Delivery.State.DELIVERED else {}
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(
            state=state, error=error[:300], status_code=status, attempts=F("attempts") + 1, **done
        )
    delivery.refresh_from_db()
    return delivery


def forget_deliveries() -> int:
    """Delete the log of messages older than a month."""
    with transaction.atomic():
        return Delivery.objects.filter(created_at__lt=timezone.now() - KEEP).delete()[0]

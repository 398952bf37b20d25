"""Webhooks: what is told, signed, tried again and sent anew, to a real listening server."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone

from annotations.actions import webhooks
from annotations.actions.pause import pause_labeler
from annotations.models import Delivery, Membership, Project, Task, Webhook
from labelhub.jobs.models import Job
from labelhub.jobs.run import run_job

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


class Listener(HTTPServer):
    """Keeps what it is sent, and answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?a=1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(server.answers.pop(0) if server.answers else 204)
        self.send_header("Location", "http://169.254.169.254/latest/")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    settings.WEBHOOK_NETWORKS = (ipaddress.ip_network("127.0.0.1/32"),)
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def hook_for(project: Project, listener: Listener, *events: str) -> Webhook:
    assert project.created_by is not None
    return webhooks.create_webhook(
        project=project, by=project.created_by, url=listener.url, events=events or webhooks.EVENTS
    )


def run_deliveries() -> None:
    for pk in Job.objects.filter(kind="deliver_webhook", state="pending").values_list("pk"):
        Job.objects.filter(pk=pk[0]).update(run_after=timezone.now() - timedelta(hours=1))
        run_job(pk[0])


def test_a_message_is_signed_and_says_what_happened(project: Project, listener: Listener) -> None:
    hook = hook_for(project, listener, "labeler.paused")
    member = Membership.objects.filter(project=project, role="labeler")[0]
    pause_labeler(membership=member, by=project.created_by, reason="Too fast.")
    run_deliveries()
    ((headers, body),) = listener.got
    told = json.loads(body)
    assert told["event"] == headers["labelhub-event"] == "labeler.paused"
    assert told["data"] == {"labeler": member.user_id, "member": member.pk, "reason": "Too fast."}
    signed = headers["labelhub-timestamp"].encode() + b"." + body
    expected = hmac.new(hook.secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["labelhub-signature"] == f"v1={expected}"
    assert Delivery.objects.get().state == "delivered"


def test_other_events_and_hooks_that_are_off_are_not_told(
    project: Project, listener: Listener
) -> None:
    hook = hook_for(project, listener, "export.ready")
    webhooks.tell("labeler.paused", project.pk, {})
    assert project.created_by is not None
    webhooks.change_webhook(hook=hook, by=project.created_by, active=False)
    webhooks.tell("export.ready", project.pk, {})
    assert not Delivery.objects.exists()


def test_what_is_refused_is_sent_again_later_under_the_same_id(
    project: Project, listener: Listener
) -> None:
    hook_for(project, listener, "export.ready")
    listener.answers = [500, 302, 200]
    webhooks.tell("export.ready", project.pk, {"export": 1})
    states = []
    for _ in range(3):
        run_deliveries()
        row = Delivery.objects.get()
        states.append((row.state, row.status_code, row.attempts))
    assert states == [("retrying", 500, 1), ("retrying", 302, 2), ("delivered", 200, 3)]
    assert len({json.loads(body)["id"] for _, body in listener.got}) == 1
    assert len(listener.got) == 3, "a redirect is not followed"


def test_after_the_last_try_a_person_can_send_it_anew(
    project: Project, listener: Listener, make_client: Make
) -> None:
    hook_for(project, listener, "export.ready")
    listener.answers = [503] * webhooks.ATTEMPTS
    webhooks.tell("export.ready", project.pk, {})
    for _ in range(webhooks.ATTEMPTS + 2):
        run_deliveries()
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("failed", webhooks.ATTEMPTS)
    client = make_client(project.created_by)
    assert client.post(f"/api/v1/deliveries/{row.pk}/resend/").status_code == 202
    run_deliveries()
    row.refresh_from_db()
    assert (row.state, row.error, len(listener.got)) == ("delivered", "", webhooks.ATTEMPTS + 1)


def test_an_address_that_is_gone_is_left_alone(project: Project, listener: Listener) -> None:
    hook = hook_for(project, listener, "export.ready")
    listener.answers = [410]
    webhooks.tell("export.ready", project.pk, {})
    run_deliveries()
    hook.refresh_from_db()
    assert not hook.active and Delivery.objects.get().state == "failed"


def test_labels_are_told_in_batches_each_once(
    project: Project, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "BATCH", 2)
    before = list(Task.objects.filter(project=project).order_by("pk"))
    Task.objects.filter(pk=before[9].pk).update(
        status="settled", settled_at=timezone.now() - timedelta(days=1)
    )
    hook = hook_for(project, listener, "labels.settled")
    Webhook.objects.filter(pk=hook.pk).update(settled_until=timezone.now() - timedelta(hours=1))
    moment = timezone.now() - timedelta(minutes=1)
    for task in before[:3]:  # at the very same moment, across the end of a batch
        Task.objects.filter(pk=task.pk).update(status="settled", settled_at=moment, label="7")
    Task.objects.filter(pk=before[4].pk).update(status="settled", settled_at=timezone.now())
    webhooks.tell_of_settled()
    webhooks.tell_of_settled()
    told = [
        label for row in Delivery.objects.order_by("pk") for label in row.body["data"]["labels"]
    ]
    assert [label["task"] for label in told] == [task.pk for task in before[:3]]
    assert Delivery.objects.count() == 2 and told[0]["label"] == "7"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://10.0.0.7/hook", "http://169.254.169.254/",
        "http://0x7f000001/", "http://[::ffff:192.168.1.1]/", "http://93.184.216.34:22/",
        "ftp://93.184.216.34/", "http://user:pw@93.184.216.34/", "javascript:alert(1)", "//x", "x",
    ],
)  # fmt: skip
def test_addresses_within_are_refused(project: Project, make_client: Make, url: str) -> None:
    client = make_client(project.created_by)
    body = {"url": url, "events": ["export.ready"]}
    answer = client.post(f"/api/v1/projects/{project.pk}/webhooks/", body)
    assert answer.status_code == 422 and not Webhook.objects.exists()


def test_an_address_is_looked_at_again_when_a_message_is_sent(
    project: Project, listener: Listener, settings: Any
) -> None:
    hook_for(project, listener, "export.ready")
    settings.WEBHOOK_NETWORKS = ()
    webhooks.tell("export.ready", project.pk, {})
    run_deliveries()
    assert listener.got == [] and Delivery.objects.get().state == "failed"


def test_the_secret_is_shown_once(project: Project, listener: Listener, make_client: Make) -> None:
    client = make_client(project.created_by)
    url = f"/api/v1/projects/{project.pk}/webhooks/"
    made = client.post(url, {"url": listener.url, "events": ["labels.settled"]})
    secret = made.json()["secret"]
    assert made.status_code == 201 and len(secret) > 30
    hook = f"/api/v1/webhooks/{made.json()['id']}/"
    assert client.post(f"{hook}test/").json()["event"] == "ping"
    for address in (url, hook, f"{hook}deliveries/"):
        assert secret not in client.get(address).content.decode()
    assert client.post(url, {"url": listener.url, "events": ["bored"]}).status_code == 400

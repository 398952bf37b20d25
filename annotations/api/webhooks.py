"""Webhooks over HTTP: make them, watch what was sent, send it again; for a project's managers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.webhooks import (
    EVENTS,
    PING,
    change_webhook,
    create_webhook,
    delete_webhook,
    resend,
    send_to,
)
from annotations.api.access import MANAGER, find_in_project, no_such, project_for
from annotations.models import Delivery, Webhook
from labelhub.errors import Conflict
from labelhub.http.caller import caller

MOST = 20
EVENT_HELP = "Which events it is told of: " + ", ".join(EVENTS)


class WebhookChange(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=500, help_text="http or https, on a public machine.")
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=list(EVENTS)), min_length=1, help_text=EVENT_HELP
    )
    active = serializers.BooleanField(default=True)


class WebhookDocument(serializers.ModelSerializer[Webhook]):
    events = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Webhook
        fields: tuple[str, ...] = ("id", "project", "url", "events", "active", "created_at")
        read_only_fields: tuple[str, ...] = fields


class MadeWebhook(WebhookDocument):
    class Meta(WebhookDocument.Meta):
        fields = (*WebhookDocument.Meta.fields, "secret")
        read_only_fields = fields
        extra_kwargs = {"secret": {"help_text": "Signs each message; shown only here."}}


class DeliveryDocument(serializers.ModelSerializer[Delivery]):
    body = serializers.DictField(help_text="What was sent.")

    class Meta:
        model = Delivery
        fields = ("id", "event", "state", "attempts", "status_code", "error", "body", "created_at",
                  "delivered_at")  # fmt: skip
        read_only_fields = fields


class WebhooksView(APIView):
    """The webhooks of a project."""

    @extend_schema(operation_id="list_webhooks", responses=WebhookDocument(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List the addresses that are told what happens."""
        project = project_for(request, project_id, MANAGER)
        rows = Webhook.objects.filter(project=project).order_by("pk")
        return Response(WebhookDocument(rows, many=True).data)

    @extend_schema(
        operation_id="create_webhook", request=WebhookChange, responses={201: MadeWebhook}
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Make a webhook. Its secret is in this answer alone.

        A message is a POST of JSON. `LabelHub-Signature` is `v1=` and the HMAC-SHA256, by the
        secret, of `LabelHub-Timestamp`, a full stop and the body. What is not answered by 2xx is
        sent again, eight times within about seven hours; the same `id` may come twice.
        """
        project = project_for(request, project_id, MANAGER)
        wanted = WebhookChange(data=request.data)
        wanted.is_valid(raise_exception=True)
        if Webhook.objects.filter(project=project).count() >= MOST:
            raise Conflict(f"A project has at most {MOST} webhooks.", code="too_many")
        values = wanted.validated_data
        hook = create_webhook(
            project=project, by=caller(request), url=values["url"], events=values["events"]
        )
        return Response(MadeWebhook(hook).data, status=status.HTTP_201_CREATED)


class WebhookDetailView(APIView):
    """One webhook."""

    @extend_schema(operation_id="get_webhook", responses=WebhookDocument)
    def get(self, request: Request, webhook_id: int) -> Response:
        """Return a webhook, without its secret."""
        return Response(WebhookDocument(_hook(request, webhook_id)).data)

    @extend_schema(
        operation_id="change_webhook",
        request=WebhookChange(partial=True),
        responses=WebhookDocument,
    )
    def patch(self, request: Request, webhook_id: int) -> Response:
        """Change the address or the events, or switch it off and on."""
        hook = _hook(request, webhook_id)
        wanted = WebhookChange(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        change_webhook(hook=hook, by=caller(request), **wanted.validated_data)
        return Response(WebhookDocument(hook).data)

    @extend_schema(operation_id="delete_webhook", responses={204: None})
    def delete(self, request: Request, webhook_id: int) -> Response:
        """Delete a webhook and the log of what it was sent."""
        delete_webhook(hook=_hook(request, webhook_id), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookTestView(APIView):
    """Trying a webhook."""

    @extend_schema(operation_id="test_webhook", request=None, responses={202: DeliveryDocument})
    def post(self, request: Request, webhook_id: int) -> Response:
        """Send a message of the event `ping`, to see whether it arrives."""
        delivery = send_to(_hook(request, webhook_id), PING, {})
        return Response(DeliveryDocument(delivery).data, status=status.HTTP_202_ACCEPTED)


class DeliveriesView(GenericAPIView[Delivery]):
    """What a webhook was sent."""

    queryset = Delivery.objects.none()
    default_ordering = "-id"
    serializer_class = DeliveryDocument

    @extend_schema(operation_id="list_deliveries", responses=DeliveryDocument(many=True))
    def get(self, request: Request, webhook_id: int) -> Response:
        """List the messages of the last month, newest first."""
        rows = Delivery.objects.filter(webhook=_hook(request, webhook_id))
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(DeliveryDocument(page, many=True).data)


class ResendView(APIView):
    """Sending a message again."""

    @extend_schema(operation_id="resend_delivery", request=None, responses={202: DeliveryDocument})
    def post(self, request: Request, delivery_id: int) -> Response:
        """Send a message again, under the same id."""
        row = Delivery.objects.filter(pk=delivery_id).select_related("webhook").first()
        if row is None:
            raise no_such("message")
        find_in_project(request, Webhook.objects.all(), row.webhook_id, "message", MANAGER)
        return Response(
            DeliveryDocument(resend(delivery=row)).data, status=status.HTTP_202_ACCEPTED
        )


def _hook(request: Request, webhook_id: int) -> Webhook:
    return find_in_project(request, Webhook.objects.all(), webhook_id, "webhook", MANAGER)

"""Example pictures of labels over HTTP: chosen by managers, seen by all who label."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.examples import choose_example, drop_example
from annotations.api.access import MANAGER, find_in_project, project_for
from annotations.media_links import media_url
from annotations.models import LabelExample
from labelhub.http.caller import caller


class ExampleRequest(serializers.Serializer[Any]):
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=200, help_text="Its name in the label schema."
    )
    item = serializers.IntegerField(help_text="Of any dataset that the caller sees.")


class ExampleDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    item = serializers.IntegerField()
    filename = serializers.CharField()
    image_url = serializers.CharField()
    thumb_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


def example_document(example: LabelExample) -> dict[str, Any]:
    item = example.item
    return {
        "id": example.pk,
        "label": example.label,
        "item": item.pk,
        "filename": item.filename,
        "image_url": media_url(item.pk, "screen"),
        "thumb_url": media_url(item.pk, "thumb"),
        "width": item.width,
        "height": item.height,
    }


class ExamplesView(APIView):
    """The example pictures of a project's labels."""

    @extend_schema(operation_id="list_examples", responses=ExampleDocument(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """List the pictures that stand with the labels, for everybody in the project."""
        project = project_for(request, project_id)
        rows = LabelExample.objects.filter(project=project).select_related("item")
        return Response([example_document(row) for row in rows.order_by("pk")])

    @extend_schema(
        operation_id="choose_example", request=ExampleRequest, responses={200: ExampleDocument}
    )
    def put(self, request: Request, project_id: int) -> Response:
        """Let an item stand with a label, in the place of the one that stood there."""
        project = project_for(request, project_id, MANAGER)
        wanted = ExampleRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        example = choose_example(
            project=project, by=caller(request), label=values["label"], item_id=values["item"]
        )
        return Response(example_document(example))


class ExampleDetailView(APIView):
    """One example picture."""

    @extend_schema(operation_id="drop_example", request=None, responses={204: None})
    def delete(self, request: Request, example_id: int) -> Response:
        """Take the picture from its label; the item stays."""
        rows = LabelExample.objects.select_related("project")
        example = find_in_project(request, rows, example_id, "example", MANAGER)
        drop_example(example=example, by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

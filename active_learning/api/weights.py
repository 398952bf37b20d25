"""Weights of models trained elsewhere, as far as the operator has put them on the server."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.weights import weights_files


class WeightsDocument(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What a project's `weights` may be.")
    size = serializers.IntegerField(help_text="Bytes.")


class WeightsView(APIView):
    """Files that the recipe `external` may stand on."""

    @extend_schema(operation_id="list_weights", responses={200: WeightsDocument(many=True)})
    def get(self, request: Request) -> Response:
        """List the files in the server's folder of weights; empty where none is set."""
        return Response([{"name": file.name, "size": file.size} for file in weights_files()])

"""Lines of JSON in: metadata, tags, votes and known answers of many items in one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, cast

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.bulk_lines import (
    write_item_lines,
    write_known_lines,
    write_vote_lines,
)
from annotations.api.access import MANAGER, dataset_for, project_for
from annotations.models import GivenAnswer
from labelhub.errors import Invalid
from labelhub.http.caller import caller
from labelhub.http.pagination import refuse_unknown
from labelhub.storage import TooLarge

NDJSON = {"application/x-ndjson": OpenApiTypes.BINARY}


class LinesParser(BaseParser):
    """Hands on the body as it comes: nobody holds all of it."""

    media_type = "application/x-ndjson"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return {"stream": stream}


class LineRefused(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="Counted from 1.")
    code = serializers.CharField()
    detail = serializers.CharField()


class LinesDocument(serializers.Serializer[Any]):
    lines = serializers.IntegerField(help_text="Empty ones not counted.")
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Lines that said what was known already.")
    refused = serializers.IntegerField()
    errors = LineRefused(  # type: ignore[assignment]
        many=True, help_text="The first 1,000 lines that were refused; the others were kept."
    )


class VoteOptions(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=100, help_text="Whose answers these are.")  # type: ignore[assignment]
    role = serializers.ChoiceField(
        choices=GivenAnswer.Role.choices, default=GivenAnswer.Role.VOTE,
        help_text="`proposal`: shown to people, and counted for nothing.",
    )  # fmt: skip


class _LinesView(APIView):
    parser_classes = (LinesParser,)

    def stream(self, request: Request) -> IO[bytes]:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.UPLOAD_MAX_BYTES:
            raise TooLarge(f"A request has at most {settings.UPLOAD_MAX_BYTES:,} bytes.")
        body = request.data
        if not isinstance(body, dict) or "stream" not in body:
            raise Invalid("The body holds lines of JSON: application/x-ndjson.", code="no_lines")
        return cast(IO[bytes], body["stream"])


class ItemLinesView(_LinesView):
    """Metadata and tags of a dataset's items."""

    @extend_schema(operation_id="write_item_lines", request=NDJSON, responses=LinesDocument)
    def post(self, request: Request, id: int) -> Response:
        """Write metadata and tags, one item a line.

        `{"item": 7, "tags": ["torn"], "untag": [], "metadata": {"page": 3, "old": null}}`; an item
        goes by its id, or by `sha256`. Lines are kept in batches of 500, also where others are
        refused; the same lines again change nothing.
        """
        dataset = dataset_for(request, id, change=True)
        report = write_item_lines(dataset=dataset, by=caller(request), stream=self.stream(request))
        return Response(LinesDocument(report).data)


class VoteLinesView(_LinesView):
    """Answers of a named source."""

    @extend_schema(
        operation_id="write_vote_lines",
        parameters=[VoteOptions],
        request=NDJSON,
        responses=LinesDocument,
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Write votes of a named source, one item a line; a job casts them.

        `{"item": 7, "answer": {"choice": "yes"}, "confidence": 0.9}`. Answers are those of the
        project's questions. A source answers an item once: another answer later is refused.
        """
        project = project_for(request, project_id, MANAGER)
        refuse_unknown(request, *VoteOptions().fields)
        wanted = VoteOptions(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        report = write_vote_lines(
            project=project, by=caller(request), stream=self.stream(request),
            **wanted.validated_data,
        )  # fmt: skip
        return Response(LinesDocument(report).data)


class KnownLinesView(_LinesView):
    """Known answers of a dataset's items."""

    @extend_schema(operation_id="write_known_lines", request=NDJSON, responses=LinesDocument)
    def post(self, request: Request, project_id: int) -> Response:
        """Write known answers, one item a line; for managers who may change the dataset.

        `{"item": 7, "answer": {"choice": "yes"}}`. They stay hidden, and become gold on demand.
        """
        project = project_for(request, project_id, MANAGER)
        dataset_for(request, project.dataset_id, change=True)
        report = write_known_lines(project=project, by=caller(request), stream=self.stream(request))
        return Response(LinesDocument(report).data)

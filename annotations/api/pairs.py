"""Pairs over HTTP: say which two items a project asks about, and see which answers cannot be."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.actions.pairs import MOST_PAIRS, add_drawn_pairs, add_pairs
from annotations.api.access import MANAGER, REVIEWER, project_for
from annotations.api.tasks import TaskItem, item_document
from annotations.intake.pairs import PairList, checked_row, read_pairs
from annotations.intake.refusals import Refusal
from annotations.models import Task
from annotations.reports.contradictions import Found, contradictions_of, pictures_of
from labelhub.errors import Invalid
from labelhub.http.caller import caller
from labelhub.http.pagination import refuse_unknown

NAME_LIMIT = 1_000
TEXT_LIMIT = 8_000_000
WAYS = ("pairs", "text", "draw")


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}]})
class EndField(serializers.Field[Any, Any, Any, Any]):
    """An item's id, or its file name or path."""

    def to_internal_value(self, data: Any) -> str | int:
        if isinstance(data, int) and not isinstance(data, bool) and 0 < data < 2**63:
            return data
        if isinstance(data, str) and 0 < len(data) <= NAME_LIMIT:
            return data
        raise serializers.ValidationError("Give an item's id, or its file name.")

    def to_representation(self, value: Any) -> Any:
        return value


class PairRequest(serializers.Serializer[Any]):
    first = EndField()
    second = EndField()
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=200, allow_blank=True, default=""
    )


class DrawRequest(serializers.Serializer[Any]):
    same = serializers.IntegerField(
        min_value=0, max_value=MOST_PAIRS, default=0, help_text="Pairs within a group."
    )
    different = serializers.IntegerField(
        min_value=0, max_value=MOST_PAIRS, default=0, help_text="Pairs of two groups."
    )


class PairsRequest(serializers.Serializer[Any]):
    """One of the first three."""

    pairs = PairRequest(many=True, required=False)
    text = serializers.CharField(
        required=False,
        max_length=TEXT_LIMIT,
        trim_whitespace=False,
        help_text="A table `first,second[,label]` by file name or path, or LFW's pairs.txt.",
    )
    draw = DrawRequest(required=False)
    labels = serializers.ChoiceField(
        choices=["none", "gold", "votes"],
        default="none",
        help_text="What the list's labels become: nothing, known answers, or votes of `source`.",
    )
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=100, required=False, default="", help_text="Whose votes the labels are."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(way in attrs for way in WAYS) != 1:
            raise serializers.ValidationError("Send one of pairs, text and draw.")
        if (attrs["labels"] == "votes") != bool(attrs["source"]):
            raise serializers.ValidationError({"source": "Votes, and they alone, need a source."})
        return attrs


class RefusedPair(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="From 1, as in the file or the list.")
    code = serializers.CharField()
    detail = serializers.CharField()


class PairsAnswer(serializers.Serializer[Any]):
    made = serializers.IntegerField()
    known = serializers.IntegerField(help_text="Asked about already, either way around.")
    gold = serializers.IntegerField()
    votes = serializers.IntegerField()
    refused = serializers.IntegerField()
    refusals = RefusedPair(many=True)


class PairsView(APIView):
    """The pairs that a project asks about."""

    @extend_schema(operation_id="add_pairs", request=PairsRequest, responses={201: PairsAnswer})
    def post(self, request: Request, project_id: int) -> Response:
        """Open a task for each pair of a list, or for pairs drawn by the items' groups.

        A row that cannot be used costs only itself; sending a list again adds nothing.
        """
        project = project_for(request, project_id, MANAGER)
        wanted = PairsRequest(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        if "draw" in values:
            report = add_drawn_pairs(project=project, by=caller(request), **values["draw"])
        else:
            report = add_pairs(
                project=project,
                by=caller(request),
                pairs=_list(values),
                gold=values["labels"] == "gold",
                votes_of=values["source"],
            )
        return Response(report.as_json(), status=status.HTTP_201_CREATED)


class PairLink(serializers.Serializer[Any]):
    task = serializers.IntegerField()
    first = serializers.IntegerField(help_text="Id of an item.")
    second = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    same = serializers.FloatField(help_text="How likely the two are the same, if it is either.")
    status = serializers.ChoiceField(choices=Task.Status.choices)
    adjudicated = serializers.BooleanField()


class ContradictionDocument(serializers.Serializer[Any]):
    """A = B and B = C, but A differs from C; `chain` may be longer than two."""

    different = PairLink()
    chain = PairLink(many=True)
    items = TaskItem(many=True, help_text="From one end to the other.")
    review = serializers.IntegerField(help_text="The task that is most likely wrong.")


class ContradictionsAnswer(serializers.Serializer[Any]):
    pairs = serializers.IntegerField(help_text="Labeled same or different.")
    count = serializers.IntegerField()
    shown = ContradictionDocument(many=True)


class ContradictionsView(APIView):
    """Labels of pairs that cannot all be right."""

    @extend_schema(operation_id="list_contradictions", responses={200: ContradictionsAnswer})
    def get(self, request: Request, project_id: int) -> Response:
        """Return chains of pairs that are the same whose ends differ; the surest, at most 200."""
        project = project_for(request, project_id, MANAGER, REVIEWER)
        refuse_unknown(request)
        found = contradictions_of(project)
        pictures = pictures_of(found)
        shown = []
        for row in found.shown:
            if not pictures.keys() >= set(row.chain):
                continue  # taken down since they were looked at
            ends = zip(row.chain, row.chain[1:], strict=False)
            shown.append(
                {
                    "different": _link(found, row.different.first, row.different.second),
                    "chain": [_link(found, first, second) for first, second in ends],
                    "items": [item_document(pictures[item]) for item in row.chain],
                    "review": found.link(row.review)["pk"],
                }
            )
        return Response({"pairs": found.pairs, "count": found.count, "shown": shown})


def _link(found: Found, first: int, second: int) -> dict[str, Any]:
    row = found.links[frozenset((first, second))]
    kept = {name: row[name] for name in ("label", "same", "status", "adjudicated")}
    return {"task": row["pk"], "first": first, "second": second} | kept


def _list(values: dict[str, Any]) -> PairList:
    if "text" in values:
        try:
            return read_pairs(values["text"].encode("utf-8", "replace"))
        except Refusal as refusal:
            raise Invalid(
                refusal.detail, code=refusal.code, fields={"text": refusal.detail}
            ) from refusal
    found = PairList()
    for line, pair in enumerate(values["pairs"], start=1):
        try:
            found.rows.append(checked_row(line, **pair))
        except Refusal as refusal:
            found.refused[line] = refusal
    return found

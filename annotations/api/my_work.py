"""One's own work over HTTP: for everybody, whatever else a project shows them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.access import project_for
from annotations.reports.my_work import my_work
from labelhub.http.caller import caller
from labelhub.http.pagination import refuse_unknown

Document = serializers.Serializer[Any]


class MyWorkQuery(Document):
    timezone = serializers.CharField(
        default="UTC", max_length=64, help_text="In which days begin, such as Europe/Berlin."
    )

    def validate_timezone(self, name: str) -> str:
        if name not in available_timezones():
            raise serializers.ValidationError("This is no time zone.")
        return name


class WorkDay(Document):
    day = serializers.DateField()
    answers = serializers.IntegerField()


class MyWorkDocument(Document):
    today = serializers.IntegerField()
    this_week = serializers.IntegerField(help_text="Since Monday.")
    total = serializers.IntegerField()
    days = WorkDay(many=True, help_text="The last fourteen, oldest first.")
    median_ms = serializers.IntegerField(allow_null=True, help_text="Of these days.")
    per_hour = serializers.FloatField(allow_null=True, help_text="Of work: pauses do not count.")
    last_at = serializers.DateTimeField(allow_null=True)


class MyWorkView(APIView):
    """The caller's own work."""

    @extend_schema(
        operation_id="get_my_work", parameters=[MyWorkQuery], responses={200: MyWorkDocument}
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Count the caller's answers by day; nothing here says how good they are."""
        project = project_for(request, project_id)
        refuse_unknown(request, *MyWorkQuery().fields)
        wanted = MyWorkQuery(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        zone = ZoneInfo(wanted.validated_data["timezone"])
        return Response(MyWorkDocument(my_work(project, caller(request), zone)).data)

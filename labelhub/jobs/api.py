"""Jobs over HTTP: how far, how it ended, cancel, try again. Others' jobs do not exist (404)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.errors import BadQuery, NotFound
from labelhub.jobs import queue
from labelhub.jobs.models import Job, JobQuerySet


class JobErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job as its owner sees it; payload, fence and lease are the worker's business."""

    project = serializers.IntegerField(source="project_id", read_only=True, allow_null=True)
    result = serializers.JSONField(read_only=True, allow_null=True)
    error = JobErrorSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "queue",
            "project",
            "state",
            "progress",
            "message",
            "result",
            "error",
            "attempts",
            "cancel_requested",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields


class JobView(GenericAPIView[Job]):
    """What all job addresses share: only the caller's jobs are ever looked at."""

    serializer_class = JobSerializer
    # Fixed by the URL pattern; no filter backend, no user-given ORM path.
    filter_backends: list[Any] = []

    def get_queryset(self) -> JobQuerySet:
        return Job.objects.for_user(self.request.user)

    def job(self, job_id: int) -> Job:
        found = self.get_queryset().filter(pk=job_id).first()
        if found is None:
            raise NotFound("There is no such job, or it is not yours.")
        return found

    def answer(self, job: Job) -> Response:
        return Response(self.get_serializer(job).data)


class JobList(JobView):
    """The caller's jobs, newest first."""

    default_ordering = "-id"
    filters = ("state", "kind", "project")

    @extend_schema(
        operation_id="jobs_list",
        parameters=[
            OpenApiParameter("state", str, enum=Job.State.values),
            OpenApiParameter("kind", str),
            OpenApiParameter("project", int),
        ],
        responses=JobSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self._filtered(request))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def _filtered(self, request: Request) -> JobQuerySet:
        jobs, wanted = self.get_queryset(), request.query_params
        if state := wanted.get("state"):
            if state not in Job.State.values:
                raise BadQuery(f"state must be one of {', '.join(Job.State.values)}.")
            jobs = jobs.filter(state=state)
        if kind := wanted.get("kind"):
            jobs = jobs.filter(kind=kind.replace("\x00", ""))
        if project := wanted.get("project"):
            if not project.isdecimal() or len(project) > 18:
                raise BadQuery("project must be a number.")
            jobs = jobs.filter(project_id=int(project))
        return jobs


class JobDetail(JobView):
    @extend_schema(operation_id="jobs_read")
    def get(self, request: Request, job_id: int) -> Response:
        return self.answer(self.job(job_id))


class JobCancel(JobView):
    """Stops a waiting job at once and asks a running one to stop."""

    @extend_schema(operation_id="jobs_cancel", request=None)
    def post(self, request: Request, job_id: int) -> Response:
        return self.answer(queue.cancel(self.job(job_id)))


class JobRetry(JobView):
    """Puts a failed or cancelled job in line again."""

    @extend_schema(operation_id="jobs_retry", request=None)
    def post(self, request: Request, job_id: int) -> Response:
        return self.answer(queue.retry(self.job(job_id)))

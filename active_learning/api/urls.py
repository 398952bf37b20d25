"""Addresses under /api/v1/."""

from django.urls import path

from active_learning.api import critical, runs, versions

urlpatterns = [
    path("projects/<id:project_id>/runs/", runs.RunsView.as_view()),
    path("runs/<id:run_id>/", runs.RunView.as_view()),
    path("runs/<id:run_id>/cancel/", runs.RunCancelView.as_view()),
    path("projects/<id:project_id>/versions/", versions.VersionsView.as_view()),
    path("projects/<id:project_id>/critical/", critical.CriticalView.as_view()),
    path("tasks/<id:task_id>/critical/", critical.PinView.as_view()),
    path("versions/<id:version_id>/promote/", versions.PromoteView.as_view()),
]

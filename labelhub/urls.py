"""Addresses: the API by app, files, health, and the browser's application for all the rest."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path, re_path

from labelhub.http import converters  # noqa: F401  # before the apps' addresses, which use it
from labelhub.http.app import application, offline_worker
from labelhub.http.docs import docs, schema
from labelhub.http.refusals import not_found

urlpatterns = [
    path("api/schema/", schema, name="schema"),
    path("api/docs/", docs, name="docs"),
    *[path("api/v1/", include(urls)) for urls in settings.API_URLS],
    *[path("", include(urls)) for urls in settings.ROOT_URLS],
    path("offline-worker.js", offline_worker),
    re_path(r"^api/", not_found),
    re_path(r"^(?!static/|media/).*$", application, name="application"),
]
handler400 = "labelhub.http.refusals.bad_request"
handler403 = "labelhub.http.refusals.forbidden"
handler404 = "labelhub.http.refusals.not_found"
handler500 = "labelhub.http.refusals.server_error"

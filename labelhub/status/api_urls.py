"""Addresses under /api/v1/; see `labelhub.urls`."""

from django.urls import path

from labelhub.status.api import StatusView

urlpatterns = [path("status/", StatusView.as_view(), name="status")]

"""Addresses at the root; see `labelhub.urls`."""

from django.urls import path

from labelhub.status import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
]

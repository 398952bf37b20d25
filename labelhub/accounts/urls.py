"""Addresses of session, tokens, users and the audit log; see `labelhub.urls`."""

from django.urls import path

from labelhub.accounts import admin_api, api

urlpatterns = [
    path("session/", api.SessionView.as_view(), name="session"),
    path("session/password/", api.PasswordView.as_view(), name="session-password"),
    path("tokens/", api.TokensView.as_view(), name="tokens"),
    path("tokens/<id:pk>/", api.TokenView.as_view(), name="token"),
    path("users/", admin_api.UsersView.as_view(), name="users"),
    path("users/<id:pk>/", admin_api.UserView.as_view(), name="user"),
    path("audit/", admin_api.AuditView.as_view(), name="audit"),
]

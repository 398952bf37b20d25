"""How the API describes itself: error answers and the idempotency header on every operation."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[Any]):
    """What every refusal looks like."""

    code = serializers.CharField(help_text="For programs; stable.")
    detail = serializers.CharField(help_text="A sentence for people.")
    fields = serializers.DictField(required=False, help_text="What is wrong, by field.")  # type: ignore[assignment]


class Schema(AutoSchema):
    """Adds the error answer that every operation can give."""

    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.removeprefix("/api/v1").split("/") if part]
        return [parts[0] if parts else "api"]

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if direction == "response":
            bodies["default"] = self._get_response_for_code(ErrorSerializer, "default")
        return bodies


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells clients how to send a token."""

    target_class = "labelhub.http.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "lh_..."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The browser's cookie."""

    target_class = "labelhub.http.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


ANYTHING_OR_NULL = {"oneOf": [{}, {"type": "null"}]}


def plain_anything(result: Any, **_: Any) -> Any:
    """Write "any JSON" plainly: null is among it, so "one of any JSON and null" fits no null."""
    if isinstance(result, list):
        return [plain_anything(value) for value in result]
    if not isinstance(result, dict):
        return result
    if result.get("oneOf") == ANYTHING_OR_NULL["oneOf"]:
        result = {name: value for name, value in result.items() if name != "oneOf"}
    return {name: plain_anything(value) for name, value in result.items()}

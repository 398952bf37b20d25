"""JSON in and out: strict about what comes in, quick about what goes out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

MAX_DEPTH = 64
# Ten megabytes of `[],[],...` would become a gigabyte of objects.
MAX_VALUES = 500_000
# What a database holds; and what is larger becomes infinity when it is added to itself.
LARGEST_INTEGER, LARGEST_NUMBER = 2**63 - 1, 1e300


class JsonRenderer(JSONRenderer):
    """UTF-8 JSON; NaN is refused, since no client could read it."""

    charset = None
    ensure_ascii = False
    strict = True


class JsonOnlyNegotiation(BaseContentNegotiation):
    """Answers are JSON whatever the client says it accepts; the content type picks the parser."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        content_type = (request.content_type or "").split(";")[0].strip().lower()
        for parser in parsers:
            if parser.media_type == content_type:
                return parser
        return None

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)


class StrictJsonParser(BaseParser):
    """One JSON value without NaN, duplicate keys, bottomless nesting or half characters."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise ParseError("The request's JSON is larger than 10 MiB.", code="too_large")
        return loads(body)


def loads(body: bytes) -> Any:
    """Parse strictly; raise ParseError with a code that names what is wrong."""
    # Counted before parsing, commas inside texts too: no honest answer comes near the limit.
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
        raise ParseError(f"The JSON holds more than {MAX_VALUES:,} values.", code="too_large")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError("The JSON is not UTF-8.", code="bad_unicode") from error
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError as error:
        raise ParseError("The JSON is nested too deeply.", code="json_depth") from error
    except json.JSONDecodeError as error:
        raise ParseError(f"This is not JSON: {error}", code="json_invalid") from error
    except ValueError as error:
        raise ParseError("A number in the JSON is too long.", code="json_number") from error
    _check(value)
    return value


def _refuse_constant(name: str) -> Any:
    raise ParseError(f"{name} is not a JSON number.", code="json_number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ParseError("A JSON object names a key twice.", code="json_duplicate_key")
    return result


def _check(value: Any) -> None:
    stack = [(value, 1)]
    while stack:
        current, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise ParseError("The JSON is nested too deeply.", code="json_depth")
        if isinstance(current, dict):
            stack.extend((key, depth) for key in current)
            stack.extend((child, depth + 1) for child in current.values())
        elif isinstance(current, list):
            stack.extend((child, depth + 1) for child in current)
        elif isinstance(current, str) and not _is_text(current):
            raise ParseError("A text holds a NUL or half a character.", code="bad_unicode")
        elif isinstance(current, int | float) and not _is_storable(current):
            raise ParseError("A number in the JSON is too large.", code="json_number")


def _is_storable(value: float) -> bool:
    return abs(value) <= (LARGEST_INTEGER if isinstance(value, int) else LARGEST_NUMBER)


def _is_text(value: str) -> bool:
    return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)

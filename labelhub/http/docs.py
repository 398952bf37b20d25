"""The API told to programs and to people: made once in a process, since nothing in it changes."""

from __future__ import annotations

import json
import secrets
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.http import require_safe


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI document, as JSON (which is YAML too)."""
    return HttpResponse(_schema_text(), content_type="application/vnd.oai.openapi+json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """List every operation on one plain page, made from the schema, with no script at all."""
    nonce = secrets.token_urlsafe(16)
    response = HttpResponse(_docs_text().replace("__CSP_NONCE__", nonce))
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'"
    )
    return response


@lru_cache(maxsize=1)
def _schema_text() -> str:
    return json.dumps(_schema(), ensure_ascii=False, default=str)


@lru_cache(maxsize=1)
def _docs_text() -> str:
    return _page(_schema())


def _schema() -> dict[str, Any]:
    # Imported when first asked for: a process that nobody asks is smaller without it.
    from drf_spectacular.generators import SchemaGenerator

    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    return dict(generator.get_schema(request=None, public=True))


def _page(schema: dict[str, Any]) -> str:
    rows = []
    for address, operations in schema["paths"].items():
        for method, operation in operations.items():
            summary = escape(operation.get("summary") or operation.get("description", ""))
            body = json.dumps(operation.get("requestBody", {}), indent=1) if method != "get" else ""
            detail = f"<details><summary>body</summary><pre>{escape(body)}</pre></details>"
            rows.append(
                f"<tr><td><b>{escape(method.upper())}</b></td><td><code>{escape(address)}</code>"
                f"</td><td>{summary}{detail if len(body) > 2 else ''}</td></tr>"
            )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>LabelHub API</title>"
        "<meta name=viewport content='width=device-width'><style nonce=__CSP_NONCE__>"
        "body{font:14px/1.5 system-ui;margin:24px auto;max-width:1100px;padding:0 16px;"
        "color-scheme:light dark}td{padding:4px 12px 4px 0;vertical-align:top}"
        "code,pre{font-size:13px}</style><h1>LabelHub API</h1>"
        "<p>The machine-readable schema is at <a href=/api/schema/>/api/schema/</a>. Send "
        "<code>Authorization: Bearer TOKEN</code>; make a token on the page "
        "<a href=/tokens>Tokens</a>.</p><table>" + "".join(rows) + "</table></html>"
    )

"""Keyset paging: each page costs the same, however far down the list it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.signing import BadSignature, Signer
from django.db.models import F, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.errors import BadQuery

if TYPE_CHECKING:
    from rest_framework.views import APIView


PARAMETERS = ("limit", "cursor", "ordering")
DIGITS = re.compile("[0-9]{1,9}")
_SIGNER = Signer(salt="labelhub.http.pagination")


def refuse_unknown(request: Request, *known: str) -> None:
    """Refuse parameters that nobody reads: a filter that is ignored would show everything."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise BadQuery(f"There is no parameter {unknown[0]!r} here.", code="bad_filter")


class KeysetPagination(BasePagination):
    """Pages by the last row's place: `?limit=`, `?cursor=`; `next` is the address of the next page.

    A view may set `ordering_fields` (API name -> model field) to allow `?ordering=name` or `-name`;
    ties are broken by id in the same direction, and rows whose field is null come last. The other
    parameters that it reads stand in its `filters`; any that nobody reads is refused.
    """

    default_limit = 50
    max_limit = 500

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        refuse_unknown(request, *PARAMETERS, *getattr(view, "filters", ()))
        self.limit = self._limit(request)
        self.field, self.descending = self._ordering(request, view)
        page = list(self._after(queryset, request)[: self.limit + 1])
        self.has_next = len(page) > self.limit
        self.page = page[: self.limit]
        return self.page

    def _limit(self, request: Request) -> int:
        value = request.query_params.get("limit", str(self.default_limit))
        if not DIGITS.fullmatch(value) or not 1 <= int(value) <= self.max_limit:
            raise BadQuery(f"limit must be a number from 1 to {self.max_limit}.", code="bad_limit")
        return int(value)

    def _ordering(self, request: Request, view: Any) -> tuple[str, bool]:
        allowed = {"id": "pk"} | dict(getattr(view, "ordering_fields", {}))
        asked = request.query_params.get("ordering")
        name = str(asked or getattr(view, "default_ordering", "id"))
        field = allowed.get(name.removeprefix("-"))
        if field is None:
            raise BadQuery(
                f"ordering must be one of {', '.join(sorted(allowed))}, with - for descending.",
                code="bad_ordering",
            )
        return field, name.startswith("-")

    def _after(self, queryset: QuerySet[Any], request: Request) -> QuerySet[Any]:
        field, beyond = self.field, "lt" if self.descending else "gt"
        sign = "-" if self.descending else ""
        cursor = self._cursor(request)
        if field == "pk":
            queryset = queryset.order_by(f"{sign}pk")
            return queryset.filter(**{f"pk__{beyond}": cursor[1]}) if cursor else queryset
        order = F(field).desc(nulls_last=True) if self.descending else F(field).asc(nulls_last=True)
        queryset = queryset.order_by(order, f"{sign}pk")
        if not cursor:
            return queryset
        value, pk = cursor
        later_tie = Q(**{f"pk__{beyond}": pk})
        if value is None:
            return queryset.filter(later_tie, **{f"{field}__isnull": True})
        return queryset.filter(
            Q(**{f"{field}__{beyond}": value})
            | (Q(**{field: value}) & later_tie)
            | Q(**{f"{field}__isnull": True})
        )

    def _cursor(self, request: Request) -> tuple[Any, int] | None:
        text = request.query_params.get("cursor")
        if not text:
            return None
        try:
            place = _SIGNER.unsign_object(text)
        except BadSignature:
            place = None
        # Signed for one order: a value of another field would be compared with this one.
        if place is None or place[0] != self._order:
            raise BadQuery("This cursor is not one that the server gave.", code="bad_cursor")
        return place[1], place[2]

    @property
    def _order(self) -> str:
        return f"{'-' if self.descending else ''}{self.field}"

    def next_link(self) -> str | None:
        if not self.has_next:
            return None
        last = self.page[-1]
        value: Any = None
        if self.field != "pk":
            value = last
            for part in self.field.split("__"):
                value = getattr(value, part, None)
            value = value.isoformat() if hasattr(value, "isoformat") else value
        params = self.request.query_params.copy()
        params["cursor"] = _SIGNER.sign_object([self._order, value, last.pk])
        return f"{self.request.build_absolute_uri(self.request.path)}?{params.urlencode()}"

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next_link()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": ["string", "null"], "format": "uri"},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = [
            ("limit", {"type": "integer", "minimum": 1, "maximum": self.max_limit}),
            ("cursor", {"type": "string"}),
        ]
        names = sorted({"id"} | set(getattr(view, "ordering_fields", ())))
        parameters.append(("ordering", {"enum": [s + n for n in names for s in ("", "-")]}))
        return [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in parameters
        ]

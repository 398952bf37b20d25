"""Keyset paging: each page costs the same, however far down the list it is."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.database import planned_for_its_values
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


@cache
def may_be_null(model: Hashable, path: str) -> bool:
    """Whether a field of a model, named by a path of relations, can be without a value."""
    options = cast(type[Model], model)._meta
    for part in path.split("__"):
        field = options.pk if part == "pk" else options.get_field(part)
        if field is None or getattr(field, "null", True):
            return True
        if field.related_model is not None:
            options = field.related_model._meta
    return False


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part, None)
    return row.isoformat() if hasattr(row, "isoformat") else row


class KeysetPagination(BasePagination):
    """Pages by the last row's place: `?limit=`, `?cursor=`; `next` is the address of the next page.

    A view may set `ordering_fields` (API name -> model field, or several in their order) to allow
    `?ordering=name` or `-name`; a field that begins with - is turned round. Ties are broken by id
    in the same direction, and rows whose first field is null come last. The other parameters that
    it reads stand in its `filters`; any that nobody reads is refused. Relations in `shown_with`
    are fetched with the rows of the page.
    """

    default_limit = 50
    max_limit = 500

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        refuse_unknown(request, *PARAMETERS, *getattr(view, "filters", ()))
        self.limit = self._limit(request)
        self.columns, self.descending = self._ordering(request, view)
        self.shown_with: Sequence[str] = getattr(view, "shown_with", ())
        page = self.read(queryset, self._cursor(request))
        self.has_next = len(page) > self.limit
        self.page = page[: self.limit]
        return self.page

    def _limit(self, request: Request) -> int:
        value = request.query_params.get("limit", str(self.default_limit))
        if not DIGITS.fullmatch(value) or not 1 <= int(value) <= self.max_limit:
            raise BadQuery(f"limit must be a number from 1 to {self.max_limit}.", code="bad_limit")
        return int(value)

    def _ordering(self, request: Request, view: Any) -> tuple[tuple[str, ...], bool]:
        allowed = {"id": "pk"} | dict(getattr(view, "ordering_fields", {}))
        asked = request.query_params.get("ordering")
        name = str(asked or getattr(view, "default_ordering", "id"))
        given = allowed.get(name.removeprefix("-"))
        if given is None:
            raise BadQuery(
                f"ordering must be one of {', '.join(sorted(allowed))}, with - for descending.",
                code="bad_ordering",
            )
        columns: tuple[str, ...] = (given,) if isinstance(given, str) else tuple(given)
        columns = columns if columns[-1] == "pk" else (*columns, "pk")
        turned = columns[0].startswith("-")
        return (columns[0].removeprefix("-"), *columns[1:]), name.startswith("-") != turned

    def read(self, queryset: QuerySet[Any], cursor: list[Any] | None) -> list[Any]:
        """Return one row more than a page has, from behind the cursor.

        Rows without a value are read by a statement of their own, once those with one are through:
        each of the two walks an index, which no order with nulls at a fixed end can do both ways.
        """
        wanted = self.limit + 1
        if not may_be_null(cast(Hashable, queryset.model), self.columns[0]):
            return self.take(queryset, self.columns, cursor, wanted)
        first = self.columns[0]
        page: list[Any] = []
        if cursor is None or cursor[0] is not None:
            known = queryset.filter(**{f"{first}__isnull": False})
            page = self.take(known, self.columns, cursor, wanted)
            cursor = None
        if len(page) < wanted:
            empty = queryset.filter(**{f"{first}__isnull": True})
            behind = cursor[-1:] if cursor else None
            page += self.take(empty, ("pk",), behind, wanted - len(page))
        return page

    def take(
        self,
        queryset: QuerySet[Any],
        columns: Sequence[str],
        place: list[Any] | None,
        wanted: int,
    ) -> list[Any]:
        """Return the next rows; what else they show is joined to these alone, not to all found."""
        ordered = self._behind(queryset, columns, place)[:wanted]
        if not self.shown_with:
            return list(ordered)
        found = queryset.model._default_manager.filter(pk__in=ordered.values("pk"))
        order = ordered.query.order_by
        with planned_for_its_values():
            return list(found.select_related(*self.shown_with).order_by(*order))

    def _behind(
        self, queryset: QuerySet[Any], columns: Sequence[str], place: list[Any] | None
    ) -> QuerySet[Any]:
        """Order by the columns and leave out what is not behind a place: (a, b) > (x, y)."""
        sign = "-" if self.descending else ""
        queryset = queryset.order_by(*(f"{sign}{column}" for column in columns))
        if place is None:
            return queryset
        if len(columns) == 1:
            beyond = "lt" if self.descending else "gt"
            return queryset.filter(**{f"{columns[0]}__{beyond}": place[0]})
        compared = TupleLessThan if self.descending else TupleGreaterThan
        # SQLite gets the comparison of rows as a chain of OR, through which it sees no range.
        within = {f"{columns[0]}__{'lte' if self.descending else 'gte'}": place[0]}
        return queryset.filter(compared(Tuple(*map(F, columns)), tuple(place)), **within)

    def _cursor(self, request: Request) -> list[Any] | None:
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
        return list(place[1:])

    @property
    def _order(self) -> str:
        return f"{'-' if self.descending else ''}{','.join(self.columns)}"

    def place_of(self, row: Any) -> list[Any]:
        """Return where a row stands: what the next page begins behind."""
        return [_value(row, column) for column in self.columns]

    def next_link(self) -> str | None:
        if not self.has_next:
            return None
        place = self.place_of(self.page[-1])
        params = self.request.query_params.copy()
        params["cursor"] = _SIGNER.sign_object([self._order, *place])
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

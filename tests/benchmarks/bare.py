"""The floor under the queue benchmark: bare Django views with the same two transactions.

No users, no checks, no consensus: one transaction takes the best free row, one keeps the answer.
"""

from __future__ import annotations

import json

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

TABLES = (
    "CREATE TABLE bare_seat (id bigint PRIMARY KEY, state text NOT NULL, labeler text,"
    " priority double precision NOT NULL)",
    "CREATE INDEX bare_free ON bare_seat (priority DESC, id) WHERE state = 'free'",
    "CREATE TABLE bare_answer (id {serial}, seat bigint NOT NULL, labeler text, answer text,"
    " at timestamp DEFAULT CURRENT_TIMESTAMP)",
)


@csrf_exempt
def lease(request: HttpRequest) -> JsonResponse:
    wanted = json.loads(request.body)
    lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bare_seat SET state = 'held', labeler = %s WHERE id = (SELECT id FROM bare_seat"
            f" WHERE state = 'free' ORDER BY priority DESC, id LIMIT 1 {lock}) RETURNING id",
            [wanted["labeler"]],
        )
        row = cursor.fetchone()
    return JsonResponse({"seat": row[0] if row else None})


@csrf_exempt
def submit(request: HttpRequest) -> JsonResponse:
    given = json.loads(request.body)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bare_seat SET state = 'done' WHERE id = %s AND labeler = %s AND state = 'held'",
            [given["seat"], given["labeler"]],
        )
        cursor.execute(
            "INSERT INTO bare_answer (seat, labeler, answer) VALUES (%s, %s, %s) RETURNING id",
            [given["seat"], given["labeler"], json.dumps(given["answer"])],
        )
        row = cursor.fetchone()
    return JsonResponse({"id": row[0]}, status=201)


urlpatterns = [
    path("bare/lease/", lease),
    path("bare/submit/", submit),
    path("", include("labelhub.urls")),
]

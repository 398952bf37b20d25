"""Files of the built pages: also those of a build that is newer than the process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from labelhub.http.static import StaticFilesMiddleware


@pytest.fixture
def dist(settings: Any, tmp_path: Path) -> Path:
    settings.FRONTEND_DIST = tmp_path / "dist"
    settings.STATICFILES_DIRS = []
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "dist"


@pytest.fixture
def middleware(dist: Path) -> StaticFilesMiddleware:
    return StaticFilesMiddleware(lambda request: HttpResponse("no file", status=404))


def get(middleware: StaticFilesMiddleware, path: str) -> tuple[int, bytes]:
    request: HttpRequest = RequestFactory().get("/")
    request.path_info = path
    answer = middleware(request)
    return answer.status_code, b"".join(answer)  # type: ignore[arg-type]


def test_a_file_that_was_built_later_is_served(
    middleware: StaticFilesMiddleware, dist: Path
) -> None:
    assert get(middleware, "/static/app/assets/index-new.js") == (404, b"no file")
    (dist / "assets" / "index-new.js").write_text("new()")
    assert get(middleware, "/static/app/assets/index-new.js") == (200, b"new()")


def test_a_file_that_a_new_build_took_away_is_not_found(
    middleware: StaticFilesMiddleware, dist: Path
) -> None:
    path = dist / "assets" / "index-old.js"
    path.write_text("old()")
    assert get(middleware, "/static/app/assets/index-old.js") == (200, b"old()")
    path.unlink()
    assert get(middleware, "/static/app/assets/index-old.js") == (404, b"no file")


@pytest.mark.parametrize(
    "path", ["/static/app/../../secret.txt", "/static/app/../secret.txt", "/static/app//secret.txt"]
)
def test_nothing_beside_the_build_is_served(middleware: StaticFilesMiddleware, path: str) -> None:
    assert get(middleware, path) == (404, b"no file")

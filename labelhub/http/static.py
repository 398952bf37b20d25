"""The built pages' files, also those that were built after this process had started."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # it has no types
    """Serves static files from a list made at the start, and looks again for what it lacks.

    The first page of a new build names files that are not in the list: without a second look the
    page would stay blank until the server is started again.
    """

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.built = f"{self.static_prefix}app/"
        self.directories.append((f"{settings.FRONTEND_DIST}/", self.built))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(self.built) and path not in self.files:
            found = self.find_file(path)
            if found is not None:
                self.files[path] = found
        try:
            response: HttpResponseBase = super().__call__(request)
        except FileNotFoundError:
            # A new build took it away.
            self.files.pop(path, None)
            response = self.get_response(request)
        return response

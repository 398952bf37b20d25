"""Requests that survive a bad line: sent again after a pause, and refused in the server's words."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0


class LabelHubError(Exception):
    """The server's refusal: a code for programs, a sentence for people, reasons by field."""

    def __init__(
        self,
        detail: str,
        *,
        code: str = "",
        status: int = 0,
        fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail, self.code, self.status = detail, code, status
        self.fields = dict(fields or {})


class ServerAway(LabelHubError):
    """No answer within the time that one was waited for."""


class Transport:
    """One connection pool to one server, under one token.

    Every request is sent again after a lost connection, a 429 or a 5xx, until `patience` seconds
    have gone by: reads and deletions are harmless to repeat, and what writes more than once would
    do harm carries a key under which the server does it once. `stopping` ends the waiting.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        patience: float = 60.0,
        timeout: float = 30.0,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"the address must begin with http:// or https://, not {url!r}")
        self.patience, self.stopping = patience, stopping
        self.retries = 0
        parts = urlsplit(url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            trust_env=False,
        )

    def address(self, link: str) -> str:
        """Return a link as an address on this server: the token goes to no other."""
        parts = urlsplit(link)
        return f"{self.origin}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def close(self) -> None:
        self.http.close()

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Return the answer, whatever it says, once it is no 429 or 5xx; raises ServerAway."""
        deadline = time.monotonic() + self.patience
        pause, why = FIRST_PAUSE, ""
        while True:
            try:
                answer = self.http.request(method, path, **more)
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
                why, wait = f"it answers {answer.status_code}", _wait(answer, pause)
            except httpx.TransportError as error:
                why, wait = str(error) or type(error).__name__, pause
            if time.monotonic() + wait > deadline or self.stopping():
                raise ServerAway(f"{self.http.base_url} cannot be reached: {why}.")
            self.retries += 1
            time.sleep(wait * random.uniform(0.8, 1.2))
            pause = min(pause * 2, LONGEST_PAUSE)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Return the document of a good answer; raises LabelHubError for any other."""
        answer = self.send(method, path, **more)
        if answer.status_code >= 400:
            raise refusal(answer)
        return answer.json() if answer.content else None

    def pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Yield the rows of a list, page after page."""
        document = self.ask("GET", path, params={"limit": 500, **params})
        while True:
            yield from document["results"]
            if not document["next"]:
                return
            document = self.ask("GET", self.address(document["next"]))


def refusal(answer: httpx.Response) -> LabelHubError:
    """Return the error that an answer stands for."""
    try:
        body = answer.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    return LabelHubError(
        str(body.get("detail") or f"The server answered {answer.status_code}."),
        code=str(body.get("code", "")),
        status=answer.status_code,
        fields=body.get("fields") or {},
    )


def _wait(answer: httpx.Response, pause: float) -> float:
    try:
        return max(float(answer.headers.get("Retry-After", "")), pause)
    except ValueError:
        return pause

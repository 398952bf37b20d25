"""Upload from addresses: lists of URLs, a line for each picture; off unless an operator says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

from django.conf import settings

from annotations.intake.ahead import ahead
from annotations.intake.archives import Member
from annotations.intake.documents import lines_of
from annotations.intake.limits import Limits
from annotations.intake.names import archive_path
from annotations.intake.refusals import CODES, Refusal
from labelhub.errors import DomainError
from labelhub.outgoing import Rules, checked, send

MOST_LINES = 100_000
_SECONDS = 30.0
_LIST = re.compile(rb"\s*(?:#[^\n]*\n\s*)*https?://[^\s,]+[ \t]*(?:\r?\n|$)", re.IGNORECASE)
_Line = tuple[int, str]


def is_url_list(member: Member) -> bool:
    """Tell whether a file is a list of addresses: text whose first line, comments aside, is one."""
    named = member.path.lower().endswith((".txt", ".urls", ".url", ".lst", ".list"))
    return named and _LIST.match(member.data[:4096]) is not None


def fetched_members(
    listed: Member, limits: Limits, refuse: Callable[[int, str, Refusal], None]
) -> Iterator[Member]:
    """Yield the file behind each address of a list, several at once, in the list's order.

    `refuse(line, address, why)` is told of each line that gives none. Raises Refusal for the list
    as a whole: where addresses are not fetched on this server, or it is no sound text.
    """
    if not settings.IMPORT_URLS:
        raise Refusal(
            "url_forbidden",
            "Fetching from addresses is off on this server; an operator can set IMPORT_URLS=on.",
        )
    lines = list(_lines(listed))
    if len(lines) > MOST_LINES:
        raise Refusal("too_large", f"The list has more than {MOST_LINES:,} addresses.")
    rules = Rules(limits.max_bytes, _SECONDS, networks=settings.IMPORT_NETWORKS)
    count = max(1, len(lines))
    for at, ((line, url), found) in enumerate(ahead(lambda one: _fetch(one, rules), lines), 1):
        if isinstance(found, Refusal):
            refuse(line, url, found)
        else:
            yield Member(_path_of(url, line), found, source=url, done=listed.done * at / count)


def _lines(listed: Member) -> Iterator[_Line]:
    for number, line in lines_of(listed.data):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _fetch(line: _Line, rules: Rules) -> bytes | Refusal:
    try:
        answer = send(line[1], rules)
    except DomainError as error:
        return Refusal(error.code if error.code in CODES else "url_failed", error.detail)
    if answer.status != 200:
        return Refusal("url_failed", f"The address answers with status {answer.status}.")
    return answer.body


def _path_of(url: str, line: int) -> str:
    """Return host and path of an address as a path; what cannot be one goes by its line."""
    parts = checked(url)
    try:
        return archive_path(f"{parts.hostname}/{unquote(urlsplit(url).path).strip('/')}")
    except Refusal:
        return f"{parts.hostname}/{line:06}"

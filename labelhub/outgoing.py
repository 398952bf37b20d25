"""Requests to addresses that users name: nothing but public machines is ever reached.

A name is resolved once, every address that it has must be public, and the connection goes to the
address that was looked at: a name that changes its meaning in between gains nothing. Redirects are
looked at in the same way. Proxies of the environment are not used.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from labelhub.errors import DomainError

PORTS = (80, 443, 8080, 8443)
_PIECE = 1 << 16
_REDIRECTS = {301, 302, 303, 307, 308}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadScheme(DomainError):
    """The address is not one of http or https, or is no address."""

    code, status = "url_scheme", 422


class Forbidden(DomainError):
    """The address leads to a machine or a port that requests do not go to."""

    code, status = "url_forbidden", 422


class Failed(DomainError):
    """The other side cannot be reached, answers too slowly, too much, or with an error."""

    code, status, permanent = "url_failed", 422, False


@dataclass(frozen=True)
class Rules:
    """What a request may take: bytes of its answer, seconds in all, redirects, and who is reached.

    `networks` are private networks that an operator has opened; any port is open there.
    """

    max_bytes: int
    seconds: float = 30.0
    redirects: int = 5
    networks: Sequence[Network] = field(default_factory=tuple)


@dataclass(frozen=True)
class Answer:
    """What came back, from which address in the end; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def send(
    url: str,
    rules: Rules,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a request and return the answer, whatever its status; only GET follows redirects.

    Raises BadScheme, Forbidden or Failed.
    """
    until = time.monotonic() + rules.seconds
    for _ in range(rules.redirects + 1):
        answer = _send_once(url, rules, until, method, body, headers or {})
        target = answer.headers.get("location", "")
        if method != "GET" or answer.status not in _REDIRECTS or not target:
            return answer
        url = urljoin(url, target)
    raise Failed(f"The address leads on more than {rules.redirects} times.")


def _send_once(
    url: str,
    rules: Rules,
    until: float,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
) -> Answer:
    parts = checked(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolved(parts.hostname or "", port, rules)
    connection = _Pinned(parts, port, address, until)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    watch = threading.Timer(max(0.0, until - time.monotonic()), connection.cut_off)
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, target, body=body, headers=_plain(headers))
        answer = _read(connection.getresponse(), url, rules)
        if time.monotonic() >= until:  # cut off among its headers, it looks like a whole answer
            raise TimeoutError
        return answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() >= until
        reason = "It took too long" if late else _reason(error)
        raise Failed(f"The address cannot be read: {reason}.") from error
    finally:
        watch.cancel()
        connection.close()


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    return {"User-Agent": "LabelHub", "Accept-Encoding": "identity", **headers}


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text.strip().rstrip(".")[:200]


def _read(response: http.client.HTTPResponse, url: str, rules: Rules) -> Answer:
    parts: list[bytes] = []
    size = 0
    while piece := response.read(_PIECE):
        size += len(piece)
        if size > rules.max_bytes:
            raise Failed(f"The answer is larger than {rules.max_bytes:,} bytes.", code="too_large")
        parts.append(piece)
    if response.length:  # http.client says nothing of it
        raise http.client.IncompleteRead(b"", response.length)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, b"".join(parts), url)


# ------------------------------------------------------------------------------ where it goes


def checked(url: str) -> SplitResult:
    """Return the parts of an address that is sound; raises BadScheme or Forbidden."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise BadScheme("This is no address.") from None
    if parts.scheme not in ("http", "https"):
        raise BadScheme("Only addresses of http and https are used.")
    if not host or not url.isascii() or any(char <= " " or char == "\x7f" for char in url):
        raise BadScheme("This is no address.")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("The address holds a user name or a password; leave them out.")
    if port == 0:
        raise Forbidden("The address has no port that could be used.")
    return parts


def resolved(host: str, port: int, rules: Rules) -> str:
    """Return the address to connect to; raises Forbidden unless all that the name has are open."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Failed(f"The name {host[:80]} cannot be found.") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for text in addresses:
        if not _is_open(ipaddress.ip_address(text), port, rules.networks):
            raise Forbidden("The address leads into a private network, or to an unusual port.")
    if not addresses:
        raise Failed(f"The name {host[:80]} has no address.")
    return addresses[0]


def _is_open(address: Address, port: int, networks: Sequence[Network]) -> bool:
    inner = _inner(address)
    if any(inner.version == network.version and inner in network for network in networks):
        return True
    public = all(each.is_global and not each.is_multicast for each in (address, inner))
    return public and not inner.is_reserved and port in PORTS


def _inner(address: Address) -> Address:
    """Return the address that another one wraps: mapped, 6to4, Teredo or NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, under the name that it was asked by."""

    def __init__(self, parts: SplitResult, port: int, address: str, until: float) -> None:
        super().__init__(parts.hostname or "", port)
        self._parts, self._address, self._until = parts, address, until
        # HTTPConnection would write port 443 into the Host header, which some servers refuse.
        self.default_port = 443 if parts.scheme == "https" else 80

    def connect(self) -> None:
        left = max(0.001, self._until - time.monotonic())
        self.sock = socket.create_connection((self._address, self.port), timeout=min(10.0, left))
        self.sock.settimeout(left)
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._parts.hostname)

    def cut_off(self) -> None:
        """End whatever is being read; who reads it gets an error."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)

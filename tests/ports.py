"""Ports for the servers of tests: free now, and never given to a connection meanwhile."""

from __future__ import annotations

import random
import socket
from contextlib import suppress
from pathlib import Path

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 11_000  # no browser refuses a port from here on
_chance = random.SystemRandom()  # whoever seeds the others must not get the same port twice


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody has, below those that the kernel gives out itself.

    One of those may be given to an outgoing connection before the server has started, or while
    it is away between two starts: then it cannot start.
    """
    while True:
        port = _chance.randrange(LOWEST, _first_given_out())
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _first_given_out() -> int:
    try:
        first = int(RANGE.read_text().split()[0])
    except OSError:  # no Linux
        first = 32_768
    return first if first > LOWEST + 1_000 else 65_000

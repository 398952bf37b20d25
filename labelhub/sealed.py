"""Numbers of rows as words that tell nothing: neither the number nor which came earlier.

A Feistel network of four rounds of a keyed hash is a pseudo-random permutation of its block
(Luby and Rackoff, "How to construct pseudorandom permutations", SIAM J. Comput. 17, 1988). The
same numbers always give the same word. It hides numbers and is no right to anything: who may use
what a word names is checked where it is used.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from functools import lru_cache

from django.conf import settings

_ROUNDS = 4
_HALF = 8  # bytes
_LENGTH = 22  # of a word: 16 bytes in base64 without padding


def seal(row: int) -> str:
    """Return the word of a row's number: 22 letters, digits, `-` and `_`."""
    block = struct.pack(">QQ", row, 0)
    left, right = block[:_HALF], block[_HALF:]
    for mixed in _keys(settings.SECRET_KEY):
        left, right = right, _xor(left, _mix(mixed, right))
    return base64.urlsafe_b64encode(left + right).rstrip(b"=").decode()


def unseal(word: str) -> int | None:
    """Return what `seal` made a word of, under this or an earlier SECRET_KEY; None for others."""
    if len(word) != _LENGTH:
        return None
    try:
        block = base64.b64decode(f"{word}==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        left, right = block[:_HALF], block[_HALF:]
        for mixed in reversed(_keys(secret)):
            left, right = _xor(right, _mix(mixed, left)), left
        row, rest = struct.unpack(">QQ", left + right)
        if rest == 0 and row < 2**63:
            return int(row)
    return None


@lru_cache(maxsize=8)
def _keys(secret: str) -> tuple[bytes, ...]:
    def key(at: int) -> bytes:
        return hashlib.blake2b(secret.encode(), person=f"labelhub seal {at}".encode()).digest()

    return tuple(key(at) for at in range(_ROUNDS))


def _mix(key: bytes, half: bytes) -> bytes:
    return hashlib.blake2b(half, key=key, digest_size=_HALF).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))

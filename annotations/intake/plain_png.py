"""Small PNG files that are pixels and nothing else: what is shown is written anew when asked for.

Drawings of a few hundred pixels come by the hundred thousand, and a second file for each would
cost more than all else of an import. A plain file has nothing to be freed of: eight bits, grey or
RGB, not interlaced, no chunk but header, pixels and end, no byte too many. So it needs no decoder
either: the filtered rows are unpacked and packed again. PNG: https://www.w3.org/TR/png/
"""

from __future__ import annotations

import struct
import zlib

PLAIN = "plain"  # of an item's renditions: the original, from which all that is shown is written
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">IIBBBBB")
_GREY, _RGB = 0, 2
_MOST_SIDE = 192  # a thumbnail's, so that what is shown is never larger
_MOST_BYTES = 16_384  # unpacked
_FILTERS = 5


class NotPlain(ValueError):
    """The file holds more than a few plain pixels."""


def plain_size(data: bytes) -> tuple[int, int] | None:
    """Return the width and height of a file that `rewritten` can show, None for any other.

    It is sound then: every checksum holds, and its rows are as many and as long as they must be.
    """
    try:
        header, _ = _header_and_rows(data)
    except NotPlain:
        return None
    width, height, *_ = _HEADER.unpack(header)
    return width, height


def rewritten(data: bytes) -> bytes:
    """Return a PNG of the same pixels, written from the file's rows; raises NotPlain."""
    header, rows = _header_and_rows(data)
    # Unpacked: these rows fit into few packets, and packing them would be work at each look.
    body = zlib.compress(rows, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", body), chunk(b"IEND", b"")]
    return b"".join([_SIGNATURE, *parts])


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG file with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _header_and_rows(data: bytes) -> tuple[bytes, bytes]:
    if not data.startswith(_SIGNATURE):
        raise NotPlain("no PNG")
    header, packed = _chunks(data)
    width, height, depth, colour, *others = _HEADER.unpack(header)
    if depth != 8 or colour not in (_GREY, _RGB) or any(others):
        raise NotPlain("another kind of PNG")
    stride = 1 + width * (3 if colour == _RGB else 1)
    if max(width, height) > _MOST_SIDE or not 0 < stride * height <= _MOST_BYTES:
        raise NotPlain("too large")
    unpacker = zlib.decompressobj()
    try:
        rows = unpacker.decompress(packed, stride * height + 1)
    except zlib.error as error:
        raise NotPlain(str(error)) from error
    if len(rows) != stride * height or not unpacker.eof or unpacker.unused_data:
        raise NotPlain("more or fewer bytes than pixels")
    if max(rows[::stride]) >= _FILTERS:
        raise NotPlain("a filter that there is not")
    return header, rows


def _chunks(data: bytes) -> tuple[bytes, bytes]:
    """Return the body of the header and the joined bodies of the pixels' chunks."""
    at, header = len(_SIGNATURE), b""
    packed: list[bytes] = []
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if data[end - 4 : end] != zlib.crc32(data[at + 4 : end - 4]).to_bytes(4, "big"):
            raise NotPlain("a wrong checksum")
        body = data[at + 8 : end - 4]
        if kind == b"IEND" and end == len(data) and not body and header:
            return header, b"".join(packed)
        if kind == b"IHDR" and not header and length == _HEADER.size:
            header = body
        elif kind == b"IDAT" and header:
            packed.append(body)
        else:
            raise NotPlain("another chunk")
        at = end
    raise NotPlain("no end")

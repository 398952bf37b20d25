"""What the importer and its checking processes say to each other, and how.

A frame is a length, a JSON header and raw bytes; never pickle, since whoever takes over a checking
process must not reach the other side.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")


def write_frame(out: BinaryIO, header: object, blobs: list[bytes]) -> None:
    """Write one frame: the header as JSON, then the blobs, whose lengths the header names."""
    text = json.dumps(header).encode()
    out.write(b"".join([_LENGTH.pack(len(text)), text, *blobs]))
    out.flush()


def read_exactly(source: BinaryIO, size: int) -> bytes:
    """Return `size` bytes; raise EOFError where the other side is gone."""
    data = source.read(size)
    if len(data) < size:
        raise EOFError
    return data


def read_header(source: BinaryIO) -> Any:
    return json.loads(read_exactly(source, _LENGTH.unpack(read_exactly(source, 4))[0]))

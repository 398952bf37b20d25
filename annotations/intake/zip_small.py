"""Read a small entry of a ZIP archive at once; whatever is unusual is left to the careful way.

zipfile goes through four objects for each entry, which costs as much as decoding a drawing. Here
one that is sound and packed as usual is read in one piece: APPNOTE.TXT, sections 4.3.7 and 4.4.
"""

from __future__ import annotations

import struct
import zipfile
import zlib

_HEADER = struct.Struct("<4s5HLLLHH")
_MOST = 1 << 16  # packed and unpacked
_NAMES = 512  # read for the name and the extra fields; longer ones are unusual
_USUAL_FLAGS = 0x0800 | 0x0008 | 0x0006  # UTF-8 name, sizes behind the data, how hard it was packed


def small_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """Return an entry's bytes, or None where it is large, unusual or in any way unsound.

    Never more than 64 KB are unpacked. The archive must be open on a file that nobody else moves.
    """
    if max(entry.file_size, entry.compress_size) > _MOST or entry.flag_bits & ~_USUAL_FLAGS:
        return None
    file = archive.fp
    if file is None or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return None
    file.seek(entry.header_offset)
    read = file.read(_HEADER.size + _NAMES + entry.compress_size)
    if len(read) < _HEADER.size:
        return None
    magic, _, flags, method, *_, name_length, extra_length = _HEADER.unpack_from(read)
    if magic != b"PK\x03\x04" or (flags, method) != (entry.flag_bits, entry.compress_type):
        return None
    name_ends = _HEADER.size + name_length
    begins = name_ends + extra_length
    name = read[_HEADER.size : name_ends].decode("utf-8" if flags & 0x0800 else "cp437", "replace")
    packed = read[begins : begins + entry.compress_size]
    if name != entry.orig_filename or len(packed) != entry.compress_size:
        return None
    data = packed if method == zipfile.ZIP_STORED else _unpacked(packed, entry.file_size)
    if data is None or len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
        return None
    return data


def _unpacked(packed: bytes, size: int) -> bytes | None:
    unpacker = zlib.decompressobj(-15)
    try:
        data = unpacker.decompress(packed, size + 1)
    except zlib.error:
        return None
    return data if unpacker.eof and not unpacker.unused_data else None

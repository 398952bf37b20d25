"""What a file is by its first bytes; its name and the sender's Content-Type say nothing."""

from __future__ import annotations

import re
import zlib
from typing import Literal

from annotations.intake.refusals import Refusal

SNIFF_BYTES = 1024

IDX_PICTURES, IDX_LABELS = b"\0\0\x08\x03", b"\0\0\x08\x01"
PDF, _TIFF = b"%PDF", (b"II*\0", b"MM\0*")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", *_TIFF, b"BM")
USUAL_PICTURES = _PICTURES[:2]  # PNG and JPEG, which have no pages
_ARCHIVES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PK\x07\x08": "zip",
    b"\x1f\x8b": "tar.gz",
    b"BZh": "tar.bz2",
    b"\xfd7zXZ\0": "tar.xz",
}
_GZIP = b"\x1f\x8b"
_ARCHIVE_MAGICS = tuple(_ARCHIVES)
_OTHER_ARCHIVES = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "RAR", b"\x28\xb5\x2f\xfd": "zstd"}
_OTHER_MAGICS = tuple(_OTHER_ARCHIVES)
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"heim", b"heis"}
_KINDS = (
    (PDF, "This is a PDF; export its pages as PNG or JPEG."),
    (b"%!PS", "This is PostScript; export the picture as PNG or JPEG."),
    (b"\xc5\xd0\xd3\xc6", "This is PostScript; export the picture as PNG or JPEG."),
    (b"MZ", "This is a Windows program, not a picture."),
    (b"\x7fELF", "This is a program, not a picture."),
    (b"\0\0\x01\0", "This is an icon; save the picture as PNG."),
    (b"8BPS", "This is a Photoshop file; export the picture as PNG or JPEG."),
    (b"\0\0\0\x0cJXL ", "This is JPEG XL; save the picture as JPEG or PNG."),
    (b"\0\0\0\x0cjP  ", "This is JPEG 2000; save the picture as JPEG or PNG."),
)
_SVG = re.compile(rb"<(?:[A-Za-z]+:)?svg[\s>/]", re.IGNORECASE)


def archive_kind(head: bytes) -> str | None:
    """Return zip, tar, tar.gz, tar.bz2 or tar.xz by an archive's first bytes, or None."""
    if head.startswith(_ARCHIVE_MAGICS):
        return next(kind for magic, kind in _ARCHIVES.items() if head.startswith(magic))
    return "tar" if head[257:262] == b"ustar" else None


def unpacked_idx(head: bytes) -> bytes | None:
    """Return the magic number of IDX packed by gzip, as MNIST's files are given away, or None."""
    if not head.startswith(_GZIP):
        return None
    try:
        magic = zlib.decompressobj(31).decompress(head[:SNIFF_BYTES], 4)
    except zlib.error:
        return None
    return magic if magic in (IDX_PICTURES, IDX_LABELS) else None


def is_foreign_archive(head: bytes) -> str | None:
    """Return the name of an archive format that is not read here, or None."""
    if not head.startswith(_OTHER_MAGICS):
        return None
    return next(kind for magic, kind in _OTHER_ARCHIVES.items() if head.startswith(magic))


def looks_like_picture(head: bytes) -> bool:
    """Tell whether a file starts as one of the supported formats does."""
    return head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def may_have_pages(data: bytes) -> bool:
    """Tell whether a file is a PDF, or a TIFF with more than one directory; nothing is decoded."""
    if not data.startswith(_TIFF):
        return data.startswith(PDF)
    order: Literal["little", "big"] = "little" if data.startswith(b"II") else "big"
    first = int.from_bytes(data[4:8], order)
    after = first + 2 + 12 * int.from_bytes(data[first : first + 2], order)
    return int.from_bytes(data[after : after + 4], order) != 0


def refusal_of(head: bytes) -> Refusal:
    """Return why a file that no decoder opens is refused, as exactly as its first bytes tell."""
    if not head:
        return Refusal("empty_file")
    if looks_like_picture(head) or (len(head) < 8 and _PICTURES[0].startswith(head)):
        return Refusal("corrupt", "The file starts as a picture, but its header is damaged.")
    if _SVG.search(head) or b"<!DOCTYPE svg" in head:
        return Refusal("svg_refused")
    if head[4:8] == b"ftyp":
        return _refusal_of_brand(head[8:12])
    for magic, detail in _KINDS:
        if head.startswith(magic):
            return Refusal("unsupported_type", detail)
    if foreign := is_foreign_archive(head) or archive_kind(head):
        return Refusal("unsupported_type", f"This is an archive ({foreign}), not a picture.")
    return Refusal(
        "unsupported_type", "This is not a picture: send JPEG, PNG, WebP, GIF, BMP or TIFF."
    )


def refusal_of_weights(head: bytes) -> Refusal:
    """Return why a file of weights is refused; what a pickle holds is never looked at."""
    if not head:
        return Refusal("empty_file")
    if head[:1] == b"\x80" or archive_kind(head):  # a pickle, or torch's archive of pickles
        return Refusal("unsafe_model")
    return Refusal("model_invalid")


def _refusal_of_brand(brand: bytes) -> Refusal:
    if brand in _HEIC_BRANDS:
        return Refusal(
            "unsupported_type",
            "This is a HEIC picture, as phones make; save or share it as JPEG and send that.",
        )
    if brand.startswith(b"avi"):
        return Refusal("unsupported_type", "This is an AVIF picture; save it as JPEG or PNG.")
    return Refusal("unsupported_type", "This is a film, not a picture; send single frames.")

"""What a file is by its first bytes; its name and the sender's Content-Type say nothing."""

from __future__ import annotations

import re

from annotations.intake.refusals import Refusal

SNIFF_BYTES = 1024

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM")
_ARCHIVES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PK\x07\x08": "zip",
    b"\x1f\x8b": "tar.gz",
    b"BZh": "tar.bz2",
    b"\xfd7zXZ\0": "tar.xz",
}
_OTHER_ARCHIVES = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "RAR", b"\x28\xb5\x2f\xfd": "zstd"}
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"heim", b"heis"}
_KINDS = (
    (b"%PDF", "This is a PDF; export its pages as PNG or JPEG."),
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
    for magic, kind in _ARCHIVES.items():
        if head.startswith(magic):
            return kind
    return "tar" if head[257:262] == b"ustar" else None


def is_foreign_archive(head: bytes) -> str | None:
    """Return the name of an archive format that is not read here, or None."""
    return next((kind for magic, kind in _OTHER_ARCHIVES.items() if head.startswith(magic)), None)


def looks_like_picture(head: bytes) -> bool:
    """Tell whether a file starts as one of the supported formats does."""
    return head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


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


def _refusal_of_brand(brand: bytes) -> Refusal:
    if brand in _HEIC_BRANDS:
        return Refusal(
            "unsupported_type",
            "This is a HEIC picture, as phones make; save or share it as JPEG and send that.",
        )
    if brand.startswith(b"avi"):
        return Refusal("unsupported_type", "This is an AVIF picture; save it as JPEG or PNG.")
    return Refusal("unsupported_type", "This is a film, not a picture; send single frames.")

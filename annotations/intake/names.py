"""Names are data: what a file is called when shown and exported, and which paths are refused."""

from __future__ import annotations

import re
import unicodedata

from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.refusals import Refusal

_DRIVE = re.compile(r"^[A-Za-z]:/")
# A path that is clean as it is, as most are: nothing in it needs a second look.
_PLAIN_PATH = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*", re.ASCII)
# What can turn a line of text around, plus the marks that end one; joiners stay, scripts need them.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
# What a picture's name may end with, by the media type found inside it.
_SUFFIXES = {
    "image/jpeg": {"jpg", "jpeg", "jpe", "jfif", "mpo"},
    "image/png": {"png", "apng"},
    "image/webp": {"webp"},
    "image/gif": {"gif"},
    "image/bmp": {"bmp", "dib"},
    "image/tiff": {"tif", "tiff"},
}
_LITTER = {".ds_store", "thumbs.db", "desktop.ini", ".localized", "ehthumbs.db"}


def shown_name(name: str, limits: Limits = DEFAULT) -> str:
    """Return the last part of an uploaded name, NFC, without control and bidi characters.

    Everything else stays as it is: the name is shown as text and stored in a column, never used as
    a path. Raises Refusal(bad_name) when nothing is left, or too much.
    """
    if len(name) <= limits.name_max_chars and _PLAIN_PATH.fullmatch(name):
        return name.rpartition("/")[2]
    if "\0" in name:
        raise Refusal("bad_name", "The file name holds a NUL character.")
    base = re.split(r"[/\\]", name)[-1]
    if not base.isprintable():  # false for everything that is to go, and for a few others
        base = "".join(char for char in base if _is_visible(char))
    clean = unicodedata.normalize("NFC", base).strip()
    if not clean.strip("."):
        raise Refusal("bad_name", "The file has no name.")
    if len(clean) > limits.name_max_chars:
        raise Refusal(
            "bad_name",
            f"The file name is {len(clean)} characters long; {limits.name_max_chars} are allowed.",
        )
    return clean


def _is_visible(char: str) -> bool:
    # Cc: control; Cs: lone surrogates, which no database holds; Zl, Zp: line separators.
    return char not in _BIDI and unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")


def archive_path(name: str, limits: Limits = DEFAULT) -> str:
    """Return an archive entry's path with forward slashes, each part cleaned as a shown name is.

    Raises Refusal: absolute_path, path_traversal, or bad_name.
    """
    if len(name) <= limits.name_max_chars and _PLAIN_PATH.fullmatch(name):
        return name
    if "\0" in name:
        raise Refusal("bad_name", "The entry's name holds a NUL character.")
    path = name.replace("\\", "/")
    if path.startswith("/") or _DRIVE.match(path):
        raise Refusal("absolute_path")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Refusal("path_traversal")
    if not parts:
        raise Refusal("bad_name", "The file has no name.")
    if len(path) > limits.path_max_chars:
        raise Refusal(
            "bad_name",
            f"The path is {len(path)} characters long; {limits.path_max_chars} are allowed.",
        )
    return "/".join(shown_name(part, limits) for part in parts)


def is_litter(path: str) -> bool:
    """Tell whether an entry is what operating systems leave behind, and nothing a person sent."""
    parts = path.replace("\\", "/").split("/")
    last = parts[-1].lower()
    return "__MACOSX" in parts or last in _LITTER or last.startswith("._")


def is_labels_table(path: str) -> bool:
    """Tell whether a file is a table of known labels: labels.csv, or a table of any other name."""
    return path.lower().endswith((".csv", ".tsv"))


def most_bytes(path: str, limits: Limits) -> int:
    """Return how many bytes a file of this name may have: tables and documents may be larger."""
    if is_labels_table(path):
        return limits.csv_max_bytes
    large = path.lower().endswith(_DOCUMENTS) or "idx3" in path.rpartition("/")[2].lower()
    return limits.document_max_bytes if large else limits.max_bytes


def page_path(document: str, number: int, suffix: str) -> str:
    """Return the path of a document's page, as if the document were a folder of its pages."""
    name = document.rpartition("/")[2]
    stem, dot, _ = name.rpartition(".")
    return f"{document}/{(stem if dot and stem else name)[:200]}_p{number:04}.{suffix}"


def is_weights(path: str) -> bool:
    """Tell by its name whether a file holds a model's weights, which no upload of pictures has."""
    return path.lower().endswith(_WEIGHTS)


_DOCUMENTS = (".pdf", ".tif", ".tiff", ".parquet")
_WEIGHTS = (".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".safetensors", ".onnx", ".h5")


def extension_mismatch(name: str, media_type: str) -> bool:
    """Tell whether a name ends as another kind of file would; no ending is no mismatch."""
    stem, dot, suffix = name.rpartition(".")
    return bool(dot and stem) and suffix.lower() not in _SUFFIXES[media_type]

"""XML as text: small documents are put together, large ones written piece by piece."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
# What XML 1.0 cannot hold in any spelling.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Markup(str):
    """Text that is XML already."""


def element(name: str, /, *content: str, **attributes: object) -> Markup:
    """Return one element; plain texts in it are escaped, attributes that are None left out."""
    inner = "".join(part if isinstance(part, Markup) else text(part) for part in content)
    tag = name + "".join(
        f" {key.rstrip('_')}={quoteattr(_clean(str(value)))}"
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}>{inner}</{name}>" if inner else f"<{tag}/>")


def text(content: str) -> Markup:
    return Markup(escape(_clean(content)))


def _clean(content: str) -> str:
    return _FORBIDDEN.sub("\ufffd", content)


def as_document(document: str) -> str:
    """Return a document with its head."""
    return f"{HEAD}{document}\n"

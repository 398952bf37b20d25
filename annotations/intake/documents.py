"""Text, JSON and XML from outside, read without giving them any power over this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from annotations.intake.refusals import Refusal

JSON_DEPTH = 64
XML_DEPTH = 64
XML_ELEMENTS = 1_000_000
_DIGITS = 400  # no coordinate has more; Python itself refuses to read 4,300


def as_text(data: bytes) -> str:
    """Return UTF-8 (with or without mark) or UTF-16 text; raises Refusal(bad_unicode)."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refusal(
            "bad_unicode", f"The file is not UTF-8 text: byte {error.start}, in line {line}."
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Refusal("bad_unicode", f"The file holds a NUL character in line {line}.")
    return text


def lines_of(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield (number from 1, line) of a text; only line feeds and returns end a line."""
    for number, line in enumerate(as_text(data).replace("\r\n", "\n").split("\n"), start=1):
        yield number, line.rstrip("\r")


# --------------------------------------------------------------------------------------- JSON


def read_json(data: bytes) -> Any:
    """Return what JSON holds; stricter than Python: no NaN, no key twice, at most 64 levels.

    Raises Refusal: json_invalid, json_depth, json_number, json_duplicate_key or bad_unicode.
    """
    text = as_text(data)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_whole,
            parse_float=_real,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Refusal("json_invalid", f"This is not JSON: {error.msg} in {place}.") from error
    except RecursionError:
        raise Refusal("json_depth") from None
    _hold_to_depth(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refusal("json_duplicate_key", f"The key {twice[:60]!r} is there twice.")
    return made


def _constant(word: str) -> Any:
    raise Refusal("json_number", f"{word} is not a number in JSON.")


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise Refusal("json_number", f"A number has {len(digits):,} digits.")
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise Refusal("json_number", f"The number {digits[:40]} is too large.")
    return value


def _hold_to_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > JSON_DEPTH:
            raise Refusal("json_depth")
        level = [inner for outer in level for inner in _inner(outer)]


def _inner(value: Any) -> list[Any]:
    if isinstance(value, dict):
        for name in value:
            _hold_to_unicode(name)
        return list(value.values())
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        _hold_to_unicode(value)
    return []


def _hold_to_unicode(text: str) -> None:
    if "\0" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)):
        raise Refusal("bad_unicode", "A text holds a NUL or half a character.")


# ---------------------------------------------------------------------------------------- XML


@dataclass
class Node:
    """An element: its name without namespace, attributes, text and children."""

    name: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def all(self, *names: str) -> Iterator[Node]:
        """Yield the children of these names in order."""
        return (child for child in self.children if child.name in names)

    def first(self, *path: str) -> Node | None:
        """Return the first child, or grandchild, along a path of names."""
        node: Node | None = self
        for name in path:
            node = next(node.all(name), None) if node is not None else None
        return node

    def word(self, *path: str, default: str = "") -> str:
        """Return the text at a path, without blanks around it."""
        node = self.first(*path)
        return node.text.strip() if node is not None else default

    def walk(self) -> Iterator[Node]:
        """Yield the element and all below it, in the document's order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


class _Builder:
    """Builds nodes from expat's events, counting them."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > XML_ELEMENTS or len(self._open) >= XML_DEPTH:
            raise Refusal("xml_invalid", "The XML has too many elements, or too many levels.")
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text


def read_xml(data: bytes) -> Node:
    """Return an XML document's root; entities and document types of its own are refused.

    Nothing outside of the document is ever read. Raises Refusal(xml_invalid).
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.EntityDeclHandler = _refuse_entity
    parser.ExternalEntityRefHandler = _refuse_entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}"
        reason = expat.ErrorString(error.code)
        raise Refusal("xml_invalid", f"This is not XML: {reason} in {place}.") from error
    except (ValueError, LookupError) as error:  # an encoding that is unknown or does not fit
        raise Refusal("xml_invalid", f"The XML cannot be decoded: {error}.") from error
    assert builder.root is not None
    return builder.root


def _refuse_entity(*_: Any) -> Any:
    raise Refusal("xml_invalid", "The XML defines entities; that is not taken from outside.")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def root_name(head: bytes) -> str:
    """Return the name of the first element in the beginning of an XML file, "" for none."""
    found: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        found.append(_local(name))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EntityDeclHandler = _refuse_entity
    with suppress(expat.ExpatError, Refusal, ValueError, LookupError):
        parser.Parse(head, False)
    return found[0] if found else ""

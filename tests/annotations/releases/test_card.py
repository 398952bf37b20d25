"""The data card: complete, and nobody's text can become markup in it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from annotations.releases.card import markdown, page

EVIL = '<script>alert(1)</script>|[x](javascript:y)`"'
RELEASE = {"name": "letters", "number": 3, "note": EVIL, "sha256": "a" * 64}
DOCUMENT: dict[str, Any] = {
    "question": {
        "text": EVIL,
        "task_type": "choice",
        "schema": {"labels": [{"name": EVIL, "description": EVIL}]},
    },
    "schema_version": 2,
    "dataset": {"name": EVIL, "description": EVIL, "kind": "face", "licence": "", "source": EVIL},
    "consensus": {
        "method": "dawid_skene",
        "params": {},
        "fit_code_version": "",
        "code_version": "abc",
        "rule": {"confidence": 0.95, "min_votes": 2, "max_votes": 5},
    },
    "agreement": {"alpha": 0.8, "alpha_low": 0.7, "alpha_high": 0.9, "percent": 91.0},
    "label_error": {
        "expected": 0.02, "audited": 40, "wrong": 2, "measured": 0.05, "low": 0.01, "high": 0.17,
    },
    "counts": {
        "items": 3, "votes": 6, "labelers": 2, "groups": 1, "adjudicated": 0,
        "labels": {EVIL: 3}, "different_labels": 1, "splits": {EVIL: 3},
        "votes_per_item": {"2": 3}, "confidence": [0] * 9 + [3],
    },
    "leak_check": {"by": "group", "groups": 1},
    "made_at": "2026-01-01T00:00:00Z",
    "made_with": "LabelHub",
}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_texts_as_texts_with_plots_beside_them() -> None:
    tags = Tags()
    tags.feed(page(RELEASE, DOCUMENT))
    assert {"svg", "rect", "table", "h2"} <= tags.seen
    assert not tags.seen & {"script", "img", "a", "iframe", "link"}
    assert not {name for name in tags.attributes if name.startswith("on") or name == "style"}
    assert EVIL in tags.text
    assert "5.0 % (95 %: 1.0 % to 17.0 %), 2 of 40 audited items" in tags.text


def test_what_decided_beside_several_votes_is_told_apart() -> None:
    assert "gold" not in markdown(RELEASE, DOCUMENT), "older documents do not tell"
    counts = DOCUMENT["counts"] | {"adjudicated": 1, "known": 30, "lone": 48}
    rule = DOCUMENT["consensus"]["rule"] | {"model": True}
    newer = DOCUMENT | {"counts": counts, "consensus": DOCUMENT["consensus"] | {"rule": rule}}
    text = markdown(RELEASE, newer)
    assert "| Decided by a reviewer | 1 |" in text
    assert "| Known before (gold items) | 30 |" in text
    assert "| Decided by one person's vote | 48 |" in text
    assert "| Model in the consensus | a model that says the same stands for one" in text


def test_markdown_takes_every_text_as_text() -> None:
    text = markdown(RELEASE, DOCUMENT)
    assert "<script>" not in text and "[x](" not in text
    assert r"\<script\>" in text
    assert "| Licence | not stated |" in text
    assert "a" * 64 in text

"""The data card of a release: what a reader must know before using it, as Markdown and as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotations.releases.plots import bars, columns

Document = Mapping[str, Any]
Table = tuple[Sequence[str], Sequence[Sequence[str]]]  # head, rows
# Given to browsers together with its hash: the card's page runs nothing and loads nothing.
STYLE = """
body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:16px/1.55 system-ui,sans-serif;
color:#1c2430;background:#fff}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d9dee5;vertical-align:top;
overflow-wrap:anywhere}
th{font-weight:600}code{font-size:.85em;overflow-wrap:anywhere}
svg{max-width:100%;height:auto;display:block;margin:.6rem 0}
.bar{fill:#3563c9}.ink{fill:#1c2430}.quiet{fill:#5b6675}
@media(prefers-color-scheme:dark){body{color:#e4e8ee;background:#14181e}
th,td{border-color:#333c48}.bar{fill:#7aa2f7}.ink{fill:#e4e8ee}.quiet{fill:#9aa5b4}}
"""
_SHOWN = 30  # labels in a table or plot


def sections(release: Document, document: Document) -> list[tuple[str, list[str | Table]]]:
    """Return the card's parts: a title with paragraphs (plain text) and tables."""
    return [
        ("What it is", _what(release, document)),
        ("Labels", _labels(document)),
        ("Splits", _splits(document)),
        ("How labels were decided", _consensus(document)),
        ("How far to trust them", _trust(document)),
        ("Licence and source", _origin(document)),
        ("To verify", _verify(release)),
    ]


def markdown(release: Document, document: Document) -> str:
    """Return the card as Markdown (GitHub's tables)."""
    out = [f"# {_md(title_of(release))}", ""]
    for title, blocks in sections(release, document):
        out += [f"## {title}", ""]
        for block in blocks:
            out += [_md(block) if isinstance(block, str) else _md_table(block), ""]
    return "\n".join(out).rstrip() + "\n"


def page(release: Document, document: Document) -> str:
    """Return the card as one HTML page with its plots in it; it needs no other file."""
    plots = _plots(document)
    body = [f"<h1>{html.escape(title_of(release))}</h1>"]
    for title, blocks in sections(release, document):
        body.append(f"<h2>{html.escape(title)}</h2>")
        body += [plots[title]] if plots.get(title) else []
        body += [
            f"<p>{html.escape(block)}</p>" if isinstance(block, str) else _html_table(block)
            for block in blocks
        ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title_of(release))}</title><style>{STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )


def title_of(release: Document) -> str:
    return f"{release['name']}@{release['number']}"


# --- parts -----------------------------------------------------------------------------------


def _what(release: Document, document: Document) -> list[str | Table]:
    question, counts = document["question"], document["counts"]
    rows = [
        ["Question", question["text"]],
        ["Kind of answer", question["task_type"].replace("_", " ")],
        ["Pairs" if _of_pairs(document) else "Items", f"{counts['items']:,}"],
        ["Votes behind them", f"{counts['votes']:,}"],
        ["Labelers (under pseudonyms)", _number(counts["labelers"] or None)],
        ["Groups (writers, persons, pages)", f"{counts['groups']:,}"],
        ["Made", f"{document['made_at']} with {document['made_with']}"],
    ]
    if gone := (release.get("taken_down") or {}).get("items"):
        rows.append(["Taken down since", f"{gone:,} on {release['taken_down']['at']}"])
    description = document["dataset"]["description"]
    note = release.get("note")
    return [*([note] if note else []), *([description] if description else []), (("", ""), rows)]


def _labels(document: Document) -> list[str | Table]:
    counts = document["counts"]
    meant = {
        label["name"]: label.get("description", "")
        for label in document["question"]["schema"].get("labels", [])
    }
    shown = list(counts["labels"].items())[:_SHOWN]
    blocks: list[str | Table] = []
    if shown:
        rows = [[name or "(none)", f"{n:,}", meant.get(name, "")] for name, n in shown]
        blocks.append((("Label", "Items", "Meaning"), rows))
    more = counts["different_labels"] - len(shown)
    if more > 0:
        blocks.append(f"And {more:,} more different ones.")
    blocks.append(f"Version {document['schema_version']} of the project's label schema.")
    return blocks


def _splits(document: Document) -> list[str | Table]:
    counts, check = document["counts"], document["leak_check"]
    total = max(counts["items"], 1)
    rows = [
        [name or "(none)", f"{n:,}", f"{100 * n / total:.1f} %"]
        for name, n in counts["splits"].items()
    ]
    words = {
        "group": "Whole groups lie in one split; items without a group were drawn on their own.",
        "item": "Items were drawn one by one; none of them has a group.",
        "given": "Splits are those that the items came with.",
        "none": "This release has no splits.",
    }
    checked = (
        f" Checked: none of the {check['groups']:,} groups lies in two splits."
        if check["groups"] and check["by"] != "none"
        else ""
    )
    across = (
        " A pair with an item on each of two sides belongs to no split."
        if _of_pairs(document) and check["by"] != "none"
        else ""
    )
    return [words[check["by"]] + checked + across, (("Split", "Items", "Share"), rows)]


def _of_pairs(document: Document) -> bool:
    return bool(document["question"]["task_type"] == "pair")


def _consensus(document: Document) -> list[str | Table]:
    consensus, rule = document["consensus"], document["consensus"]["rule"]
    per_item = document["counts"]["votes_per_item"]
    rows = [
        ["Method", consensus["method"].replace("_", " ")],
        ["Settings", _settings(consensus["params"])],
        ["Code version", consensus["fit_code_version"] or consensus["code_version"]],
        [
            "Stop rule",
            f"{rule['confidence']:.0%} sure after at least {rule['min_votes']} votes, "
            f"at most {rule['max_votes']}",
        ],
        *_beside_votes(document),
        ["Votes per item", ", ".join(f"{n}: {items:,}" for n, items in per_item.items())],
    ]
    return [(("", ""), rows)]


def _beside_votes(document: Document) -> list[list[str]]:
    """What decided beside several people's votes; older documents do not tell all of it."""
    rule, counts = document["consensus"]["rule"], document["counts"]
    rows = [["Decided by a reviewer", f"{counts['adjudicated']:,}"]]
    if rule.get("model") and rule["min_votes"] > 1 and counts.get("lone"):
        told = "a model that says the same stands for one of the least votes, never alone"
        rows.insert(0, ["Model in the consensus", told])
    if "known" in counts:
        rows.append(["Known before (gold items)", f"{counts['known']:,}"])
        rows.append(["Decided by one person's vote", f"{counts['lone']:,}"])
    return rows


def _trust(document: Document) -> list[str | Table]:
    agreement, error = document["agreement"], document["label_error"]
    alike = "Likeness" if agreement.get("by") == "distance" else "Equal answers"
    rows = [
        [
            "Krippendorff's alpha",
            _with_interval(agreement["alpha"], agreement["alpha_low"], agreement["alpha_high"]),
        ],
        [f"{alike}, of pairs", _percent(agreement["percent"], of=100)],
        ["Expected label error, if confidences are right", _percent(error["expected"])],
    ]
    if error["measured"] is None:
        rows.append(["Measured label error", "not measured: no audited item has every vote yet"])
    else:
        between = f"{_percent(error['low'])} to {_percent(error['high'])}"
        rows.append(
            [
                "Measured label error",
                f"{_percent(error['measured'])} (95 %: {between}), {error['wrong']} of "
                f"{error['audited']} audited items",
            ]
        )
    return [
        (("", ""), rows),
        "Measured on items that got every vote they could: the share whose label with all votes "
        "differs from the label at the moment at which the stop rule would have ended.",
    ]


def _origin(document: Document) -> list[str | Table]:
    dataset = document["dataset"]
    rows = [
        ["Dataset", dataset["name"]],
        ["Kind", dataset["kind"]],
        ["Licence", dataset["licence"] or "not stated"],
        ["Source", dataset["source"] or "not stated"],
    ]
    return [(("", ""), rows)]


def _verify(release: Document) -> list[str | Table]:
    made: list[str | Table] = [
        "The SHA-256 of the list of items, one line of JSON each, is:",
        (("SHA-256",), [[release["sha256"]]]),
    ]
    gone = release.get("taken_down") or {}
    if not gone.get("items"):
        return made
    noun = "item was" if gone["items"] == 1 else "items were"
    return [
        *made,
        f"{gone['items']:,} {noun} taken down since, the last time on {gone['at']}; neither "
        "pictures nor answers of them are given out. The figures above are those of the day it was "
        "made. In the list a tombstone with the SHA-256 of its line stands for each of them; the "
        "list as it is now has the SHA-256:",
        (("SHA-256",), [[release["served_sha256"]]]),
    ]


def _plots(document: Document) -> dict[str, str]:
    counts = document["counts"]
    confidence = counts["confidence"]
    return {
        "Labels": bars(list(counts["labels"].items())[:_SHOWN], "Items by label"),
        "Splits": bars(list(counts["splits"].items()), "Items by split"),
        "How far to trust them": columns(
            [f"{at / len(confidence):.1f}" for at in range(len(confidence))],
            confidence,
            "Items by confidence of the label",
        ),
    }


# --- words -----------------------------------------------------------------------------------


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:,}"


def _percent(value: float | None, of: float = 1.0) -> str:
    return "not known" if value is None else f"{100 * value / of:.1f} %"


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return "not known"
    return f"{value:.3f} (95 %: {low:.3f} to {high:.3f})"


def _settings(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(params.items())) or "the method's"


def _md(text: str) -> str:
    """Return text that Markdown takes as text: no tag, link or table of somebody's making."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))


def _md_table(table: Table) -> str:
    head, rows = table
    lines = [_md_row(head), _md_row(["---"] * len(head), raw=True)]
    return "\n".join(lines + [_md_row(row) for row in rows])


def _md_row(cells: Iterable[str], *, raw: bool = False) -> str:
    return "| " + " | ".join(cell if raw else _md(cell) for cell in cells) + " |"


def _html_table(table: Table) -> str:
    head, rows = table
    heads = "".join(f"<th>{html.escape(cell)}</th>" for cell in head) if any(head) else ""
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table>{f'<tr>{heads}</tr>' if heads else ''}{body}</table>"

"""Every picture, archive and table of the corpus ends as its manifest says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import ImageStat

from annotations.intake.archives import read_archive
from annotations.intake.checking import CheckerPool
from annotations.intake.labels_csv import read_labels
from annotations.intake.names import extension_mismatch, shown_name
from annotations.intake.picture import Picture
from annotations.intake.plain_png import rewritten
from annotations.intake.refusals import Refusal
from tests.badfiles import Case, Corpus
from tests.pictures import opened

Results = list[tuple[Case, Picture | Refusal]]


@pytest.fixture(scope="module")
def results(badfiles: Corpus) -> Results:
    with CheckerPool() as pool:
        answers = pool.check((case, case.data) for case in badfiles.of("image"))
        return [(case, _with_name(case, answer)) for case, _, answer in answers]


def _with_name(case: Case, answer: Picture | Refusal) -> Picture | Refusal:
    try:
        shown_name(case.name)
    except Refusal as refusal:
        return refusal
    return answer


def _accepted(results: Results, check: str) -> Iterator[tuple[Case, Picture]]:
    for case, answer in results:
        if isinstance(answer, Picture) and check in case.checks:
            yield case, answer


def _shown(case: Case, picture: Picture) -> bytes:
    return picture.screen or picture.thumb or rewritten(case.data)


def test_pictures_are_taken_or_refused_as_expected(results: Results) -> None:
    wrong = [
        (case.id, answer)
        for case, answer in results
        if not (
            case.allows_refusing(answer.code)
            if isinstance(answer, Refusal)
            else case.allows_taking()
        )
    ]
    assert wrong == []
    assert len(results) > 60


def test_pictures_carry_the_expected_warnings(results: Results) -> None:
    for case, answer in results:
        if isinstance(answer, Picture):
            given = {*answer.warnings}
            if extension_mismatch(shown_name(case.name), answer.media_type):
                given.add("extension_mismatch")
            assert set(case.facts.get("warn", ())) <= given, case.id


def test_shown_size_is_the_one_after_orientation(results: Results) -> None:
    for case, answer in _accepted(results, "size"):
        assert [answer.width, answer.height] == case.checks["size"], case.id
        assert list(opened(_shown(case, answer)).size) == case.checks["size"], case.id


def test_shown_colours_are_those_of_the_picture(results: Results) -> None:
    for case, answer in _accepted(results, "top_left"):
        pixel = opened(_shown(case, answer)).convert("RGB").getpixel((3, 3))
        assert pixel == pytest.approx(case.checks["top_left"], abs=25), case.id
    for case, answer in _accepted(results, "mean"):
        mean = ImageStat.Stat(opened(_shown(case, answer)).convert("L")).mean[0]
        assert mean == pytest.approx(case.checks["mean"], abs=12), case.id


def test_nothing_served_holds_what_was_hidden_in_the_file(results: Results) -> None:
    for case, answer in _accepted(results, "served_without"):
        served = answer.thumb + _shown(case, answer)
        assert not [text for text in case.checks["served_without"] if text.encode() in served]
    for case, found in results:
        if isinstance(found, Picture):
            image = opened(_shown(case, found))
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "icc_profile"} & image.info.keys()


def test_shown_names_are_as_expected(badfiles: Corpus) -> None:
    for case in badfiles.of("image"):
        if "shown_name" in case.checks:
            assert shown_name(case.name) == case.checks["shown_name"], case.id
        if "shown_name_lacks" in case.checks and "\0" not in case.name:
            assert not set(case.checks["shown_name_lacks"]) & set(shown_name(case.name))


def test_archives_are_taken_apart_as_expected(badfiles: Corpus) -> None:
    with CheckerPool() as pool:
        wrong = {case.id: fault for case in badfiles.of("archive") if (fault := _fault(case, pool))}
    assert wrong == {}
    assert not [path for path in badfiles.canaries() if path.exists()]


def _fault(case: Case, pool: CheckerPool) -> str:
    """Return what is wrong with how an archive ends, or nothing."""
    good: list[tuple[str, bytes]] = []
    refused: dict[str, str] = {}
    whole = ""
    try:
        with case.path.open("rb") as file:
            for member in read_archive(file):
                if member.refusal is not None:
                    refused[member.path] = member.refusal.code
                elif not member.ignored:
                    good.append((member.path, member.data))
    except Refusal as refusal:
        whole = refusal.code
    taken = 0
    for name, _, answer in pool.check(good):
        taken += isinstance(answer, Picture)
        if isinstance(answer, Refusal):
            refused[name] = answer.code
    expected = case.facts.get("refused", {})
    if case.facts["expect"] == "reject":
        codes = {whole} if whole else set(refused.values())
        return "" if not taken and codes and codes <= set(case.facts["codes"]) else f"{codes}"
    if case.facts["expect"] == "either":
        codes = ({whole} if whole else set()) | set(refused.values())
        return "" if codes <= set(case.facts["codes"]) else f"{codes}"
    fits = refused.keys() == expected.keys() and all(refused[n] in expected[n] for n in expected)
    return "" if not whole and fits and taken == case.facts["taken"] else f"{whole} {refused}"


def test_tables_are_read_as_expected(badfiles: Corpus) -> None:
    wrong = {case.id: fault for case in badfiles.of("csv") if (fault := _table_fault(case))}
    assert wrong == {}


def _table_fault(case: Case) -> str:
    items = {"a.jpg", "b.jpg", "c.jpg"}
    try:
        table = read_labels(
            case.data, knows_item=items.__contains__, labels=frozenset({"cat", "dog"})
        )
    except Refusal as refusal:
        return "" if case.allows_refusing(refusal.code) else refusal.code
    expected = case.facts.get("refused", {})
    refused = {str(line): refusal.code for line, refusal in table.refused.items()}
    fits = refused.keys() == expected.keys() and all(refused[n] in expected[n] for n in expected)
    taken = case.facts.get("taken", len(table.rows))
    return "" if case.allows_taking() and fits and taken == len(table.rows) else f"{refused}"

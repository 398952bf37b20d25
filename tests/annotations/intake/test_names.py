"""Names are cleaned, never trusted, and kept as people wrote them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.intake.names import (
    archive_path,
    extension_mismatch,
    is_labels_table,
    is_litter,
    shown_name,
)
from annotations.intake.refusals import Refusal


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/x.jpg", "x.jpg"),
        ("C:\\Users\\a\\x.jpg", "x.jpg"),
        ("a:b.jpg", "a:b.jpg"),
        ("  spaced  name .png ", "spaced  name .png"),
        (unicodedata.normalize("NFD", "café.jpg"), unicodedata.normalize("NFC", "café.jpg")),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("می\u200cخواهم.png", "می\u200cخواهم.png"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
        ("\ud800.png", ".png"),
    ],
)
def test_shown_names(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown


@pytest.mark.parametrize("name", ["", "...", "..", "a/", "\u202e", "a\0b.jpg", "n" * 256])
def test_names_that_cannot_be_shown_are_refused(name: str) -> None:
    with pytest.raises(Refusal, match=r"\.$") as refusal:
        shown_name(name)
    assert refusal.value.code == "bad_name"


@given(st.text(max_size=300))
def test_a_shown_name_is_stable_and_harmless(name: str) -> None:
    try:
        shown = shown_name(name)
    except Refusal:
        return
    assert shown_name(shown) == shown
    assert not set("/\\\0\r\n\u202e") & set(shown)
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/etc/passwd", "absolute_path"),
        ("C:\\x.jpg", "absolute_path"),
        ("a/../../x.jpg", "path_traversal"),
        ("a\\..\\x.jpg", "path_traversal"),
        ("a\0.jpg", "bad_name"),
        ("d/" * 400 + "x.jpg", "bad_name"),
        ("./", "bad_name"),
    ],
)
def test_paths_that_lead_elsewhere_are_refused(path: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        archive_path(path)
    assert refusal.value.code == code


def test_paths_inside_of_an_archive_are_kept() -> None:
    assert archive_path("./images\\cats//x.jpg") == "images/cats/x.jpg"


def test_litter_and_tables_are_known_by_name() -> None:
    assert is_litter("__MACOSX/images/._a.jpg")
    assert is_litter("images/.DS_Store")
    assert not is_litter("images/a.jpg")
    assert is_labels_table("set/Labels.CSV") and is_labels_table("truth.tsv")
    assert not is_labels_table("labels.csv.png")


def test_an_ending_that_fits_no_picture_is_a_mismatch() -> None:
    assert not extension_mismatch("a.JPEG", "image/jpeg")
    assert not extension_mismatch("noext", "image/jpeg")
    assert extension_mismatch("a.png", "image/jpeg")
    assert extension_mismatch("photo.jpg.php", "image/jpeg")

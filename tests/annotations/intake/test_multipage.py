"""Documents of several pages: each page is a picture, and a bad one costs itself alone."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image

from annotations.intake.checking import CheckerPool
from annotations.intake.images import check_picture
from annotations.intake.limits import DEFAULT
from annotations.intake.multipage import open_document
from annotations.intake.picture import Page
from annotations.intake.refusals import Refusal
from annotations.intake.sniff import may_have_pages
from tests.pictures import encoded, opened, picture


@pytest.fixture(scope="module")
def pool() -> Iterator[CheckerPool]:
    with CheckerPool(processes=1) as pool:
        yield pool


def tiff(*pages: Image.Image) -> bytes:
    return encoded(pages[0], "TIFF", save_all=True, append_images=list(pages[1:]))


def pdf(*pages: Image.Image, dpi: float = 100) -> bytes:
    return encoded(pages[0], "PDF", save_all=True, append_images=list(pages[1:]), resolution=dpi)


def drawn_pdf(*boxes: str, content: bytes = b"0 0 1 rg 10 10 50 50 re f") -> bytes:
    """A PDF of drawings, one page for each MediaBox; the last has another drawing than the rest."""
    kids = " ".join(f"{3 + 2 * at} 0 R" for at in range(len(boxes)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(boxes)}>>".encode(),
    ]
    for at, box in enumerate(boxes):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents {4 + 2 * at} 0 R>>".encode()
        )
        drawing = content if at == 0 or at < len(boxes) - 1 else b"1 0 0 rg 5 5 9 9 re f"
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing))
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def pages_of(pool: CheckerPool, data: bytes) -> list[Page]:
    found = [page for _, page in pool.pages(data)]
    assert not [page for page in found if isinstance(page, Refusal)]
    return [page for page in found if isinstance(page, Page)]


def test_each_page_of_a_tiff_keeps_its_pixels(pool: CheckerPool) -> None:
    sheets = [picture(seed=1), picture(seed=2, mode="CMYK"), picture(seed=3, mode="1")]
    pages = pages_of(pool, tiff(*sheets))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [opened(page.data).mode for page in pages] == ["RGB", "CMYK", "1"]
    assert [opened(p.data).tobytes() for p in pages] == [sheet.tobytes() for sheet in sheets]


def test_sixteen_bits_of_a_page_stay(pool: CheckerPool) -> None:
    deep = Image.new("I;16", (40, 30), 40_000)
    deep.putpixel((3, 4), 12_345)
    second = pages_of(pool, tiff(picture(), deep))[1]
    assert opened(second.data).getpixel((3, 4)) == 12_345
    assert "scaled_to_8_bit" in check_picture(second.data).warnings


def test_a_turned_page_stands_upright(pool: CheckerPool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = encoded(
        picture(40, 30), "TIFF", save_all=True, append_images=[picture(seed=1)], exif=exif
    )
    page = pages_of(pool, lying)[0]
    assert (check_picture(page.data).width, check_picture(page.data).height) == (30, 40)


def test_a_tiff_of_one_page_is_no_document() -> None:
    assert not may_have_pages(encoded(picture(), "TIFF"))
    assert not may_have_pages(b"II*\0") and not may_have_pages(b"\x89PNG")
    with_preview = io.BytesIO()
    picture().save(
        with_preview, "TIFF", save_all=True,
        append_images=[picture(20, 15)], tiffinfo={254: 0},
    )  # fmt: skip
    assert may_have_pages(with_preview.getvalue())


def test_thumbnails_in_a_tiff_are_no_pages() -> None:
    from PIL import TiffImagePlugin

    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[254] = 1
    small = picture(20, 15)
    small.encoderinfo = {"tiffinfo": tags}
    out = io.BytesIO()
    picture().save(out, "TIFF", save_all=True, append_images=[small])
    assert may_have_pages(out.getvalue())
    assert open_document(out.getvalue()) is None


def test_a_drawn_page_has_200_dots_an_inch(pool: CheckerPool) -> None:
    (page,) = pages_of(pool, drawn_pdf("0 0 144 72"))
    image = opened(page.data)
    assert (page.suffix, image.size) == ("png", (400, 200))
    assert image.getpixel((80, 150)) == (0, 0, 255)


def test_a_scan_in_a_pdf_is_drawn_as_fine_as_it_is(pool: CheckerPool) -> None:
    first, second = pages_of(pool, pdf(picture(300, 200), picture(600, 400, seed=1), dpi=300))
    assert [opened(page.data).size for page in (first, second)] == [(300, 200), (600, 400)]


def test_a_grey_page_is_grey(pool: CheckerPool) -> None:
    (page,) = pages_of(pool, drawn_pdf("0 0 100 100", content=b"0.5 g 10 10 50 50 re f"))
    assert opened(page.data).mode == "L"


def test_a_page_of_a_square_kilometre_is_drawn_smaller(pool: CheckerPool) -> None:
    (page,) = pages_of(pool, drawn_pdf("0 0 2000000 2000000"))
    width, height = opened(page.data).size
    assert 1_000_000 < width * height <= DEFAULT.max_pixels


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
         "unsupported_type"),
        (b"%PDF-1.7 nothing more", "unsupported_type"),
        (drawn_pdf(), "unsupported_type"),
    ],
)  # fmt: skip
def test_a_pdf_that_cannot_be_opened_is_refused(pool: CheckerPool, data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        list(pool.pages(data))
    assert refused.value.code == code


def test_a_document_of_too_many_pages_is_refused() -> None:
    limits = replace(DEFAULT, document_max_pages=2)
    for data in (drawn_pdf(*["0 0 50 50"] * 3), tiff(*[picture(seed=k) for k in range(3)])):
        with pytest.raises(Refusal) as refused:
            open_document(data, limits)
        assert refused.value.code == "too_many_pages"


def test_a_page_that_never_ends_costs_itself_alone() -> None:
    endless = b"0 0 1 rg " + b"0 0 m 9000 9000 l 0 9000 l 9000 0 l f* " * 400_000
    with CheckerPool(replace(DEFAULT, seconds_per_file=4), processes=1) as pool:
        data = drawn_pdf("0 0 9000 9000", "0 0 10 10", content=endless)
        (_, first), (_, second) = pool.pages(data)
        assert isinstance(first, Refusal) and "longer than 4 seconds" in first.detail
        assert isinstance(second, Page) and opened(second.data).size == (28, 28)


def test_pages_that_unpack_without_end_are_given_up() -> None:
    packed = zlib.compress(b"0 0 1 rg 0 0 m 9 9 l f " * 40_000_000, 1)
    data = drawn_pdf(*["0 0 99 99"] * 9, content=packed)
    data = data.replace(b"<</Length", b"<</Filter/FlateDecode/Length")
    drawn = []
    with CheckerPool(processes=1) as pool, pytest.raises(Refusal) as refused:
        drawn += [page for _, page in pool.pages(data)]
    assert not drawn and "Pages up to 3" in refused.value.detail


def test_a_damaged_page_of_a_tiff_costs_itself_alone(pool: CheckerPool) -> None:
    sheets = [picture(200, 200, seed=k) for k in range(3)]
    data = bytearray(encoded(
        sheets[0], "TIFF", save_all=True, append_images=sheets[1:], compression="tiff_lzw"
    ))  # fmt: skip
    half = open_document(bytes(data))
    assert half is not None and half.count == 3
    at = bytes(data).find(b"\x80", len(data) // 2)
    data[at : at + 40] = b"\xff" * 40
    results = [page for _, page in pool.pages(bytes(data))]
    assert len(results) == 3 and sum(isinstance(page, Page) for page in results) >= 2

"""What people are shown of a picture: upright, 8 bit, opaque, never enlarged."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from annotations.intake.images import check_picture, small_png
from annotations.intake.limits import Limits
from annotations.intake.plain_png import rewritten
from annotations.intake.refusals import Refusal
from tests.pictures import encoded, opened, picture, png


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def test_a_tiny_picture_is_kept_pixel_by_pixel() -> None:
    image = picture(28, 28, mode="L")
    result = check_picture(encoded(image, "BMP"))
    assert result.screen is None
    assert opened(result.thumb).tobytes() == image.tobytes()
    assert opened(result.thumb).size == (28, 28)


def test_a_tiny_plain_png_needs_no_rendition() -> None:
    result = check_picture(encoded(picture(28, 28, mode="L")))
    assert (result.thumb, result.screen) == (b"", None)
    assert (result.width, result.height, result.media_type) == (28, 28, "image/png")


def test_a_tiny_jpeg_is_shown_without_a_second_loss() -> None:
    data = encoded(picture(64, 64, mode="L"), "JPEG", quality=60)
    result = check_picture(data)
    assert opened(result.thumb).format == "PNG"
    assert opened(result.thumb).tobytes() == opened(data).tobytes()


def test_a_large_picture_gets_a_thumb_and_a_screen_rendition() -> None:
    result = check_picture(encoded(picture(3000, 1500), "JPEG"))
    assert (result.width, result.height) == (3000, 1500)
    assert opened(result.thumb).size == (192, 96)
    assert opened(result.screen or b"").size == (2048, 1024)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA"])
def test_a_large_picture_of_any_mode_is_shrunk_without_shifting(mode: str) -> None:
    result = check_picture(encoded(picture(4500, 2250).convert(mode)))
    shown = opened(result.screen or b"")
    assert shown.size == (2048, 1024)
    dark, light = shown.convert("L").getpixel((600, 300)), shown.convert("L").getpixel((720, 300))
    assert mode == "1" or (dark < 120 and light > 200)  # type: ignore[operator]
    assert max(shown.convert("L").crop((700, 360, 2000, 1000)).getextrema()) > 200


def test_a_page_of_a_megapixel_stays_lossless() -> None:
    image = picture(1200, 800)
    result = check_picture(encoded(image))
    assert opened(result.screen or b"").tobytes() == image.tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation: int) -> None:
    upright = picture(90, 60)
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(turns[orientation]) if orientation > 1 else upright
    result = check_picture(encoded(stored, exif=_exif(orientation)))
    assert (result.width, result.height) == (90, 60)
    assert opened(result.thumb).tobytes() == upright.tobytes()


@pytest.mark.parametrize("bits", [9, 10, 12, 14, 16])
def test_deep_grey_is_scaled_by_the_bits_it_uses(bits: int) -> None:
    top = (1 << bits) - 1
    values = struct.pack("<256H", *[top * k // 255 for k in range(256)])
    result = check_picture(encoded(Image.frombytes("I;16", (16, 16), values)))
    low, high = opened(result.thumb).getextrema()
    assert (low, high) == (0, 255)
    assert "scaled_to_8_bit" in result.warnings


def test_dark_ink_on_nothing_lies_on_white_and_white_ink_on_black() -> None:
    for ink, ground in (((0, 0, 0), 255), ((255, 255, 255), 0)):
        image = Image.new("RGBA", (20, 20), (*ink, 0))
        image.paste((*ink, 255), (5, 5, 15, 15))
        result = check_picture(encoded(image))
        shown = opened(result.thumb).convert("L")
        assert shown.getpixel((0, 0)) == ground
        assert shown.getpixel((10, 10)) == ink[0]
        assert "transparency_flattened" in result.warnings


def test_an_opaque_alpha_channel_is_dropped_without_a_word() -> None:
    result = check_picture(encoded(picture().convert("RGBA")))
    assert result.warnings == ()
    assert opened(result.thumb).tobytes() == picture().tobytes()


MODES = {
    "PNG": ["1", "L", "LA", "P", "RGB", "RGBA"],
    "JPEG": ["1", "L", "RGB", "CMYK"],
    "WEBP": ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"],
    "GIF": ["1", "L", "LA", "P", "RGB", "RGBA"],
    "BMP": ["1", "L", "P", "RGB", "RGBA"],
    "TIFF": ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"],
}


@pytest.mark.parametrize(
    ("kind", "mode"), [(kind, mode) for kind, modes in MODES.items() for mode in modes]
)
def test_every_mode_of_every_format_is_shown_as_grey_or_colour(kind: str, mode: str) -> None:
    data = encoded(picture(50, 40).convert(mode), kind)
    shown = opened(check_picture(data).thumb or rewritten(data))
    assert shown.mode in ("L", "RGB")
    red, _, blue = shown.convert("RGB").getpixel((2, 2))  # type: ignore[misc]
    assert mode in ("1", "L", "LA") or red > blue + 80


def test_a_colour_profile_is_applied_and_dropped() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    swapped = encoded(picture(), icc_profile=lab.tobytes())
    shown = opened(check_picture(swapped).thumb)  # it does not fit RGB pixels: ignored
    assert shown.tobytes() == picture().tobytes()
    assert "icc_profile" not in shown.info


def test_metadata_of_every_kind_is_left_behind() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Jane Doe")
    notes.add_itxt("XML:com.adobe.xmp", "<x>Jane Doe</x>")
    for size in ((40, 30), (600, 400), (2500, 2000)):
        data = encoded(picture(*size), pnginfo=notes, exif=_exif(1), dpi=(300, 300))
        result = check_picture(data)
        assert b"Jane" not in result.thumb + (result.screen or b"")


@pytest.mark.parametrize(
    ("size", "limits", "code"),
    [
        ((50, 50), Limits(max_pixels=2_000), "too_many_pixels"),
        ((50, 20), Limits(max_side=40), "dimension_limit"),
        ((50, 3), Limits(), "too_small"),
        ((50, 50), Limits(max_bytes=50), "too_large"),
    ],
)
def test_a_picture_beyond_a_limit_is_refused(
    size: tuple[int, int], limits: Limits, code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        check_picture(encoded(picture(*size)), limits)
    assert refusal.value.code == code
    assert refusal.value.detail.endswith(".")


def test_a_cut_file_is_refused_at_every_length() -> None:
    data = encoded(picture(), "JPEG")
    for length in range(0, len(data) - 2, 97):
        with pytest.raises(Refusal):
            check_picture(data[:length])


def test_our_png_writer_writes_what_pillow_reads() -> None:
    for image in (picture(1, 1), picture(7, 5), picture(192, 3, mode="L")):
        assert opened(small_png(image)).tobytes() == image.tobytes()
        with Image.open(io.BytesIO(small_png(image))) as file:
            file.verify()


def test_the_same_bytes_give_the_same_rendition() -> None:
    assert check_picture(png(3)) == check_picture(png(3))

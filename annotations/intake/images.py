"""Decode one picture and make what people are shown: turned upright, 8 bit, free of metadata.

Runs in the checking processes (`checker.py`), which hold the limits on time and memory; nothing
else should decode bytes from outside. Decoding is Pillow's, with a closed list of formats.
"""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageFile, ImageStat, UnidentifiedImageError

from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.picture import SCREEN_SIDE, Picture
from annotations.intake.pixel_limits import hold_to_limits, too_many_pixels
from annotations.intake.plain_picture import plain_picture
from annotations.intake.plain_png import chunk
from annotations.intake.refusals import Refusal
from annotations.intake.sniff import SNIFF_BYTES, refusal_of

# MPO (two pictures in one JPEG file) comes with JPEG; EPS would be handed to Ghostscript.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "DIB": "image/bmp",
    "TIFF": "image/tiff",
}
THUMB_SIDE = 192
_LOSSLESS = ("PNG", "GIF", "BMP", "DIB", "TIFF")
_LOSSLESS_SCREEN_PIXELS = 1_000_000  # above it a PNG of a photograph is many megabytes
_SRGB = (b"sRGB", "sRGB".encode("utf-16-be"))  # profiles that say what is assumed anyway
_PNG = b"\x89PNG\r\n\x1a\n"
_ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def check_picture(data: bytes, limits: Limits = DEFAULT) -> Picture:
    """Decode `data` fully and return the picture with its renditions; raise Refusal otherwise.

    Size is read from the header and held to the limits before any pixel is decoded. A few plain
    pixels need no decoder to be known as sound.
    """
    if not data:
        raise Refusal("empty_file")
    if len(data) > limits.max_bytes:
        raise Refusal("too_large", f"The file is larger than {limits.max_bytes:,} bytes.")
    if (plain := plain_picture(data, limits)) is not None:
        return plain
    image = open_picture(data, limits)
    width, height = image.size
    media_type, lossless = MEDIA_TYPES[image.format or ""], image.format in _LOSSLESS
    # A large JPEG is decoded at a fraction of its size: all its bytes are still read and checked.
    image.draft(None, (SCREEN_SIDE, SCREEN_SIDE))
    _load(image)
    notes = ["multi_frame"] if getattr(image, "is_animated", False) else []
    turn = TURNS.get(orientation(image))
    if turn in (TURNS[5], TURNS[6], TURNS[7], TURNS[8]):
        width, height = height, width
    shown = to_eight_bit(_shrunk(image, SCREEN_SIDE), notes)
    shown = shown.transpose(turn) if turn is not None else shown
    thumb, screen = _renditions(shown, lossless)
    return Picture(media_type, width, height, tuple(notes), thumb, screen)


def open_upright(data: bytes, limits: Limits = DEFAULT) -> Image.Image:
    """Return a picture decoded in full size and turned as it is shown; raises Refusal."""
    image = open_picture(data, limits)
    _load(image)
    turn = TURNS.get(orientation(image))
    return image.transpose(turn) if turn is not None else image


def full_picture(data: bytes, limits: Limits = DEFAULT) -> bytes:
    """Return a picture that was accepted with all its pixels: upright, sRGB, without metadata."""
    return encode_jpeg(to_eight_bit(open_upright(data, limits), []), 90)


def open_picture(data: bytes, limits: Limits) -> ImageFile.ImageFile:
    """Read a picture's header, hold its size to the limits, and decode nothing; raises Refusal."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise refusal_of(data[:SNIFF_BYTES]) from None
    except Image.DecompressionBombError:
        raise too_many_pixels(limits) from None
    except DECODER_ERRORS as error:
        raise refusal_of_error(error) from error
    hold_to_limits(image.size, limits)
    return image


# What Pillow's readers raise on damaged files, seen in its plugins; MemoryError is the caller's.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    RuntimeError,
    zlib.error,
    Image.DecompressionBombError,
)


def _load(image: ImageFile.ImageFile) -> None:
    try:
        image.load()
    except DECODER_ERRORS as error:
        raise refusal_of_error(error) from error


def refusal_of_error(error: BaseException) -> Refusal:
    """Return the refusal for what a decoder raised."""
    text = str(error).lower()
    if isinstance(error, Image.DecompressionBombError):
        return Refusal("too_many_pixels")
    if "decompressed data too large" in text or "too much memory used" in text:
        return Refusal(
            "too_large", "A text or colour profile in the file unpacks to too many bytes."
        )
    if "truncated" in text or isinstance(error, EOFError):
        return Refusal("truncated")
    return Refusal("corrupt")


def orientation(image: ImageFile.ImageFile) -> int:
    """Return the EXIF orientation, 1 where there is none or it cannot be read."""
    if image.format != "TIFF" and not {"exif", "xmp", "XML:com.adobe.xmp"} & image.info.keys():
        return 1
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except DECODER_ERRORS:
        return 1  # broken metadata is no reason to lose the picture
    return value if isinstance(value, int) else 1


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    """Return the picture with its longest side at most `side`, never enlarged."""
    if max(image.size) <= side:
        return image
    if image.mode.startswith("I;16"):
        return image.resize(_fit(image.size, side), Image.Resampling.BILINEAR)
    if image.mode not in ("L", "RGB", "CMYK"):
        image = _reduced_in_bands(image, max(image.size) // side)
    return image.resize(_fit(image.size, side), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _reduced_in_bands(image: Image.Image, factor: int) -> Image.Image:
    """Convert a palette or transparent picture and divide its size, some rows at a time.

    As a whole, 50 million pixels of palette would become 200 MB of colour first.
    """
    mode = _resizable_mode(image)
    width, height = image.size
    rows = factor * max(1, 2048 // factor)
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(height, top + rows))).convert(mode)
        small.paste(band.reduce(factor) if factor > 1 else band, (0, top // factor))
    return small


def _resizable_mode(image: Image.Image) -> str:
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        return "RGBA"
    return {"1": "L", "I": "I", "F": "F"}.get(image.mode, "RGB")


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def to_eight_bit(image: Image.Image, notes: list[str]) -> Image.Image:
    """Return the picture in mode L or RGB, sRGB, on a plain ground; adds warnings to `notes`."""
    if image.mode in ("L", "RGB") and not {"icc_profile", "transparency"} & image.info.keys():
        return image
    profile = image.info.get("icc_profile")
    grey = image.mode in ("1", "L", "LA", "La")
    if image.mode.startswith("I"):
        image = _from_deep_grey(image)
        notes.append("scaled_to_8_bit")
    elif image.mode == "F":
        raise Refusal(
            "unsupported_type", "The picture holds fractional pixel values; save it as 8 or 16 bit."
        )
    elif "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        image = _opaque(image.convert("RGBA"), notes)
    if profile and not any(name in profile for name in _SRGB):
        image = _in_srgb(image, profile)
    if image.mode == "L" or (image.mode == "RGB" and not grey):
        return image
    return image.convert("L" if grey else "RGB")


def _from_deep_grey(image: Image.Image) -> Image.Image:
    """Scale 16 or 32 bit grey to 8 bit by its highest used bit, so 12 bit scans are not black."""
    low, high = image.getextrema()
    if not isinstance(low, int) or not isinstance(high, int) or low < 0:
        raise Refusal("unsupported_type", "The picture holds negative pixel values.")
    shift = max(0, high.bit_length() - 8)
    return image.convert("I").point(lambda value: value * (1 / (1 << shift))).convert("L")


def _opaque(image: Image.Image, notes: list[str]) -> Image.Image:
    """Lay an RGBA picture on white, or on black where what is visible is nearly white."""
    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image.convert("RGB")
    notes.append("transparency_flattened")
    visible = alpha.point(lambda value: 255 if value > 127 else 0)
    grey = image.convert("RGB").convert("L")
    bright = visible.getbbox() is not None and ImageStat.Stat(grey, visible).mean[0] > 235
    ground = Image.new("RGB", image.size, (0, 0, 0) if bright else (255, 255, 255))
    ground.paste(image.convert("RGB"), mask=alpha)
    return ground


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert from an embedded colour profile; a profile that does not fit is ignored."""
    from PIL import ImageCms  # rarely needed, and slow to load

    if image.mode not in ("L", "RGB", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, *DECODER_ERRORS):
        return image
    return converted or image


def _renditions(image: Image.Image, lossless: bool) -> tuple[bytes, bytes | None]:
    if max(image.size) <= THUMB_SIDE:
        return small_png(image), None
    thumb = encode_jpeg(_shrunk(image, THUMB_SIDE), 82)
    if lossless and image.width * image.height <= _LOSSLESS_SCREEN_PIXELS:
        return thumb, encode_png(image)
    return thumb, encode_jpeg(image, 90)


def small_png(image: Image.Image) -> bytes:
    """Return an L or RGB picture as PNG, unfiltered and run-length coded.

    For drawings of a few thousand pixels this takes half the time of Pillow's writer and no more
    bytes; that writer tries five filters on each row and assembles chunks through Python objects.
    """
    pixels, stride = image.tobytes(), image.width * len(image.getbands())
    rows = b"".join([b"\0" + pixels[at : at + stride] for at in range(0, len(pixels), stride)])
    colour = 0 if image.mode == "L" else 2
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, colour, 0, 0, 0)
    packer = zlib.compressobj(6, zlib.DEFLATED, 15, 8, zlib.Z_RLE)
    body = packer.compress(rows) + packer.flush()
    return b"".join([_PNG, chunk(b"IHDR", header), chunk(b"IDAT", body), chunk(b"IEND", b"")])


def encode_png(image: Image.Image) -> bytes:
    """Return a picture as PNG, without what it was decoded with."""
    image.info = {}  # Pillow would carry profiles and comments over from here
    out = io.BytesIO()
    image.save(out, "PNG", compress_type=zlib.Z_RLE)
    return out.getvalue()


def encode_jpeg(image: Image.Image, quality: int) -> bytes:
    """Return an L or RGB picture as JPEG, without what it was decoded with."""
    image.info = {}
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2)
    return out.getvalue()

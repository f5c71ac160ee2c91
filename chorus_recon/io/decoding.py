"""Open and decode pictures from files, bytes, Pillow images and arrays; unreadable ones raise InputError."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from chorus_recon.errors import InputError

PictureSource = str | Path | bytes | Image.Image | np.ndarray
MAX_PIXELS = 150_000_000  # above this a file is more likely a decompression bomb than a photo
MAX_BYTES = 8 * MAX_PIXELS  # of a file: 16 bits in each of four channels, not compressed
# What Pillow and its libraries raise on damaged files, found by mutating small files of each format.
DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,
    SystemError,
    MemoryError,
    BufferError,
    struct.error,
    zlib.error,
)
_AGAIN = "Copy or download it again."
_ONE_PICTURE_EACH = frozenset({"MPO", "TIFF"})  # further pages are previews or other pictures, not frames
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SAME_SIZE = (
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.ROTATE_180,
)
_JPEG_END = b"\xff\xd9"
_FILLERS = (bytes(64), b"\x55" * 64)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The first picture of a source, upright, in its own mode.

    `size_px` is the full upright size, which a JPEG that was decoded smaller (`most_px`) does not have.
    """

    image: Image.Image
    exif: Image.Exif
    size_px: tuple[int, int]
    notes: tuple[str, ...]


def named(source: PictureSource) -> Path:
    """The file's path, or for a picture in memory a word for it."""
    if isinstance(source, str | Path):
        return Path(source)
    if isinstance(source, Image.Image):
        return Path(getattr(source, "filename", "") or "image")
    return Path("bytes" if isinstance(source, bytes) else "array")


def read_picture(path: Path) -> bytes:
    """The bytes of a picture's file, read at once: what replaces the file meanwhile is not mixed with it.

    Raises:
        InputError: it is missing, no file, unreadable, or much too large for a photo.
    """
    try:
        if not path.exists():
            raise InputError(f"{path}: there is no such file.", "Check the path for a typing mistake.")
        if not path.is_file():
            raise InputError(f"{path}: this is not a file.", "Pass the path of an image file.")
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {why}.", "Check its permissions.") from error
    if len(raw) > MAX_BYTES:
        raise _too_large(path)
    return raw


def decode(source: PictureSource, most_px: int | None = None, name: Path | None = None) -> Decoded:
    """Decode a picture's pixels and EXIF, and turn it upright.

    Args:
        source: a path, the bytes of a file, a Pillow image, or an array [H, W, 3] or [H, W] of uint8.
        most_px: a long side in pixels; a JPEG may be decoded smaller, but no smaller than this.
        name: what errors call it; the path of a file.

    Raises:
        InputError: the source is missing, unreadable, too large, of an unknown format or damaged.
    """
    name = name or named(source)
    if isinstance(source, str | Path):
        source = read_picture(Path(source))
    with explained(name):
        image = _opened(source, name)
        size, notes = image.size, []
        in_memory = isinstance(source, Image.Image)
        several = not in_memory and getattr(image, "n_frames", 1) > 1
        if several and image.format not in _ONE_PICTURE_EACH:
            notes.append("animated: only the first frame is used")
        try:
            image = _loaded(image, None if in_memory else most_px)
        except OSError:
            whole = _with_end(source, image.format, most_px)
            if whole is None:
                raise
            image = whole
            notes.append("the end mark of the JPEG is missing")
        exif = _exif(image, notes)
        method = _UPRIGHT.get(exif.get(ExifTags.Base.Orientation, 1))
        if method is not None:
            image = image.transpose(method)
            size = size if method in _SAME_SIZE else (size[1], size[0])
        elif several:
            image = image.copy()  # without the other frames
        return Decoded(image, exif, size, tuple(notes))


@contextmanager
def explained(name: Path) -> Iterator[None]:
    """Turn what decoding raises into an error that names the file; warnings about unused data are dropped."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        raise _too_large(name) from error
    except MemoryError as error:
        raise InputError(f"{name}: there is not enough memory to read it.", "Resize it first.") from error
    except DECODE_ERRORS as error:
        raise InputError(f"{name}: the picture is damaged or cut short: {_said(error)}.", _AGAIN) from error


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _opened(source: bytes | Image.Image | np.ndarray, name: Path) -> Image.Image:
    """The picture with its size known and its pixels not yet decoded."""
    if isinstance(source, Image.Image):
        image = source
    elif isinstance(source, np.ndarray):
        image = _of_array(source)
    else:
        image = _of_file(io.BytesIO(source), source[:32], name)
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(name)
    return image


def _of_array(array: np.ndarray) -> Image.Image:
    grey_or_rgb = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
    if array.dtype != np.uint8 or not grey_or_rgb or array.size == 0:
        raise InputError(
            f"The array is {array.dtype} of shape {array.shape}; expected uint8 of shape (H, W, 3).",
            "Scale floats to 0 ... 255 and convert with .astype('uint8'); channels (red, green, blue) last.",
        )
    return Image.fromarray(np.ascontiguousarray(array))


def _of_file(file: io.BytesIO, head: bytes, name: Path) -> Image.Image:
    if not head:
        raise InputError(f"{name}: the file is empty.", _AGAIN)
    if _is_heif(head):
        _register_heif(name)
    try:
        return Image.open(file)
    except UnidentifiedImageError as error:
        raise InputError(
            f"{name}: this is not an image in a known format{_what(head)}.",
            "Convert it to JPEG or PNG first.",
        ) from error
    except (Image.DecompressionBombError, MemoryError):
        raise
    except DECODE_ERRORS as error:
        raise InputError(
            f"{name}: cannot be decoded: {_said(error)}.", "Save it again as JPEG or PNG."
        ) from error


def _loaded(image: Image.Image, most_px: int | None) -> Image.Image:
    if most_px is not None:
        image.draft(None, (most_px, most_px))  # a JPEG can be decoded smaller: less memory
    image.load()
    return image


def _with_end(
    source: bytes | Image.Image | np.ndarray, format_name: str | None, most_px: int | None
) -> Image.Image | None:
    """A JPEG that lacks only its end mark, decoded; None if pixels are missing too.

    A decoder that has all pixels ignores what stands before the end mark. So the picture is whole if two
    different fillers give the same.
    """
    if format_name not in ("JPEG", "MPO") or not isinstance(source, bytes):
        return None
    raw = source.rstrip(b"\xff")
    filled = [
        _loaded(Image.open(io.BytesIO(raw + filler + _JPEG_END)), most_px).convert("RGB")
        for filler in _FILLERS
    ]
    first, second = filled
    if first.tobytes() != second.tobytes():
        return None
    return _loaded(Image.open(io.BytesIO(raw + _JPEG_END)), most_px)


def _exif(image: Image.Image, notes: list[str]) -> Image.Exif:
    try:
        return image.getexif()
    except DECODE_ERRORS:  # the pixels are still good
        notes.append("its EXIF data could not be read")
        return Image.Exif()


def _too_large(name: Path) -> InputError:
    return InputError(
        f"{name}: more than {MAX_PIXELS // 1_000_000} megapixels; this may be a decompression bomb.",
        "Resize the photo first.",
    )


def _is_heif(head: bytes) -> bool:
    brands = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
    return head[4:8] == b"ftyp" and head[8:12] in brands


def _register_heif(name: Path) -> None:
    try:
        import pillow_heif  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise InputError(
            f"{name}: HEIC photos need an extra reader.",
            "Run: pip install pillow-heif. Or convert the photo to JPEG.",
        ) from error
    pillow_heif.register_heif_opener()


def _what(head: bytes) -> str:
    if head[4:12] == b"ftypavif":
        return " (AVIF, which this Pillow was built without)"
    if head.startswith(b"%PDF"):
        return " (it is a PDF)"
    if head[:1] in (b"{", b"[", b"<") or head.isascii():
        return " (it looks like text)"
    return ""

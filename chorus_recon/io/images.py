"""Read images as upright sRGB `Photo`s or masks; unreadable files raise InputError."""

import io
import math
import os
import struct
import warnings
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError
from torch import Tensor

from chorus_recon.errors import InputError
from chorus_recon.types import Photo

PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif", ".heic", ".heif"}
)
MASK_ENDINGS = (".person_mask.png", ".object_mask.png")
MAX_PIXELS = 150_000_000  # above this a file is more likely a decompression bomb than a photo
MAX_SIDE_PX = 4096  # later stages use no finer detail; larger photos only cost memory
MIN_SIDE_PX = 32
FULL_FRAME_DIAGONAL_MM = math.hypot(36.0, 24.0)
PLAUSIBLE_35MM = (6.0, 1600.0)  # mm; values outside are wrong metadata

_DECODE_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)


def load_photo(path: str | Path) -> Photo:
    """Read a photo: EXIF-upright, sRGB, at most 4096 px on its long side, first frame, on white.

    `focal_px` is computed from EXIF's 35 mm-equivalent focal length (by diagonal) for the returned
    size. `note` says what was changed.
    """
    path = Path(path)
    notes: list[str] = []
    with _open(path) as image:
        stored_size = image.size
        if getattr(image, "n_frames", 1) > 1:
            notes.append("animated: only the first frame is used")
        image.draft(None, (MAX_SIDE_PX, MAX_SIDE_PX))  # a JPEG can be decoded smaller: less memory
        exif = _decoded(image, path)
        rgb = _to_srgb(ImageOps.exif_transpose(image), notes)
    focal_mm = _focal_35mm(exif, stored_size)
    turned = exif.get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
    upright_size = (stored_size[1], stored_size[0]) if turned else stored_size
    if max(upright_size) > MAX_SIDE_PX:
        rgb = rgb.resize(_capped(upright_size), Image.Resampling.LANCZOS)
        notes.append("resized from {}x{} to {}x{}".format(*upright_size, *rgb.size))
    if min(rgb.size) < MIN_SIDE_PX:
        raise InputError(
            f"{path}: the picture is {rgb.width}x{rgb.height} px; {MIN_SIDE_PX} px a side are needed.",
            "Use the original photo rather than a thumbnail.",
        )
    focal_px = focal_mm / FULL_FRAME_DIAGONAL_MM * math.hypot(*rgb.size) if focal_mm else None
    return Photo(_tensor(rgb), path, focal_px, "; ".join(notes))


def load_mask(path: str | Path, size_px: tuple[int, int]) -> Float[Tensor, "h w"]:
    """Read a mask picture of the photo's size (width, height): 1 where it is above 127, else 0.

    A picture with a varying alpha channel (a cut-out) is read by that channel.
    """
    path = Path(path)
    with _open(path) as stored:
        _decoded(stored, path)
        image = _eight_bit(ImageOps.exif_transpose(stored))
    grey = image.convert("L")
    if _has_alpha(image):
        alpha = image.convert("RGBA").getchannel("A")
        low, high = alpha.getextrema()
        grey = alpha if low != high else grey
    if grey.size != size_px and _capped(grey.size) == size_px:  # the photo was resized on loading
        grey = grey.resize(size_px, Image.Resampling.BOX)
    if grey.size != size_px:
        raise InputError(
            f"{path}: the mask is {grey.width}x{grey.height} px, the photo {size_px[0]}x{size_px[1]} px.",
            "Save the mask at the size of the photo as shown upright.",
        )
    alpha = torch.from_numpy(np.array(grey, dtype=np.uint8)) > 127
    if not bool(alpha.any()):
        raise InputError(
            f"{path}: the mask is empty: no pixel is above 127.",
            "Paint the object white (255) on black (0).",
        )
    return alpha.float()


def find_photos(paths: Iterable[str | Path]) -> list[Path]:
    """List the photos named by files and folders, in order, once each.

    Folders are searched recursively, in sorted order. Hidden entries, mask files and folders of earlier
    results (those with a reconstruction.json) are skipped. Files named directly are not filtered.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if not path.is_dir():
            found[path] = None
            continue
        for inner in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in inner.relative_to(path).parts)
            if (
                not hidden
                and inner.suffix.lower() in PHOTO_SUFFIXES
                and not inner.name.lower().endswith(MASK_ENDINGS)
                and inner.is_file()
                and not (inner.parent / "reconstruction.json").exists()
            ):
                found[inner] = None
    return list(found)


def shown(name: str) -> str:
    """A file's name as text; bytes that are not UTF-8 are written as hexadecimal escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _open(path: Path) -> Image.Image:
    if not path.exists():
        raise InputError(f"{path}: there is no such file.", "Check the path for a typing mistake.")
    if not path.is_file():
        raise InputError(f"{path}: this is not a file.", "Pass an image file, or a folder to find_photos.")
    try:
        if path.stat().st_size == 0:
            raise InputError(f"{path}: the file is empty.", "Copy or download it again.")
        with path.open("rb") as stream:
            head = stream.read(32)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}.", "Check its permissions.") from error
    if _is_heif(head):
        _register_heif(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MAX_PIXELS is checked below
            image = Image.open(path)
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except UnidentifiedImageError as error:
        raise InputError(
            f"{path}: this is not an image in a known format{_what(head)}.",
            "Convert it to JPEG or PNG first.",
        ) from error
    except _DECODE_ERRORS as error:
        raise InputError(f"{path}: cannot be decoded: {error}.", "Save it again as JPEG or PNG.") from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise _too_large(path)
    return image


def _decoded(image: Image.Image, path: Path) -> Image.Exif:
    """Decode the pixels now, so that the error for a damaged file names it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns about metadata that is not used here
            image.load()
            return image.getexif()
    except _DECODE_ERRORS as error:
        raise InputError(
            f"{path}: the picture is damaged or cut short: {error}.", "Copy or download it again."
        ) from error


def _capped(size: tuple[int, int]) -> tuple[int, int]:
    factor = min(1.0, MAX_SIDE_PX / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _too_large(path: Path) -> InputError:
    return InputError(
        f"{path}: more than {MAX_PIXELS // 1_000_000} megapixels; this may be a decompression bomb.",
        "Resize the photo first.",
    )


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in (
        b"heic",
        b"heix",
        b"hevc",
        b"heim",
        b"heis",
        b"mif1",
        b"msf1",
    )


def _register_heif(path: Path) -> None:
    try:
        import pillow_heif  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise InputError(
            f"{path}: HEIC photos need an extra reader.",
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


def _focal_35mm(exif: Image.Exif, size: tuple[int, int]) -> float | None:
    """The 35 mm-equivalent focal length in mm; None if absent, implausible, or the photo was cropped."""
    try:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        focal_mm = float(details.get(ExifTags.Base.FocalLengthIn35mmFilm, 0))
        width = float(details.get(ExifTags.Base.ExifImageWidth, 0))
        height = float(details.get(ExifTags.Base.ExifImageHeight, 0))
    except (*_DECODE_ERRORS, TypeError, ZeroDivisionError, KeyError):
        return None
    if not PLAUSIBLE_35MM[0] <= focal_mm <= PLAUSIBLE_35MM[1]:
        return None
    if width > 0 and height > 0:
        then, now = max(width, height) / min(width, height), max(size) / min(size)
        if abs(then / now - 1) > 0.02:  # cropped since: the diagonal is no longer the sensor's
            return None
    return focal_mm


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info


def _eight_bit(image: Image.Image) -> Image.Image:
    """Convert deep greyscale to 8 bits; return other modes as they are."""
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64).clip(0, 65535)
        return Image.fromarray(((values + 128) // 257).astype(np.uint8))
    if image.mode == "F":
        floats = np.nan_to_num(np.asarray(image, dtype=np.float64))
        scale = 255.0 if floats.max(initial=0.0) <= 1.0 else 1.0
        return Image.fromarray((floats * scale).round().clip(0, 255).astype(np.uint8))
    return image


def _to_srgb(image: Image.Image, notes: list[str]) -> Image.Image:
    profile = image.info.get("icc_profile")
    image = _eight_bit(image)
    alpha = image.convert("RGBA").getchannel("A") if _has_alpha(image) else None
    if alpha is not None or image.mode not in ("RGB", "L", "CMYK", "LAB"):
        image = image.convert("RGB")
    rgb = _by_profile(image, profile, notes) if profile else image.convert("RGB")
    if alpha is None or alpha.getextrema()[0] == 255:
        return rgb
    notes.append("transparent parts shown on white")
    return Image.composite(rgb, Image.new("RGB", rgb.size, "white"), alpha)


def _by_profile(image: Image.Image, profile: bytes, notes: list[str]) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if image.mode == "RGB" and "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *_DECODE_ERRORS):
        notes.append("its colour profile could not be used")
        return image.convert("RGB")
    assert converted is not None  # only the in-place form returns nothing
    return converted


def _tensor(image: Image.Image) -> UInt8[Tensor, "h w 3"]:
    return torch.from_numpy(np.array(image, dtype=np.uint8))

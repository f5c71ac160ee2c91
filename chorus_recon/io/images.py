"""Read images as upright sRGB `Photo`s or masks; unreadable files raise InputError."""

import hashlib
import math
import os
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import ExifTags, Image
from torch import Tensor

from chorus_recon.errors import InputError
from chorus_recon.io.colours import eight_bit, has_alpha, to_srgb
from chorus_recon.io.decoding import DECODE_ERRORS, PictureSource, decode, explained, named, read_picture
from chorus_recon.types import Photo

MAX_SIDE_PX = 4096  # later stages use no finer detail; larger photos only cost memory
MIN_SIDE_PX = 32
FULL_FRAME_DIAGONAL_MM = math.hypot(36.0, 24.0)
PLAUSIBLE_35MM = (6.0, 1600.0)  # mm; values outside are wrong metadata


def load_photo(source: PictureSource) -> Photo:
    """Read a photo: EXIF-upright, sRGB, at most 4096 px on its long side, first frame, on white.

    `focal_px` is computed from EXIF's 35 mm-equivalent focal length (by diagonal) for the returned
    size. `note` says what was changed.

    Args:
        source: a path, the bytes of a file, a Pillow image, or an array [H, W, 3] of uint8, sRGB.

    Raises:
        InputError: the source is missing, unreadable, damaged or too small.
    """
    path = named(source)
    if isinstance(source, str | Path):
        source = read_picture(path)  # once, so that pixels and hash are those of one file
    picture = decode(source, MAX_SIDE_PX, path)
    notes = list(picture.notes)
    with explained(path):
        rgb = to_srgb(picture.image, notes)
        focal_mm = _focal_35mm(picture.exif, picture.size_px)
    if max(picture.size_px) > MAX_SIDE_PX:
        rgb = rgb.resize(_capped(picture.size_px), Image.Resampling.LANCZOS)
        notes.append("resized from {}x{} to {}x{}".format(*picture.size_px, *rgb.size))
    if min(rgb.size) < MIN_SIDE_PX:
        raise InputError(
            f"{path}: the picture is {rgb.width}x{rgb.height} px; {MIN_SIDE_PX} px a side are needed.",
            "Use the original photo rather than a thumbnail.",
        )
    focal_px = focal_mm / FULL_FRAME_DIAGONAL_MM * math.hypot(*rgb.size) if focal_mm else None
    return Photo(_tensor(rgb), path, focal_px, "; ".join(notes), _sha256(source))


def load_mask(source: PictureSource, size_px: tuple[int, int]) -> Float[Tensor, "h w"]:
    """Read a mask picture of the photo's size (width, height): 1 where it is above 127, else 0.

    A picture with a varying alpha channel (a cut-out) is read by that channel, and one whose only values are
    0 and 1 by these.

    Raises:
        InputError: the source cannot be read, has another size, or shows nothing.
    """
    path = named(source)
    with explained(path):
        image = eight_bit(decode(source).image)
        grey = image.convert("L")
        if has_alpha(image):
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
    values = torch.from_numpy(np.array(grey, dtype=np.uint8))
    highest = int(values.max())
    solid = values == 1 if highest == 1 else values > 127
    if not bool(solid.any()):
        numbers = int(values.unique().numel())
        raise InputError(
            f"{path}: the mask is empty: no pixel is above 127 (it has {numbers} values up to {highest}).",
            "Paint one object white (255) on black (0); of a map of labels, save one label.",
        )
    return solid.float()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}.", "Check the path.") from error


def shown(name: str) -> str:
    """A file's name as text; bytes that are not UTF-8 are written as hexadecimal escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _sha256(source: bytes | Image.Image | np.ndarray) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    pixels = np.asarray(source)
    return hashlib.sha256(str(pixels.shape).encode() + pixels.tobytes()).hexdigest()


def _capped(size: tuple[int, int]) -> tuple[int, int]:
    factor = min(1.0, MAX_SIDE_PX / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _focal_35mm(exif: Image.Exif, size: tuple[int, int]) -> float | None:
    """The 35 mm-equivalent focal length in mm; None if absent, implausible, or the photo was cropped."""
    try:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        focal_mm = float(details.get(ExifTags.Base.FocalLengthIn35mmFilm, 0))
        width = float(details.get(ExifTags.Base.ExifImageWidth, 0))
        height = float(details.get(ExifTags.Base.ExifImageHeight, 0))
    except DECODE_ERRORS:
        return None
    if not PLAUSIBLE_35MM[0] <= focal_mm <= PLAUSIBLE_35MM[1]:
        return None
    if width > 0 and height > 0:
        then, now = max(width, height) / min(width, height), max(size) / min(size)
        if abs(then / now - 1) > 0.02:  # cropped since: the diagonal is no longer the sensor's
            return None
    return focal_mm


def _tensor(image: Image.Image) -> UInt8[Tensor, "h w 3"]:
    return torch.from_numpy(np.array(image, dtype=np.uint8))

"""Convert pictures of any mode and colour profile to 8-bit sRGB."""

import io

import numpy as np
from PIL import Image, ImageCms

from chorus_recon.io.decoding import DECODE_ERRORS


def has_alpha(image: Image.Image) -> bool:
    """Whether a picture says which of its pixels are transparent."""
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info


def eight_bit(image: Image.Image) -> Image.Image:
    """Convert deep greyscale to 8 bits; return other modes as they are."""
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64).clip(0, 65535)
        return Image.fromarray(((values + 128) // 257).astype(np.uint8))
    if image.mode == "F":
        floats = np.nan_to_num(np.asarray(image, dtype=np.float64))
        scale = 255.0 if floats.max(initial=0.0) <= 1.0 else 1.0
        return Image.fromarray((floats * scale).round().clip(0, 255).astype(np.uint8))
    return image


def to_srgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """Convert to 8-bit sRGB, by the picture's colour profile and on white; `notes` gets what was changed."""
    profile = image.info.get("icc_profile")
    image = eight_bit(image)
    alpha = image.convert("RGBA").getchannel("A") if has_alpha(image) else None
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
    except (ImageCms.PyCMSError, *DECODE_ERRORS):
        notes.append("its colour profile could not be used")
        return image.convert("RGB")
    assert converted is not None  # only the in-place form returns nothing
    return converted

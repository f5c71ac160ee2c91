"""Convert linear radiance to an 8-bit picture: exposure, film curve, white balance and grain."""

import numpy as np
from jaxtyping import Bool, Float, UInt8

from chorus_recon.backends.images.rendered.surfaces import encoded

KEY = 0.20  # target of the exposure for the mean radiance of subject and picture
BRIGHTEST = 0.85  # exposure limit: at most a tenth of the picture is brighter than this


def develop(
    radiance: Float[np.ndarray, "h w 3"], subject: Bool[np.ndarray, "h w"], rng: np.random.Generator
) -> UInt8[np.ndarray, "h w 3"]:
    """An 8-bit sRGB picture, exposed for the subject as far as the highlights allow.

    Args:
        radiance: linear RGB.
        subject: pixels of the subject.
        rng: draws exposure, white balance and grain.
    """
    bright = radiance @ np.array([0.2126, 0.7152, 0.0722])
    level = lambda values: float(np.exp(np.log(values.clip(1e-3)).mean()))  # noqa: E731
    whole = level(bright)
    inside = level(bright[subject]) if subject.any() else whole
    gain = KEY / (inside**0.5 * whole**0.5) * float(np.exp(rng.normal(0, 0.1)))
    gain = min(gain, BRIGHTEST / float(np.quantile(bright, 0.9)))
    balance = np.exp(rng.normal(0, 0.03, 3))
    value = radiance * gain * balance
    # compress highlights, so that skies keep their colour
    value = value * (1 + value / 9.0) / (1 + value)  # Reinhard with white at 3
    value = encoded(1.25 * value)
    value = np.clip(value + (value - 0.5) * 0.12, 0, 1)
    value = value + rng.normal(0, 0.008, radiance.shape)
    return (np.clip(value, 0, 1) * 255).round().astype(np.uint8)

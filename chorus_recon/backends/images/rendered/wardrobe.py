"""Sample a person's appearance and clothes for an occasion."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chorus_recon.backends.images.rendered.garments import Garment
from chorus_recon.backends.images.rendered.surfaces import Rgb

# fmt: off
# Tables of sRGB colours. Skins run from very dark to very fair.
SKINS: tuple[Rgb, ...] = (
    (0.29, 0.18, 0.13), (0.38, 0.24, 0.17), (0.47, 0.31, 0.22), (0.56, 0.38, 0.27), (0.66, 0.46, 0.34),
    (0.74, 0.54, 0.41), (0.80, 0.61, 0.49), (0.85, 0.67, 0.55), (0.89, 0.72, 0.62), (0.90, 0.76, 0.68),
)
HAIRS: tuple[Rgb, ...] = (
    (0.06, 0.05, 0.05), (0.09, 0.07, 0.06), (0.18, 0.12, 0.08), (0.28, 0.18, 0.11), (0.45, 0.30, 0.17),
    (0.68, 0.52, 0.32), (0.42, 0.19, 0.10), (0.55, 0.54, 0.53),
)
CLOTH: tuple[Rgb, ...] = (
    (0.92, 0.92, 0.90), (0.12, 0.12, 0.13), (0.35, 0.36, 0.38), (0.62, 0.63, 0.64), (0.70, 0.13, 0.13),
    (0.13, 0.24, 0.50), (0.30, 0.52, 0.74), (0.12, 0.38, 0.24), (0.88, 0.72, 0.20), (0.85, 0.42, 0.14),
    (0.48, 0.18, 0.36), (0.55, 0.44, 0.30), (0.86, 0.62, 0.62), (0.16, 0.50, 0.50), (0.78, 0.74, 0.64),
)
DENIM: tuple[Rgb, ...] = (
    (0.16, 0.21, 0.32), (0.27, 0.35, 0.48), (0.10, 0.11, 0.14), (0.46, 0.40, 0.30), (0.25, 0.26, 0.22),
)
# fmt: on
WRIST = 0.665  # the end of long sleeves: distance along the arm from the mid-plane, metres
Pick = Callable[[Sequence[Any]], Any]  # chooses a random item
OCCASIONS = ("street", "rider", "surf", "tennis", "snow", "sport")


@dataclass(frozen=True, slots=True)
class Look:
    """A person's appearance: colours, hair, clothes and headgear. Inner garments come first."""

    skin: Rgb
    hair: Rgb
    style: str
    garments: tuple[Garment, ...]
    shoes: Rgb | None = None
    sole: Rgb = (0.9, 0.9, 0.88)
    ankle_m: float = -0.80  # height of the shoe's upper edge on the T-posed body
    headgear: str = ""
    headgear_rgb: tuple[Rgb, Rgb] = ((0.1, 0.1, 0.1), (0.9, 0.9, 0.9))
    gloves: Rgb | None = None


def dress(occasion: str, rng: np.random.Generator) -> Look:
    """A look that fits the occasion (one of OCCASIONS)."""
    any_of = lambda rows: rows[int(rng.integers(len(rows)))]  # noqa: E731
    tone = float(rng.uniform(0, len(SKINS) - 1.001))
    low = int(tone)
    skin = np.array(SKINS[low]) + (tone - low) * (np.array(SKINS[low + 1]) - SKINS[low])
    hair = HAIRS[int(rng.integers(4 if tone < 6 else len(HAIRS)))]
    style = str(rng.choice(["short", "short", "short", "long", "tail", "bun", "bald"]))
    parts = _OUTFITS[occasion](rng, any_of)
    rgb = (float(skin[0]), float(skin[1]), float(skin[2]))
    return Look(skin=rgb, hair=hair, style=style, headgear_rgb=(any_of(CLOTH), any_of(CLOTH)), **parts)


def _street(rng: np.random.Generator, any_of: Pick) -> dict[str, Any]:
    bottom = Garment(
        rgb=any_of(DENIM), legs=any_of((-0.78, -0.78, -0.79, -0.36)), loose_m=rng.uniform(0.006, 0.022)
    )
    return {
        "garments": (bottom, _shirt(rng, any_of)),
        "shoes": any_of(CLOTH),
        "sole": any_of(((0.92, 0.92, 0.9), (0.92, 0.92, 0.9), (0.2, 0.18, 0.16))),
        "headgear": any_of(("", "", "", "", "cap", "beanie")),
    }


def _rider(rng: np.random.Generator, any_of: Pick) -> dict[str, Any]:
    coat = Garment(
        rgb=any_of((*CLOTH[:4], (0.1, 0.09, 0.09), (0.32, 0.18, 0.1), CLOTH[4])),
        sleeves=WRIST,
        hem_m=-0.03,
        gap_m=0.016,
        loose_m=0.014,
        fold_m=0.009,
        open_m=0.082,
        pattern=any_of(("zip", "zip", "yoke")),
        second=any_of(CLOTH),
        rough=0.5,
    )
    return {
        "garments": (Garment(rgb=any_of(DENIM), legs=-0.77, loose_m=0.012), coat),
        "shoes": any_of(((0.1, 0.09, 0.09), (0.2, 0.13, 0.09))),
        "sole": (0.12, 0.11, 0.1),
        "ankle_m": -0.70,
        "headgear": any_of(("full_helmet", "full_helmet", "helmet", "helmet", "")),
        "gloves": any_of((None, (0.1, 0.1, 0.1))),
    }


def _surf(rng: np.random.Generator, any_of: Pick) -> dict[str, Any]:
    if rng.random() < 0.45:
        suit = Garment(
            rgb=(0.10, 0.11, 0.13),
            legs=any_of((-0.78, -0.35)),
            sleeves=any_of((WRIST, 0.34)),
            top=0.45,
            gap_m=0.004,
            loose_m=0.0,
            fold_m=0.0015,
            open_m=0.088,
            pattern=any_of(("plain", "yoke", "zip")),
            second=any_of(CLOTH),
            rough=0.5,
        )
        return {"garments": (suit,)}
    shorts = Garment(
        rgb=any_of(CLOTH[4:]),
        legs=any_of((-0.3, -0.34, -0.15)),
        top=0.03,
        loose_m=0.02,
        pattern=any_of(("plain", "stripes", "print")),
    )
    if rng.random() < 0.5:
        return {"garments": (shorts,)}
    guard = Garment(
        rgb=any_of(CLOTH),
        sleeves=any_of((0.3, 0.6)),
        hem_m=0.0,
        gap_m=0.004,
        loose_m=0.003,
        fold_m=0.003,
        open_m=0.09,
    )
    return {"garments": (shorts, guard)}


def _tennis(rng: np.random.Generator, any_of: Pick) -> dict[str, Any]:
    white = (0.93, 0.93, 0.92)
    top = Garment(
        rgb=any_of((white, white, *CLOTH[4:9])),
        sleeves=any_of((0.30, 0.33, 0.19)),
        hem_m=-0.03,
        gap_m=0.008,
        loose_m=0.022,
        pattern=any_of(("plain", "yoke", "print")),
        second=any_of(CLOTH),
    )
    bottom = Garment(
        rgb=any_of((white, CLOTH[1], CLOTH[5], white)), legs=any_of((-0.25, -0.30, -0.34)), loose_m=0.032
    )
    return {
        "garments": (bottom, top),
        "shoes": any_of((white, white, CLOTH[5])),
        "headgear": any_of(("", "", "cap", "cap")),
    }


def _snow(rng: np.random.Generator, any_of: Pick) -> dict[str, Any]:
    trousers = Garment(rgb=any_of(CLOTH), legs=-0.80, gap_m=0.014, loose_m=0.028, fold_m=0.011)
    coat = Garment(
        rgb=any_of(CLOTH[3:]),
        sleeves=WRIST,
        hem_m=-0.035,
        gap_m=0.024,
        loose_m=0.022,
        fold_m=0.013,
        open_m=0.075,
        pattern=any_of(("zip", "yoke", "plain")),
        second=any_of(CLOTH),
    )
    return {
        "garments": (trousers, coat),
        "shoes": any_of(((0.1, 0.1, 0.11), (0.75, 0.74, 0.72), (0.25, 0.2, 0.16))),
        "sole": (0.12, 0.12, 0.12),
        "ankle_m": -0.68,
        "headgear": any_of(("helmet", "helmet", "beanie")),
        "gloves": any_of(((0.08, 0.08, 0.09), (0.3, 0.2, 0.12))),
    }


def _sport(rng: np.random.Generator, any_of: Pick) -> dict[str, Any]:
    bottom = Garment(rgb=any_of((*CLOTH[:6],)), legs=any_of((-0.3, -0.34, -0.78)), loose_m=0.02)
    top = Garment(
        rgb=any_of(CLOTH),
        sleeves=any_of((0.3, 0.33, 0.2)),
        hem_m=-0.03,
        gap_m=0.008,
        loose_m=0.022,
        pattern=any_of(("plain", "print", "stripes", "yoke")),
        second=any_of(CLOTH),
    )
    return {"garments": (bottom, top), "shoes": any_of(CLOTH), "headgear": any_of(("", "", "", "cap"))}


def _shirt(rng: np.random.Generator, any_of: Pick) -> Garment:
    kind = any_of(("tee", "tee", "long", "hoodie", "coat", "tank"))
    plain = {
        "rgb": any_of(CLOTH),
        "second": any_of(CLOTH),
        "pattern": any_of(("plain", "plain", "stripes", "checks", "print", "yoke")),
    }
    if kind == "tank":
        return Garment(**plain, sleeves=0.185, hem_m=-0.03, gap_m=0.007, loose_m=0.015, open_m=0.105)
    if kind == "tee":
        return Garment(
            **plain,
            sleeves=rng.uniform(0.28, 0.38),
            hem_m=rng.uniform(-0.04, 0.0),
            gap_m=0.008,
            loose_m=0.026,
        )
    if kind == "long":
        return Garment(**plain, sleeves=WRIST - 0.01, hem_m=-0.03, gap_m=0.008, loose_m=0.018)
    coat = plain | {"pattern": any_of(("zip", "plain", "print" if kind == "hoodie" else "zip"))}
    return Garment(**coat, sleeves=WRIST, hem_m=-0.03, gap_m=0.016, loose_m=0.02, fold_m=0.01, open_m=0.08)


_OUTFITS = {
    "street": _street,
    "rider": _rider,
    "surf": _surf,
    "tennis": _tennis,
    "snow": _snow,
    "sport": _sport,
}

"""Build clothes by offsetting the skin of a posed body and cutting it at the hems."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from chorus_recon.backends.images.rendered import noise
from chorus_recon.backends.images.rendered.sheet import Sheet, cut, normals, refine, smooth
from chorus_recon.backends.images.rendered.surfaces import Material, Rgb, Surface

# Heights on the T-posed mean body (metres above the pelvis joint) and reaches along the arms.
WAIST_M, CROTCH_M, KNEE_M, ANKLE_M = 0.06, -0.1, -0.4, -0.8
SHOULDER_M, ELBOW_M, WRIST_M = 0.18, 0.44, 0.67
NECK = np.array([0.0, 0.565, 0.005])


@dataclass(frozen=True, slots=True)
class Garment:
    """A piece of clothing, described on the T-posed mean body (metres).

    Attributes:
        rgb: its colour (sRGB).
        legs: the height to which trouser legs reach down; None: no legs.
        sleeves: the distance from the mid-plane to which sleeves reach; None: no sleeves and no top.
        top: the height of the waistband.
        hem_m: the height of the hem of a top.
        gap_m: distance from the skin.
        loose_m: additional distance from the skin at free ends.
        fold_m: depth of folds.
        open_m: radius of the neck opening.
        pattern: one of PATTERNS.
        second: the pattern's other colour.
        rough: roughness of the material.
    """

    rgb: Rgb
    legs: float | None = None
    sleeves: float | None = None
    top: float = WAIST_M
    hem_m: float = 0.0
    gap_m: float = 0.006
    loose_m: float = 0.015
    fold_m: float = 0.006
    open_m: float = 0.095
    pattern: str = "plain"
    second: Rgb = (1.0, 1.0, 1.0)
    rough: float = 0.85


PATTERNS = ("plain", "stripes", "checks", "yoke", "print", "zip")


def field(garment: Garment, rest: Float[np.ndarray, "v 3"]) -> Float[np.ndarray, " v"]:
    """A signed field (about metres): positive where the garment covers the skin, zero along its hems."""
    x, y = np.abs(rest[:, 0]), rest[:, 1]
    parts = []
    if garment.legs is not None:
        parts.append(np.minimum(np.minimum(garment.top - y, y - garment.legs), 0.35 - x))
    if garment.sleeves is not None:
        off_neck = np.linalg.norm((rest - NECK) * [0.9, 1.0, 0.75], axis=1) - garment.open_m
        under = np.where((x < 0.2) | (y < 0.25), y - garment.hem_m, 1.0)
        below_chin = NECK[1] + 0.02 - 0.6 * np.clip(rest[:, 2] + 0.03, 0, None) - y
        parts.append(np.minimum.reduce([under, garment.sleeves - x, off_neck, below_chin]))
    return np.maximum.reduce(parts)


def sew(garment: Garment, skin: Sheet, over: list[Garment], rng: np.random.Generator) -> Surface:
    """The garment on the posed body; it lies flat where garments worn `over` it cover it."""
    sheet = refine(refine(cut(skin, field(garment, skin.rest))))
    x, y = np.abs(sheet.rest[:, 0]), sheet.rest[:, 1]
    away = np.zeros(len(x))
    if garment.legs is not None:
        span = max(0.2, garment.top - garment.legs)
        away = np.where(y < CROTCH_M + 0.1, np.clip((CROTCH_M + 0.1 - y) / span, 0, 1) ** 0.7, away)
    if garment.sleeves is not None:
        trunk = np.clip((0.42 - y) / (0.42 - garment.hem_m), 0, 1) * (x < 0.25)
        sleeve = np.clip((x - SHOULDER_M) / max(0.1, garment.sleeves - SHOULDER_M), 0, 1)
        away = np.maximum(away, np.maximum(trunk, sleeve))
    bare = smooth(sheet.posed, sheet.faces, 6)
    outward = smooth(normals(bare, sheet.faces), sheet.faces, 8)
    # folds are longer around a limb than along it
    along = np.where((x > SHOULDER_M)[:, None], [2.0, 1.0, 1.0], [1.0, 2.0, 1.0])
    bend = noise.at_points(sheet.rest / 0.2, rng)[:, None] * 0.08  # so that folds are not straight
    folds = noise.at_points((sheet.rest + bend) * along / 0.12, rng, 2)
    creases = 1 - np.abs(noise.at_points((sheet.rest + bend) * along / 0.09, rng, 2)) * 2.2
    lift = (
        garment.gap_m
        + garment.loose_m * away
        + garment.fold_m * ((folds + np.maximum(creases, -0.6)) * (0.5 + away) + 0.4)
    )
    hidden = np.max(
        [np.clip(field(other, sheet.rest) / 0.03, 0, 1) for other in over] or [np.zeros(len(x))], 0
    )
    lift = np.maximum(lift * (1 - hidden) + 0.002 * hidden, 0.003)
    posed = smooth(bare + outward * lift[:, None], sheet.faces, 1)
    colours = np.clip(_colours(garment, sheet.rest, rng), 0, 1)
    return Surface(posed, sheet.faces, Material(rough=garment.rough, specular=0.25), colours, part="person")


def tuck(skin: Sheet, garments: list[Garment], depth_m: float = 0.02) -> Sheet:
    """The skin moved inward under clothes, so that it does not penetrate them."""
    inward = np.zeros(len(skin.rest))
    for garment in garments:
        inward = np.maximum(inward, np.clip(field(garment, skin.rest) / 0.03, 0, 1))
    moved = skin.posed - normals(skin.posed, skin.faces) * (depth_m * inward)[:, None]
    return replace(skin, posed=moved)


def _colours(garment: Garment, rest: Float[np.ndarray, "v 3"], rng: np.random.Generator) -> np.ndarray:
    x, y, z = rest.T
    first, second = np.array(garment.rgb), np.array(garment.second)
    where = np.zeros(len(rest), bool)
    if garment.pattern == "stripes":
        where = np.sin(y * 2 * np.pi / rng.uniform(0.04, 0.1)) > rng.uniform(-0.3, 0.6)
    elif garment.pattern == "checks":
        pitch = rng.uniform(0.05, 0.09)
        where = (np.sin(y * 2 * np.pi / pitch) > 0.2) ^ (np.sin((x + z) * 2 * np.pi / pitch) > 0.2)
    elif garment.pattern == "yoke":
        where = (y > rng.uniform(0.3, 0.38)) | (np.abs(x) > 0.3)
    elif garment.pattern == "print":
        centre = np.array([rng.uniform(-0.05, 0.05), rng.uniform(0.25, 0.33)])
        blob = np.hypot(x - centre[0], (y - centre[1]) * rng.uniform(1, 2.5))
        where = (blob < rng.uniform(0.05, 0.1)) & (z > 0) & (noise.at_points(rest / 0.03, rng) > -0.3)
    elif garment.pattern == "zip":
        where = (np.abs(x) < 0.008) & (z > 0) & (y > 0)
    shade = 1 + 0.05 * noise.at_points(rest / 0.15, rng, 3)
    return np.where(where[:, None], second, first) * shade[:, None]

"""Build the surfaces of a dressed person from a posed body and a look."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import trimesh
from jaxtyping import Float, Int

from chorus_recon.backends.images.rendered import garments, head, noise
from chorus_recon.backends.images.rendered.sheet import Sheet, normals, refine, smooth
from chorus_recon.backends.images.rendered.surfaces import Material, Rgb, Surface
from chorus_recon.backends.images.rendered.wardrobe import Look

KNUCKLE_M = 0.762  # along the arm of the T-posed mean body: where fingers begin
SHOE_M = 0.007  # thickness


@dataclass(frozen=True, slots=True)
class Figure:
    """The T-posed mean body, and the same vertices of this person in the world (metres).

    `curl` is the angle in radians by which the fingers of the "left" and "right" hand close.
    """

    rest: Float[np.ndarray, "v 3"]
    posed: Float[np.ndarray, "v 3"]
    faces: Int[np.ndarray, "f 3"]
    curl: Mapping[str, float]


def draw(figure: Figure, look: Look, rng: np.random.Generator) -> list[Surface]:
    """The surfaces of skin, clothes, eyes, hair, headgear and shoes."""
    skin = Sheet(figure.rest, figure.posed, figure.faces)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        if figure.curl.get(side, 0.0) > 0:
            skin = _curled(skin, sign, figure.curl[side])
    place = head.carry(skin)
    worn = list(look.garments)
    made = [_body(garments.tuck(skin, worn), look, rng)]
    made += [garments.sew(garment, skin, worn[number + 1 :], rng) for number, garment in enumerate(worn)]
    made += head.eyes(place, rng)
    if look.headgear != "full_helmet":
        style = "short" if look.headgear and look.style == "bun" else look.style
        made += head.hair(skin, place, look.hair, style, rng)
    if look.headgear:
        made += head.headgear(look.headgear, place, *look.headgear_rgb, rng)
    if look.shoes is not None:
        made += [_shoe(skin, sign, look, look.shoes, rng) for sign in (1.0, -1.0)]
    return made


def _body(skin: Sheet, look: Look, rng: np.random.Generator) -> Surface:
    mottle = 1 + 0.035 * noise.at_points(skin.rest / 0.05, rng, 3)
    rgb = np.array(look.skin) * mottle[:, None]
    rgb = head.paint(skin.rest, rgb, look.skin, look.hair)
    if look.gloves is not None:
        rgb = np.where((np.abs(skin.rest[:, 0]) > garments.WRIST_M)[:, None], look.gloves, rgb)
    return Surface(
        skin.posed, skin.faces, Material(rough=0.5, specular=0.35), np.clip(rgb, 0, 1), part="person"
    )


def _curled(skin: Sheet, sign: float, angle_rad: float) -> Sheet:
    """The skin with fingers bent towards the palm along an arc that starts at the knuckles."""
    x = sign * skin.rest[:, 0]
    hand = x > KNUCKLE_M - 0.06
    rest = np.column_stack([skin.rest[hand], np.ones(hand.sum())])
    solution = np.linalg.lstsq(rest, skin.posed[hand], rcond=None)[0]
    fingers = x > KNUCKLE_M
    points = skin.rest[fingers].copy()
    beyond = sign * points[:, 0] - KNUCKLE_M
    palm = float(np.median(points[:, 1][beyond < 0.02]))
    length = max(float(beyond.max()), 1e-3)
    bend = angle_rad * beyond / length
    radius = length / angle_rad
    high = points[:, 1] - palm
    points[:, 0] = sign * (KNUCKLE_M + (radius + high) * np.sin(bend))
    points[:, 1] = palm - radius + (radius + high) * np.cos(bend)
    shift = (points - skin.rest[fingers]) @ solution[:3]
    posed = skin.posed.copy()
    posed[fingers] += shift
    return replace(skin, posed=posed)


def _shoe(skin: Sheet, sign: float, look: Look, rgb: Rgb, rng: np.random.Generator) -> Surface:
    """A shoe: the foot's convex hull, offset outward, with a sole."""
    rest = skin.rest
    foot = np.flatnonzero((sign * rest[:, 0] > 0.02) & (rest[:, 1] < look.ankle_m))
    hull = trimesh.convex.convex_hull(rest[foot])
    index = foot[np.argmin(((rest[foot][None] - np.asarray(hull.vertices)[:, None]) ** 2).sum(-1), 1)]
    sheet = refine(refine(Sheet(rest[index], skin.posed[index], np.asarray(hull.faces))))
    soft = smooth(sheet.posed, sheet.faces, 4)
    low = sheet.rest[:, 1] - rest[foot][:, 1].min()
    out = SHOE_M + 0.004 * (low < 0.022)
    posed = (
        soft + normals(soft, sheet.faces) * (out + 0.001 * noise.at_points(sheet.rest / 0.02, rng))[:, None]
    )
    colours = np.where((low < 0.02)[:, None], look.sole, rgb)
    laces = (low > 0.05) & (np.sin(sheet.rest[:, 2] * 2 * np.pi / 0.018) > 0.4) & (sheet.rest[:, 2] > 0.04)
    colours = np.where((laces & (look.ankle_m < -0.75))[:, None], 0.85, colours)
    return Surface(posed, sheet.faces, Material(rough=0.6), np.clip(colours, 0, 1), part="person")

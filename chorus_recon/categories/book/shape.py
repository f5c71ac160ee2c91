"""The template meshes of a book, open and closed: the pages or the front cover face +z, up +y."""

import numpy as np

from chorus_recon.categories.template import Template
from chorus_recon.geometry.meshes.primitives import box, moved, plate
from chorus_recon.geometry.meshes.solid import Chunk, Solid

COVER, LINING, TITLE = (42, 74, 116), (30, 54, 88), (214, 190, 120)
PAGE, EDGE, TEXT = (240, 234, 218), (224, 214, 190), (168, 164, 154)
# Half the pages in section: shares of the page's width from the spine, and of the thickness off the cover.
_BULGE = ((0, 0), (1, 0), (0.99, 0.6), (0.75, 0.9), (0.4, 1.05), (0.15, 0.95), (0.04, 0.6), (0, 0.25))
_LINE = ((0.14, 0.8), (0.4, 0.88), (0.75, 0.73), (0.88, 0.56))
_BOARD = 0.003  # thickness of a cover


def _leaf(profile: np.ndarray, side: int, fold_rad: float, height: float) -> Chunk:
    """One side of an open book: extrude a profile of (distance from the spine, height off the cover)."""
    out, off = profile.T
    x = side * (out * np.cos(fold_rad) - off * np.sin(fold_rad))
    outline = np.column_stack([out * np.sin(fold_rad) + off * np.cos(fold_rad), x])
    return plate(outline[::-1] if side > 0 else outline, height, (0, 0, 0), "y")


def open_book(page_width: float, height: float, thick: float, fold_rad: float) -> Solid:
    """A book open at its middle. `thick` is the thickness of each half; `fold_rad` is 0 for a flat book."""
    made = Solid()
    reach = page_width + 0.004
    board = np.array([(0.0, -_BOARD), (reach, -_BOARD), (reach, 0.0), (0.0, 0.0)])
    bulge = np.array(_BULGE) * (page_width, thick)
    for side in (-1, 1):
        made.add(_leaf(board, side, fold_rad, height + 0.008), COVER)
        made.add(_leaf(bulge, side, fold_rad, height), PAGE)
        for row in np.linspace(0.36, -0.38, 9):  # lines of text
            low = np.array(_LINE) * [page_width, thick]
            high = low[::-1] + np.array([0, 0.2 * thick + 0.0006])
            strip = _leaf(np.concatenate([low, high]), side, fold_rad, 0.016 * height)
            made.add(moved(strip, (0, row * height, 0)), TEXT)
    c, s = np.cos(fold_rad), np.sin(fold_rad)
    for name, side in (("left", -1), ("right", 1)):  # of the reader, who looks towards -z
        for what, out, off, up, way in (
            ("hand", 0.8, -_BOARD, -0.2, -1.0),
            ("page", 0.7, 0.92 * thick, -0.15, 1.0),
            ("corner", 0.97, -_BOARD, -0.4, -1.0),
        ):
            u = out * page_width
            place = (side * (u * c - off * s), up * height, u * s + off * c)
            made.anchor(f"{name}_{what}", place, (-side * way * s, 0.0, way * c))
    made.anchor("spine", (0, -0.25 * height, -_BOARD * c), (0, 0, -1))
    made.anchor("base", (0, -height / 2, 0), (0, -1, 0))
    return made


def closed_book(width: float, height: float, thick: float) -> Solid:
    """A closed hardback with its spine at -x."""
    made = Solid()
    made.add(box((width - 0.008, height - 0.008, thick - 2 * _BOARD), (0, 0, 0)), EDGE)
    for z in (-1, 1):
        made.add(box((width, height, _BOARD), (0, 0, z * (thick - _BOARD) / 2)), COVER)
    made.add(_back(width, height, thick), LINING)
    made.add(box((0.56 * width, 0.09 * height, 0.001), (0.03 * width, 0.24 * height, thick / 2)), TITLE)
    made.anchor("spine", (-width / 2, 0, 0), (-1, 0, 0))
    made.anchor("fore_edge", (width / 2 - 0.004, 0, 0), (0, 1, 0))
    made.anchor("base", (0, -height / 2, 0), (1, 0, 0))
    made.anchor("front", (0, 0, thick / 2), (0, 0, 1))
    made.anchor("rear", (0, 0, -thick / 2), (0, 0, -1))
    return made


def _back(width: float, height: float, thick: float) -> Chunk:
    angle = np.linspace(0, np.pi, 9)
    round_side = np.column_stack([thick / 2 * np.cos(angle), -width / 2 - 0.005 * np.sin(angle)])
    flat = np.array([(-thick / 2, -width / 2 + 0.004), (thick / 2, -width / 2 + 0.004)])
    return plate(np.concatenate([flat, round_side])[::-1], height, (0, 0, 0), "y")


# From paperbacks (11 x 18 cm) to textbooks (19 x 26 cm).
TEMPLATES: tuple[Template, ...] = (
    Template(
        open_book,
        {
            "page_width": (0.145, 0.018),
            "height": (0.215, 0.02),
            "thick": (0.012, 0.0035),
            "fold_rad": (0.32, 0.11),
        },
        symmetry="none",
        kind="open_book",
    ),
    Template(
        closed_book,
        {"width": (0.15, 0.016), "height": (0.22, 0.02), "thick": (0.03, 0.008)},
        symmetry="none",
        kind="closed_book",
    ),
)

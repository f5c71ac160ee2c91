"""Draw a reconstruction as one wide picture, or number the people in a photo."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry import heat
from chorus_recon.geometry.camera import resized
from chorus_recon.geometry.meshes.thin import thin
from chorus_recon.io import category_names
from chorus_recon.pipeline.field import whole
from chorus_recon.pipeline.gravity import world as gravity
from chorus_recon.pipeline.look.paint import Paint, Painted, thinned
from chorus_recon.pipeline.output.shading import Solid, moved, over, shade, solid
from chorus_recon.pipeline.output.stage import GRID_M, UP, side_and_above
from chorus_recon.types import Detection, Photo, Placement, PosedField, Reconstruction

HUMAN_RGB = (0.39, 0.58, 0.80)  # a calm blue
OBJECT_RGB = (0.95, 0.58, 0.22)  # a warm orange
OWN_COLOR = 0.35  # how much of the shape's own colours shows through the orange
WIDTH_PX = 1900
PEOPLE_PX = 1280  # of a picture that numbers people, long side
CLUSTERS = 4  # drawn one by one
OPACITY = 0.9
FACE_LIMIT = 150_000  # finer meshes are simplified for the picture, where their faces are below a pixel
GUESSED_OPACITY = 0.4  # of limbs that the photo does not show

_GAP = 14
_CAPTION = 30
_VIEW_ASPECT = 0.82  # width over height of the side views
_HEIGHT_PX = (300, 760)
_INK = (92, 98, 108)
_STRESSED = (222, 108, 30)
_PALETTE = ((36, 113, 204), (222, 108, 30), (33, 140, 92), (166, 74, 178), (196, 58, 70), (96, 104, 120))


def solids(reconstruction: Reconstruction, painted: Painted | None = None) -> list[Solid]:
    """People and the best placement of each object, in cam.

    People are blue and objects orange unless they are painted. Limbs that the photo does not show are
    translucent.
    """
    return [coated for _, coated in _plain_and_coated(reconstruction, painted)]


def _plain_and_coated(reconstruction: Reconstruction, painted: Painted | None) -> list[tuple[Solid, Solid]]:
    """Each of `solids` in plain colours, and as it is painted; the same twice where it is not."""
    best = [placement for part in reconstruction.parts for placement in part.placements[:1]]
    people = reconstruction.people
    coats = painted.people if painted else (None,) * len(people)
    persons = [_person(part, coat) for part, coat in zip(people, coats, strict=True)]
    coats = painted.things if painted else (None,) * len(best)
    return [*persons, *(_thing(p, coat) for p, coat in zip(best, coats, strict=True))]


def _thing(placement: Placement, coat: Paint | None) -> tuple[Solid, Solid]:
    vertices, faces, kept, merged = thin(placement.vertices, placement.shape.faces, FACE_LIMIT)
    plain = solid(vertices, faces, object_rgb(placement.shape.face_rgb[kept]))
    if coat is None:
        return plain, plain
    return plain, _coated(plain, thinned(coat, len(vertices), kept, merged))


def _coated(plain: Solid, coat: Paint) -> Solid:
    corner_rgb = (coat.vertex_rgb.float() / 255.0)[plain.faces]
    texture = None if coat.texture is None else coat.texture.float() / 255.0
    return replace(plain, corner_rgb=corner_rgb, texture=texture, uv=coat.uv)


def _person(reconstruction: Reconstruction, coat: Paint | None) -> tuple[Solid, Solid]:
    body = reconstruction.body
    opacity = None
    if reconstruction.guessed_skin is not None:
        guessed = reconstruction.guessed_skin[body.faces].mean(1)
        opacity = 1.0 - (1.0 - GUESSED_OPACITY) * guessed
    plain = solid(body.vertices, body.faces, torch.tensor(HUMAN_RGB), opacity)
    return plain, plain if coat is None else _coated(plain, coat)


def guesses(part: Reconstruction) -> bool:
    """Whether some of a person is drawn translucent, because the photo does not show it."""
    return part.guessed_skin is not None and float(part.guessed_skin.max()) > 0.5


def object_rgb(face_rgb: UInt8[Tensor, "f 3"]) -> Float[Tensor, "f 3"]:
    """The orange that objects are shown in, with a hint of their own colours."""
    return (1 - OWN_COLOR) * torch.tensor(OBJECT_RGB) + OWN_COLOR * face_rgb.float() / 255.0


def overlay(
    reconstruction: Reconstruction,
    renderer: Renderer,
    painted: Painted | None = None,
    *,
    credit: str = "",
    width_px: int = WIDTH_PX,
) -> Image.Image:
    """[photo] [meshes over the photo] [from the side] [from above], about `width_px` wide.

    Args:
        reconstruction: what to show.
        renderer: what answers visibility.
        painted: the colours of the photo, for the two views from elsewhere; None for plain colours. Over the
            photo, the meshes always have plain colours.
        credit: a line about the photo's author, shown below it.
        width_px: how wide the picture should be; very tall or wide photos come out narrower.
    """
    photo = reconstruction.photo
    shown, coated = zip(*_plain_and_coated(reconstruction, painted), strict=True)
    size, view_size = _panel_sizes(photo.size_px, width_px)
    small = _resized(photo.rgb, size)
    camera = resized(reconstruction.camera, size)
    gray = small.mean(-1, keepdim=True)
    backdrop = (0.55 * small + 0.45 * gray) * 0.82 + 0.14  # muted, so that the meshes stand out
    level_from_cam = gravity.level_from_cam(reconstruction)
    fitted = over(backdrop, shade(shown, camera, renderer, level_from_cam.mT @ UP), OPACITY)
    left = level_from_cam @ reconstruction.human.body.cam_from_body.rotation[:, 0]
    upright = [moved(one, level_from_cam, torch.zeros(3)) for one in coated]
    side, above = side_and_above(upright, left, renderer, view_size, gravity.floor_of(reconstruction))
    pale = any(guesses(part) for part in reconstruction.people)
    panels = [
        ("photo", small),
        ("overlay", fitted),
        (f"side  (grid {GRID_M:g} m{', pale: guessed' if pale else ''})", side),
        ("top", above),
    ]
    return _sheet(panels, credit)


def fitted_panel(picture: Image.Image, photo_px: tuple[int, int]) -> Image.Image:
    """Cut the meshes over the photo out of what `overlay` draws, and `_sheet` puts together.

    Args:
        picture: made by `overlay` with the default width.
        photo_px: width and height of the photo.
    """
    (width, height), (_, view_height) = _panel_sizes(photo_px, WIDTH_PX)
    left, top = 2 * _GAP + width, _GAP + (max(height, view_height) - height) // 2
    return picture.crop((left, top, left + width, top + height))


def prior_picture(
    reconstruction: Reconstruction, fields: Sequence[PosedField], *, width_px: int = WIDTH_PX
) -> Image.Image:
    """[photo] [all clusters] [the largest clusters, one each]: where each expects the object in the photo."""
    photo = reconstruction.photo
    shown = sorted(fields, key=lambda f: -f.share)[:CLUSTERS]
    columns = 2 + len(shown)
    width = (width_px - (columns + 1) * _GAP) // columns
    size = (width, max(1, round(width * photo.size_px[1] / photo.size_px[0])))
    small = _resized(photo.rgb, size)
    camera = resized(reconstruction.camera, size)
    muted = 0.75 * small + 0.25
    found = [
        heat.strongest(f.probability[None], f.grid, f.cam_from_grid, camera)[0]
        for f in (whole(fields), *shown)
    ]
    names = ["all", *(f"{category_names.words(f.cluster)} {f.share:.0%}" for f in shown)]
    return _sheet(
        [
            ("photo", small),
            *((name, heat.tint(muted, seen)) for name, seen in zip(names, found, strict=True)),
        ],
        "",
    )


def people_picture(
    photo: Photo,
    detections: Sequence[Detection],
    chosen: int | None = None,
    *,
    thing: int | None = None,
    box_px: tuple[float, float, float, float] | None = None,
) -> Image.Image:
    """The photo with its people numbered left to right, and other things named, with their scores.

    What has a mask is outlined, the others are boxed.

    Args:
        photo: the picture.
        detections: people (label "person") and things.
        chosen: the number of the person to stress; everyone else is drawn thinner.
        thing: the index among the things of the one to stress.
        box_px: another box to draw, in photo pixels.
    """
    factor = min(1.0, PEOPLE_PX / max(photo.size_px))
    image = Image.fromarray(photo.rgb.numpy())
    image = image.resize(
        (round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS
    )
    draw = ImageDraw.Draw(image, "RGBA")
    unit = max(image.size) / 640
    for number, one in enumerate(d for d in detections if d.label != "person"):
        color, width = (_STRESSED, 4) if number == thing else ((255, 255, 255), 1.5)
        corner = _outline(draw, one, factor, color, max(1, round(width * unit)))
        ground = _STRESSED if number == thing else (40, 44, 52)
        _tag(draw, corner, f"{one.label} {one.score:.0%}", ground, round(12 * unit), image.size)
    people = sorted(
        (d for d in detections if d.label == "person"), key=lambda d: float(d.box_px[0] + d.box_px[2])
    )
    for number, person in enumerate(people):
        color = _PALETTE[number % len(_PALETTE)]
        width = 4 if chosen in (None, number) else 2
        corner = _outline(draw, person, factor, color, max(1, round(width * unit)))
        _tag(draw, corner, str(number), color, round(26 * unit), image.size)
    if box_px is not None:
        draw.rectangle([x * factor for x in box_px], outline=_STRESSED, width=max(1, round(4 * unit)))
    return image


def _outline(
    draw: ImageDraw.ImageDraw, one: Detection, factor: float, color: tuple[int, int, int], width: int
) -> tuple[float, float]:
    """Draw the outline of a detection's mask, or its box; returns where its label goes."""
    box = [float(x) * factor for x in one.box_px]
    if one.mask is None:
        draw.rounded_rectangle(box, radius=2 * width, outline=color, width=width)
    else:
        height, wide = one.mask.alpha.shape
        inside = Image.fromarray((one.mask.alpha > 0.5).to(torch.uint8).numpy() * 255)
        inside = inside.resize((round(wide * factor), round(height * factor)), Image.Resampling.BILINEAR)
        inside = inside.point([255 * (value > 127) for value in range(256)])
        edge = ImageChops.subtract(inside, inside.filter(ImageFilter.MinFilter(2 * width + 1)))
        draw.bitmap((0, 0), edge, fill=color)
    return box[0], box[1]


def _panel_sizes(photo_px: tuple[int, int], width_px: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Sizes of a photo panel and of a side view: one height, all four as wide as asked for."""
    aspect = photo_px[0] / photo_px[1]
    free = width_px - 5 * _GAP
    height = min(max(free / (2 * aspect + 2 * _VIEW_ASPECT), _HEIGHT_PX[0]), _HEIGHT_PX[1])
    view = round(height * _VIEW_ASPECT)
    width = min(height * aspect, free / 2 - view)  # a panorama gives way to the side views
    return (max(1, round(width)), max(1, round(width / aspect))), (view, round(height))


def _resized(rgb: UInt8[Tensor, "h w 3"], size: tuple[int, int]) -> Float[Tensor, "h2 w2 3"]:
    image = Image.fromarray(rgb.numpy()).resize(size, Image.Resampling.LANCZOS)
    return torch.from_numpy(np.asarray(image, dtype=np.float32) / 255.0)


def _sheet(panels: list[tuple[str, Float[Tensor, "_h _w 3"]]], credit: str) -> Image.Image:
    """Panels side by side on white, each with its caption below."""
    height = max(p.shape[0] for _, p in panels)
    width = sum(p.shape[1] for _, p in panels) + _GAP * (len(panels) + 1)
    sheet = Image.new("RGB", (width, height + _GAP + _CAPTION), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(15)
    x = _GAP
    for caption, panel in panels:
        top = _GAP + (height - panel.shape[0]) // 2
        sheet.paste(Image.fromarray((panel * 255).round().to(torch.uint8).numpy()), (x, top))
        draw.text((x + 1, height + _GAP + 6), caption, fill=_INK, font=font)
        x += panel.shape[1] + _GAP
    if credit:
        small = ImageFont.load_default(12)
        right = _GAP * 2 + panels[0][1].shape[1] + panels[1][1].shape[1]
        context = panels[1][1].shape[1] - draw.textlength(panels[1][0], font=font) - 2 * _GAP
        while credit and draw.textlength(credit, font=small) > context:
            credit = credit[:-2].rstrip() + "…" if len(credit) > 2 else ""
        draw.text(
            (right - draw.textlength(credit, font=small), height + _GAP + 8), credit, fill=_INK, font=small
        )
    return sheet


def _tag(
    draw: ImageDraw.ImageDraw,
    corner: tuple[float, float],
    text: str,
    color: tuple[int, int, int],
    size: int,
    bounds: tuple[int, int],
) -> None:
    """White text on a filled label whose corner sits at a box's corner, kept inside the picture."""
    font = ImageFont.load_default(max(9, size))
    x0, y0, x1, y1 = draw.textbbox((0, 0), text, font=font)
    pad = size * 0.3
    width, height = x1 - x0 + 2 * pad, y1 - y0 + 2 * pad
    left = min(max(0.0, corner[0]), bounds[0] - width)
    top = min(max(0.0, corner[1]), bounds[1] - height)
    draw.rounded_rectangle((left, top, left + width, top + height), radius=pad * 0.6, fill=(*color, 235))
    draw.text((left + pad - x0, top + pad - y0), text, fill="white", font=font)

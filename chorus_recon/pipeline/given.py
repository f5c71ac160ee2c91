"""Check what the user says about a photo: boxes, masks and meshes. What passes is believed."""

import math
from dataclasses import replace

import torch

from chorus_recon.backends.shape.mesh_file import check_mesh
from chorus_recon.categories.index import categories
from chorus_recon.errors import InputError
from chorus_recon.geometry.boxes import area, bounds
from chorus_recon.io import category_names
from chorus_recon.io.images import load_mask
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.types import Detection, Photo

MOST_COVERED = 0.95  # share of a photo that one thing covers; more is a mask whose colours are swapped
LEAST_INSIDE = 0.5  # share of a box that lies in the photo; less is a box of another size of photo
ALIKE = 0.9  # intersection over union from which two masks show the same thing
AROUND = 1.5  # of a person's height: how far from the person an object that they use may be in the photo


def checked(config: ReconstructConfig, photo: Photo) -> ReconstructConfig:
    """Check box, masks and mesh against the photo, before any network runs.

    Returns:
        The choices, with the box cut at the photo's edges.

    Raises:
        InputError: a box is reversed, in fractions or outside of the photo; a mask has another size, is empty
            or covers everything; both masks show the same; the mesh cannot be used.
    """
    masks = {}
    for name, path in (("--human-mask", config.human_mask), ("--object-mask", config.object_mask)):
        if path is not None:
            masks[name] = load_mask(path, photo.size_px) > 0.5
            covered = float(masks[name].float().mean())
            if covered > MOST_COVERED:
                raise InputError(
                    f"{path}: the mask covers {covered:.0%} of the photo.",
                    "White is what is meant, black all else: swap the colours.",
                )
    if len(masks) == 2:
        human, thing = masks.values()
        if float((human & thing).sum() / (human | thing).sum()) > ALIKE:
            raise InputError(
                "--human-mask and --object-mask show the same pixels.",
                "Pass the person's mask with the person alone, and the object's with the object alone.",
            )
    if config.object_mesh is not None:
        check_mesh(config.object_mesh, units=config.object_units, up=config.object_up)
    if config.object_box is None:
        return config
    return replace(config, object_box=_in_photo(config.object_box, photo.size_px))


def check_surroundings(config: ReconstructConfig, photo: Photo, people: list[Detection]) -> None:
    """Check that the object's box or mask is near one of the people.

    Categories that are far from the body by nature (the prior says so: a kite) may be anywhere.

    Raises:
        InputError: it is far from everybody.
    """
    category = categories().get(category_names.resolve(config.category or ""))
    if not people or (category is not None and category.far_from_body):
        return
    if config.object_mask is not None:
        what, box = "mask", bounds(load_mask(config.object_mask, photo.size_px) > 0.5)
    elif config.object_box is not None:
        what, box = "box", torch.tensor(config.object_box).float()
    else:
        return
    for person in people:
        reach = AROUND * float((person.box_px[2:] - person.box_px[:2]).max())
        gap = torch.maximum(person.box_px[:2] - box[2:], box[:2] - person.box_px[2:]).clamp_min(0)
        if float(gap.norm()) <= reach:
            return
    seen = "; ".join(_text(person.box_px.tolist()) for person in people)
    raise InputError(
        f"{photo.source.name}: the object's {what} ({_text(box.tolist())}) is far from everybody ({seen}).",
        "Give the place of the object that the person uses, in pixels of the photo as shown upright.",
    )


def _in_photo(
    box: tuple[float, float, float, float], size_px: tuple[int, int]
) -> tuple[float, float, float, float]:
    width, height = size_px
    corners = "Give x0,y0,x1,y1 in pixels: left, upper, right and lower edge."
    if len(box) != 4 or not all(isinstance(v, int | float) and math.isfinite(v) for v in box):
        raise InputError(f"The box ({_text(box)}) is not four numbers.", corners)
    x0, y0, x1, y1 = box
    if x0 >= x1 or y0 >= y1:
        raise InputError(
            f"The box ({_text(box)}) has its right or lower edge before the left or upper.",
            f"{corners} Not x,y,width,height.",
        )
    if x1 - x0 < 1 or y1 - y0 < 1:
        scaled = ",".join(f"{v * side:.0f}" for v, side in zip(box, (width, height) * 2, strict=True))
        fractions = min(box) >= 0 and max(box) <= 1
        raise InputError(
            f"The box ({_text(box)}) is smaller than a pixel; give pixels.",
            f"As fractions of this photo ({width} x {height}) it is {scaled}." if fractions else corners,
        )
    given = torch.tensor([x0, y0, x1, y1]).double()
    limit = torch.tensor([width, height] * 2).double()
    inside = torch.minimum(given.clamp_min(0), limit)
    if float(area(inside)) < LEAST_INSIDE * float(area(given)):
        where = "outside" if float(area(inside)) <= 0 else "mostly outside"
        raise InputError(
            f"The box ({_text(box)}) lies {where} the photo ({width} x {height}).",
            "Give pixels of the photo as shown upright; a photo above 4096 px is reduced to that first.",
        )
    x0, y0, x1, y1 = inside.tolist()
    return x0, y0, x1, y1


def _text(values: list[float] | tuple[float, ...]) -> str:
    return ",".join(f"{v:.4g}" if isinstance(v, float) else str(v) for v in values)

"""Check what the user says about a photo: boxes, masks and meshes. What passes is believed."""

import math
from dataclasses import replace

import torch

from chorus_recon.backends.protocols import HumanEstimator, UsesHeight
from chorus_recon.backends.shape.mesh_file import check_mesh
from chorus_recon.categories.index import categories
from chorus_recon.errors import InputError
from chorus_recon.geometry.boxes import area, bounds
from chorus_recon.geometry.camera import default_camera
from chorus_recon.io import category_names
from chorus_recon.io.images import load_mask
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.types import Camera, Detection, Photo

MOST_COVERED = 0.95  # share of a photo that one thing covers; more is a mask whose colours are swapped
LEAST_INSIDE = 0.5  # share of a box that lies in the photo; less is a box of another size of photo
HEIGHTS_M = (0.5, 2.5)  # of standing people
FOV_DEG = (2.0, 150.0)  # horizontal fields of view, from a long telephoto to an ultra-wide lens
ALIKE = 0.9  # intersection over union from which two masks show the same thing
AROUND = 1.5  # of a person's height: how far from the person an object that they use may be in the photo


def checked(config: ReconstructConfig, photo: Photo) -> ReconstructConfig:
    """Check box, masks and mesh against the photo, before any network runs.

    Returns:
        The choices, with the box cut at the photo's edges.

    Raises:
        InputError: a focal length is impossible; a box is reversed, in fractions or outside of the photo; a
            mask has another size, is empty or covers everything; both masks show the same; the mesh cannot be
            used.
    """
    camera(config, photo)
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


def camera(config: ReconstructConfig, photo: Photo) -> tuple[Camera, str]:
    """The photo's camera, and where its focal length is from: "given", "exif" or "assumed" (46 degrees).

    Raises:
        InputError: the focal length or field of view that is given is impossible.
    """
    width, height = photo.size_px
    if config.focal_px is not None and config.fov_deg is not None:
        raise InputError("Both a focal length and a field of view are given.", "Give one of them.")
    if config.focal_px is None and config.fov_deg is None:
        return default_camera(photo.size_px, photo.focal_px), "exif" if photo.focal_px else "assumed"
    low, high = FOV_DEG
    least, most = (width / (2 * math.tan(math.radians(fov) / 2)) for fov in (high, low))
    if config.fov_deg is not None:
        if not low <= config.fov_deg <= high:
            raise InputError(
                f"A horizontal field of view of {config.fov_deg:g} degrees is not possible.",
                f"Give degrees between {low:g} and {high:g}, for instance --fov 65 for a phone.",
            )
        focal_px = width / (2 * math.tan(math.radians(config.fov_deg) / 2))
    else:
        focal_px = config.focal_px or 0.0
        if not least <= focal_px <= most:
            raise InputError(
                f"A focal length of {focal_px:g} px is not possible for a photo of {width} x {height} px.",
                f"Give pixels, not millimetres: between {least:.0f} and {most:.0f} here. Or leave it out.",
            )
    return default_camera(photo.size_px, focal_px), "given"


def check_height(height_m: float | None, human: HumanEstimator) -> None:
    """Check a standing height that the user gives.

    Raises:
        InputError: nobody is that tall, or the human backend cannot use it.
    """
    if height_m is None:
        return
    low, high = HEIGHTS_M
    if not low <= height_m <= high:
        raise InputError(
            f"A standing height of {height_m:g} m is not possible.",
            f"Pass metres between {low:g} and {high:g}, for instance --height 1.75.",
        )
    if not (isinstance(human, UsesHeight) and human.uses_height):
        raise InputError(
            f"The human backend {human.name!r} does not use a known height.",
            "Leave --height out, or use --backend human=default.",
        )


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

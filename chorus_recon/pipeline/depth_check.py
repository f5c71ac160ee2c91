"""Compare placements with a depth map, as ratios to the person's depth."""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry.camera import resized
from chorus_recon.io import category_names
from chorus_recon.types import Camera, DepthCheck, DepthMap, Evidence, Placement, PosedBody

TOLERANCE = 0.12  # |ln shift| that counts as agreement; depth networks err by 5 to 10 % within a picture
PERSON_TOLERANCE = 0.4  # and this of the person's size, which they see less well
FLOOR = 0.3  # lowest factor that a depth disagreement applies to a probability
LEAST_PX = 24  # fewer pixels of person or object say nothing
WORK_PX = 640  # compared at this size at most


def check(
    depth: DepthMap,
    source: str,
    camera: Camera,
    evidence: Evidence,
    body: PosedBody,
    placements: Sequence[Placement],
    renderer: Renderer,
) -> DepthCheck:
    """Compare depths over the pixels that show the person, and those that show the object.

    A shift is (object / person) as the network sees it over the same as placed, from the medians of
    the log ratios a pixel. The tolerance grows with how badly the network's depth of the person alone
    fits the body.
    """
    size = _work_size(camera.size_px)
    view = resized(camera, size)
    known, seen = _sampled(depth.valid, size), _sampled(depth.depth_m, size)
    object_mask, human_mask = (_sampled(m.alpha, size) > 0.5 for m in (evidence.object, evidence.human))
    placed = renderer.render(body.vertices, body.faces, view).depth
    person = _log_ratios(seen, placed, _core(human_mask & ~object_mask) & known)
    middle = None if person is None else float(person.median())
    spread = 0.0 if person is None else float((person - person.median()).abs().median())
    shifts: list[float | None] = []
    for placement in placements:
        z = renderer.render(placement.vertices, placement.shape.faces, view).depth
        thing = _log_ratios(seen, z, _core(object_mask) & known)
        if thing is None or middle is None:
            shifts.append(None)
        else:
            shifts.append(math.exp(float(thing.median()) - middle))
    scale = None
    if middle is not None and depth.focal_px is not None:
        # size on the picture is focal / depth: what counts is depth for one and the same focal length
        scale = math.exp(middle) * float(camera.focal_px.mean()) / depth.focal_px
    return DepthCheck(source, tuple(shifts), max(TOLERANCE, spread), scale)


def weigh(placements: tuple[Placement, ...], found: DepthCheck) -> tuple[tuple[Placement, ...], DepthCheck]:
    """Lower the probability where the depth disagrees and sort by it; both results in the new order."""
    heard = [
        (replace(p, probability=p.probability * belief(shift, found.tolerance)), shift)
        for p, shift in zip(placements, found.shifts, strict=True)
    ]
    if any(belief(shift, found.tolerance) < 1 for shift in found.shifts):
        heard.sort(key=lambda pair: -pair[0].probability)
    return tuple(p for p, _ in heard), replace(found, shifts=tuple(shift for _, shift in heard))


def belief(shift: float | None, tolerance: float) -> float:
    """What is left of a probability: all within the tolerance, `FLOOR` far outside."""
    if shift is None:
        return 1.0
    excess = max(0.0, abs(math.log(shift)) / tolerance - 1.0)
    return FLOOR + (1.0 - FLOOR) * math.exp(-0.5 * excess**2)


def warnings(found: DepthCheck, category: str) -> list[str]:
    """What the user should know of the best placement."""
    out = []
    shift = found.shifts[0] if found.shifts else None
    if shift is not None and abs(math.log(shift)) > found.tolerance:
        way = "farther away" if shift > 1 else "nearer"
        noun = category_names.words(category)
        out.append(f"{found.source} sees the {noun} {abs(shift - 1):.0%} {way} than it was placed")
    scale = found.person_scale
    if scale is not None and abs(math.log(scale)) > PERSON_TOLERANCE:
        out.append(f"{found.source} takes the person to be {scale:.1f} times as large; all sizes may be off")
    return out


def _work_size(size_px: tuple[int, int]) -> tuple[int, int]:
    factor = min(1.0, WORK_PX / max(size_px))
    return max(1, round(size_px[0] * factor)), max(1, round(size_px[1] * factor))


def _sampled(image: Tensor, size: tuple[int, int]) -> Tensor:
    """Nearest pixel: depths of two surfaces must not be mixed."""
    height, width = image.shape
    rows = ((torch.arange(size[1]) + 0.5) * height / size[1]).long()
    columns = ((torch.arange(size[0]) + 0.5) * width / size[0]).long()
    return image[rows][:, columns]


def _core(mask: Bool[Tensor, "h w"]) -> Bool[Tensor, "h w"]:
    """Without the rim, where depth bleeds over the outline; whole where nothing would be left."""
    inner = -torch.nn.functional.max_pool2d(-mask.float()[None, None], 3, 1, 1)[0, 0] > 0.5
    return inner if int(inner.sum()) >= LEAST_PX else mask


def _log_ratios(
    seen: Float[Tensor, "h w"], placed: Float[Tensor, "h w"], where: Bool[Tensor, "h w"]
) -> Float[Tensor, " n"] | None:
    chosen = where & torch.isfinite(placed) & (placed > 0)
    if int(chosen.sum()) < LEAST_PX:
        return None
    return (seen[chosen] / placed[chosen]).log()

"""The working window: a small square crop of the photo around the object's mask."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from scipy.ndimage import distance_transform_edt
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry.boxes import bounds
from chorus_recon.types import Camera, Evidence, PosedBody

SIDE_PX = 80  # of the window: silhouettes of a few hundred points are no sharper
MARGIN = 1.7  # side of the window over the mask's longer side: room for a placement to be wrong in
LEAST_SIDE_PX = 12.0  # of the mask, in the photo
ASKED_PIXELS = 96  # of the mask, asked for coverage
MOST_SAMPLES = 8  # of the photo along a window pixel's side
ON_MASK = 0.5  # coverage above which a pixel is the object's
TOUCHES_MASK = 0.3  # coverage above which a point may fall on a pixel at no cost
HIDDEN = 0.5  # known share below which a pixel counts as hidden
THIN = 0.9  # of the largest coverage: pixels taken where nothing covers half a pixel
LEAST_AREA_PX = 4.0  # of the mask in the window


@dataclass(frozen=True, slots=True)
class Window:
    """A square crop of the photo at a few dozen pixels, everything in its own pixel coordinates.

    `target` is the object's coverage, `known` how far a pixel counts (0 where the person may hide
    the object and off the photo), `distance` the pixels to the nearest object or unknown pixel,
    `human` the visible person, `body_depth` z of the body's front (+inf none), `pixels` the object
    pixels that a placement should cover, `area_px` the area of the mask.
    """

    camera: Camera
    target: Float[Tensor, "w w"]
    known: Float[Tensor, "w w"]
    distance: Float[Tensor, "w w"]
    human: Float[Tensor, "w w"]
    body_depth: Float[Tensor, "w w"]
    pixels: Float[Tensor, "m 2"]
    area_px: float

    @property
    def size(self) -> int:
        """Side in pixels."""
        return self.camera.size_px[0]


def box_of(mask: Float[Tensor, "h w"]) -> tuple[float, float, float, float] | None:
    """(x0, y0, x1, y1) of pixels above one half; None when there are none."""
    solid = mask > ON_MASK
    if not bool(solid.any()):
        return None
    x0, y0, x1, y1 = bounds(solid).tolist()
    return x0, y0, x1, y1


def _crop(
    image: Float[Tensor, "h w"], corner: tuple[float, float], side: float, size: int, outside: float
) -> Float[Tensor, "s s"]:
    """Area-averaged square crop; off the image it is `outside`."""
    height, width = image.shape
    over = max(1, min(MOST_SAMPLES, round(side / size)))
    steps = (torch.arange(size * over) + 0.5) / (size * over) * side
    u, v = corner[0] + steps, corner[1] + steps
    inside = ((v >= 0) & (v < height))[:, None] & ((u >= 0) & (u < width))[None]
    rows = v.floor().long().clamp(0, height - 1)
    cols = u.floor().long().clamp(0, width - 1)
    fine = torch.where(inside, image[rows][:, cols], torch.tensor(outside))
    return torch.nn.functional.avg_pool2d(fine[None, None], over)[0, 0]


def make_window(
    camera: Camera,
    evidence: Evidence,
    body: PosedBody,
    renderer: Renderer,
    size: int = SIDE_PX,
    margin: float = MARGIN,
    pixels: int = ASKED_PIXELS,
) -> Window:
    """Crop the evidence around the object's mask and render the body's depth in the crop.

    Raises:
        ValueError: the object's mask is empty.
    """
    box = box_of(evidence.object.alpha)
    if box is None:
        raise ValueError("the object mask is empty")
    side = max(box[2] - box[0], box[3] - box[1], LEAST_SIDE_PX) * margin
    corner = ((box[0] + box[2] - side) / 2, (box[1] + box[3] - side) / 2)
    scale = size / side
    local = Camera(camera.focal_px * scale, (camera.center_px - torch.tensor(corner)) * scale, (size, size))
    target = _crop(evidence.object.alpha, corner, side, size, 0.0)
    known = _crop(evidence.known.float(), corner, side, size, 0.0)
    human = _crop(evidence.human.alpha, corner, side, size, 0.0)
    allowed = ((target > TOUCHES_MASK) | (known < HIDDEN)).numpy()
    distance = torch.from_numpy(distance_transform_edt(~allowed)).float()
    spots = torch.nonzero(target > ON_MASK).flip(-1).float() + 0.5
    if len(spots) == 0:
        spots = torch.nonzero(target >= target.max() * THIN).flip(-1).float() + 0.5
    chosen = torch.linspace(0, len(spots) - 1, min(pixels, len(spots))).long()
    depth = renderer.render(body.vertices, body.faces, local).depth
    return Window(
        camera=local,
        target=target,
        known=known,
        distance=distance,
        human=human,
        body_depth=depth,
        pixels=spots[chosen],
        area_px=float(target.sum().clamp_min(LEAST_AREA_PX)),
    )


def look_up(image: Float[Tensor, "h w"], uv: Float[Tensor, "b n 2"]) -> Float[Tensor, "b n"]:
    """Nearest pixel's value (0 outside), without gradients."""
    height, width = image.shape
    col, row = uv[..., 0].floor().long(), uv[..., 1].floor().long()
    inside: Bool[Tensor, "b n"] = (col >= 0) & (col < width) & (row >= 0) & (row < height)
    value = image[row.clamp(0, height - 1), col.clamp(0, width - 1)]
    return torch.where(inside, value, torch.zeros_like(value))

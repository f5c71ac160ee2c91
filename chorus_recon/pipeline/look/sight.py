"""What the photo shows of one mesh: its own pixels without background, and which surface is at each."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from PIL import Image
from scipy.ndimage import distance_transform_edt
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry.atlas.push_pull import push_pull
from chorus_recon.geometry.camera import project
from chorus_recon.types import Camera

LONGEST_PX = 1024  # of the part of the photo that is used
BORDER = (
    0.01  # of the mesh's height in the picture: how far inside the mask pixels may show what is beside it
)
LEAST_BORDER_PX = 2.0
REACH = 0.02  # beyond the mask, a colour extended to a pixel loses belief with this length constant
EXTENDED = 0.15  # belief in the colour just outside the mask
MARGIN = 0.012  # how near to the outline of a nearer part a pixel may show that part instead


@dataclass(frozen=True, slots=True)
class Sight:
    """A window of the photo, reduced.

    Attributes:
        camera: of the window.
        rgb: colours, sRGB in [0, 1]; pixels that are not of the mesh's mask have those of nearby ones.
        smooth: the same, averaged over the distance of a coarse mesh's vertices.
        belief: how far to believe the colour of a pixel, [0, 1].
        depth_m: of the mesh (+inf: not hit).
        nearest_m: the least depth around the pixel.
        face: of the mesh at the pixel (-1: none).
    """

    camera: Camera
    rgb: Float[Tensor, "h w 3"]
    smooth: Float[Tensor, "h w 3"]
    belief: Float[Tensor, "h w"]
    depth_m: Float[Tensor, "h w"]
    nearest_m: Float[Tensor, "h w"]
    face: Int[Tensor, "h w"]
    height_px: float


def sight(
    photo: UInt8[Tensor, "h w 3"],
    mask: Bool[Tensor, "h w"],
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    camera: Camera,
    renderer: Renderer,
) -> Sight | None:
    """Look at a mesh (in cam) through the pixels of its mask; None if it is not in the picture."""
    pixels, valid = project(camera, vertices)
    inside = valid & (pixels >= 0).all(-1) & (pixels < torch.tensor(camera.size_px)).all(-1)
    rows, columns = mask.any(1).nonzero()[:, 0], mask.any(0).nonzero()[:, 0]
    if not len(rows) or not bool(inside.any()):
        return None
    shown = pixels[inside]
    low = torch.minimum(shown.amin(0), torch.stack([columns[0], rows[0]])).floor().long() - 4
    high = torch.maximum(shown.amax(0), torch.stack([columns[-1], rows[-1]])).ceil().long() + 5
    x0, y0 = low.clamp_min(0).tolist()
    x1, y1 = torch.minimum(high, torch.tensor(camera.size_px)).tolist()
    factor = min(1.0, LONGEST_PX / max(x1 - x0, y1 - y0))
    size = max(1, round((x1 - x0) * factor)), max(1, round((y1 - y0) * factor))
    exact = torch.tensor([size[0] / (x1 - x0), size[1] / (y1 - y0)])
    window = Camera(camera.focal_px * exact, (camera.center_px - torch.tensor([x0, y0])) * exact, size)
    rgb = _reduced(photo[y0:y1, x0:x1].numpy(), size) / 255.0
    own = _reduced(mask[y0:y1, x0:x1].numpy().astype(np.uint8) * 255, size) > 254.5
    tall = float((shown.amax(0) - shown.amin(0)).max()) * factor
    hidden, beyond = (
        torch.from_numpy(distance_transform_edt(m)).float() for m in (own.numpy(), ~own.numpy())
    )
    inner = ((hidden - 1.0) / max(LEAST_BORDER_PX, BORDER * tall)).clamp(0.0, 1.0).square()
    clean = push_pull(rgb, inner)
    belief = torch.maximum(inner, EXTENDED * torch.exp(-beyond / (REACH * tall)))
    seen = renderer.render(vertices, faces, window)
    reach = 2 * max(1, round(MARGIN * tall)) + 1
    rows = torch.nn.functional.max_pool2d(-seen.depth[None], (reach, 1), 1, (reach // 2, 0))
    nearest = -torch.nn.functional.max_pool2d(rows, (1, reach), 1, (0, reach // 2))[0]
    blur = 2 * max(1, round(0.004 * tall)) + 1
    smooth = torch.nn.functional.avg_pool2d(
        clean.permute(2, 0, 1), blur, 1, blur // 2, count_include_pad=False
    ).permute(1, 2, 0)
    return Sight(window, clean, smooth, belief, seen.depth, nearest, seen.face, tall)


def _reduced(array: np.ndarray, size: tuple[int, int]) -> Float[Tensor, "h w *c"]:
    image = Image.fromarray(array)
    if image.size != size:
        image = image.resize(size, Image.Resampling.BOX)
    return torch.from_numpy(np.array(image)).float()

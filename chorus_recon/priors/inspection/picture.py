"""Draw where a prior expects the object around the canonical body."""

import math
from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel, Renderer
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import heat, transforms
from chorus_recon.geometry.camera import default_camera
from chorus_recon.geometry.mesh import face_normals
from chorus_recon.geometry.transforms import rotation_about
from chorus_recon.io import category_names
from chorus_recon.types import Camera, OccupancyPrior, PriorSet, Rigid

VIEWS = (("front", 0.0, 0.1), ("left", -90.0, 0.1), ("back", 180.0, 0.1), ("above", 0.0, 85.0))  # degrees
PANEL_PX = 260
LIKELY = 0.05  # least occupancy of a voxel whose interval is shown
_FAR_M = 5.0
_PAPER, _BODY = torch.tensor([1.0, 1.0, 1.0]), torch.tensor([0.72, 0.76, 0.82])


def draw(prior: PriorSet, body: BodyModel, renderer: Renderer) -> Image.Image:
    """Draw a row per cluster: the largest occupancy along each ray over the body, from four sides.

    Yellow is low, red is high occupancy; occupancy behind the body shows through it. A prior with intervals
    has a fifth column: the width of the interval of the occupancy.
    """
    reach = max(1.1, *map(_reach, prior.clusters))  # the same scale for all rows
    camera = default_camera((PANEL_PX, PANEL_PX), 0.46 * PANEL_PX * _FAR_M / reach)
    vertices, _ = body.canonical()
    rows: list[list[tuple[str, Float[Tensor, "h w 3"]]]] = [[] for _ in prior.clusters]
    for name, yaw, pitch in VIEWS:
        view = _view(yaw, pitch)
        shaded = _shaded_body(transforms.apply(view, vertices), body, camera, renderer)
        for row, glow in zip(rows, _glows(prior.clusters, _occupancy, view, camera), strict=True):
            row.append((name, heat.tint(shaded, glow)))
    if any(cluster.high is not None for cluster in prior.clusters):
        name, yaw, pitch = VIEWS[0]
        view = _view(yaw, pitch)
        shaded = _shaded_body(transforms.apply(view, vertices), body, camera, renderer)
        for row, glow in zip(rows, _glows(prior.clusters, _width, view, camera), strict=True):
            row.append((f"{name}: how unsure", heat.tint(shaded, glow)))
    line = 40
    sheet = Image.new("RGB", (PANEL_PX * max(map(len, rows)), (PANEL_PX + line) * len(rows)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for row, (cluster, panels) in enumerate(zip(prior.clusters, rows, strict=True)):
        top = row * (PANEL_PX + line)
        for column, (name, panel) in enumerate(panels):
            pixels = (panel * 255).round().to(torch.uint8).numpy()
            sheet.paste(Image.fromarray(pixels), (column * PANEL_PX, top + line))
            pen.text((column * PANEL_PX + 6, top + 20), name, fill="dimgray", font=font)
        title = f"{prior.category}: {category_names.words(cluster.cluster)} ({cluster.share:.0%})"
        pen.text((6, top + 3), title, fill="black", font=font)
    return sheet


def _occupancy(cluster: OccupancyPrior) -> Float[Tensor, "x y z"]:
    return cluster.expected.float()


def _width(cluster: OccupancyPrior) -> Float[Tensor, "x y z"]:
    """The width of the interval of each voxel above `LIKELY`; 0 if there are no intervals."""
    if cluster.low is None or cluster.high is None:
        return torch.zeros_like(cluster.occupancy, dtype=torch.float32)
    return (cluster.high - cluster.low).float() * (cluster.expected.float() > LIKELY)


def _glows(
    clusters: Sequence[OccupancyPrior],
    values: Callable[[OccupancyPrior], Float[Tensor, "x y z"]],
    view: Rigid,
    camera: Camera,
) -> list[Float[Tensor, "h w"]]:
    """Project each cluster's values along the rays; clusters with the same grid are projected together."""
    out: dict[int, Float[Tensor, "h w"]] = {}
    for grid in dict.fromkeys(cluster.grid for cluster in clusters):
        which = [number for number, cluster in enumerate(clusters) if cluster.grid == grid]
        images = heat.strongest(torch.stack([values(clusters[n]) for n in which]), grid, view, camera)
        out |= dict(zip(which, images, strict=True))
    return [out[number] for number in range(len(clusters))]


def _reach(cluster: OccupancyPrior) -> float:
    """The largest distance of the object from the pelvis, in metres."""
    points = grids.centers(cluster.grid)[cluster.expected.float() > 0.02]
    return float(points.norm(dim=-1).max()) if len(points) else 0.0


def _view(yaw_deg: float, pitch_deg: float) -> Rigid:
    """cam_from_canon of a camera that sees the front of the body at yaw 0."""
    facing = torch.diag(torch.tensor([-1.0, -1.0, 1.0])) @ rotation_about("y", math.pi)
    turned = (
        rotation_about("x", math.radians(pitch_deg)) @ facing @ rotation_about("y", math.radians(yaw_deg))
    )
    return Rigid(turned, torch.tensor([0.0, 0.0, _FAR_M]))


def _shaded_body(
    vertices_cam: Float[Tensor, "v 3"], body: BodyModel, camera: Camera, renderer: Renderer
) -> Float[Tensor, "h w 3"]:
    face = renderer.render(vertices_cam, body.faces, camera).face
    normals = torch.nn.functional.normalize(face_normals(vertices_cam, body.faces), dim=-1)
    light = 0.45 + 0.55 * normals[face.clamp_min(0), 2].abs()
    return torch.where((face >= 0)[..., None], _BODY * light[..., None], _PAPER)

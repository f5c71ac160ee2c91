"""Shade coloured meshes: an antialiased picture and its coverage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry.camera import pixel_centers, rays, resized
from chorus_recon.geometry.meshes.creases import corner_normals
from chorus_recon.types import Camera

SUPERSAMPLE = 2
KEY_LIGHT = (-0.45, -0.75, -0.5)  # cam axes, towards the light: from the upper left, before the picture
EDGE_SHADE = 0.5  # outlines are the surface's colour, this much darker


@dataclass(frozen=True, slots=True)
class Solid:
    """A mesh with normals and colours (0..1) at its corners, and an opacity (0..1) a face.

    A `texture` [s s 3] with the corners' coordinates `uv` replaces the colours.
    """

    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    corner_normals: Float[Tensor, "f 3 3"]
    corner_rgb: Float[Tensor, "f 3 3"]
    opacity: Float[Tensor, " f"]
    texture: Float[Tensor, "s s 3"] | None = None
    uv: Float[Tensor, "f 3 2"] | None = None


@dataclass(frozen=True, slots=True)
class Shaded:
    """`rgb` is premultiplied by `alpha`, the covered share of a pixel; `edge` the outline's share."""

    rgb: Float[Tensor, "h w 3"]
    alpha: Float[Tensor, "h w"]
    edge: Float[Tensor, "h w"]
    edge_rgb: Float[Tensor, "h w 3"]


def solid(
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    rgb: Float[Tensor, "*f 3"],
    opacity: Float[Tensor, " f"] | None = None,
) -> Solid:
    """A mesh in one colour [3] or a colour a face [f 3]; opaque by default."""
    if opacity is None:
        opacity = torch.ones(len(faces))
    corner_rgb = rgb.expand(len(faces), 3)[:, None].expand(-1, 3, -1)
    return Solid(vertices, faces, corner_normals(vertices, faces), corner_rgb, opacity)


def moved(shape: Solid, rotation: Float[Tensor, "3 3"], translation_m: Float[Tensor, " 3"]) -> Solid:
    """The same solid in another frame."""
    return replace(
        shape,
        vertices=shape.vertices @ rotation.mT + translation_m,
        corner_normals=shape.corner_normals @ rotation.mT,
    )


def shade(
    solids: Sequence[Solid],
    camera: Camera,
    renderer: Renderer,
    up: Float[Tensor, " 3"],
    outline_px: float = 1.0,
) -> Shaded:
    """Smooth headlight, key and sky light on all solids together; `up` is the sky in the solids' frame."""
    width, height = camera.size_px
    big = resized(camera, (width * SUPERSAMPLE, height * SUPERSAMPLE))
    counts = [0, *accumulate(len(s.vertices) for s in solids)]
    first_face = [0, *accumulate(len(s.faces) for s in solids)]
    vertices = torch.cat([s.vertices for s in solids])
    faces = torch.cat([s.faces + n for s, n in zip(solids, counts, strict=False)])
    normals = torch.cat([s.corner_normals for s in solids])
    corner_rgb = torch.cat([s.corner_rgb for s in solids])
    opacity = torch.cat([s.opacity for s in solids])
    owner = torch.cat([torch.full((len(s.faces),), i) for i, s in enumerate(solids)])
    seen = renderer.render(vertices, faces, big)
    window = _covered(seen.face >= 0)
    hit = seen.face[window] >= 0
    face = seen.face[window][hit]
    directions = rays(big, pixel_centers(big.size_px)[window][hit])
    mix = barycentric(vertices[faces[face]], directions * seen.depth[window][hit][:, None])
    normal = torch.nn.functional.normalize(interpolated(normals, face, mix), dim=-1)
    colors = interpolated(corner_rgb, face, mix)
    for number, item in enumerate(solids):
        if item.texture is not None and item.uv is not None:
            mine = owner[face] == number
            own = face[mine] - first_face[number]
            colors[mine] = sampled(item.texture, interpolated(item.uv, own, mix[mine]))
    lit = _light(colors, normal, torch.nn.functional.normalize(directions, dim=-1), up)
    ids = torch.full(hit.shape, -1, dtype=torch.int64)
    ids[hit] = owner[face]
    edge = (_edges(ids, outline_px) & hit)[hit]
    layers = torch.zeros(*hit.shape, 8)  # shaded colour, coverage, outline's colour, outline
    layers[hit] = torch.cat(
        [
            lit * opacity[face, None],
            opacity[face, None],
            colors * EDGE_SHADE * edge[:, None],
            edge[:, None].float(),
        ],
        -1,
    )
    small = torch.zeros(height, width, 8)
    small[_halved(window)] = _shrink(layers)
    return Shaded(small[..., :3], small[..., 3], small[..., 7], small[..., 4:7])


def over(image: Float[Tensor, "h w 3"], layer: Shaded, opacity: float = 1.0) -> Float[Tensor, "h w 3"]:
    """The layer, this opaque, over an image (0..1), with its outlines crisp."""
    blended = image * (1.0 - opacity * layer.alpha[..., None]) + opacity * layer.rgb
    return (blended * (1.0 - layer.edge[..., None]) + layer.edge_rgb).clamp(0.0, 1.0)


def sampled(image: Float[Tensor, "h w 3"], uv: Float[Tensor, "n 2"]) -> Float[Tensor, "n 3"]:
    """Colours of a picture at coordinates in [0, 1], v down, interpolated between pixel centres."""
    found = torch.nn.functional.grid_sample(
        image.permute(2, 0, 1)[None], (2 * uv - 1)[None, None], padding_mode="border", align_corners=False
    )
    return found[0, :, 0].T


def interpolated(
    corners: Float[Tensor, "f 3 c"], face: Int[Tensor, " n"], mix: Float[Tensor, "n 3"]
) -> Float[Tensor, "n c"]:
    """Values inside faces, from those of their corners and barycentric coordinates."""
    ids = 3 * face[:, None] + torch.arange(3)  # gathered and added in one pass, without an array of n x 3 x c
    table = corners.reshape(-1, corners.shape[2])
    return torch.nn.functional.embedding_bag(ids, table, per_sample_weights=mix, mode="sum")


def barycentric(corners: Float[Tensor, "n 3 3"], points: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
    """The barycentric coordinates of points on faces."""
    a, b, c = corners.unbind(1)
    area = torch.linalg.cross(b - a, c - a)
    scale = (area * area).sum(-1, keepdim=True).clamp_min(1e-20)
    second = (torch.linalg.cross(points - a, c - a) * area).sum(-1, keepdim=True) / scale
    third = (torch.linalg.cross(b - a, points - a) * area).sum(-1, keepdim=True) / scale
    return torch.cat([1 - second - third, second, third], -1)


def _light(
    albedo: Float[Tensor, "n 3"],
    normal: Float[Tensor, "n 3"],
    view: Float[Tensor, "n 3"],
    up: Float[Tensor, " 3"],
) -> Float[Tensor, "n 3"]:
    facing = -(normal * view).sum(-1, keepdim=True)
    normal = normal * torch.where(facing < 0, -1.0, 1.0)  # a surface seen from behind is still a surface
    facing = facing.abs()
    key = torch.nn.functional.normalize(torch.tensor(KEY_LIGHT), dim=0)
    sky = 0.5 + 0.5 * (normal @ up)[:, None]
    light = 0.42 + 0.22 * sky + 0.26 * facing + 0.3 * (normal @ key)[:, None].clamp_min(0)
    rim = 0.10 * (1.0 - facing) ** 3
    return (albedo * light + rim).clamp(0.0, 1.0)


def _edges(ids: Int[Tensor, "h w"], outline_px: float) -> Bool[Tensor, "h w"]:
    """Pixels within the outline's width of another id; grown by shifts, so corners stay round enough."""
    reach = max(1, round(outline_px * SUPERSAMPLE))
    padded = torch.nn.functional.pad(ids[None].float(), (reach,) * 4, value=-1.0)[0]
    height, width = ids.shape
    edge = torch.zeros(ids.shape, dtype=torch.bool)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            if 0 < dx * dx + dy * dy <= reach * reach:
                edge |= padded[reach + dy : reach + dy + height, reach + dx : reach + dx + width] != ids
    return edge


def _covered(hit: Bool[Tensor, "h w"]) -> tuple[slice, slice]:
    """The rows and columns with something in them, on whole pixels of the final picture."""
    out = []
    for axis in (1, 0):
        used = hit.any(axis).nonzero()[:, 0]
        low, high = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, 0)
        out.append(slice(low // SUPERSAMPLE * SUPERSAMPLE, -(-high // SUPERSAMPLE) * SUPERSAMPLE))
    return out[0], out[1]


def _halved(window: tuple[slice, slice]) -> tuple[slice, slice]:
    rows, columns = (slice(s.start // SUPERSAMPLE, s.stop // SUPERSAMPLE) for s in window)
    return rows, columns


def _shrink(image: Float[Tensor, "h w c"]) -> Float[Tensor, "h2 w2 c"]:
    small = torch.zeros(image.shape[0] // SUPERSAMPLE, image.shape[1] // SUPERSAMPLE, image.shape[2])
    for row in range(SUPERSAMPLE):
        for column in range(SUPERSAMPLE):  # several times faster than a mean over two axes
            small += image[row::SUPERSAMPLE, column::SUPERSAMPLE]
    return small / SUPERSAMPLE**2

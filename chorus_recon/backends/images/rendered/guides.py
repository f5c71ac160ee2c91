"""Render albedo and normals for the denoiser, and ground-truth masks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from jaxtyping import Bool, Float

from chorus_recon.backends.images.rendered.sheet import normals
from chorus_recon.backends.images.rendered.surfaces import Surface, linear
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import pixel_centers, rays
from chorus_recon.types import Camera, Rigid


@dataclass(frozen=True, slots=True)
class Guides:
    """Means over a few rays per pixel; `parts` has a soft mask for each part that surfaces name."""

    albedo: Float[np.ndarray, "h w 3"]
    normal: Float[np.ndarray, "h w 3"]
    parts: dict[str, Float[np.ndarray, "h w"]]


def render(surfaces: Sequence[Surface], camera: Camera, cam_from_world: Rigid, across: int = 2) -> Guides:
    """Cast `across` x `across` rays per pixel and average what they hit."""
    width, height = camera.size_px
    world_from_cam = transforms.inverse(cam_from_world)
    scene, owner, offsets = _joined(surfaces)
    rounded = [_vertex_normals(surface) for surface in surfaces]
    names = sorted({s.part for s in surfaces} - {""})
    albedo, normal = np.zeros((height * width, 3)), np.zeros((height * width, 3))
    parts = {name: np.zeros(height * width) for name in names}
    for step in np.ndindex(across, across):
        shift = torch.tensor([(s + 0.5) / across - 0.5 for s in step])
        cam = rays(camera, pixel_centers(camera.size_px) + shift).reshape(-1, 3).float()
        ways = (cam @ world_from_cam.rotation.mT).numpy()
        origins = np.broadcast_to(world_from_cam.translation_m.float().numpy(), ways.shape)
        hit = scene.run(
            np.ascontiguousarray(origins), np.ascontiguousarray(ways), query="INTERSECT", output=True
        )
        face = np.asarray(hit["primID"], np.int64)
        seen = np.where(face >= 0, owner[face], -1)
        bary = np.stack([1 - hit["u"] - hit["v"], hit["u"], hit["v"]], 1)
        for number in np.unique(seen[seen >= 0]):
            here = np.flatnonzero(seen == number)
            surface = surfaces[number]
            corners = surface.faces[face[here] - offsets[number]]
            albedo[here] += _albedo(surface, corners, bary[here])
            normal[here] += _normal(surface, rounded[number], corners, bary[here], ways[here])
            if surface.part:
                parts[surface.part][here] += 1.0
    share = 1.0 / across**2
    square = lambda flat: (flat * share).reshape(height, width, *flat.shape[1:])  # noqa: E731
    return Guides(square(albedo), square(normal), {name: square(mask) for name, mask in parts.items()})


def masks(
    surfaces: Sequence[Surface], camera: Camera, cam_from_world: Rigid
) -> dict[str, Bool[np.ndarray, "h w"]]:
    """The visible pixels of each named part, from one ray through each pixel's centre."""
    return {name: share > 0.5 for name, share in render(surfaces, camera, cam_from_world, 1).parts.items()}


def _joined(surfaces: Sequence[Surface]) -> tuple[EmbreeScene, np.ndarray, np.ndarray]:
    """All surfaces as one Embree scene, the surface index of each face, and each surface's first face."""
    starts = np.cumsum([0, *(len(surface.vertices) for surface in surfaces)])
    faces = [surface.faces + start for surface, start in zip(surfaces, starts[:-1], strict=True)]
    scene = EmbreeScene()
    vertices = np.concatenate([surface.vertices for surface in surfaces]).astype(np.float32)
    _ = TriangleMesh(scene, vertices, np.concatenate(faces).astype(np.int32))  # registers itself
    counts = [len(some) for some in faces]
    return scene, np.repeat(np.arange(len(surfaces)), counts), np.cumsum([0, *counts])


def _vertex_normals(surface: Surface) -> np.ndarray | None:
    if not surface.smooth:
        return None
    return normals(surface.vertices, surface.faces) if surface.normals is None else surface.normals


def _albedo(surface: Surface, corners: np.ndarray, bary: np.ndarray) -> np.ndarray:
    if surface.vertex_rgb is not None:
        return linear(np.einsum("nc,ncd->nd", bary, surface.vertex_rgb[corners]))
    texture = surface.material.texture
    if texture is None or surface.uv is None:
        return np.broadcast_to(linear(surface.material.rgb), (len(corners), 3))
    uv = np.einsum("nc,ncd->nd", bary, surface.uv[corners])
    rows, columns = texture.shape[:2]
    row = (uv[:, 1] % 1.0 * rows).astype(int) % rows
    return linear(texture[row, (uv[:, 0] % 1.0 * columns).astype(int) % columns] / 255.0)


def _normal(
    surface: Surface, rounded: np.ndarray | None, corners: np.ndarray, bary: np.ndarray, ways: np.ndarray
) -> np.ndarray:
    if rounded is not None:
        value = np.einsum("nc,ncd->nd", bary, rounded[corners])
    else:
        a, b, c = (surface.vertices[corners[:, k]] for k in range(3))
        value = np.cross(b - a, c - a)
    value = value / np.maximum(np.linalg.norm(value, axis=1, keepdims=True), 1e-9)
    return np.where((value * ways).sum(1, keepdims=True) > 0, -value, value)

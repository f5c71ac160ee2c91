"""Export a prior as arrays, a coloured point cloud or a scene of surfaces.

All are in canonical space: metres, y up, z forward, x to the person's left. glTF uses the same axes.
"""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import trimesh
import trimesh.visual
import trimesh.visual.material
from jaxtyping import Float
from skimage.measure import marching_cubes
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.errors import ConfigError, OutputError
from chorus_recon.geometry import grid as grids
from chorus_recon.types import OccupancyPrior, PriorSet

LEAST = 0.05  # least occupancy of an exported point
LEVELS = (0.5, 0.2)  # surfaces, as shares of a cluster's largest occupancy; the inner surface first
_BODY_RGBA = (184, 194, 209, 255)
_RGBA = ((191, 15, 26, 255), (255, 190, 70, 110))  # of the surfaces
_FAINT, _STRONG = np.array([255.0, 209.0, 89.0]), np.array([191.0, 15.0, 26.0])


def export(prior: PriorSet, kind: str, path: Path, body: BodyModel) -> Path:
    """Write a prior as "npz", "ply" or "glb".

    Raises:
        ConfigError: the kind is unknown.
        OutputError: the file cannot be written.
    """
    if kind not in KINDS:
        raise ConfigError(f"Priors are not exported as {kind!r}.", f"Choose one of: {', '.join(KINDS)}.")
    data = KINDS[kind](prior, body)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written ({error.strerror}).", "Choose another file.") from error
    return path


def surface(cluster: OccupancyPrior, level: float) -> tuple[Float[Tensor, "v 3"], np.ndarray] | None:
    """The surface of expected occupancy `level` in metres, closed at the grid's border; None if empty."""
    padded = np.pad(cluster.expected.float().numpy(), 1)
    if not padded.min() < level < padded.max():
        return None
    points, faces, _, _ = marching_cubes(padded, level)
    grid = cluster.grid
    placed = torch.from_numpy(points.astype(np.float32)) - 0.5  # voxel centres lie at half steps
    return placed * grid.voxel_m + torch.tensor(grid.origin_m), faces[:, ::-1]


def _npz(prior: PriorSet, body: BodyModel) -> bytes:
    """Per cluster N: `N_occupancy` (counted), `N_expected` (used), `N_support`, its grid, name and share."""
    arrays: dict[str, np.ndarray] = {"category": np.array(prior.category)}
    for number, cluster in enumerate(prior.clusters):
        arrays |= {
            f"{number}_occupancy": cluster.occupancy.float().numpy(),
            f"{number}_expected": cluster.expected.float().numpy(),
            f"{number}_support": cluster.support.float().numpy(),
            f"{number}_origin_m": np.array(cluster.grid.origin_m),
            f"{number}_voxel_m": np.array(cluster.grid.voxel_m),
            f"{number}_name": np.array(cluster.cluster),
            f"{number}_share": np.array(cluster.share),
        }
    held = io.BytesIO()
    np.savez_compressed(held, allow_pickle=False, **arrays)  # pyright: ignore[reportArgumentType]
    return held.getvalue()


def _ply(prior: PriorSet, body: BodyModel) -> bytes:
    """The voxel centres of every cluster, from yellow (low occupancy) to red (high occupancy)."""
    points, values = [], []
    for cluster in prior.clusters:
        where = cluster.expected.float() >= LEAST
        points.append(grids.centers(cluster.grid)[where].numpy())
        values.append(cluster.expected.float()[where].numpy())
    strength = np.concatenate(values)[:, None].clip(0, 1)
    rgb = (_FAINT + (_STRONG - _FAINT) * strength).round().astype(np.uint8)
    cloud = trimesh.PointCloud(np.concatenate(points), rgb)
    return bytes(cloud.export(file_type="ply"))  # pyright: ignore[reportArgumentType]


def _glb(prior: PriorSet, body: BodyModel) -> bytes:
    """The canonical body, and an inner and an outer surface per cluster; each is a named node."""
    scene = trimesh.Scene()
    person = trimesh.Trimesh(body.canonical()[0].numpy(), body.faces.numpy(), process=False)
    scene.add_geometry(_painted(person, _BODY_RGBA), node_name="body", geom_name="body")
    for cluster in prior.clusters:
        for share, rgba, kind in zip(LEVELS, _RGBA, ("likely", "possible"), strict=True):
            found = surface(cluster, share * float(cluster.expected.max()))
            if found is not None:
                mesh = trimesh.Trimesh(found[0].numpy(), found[1], process=False)
                name = f"{cluster.cluster}: {kind}"
                scene.add_geometry(_painted(mesh, rgba), node_name=name, geom_name=name)
    return bytes(scene.export(file_type="glb"))  # pyright: ignore[reportArgumentType]


def _painted(mesh: trimesh.Trimesh, rgba: tuple[int, int, int, int]) -> trimesh.Trimesh:
    material = trimesh.visual.material.PBRMaterial(
        baseColorFactor=rgba,
        metallicFactor=0.0,
        roughnessFactor=0.8,
        doubleSided=True,
        alphaMode="OPAQUE" if rgba[3] == 255 else "BLEND",
    )
    mesh.visual = trimesh.visual.TextureVisuals(material=material)
    return mesh


KINDS: dict[str, Callable[[PriorSet, BodyModel], bytes]] = {"npz": _npz, "ply": _ply, "glb": _glb}

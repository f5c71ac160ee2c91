"""Export a prior as arrays, a coloured point cloud or a scene of surfaces.

All are in canonical space as it is: metres, y up, z forward, x to the person's left, which is also
glTF's way round.
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

LEAST = 0.05  # occupancy of a point that is shown
LEVELS = (0.5, 0.2)  # of a cluster's largest occupancy: surfaces drawn, the inner one first
_BODY_RGBA = (184, 194, 209, 255)
_RGBA = ((191, 15, 26, 255), (255, 190, 70, 110))  # of the surfaces
_FAINT, _STRONG = np.array([255.0, 209.0, 89.0]), np.array([191.0, 15.0, 26.0])


def export(prior: PriorSet, kind: str, path: Path, body: BodyModel) -> Path:
    """Write a prior as "npz", "ply" or "glb".

    Raises:
        ConfigError: the kind is unknown.
        OutputError: it cannot be written.
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
        raise OutputError(
            f"{path}: cannot be written ({error.strerror}).", "Choose another place."
        ) from error
    return path


def surface(cluster: OccupancyPrior, level: float) -> tuple[Float[Tensor, "v 3"], np.ndarray] | None:
    """Where expected occupancy is `level`, in canonical metres; closed where it meets the grid's end."""
    padded = np.pad(cluster.expected.float().numpy(), 1)
    if not padded.min() < level < padded.max():
        return None
    points, faces, _, _ = marching_cubes(padded, level)
    grid = cluster.grid
    placed = torch.from_numpy(points.astype(np.float32)) - 0.5  # voxel centres lie at half steps
    return placed * grid.voxel_m + torch.tensor(grid.origin_m), faces[:, ::-1]


def _npz(prior: PriorSet, body: BodyModel) -> bytes:
    """Per cluster `N_occupancy` as counted, `N_expected` as used, `N_support`, its grid, name and share."""
    arrays: dict[str, np.ndarray] = {"category": np.array(prior.category)}
    for number, one in enumerate(prior.clusters):
        arrays |= {
            f"{number}_occupancy": one.occupancy.float().numpy(),
            f"{number}_expected": one.expected.float().numpy(),
            f"{number}_support": one.support.float().numpy(),
            f"{number}_origin_m": np.array(one.grid.origin_m),
            f"{number}_voxel_m": np.array(one.grid.voxel_m),
            f"{number}_name": np.array(one.cluster),
            f"{number}_share": np.array(one.share),
        }
    held = io.BytesIO()
    np.savez_compressed(held, allow_pickle=False, **arrays)  # pyright: ignore[reportArgumentType]
    return held.getvalue()


def _ply(prior: PriorSet, body: BodyModel) -> bytes:
    """Voxel centres of every cluster, yellow where the object seldom is and red where it always is."""
    points, values = [], []
    for one in prior.clusters:
        where = one.expected.float() >= LEAST
        points.append(grids.centers(one.grid)[where].numpy())
        values.append(one.expected.float()[where].numpy())
    strength = np.concatenate(values)[:, None].clip(0, 1)
    rgb = (_FAINT + (_STRONG - _FAINT) * strength).round().astype(np.uint8)
    cloud = trimesh.PointCloud(np.concatenate(points), rgb)
    return bytes(cloud.export(file_type="ply"))  # pyright: ignore[reportArgumentType]


def _glb(prior: PriorSet, body: BodyModel) -> bytes:
    """The canonical body and, a cluster, an inner and an outer surface, each a named node."""
    scene = trimesh.Scene()
    man = trimesh.Trimesh(body.canonical()[0].numpy(), body.faces.numpy(), process=False)
    scene.add_geometry(_painted(man, _BODY_RGBA), node_name="body", geom_name="body")
    for one in prior.clusters:
        for share, rgba, kind in zip(LEVELS, _RGBA, ("likely", "possible"), strict=True):
            found = surface(one, share * float(one.expected.max()))
            if found is not None:
                mesh = trimesh.Trimesh(found[0].numpy(), found[1], process=False)
                name = f"{one.cluster}: {kind}"
                scene.add_geometry(_painted(mesh, rgba), node_name=name, geom_name=name)
    return bytes(scene.export(file_type="glb"))  # pyright: ignore[reportArgumentType]


def _painted(mesh: trimesh.Trimesh, rgba: tuple[int, int, int, int]) -> trimesh.Trimesh:
    material = trimesh.visual.material.PBRMaterial(
        baseColorFactor=rgba, metallicFactor=0.0, roughnessFactor=0.8, doubleSided=True,
        alphaMode="OPAQUE" if rgba[3] == 255 else "BLEND",
    )  # fmt: skip
    mesh.visual = trimesh.visual.TextureVisuals(material=material)
    return mesh


KINDS: dict[str, Callable[[PriorSet, BodyModel], bytes]] = {"npz": _npz, "ply": _ply, "glb": _glb}

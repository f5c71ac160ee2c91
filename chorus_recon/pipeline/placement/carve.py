"""Carve a mesh of the object from the prior and the mask, for categories without a template."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from skimage.measure import label, marching_cubes
from torch import Tensor

from chorus_recon.errors import NoObject
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project
from chorus_recon.io import category_names
from chorus_recon.pipeline.placement.window import look_up
from chorus_recon.types import Camera, Evidence, ObjectShape, PosedField, Rigid, VoxelGrid

FINE = 2  # grid refinement: the mask is much sharper than the prior
HIDDEN_WEIGHT = 0.6  # of voxels that the person may hide, against 1 on the mask
BLUR_VOXELS = 0.8  # of the Gaussian that closes the holes of single fine voxels
LEAST_PEAK = 0.02  # probability: below this the prior does not reach the mask
LEVEL = 0.5  # of the peak, where the surface is taken
GREY = 190  # of the mesh's faces
SCALE_SD = 0.1  # of ln(scale): the mask fixes the size, but for depth


def carve(field: PosedField, evidence: Evidence, camera: Camera, category: str) -> tuple[ObjectShape, Rigid]:
    """The prior's mass inside the object's view cone, as a closed mesh.

    Voxels that project on known background are removed, voxels on the object's pixels or hidden by
    the person keep the prior's probability, the latter with less weight. The surface is taken at half
    of the largest value, and only its largest connected part is kept.

    Returns:
        the shape (object frame: cam axes turned upright, origin at its centre) and cam_from_object.

    Raises:
        NoObject: the prior and the mask do not meet.
    """
    shape = tuple(n * FINE for n in field.grid.shape)
    fine = VoxelGrid(field.grid.origin_m, field.grid.voxel_m / FINE, (shape[0], shape[1], shape[2]))
    local = grids.centers(fine).reshape(-1, 3)
    points = transforms.apply(field.cam_from_grid, local)
    prior = grids.sample(field.probability[None], field.grid, local)[:, 0]
    uv, front = project(camera, points)
    on_object = look_up(evidence.object.alpha, uv[None])[0]
    unknown = 1 - look_up(evidence.known.float(), uv[None])[0]
    inside = (uv >= 0).all(-1) & (uv < torch.tensor(camera.size_px)).all(-1) & front
    weight = torch.maximum(on_object, HIDDEN_WEIGHT * unknown * inside)
    posterior = gaussian_filter((prior * weight).reshape(shape).numpy(), BLUR_VOXELS)
    peak = float(posterior.max())
    noun = category_names.words(category)
    if peak < LEAST_PEAK:
        raise NoObject(
            f"The prior of '{noun}' does not reach the object's mask, so no mesh can be carved.",
            "Pass --object-mesh FILE, or check --category and the mask.",
        )
    chunks = np.asarray(label(posterior > LEVEL * peak, connectivity=1))
    largest = np.bincount(chunks[chunks > 0]).argmax()
    posterior = np.where(chunks == largest, posterior, 0)
    vertices, faces = _surface(torch.from_numpy(posterior), LEVEL * peak, fine)
    placed = transforms.apply(field.cam_from_grid, vertices)
    centre = (placed.amin(0) + placed.amax(0)) / 2
    cam_from_object = Rigid(torch.diag(torch.tensor([1.0, -1.0, -1.0])), centre)
    own = transforms.apply(transforms.inverse(cam_from_object), placed)
    colour = torch.full((len(faces), 3), GREY, dtype=torch.uint8)
    return (
        ObjectShape(
            name=f"{noun} (carved)",
            vertices=own,
            faces=faces,
            face_rgb=colour,
            modes=torch.zeros(0, len(own), 3),
            mode_names=(),
            symmetry="none",
            scale_sd=SCALE_SD,
            source="carved from the prior and the object's mask",
        ),
        cam_from_object,
    )


def _surface(
    volume: Float[Tensor, "x y z"], level: float, grid: VoxelGrid
) -> tuple[Float[Tensor, "v 3"], Tensor]:
    """Marching cubes with a margin, so that the mesh is closed; outward faces, grid frame metres."""
    padded = torch.nn.functional.pad(volume, (1,) * 6)
    vertices, faces, _, _ = marching_cubes(padded.numpy(), level)
    corner = torch.tensor(grid.origin_m)
    metres = (torch.from_numpy(vertices.copy()).float() - 0.5) * grid.voxel_m + corner
    return metres, torch.from_numpy(faces[:, ::-1].copy()).long()

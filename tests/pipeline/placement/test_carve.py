"""Carving where the prior and the mask are boxes."""

from dataclasses import replace

import pytest
import torch

from chorus_recon.errors import NoObject
from chorus_recon.geometry import transforms
from chorus_recon.geometry.mesh import face_normals
from chorus_recon.pipeline.placement.carve import carve
from chorus_recon.types import Camera, Evidence, Mask, PosedField, Rigid, VoxelGrid

CAMERA = Camera(torch.tensor([200.0, 200.0]), torch.tensor([50.0, 50.0]), (100, 100))
VOXEL_M = 0.05
MIDDLE_M = torch.tensor([0.0, 0.0, 3.0])


def box_field():
    """A full box of 8 x 4 x 6 voxels (40 x 20 x 30 cm), 3 m before the camera."""
    probability = torch.zeros(16, 16, 16)
    probability[4:12, 6:10, 5:11] = 1.0
    grid = VoxelGrid((-0.4, -0.4, -0.4), VOXEL_M, (16, 16, 16))
    return PosedField(grid, Rigid(torch.eye(3), MIDDLE_M), probability, "all", 1.0, ())


def masked(columns):
    alpha = torch.zeros(100, 100)
    alpha[30:70, columns] = 1.0
    nobody = Mask(torch.zeros(100, 100), "person", 1.0)
    return Evidence(Mask(alpha, "box", 1.0), nobody, torch.ones(100, 100, dtype=torch.bool))


def test_a_box_seen_whole_is_given_back():
    shape, cam_from_object = carve(box_field(), masked(slice(20, 80)), CAMERA, "suitcase")
    placed = transforms.apply(cam_from_object, shape.vertices)
    size_m = placed.amax(0) - placed.amin(0)
    assert torch.allclose(size_m, torch.tensor([0.4, 0.2, 0.3]), atol=0.02)
    assert torch.allclose(cam_from_object.translation_m, MIDDLE_M, atol=0.01)
    middles = placed[shape.faces].mean(1) - MIDDLE_M
    normals = face_normals(placed, shape.faces)
    assert ((middles * normals).sum(-1) > 0).float().mean() > 0.95


def test_what_falls_beside_the_mask_is_cut_away():
    shape, cam_from_object = carve(box_field(), masked(slice(50, 80)), CAMERA, "suitcase")
    placed = transforms.apply(cam_from_object, shape.vertices)
    assert float(placed[:, 0].amin()) == pytest.approx(0.0, abs=0.03)
    assert float(placed[:, 0].amax()) == pytest.approx(0.2, abs=0.02)


def test_a_prior_that_misses_the_mask_is_an_error():
    field = replace(box_field(), cam_from_grid=Rigid(torch.eye(3), torch.tensor([5.0, 0.0, 3.0])))
    with pytest.raises(NoObject, match="does not reach"):
        carve(field, masked(slice(20, 80)), CAMERA, "suitcase")

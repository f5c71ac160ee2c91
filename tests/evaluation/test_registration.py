import math

import numpy as np
import pytest
import torch

from chorus_recon.evaluation import registration
from chorus_recon.evaluation.registration import Registrations, axis_rotations, register
from chorus_recon.evaluation.truth import Mesh
from chorus_recon.geometry.rotations.angles import rotation_deg
from chorus_recon.geometry.transforms import rotation_about
from tests.capsules import box
from tests.evaluation.scene_folder import wedge_mesh


def moved(mesh, turn, scale=(1.0, 1.0, 1.0), shift=(0.0, 0.0, 0.0)):
    """The mesh stretched along its axes, then turned, then shifted."""
    vertices = mesh.vertices * torch.tensor(scale).double() @ turn.double().mT + torch.tensor(shift).double()
    return Mesh(vertices, mesh.faces)


def off_deg(found, true):
    return rotation_deg(found, true.double(), "none")


def test_axis_rotations_are_24_proper_ones_with_the_identity_first():
    turns = torch.from_numpy(np.stack(axis_rotations()))
    assert turns.shape == (24, 3, 3)
    assert torch.equal(turns[0], torch.eye(3).double())
    assert torch.allclose(torch.linalg.det(turns), torch.ones(24).double())
    assert len({tuple(turn.flatten().tolist()) for turn in turns}) == 24


def test_a_mesh_is_registered_with_itself_by_the_identity_alone():
    vertices, faces = box((0.4, 0.4, 0.4))  # its symmetry is told by the truth, not found
    assert torch.equal(register(Mesh(vertices, faces), Mesh(vertices, faces)), torch.eye(3).double()[None])


def test_size_and_place_do_not_count():
    """A grown and shifted mesh is the same shape, so the registration stays exact."""
    grown = moved(wedge_mesh(), torch.eye(3), (3.0, 3.0, 3.0), (1.0, 2.0, 3.0))
    assert torch.equal(register(grown, wedge_mesh()), torch.eye(3).double()[None])


@pytest.mark.parametrize(("axis", "angle"), [("y", math.pi), ("x", -math.pi / 2), ("z", math.pi / 2 + 0.2)])
def test_other_axes_are_found_for_another_shape_of_the_kind(axis, angle):
    turn = rotation_about(axis, angle)
    stretched = moved(wedge_mesh(), turn, (1.15, 0.9, 1.0), (0.3, 0.0, 0.0))
    (found,) = register(wedge_mesh(), stretched)
    assert off_deg(found, turn) < 5.0


def test_twins_of_a_symmetric_shape_are_equally_right():
    vertices, faces = box((0.9, 0.1, 0.4))
    plank = Mesh(vertices.double(), faces)
    turns = register(plank, moved(plank, torch.eye(3), (1.1, 1.0, 1.0)))
    halves = [torch.eye(3), *(rotation_about(axis, math.pi) for axis in "xyz")]
    for half in halves:
        assert min(off_deg(turn, half) for turn in turns) < 2.0
    quarter = rotation_about("y", math.pi / 2)
    assert min(off_deg(turn, quarter) for turn in turns) > 45.0


def test_each_pair_is_registered_once(monkeypatch):
    calls = []

    def counted(source, target):
        calls.append(1)
        return register(source, target)

    monkeypatch.setattr(registration, "register", counted)
    known, other = Registrations(), moved(wedge_mesh(), rotation_about("y", math.pi))
    first = known.turns(wedge_mesh(), other)
    assert torch.equal(known.turns(wedge_mesh(), other), first)
    assert len(calls) == 1
    known.turns(other, wedge_mesh())
    assert len(calls) == 2

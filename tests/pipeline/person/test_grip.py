"""Hands that close about what they hold."""

from dataclasses import replace

import pytest
import torch
import trimesh

from chorus_recon.pipeline.person.grip import closed_hands, thickness_m
from chorus_recon.types import Hand, ObjectShape
from tests.scenes import fake_reconstruction

PALM = torch.tensor([0.0, 0.0, 2.0])
HANDS = {"left": torch.arange(20), "right": torch.arange(20, 40)}
PALMS = {"left": PALM, "right": PALM + 1.0}


@pytest.fixture(scope="module")
def result():
    return fake_reconstruction()


def held(result, mesh, hand="left"):
    """A placement of a mesh about the left palm, touched by a hand."""
    vertices = torch.from_numpy(mesh.vertices.copy()).float() + PALM
    faces = torch.from_numpy(mesh.faces.copy()).long()
    shape = ObjectShape(
        name="thing",
        vertices=vertices,
        faces=faces,
        face_rgb=torch.zeros(len(faces), 3, dtype=torch.uint8),
        modes=torch.zeros(0, len(vertices), 3),
        mode_names=(),
        symmetry="none",
        scale_sd=0.1,
        source="tests",
    )
    return replace(
        result.placements[0],
        shape=shape,
        vertices=vertices,
        body_contacts=HANDS[hand],
        body_gaps_m=torch.zeros(len(HANDS[hand])),
    )


def rod(radius_m):
    return trimesh.creation.cylinder(radius_m, 0.8)


@pytest.mark.parametrize("radius_m", [0.01, 0.015, 0.03])
def test_thickness_is_across_a_rod(result, radius_m):
    assert thickness_m(held(result, rod(radius_m)), PALM) == pytest.approx(2 * radius_m, rel=0.1)


def test_what_is_far_is_not_held(result):
    assert thickness_m(held(result, rod(0.01)), PALM + 0.5) == float("inf")


def test_a_hand_closes_about_a_thin_thing_and_not_about_a_ball(result):
    thin = closed_hands(result.human, HANDS, PALMS, held(result, rod(0.012)))
    thick = closed_hands(result.human, HANDS, PALMS, held(result, rod(0.03)))
    ball = closed_hands(result.human, HANDS, PALMS, held(result, trimesh.creation.icosphere(4, 0.06)))
    assert thin == (1.0, 0.0)
    assert 0.0 < thick[0] < 1.0
    assert ball == (0.0, 0.0)


def test_hands_without_an_object_are_as_they_were_read(result):
    fist = Hand("right", 0.9, 0.9, torch.zeros(21, 2), torch.zeros(21, 3), PALM, PALM, 1.0)
    doubted = replace(fist, side="left", presence=0.2)
    human = replace(result.human, hands=(fist, doubted))
    assert closed_hands(human, HANDS, PALMS) == (0.0, 1.0)
    assert closed_hands(result.human, HANDS, PALMS) == (0.0, 0.0)

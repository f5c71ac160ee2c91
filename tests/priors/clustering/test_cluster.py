import math

import pytest
import torch

from chorus_recon.geometry import grid as voxels
from chorus_recon.priors.aggregation import gates
from chorus_recon.priors.clustering import cluster
from chorus_recon.priors.clustering.cluster import PARTS
from chorus_recon.types import Camera, Observation


def pictures(touched: dict[str, float], count: int, seed: int, mirrored: bool = False):
    """Signatures of an interaction seen from all around; from the front the trunk is crossed as well."""
    generator = torch.Generator().manual_seed(seed)
    azimuths = 2 * math.pi * torch.rand(count, generator=generator)
    rows = 0.05 * torch.rand(count, len(PARTS), generator=generator)
    for name, level in touched.items():
        if mirrored:
            name = name.replace("left", "LEFT").replace("right", "left").replace("LEFT", "right")
        rows[:, PARTS.index(name)] += level * (0.7 + 0.3 * torch.rand(count, generator=generator))
    front = (azimuths.sin() > 0.7)[:, None]
    trunk = torch.tensor([name.startswith("spine") or name == "hips" for name in PARTS])
    return torch.where(front & trunk, 0.4, rows).clamp(0, 1), azimuths


HELD = {"rightHand": 0.5, "rightHandIndex1": 0.6, "rightForeArm": 0.2}
STOOD = {"leftFoot": 0.5, "rightFoot": 0.5, "leftToeBase": 0.5, "rightToeBase": 0.5}


def crowd():
    parts = [pictures(HELD, 90, 1), pictures(HELD, 40, 2, mirrored=True), pictures(STOOD, 70, 3)]
    truth = torch.tensor([0] * 90 + [1] * 40 + [2] * 70)
    return torch.cat([p[0] for p in parts]), torch.cat([p[1] for p in parts]), truth


@pytest.mark.parametrize("verbs", [("", "", ""), ("carries", "carries", "rides")])
def test_interactions_are_told_apart_and_named(verbs):
    rows, azimuths, truth = crowd()
    found = cluster.group(rows, [verbs[k] for k in truth.tolist()], azimuths)
    assert [set(truth[cluster.members].tolist()) for cluster in found] == [{0}, {2}, {1}]
    assert [cluster.share for cluster in found] == pytest.approx([0.45, 0.35, 0.2])
    assert [cluster.twin for cluster in found] == [2, 1, 0]
    carries, rides = ("carries ({})", "rides ({})") if verbs[0] else ("{}", "{}")
    names = [carries.format("right hand"), rides.format("both feet"), carries.format("left hand")]
    assert (found[0].name, found[2].name) == (names[0], names[2])
    assert found[1].name in (names[1], rides.format("both toes"))


def test_every_observation_is_in_one_cluster_and_order_does_not_matter():
    rows, azimuths, _ = crowd()
    found = cluster.group(rows, [""] * len(rows), azimuths)
    assert torch.cat([group.members for group in found]).sort().values.equal(torch.arange(len(rows)))
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(1))
    again = cluster.group(rows[order], [""] * len(rows), azimuths[order])
    for group, other in zip(found, again, strict=True):
        assert group.name == other.name
        assert set(group.members.tolist()) == set(order[other.members].tolist())


def test_one_interaction_is_one_cluster_however_it_is_seen():
    rows, azimuths = pictures(STOOD, 120, 5)
    (found,) = cluster.group(rows, ["rides"] * 120, azimuths)
    assert found.twin == 0
    assert found.share == 1.0


def test_nothing_to_group():
    assert cluster.group(torch.zeros(0, 24), []) == ()


def test_one_picture():
    rows, azimuths = pictures(HELD, 1, 1)
    (found,) = cluster.group(rows, ["holds"], azimuths)
    assert found.name.startswith("holds")


def test_a_signature_is_read_near_each_part():
    grid = voxels.cube(1.0, 20)
    places = torch.cartesian_prod(*[torch.linspace(-0.4, 0.4, 3)] * 3)[: len(PARTS)]
    parts = {name: torch.tensor([k]) for k, name in enumerate(PARTS)}
    near = cluster.regions(places, parts, grid, torch.ones(*grid.shape, 1), reach_m=0.1)
    camera = Camera(torch.tensor([100.0, 100.0]), torch.tensor([50.0, 50.0]), (100, 100))
    ahead = torch.eye(4)[None].clone()
    ahead[0, 2, 3] = 3.0  # columns of parts run along z: every third is seen behind one another
    mask = torch.zeros(100, 100, dtype=torch.bool)
    pixel = (100 * places[0, :2] / (places[0, 2] + 3.0) + 50).long()
    mask[pixel[1] - 4 : pixel[1] + 5, pixel[0] - 4 : pixel[0] + 5] = True
    row = cluster.signature(Observation(camera, ahead, mask, torch.full((100, 100), math.inf)), near)
    assert row[:3].min() > 0.4
    assert row[3:].max() < 0.1
    wall = torch.full((100, 100), 2.8)  # hides the column's farther two
    hidden = cluster.signature(Observation(camera, ahead, mask, wall), near)
    assert hidden[0] == pytest.approx(row[0])
    assert hidden[1:].max() == 0.0


def test_a_region_is_what_is_near_its_vertices():
    grid = voxels.cube(1.0, 20)
    vertices = torch.tensor([[0.1, 0.0, 0.2], [-0.3, 0.3, 0.0]])
    expected = (voxels.centers(grid)[..., None, :] - vertices).norm(dim=-1).amin(-1) < 0.13
    assert torch.equal(gates.region(vertices, grid), expected)


def test_a_gate_passes_and_blocks():
    grid = voxels.cube(1.0, 2)
    corner = lambda k: torch.arange(8).reshape(2, 2, 2) == k  # noqa: E731
    hit = torch.tensor([0, 64, 0, 3, 0, 0, 0, 0], dtype=torch.uint8)
    flat = torch.arange(8)
    assert gates.admits(gates.Gate("a", (corner(1), corner(3))), hit, flat)
    assert not gates.admits(gates.Gate("b", (corner(1), corner(2))), hit, flat)
    assert not gates.admits(gates.Gate("c", (corner(1),), (corner(3),)), hit, flat)
    assert gates.admits(gates.Gate("d", (gates.join([corner(0), corner(1)]),), (corner(7),)), hit, flat)
    assert grid.shape == (2, 2, 2)

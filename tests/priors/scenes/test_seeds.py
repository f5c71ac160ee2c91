import math

import torch

from chorus_recon.geometry import transforms
from chorus_recon.priors.scenes import seeds
from chorus_recon.types import Rigid

CORNERS = torch.cartesian_prod(*[torch.tensor([-0.5, 0.5])] * 3)


def test_k_medoids_finds_two_clumps():
    points = torch.tensor([0.0, 0.1, 0.2, 5.0, 5.1, 5.3])
    medoids, owner = seeds.k_medoids((points[:, None] - points[None]).abs(), 2)
    assert sorted(medoids.tolist()) == [1, 4]
    assert len(set(owner[:3].tolist())) == len(set(owner[3:].tolist())) == 1
    assert owner[0] != owner[5]


def test_turns_of_a_symmetric_object_do_not_count():
    turns = torch.stack([transforms.rotation_about("y", a) for a in (0.0, math.pi, 0.5)])
    poses = Rigid(turns, torch.zeros(3, 3))
    plain = seeds.distances(poses, CORNERS, "none")
    same = seeds.distances(poses, CORNERS, "y180")
    assert plain[0, 1] > 0.5
    assert same[0, 1] < 1e-5
    assert torch.allclose(same, same.T)


def test_a_seed_puts_the_object_back_where_it_was():
    generator = torch.Generator().manual_seed(0)
    names = ("pelvis", "spine3", "head", "left_hand", "right_hand", "left_foot", "right_foot")
    canon_joints = torch.randn(7, 3, generator=generator)
    count = 12
    turns = transforms.rotation_about("x", 0.3) @ torch.stack(
        [transforms.rotation_about("y", 0.2 * k) for k in range(count * 7)]
    )
    cam_from_canon = transforms.matrix(Rigid(turns, torch.randn(count * 7, 3, generator=generator)))
    cam_from_canon = cam_from_canon.reshape(count, 7, 4, 4)
    # the object is fixed to the right hand, and to nothing else
    held = Rigid(transforms.rotation_about("z", 0.8), torch.tensor([0.2, 0.1, -0.3]))
    hand = cam_from_canon[:, 4]
    place = hand[:, :3, :3] @ (canon_joints[4] + held.translation_m) + hand[:, :3, 3]
    found = seeds.choose(
        cam_from_canon,
        canon_joints,
        names,
        Rigid(hand[:, :3, :3] @ held.rotation, place),
        torch.ones(count),
        CORNERS,
        "none",
    )
    assert {seed.joint for seed in found} == {"right_hand"}
    assert abs(sum(seed.weight for seed in found) - 1) < 1e-5
    for seed in found:
        assert torch.allclose(seed.joint_from_object.rotation, held.rotation, atol=1e-5)
        assert torch.allclose(seed.joint_from_object.translation_m, held.translation_m, atol=1e-5)

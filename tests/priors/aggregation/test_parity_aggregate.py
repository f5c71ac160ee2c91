"""The published counting, clusters and carry, against the release's own numbers."""

import numpy as np
import pytest
import torch

from chorus_recon.geometry.grid import PAPER_GRID
from chorus_recon.priors.aggregation import aggregate, gates, paper, views
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.types import Camera, Observation
from tests import parity
from tests.priors import mirror

pytestmark = parity.needed

CLUSTERS = {
    "rightArm": ("rightArm", "rightForeArm"),
    "leftFoot": ("leftFoot", "leftToeBase"),
    "torso": ("spine", "spine1", "spine2", "leftShoulder", "rightShoulder"),
}


@pytest.fixture(scope="module")
def release():
    inputs = ("body", "star", "obs", "close", "weight_field", "mirror", "az", "eval_pose")
    return parity.arrays(*inputs, "agg", "clu", "carry_P", "carry_verts")


def observation(release, name: str, number: int) -> Observation:
    pose = release[f"{name}_pose_aa"][number]
    cam_from_body = torch.eye(4)
    cam_from_body[:3, :3] = torch.tensor(release[f"{name}_R"][number])
    cam_from_body[:3, 3] = torch.tensor(release[f"{name}_t"][number])
    intrinsics = torch.tensor(release[f"{name}_K"][number])
    mask = np.unpackbits(release[f"{name}_mask_bits"][number], axis=-1).astype(bool)
    height, width = mask.shape
    return Observation(
        Camera(intrinsics[[0, 1], [0, 1]], intrinsics[:2, 2], (width, height)),
        cam_from_body @ parity.posed_from_canon(release, pose),
        torch.from_numpy(mask),
        torch.full((height, width), torch.inf),
    )


@pytest.fixture(scope="module")
def pictures(release):
    return [observation(release, "obs", number) for number in range(60)]


def regions(release) -> dict[str, torch.Tensor]:
    names, part = release["body_seg_names"].tolist(), release["body_seg_of_vertex"]
    star = torch.tensor(release["star_verts"])
    chosen = {**CLUSTERS, "fullbody": names}
    return {
        cluster: gates.region(
            star[torch.from_numpy(np.isin(part, [names.index(n) for n in parts]))], PAPER_GRID
        )
        for cluster, parts in chosen.items()
    }


def check(total, expected, prefix: str) -> None:
    """Grids by the number of voxels that differ, as the fixture suggests."""
    hits, seen, _ = aggregate.balanced(total, Mode.PAPER)
    occupancy = aggregate.finish(total, Mode.PAPER).occupancy
    for ours, theirs in ((hits, "num"), (seen, "den")):
        grid = torch.zeros(occupancy.numel())
        grid[total.voxels] = ours
        wrong = (grid - torch.tensor(expected[f"{prefix}_{theirs}"]).reshape(-1)).abs() > 1e-4
        assert int(wrong.sum()) <= 5
    if f"{prefix}_prob" in expected:
        wrong = (occupancy - torch.tensor(expected[f"{prefix}_prob"])).abs() > 1e-4
        assert int(wrong.sum()) <= 5


@pytest.mark.parametrize("count", [3, 20, 60])
def test_parity_of_the_tally(release, pictures, count):
    weights = torch.tensor(release["weight_field"])
    total = aggregate.tally(pictures[:count], PAPER_GRID, weights, mode=Mode.PAPER)
    each = torch.tensor(
        [float(1 / total.count[views.paper_bin(picture.cam_from_canon)]) for picture in pictures[:count]]
    )
    assert torch.allclose(each.double(), torch.tensor(release[f"agg{count}_weights"]), atol=1e-6)
    check(total, release, f"agg{count}")


def test_parity_behind_the_camera(release):
    shots = [observation(release, "close", number) for number in range(4)]
    total = aggregate.tally(shots, PAPER_GRID, torch.tensor(release["weight_field"]), mode=Mode.PAPER)
    check(total, release, "close")


def test_parity_of_regions_and_clusters(release, pictures):
    weights, found = torch.tensor(release["weight_field"]), regions(release)
    keys = {name: "agg60_fullbody" if name == "fullbody" else f"clu60_{name}" for name in found}
    for name, key in keys.items():
        assert np.array_equal(found[name].numpy(), release[f"{key}_region"])
    rules = [gates.Gate(name, (region,)) for name, region in found.items()]
    totals = aggregate.tally_clusters(pictures, PAPER_GRID, weights, rules, mode=Mode.PAPER)
    for name, key in keys.items():
        assert int(totals[name].count.sum()) == 60  # counted before the gate
        check(totals[name], release, key)


def test_parity_of_who_passes_a_gate(release, pictures):
    weights, found = torch.tensor(release["weight_field"]), regions(release)
    rules = [gates.Gate(name, (region,)) for name, region in found.items()]
    admitted = {name: [] for name in found}
    for number, picture in enumerate(pictures):
        for name, total in aggregate.tally_clusters(
            [picture], PAPER_GRID, weights, rules, mode=Mode.PAPER, within=gates.join(found.values())
        ).items():
            if bool(total.hits.any()) and bool(total.views.any()):
                admitted[name].append(number)
    for name, members in admitted.items():
        key = "agg60_fullbody" if name == "fullbody" else f"clu60_{name}"
        assert members == release[f"{key}_members"].tolist()


def test_parity_of_the_azimuth(release):
    found = views.paper_azimuth_deg(torch.tensor(release["az_xz"]).float())
    off = (found.double() - torch.tensor(release["az_deg"])).abs()
    assert torch.minimum(off, 360 - off).max() < 1e-3


@pytest.mark.parametrize("number", [0, 4])
def test_parity_of_the_carry(release, number):
    carried = paper.carry(
        torch.tensor(release["agg60_prob"]),
        PAPER_GRID,
        torch.tensor(release["carry_verts"][number]),
        torch.tensor(release["body_weights"]),
        parity.posed_from_canon(release, release["eval_pose_aa"][number]),
    )
    assert int(((carried - torch.tensor(release["carry_P"][number])).abs() > 1e-6).sum()) <= 5


def test_parity_of_the_mirror(release, pictures):
    joints = release["body_joint_names"].tolist()
    ours = mirror.observation(pictures[int(release["mirror_index"])], joints)
    names = ("pose_aa", "R", "t", "K", "mask_bits")
    alone = {**release, **{f"mirror_{name}": release[f"mirror_{name}"][None] for name in names}}
    theirs = observation(alone, "mirror", 0)
    assert torch.equal(ours.object, theirs.object)
    assert torch.allclose(ours.camera.center_px, theirs.camera.center_px)
    points = torch.cat([torch.tensor(release["star_verts"])[::100], torch.ones(69, 1)], 1)
    for joint in range(24):  # the body of the fixture is alike left and right to a tenth of a millimetre
        gap = points @ (ours.cam_from_canon[joint] - theirs.cam_from_canon[joint]).mT
        assert gap.norm(dim=-1).max() < 2e-3

"""Measure the error of warping priors to another body and back: benchmarks/prior_carry.py [--json FILE].

Every bundled prior is warped from the embedded body's canonical space to another body's and back, by joint
names, and compared with itself: soft IoU (sum of the smaller over sum of the larger occupancy), and the
distance in millimetres between a voxel's centre and its image (mean, weighted by occupancy). `itself` is
warped to the embedded body and back, which shows the loss of resampling twice; a reconstruction resamples
once, with any body. The other bodies have the file layout of the SMPL family: `smpl-like` has the embedded
body's mesh, `long arms` has arms a fifth longer and legs a tenth shorter, `child` has two thirds of the
height and short legs. `posed` is the soft IoU between the prior warped to a sitting person with the embedded
body and with the SMPL-like body, as a reconstruction does.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch

from chorus_recon.backends.body import canonical
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.body.smpl import Smpl
from chorus_recon.backends.protocols import BodyModel
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import transforms, warp
from chorus_recon.io.prior_files import bundled, load_prior
from chorus_recon.pipeline.field import canon_between, repose
from chorus_recon.types import BodyParams, OccupancyPrior, Rigid
from tests import bodies

ARMS = ("shoulder", "elbow", "wrist", "hand")
LEGS = ("hip", "knee", "ankle", "foot")


def proportioned(arms: float, legs: float, whole: float) -> dict[str, np.ndarray]:
    """The SMPL-like body with arms and legs of another length."""
    arrays = dict(bodies.arrays("smpl"))
    names, parents = DefaultBody().joint_names, arrays["kintree_table"][0].astype(int)
    rest = arrays["J_regressor"] @ arrays["v_template"]
    sizes = np.array(
        [arms if n.split("_")[-1] in ARMS else legs if n.split("_")[-1] in LEGS else 1.0 for n in names]
    )
    moved = rest.copy()
    for joint in range(1, len(names)):
        parent = parents[joint]
        stretch = sizes[parent] if names[parent].split("_")[-1] in (*ARMS, *LEGS) else 1.0
        moved[joint] = moved[parent] + stretch * (rest[joint] - rest[parent])
    local = sizes[:, None, None] * (arrays["v_template"][None] - rest[:, None]) + moved[:, None]
    vertices = whole * np.einsum("vj,jvc->vc", arrays["weights"], local)
    arrays |= {
        "v_template": vertices,
        "shapedirs": whole * arrays["shapedirs"],
        "J_regressor": bodies.regressor(vertices, whole * moved),
    }
    return arrays


def sitting(body: BodyModel, shape: int) -> BodyParams:
    pose = torch.eye(3).repeat(24, 1, 1)
    names = list(body.joint_names)
    for side in ("left", "right"):
        pose[names.index(f"{side}_hip")] = transforms.rotation_about("x", -1.4)
        pose[names.index(f"{side}_knee")] = transforms.rotation_about("x", 1.5)
        sign = 1.0 if side == "left" else -1.0
        pose[names.index(f"{side}_shoulder")] = transforms.rotation_about("z", -1.0 * sign)
        pose[names.index(f"{side}_elbow")] = transforms.rotation_about("y", -0.8 * sign)
    return BodyParams(body.id, torch.zeros(shape), pose, Rigid(torch.eye(3), torch.tensor([0.0, 0.0, 3.0])))


def carried(
    values: torch.Tensor, prior: OccupancyPrior, source: BodyModel, target: BodyModel
) -> torch.Tensor:
    weights = canonical.skin_weights(source, prior.grid)
    return warp.carry(values[None], prior.grid, weights, canon_between(source, target))[0]


def soft_iou(first: torch.Tensor, second: torch.Tensor) -> float:
    return float(torch.minimum(first, second).sum() / torch.maximum(first, second).sum().clamp_min(1e-9))


def astray_mm(prior: OccupancyPrior, source: BodyModel, target: BodyModel) -> float:
    """Mean distance in millimetres between voxel centres and their images, weighted by occupancy."""
    occupied = prior.expected > 0.05
    weight = prior.expected[occupied].float()
    points = grids.centers(prior.grid)[occupied]
    there, back = (canonical.skin_weights(body, prior.grid).permute(3, 0, 1, 2) for body in (source, target))
    away = warp.forward(points, there.permute(1, 2, 3, 0)[occupied], canon_between(source, target))
    shares = grids.sample(back, prior.grid, away)
    shares = shares / shares.sum(-1, keepdim=True).clamp_min(1e-6)
    home = warp.forward(away, shares, canon_between(target, source))
    return 1e3 * float(((home - points).norm(dim=-1) * weight).sum() / weight.sum().clamp_min(1e-9))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    home = DefaultBody()
    others: dict[str, BodyModel] = {"itself": home}
    with tempfile.TemporaryDirectory() as folder:
        for name, arrays in {
            "smpl-like": bodies.arrays("smpl"),
            "long arms": proportioned(1.2, 0.9, 1.0),
            "child": proportioned(0.9, 0.85, 0.68),
        }.items():
            path = Path(folder) / f"{name}.npz"
            np.savez(path, **arrays)
            others[name] = Smpl(str(path))
    seated = home.pose(sitting(home, home.num_shape))
    rows = []
    print(f"{'soft IoU, mm':16s}" + "".join(f"{name:>16s}" for name in (*others, "posed")))
    for category in bundled():
        clusters = load_prior(category).clusters
        shares = torch.tensor([prior.share for prior in clusters])
        row: dict[str, list[float]] = {}
        for name, other in others.items():
            scores = []
            for prior in clusters:
                values = prior.expected.float()
                back = carried(carried(values, prior, home, other), prior, other, home)
                scores.append([soft_iou(values, back), astray_mm(prior, home, other)])
            row[name] = ((torch.tensor(scores) * shares[:, None]).sum(0) / shares.sum()).tolist()
        twin = others["smpl-like"]
        pairs = zip(
            repose(clusters, home, seated), repose(clusters, twin, twin.pose(sitting(twin, 2))), strict=True
        )
        same = torch.tensor([soft_iou(a.probability, b.probability) for a, b in pairs])
        row["posed"] = [float((same * shares).sum() / shares.sum())]
        rows.append({"category": category, **row})
        print(f"{category:16s}" + "".join(cells(row[name]) for name in row), flush=True)
    mean = {name: torch.tensor([row[name] for row in rows]).mean(0).tolist() for name in (*others, "posed")}
    print(f"{'mean':16s}" + "".join(cells(mean[name]) for name in mean))
    if given.json:
        given.json.write_text(json.dumps({"rows": rows, "mean": mean}, indent=1))


def cells(scores: list[float]) -> str:
    return f"{scores[0]:>10.3f}" + (f"{scores[1]:6.1f}" if len(scores) > 1 else "")


if __name__ == "__main__":
    main()

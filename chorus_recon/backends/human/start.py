"""Initial parameters and constants of a body fit, from landmarks and camera."""

import itertools
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from chorus_recon.backends.human.model import FitModel
from chorus_recon.backends.human.support import landmark_weights, stretch
from chorus_recon.geometry.camera import rays
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import Camera

STARTS = 3
_UNSEEN = 0.05  # weight of both knees below which a photo says nothing of the legs
_SEATED_RAD = {"left_hip": -1.3, "right_hip": -1.3, "left_knee": 1.4, "right_knee": 1.4}
# Limbs that the landmarks aim: joint, hinge below it, landmark at the end, and the hinge's axis.
_LIMBS = (
    ("left_shoulder", "left_elbow", "left_wrist", (0.0, -1.0, 0.0)),
    ("right_shoulder", "right_elbow", "right_wrist", (0.0, 1.0, 0.0)),
    ("left_hip", "left_knee", "left_ankle", (1.0, 0.0, 0.0)),
    ("right_hip", "right_knee", "right_ankle", (1.0, 0.0, 0.0)),
)
_STRAIGHT = 0.15  # a limb bent less (sine) keeps its hinge's natural side
_NEAR_M, _FAR_M = 0.3, 80.0  # where a person can be
_TORSO_M = 0.5  # hips to shoulders, when the landmarks cannot be placed in space


@dataclass(frozen=True, slots=True)
class Observed:
    """Landmarks of several people; `world_m` is hip-centred with cam axes.

    `weight` is how far the fit believes each, `sight` how far it is seen, both in [0, 1]. `height_m` is the
    known standing height, NaN where it is unknown.
    """

    points_px: Float[Tensor, "b n 2"]
    world_m: Float[Tensor, "b n 3"]
    weight: Float[Tensor, "b n"]
    sight: Float[Tensor, "b n"]
    height_m: Float[Tensor, " b"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Constants of one run, a row a start, in double precision.

    `root` are the rotations that the root's parameters turn; `world_m` is turned to cam axes by
    the ray it was seen along; `ray_from_cam` undoes that.
    """

    camera: Camera
    root: Float[Tensor, "b 3 3"]
    ray_from_cam: Float[Tensor, "b 3 3"]
    seen_px: Float[Tensor, "b n 2"]
    world_m: Float[Tensor, "b n 3"]
    sight: Float[Tensor, "b n"]
    pixel_weight: Float[Tensor, "b n"]
    world_weight: Float[Tensor, "b n"]
    sigma_px: Float[Tensor, "b n"]
    target: Float[Tensor, "b r"]
    height_m: Float[Tensor, " b"]

    def rows(self, chosen: Tensor) -> "Problem":
        """Some of the rows."""
        return Problem(
            self.camera,
            self.root[chosen],
            self.ray_from_cam[chosen],
            self.seen_px[chosen],
            self.world_m[chosen],
            self.sight[chosen],
            self.pixel_weight[chosen],
            self.world_weight[chosen],
            self.sigma_px[chosen],
            self.target[chosen],
            self.height_m[chosen],
        )


def begin(
    model: FitModel, observed: Observed, camera: Camera, pixel_m: float
) -> tuple[Problem, Float[Tensor, "b p"]]:
    """Each person has `STARTS` rows: as the landmarks point, with the trunk upright, and seated."""
    seen, weight = observed.points_px.double(), observed.weight.double()
    camera = Camera(camera.focal_px.double(), camera.center_px.double(), camera.size_px)
    turned = cam_from_ray(camera, torch.einsum("n,bnd->bd", model.pair("hip"), seen))
    metres = stretch(model.landmark_names, observed.world_m.double())
    world = metres @ turned.mT
    flat, solid = landmark_weights(model.landmark_names).double()
    height = observed.height_m.double()
    size = (height / model.mean_height_m).nan_to_num(1.0)
    place = _resect(model, camera, world, seen, weight * solid) * size[:, None]
    tilted, upright = _torso(model, world, 1.0), _torso(model, world, 0.0)
    root = torch.stack([tilted, upright, upright], 1)
    sigma = (pixel_m * camera.focal_px.mean() / place[:, 2:]).expand_as(weight)
    shape = model.expected_shape(height)
    expected = torch.zeros(len(seen), len(model.mean), dtype=seen.dtype)
    expected[:, 3 * model.joint_count + 3 : -1] = shape
    expected[:, -1] = size.log()
    target = model.target + expected @ model.rows.mT
    per_person = (turned.mT, seen, metres, weight, weight * flat, weight * solid, sigma, target, height)
    per_start = [x.repeat_interleave(STARTS, 0) for x in per_person]
    seated = _seated(model).expand(len(seen), -1)
    parameters = torch.stack([_aimed(model, tilted, world), _aimed(model, upright, world), seated], 1)
    _stand_where_unseen(model, weight, parameters)
    parameters = parameters.flatten(0, 1)
    n = 3 * model.joint_count
    parameters[:, n : n + 3] = place.repeat_interleave(STARTS, 0)
    parameters[:, n + 3 :] = expected[:, n + 3 :].repeat_interleave(STARTS, 0)
    return Problem(camera, root.flatten(0, 1), *per_start), parameters


def _seated(model: FitModel) -> Float[Tensor, " p"]:
    pose = model.mean.clone()
    for name, bend in _SEATED_RAD.items():
        pose[3 * model.joint_names.index(name)] = bend
    return pose


def _stand_where_unseen(
    model: FitModel, weight: Float[Tensor, "b n"], parameters: Float[Tensor, "b k p"]
) -> None:
    """Legs that no landmark supports stand, whatever the network dreamt up for them (in place)."""
    knees = [model.landmark_names.index(f"{side}_knee") for side in ("left", "right")]
    unseen = weight[:, knees].amax(-1) < _UNSEEN
    for name in _SEATED_RAD:
        at = 3 * model.joint_names.index(name)
        parameters[unseen, :, at : at + 3] = model.mean[at : at + 3].to(parameters)


def _aimed(
    model: FitModel, root: Float[Tensor, "b 3 3"], world: Float[Tensor, "b n 3"]
) -> Float[Tensor, "b p"]:
    """The natural pose with the limbs turned to where the landmarks point."""
    out = model.mean.repeat(len(root), 1)
    body = world @ root
    for joint, hinge, end, axis in _LIMBS:
        j, h = model.joint_names.index(joint), model.joint_names.index(hinge)
        at = [body[:, model.landmark_names.index(name)] for name in (joint, hinge, end)]
        upper, lower = (normalize(b - a, dim=-1) for a, b in itertools.pairwise(at))
        rest = normalize(model.tree.joints[h] - model.tree.joints[j], dim=-1).expand_as(upper)
        side = _across(torch.tensor(axis).to(rest).expand_as(rest), rest)
        bend = torch.linalg.cross(upper, lower)
        swing = _turn_between(rest, upper)
        hinged = _across(bend + _STRAIGHT * (swing @ side[..., None])[..., 0], upper)
        turn = _frame(upper, hinged) @ _frame(rest, side).mT
        out[:, 3 * j : 3 * j + 3] = convert.to_vector(turn)
        angle = torch.atan2(bend.norm(dim=-1), (upper * lower).sum(-1))
        out[:, 3 * h : 3 * h + 3] = angle[:, None] * torch.tensor(axis).to(rest)
    return out


def _across(vector: Float[Tensor, "b 3"], axis: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3"]:
    """The unit part of a vector at right angles to a unit axis."""
    return normalize(vector - (vector * axis).sum(-1, keepdim=True) * axis, dim=-1)


def _frame(first: Float[Tensor, "b 3"], second: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3 3"]:
    return torch.stack([first, second, torch.linalg.cross(first, second)], -1)


def _turn_between(a: Float[Tensor, "b 3"], b: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3 3"]:
    """The smallest rotation that takes one unit vector to another."""
    cross = torch.linalg.cross(a, b)
    angle = torch.atan2(cross.norm(dim=-1), (a * b).sum(-1))
    return convert.from_vector(normalize(cross, dim=-1) * angle[:, None])


def cam_from_ray(camera: Camera, pixels: Float[Tensor, "b 2"]) -> Float[Tensor, "b 3 3"]:
    """The smallest turn that takes the optical axis to the ray through a pixel.

    The network sees each person as if the camera looked straight at them.
    """
    ray = rays(camera, pixels)
    forward = normalize(ray, dim=-1)
    down = torch.tensor([0.0, 1.0, 0.0]).to(ray).expand_as(forward)
    right = normalize(torch.linalg.cross(down, forward), dim=-1)
    return torch.stack([right, torch.linalg.cross(forward, right), forward], -1)


def _torso(model: FitModel, world: Float[Tensor, "b n 3"], tilt: float) -> Float[Tensor, "b 3 3"]:
    """Body axes in cam from hips and shoulders; `tilt` scales the trunk's lean in depth."""
    spine = torch.einsum("n,bnd->bd", model.pair("shoulder") - model.pair("hip"), world)
    spine = spine * torch.tensor([1.0, 1.0, tilt]).to(spine)
    up = normalize(spine + torch.tensor([0.0, -1e-3, 0.0]).to(spine), dim=-1)
    names = model.landmark_names
    across = sum(
        world[:, names.index(f"left_{part}")] - world[:, names.index(f"right_{part}")]
        for part in ("hip", "shoulder")
    )
    across = across + torch.tensor([1e-3, 0.0, 0.0]).to(world)
    left = normalize(across - (across * up).sum(-1, keepdim=True) * up, dim=-1)
    return torch.stack([left, up, torch.linalg.cross(left, up)], -1)


def _resect(
    model: FitModel,
    camera: Camera,
    world: Float[Tensor, "b n 3"],
    seen: Float[Tensor, "b n 2"],
    weight: Float[Tensor, "b n"],
) -> Float[Tensor, "b 3"]:
    """The hips' place in cam: where the network's metric landmarks fall on their pixels."""
    ray = rays(camera, seen)
    zeros, ones = torch.zeros_like(ray[..., 0]), torch.ones_like(ray[..., 0])
    rows = torch.stack(
        [torch.stack([ones, zeros, -ray[..., 0]], -1), torch.stack([zeros, ones, -ray[..., 1]], -1)], 2
    )
    value = ray[..., :2] * world[..., 2:] - world[..., :2]
    normal = torch.einsum("bn,bnrc,bnrd->bcd", weight, rows, rows)
    right = torch.einsum("bn,bnrc,bnr->bc", weight, rows, value)
    place = torch.linalg.solve_ex(normal + 1e-9 * torch.eye(3).to(normal), right)[0]
    hips, shoulders = model.pair("hip"), model.pair("shoulder")
    length_px = torch.einsum("n,bnd->bd", shoulders - hips, seen).norm(dim=-1).clamp_min(1.0)
    depth = camera.focal_px.mean() * _TORSO_M / length_px
    bad = ~((place[:, 2] > _NEAR_M) & (place[:, 2] < _FAR_M))
    guess = torch.einsum("n,bnd->bd", hips, ray) * depth.clamp(_NEAR_M, _FAR_M)[:, None]
    return torch.where(bad[:, None], guess, place)

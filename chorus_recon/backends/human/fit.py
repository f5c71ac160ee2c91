"""Fit a skinned body to the landmarks of every person in a photo.

A maximum-a-posteriori fit by Levenberg-Marquardt with exact Jacobians: reprojection, the network's
metric landmarks (whose depth is softer), a hand-written pose prior with limits, a weak prior of a
trunk that does not lean towards or away from the camera, a small shape. Each person starts from
several poses; the cheapest end wins and is then refined against the outline.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.human import hand_terms, terms
from chorus_recon.backends.human.hand_terms import HandEvidence
from chorus_recon.backends.human.model import FitModel
from chorus_recon.backends.human.outline import Outlines, distance_px, outline_residuals
from chorus_recon.backends.human.solver import minimise
from chorus_recon.backends.human.start import STARTS, Observed, Problem, begin
from chorus_recon.backends.human.support import joint_support
from chorus_recon.geometry.camera import project_with_jacobian
from chorus_recon.geometry.kinematics import (
    Posed,
    exponential,
    place_points,
    points_jacobian,
    pose_joints,
)
from chorus_recon.geometry.threads import one_thread
from chorus_recon.types import Camera, Rigid


@dataclass(frozen=True, slots=True)
class FitConfig:
    """Deviations are one standard deviation; metres are metres at the person's distance."""

    pixel_m: float = 0.04  # of a landmark on the picture
    world_m: tuple[float, float, float] = (0.04, 0.04, 0.06)  # of metric landmarks: right, down, depth
    kernels: tuple[float, ...] = (30.0, 6.0, 3.0)  # Cauchy widths, in deviations, from loose to final
    steps: tuple[int, ...] = (10, 8, 12)
    limit_rad: float = 0.05  # softness of the joint limits
    lean_m: float = 0.25  # of shoulders before or behind hips: the network reads a trunk's lean well
    lean_kernel: float = 4.0
    inside_m: float = 0.03  # of a body point outside the mask
    reach_m: float = 0.04  # of the mask's edge beyond the body: clothes and hair are not the body
    inside_count: float = 450.0  # what the body's points weigh together, in landmarks
    reach_count: float = 450.0  # what the mask's edge weighs, in landmarks
    hair_count: float = 150.0  # the same about the head, where hair and hats are
    beside_m: float = 0.12  # a landmark this far beside the mask is hardly believed
    beside_trust: float = 0.3  # what is left of its weight
    refine_steps: int = 12
    refine_sight: float = 4.0  # landmarks count this much more beside the outline, which would outweigh them
    anchor_m: tuple[float, float, float] = (0.20, 0.20, 0.05)  # of the first fit, once the outline counts
    hold_depth: float = 0.03  # of the first fit's distance, once the outline counts
    hold_stature: float = 0.1  # of its stature, in the shape's units
    hold_build: float = 0.3  # of its build: loose clothes are not fat
    hold_child: float = 0.05  # of its childhood, 0 to 1
    height_m: float = 0.005  # of a standing height that the user gives
    max_step: tuple[float, float, float] = (0.6, 1.0, 1.0)  # of one step: radians, metres, shape


@dataclass(frozen=True, slots=True)
class Fits:
    """One row a person: local rotations (root at identity), shape, root in cam, and the cost.

    `landmarks_m` are the fitted landmarks in cam.
    """

    pose: Float[Tensor, "b j 3 3"]
    shape: Float[Tensor, "b s"]
    cam_from_body: Rigid
    landmarks_m: Float[Tensor, "b n 3"]
    cost: Float[Tensor, " b"]


def fit(
    model: FitModel,
    observed: Observed,
    camera: Camera,
    outlines: Outlines | None = None,
    config: FitConfig | None = None,
    hands: HandEvidence | None = None,
) -> Fits:
    """Fit every person at once; `outlines` and `hands` refine the best start."""
    with one_thread():
        return _fit(model, observed, camera, outlines, config or FitConfig(), hands)


def _fit(
    model: FitModel,
    observed: Observed,
    camera: Camera,
    outlines: Outlines | None,
    config: FitConfig,
    hands: HandEvidence | None,
) -> Fits:
    problem, parameters = begin(model, observed, camera, config.pixel_m)
    if outlines is not None:
        problem = _doubted(problem, outlines, config)
    limit = _max_step(model, config)
    cost = torch.zeros(len(parameters))
    for kernel, steps in zip(config.kernels, config.steps, strict=True):
        energy = _Energy(model, problem, config, kernel, None)
        parameters, cost = minimise(energy, parameters, steps, limit)
    winner = cost.view(-1, STARTS).argmin(-1) + torch.arange(len(observed.weight)) * STARTS
    problem, parameters, cost = problem.rows(winner), parameters[winner], cost[winner]
    if outlines is not None or hands is not None:
        problem, refine = _anchored(model, problem, parameters, config)
        if hands is not None:
            problem = hand_terms.without_fingers(problem, model.landmark_names, hands)
        energy = _Energy(model, problem, refine, config.kernels[-1], outlines, parameters, hands)
        parameters, cost = minimise(energy, parameters, config.refine_steps, limit)
    return _read(model, problem, parameters, cost)


def _doubted(problem: Problem, outlines: Outlines, config: FitConfig) -> Problem:
    """Landmarks beside the person's mask are believed less: hidden, or somebody else's."""
    beside_px = distance_px(outlines, problem.seen_px[::STARTS]).repeat_interleave(STARTS, 0)
    beside = beside_px / (problem.sigma_px / config.pixel_m * config.beside_m)
    trust = config.beside_trust + (1.0 - config.beside_trust) * (-beside.square()).exp()
    return replace(
        problem,
        sight=problem.sight * trust,
        pixel_weight=problem.pixel_weight * trust,
        world_weight=problem.world_weight * trust,
    )


def _anchored(
    model: FitModel, problem: Problem, parameters: Float[Tensor, "b p"], config: FitConfig
) -> tuple[Problem, FitConfig]:
    """The outline may move and widen a body, but knows no depth: there the first fit is the evidence."""
    rotvec, place, shape, log_scale = model.split(parameters)
    posed = pose_joints(model.tree, problem.root, rotvec, place, shape)
    points, _ = place_points(posed, model.landmarks, shape)
    hips = torch.einsum("n,bnd->bd", model.pair("hip"), points)
    world = (points - hips[:, None]) @ problem.ray_from_cam.mT / log_scale.exp()[:, None, None]
    whole = torch.ones_like(problem.world_weight)
    sharper = config.refine_sight * problem.pixel_weight
    anchored = replace(problem, world_m=world, world_weight=whole, pixel_weight=sharper)
    return anchored, replace(config, world_m=config.anchor_m)


@dataclass(frozen=True, slots=True)
class _Energy:
    """The cost of parameters under one robust kernel; with outlines, near the `first` fit."""

    model: FitModel
    problem: Problem
    config: FitConfig
    kernel: float
    outlines: Outlines | None
    first: Float[Tensor, "b p"] | None = None
    hands: HandEvidence | None = None

    def __call__(
        self, parameters: Float[Tensor, "b p"]
    ) -> tuple[Float[Tensor, " b"], Float[Tensor, "b p p"], Float[Tensor, "b p"]]:
        model, problem, config = self.model, self.problem, self.config
        rotvec, translation, shape, log_scale = model.split(parameters)
        posed = pose_joints(model.tree, problem.root, rotvec, translation, shape)
        points, shares = place_points(posed, model.landmarks, shape)
        eye = torch.eye(3, dtype=points.dtype).expand(*points.shape[:2], 3, 3)
        moved = points_jacobian(model.tree, posed, model.landmarks, shares, eye)
        moved = torch.nn.functional.pad(moved, (0, 1))
        hips, shoulders = model.pair("hip"), model.pair("shoulder")
        pixels = terms.reprojection(
            problem.camera, points, moved, problem.seen_px, problem.sigma_px, problem.pixel_weight
        )
        sd = points.new_tensor(config.world_m)
        world = terms.world(
            points, moved, hips, problem.ray_from_cam, problem.world_m, log_scale, sd, problem.world_weight
        )
        lean = terms.lean(points, moved, shoulders, hips, config.lean_m)
        total = (
            terms.reduce(pixels, self.kernel)
            + terms.reduce(world, self.kernel)
            + terms.reduce(lean, config.lean_kernel)
        )
        total += terms.linear(parameters, model.rows, problem.target)
        total += terms.height(
            parameters,
            shape,
            model.mean_height_m,
            model.height_per_shape_m,
            problem.height_m,
            config.height_m,
        )
        total += terms.limits(parameters, model.low, model.high, config.limit_rad)
        if self.hands is not None:
            scale = problem.sigma_px[:, 0] / config.pixel_m
            for part in hand_terms.residuals(model.tree, posed, shape, problem.camera, scale, self.hands):
                total += terms.reduce(part, self.kernel)
        if self.outlines is not None:
            for part in self._outline(posed, shape, self.outlines):
                total += terms.reduce(part, self.kernel)
        if self.first is not None:
            total += terms.held(parameters, self.first, self._stiffness(self.first))
        return total.cost, total.curvature, total.gradient

    def _stiffness(self, first: Float[Tensor, "b p"]) -> Float[Tensor, "b p"]:
        """Of distance and size: a broad outline is a broad body in clothes, not a small one near by."""
        config, depth = self.config, 3 * self.model.joint_count + 2
        knees = [self.model.landmark_names.index(f"{side}_knee") for side in ("left", "right")]
        whole = self.problem.sight[:, knees].amax(-1)  # landmarks of half a person tell no distance
        out = torch.zeros_like(first)
        out[:, depth] = whole / (config.hold_depth * first[:, depth])
        out[:, depth + 1] = 1.0 / config.hold_stature
        out[:, depth + 2 : -2] = 1.0 / config.hold_build
        out[:, -2] = 1.0 / config.hold_child
        return out

    def _outline(
        self, posed: Posed, shape: Float[Tensor, "b s"], outlines: Outlines
    ) -> tuple[terms.Residuals, terms.Residuals]:
        model, problem, config = self.model, self.problem, self.config
        points, shares = place_points(posed, model.surface, shape)
        pixels, slope = project_with_jacobian(problem.camera, points)
        moved = points_jacobian(model.tree, posed, model.surface, shares, slope)
        moved = torch.nn.functional.pad(moved, (0, 1))
        support = joint_support(model.joint_names, model.landmark_names, problem.sight)
        weight = support[:, model.surface_joint] * (config.inside_count / points.shape[1])
        px_per_m = config.pixel_m**-1 * problem.sigma_px[:, 0]
        hair = torch.tensor([name in ("head", "neck") for name in model.joint_names])[model.surface_joint]
        edge = torch.where(hair, config.hair_count, config.reach_count) / outlines.border_weight.shape[1]
        return outline_residuals(
            pixels, moved, outlines, px_per_m, weight, edge, config.inside_m, config.reach_m
        )


def _max_step(model: FitModel, config: FitConfig) -> Float[Tensor, " p"]:
    joints, place, shape, scale = model.split(torch.ones_like(model.mean)[None])
    sizes = zip((joints, place, shape, scale), (*config.max_step, 0.1), strict=True)
    return torch.cat([part.flatten() * size for part, size in sizes])


def _read(
    model: FitModel, problem: Problem, parameters: Float[Tensor, "b p"], cost: Float[Tensor, " b"]
) -> Fits:
    rotvec, translation, shape, _ = model.split(parameters)
    local = exponential(rotvec)[0]
    root = problem.root @ local[:, 0]
    posed = pose_joints(model.tree, problem.root, rotvec, translation, shape)
    points, _ = place_points(posed, model.landmarks, shape)
    local[:, 0] = torch.eye(3).to(local)
    return Fits(
        local.float(),
        shape.float(),
        Rigid(root.float(), translation.float()),
        points.float(),
        cost.float(),
    )

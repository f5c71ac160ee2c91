"""Candidates and everything they are judged by -> the terms of the objective, a number each."""

from dataclasses import dataclass

import roma
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.geometry import grid as grids
from chorus_recon.geometry.camera import project
from chorus_recon.pipeline.field import BodyDistance
from chorus_recon.pipeline.placement import objective
from chorus_recon.pipeline.placement.proposals import Candidates, Pivots, SampledShapes
from chorus_recon.pipeline.placement.window import Window, look_up
from chorus_recon.types import ObjectShape, PosedField, Similarity


@dataclass(frozen=True, slots=True)
class PlaceConfig:
    """How placement is searched; weights multiply the terms of `objective`."""

    starts: int = 64  # optimised together
    drawn: int = 384  # candidates scored once to choose the starts
    points: int = 256  # surface samples a candidate
    steps: int = 60  # first stage, all starts
    keep: int = 12  # starts that go on to the second stage
    fine_steps: int = 40
    exact: int = 8  # answers scored by exact ray casting
    answers: int = 5
    silhouette: float = 6.0
    outside: float = 12.0
    uncovered: float = 12.0
    field: float = 0.35
    coverage: float = 0.5
    depth: float = 6.0
    size: float = 0.04
    penetration: float = 15.0
    contact: float = 0.3
    pose: float = 0.8
    upright: float = 6.0
    hold: float = 2.0
    axis: float = 0.3  # at 1 it turned motorcycles and boards away from outlines that said otherwise
    sharp_steps: int = 12  # of each of those, against the whole outline
    temperature: float = 0.48  # of the softmax over alternatives
    twin_m: float = 0.06  # answers nearer than this are one answer


@dataclass(frozen=True, slots=True)
class Problem:
    """What every step looks at."""

    window: Window
    distance: BodyDistance
    clusters: tuple[PosedField, ...]
    sampled: SampledShapes
    expected: Float[Tensor, "c k 3"]
    orientations: Float[Tensor, "c s q 3 3"]
    oriented: Bool[Tensor, "c s"]
    holds: Pivots
    config: PlaceConfig


@dataclass(frozen=True, slots=True)
class State:
    """Free parameters of `b` candidates about their starting values."""

    start: Candidates
    turn: Float[Tensor, "b 3"]
    shift: Float[Tensor, "b 3"]
    log_scale: Float[Tensor, " b"]
    code: Float[Tensor, "b m"]

    def similarity(self) -> Similarity:
        """Object to cam. `shift` is (across, down, ln depth) so that image and depth decouple."""
        rotation = roma.rotvec_to_rotmat(self.turn) @ self.start.rotation
        depth = self.start.translation_m[:, 2:3] * torch.exp(self.shift[:, 2:3])
        across = self.start.translation_m[:, :2] / self.start.translation_m[:, 2:3] + self.shift[:, :2]
        place = torch.cat([across * depth, depth], -1)
        return Similarity(rotation, place, self.start.scale * torch.exp(self.log_scale))

    def pick(self, index: Tensor) -> "State":
        """A subset as it stands, detached."""
        return State(
            self.start.pick(index),
            self.turn[index].detach(),
            self.shift[index].detach(),
            self.log_scale[index].detach(),
            self.code[index].detach(),
        )

    def where(self, chosen: Bool[Tensor, " b"], other: "State") -> "State":
        """Rows of this where chosen, of the other (the same starts, moved elsewhere) where not."""
        return State(
            self.start,
            torch.where(chosen[:, None], self.turn, other.turn),
            torch.where(chosen[:, None], self.shift, other.shift),
            torch.where(chosen, self.log_scale, other.log_scale),
            torch.where(chosen[:, None], self.code, other.code),
        )


def fresh(start: Candidates, modes: int) -> State:
    """Candidates where they start, with mean shapes."""
    count = len(start.shape)
    return State(
        start, torch.zeros(count, 3), torch.zeros(count, 3), torch.zeros(count), torch.zeros(count, modes)
    )


def own_points(problem: Problem, state: State, row: int) -> Float[Tensor, "n 3"]:
    """One candidate's surface points with its shape code, in its own frame."""
    kind = int(state.start.shape[row])
    modes = problem.sampled.modes[kind]
    return problem.sampled.points[kind] + torch.einsum("m,mnc->nc", state.code[row], modes)


def points_of(problem: Problem, state: State, pose: Similarity, row: int) -> Float[Tensor, "n 3"]:
    """One candidate's surface points in cam."""
    own = own_points(problem, state, row) * pose.scale[row]
    return own @ pose.rotation[row].mT + pose.translation_m[row]


def vertices_of(state: State, pose: Similarity, row: int, shape: ObjectShape) -> Float[Tensor, "v 3"]:
    """One candidate's whole mesh in cam."""
    local = shape.vertices + torch.einsum("m,mvc->vc", state.code[row][: len(shape.modes)], shape.modes)
    return local * pose.scale[row] @ pose.rotation[row].mT + pose.translation_m[row]


def terms_of(problem: Problem, state: State, sigma: float, pool: int = 1) -> dict[str, Float[Tensor, " b"]]:
    """Every term of the objective for a batch of candidates."""
    window, sampled = problem.window, problem.sampled
    pose = state.similarity()
    shape = state.start.shape
    local = sampled.points[shape] + torch.einsum("bm,bmnc->bnc", state.code, sampled.modes[shape])
    points = (local * pose.scale[:, None, None]) @ pose.rotation.mT + pose.translation_m[:, None]
    uv, valid = project(window.camera, points)
    size = window.size
    facing = ((sampled.normals[shape] @ pose.rotation.mT) * points).sum(-1) < 0
    target, known, small = window.target, window.known, size // pool
    if pool > 1:
        target, known = (torch.nn.functional.avg_pool2d(t[None], pool)[0] for t in (target, known))
    spacing = (window.area_px / points.shape[1]) ** 0.5 / pool
    spread = max(0.8, 0.8 * spacing) * sigma
    soft = objective.splat(uv / pool, (small, small), spread, 0.7 * valid.float() / sigma**2)
    centre = torch.tensor([size / 2, size / 2])
    beyond = torch.relu((uv - centre).abs() - size / 2).sum(-1).clamp_max(size) / size
    with torch.no_grad():
        human = look_up(window.human, uv) > 0.5
        on_object = look_up(window.target, uv) > 0.5
        body_depth = look_up(window.body_depth, uv)
        body_depth = torch.where(body_depth > 0, body_depth, torch.inf)
    probability = _sample_clusters(problem, state.start.cluster, points)[..., 0]
    signed = problem.distance.sample(points)
    own_size = sampled.scale_sd[shape]
    return {
        "silhouette": objective.silhouette(soft, target, known),
        "outside": objective.outside(uv, window.distance, valid) + beyond.mean(-1),
        "uncovered": objective.uncovered(uv, window.pixels, size),
        "field": objective.field_likelihood(probability),
        "coverage": objective.coverage(points, problem.expected[state.start.cluster]),
        "depth": objective.depth_order(points[..., 2], body_depth, human & ~on_object, on_object & facing),
        "size": objective.size(state.log_scale + state.start.scale.log(), own_size, state.code),
        "penetration": objective.penetration(signed),
        "contact": objective.contact(signed),
        "pose": objective.pose_prior(pose.rotation, problem.orientations[state.start.cluster, shape])
        * problem.oriented[state.start.cluster, shape],
        "hold": _hold(problem, state, pose),
        "upright": objective.upright(pose.rotation) * problem.sampled.upright[shape],
        "axis": _along(problem, state.start, pose.rotation, points),
    }


def _hold(problem: Problem, state: State, pose: Similarity) -> Float[Tensor, " b"]:
    """Distance of the point that should stay put from its place, over the shape's symmetry."""
    cluster, holds = state.start.cluster, problem.holds
    point = holds.point[cluster, state.start.shape] * pose.scale[:, None, None]
    placed = point @ pose.rotation.mT + pose.translation_m[:, None]
    gap = (placed - holds.place[cluster][:, None]).norm(dim=-1).amin(-1)
    return objective.hold(gap, holds.spread_m[cluster])


def _sample_clusters(
    problem: Problem, cluster: Tensor, points: Float[Tensor, "b n 3"], axes: bool = False
) -> Float[Tensor, "b n c"]:
    """Occupancy of each candidate's own cluster at its points, or the six numbers of its axes."""
    out = torch.zeros(*points.shape[:2], 6 if axes else 1)
    for number in cluster.unique().tolist():
        one = problem.clusters[number]
        values = one.axes if axes else one.probability[None]
        if values is not None:
            rows = torch.where(cluster == number)[0]
            local = (points[rows] - one.cam_from_grid.translation_m) @ one.cam_from_grid.rotation
            out = out.index_copy(0, rows, grids.sample(values, one.grid, local))
    return out


def _along(
    problem: Problem, start: Candidates, rotation: Float[Tensor, "b 3 3"], points: Float[Tensor, "b n 3"]
) -> Float[Tensor, " b"]:
    """`objective.axis_prior`; it turns the object, never shifts it."""
    if all(one.axes is None for one in problem.clusters):
        return torch.zeros(len(rotation))
    with torch.no_grad():
        seen = _sample_clusters(problem, start.cluster, points, axes=True).mean(1)
    frames = torch.stack([one.cam_from_grid.rotation for one in problem.clusters])[start.cluster]
    own = frames.mT @ rotation @ problem.sampled.long_axis[start.shape][..., None]
    return objective.axis_prior(seen, own[..., 0], problem.sampled.elongation[start.shape])


def total(config: PlaceConfig, terms: dict[str, Tensor]) -> Float[Tensor, " b"]:
    """The weighted sum."""
    return sum((getattr(config, name) * value for name, value in terms.items()), torch.zeros(1))

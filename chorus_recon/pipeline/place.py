"""Posed fields + evidence + shapes -> ranked placements of the object, by batched optimisation."""

from dataclasses import dataclass, fields, replace

import roma
import torch
from jaxtyping import Bool, Float
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project
from chorus_recon.geometry.mesh import surface_of
from chorus_recon.pipeline import objective, starts
from chorus_recon.pipeline.field import BodyDistance
from chorus_recon.pipeline.kinds import best_kind_a_place
from chorus_recon.pipeline.starts import Candidates, Holds, SampledShapes
from chorus_recon.pipeline.verdict import contacts, exact_iou, plausibility
from chorus_recon.pipeline.window import Window, look_up
from chorus_recon.types import (
    Camera,
    Evidence,
    Losses,
    ObjectShape,
    Placement,
    PosedBody,
    PosedField,
    Rigid,
    Similarity,
)


@dataclass(frozen=True, slots=True)
class PlaceConfig:
    """How placement is searched; weights multiply the terms of `objective`."""

    starts: int = 64  # optimised together
    drawn: int = 384  # candidates scored once to choose the starts
    points: int = 256  # surface samples a candidate
    steps: int = 60  # first stage, all starts
    keep: int = 12  # starts that go on to the second stage
    fine_steps: int = 60
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
    hold: float = 1.0
    axis: float = 1.0
    temperature: float = 0.48  # of the softmax over alternatives
    twin_m: float = 0.06  # answers nearer than this are one answer


@dataclass(frozen=True, slots=True)
class _Problem:
    """What every step looks at."""

    window: Window
    distance: BodyDistance
    clusters: tuple[PosedField, ...]
    sampled: SampledShapes
    expected: Float[Tensor, "c k 3"]
    orientations: Float[Tensor, "c s q 3 3"]
    oriented: Bool[Tensor, "c s"]
    holds: Holds
    config: PlaceConfig


@dataclass(frozen=True, slots=True)
class _State:
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

    def pick(self, index: Tensor) -> "_State":
        """A subset as it stands, detached."""
        return _State(
            self.start.pick(index),
            self.turn[index].detach(),
            self.shift[index].detach(),
            self.log_scale[index].detach(),
            self.code[index].detach(),
        )


def _expected_places(clusters: tuple[PosedField, ...], window: Window, count: int) -> Tensor:
    """Per cluster, `count` probable voxels that fall on the object's mask or are hidden."""
    out = []
    for cluster in clusters:
        peak = float(cluster.probability.max())
        points, probability = starts.fields.points_of(cluster, 0.5 * peak)
        uv, front = project(window.camera, points)
        seen = look_up(window.target, uv[None])[0] > 0.5
        ok = front & seen
        points, probability = (points[ok], probability[ok]) if ok.any() else (points, probability)
        order = torch.argsort(probability, descending=True)
        order = order[torch.linspace(0, len(order) - 1, count).long()]
        out.append(points[order])
    return torch.stack(out)


def _terms(problem: _Problem, state: _State, sigma: float, pool: int = 1) -> dict[str, Float[Tensor, " b"]]:
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


def _hold(problem: _Problem, state: _State, pose: Similarity) -> Float[Tensor, " b"]:
    """Distance of the point that should stay put from its place, over the shape's symmetry."""
    cluster, holds = state.start.cluster, problem.holds
    point = holds.point[cluster, state.start.shape] * pose.scale[:, None, None]
    placed = point @ pose.rotation.mT + pose.translation_m[:, None]
    gap = (placed - holds.place[cluster][:, None]).norm(dim=-1).amin(-1)
    return objective.hold(gap, holds.spread_m[cluster])


def _sample_clusters(
    problem: _Problem, cluster: Tensor, points: Float[Tensor, "b n 3"], axes: bool = False
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
    problem: _Problem, start: Candidates, rotation: Float[Tensor, "b 3 3"], points: Float[Tensor, "b n 3"]
) -> Float[Tensor, " b"]:
    """`objective.axis_prior`; it turns the object, never shifts it."""
    if all(one.axes is None for one in problem.clusters):
        return torch.zeros(len(rotation))
    with torch.no_grad():
        seen = _sample_clusters(problem, start.cluster, points, axes=True).mean(1)
    frames = torch.stack([one.cam_from_grid.rotation for one in problem.clusters])[start.cluster]
    own = frames.mT @ rotation @ problem.sampled.long_axis[start.shape][..., None]
    return objective.axis_prior(seen, own[..., 0], problem.sampled.elongation[start.shape])


def _total(config: PlaceConfig, terms: dict[str, Tensor]) -> Float[Tensor, " b"]:
    return sum((getattr(config, name) * value for name, value in terms.items()), torch.zeros(1))


def _optimise(
    problem: _Problem, state: _State, steps: int, wide: float, narrow: float, pool: int = 1
) -> _State:
    """Adam on all candidates at once, the silhouette sharpening from `wide` to `narrow`."""
    free = [t.clone().requires_grad_() for t in (state.turn, state.shift, state.log_scale, state.code)]
    window_angle = problem.window.size / float(problem.window.camera.focal_px.mean())
    across_rate = 0.02 * window_angle
    stretch = min(0.02 / across_rate, 4.0)  # depth moves by its own measure, not the window's

    def current() -> _State:
        shift = torch.cat([free[1][:, :2], free[1][:, 2:] * stretch], -1)
        return _State(state.start, free[0], shift, free[2], free[3])

    adam = torch.optim.Adam(
        [
            {"params": [free[0]], "lr": 0.05},
            {"params": [free[1]], "lr": across_rate},
            {"params": [free[2]], "lr": 0.01},
            {"params": [free[3]], "lr": 0.08},
        ],
        betas=(0.8, 0.95),
    )
    rates = [group["lr"] for group in adam.param_groups]
    for step in range(steps):
        along = step / max(1, steps - 1)
        sigma = wide * (narrow / wide) ** along
        cool = 0.15 + 0.85 * (1 - along)
        for group, rate in zip(adam.param_groups, rates, strict=True):
            group["lr"] = rate * cool
        total = _total(problem.config, _terms(problem, current(), sigma, pool)).sum()
        adam.zero_grad()
        total.backward()
        for tensor in free:
            if tensor.grad is not None:
                torch.nan_to_num_(tensor.grad, 0.0, 0.0, 0.0)
        adam.step()
    return current().pick(torch.arange(len(state.turn)))


def _fresh(start: Candidates, modes: int) -> _State:
    count = len(start.shape)
    return _State(
        start, torch.zeros(count, 3), torch.zeros(count, 3), torch.zeros(count), torch.zeros(count, modes)
    )


def optimise(
    clusters: tuple[PosedField, ...],
    shapes: list[ObjectShape],
    window: Window,
    evidence: Evidence,
    body: PosedBody,
    distance: BodyDistance,
    joint_names: tuple[str, ...],
    canon_joints: Float[Tensor, "j 3"],
    renderer: Renderer,
    camera: Camera,
    config: PlaceConfig,
    seed: int = 0,
    given: Rigid | None = None,
) -> tuple[Placement, ...]:
    """Search, refine and rank; the best placement first, twins merged, probabilities summing to <= 1.

    Args:
        clusters: the prior's clusters carried to this person.
        shapes: candidate shapes.
        window: the crop of the photo that is compared.
        evidence: the photo split into object, not object and unknown.
        body: the posed person.
        distance: the body's signed distance.
        joint_names: of the prior's seeds.
        canon_joints: canonical joints (metres) that the seeds are relative to.
        renderer: exact visibility for the final scores.
        camera: the photo's camera.
        config: weights and counts.
        seed: of the random starts.
        given: a pose (cam from object) to stay near, when the shape comes with one.
    """
    sampled = starts.sample_shapes(shapes, config.points, seed)
    drawn, belief = starts.make_candidates(
        clusters, shapes, sampled, window, body, joint_names, canon_joints, config.drawn, seed, given
    )
    expected = _expected_places(clusters, window, 48)
    known = starts.known_orientations(clusters, shapes, body, joint_names, canon_joints)
    holds = starts.find_holds(clusters, shapes, body, joint_names, canon_joints)
    problem = _Problem(window, distance, clusters, sampled, expected, *known, holds, config)
    modes = sampled.modes.shape[1]
    with torch.no_grad():
        first = _total(config, _terms(problem, _fresh(drawn, modes), 2.5, pool=2))
        first = first - 0.3 * belief[drawn.cluster].clamp_min(1e-6).log()
    order = torch.argsort(torch.nan_to_num(first, 1e6))
    best = order[: config.starts * 3 // 4]
    rest = order[config.starts * 3 // 4 :]
    step = max(1, len(rest) // max(1, config.starts // 4))
    chosen = torch.cat([best, rest[::step][: config.starts // 4]])
    state = _optimise(problem, _fresh(drawn.pick(chosen), modes), config.steps, 3.0, 1.2, pool=2)
    state = _select(problem, state, shapes, belief, config.keep)
    state = _optimise(problem, state, config.fine_steps, 1.5, 0.8)
    return _rank(problem, state, shapes, evidence, body, renderer, camera, belief)


def _select(problem: _Problem, state: _State, shapes: list[ObjectShape], belief: Tensor, keep: int) -> _State:
    """The best distinct candidates: near twins of a better one are dropped."""
    with torch.no_grad():
        score = _total(problem.config, _terms(problem, state, 1.0))
        score = score - 0.15 * belief[state.start.cluster].clamp_min(1e-6).log()
    pose = state.similarity()
    chosen: list[int] = []
    for row in torch.argsort(torch.nan_to_num(score, 1e6)).tolist():
        points = _points(problem, state, pose, row)
        kind = int(state.start.shape[row])
        turns = transforms.symmetry_rotations(shapes[kind].symmetry, 12)
        twin = any(
            int(state.start.shape[other]) == kind
            and _twin_gap(points, problem, state, pose, other, turns) < problem.config.twin_m
            for other in chosen
        )
        if not twin:
            chosen.append(row)
        if len(chosen) == keep:
            break
    return state.pick(torch.tensor(chosen))


def _own_points(problem: _Problem, state: _State, row: int) -> Float[Tensor, "n 3"]:
    """One candidate's surface points with its shape code, in its own frame."""
    kind = int(state.start.shape[row])
    modes = problem.sampled.modes[kind]
    return problem.sampled.points[kind] + torch.einsum("m,mnc->nc", state.code[row], modes)


def _points(problem: _Problem, state: _State, pose: Similarity, row: int) -> Float[Tensor, "n 3"]:
    own = _own_points(problem, state, row) * pose.scale[row]
    return own @ pose.rotation[row].mT + pose.translation_m[row]


def _twin_gap(
    points: Tensor, problem: _Problem, state: _State, pose: Similarity, other: int, turns: Tensor
) -> float:
    """Mean distance to another candidate of the same shape, over the shape's symmetry."""
    twins = (_own_points(problem, state, other) @ turns.mT) * pose.scale[other] @ pose.rotation[
        other
    ].mT + pose.translation_m[other]
    return float((twins - points).norm(dim=-1).mean(-1).min())


def _rank(
    problem: _Problem,
    state: _State,
    shapes: list[ObjectShape],
    evidence: Evidence,
    body: PosedBody,
    renderer: Renderer,
    camera: Camera,
    belief: Tensor,
) -> tuple[Placement, ...]:
    """Score by exact masks, merge twins, turn scores into probabilities."""
    config = problem.config
    state = _select(problem, state, shapes, belief, config.exact)
    with torch.no_grad():
        terms = _terms(problem, state, 0.8)
        total = _total(config, terms) - 0.15 * belief[state.start.cluster].clamp_min(1e-6).log()
    pose = state.similarity()
    found: list[tuple[float, Placement]] = []
    tree = KDTree(body.vertices.numpy())
    surfaces = [surface_of(shape) for shape in shapes]
    for row in range(len(total)):
        shape = surfaces[int(state.start.shape[row])]
        code = state.code[row][: len(shape.modes)]
        local = shape.vertices + torch.einsum("m,mvc->vc", code, shape.modes)
        here = Similarity(pose.rotation[row], pose.translation_m[row], pose.scale[row])
        vertices = local * here.scale @ here.rotation.mT + here.translation_m
        iou = exact_iou(vertices, shape, camera, evidence.object.alpha, evidence.known, renderer)
        energy = float(total[row]) - config.silhouette * float(terms["silhouette"][row])
        energy += config.silhouette * (1 - iou)
        known = (each.name for each in fields(Losses) if each.name != "total")
        losses = Losses(**{name: float(terms[name][row]) for name in known}, total=energy)
        on_body, on_object = contacts(tree, body, vertices, shape)
        placement = Placement(
            shape, here, code, vertices, losses, iou, 0.0,
            problem.clusters[int(state.start.cluster[row])].cluster, on_body, on_object,
            bool(torch.isfinite(total[row])),
        )  # fmt: skip
        found.append((energy, placement))
    found = best_kind_a_place(sorted(found, key=lambda pair: pair[0]))
    energies = torch.tensor([e for e, _ in found])
    share = torch.softmax(-(energies - energies[0]) / config.temperature, 0)
    best = share[0].sqrt()  # alternatives often overlap the best, which is then right as well
    share = torch.cat([best[None], share[1:] * (1 - best) / (1 - share[0]).clamp_min(1e-6)])
    return tuple(
        replace(p, probability=float(s) * plausibility(p)) for s, (_, p) in zip(share, found, strict=True)
    )[: config.answers]

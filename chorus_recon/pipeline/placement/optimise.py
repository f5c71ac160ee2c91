"""Posed fields + evidence + shapes -> ranked placements of the object, by batched optimisation."""

from dataclasses import fields, replace

import torch
from jaxtyping import Float
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project
from chorus_recon.geometry.mesh import surface_of
from chorus_recon.pipeline.field import BodyDistance
from chorus_recon.pipeline.placement import energy, proposals
from chorus_recon.pipeline.placement.deduplicate import best_kind_a_place
from chorus_recon.pipeline.placement.descend import descend
from chorus_recon.pipeline.placement.energy import PlaceConfig
from chorus_recon.pipeline.placement.refine import sharpen
from chorus_recon.pipeline.placement.scoring import contacts, exact_iou, plausibility
from chorus_recon.pipeline.placement.window import Window, look_up
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


def _expected_places(clusters: tuple[PosedField, ...], window: Window, count: int) -> Tensor:
    """Per cluster, `count` probable voxels that fall on the object's mask or are hidden."""
    out = []
    for cluster in clusters:
        peak = float(cluster.probability.max())
        points, probability = proposals.fields.points_of(cluster, 0.5 * peak)
        uv, front = project(window.camera, points)
        seen = look_up(window.target, uv[None])[0] > 0.5
        ok = front & seen
        points, probability = (points[ok], probability[ok]) if ok.any() else (points, probability)
        order = torch.argsort(probability, descending=True)
        order = order[torch.linspace(0, len(order) - 1, count).long()]
        out.append(points[order])
    return torch.stack(out)


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
    sampled = proposals.sample_shapes(shapes, config.points, seed)
    drawn, belief = proposals.make_candidates(
        clusters, shapes, sampled, window, body, joint_names, canon_joints, config.drawn, seed, given
    )
    expected = _expected_places(clusters, window, 48)
    known = proposals.known_orientations(clusters, shapes, body, joint_names, canon_joints)
    holds = proposals.find_pivots(clusters, shapes, body, joint_names, canon_joints)
    problem = energy.Problem(window, distance, clusters, sampled, expected, *known, holds, config)
    modes = sampled.modes.shape[1]
    with torch.no_grad():
        first = energy.total(config, energy.terms_of(problem, energy.fresh(drawn, modes), 2.5, pool=2))
        first = first - 0.3 * belief[drawn.cluster].clamp_min(1e-6).log()
    order = torch.argsort(torch.nan_to_num(first, 1e6))
    best = order[: config.starts * 3 // 4]
    rest = order[config.starts * 3 // 4 :]
    step = max(1, len(rest) // max(1, config.starts // 4))
    chosen = torch.cat([best, rest[::step][: config.starts // 4]])

    def coarse(state: energy.State, blur: float) -> Float[Tensor, " b"]:
        return energy.total(config, energy.terms_of(problem, state, blur, pool=2))

    def fine(state: energy.State, blur: float) -> Float[Tensor, " b"]:
        return energy.total(config, energy.terms_of(problem, state, blur))

    state = descend(coarse, energy.fresh(drawn.pick(chosen), modes), window, config.steps, 3.0, 1.2)
    state = _select(problem, state, shapes, belief, config.keep)
    state = descend(fine, state, window, config.fine_steps, 1.5, 0.8)
    state = _select(problem, state, shapes, belief, config.exact)
    surfaces = [surface_of(shape) for shape in shapes]
    state = sharpen(problem, state, surfaces, evidence, body, renderer, camera)
    return _rank(problem, state, surfaces, evidence, body, renderer, camera, belief)


def _select(
    problem: energy.Problem, state: energy.State, shapes: list[ObjectShape], belief: Tensor, keep: int
) -> energy.State:
    """The best distinct candidates: near twins of a better one are dropped."""
    with torch.no_grad():
        score = energy.total(problem.config, energy.terms_of(problem, state, 1.0))
        score = score - 0.15 * belief[state.start.cluster].clamp_min(1e-6).log()
    pose = state.similarity()
    chosen: list[int] = []
    for row in torch.argsort(torch.nan_to_num(score, 1e6)).tolist():
        points = energy.points_of(problem, state, pose, row)
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


def _twin_gap(
    points: Tensor, problem: energy.Problem, state: energy.State, pose: Similarity, other: int, turns: Tensor
) -> float:
    """Mean distance to another candidate of the same shape, over the shape's symmetry."""
    twins = (energy.own_points(problem, state, other) @ turns.mT) * pose.scale[other] @ pose.rotation[
        other
    ].mT + pose.translation_m[other]
    return float((twins - points).norm(dim=-1).mean(-1).min())


def _rank(
    problem: energy.Problem,
    state: energy.State,
    surfaces: list[ObjectShape],
    evidence: Evidence,
    body: PosedBody,
    renderer: Renderer,
    camera: Camera,
    belief: Tensor,
) -> tuple[Placement, ...]:
    """Score by exact masks, turn scores into probabilities."""
    config = problem.config
    with torch.no_grad():
        terms = energy.terms_of(problem, state, 0.8)
        total = energy.total(config, terms) - 0.15 * belief[state.start.cluster].clamp_min(1e-6).log()
    pose = state.similarity()
    found: list[tuple[float, Placement]] = []
    tree = KDTree(body.vertices.numpy())
    for row in range(len(total)):
        shape = surfaces[int(state.start.shape[row])]
        code = state.code[row][: len(shape.modes)]
        here = Similarity(pose.rotation[row], pose.translation_m[row], pose.scale[row])
        vertices = energy.vertices_of(state, pose, row, shape)
        iou = exact_iou(vertices, shape, camera, evidence.object.alpha, evidence.known, renderer)
        cost = float(total[row]) - config.silhouette * float(terms["silhouette"][row])
        cost += config.silhouette * (1 - iou)
        known = (each.name for each in fields(Losses) if each.name != "total")
        losses = Losses(**{name: float(terms[name][row]) for name in known}, total=cost)
        on_body, on_object = contacts(tree, body, vertices, shape)
        placement = Placement(
            shape, here, code, vertices, losses, iou, 0.0,
            problem.clusters[int(state.start.cluster[row])].cluster, on_body, on_object,
            bool(torch.isfinite(total[row])),
        )  # fmt: skip
        found.append((cost, placement))
    found = best_kind_a_place(sorted(found, key=lambda pair: pair[0]))
    energies = torch.tensor([e for e, _ in found])
    share = torch.softmax(-(energies - energies[0]) / config.temperature, 0)
    best = share[0].sqrt()  # alternatives often overlap the best, which is then right as well
    share = torch.cat([best[None], share[1:] * (1 - best) / (1 - share[0]).clamp_min(1e-6)])
    return tuple(
        replace(p, probability=float(s) * plausibility(p)) for s, (_, p) in zip(share, found, strict=True)
    )[: config.answers]

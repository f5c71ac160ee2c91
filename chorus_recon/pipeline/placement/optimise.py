"""Search for the object's placement: draw candidates, descend, refine and rank them."""

from dataclasses import replace
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.geometry import transforms, volumes
from chorus_recon.geometry.camera import project
from chorus_recon.geometry.volumes import Volumes
from chorus_recon.pipeline.field import OUTSIDE_M
from chorus_recon.pipeline.placement import energy, posterior, proposals, state, terms
from chorus_recon.pipeline.placement.context import PlacementContext
from chorus_recon.pipeline.placement.deduplicate import best_kind_a_place
from chorus_recon.pipeline.placement.descend import descend
from chorus_recon.pipeline.placement.refine import SIGMA, sharpen
from chorus_recon.pipeline.placement.scoring import exact_iou, use_of, with_probabilities
from chorus_recon.pipeline.placement.state import Problem, State
from chorus_recon.pipeline.placement.surfaces import Surface, surfaces_of
from chorus_recon.pipeline.placement.touches import find_touches
from chorus_recon.pipeline.placement.verticals import find_verticals
from chorus_recon.pipeline.placement.window import look_up
from chorus_recon.types import Losses, Placement, Similarity

EXPECTED_PLACES = 48  # a cluster: enough to span an object, few enough for a distance matrix a step
PROBABLE = 0.5  # of a cluster's peak: voxels from here on are where the object is expected
ON_MASK = 0.5  # mask coverage above which a pixel is the object's
DRAWN_BLUR = 2.5  # blur at which candidates are first compared: they are far from their optimum
DRAWN_POOL = 2  # window pixels a silhouette pixel while candidates are many
DRAWN_CLUSTER_WEIGHT = 0.3  # twice the final weight: before any descent the other terms say less
BEST_PARTS, ALL_PARTS = 3, 4  # of the starts are the best; the rest are spread over all others
COARSE_BLUR = (3.0, 1.2)  # of the first stage, from wide to narrow
COARSE_POINTS = 2  # the first stage uses every second surface sample
# largest share of the starts that continues, by the step of the first stage: earlier than the first of these
# steps, scores do not yet tell good starts from bad ones
COARSE_KEEP = {20: 0.6, 40: 0.4}
FINE_BLUR = (1.5, 0.8)  # of the second stage
SELECT_BLUR = 1.0  # at which candidates are compared between stages
MOVES = 5  # steps in which the best answer goes to the depth that is expected
MOVE_COST = 0.15  # that this may add at most: less than a third of a nat
MOVE_INSIDE_M = 1e-4  # by which the mean depth in the body may grow on the way
NOT_FINITE = 1e6  # stands for a score that is not a number: sorts last


def _expected_places(context: PlacementContext, count: int) -> Float[Tensor, "c k 3"]:
    """Per cluster, `count` probable voxels (cam, metres) on the object's mask, anywhere if none are."""
    out = []
    for cluster in context.clusters:
        peak = float(cluster.probability.max())
        points, probability = proposals.fields.points_of(cluster, PROBABLE * peak)
        uv, front = project(context.window.camera, points)
        seen = look_up(context.window.target, uv[None])[0] > ON_MASK
        ok = front & seen
        points, probability = (points[ok], probability[ok]) if ok.any() else (points, probability)
        order = torch.argsort(probability, descending=True)
        order = order[torch.linspace(0, len(order) - 1, count).long()]
        out.append(points[order])
    return torch.stack(out)


def make_problem(context: PlacementContext) -> tuple[Problem, proposals.Candidates]:
    """What the search compares candidates with, and the candidates it begins from.

    Raises:
        ValueError: the configuration sets the weight of a term that does not exist.
    """
    config, body = context.config, context.distance
    sampled = proposals.sample_shapes(context.shapes, config.points, context.seed)
    drawn, belief = proposals.make_candidates(context, sampled)
    expected = _expected_places(context, EXPECTED_PLACES)
    orientations, oriented = proposals.known_orientations(context)
    problem = Problem(
        context=context,
        sampled=sampled,
        belief=belief,
        expected=expected,
        orientations=orientations,
        oriented=oriented,
        pivots=proposals.find_pivots(context),
        verticals=find_verticals(context),
        touches=find_touches(context),
        fields=volumes.stack([(c.probability[None], c.grid, c.cam_from_grid) for c in context.clusters]),
        axes=_axes(context),
        frames=torch.stack([c.cam_from_grid.rotation for c in context.clusters]),
        distance=volumes.stack([((body.distance - OUTSIDE_M)[None], body.grid, body.cam_from_grid)]),
        weights=terms.weights_of(config.weights),
    )
    return problem, drawn


def _axes(context: PlacementContext) -> Volumes | None:
    """The axes of all clusters, 0 for a cluster without axes; None if no cluster has any."""
    if all(cluster.axes is None for cluster in context.clusters):
        return None
    unknown = torch.zeros(6, 1, 1, 1)
    return volumes.stack(
        [(unknown if c.axes is None else c.axes, c.grid, c.cam_from_grid) for c in context.clusters]
    )


def optimise(context: PlacementContext) -> tuple[Placement, ...]:
    """Search, refine and rank.

    Returns:
        Placements, the best first, twins merged; their probabilities sum to 1 at most. They have no contacts:
        these are measured when the person is posed as shown.

    Raises:
        ValueError: the configuration sets the weight of a term that does not exist.
    """
    config, window = context.config, context.window
    problem, drawn = make_problem(context)
    modes = problem.sampled.modes.shape[1]
    with torch.no_grad():
        values = energy.terms_of(problem, state.fresh(drawn, modes), DRAWN_BLUR, pool=DRAWN_POOL)
        first = energy.total(problem.weights | {"cluster": DRAWN_CLUSTER_WEIGHT}, values)
    chosen = _starts(first, config.starts)

    def coarse(candidates: State, blur: float) -> Float[Tensor, " b"]:
        values = energy.terms_of(thinned, candidates, blur, pool=DRAWN_POOL, without=terms.JUDGED)
        return energy.total(problem.weights, values)

    def fine(candidates: State, blur: float) -> Float[Tensor, " b"]:
        return energy.total(problem.weights, energy.terms_of(problem, candidates, blur, without=terms.JUDGED))

    thinned = problem.thinned(COARSE_POINTS)

    thin = {
        step: partial(_select, thinned, keep=round(share * config.starts))
        for step, share in COARSE_KEEP.items()
    }
    begun = state.fresh(drawn.pick(chosen), modes)
    moved, _ = descend(coarse, begun, window, config.steps, *COARSE_BLUR, keep=thin)
    moved = moved.pick(_select(problem, moved, config.keep))
    moved, _ = descend(fine, moved, window, config.fine_steps, *FINE_BLUR)
    moved = moved.pick(_select(problem, moved, config.exact))
    surfaces = surfaces_of(context.shapes, context.renderer)
    return _rank(problem, sharpen(problem, moved, surfaces), surfaces)


def _starts(score: Float[Tensor, " b"], count: int) -> Tensor:
    """Indices of `count` candidates: mostly the best, and some evenly from the rest."""
    order = torch.argsort(torch.nan_to_num(score, NOT_FINITE))
    best = order[: count * BEST_PARTS // ALL_PARTS]
    rest = order[count * BEST_PARTS // ALL_PARTS :]
    step = max(1, len(rest) // max(1, count // ALL_PARTS))
    return torch.cat([best, rest[::step][: count // ALL_PARTS]])


def _select(problem: Problem, candidates: State, keep: int) -> Int[Tensor, " k"]:
    """Rows of the best distinct candidates: near twins of a better one are dropped."""
    with torch.no_grad():
        score = energy.total(problem.weights, energy.terms_of(problem, candidates, SELECT_BLUR))
    pose = candidates.similarity()
    chosen: list[int] = []
    for row in torch.argsort(torch.nan_to_num(score, NOT_FINITE)).tolist():
        points = state.points_of(problem, candidates, pose, row)
        kind = int(candidates.start.shape[row])
        turns = transforms.symmetry_rotations(problem.context.shapes[kind].symmetry, proposals.SYMMETRY_STEPS)
        twin = any(
            int(candidates.start.shape[other]) == kind
            and _twin_gap(points, problem, candidates, pose, other, turns) < problem.context.config.twin_m
            for other in chosen
        )
        if not twin:
            chosen.append(row)
        if len(chosen) == keep:
            break
    return torch.tensor(chosen)


def _twin_gap(
    points: Tensor, problem: Problem, candidates: State, pose: Similarity, other: int, turns: Tensor
) -> float:
    """Mean distance (metres) to another candidate of the same shape, the least over its symmetry."""
    turned = state.own_points(problem, candidates, other) @ turns.mT
    twins = transforms.apply_scale_first(state.row_of(pose, other), turned)
    return float((twins - points).norm(dim=-1).mean(-1).min())


def _rank(problem: Problem, candidates: State, surfaces: list[Surface]) -> tuple[Placement, ...]:
    """Score candidates by exact silhouettes, and put the one that is expected to be the least wrong first."""
    context, temperature = problem.context, problem.context.config.temperature
    found = _placements(problem, candidates, surfaces)
    costs = torch.tensor([placement.losses.total for placement in found]).nan_to_num(NOT_FINITE)
    pose = candidates.similarity()
    points = torch.stack([state.points_of(problem, candidates, pose, row) for row in range(len(found))])
    likely = posterior.probabilities(costs, temperature)
    gaps = posterior.gaps_m(points)
    spread = posterior.spreads_m(gaps, likely)
    best = posterior.choose(spread, gaps, costs)
    change = posterior.depth_change(best, gaps, likely, points[..., 2].mean(-1))
    moved = _moved(problem, candidates.pick(torch.tensor([best])), change)
    (found[best],) = _placements(problem, moved, surfaces)
    found = [
        replace(p, share=float(w), spread_m=float(r)) for p, w, r in zip(found, likely, spread, strict=True)
    ]
    order = sorted(range(len(found)), key=lambda row: (row != best, float(costs[row])))
    answers = best_kind_a_place([found[row] for row in order])[: context.config.answers]
    return tuple(with_probabilities(answers))


def _moved(problem: Problem, candidate: State, change: float) -> State:
    """One candidate moved along its ray by `change` (ln of the factor), or as far as cost and body allow."""
    steps = torch.linspace(0, 1, MOVES)
    tried = candidate.pick(torch.zeros(MOVES, dtype=torch.long)).farther(change * steps)
    with torch.no_grad():
        cost = energy.total(problem.weights, energy.terms_of(problem, tried, SIGMA))
        inside_m = torch.relu(-terms.make_batch(problem, tried, SIGMA).signed_distance).mean(-1)
    free = (cost <= cost[0] + MOVE_COST) & (inside_m <= inside_m[0] + MOVE_INSIDE_M)
    last = int(free.cumprod(0).sum()) - 1
    return tried.pick(torch.tensor([last]))


def _placements(problem: Problem, candidates: State, surfaces: list[Surface]) -> list[Placement]:
    """Candidates as answers, with exact silhouettes."""
    context, weights = problem.context, problem.weights
    with torch.no_grad():
        values = energy.terms_of(problem, candidates, SIGMA)
        total = energy.total(weights, values)
    pose = candidates.similarity()
    likely = proposals.untempered(problem.belief, context.clusters)
    found: list[Placement] = []
    for row in range(len(total)):
        surface = surfaces[int(candidates.start.shape[row])]
        shape, seen = surface.shape, surface.seen(candidates, pose, row, context.camera)
        iou = exact_iou(seen, context.evidence.object.alpha, context.evidence.known)
        # the soft silhouette is taken out and the exact one put in
        cost = float(total[row]) - weights["silhouette"] * float(values["silhouette"][row])
        cost += weights["silhouette"] * (1 - iou)
        reported = {name: float(value[row]) for name, value in values.items()} | {"silhouette": 1 - iou}
        nothing, none_m = torch.zeros(0, dtype=torch.long), torch.zeros(0)
        cluster = int(candidates.start.cluster[row])
        placement = Placement(
            shape=shape,
            cam_from_object=state.row_of(pose, row),
            shape_code=candidates.code[row][: len(shape.modes)],
            vertices=state.vertices_of(candidates, pose, row, shape),
            losses=Losses(reported, weights, cost),
            silhouette_iou=iou,
            probability=0.0,
            cluster=context.clusters[cluster].cluster,
            body_contacts=nothing,
            object_contacts=nothing,
            body_gaps_m=none_m,
            object_gaps_m=none_m,
            converged=bool(torch.isfinite(total[row])),
            use=use_of(context.clusters, likely, cluster),
        )
        found.append(placement)
    return found

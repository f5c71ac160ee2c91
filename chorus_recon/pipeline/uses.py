"""How probable each cluster of a prior is, given how the person holds themselves: p(use | pose).

By Bayes' rule it is proportional to the cluster's share times the likelihood of the fitted pose among the
cluster's typical poses. Directions that the photo does not show have the same likelihood everywhere, so a
person of whom nothing is seen leaves the shares as they are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.geometry import bones, rig
from chorus_recon.geometry.camera import project
from chorus_recon.geometry.rotations.angles import angle_deg
from chorus_recon.types import Camera, HumanEstimate, OccupancyPrior, PosedBody, PosedField, TypicalPoses

UNKNOWN_SIGMA_M = 0.1  # error of a joint whose estimator does not tell
LEVEL_UP = (0.0, -1.0, 0.0)  # in cam: the camera is taken for level
CAMERA_SIGMA_RAD = math.radians(12.0)  # its pitch (`gravity.world.PRIOR`)
TRUNK_SIGMA_RAD = math.radians(8.0)  # error of the trunk's frame where its joints are seen
HIDDEN_TRUNK_SIGMA_RAD = 0.3  # and where both hips or both shoulders are guessed
LEAST_AGREED = 0.85  # length of an expected direction from which hidden legs may be put there
# Angle to it from which they are. Nearer, the pose network's guess is the better one: on 52 rendered scenes
# knees and ankles of hidden legs were 15.8 cm off, and are 10.1 with 20 degrees, 10.5 with 30, 11.8 with 0;
# 11.5 with `LEFT_OUT`, which keeps them within the outline on photos.
LEAST_ODD_DEG = 25.0
LEFT_OUT = 0.1  # share of a hidden leg that may leave the person's outline and the thing's box
LEG_POINTS = 12


@dataclass(frozen=True, slots=True)
class UseConfig:
    """How far a pose is believed to tell the use.

    Attributes:
        variety: focus of the deviation of real people from those that the prior was counted from: 18 degrees
            about either axis of a bone.
        lean_variety: that of the vertical in the trunk's frame, 27 degrees. The trunk of people who stand is
            within 18 degrees of the vertical (`gravity.witnesses`); others lean more.
        outlier: probability that a direction is not as in any typical pose.
        temper: power of the likelihood. On 34 rendered scenes of all categories (`tools/make_scenes.py`), the
            most probable cluster is the true one in 74 %, with a mean probability of 59 % with 1, 64 % with
            1.5 and 68 % with 2. It is kept below 2 because real people vary more than these scenes.
        unusual: probability that the use is done in a way that the prior does not know. Then the pose says
            nothing.
    """

    variety: float = 0.9
    lean_variety: float = 0.8
    outlier: float = 0.1
    temper: float = 1.5
    unusual: float = 0.05


@dataclass(frozen=True, slots=True)
class SeenPose:
    """Directions of a person (`bones.NAMES`), and how well each is known: its focus, 0 if it is not seen."""

    directions: Float[Tensor, "n 3"]
    focus: Float[Tensor, " n"]


def seen_pose(human: HumanEstimate, body: PosedBody, joint_names: Sequence[str]) -> SeenPose:
    """The pose of a fitted person, and what the photo shows of it.

    Args:
        human: the estimate, which says which joints are guessed and the error of the others.
        body: the same person, posed, in cam.
        joint_names: of both.
    """
    at = {name: k for k, name in enumerate(joint_names)}
    sigma_m = human.joint_sigma_m
    if sigma_m is None:
        sigma_m = torch.full((len(joint_names),), UNKNOWN_SIGMA_M)
    guessed = human.guessed
    start, end = (torch.tensor([at[bone[k]] for bone in bones.BONES]) for k in (0, 1))
    length = (body.joints[end] - body.joints[start]).norm(dim=-1).clamp_min(1e-3)
    # the error of a joint is over three axes, that of a direction about either of two
    bend = (sigma_m[start].square() + sigma_m[end].square()) / 3 / length.square()
    camera = torch.tensor([CAMERA_SIGMA_RAD**2])
    trunk_rad = HIDDEN_TRUNK_SIGMA_RAD if _trunk_is_guessed(guessed, at) else TRUNK_SIGMA_RAD
    focus = bones.focus_of((torch.cat([bend, camera]) + trunk_rad**2).sqrt())
    limbs = guessed[start] | guessed[end]
    trunk = guessed[[at[name] for name in bones.TRUNK]].all()
    hidden = torch.cat([limbs, trunk[None]])
    directions = bones.directions(body.joints, joint_names, torch.tensor(LEVEL_UP))
    return SeenPose(directions, focus.masked_fill(hidden, 0.0))


def _trunk_is_guessed(guessed: Bool[Tensor, " j"], at: dict[str, int]) -> bool:
    return any(
        bool(guessed[[at[f"{s}_{part}"] for s in ("left", "right")]].all()) for part in ("hip", "shoulder")
    )


def log_likelihood(pose: SeenPose, typical: TypicalPoses, config: UseConfig) -> float:
    """Log likelihood of a pose among typical poses, over that among all poses."""
    return float(_log_joint(pose, typical, config).logsumexp(0))


def _log_joint(pose: SeenPose, typical: TypicalPoses, config: UseConfig) -> Float[Tensor, " k"]:
    """The same for each typical pose, with its share."""
    cosine = (typical.mean * pose.directions).sum(-1)
    variety = torch.full_like(pose.focus, config.variety)
    variety[-1] = config.lean_variety
    usual = bones.log_density(cosine, typical.focus * pose.focus * variety).exp()
    density = (1 - config.outlier) * usual + config.outlier
    return density.log().sum(-1) + typical.weight.log()


def beliefs(
    clusters: Sequence[OccupancyPrior], pose: SeenPose, config: UseConfig | None = None
) -> Float[Tensor, " c"]:
    """The probability of each cluster given the pose; it adds up to the sum of the shares.

    It is the share itself if a cluster's typical poses are not known.
    """
    config = config or UseConfig()
    share = torch.tensor([cluster.share for cluster in clusters])
    known = [cluster.poses for cluster in clusters if cluster.poses is not None]
    if len(known) < len(clusters):
        return share
    fit = torch.tensor([log_likelihood(pose, typical, config) for typical in known])
    told = share.sum() * torch.softmax(share.clamp_min(1e-9).log() + config.temper * fit, 0)
    return (1 - config.unusual) * told + config.unusual * share


def weighted(
    fields: Sequence[PosedField], clusters: Sequence[OccupancyPrior], pose: SeenPose
) -> tuple[PosedField, ...]:
    """Carried clusters with their probability given the pose in place of their share."""
    belief = beliefs(clusters, pose)
    return tuple(replace(field, share=float(p)) for field, p in zip(fields, belief, strict=True))


def expected_directions(clusters: Sequence[OccupancyPrior], pose: SeenPose) -> Float[Tensor, "n 3"]:
    """Mean directions (`bones.NAMES`) of those who do what the pose and the shares make probable.

    Their lengths, in [0, 1), say how far they agree: near 0 if some sit and others stand.
    """
    mean = torch.zeros_like(pose.directions)
    config, belief = UseConfig(), beliefs(clusters, pose)
    for cluster, probability in zip(clusters, belief / belief.sum(), strict=True):
        if cluster.poses is not None:
            share = probability * torch.softmax(config.temper * _log_joint(pose, cluster.poses, config), 0)
            mean += (share[:, None, None] * cluster.poses.focus[..., None] * cluster.poses.mean).sum(0)
    return mean


def with_usual_legs(
    human: HumanEstimate,
    body: PosedBody,
    model: BodyModel,
    clusters: Sequence[OccupancyPrior],
    outline: Float[Tensor, "h w"],
    box_px: Float[Tensor, " 4"] | None,
) -> tuple[HumanEstimate, PosedBody]:
    """The person with hidden legs as the probable uses have them: under a table or behind a chair they sit.

    Legs stay as they are where a part is in sight, where the uses disagree, where they are much as expected,
    and where they would leave the person's outline and the thing's box: one of these hides them.

    Args:
        human: the estimate.
        body: the same person, posed, in cam.
        model: the body model.
        clusters: of the prior.
        outline: alpha of the person's mask.
        box_px: of the thing, if it was seen.
    """
    names = model.joint_names
    pose = seen_pose(human, body, names)
    expected = expected_directions(clusters, pose)
    frame = bones.trunk_frame(body.joints, names)
    params = human.body
    world = params.cam_from_body.rotation @ rig.world_turns(params.pose, model.parents)
    local = params.pose.clone()
    for side in ("left", "right"):
        hip, knee, ankle = (names.index(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        thigh, shin = (bones.BONES.index((names[a], names[b])) for a, b in ((hip, knee), (knee, ankle)))
        bones_m = body.joints[knee] - body.joints[hip], body.joints[ankle] - body.joints[knee]
        goals = [frame @ expected[bone] for bone in (thigh, shin)]
        agreed = min(float(goal.norm()) for goal in goals) >= LEAST_AGREED
        odd = max(angle_deg(bone, goal) for bone, goal in zip(bones_m, goals, strict=True)) > LEAST_ODD_DEG
        hidden = bool(human.guessed[[knee, ankle]].all()) and not bool(human.guessed[hip])
        if not (agreed and odd and hidden):
            continue
        upper = rig.least_turn(bones_m[0], goals[0])
        lower = rig.least_turn(upper @ bones_m[1], goals[1]) @ upper
        there = torch.stack([upper @ bones_m[0], upper @ bones_m[0] + lower @ bones_m[1]])
        shares = [
            _share_inside(torch.stack([body.joints[hip], *ends]), human.camera, outline, box_px)
            for ends in (body.joints[[knee, ankle]], body.joints[hip] + there)
        ]
        if shares[1] < shares[0] - LEFT_OUT:
            continue
        rig.turn_limb(local, world, model.parents, (hip, knee), (upper, lower))
    if torch.equal(local, params.pose):
        return human, body
    params = replace(params, pose=local)
    return replace(human, body=params), model.pose(params)


def _share_inside(
    leg: Float[Tensor, "3 3"],
    camera: Camera,
    outline: Float[Tensor, "h w"],
    box_px: Float[Tensor, " 4"] | None,
) -> float:
    """The share of the line from hip over knee to ankle (cam, metres) that falls on a mask or in a box."""
    along = torch.linspace(0, 1, LEG_POINTS)[:, None]
    points = torch.cat([leg[k] + along * (leg[k + 1] - leg[k]) for k in range(2)])
    pixels, front = project(camera, points)
    column, row = pixels.long().unbind(-1)
    height, width = outline.shape
    within = front & (column >= 0) & (column < width) & (row >= 0) & (row < height)
    on = outline[row.clamp(0, height - 1), column.clamp(0, width - 1)] > 0.5
    inside = on & within
    if box_px is not None:
        inside = inside | ((pixels >= box_px[:2]) & (pixels <= box_px[2:])).all(-1)
    return float(inside.float().mean())

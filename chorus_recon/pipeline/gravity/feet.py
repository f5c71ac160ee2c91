"""Put the feet that stand on the floor."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.categories import standing
from chorus_recon.geometry import reach, rig
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.pipeline.gravity.witnesses import Person
from chorus_recon.pipeline.person.rigging import rig_of
from chorus_recon.types import BodyRig, HumanEstimate, Placement, PosedBody, World

HOVER_M = 0.08  # a foot no higher than this over the floor stands on it: the error of a posed foot
SETTLED_M = 0.005  # a foot no higher than this does so already
OF_FOOT = 0.5  # share of a vertex's skin weight on ankle and foot from which it is the foot's
STEPS = 9  # ways of putting a foot down that are tried
SIDES = ("left", "right")


def grounded(person: Person, placements: Sequence[Placement], category: str) -> bool:
    """Whether the person's feet are seen and stand on the ground, by the use of the object or by the pose."""
    if not person.feet_seen:
        return False
    if not placements:
        return person.stands
    how = standing.stance(category, placements[0].cluster, placements[0].shape.name)
    return person.stands if how is None else how.user_grounded


def with_feet_down(
    human: HumanEstimate,
    body: PosedBody,
    model: BodyModel,
    world: World,
    placements: Sequence[Placement] = (),
    category: str = "",
) -> tuple[HumanEstimate, PosedBody]:
    """The person with each foot that hovers over the floor put down on it by hip and knee.

    A foot moves down, and towards where its line of sight meets the floor as far as that keeps the leg where
    it is seen.

    Args:
        human: the estimate.
        body: the same person, posed.
        model: the body model.
        world: the vertical and the floor.
        placements: of the object, best first.
        category: the key of the object's category.
    """
    if human.body.mesh is not None or not grounded(Person(human, body), placements, category):
        return human, body
    pose, shape = human.body.pose.clone(), rig_of(model, human.body)
    for side in SIDES:
        _put_down(side, pose, body, shape, world)
    if torch.equal(pose, human.body.pose):
        return human, body
    params = replace(human.body, pose=pose)
    return replace(human, body=params), model.pose(params)


def _put_down(side: str, pose: Float[Tensor, "j 3 3"], body: PosedBody, shape: BodyRig, world: World) -> None:
    """Change the rotations of a leg in place, if its foot hovers."""
    hip, knee, ankle, foot = (JOINT_NAMES.index(f"{side}_{n}") for n in ("hip", "knee", "ankle", "foot"))
    rows = shape.skin_weights[:, [ankle, foot]].sum(1) > OF_FOOT
    up, height_of_camera = world.world_from_cam[1, :3], float(world.world_from_cam[1, 3])
    sole = body.vertices[rows]
    lowest = sole[(sole @ up).argmin()]
    height = float(lowest @ up) + height_of_camera
    if not SETTLED_M < height <= HOVER_M:
        return
    down = -height * up
    sight = torch.zeros(3)
    if height_of_camera > 2 * HOVER_M:  # the line of sight meets the floor
        sight = lowest * height / (height_of_camera - height) - down
    frames = rig.joint_frames(body, shape)[:, :3, :3]
    leg, hinge = (body.joints[hip], body.joints[knee], body.joints[ankle]), frames[knee][:, 0]
    goals = [leg[2] + down + share * sight for share in torch.linspace(0, 1, STEPS)]
    within = [goal for goal in goals if reach.reaches(*leg, goal)] or goals[:1]
    ways = (reach.bend(*leg, goal, hinge) for goal in within)
    upper, lower = min(ways, key=lambda turns: _seen(leg, *turns))
    level = torch.eye(3)  # the foot keeps its direction
    rig.turn_limb(pose, frames, shape.parents, (hip, knee, ankle), (upper, lower, level))


def _seen(leg: tuple[Tensor, Tensor, Tensor], upper: Tensor, lower: Tensor) -> float:
    """How far knee or ankle move in the photo, in focal lengths; `leg` is hip, knee and ankle in cam."""
    hip, knee, ankle = leg
    bent = hip + upper @ (knee - hip)
    after = torch.stack([bent, bent + lower @ (ankle - knee)])
    before = torch.stack([knee, ankle])
    return float((after[:, :2] / after[:, 2:] - before[:, :2] / before[:, 2:]).norm(dim=-1).max())

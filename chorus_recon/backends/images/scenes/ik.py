"""Batched inverse kinematics with Adam: pose a body and an object to satisfy contact constraints."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import Rigid

STEPS = 160
RATE = 0.05
# Standard deviation of each joint from the starting pose (rad): limbs move freely, the trunk does not.
_STIFF = {
    "pelvis": 0.15,
    "spine": 0.12,
    "neck": 0.15,
    "head": 0.2,
    "collar": 0.12,
    "shoulder": 0.45,
    "elbow": 0.45,
    "wrist": 0.25,
    "hand": 0.03,
    "hip": 0.3,
    "knee": 0.35,
    "ankle": 0.2,
    "foot": 0.03,
}
# Capsules of the body for collisions: (joint, its offset m, joint, its offset m, radius m).
_TRUNK = (
    ("pelvis", (0.07, -0.01, 0.0), "spine2", (0.06, 0.05, 0.0), 0.105),
    ("pelvis", (-0.07, -0.01, 0.0), "spine2", (-0.06, 0.05, 0.0), 0.105),
    ("spine2", (0.06, 0.05, 0.0), "spine3", (0.08, 0.12, 0.0), 0.105),
    ("spine2", (-0.06, 0.05, 0.0), "spine3", (-0.08, 0.12, 0.0), 0.105),
    ("spine3", (-0.11, 0.19, 0.0), "spine3", (0.11, 0.19, 0.0), 0.085),
    ("neck", (0.0, 0.0, 0.0), "head", (0.0, 0.05, 0.02), 0.085),
)
# Capsules between two joints, on either side: (joint, joint, radius m).
_LIMBS = (
    ("hip", "knee", 0.075),
    ("knee", "ankle", 0.05),
    ("ankle", "foot", 0.038),
    ("shoulder", "elbow", 0.045),
    ("elbow", "wrist", 0.038),
    ("wrist", "hand", 0.032),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A batch of scenes that share an interaction.

    `key` holds the starting rotation vectors (root first), `points` the object's surface, `spots` the
    place of each contact on it. Each alignment turns an axis of the object, `axes`, towards a direction,
    `aims`, in the frame of joint `aim_joint` (-1: world). `bars` holds the grip axis of each hand in
    `across`. Limbs that start at the joints in `around` may be inside the object.
    """

    key: Float[Tensor, "b j 3"]
    shape: Float[Tensor, "b s"]
    world_from_object: Float[Tensor, "b 3 3"]
    points: Float[Tensor, "b n 3"]
    spots: Float[Tensor, "b c 3"]
    spot_places: tuple[str, ...]
    spot_lift_m: Float[Tensor, " c"]
    spot_sigma_m: Float[Tensor, " c"]
    axes: Float[Tensor, "b a 3"]
    aims: Float[Tensor, "b a 3"]
    aim_joint: tuple[int, ...]
    aim_sigma: Float[Tensor, " a"]
    bars: Float[Tensor, "b h 3"]
    across: tuple[str, ...]
    ground: tuple[str, ...]
    own_ground: bool
    around: tuple[str, ...]
    balance: tuple[str, ...]
    gaze: Float[Tensor, "b 3"]


@dataclass(frozen=True, slots=True)
class Solution:
    """Posed scenes; `pose` has the root at identity.

    `gap_m` is the remaining distance of each contact, `depth_m` the largest penetration of the body.
    """

    pose: Float[Tensor, "b j 3 3"]
    world_from_body: Rigid
    world_from_object: Rigid
    gap_m: Float[Tensor, "b c"]
    depth_m: Float[Tensor, " b"]


class Rig:
    """The parts of the body that IK needs: a few skinned patches, capsules and joint limits."""

    def __init__(self, body: DefaultBody) -> None:
        self.body = body
        self.joint = {name: k for k, name in enumerate(body.joint_names)}
        places = contact_places(body)
        self.slices: dict[str, slice] = {}
        ids: list[Tensor] = []
        start = 0
        for name, members in places.items():
            few = members[:: max(1, len(members) // 16)]
            self.slices[name] = slice(start, start + len(few))
            ids.append(few)
            start += len(few)
        self.ids: Int[Tensor, " p"] = torch.cat(ids)
        self.skin = body.skin_weights[self.ids]
        self.template = body.template[self.ids]
        self.modes = body.shapedirs[:, self.ids]
        self.carrier = {name: int(self.skin[s].sum(0).argmax()) for name, s in self.slices.items()}
        self.stiff = torch.tensor([_STIFF[_kind(name)] for name in body.joint_names])
        self._capsules()

    def _capsules(self) -> None:
        first, second, first_offset, second_offset, radius, names = [], [], [], [], [], []
        rows = [(a, oa, b, ob, r) for a, oa, b, ob, r in _TRUNK]
        for side in ("left_", "right_"):
            rows += [(side + a, (0.0, 0.0, 0.0), side + b, (0.0, 0.0, 0.0), r) for a, b, r in _LIMBS]
        for a, oa, b, ob, r in rows:
            first.append(self.joint[a])
            second.append(self.joint[b])
            first_offset.append(oa)
            second_offset.append(ob)
            radius.append(r)
            names.append(a)
        self.first, self.second = torch.tensor(first), torch.tensor(second)
        self.first_offset, self.second_offset = torch.tensor(first_offset), torch.tensor(second_offset)
        self.radius = torch.tensor(radius)
        self.capsule_joint = names

    def patches(self, carry: Float[Tensor, "b j 4 4"], shape: Float[Tensor, "b s"]) -> Float[Tensor, "b p 3"]:
        """Skinned patch vertices, body frame."""
        rest = self.template + torch.einsum("bs,spd->bpd", shape, self.modes)
        blend = (self.skin @ carry[:, :, :3].flatten(2)).unflatten(-1, (3, 4))
        return (blend[..., :3] @ rest[..., None])[..., 0] + blend[..., 3]

    def capsules(
        self, carry: Float[Tensor, "b j 4 4"], joints: Float[Tensor, "b j 3"]
    ) -> tuple[Float[Tensor, "b k 3"], Float[Tensor, "b k 3"]]:
        """Both ends of every capsule, body frame."""
        turn = carry[:, :, :3, :3]
        a = joints[:, self.first] + (turn[:, self.first] @ self.first_offset[..., None])[..., 0]
        b = joints[:, self.second] + (turn[:, self.second] @ self.second_offset[..., None])[..., 0]
        return a, b


def solve(rig: Rig, problem: Problem, steps: int = STEPS) -> Solution:
    """Optimise pose and object from the starting pose, to satisfy contacts, alignments and joint limits."""
    batch = len(problem.key)
    turn = problem.key.clone().requires_grad_()
    place = torch.zeros(batch, 3)
    with torch.no_grad():
        spots = transforms.apply(Rigid(problem.world_from_object, place), problem.spots)
        targets = _state(rig, problem, turn, place, place, place)
        place = (targets.contacts - spots).mean(1) if spots.shape[1] else targets.contacts.new_zeros(batch, 3)
    lift = place.clone().requires_grad_()
    spin = torch.zeros(batch, 3, requires_grad=True)
    shift = torch.zeros(batch, 3, requires_grad=True)
    optimiser = torch.optim.Adam([turn, lift, spin, shift], lr=RATE)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
        firm = min(1.0, 0.2 + step / (0.6 * steps))
        loss = _loss(rig, problem, _state(rig, problem, turn, lift, spin, shift), turn, spin, firm).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        final = _state(rig, problem, turn, lift, spin, shift)
        pose = convert.from_vector(turn)
        root = pose[:, 0].clone()
        pose[:, 0] = torch.eye(3)
        gap = _contact_error(problem, final)
        depth = torch.relu(_depth(rig, problem, final)).amax((-1, -2))
    return Solution(pose, Rigid(root, shift.detach()), Rigid(final.object_turn, lift.detach()), gap, depth)


@dataclass(frozen=True, slots=True)
class _State:
    """Everything in world axes."""

    turns: Float[Tensor, "b j 3 3"]
    joints: Float[Tensor, "b j 3"]
    patches: Float[Tensor, "b p 3"]
    capsule_a: Float[Tensor, "b k 3"]
    capsule_b: Float[Tensor, "b k 3"]
    object_turn: Float[Tensor, "b 3 3"]
    object_place: Float[Tensor, "b 3"]
    contacts: Float[Tensor, "b c 3"]
    spots: Float[Tensor, "b c 3"]
    pose: Float[Tensor, "b j 3"]


def _state(rig: Rig, problem: Problem, turn: Tensor, lift: Tensor, spin: Tensor, shift: Tensor) -> _State:
    local = convert.from_vector(turn)
    carry, joints = rig.body.transforms(local, problem.shape)  # the root turns about its own joint
    patches = rig.patches(carry, problem.shape) + shift[:, None]
    a, b = rig.capsules(carry, joints)
    turns = carry[:, :, :3, :3]
    object_turn = convert.from_vector(spin) @ problem.world_from_object
    contacts = [
        _mean(rig, patches, turns, name, float(gap))
        for name, gap in zip(problem.spot_places, problem.spot_lift_m, strict=True)
    ]
    return _State(
        turns,
        joints + shift[:, None],
        patches,
        a + shift[:, None],
        b + shift[:, None],
        object_turn,
        lift,
        torch.stack(contacts, 1) if contacts else patches[:, :0],
        transforms.apply(Rigid(object_turn, lift), problem.spots),
        turn,
    )


def _mean(rig: Rig, patches: Tensor, turns: Tensor, name: str, gap_m: float) -> Float[Tensor, "b 3"]:
    """Centre of a patch, offset along its rest normal (down: palms and soles face the floor)."""
    normal = turns[:, rig.carrier[name]] @ torch.tensor([0.0, -1.0, 0.0])
    return patches[:, rig.slices[name]].mean(1) + gap_m * normal


def _loss(
    rig: Rig, problem: Problem, state: _State, turn: Tensor, spin: Tensor, firm: float
) -> Float[Tensor, " b"]:
    total = ((turn - problem.key) / rig.stiff[:, None]).square().sum((-1, -2))
    total = total + 4.0 * spin.square().sum(-1)
    limits = rig.body.joint_limits
    over = torch.relu(turn - limits[..., 1]) + torch.relu(limits[..., 0] - turn)
    total = total + (over[:, 1:] / 0.03).square().sum((-1, -2))
    total = total + firm * (_contact_error(problem, state) / problem.spot_sigma_m).square().sum(-1)
    depth = torch.relu(_depth(rig, problem, state) + 0.005)
    total = total + firm * (depth / 0.012).square().sum((-1, -2)) / 4.0
    total = total + (torch.relu(_self_depth(rig, state)) / 0.02).square().sum(-1)
    for k, joint in enumerate(problem.aim_joint):
        axis = (state.object_turn @ problem.axes[:, k, :, None])[..., 0]
        aim = problem.aims[:, k]
        aim = aim if joint < 0 else (state.turns[:, joint] @ aim[..., None])[..., 0]
        total = total + (1 - (axis * aim).sum(-1)) * 2 / problem.aim_sigma[k].square()
    for k, hand in enumerate(problem.across):
        side = 1.0 if hand.startswith("left_") else -1.0
        fingers = state.turns[:, rig.joint[hand]] @ torch.tensor([side, 0.0, 0.0])
        palm = state.turns[:, rig.joint[hand]] @ torch.tensor([0.0, -1.0, 0.0])
        bar = (state.object_turn @ problem.bars[:, k, :, None])[..., 0]
        total = total + ((fingers * bar).sum(-1) / 0.25).square() + ((palm * bar).sum(-1) / 0.2).square()
    total = total + _on_ground(rig, problem, state)
    if problem.balance:
        feet = torch.stack([_mean(rig, state.patches, state.turns, n, 0.0) for n in problem.balance]).mean(0)
        off = (state.joints[:, 0] * 0.6 + state.joints[:, rig.joint["spine3"]] * 0.4 - feet)[:, [0, 2]]
        total = total + (off / 0.06).square().sum(-1)
    looking = state.turns[:, rig.joint["head"]] @ torch.tensor([0.0, 0.0, 1.0])
    return total + 4.0 * (1 - (looking * problem.gaze).sum(-1))


def _contact_error(problem: Problem, state: _State) -> Float[Tensor, "b c"]:
    return (state.contacts - state.spots).square().sum(-1).clamp_min(1e-10).sqrt()


def _on_ground(rig: Rig, problem: Problem, state: _State) -> Float[Tensor, " b"]:
    """Cost of soles that are not flat at the height of the object's lowest point, or at their own mean."""
    if not problem.ground:
        return torch.zeros(len(state.joints))
    heights = torch.cat([state.patches[:, rig.slices[name], 1] for name in problem.ground], 1)
    if problem.own_ground:
        floor = heights.mean(1)
    else:
        points = transforms.apply(Rigid(state.object_turn, state.object_place), problem.points)
        floor = points[..., 1].amin(-1)
    return 4.0 * len(problem.ground) * ((heights - floor[:, None]) / 0.015).square().mean(-1)


def _depth(rig: Rig, problem: Problem, state: _State) -> Float[Tensor, "b n k"]:
    """Depth of object points in capsules; those of limbs that touch the object or wear it are left out."""
    touching = {limb for place in problem.spot_places for limb in _limbs(place)} | set(problem.around)
    free = torch.tensor([name not in touching for name in rig.capsule_joint])
    points = transforms.apply(Rigid(state.object_turn, state.object_place), problem.points)
    a, b = state.capsule_a[:, None, free], state.capsule_b[:, None, free]
    return rig.radius[free] - _to_segment(points[:, :, None], a, b)


def _self_depth(rig: Rig, state: _State) -> Float[Tensor, "b n"]:
    """Depth of elbows, wrists and hands inside the trunk and thighs."""
    names = [s + n for s in ("left_", "right_") for n in ("elbow", "wrist", "hand")]
    points = state.joints[:, [rig.joint[n] for n in names]]
    solid = torch.tensor(
        [not n.startswith(("left_", "right_")) or n.endswith("_hip") for n in rig.capsule_joint]
    )
    a, b = state.capsule_a[:, None, solid], state.capsule_b[:, None, solid]
    return (rig.radius[solid] + 0.03 - _to_segment(points[:, :, None], a, b)).flatten(1)


def _to_segment(points: Tensor, a: Tensor, b: Tensor) -> Tensor:
    along = b - a
    share = ((points - a) * along).sum(-1) / along.square().sum(-1).clamp_min(1e-8)
    return (points - a - share.clamp(0, 1)[..., None] * along).square().sum(-1).clamp_min(1e-10).sqrt()


def _limbs(place: str) -> tuple[str, ...]:
    """The capsules (by their first joints) that a contact place belongs to."""
    if place in ("upper_back", "chest"):
        return "spine2", "spine3"
    if place == "forehead":
        return ("neck",)
    if place.startswith("neck"):
        return "neck", "spine3"
    if place.endswith("collar"):
        return ("spine3",)
    if place.endswith("forearm"):
        return (place.replace("forearm", "elbow"),)
    return (_limb(place),)


def _limb(place: str) -> str:
    side = place.split("_")[0] + "_"
    if place.endswith("palm"):
        return side + "wrist"
    if place == "seat":
        return "pelvis"
    if place.endswith("back"):
        return "spine2"
    if place.endswith("lap"):
        return side + "hip"
    if place.endswith(("sole", "ball", "heel", "instep")):
        return side + "ankle"
    return place


def _kind(joint: str) -> str:
    return joint.removeprefix("left_").removeprefix("right_").rstrip("0123456789")


def contact_places(body: DefaultBody) -> dict[str, Int[Tensor, " n"]]:
    """The vertices of every place of the body that `categories.schema.Contact` names."""
    places = dict(body.places)
    x, y, z = body.template.unbind(-1)
    trunk = torch.cat([body.parts["spine"], body.parts["spine1"]])
    places["belly"] = trunk[(z[trunk] > 0.05) & (y[trunk] < 0.15)]
    places["lower_back"] = trunk[(z[trunk] < -0.07) & (y[trunk] > 0.1) & (y[trunk] < 0.25)]
    head = body.parts["head"]
    below = body.template[head[z[head].argmax()], 1] - y[head]  # the tip of the nose
    places["mouth"] = head[(below > 0.02) & (below < 0.045) & (x[head].abs() < 0.02) & (z[head] > 0.12)]
    hollows = []
    for side, sign in (("left", 1.0), ("right", -1.0)):
        sole = body.places[f"{side}_sole"]
        places[f"{side}_ball"] = sole[(z[sole] > 0.06) & (z[sole] < 0.13)]
        places[f"{side}_heel"] = sole[z[sole] < 0.0]
        foot = torch.cat([body.parts[f"{side}Foot"], body.parts[f"{side}ToeBase"]])
        laces = foot[(z[foot] > 0.05) & (z[foot] < 0.11)]
        places[f"{side}_instep"] = laces[y[laces] > y[laces].max() - 0.03]
        places[f"{side}_flank"] = trunk[sign * x[trunk] > 0.1]
        places[f"{side}_ear"] = head[sign * x[head] > x[head].max() - 0.012]
        thigh = body.parts[f"{side}UpLeg"]
        leg = torch.cat([thigh, body.parts[f"{side}Leg"]])
        low, behind = body.template[thigh, 1].min(), z[body.parts[f"{side}Leg"]].mean()
        hollows.append(leg[((y[leg] - low).abs() < 0.04) & (z[leg] < behind - 0.02)])
        places[f"{side}_lap"] = thigh[(z[thigh] > 0.05) & (y[thigh] < -0.18) & (y[thigh] > -0.3)]
    places["knee_hollows"] = torch.cat(hollows)
    return places | _upper_places(body)


def _upper_places(body: DefaultBody) -> dict[str, Int[Tensor, " n"]]:
    """Contact patches of worn objects: chest, upper back, neck, brow, shoulders, hips and forearms."""
    x, y, z = body.template.unbind(-1)
    trunk = torch.cat([body.parts[name] for name in ("spine", "spine1", "spine2")])
    neck, head = body.parts["neck"], body.parts["head"]
    high = (y[trunk] > 0.3) & (y[trunk] < 0.42) & (x[trunk].abs() < 0.07)
    places = {
        "upper_back": trunk[high & (z[trunk] < -0.05)],
        "chest": trunk[high & (z[trunk] > 0.04)],
        "neck_front": neck[(z[neck] > z[neck].max() - 0.03) & (x[neck].abs() < 0.03)],
        "neck_back": neck[(z[neck] < z[neck].min() + 0.015) & (x[neck].abs() < 0.03)],
        "forehead": head[(z[head] > 0.1) & (y[head] > 0.7) & (y[head] < 0.74) & (x[head].abs() < 0.03)],
    }
    hips = body.parts["hips"]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        fore, across = body.parts[f"{side}ForeArm"], sign * x
        inner = (across[fore] > 0.44) & (across[fore] < 0.56)
        places[f"{side}_forearm"] = fore[inner & (z[fore] > z[fore].max() - 0.03)]
        top = body.parts[f"{side}Shoulder"]
        places[f"{side}_collar"] = top[(across[top] > 0.08) & (across[top] < 0.13) & (y[top] > 0.48)]
        places[f"{side}_hip_side"] = hips[(across[hips] > 0.13) & (y[hips] > -0.1)]
    return places

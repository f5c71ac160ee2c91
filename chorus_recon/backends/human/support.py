"""Weights of landmarks and joints in a body fit, from the landmarks' visibility."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

# Each joint is seen through these landmarks (the mean of their weights); sides follow the joint's.
_SEEN_BY: dict[str, tuple[str, ...]] = {
    "pelvis": ("left_hip", "right_hip"),
    "spine1": ("left_hip", "right_hip", "left_shoulder", "right_shoulder"),
    "spine2": ("left_hip", "right_hip", "left_shoulder", "right_shoulder"),
    "spine3": ("left_shoulder", "right_shoulder"),
    "neck": ("left_shoulder", "right_shoulder"),
    "head": ("nose", "left_eye", "right_eye", "left_ear", "right_ear"),
    "left_hip": ("left_hip",),
    "left_knee": ("left_knee",),
    "left_ankle": ("left_ankle",),
    "left_foot": ("left_heel", "left_foot_index"),
    "left_collar": ("left_shoulder",),
    "left_shoulder": ("left_shoulder",),
    "left_elbow": ("left_elbow",),
    "left_wrist": ("left_wrist",),
    "left_hand": ("left_pinky", "left_index", "left_thumb"),
}

_EDGE = 0.04  # landmarks this near to the photo's edge (in person sizes) are doubted

# The network's guess of a hidden joint is still nearer than what the pose prior knows of it, so visibility
# lowers a landmark's weight in the fit but little: on scenes with 3D truth wrists gained 4 cm over visibility
# squared, which is kept for telling how far a joint is supported by the photo.
_TRUST_POWER, _SIGHT_POWER = 0.5, 2.0
_UNSEEN = 0.1  # a landmark of less weight than this is not seen
_END_TRUST = 0.25  # what the end of a limb keeps of its weight when the joint before it is not seen
_BEFORE = (
    ("wrist", "elbow"),
    ("pinky", "wrist"),
    ("index", "wrist"),
    ("thumb", "wrist"),
    ("ankle", "knee"),
    ("heel", "ankle"),
    ("foot_index", "ankle"),
)

_AGREED_ERROR_M = 0.08  # of a joint on which all looks agree
_ERROR_PER_SPREAD = 1.2

# Crowded or loosely defined landmarks weigh less than a joint of the limbs.
_WEIGHT: dict[str, float] = {
    "nose": 0.6,
    "eye": 0.4,
    "ear": 0.6,
    "hip": 0.8,
    "pinky": 0.4,
    "index": 0.4,
    "thumb": 0.3,
    "heel": 0.6,
    "foot_index": 0.6,
}
# In space the network's faces, hands and feet are much smaller than its bodies: stretched about the
# joint they hang on, they still say which way a hand or foot points.
_STRETCH: dict[str, tuple[str, float, float]] = {  # hangs on, stretch, weight against the picture's
    "pinky": ("wrist", 1.7, 0.3),
    "index": ("wrist", 1.6, 0.3),
    "thumb": ("wrist", 2.5, 0.1),
    "heel": ("ankle", 1.4, 0.3),
    "foot_index": ("ankle", 1.35, 0.4),
    "nose": ("nose", 1.0, 0.3),
    "eye": ("eye", 1.0, 0.0),
    "ear": ("ear", 1.0, 0.5),
}


def sight(
    points_px: Float[Tensor, "b n 2"], visibility: Float[Tensor, "b n"], size_px: Float[Tensor, " 2"]
) -> Float[Tensor, "b n"]:
    """How far each landmark is seen, 0 to 1: visibility squared, fading at the photo's edge."""
    return visibility.pow(_SIGHT_POWER) * _inside(points_px, size_px)


def trust(
    points_px: Float[Tensor, "b n 2"], visibility: Float[Tensor, "b n"], size_px: Float[Tensor, " 2"]
) -> Float[Tensor, "b n"]:
    """How far the fit believes each landmark, 0 to 1: hidden ones nearly as much as those in sight."""
    return visibility.clamp_min(0.0).pow(_TRUST_POWER) * _inside(points_px, size_px)


def _inside(points_px: Float[Tensor, "b n 2"], size_px: Float[Tensor, " 2"]) -> Float[Tensor, "b n"]:
    """1 inside the photo, falling to 0 at its edge.

    The network pulls what lies outside the photo to its edge, and says that it sees it.
    """
    person = (points_px.amax(1) - points_px.amin(1)).amax(-1).clamp_min(1.0)
    context = torch.minimum(points_px, size_px - points_px).amin(-1) / (_EDGE * person[:, None])
    return context.clamp(0.0, 1.0)


def doubt_ends(landmark_names: Sequence[str], weight: Float[Tensor, "b n"]) -> Float[Tensor, "b n"]:
    """Believe the end of a limb less where the joint before it is not seen: ends are easily confused."""
    out = weight.clone()
    for name, before in _BEFORE:
        for side in ("left", "right"):
            end, joint = (landmark_names.index(f"{side}_{part}") for part in (name, before))
            out[:, end] = weight[:, end] * (_END_TRUST + (1.0 - _END_TRUST) * out[:, joint])
    return out


def cut_legs(
    landmark_names: Sequence[str], points_px: Float[Tensor, "b n 2"], weight: Float[Tensor, "b n"]
) -> Bool[Tensor, "b n"]:
    """Landmarks of legs whose feet are unseen and that is shorter than half the trunk.

    That is what the network makes of a person cut off at the hips: legs folded into the picture.
    """
    at = {name: k for k, name in enumerate(landmark_names)}
    middle = lambda part: points_px[:, [at[f"left_{part}"], at[f"right_{part}"]]].mean(1)  # noqa: E731
    trunk = (middle("hip") - middle("shoulder")).norm(dim=-1)
    leg = (middle("ankle") - middle("hip")).norm(dim=-1)
    feet = weight[:, [at["left_ankle"], at["right_ankle"]]].amax(-1)
    cut = (feet < _UNSEEN) & (leg < 0.5 * trunk)
    legs = [k for name, k in at.items() if _kind(name) in ("knee", "ankle", "heel", "foot_index")]
    out = torch.zeros_like(weight, dtype=torch.bool)
    out[:, legs] = cut[:, None]
    return out


def landmark_weights(landmark_names: Sequence[str]) -> Float[Tensor, "2 n"]:
    """What each landmark counts on the picture and in space, when it is in full sight."""
    kinds = [_kind(name) for name in landmark_names]
    flat = torch.tensor([_WEIGHT.get(kind, 1.0) for kind in kinds])
    return torch.stack([flat, flat * torch.tensor([_STRETCH.get(kind, ("", 1.0, 1.0))[2] for kind in kinds])])


def stretch(landmark_names: Sequence[str], world_m: Float[Tensor, "b n 3"]) -> Float[Tensor, "b n 3"]:
    """The network's metric landmarks with hands and feet of natural size."""
    return _scaled(landmark_names, world_m, 1.0)


def unstretch(landmark_names: Sequence[str], world_m: Float[Tensor, "b n 3"]) -> Float[Tensor, "b n 3"]:
    """Metric landmarks of natural size as the network would tell them: the inverse of `stretch`."""
    return _scaled(landmark_names, world_m, -1.0)


def _scaled(
    landmark_names: Sequence[str], world_m: Float[Tensor, "b n 3"], power: float
) -> Float[Tensor, "b n 3"]:
    out = world_m.clone()
    for i, name in enumerate(landmark_names):
        anchor, factor, _ = _STRETCH.get(_kind(name), ("", 1.0, 1.0))
        if factor != 1.0:
            root = world_m[:, landmark_names.index(name.replace(_kind(name), anchor))]
            out[:, i] = root + factor**power * (world_m[:, i] - root)
    return out


def other_side(name: str) -> str:
    """The name of the landmark on the other side of the body."""
    if "left" in name:
        return name.replace("left", "right")
    return name.replace("right", "left")


def _kind(name: str) -> str:
    return name.removeprefix("left_").removeprefix("right_")


def joint_sigma(
    joint_names: Sequence[str], landmark_names: Sequence[str], spread_m: Float[Tensor, "b n"]
) -> Float[Tensor, "b j"]:
    """The expected error of each joint, metres, from how far several looks differ on its landmarks.

    Looks agree in part on the same mistake: hence an error that stays where they agree wholly. Both numbers
    are fitted to the errors of 52 scenes with 3D truth.
    """
    variance = joint_support(joint_names, landmark_names, spread_m.square())
    return (_AGREED_ERROR_M**2 + _ERROR_PER_SPREAD**2 * variance).sqrt()


def joint_support(
    joint_names: Sequence[str], landmark_names: Sequence[str], weight: Float[Tensor, "b n"]
) -> Float[Tensor, "b j"]:
    """Weights in [0, 1] of a body's joints, given those of the landmarks."""
    means = torch.zeros(len(landmark_names), len(joint_names), dtype=weight.dtype)
    for j, joint in enumerate(joint_names):
        side = "right" if joint.startswith("right") else "left"
        wanted = _SEEN_BY[joint.replace("right", "left")]
        if side == "right":
            wanted = tuple(name.replace("left", "right") for name in wanted)
        rows = [landmark_names.index(name) for name in wanted if name in landmark_names]
        means[rows, j] = 1.0 / max(1, len(rows))
    return weight @ means

"""Tables for the bake: bone names, heights and builds, the curl of a hand, ranges of motion."""

JOINTS = tuple(
    "pelvis left_hip right_hip spine1 left_knee right_knee spine2 left_ankle right_ankle spine3 left_foot "
    "right_foot neck left_collar right_collar head left_shoulder right_shoulder left_elbow right_elbow "
    "left_wrist right_wrist left_hand right_hand".split()
)
PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21)

# Mean and standard deviation of adult stature, men then women, metres.
HEIGHTS_M = ((1.76, 0.07), (1.63, 0.065))
CHILD_HEIGHT_M = 1.10  # about six years

# Adult builds: for each parameter of anny (phenotypes and local changes) its mean and the coefficients of
# independent normal variates: fat, leg length, arm length, frame, muscle, and a variate of its own.
BUILDS = {
    "weight": (0.72, (0.19, 0, 0, 0, 0, 0.06)),
    "muscle": (0.46, (-0.05, 0, 0, 0, 0.14, 0)),
    "proportions": (0.5, (0, 0, 0, 0, 0, 0.12)),
    "upperlegs-height-incr": (0.0, (0, 0.18, 0, 0, 0, 0.08)),
    "lowerlegs-height-incr": (0.0, (0, 0.18, 0, 0, 0, 0.08)),
    "measure-upperarm-length-incr": (0.05, (0, 0.08, 0.14, 0, 0, 0.06)),
    "measure-lowerarm-length-incr": (0.05, (0, 0.08, 0.14, 0, 0, 0.06)),
    "measure-shoulder-dist-incr": (0.0, (0, 0, 0, 0.25, 0.05, 0.10)),
    "torso-scale-horiz-incr": (0.0, (0.08, 0, 0, 0.15, 0, 0.05)),
    "hip-scale-horiz-incr": (0.0, (0.08, 0, 0, 0.15, 0, 0.10)),
    "hip-scale-depth-incr": (0.0, (0.15, 0, 0, 0, 0, 0.05)),
    "torso-scale-depth-incr": (0.0, (0.12, 0, 0, 0.05, 0, 0.05)),
    "stomach-pregnant-incr": (0.05, (0.18, 0, 0, 0, 0, 0.10)),
    "measure-waist-circ-incr": (0.05, (0.30, 0, 0, 0, 0, 0.10)),
    "measure-bust-circ-incr": (0.0, (0.12, 0, 0, 0, 0, 0.08)),
    "measure-thigh-circ-incr": (0.0, (0.20, 0, 0, 0, 0, 0.10)),
    "measure-upperarm-circ-incr": (0.0, (0.20, 0, 0, 0, 0.05, 0.05)),
    "measure-calf-circ-incr": (0.0, (0.10, 0, 0, 0, 0.05, 0.05)),
}

# Flexion of each phalanx relative to the previous one: a relaxed hand, half closed.
CURL_DEG = (32.0, 38.0, 28.0)
THUMB_DEG = (14.0, 12.0, 18.0)
# The same of fingers about a rod of 3 cm, what the thumb then turns across the palm, and how far the hands of
# the baked steps are closed.
FIST_CURL_DEG = (62.0, 80.0, 52.0)
FIST_THUMB_DEG = (20.0, 24.0, 28.0)
CLOSED = (0.5, 1.0)

_CENTRE = {
    "root": "pelvis",
    "pelvis": "pelvis",
    "spine05": "pelvis",
    "spine04": "spine1",
    "spine03": "spine1",
    "spine02": "spine2",
    "spine01": "spine3",
    "neck01": "neck",
    "neck02": "neck",
    "neck03": "neck",
    "head": "head",
    "eye": "head",
}
_LIMB = (
    ("upperleg", "hip"),
    ("lowerleg", "knee"),
    ("foot", "ankle"),
    ("toe", "foot"),
    ("clavicle", "collar"),
    ("shoulder", "collar"),
    ("upperarm", "shoulder"),
    ("lowerarm", "elbow"),
    ("wrist", "wrist"),
    ("metacarpal", "wrist"),
    ("finger1", "wrist"),
    ("finger", "hand"),
)
_PIVOT = {
    "hip": ("upperleg01",),
    "knee": ("lowerleg01",),
    "ankle": ("foot",),
    "foot": tuple(f"toe{k}-1" for k in range(1, 6)),
    "collar": ("clavicle",),
    "shoulder": ("upperarm01",),
    "elbow": ("lowerarm01",),
    "wrist": ("wrist",),
    "hand": tuple(f"finger{k}-1" for k in range(2, 6)),
}
_CENTRE_PIVOT = {
    "pelvis": "root",
    "spine1": "spine04",
    "spine2": "spine02",
    "spine3": "spine01",
    "neck": "neck01",
    "head": "head",
}

_CENTRE_PART = {"pelvis": "hips", "spine1": "spine", "spine2": "spine1", "spine3": "spine2"}
_LIMB_PART = {
    "hip": "UpLeg",
    "knee": "Leg",
    "ankle": "Foot",
    "foot": "ToeBase",
    "collar": "Shoulder",
    "shoulder": "Arm",
    "elbow": "ForeArm",
    "wrist": "Hand",
    "hand": "HandIndex1",
}


def joint_of_bone(bone: str) -> str:
    """The joint that a bone's skin follows (the thumb goes with the palm)."""
    stem, _, side = bone.partition(".")
    if stem in _CENTRE:
        return _CENTRE[stem]
    name = next(joint for prefix, joint in _LIMB if stem.startswith(prefix))
    return ("left_" if side == "L" else "right_") + name


def part_of_bone(bone: str) -> str:
    """The body part that a bone's skin belongs to (the thumb with the fingers)."""
    side, _, limb = joint_of_bone(bone).partition("_")
    if not limb:
        return _CENTRE_PART.get(side, side)
    return side + _LIMB_PART["hand" if bone.startswith("finger1") else limb]


def pivot_bones(joint: str) -> list[str]:
    """Bones whose heads average to a joint."""
    if joint in _CENTRE_PIVOT:
        return [_CENTRE_PIVOT[joint]]
    side, _, limb = joint.partition("_")
    return [f"{bone}.{side[0].upper()}" for bone in _PIVOT[limb]]


# Ranges of motion: rotation vector away from the T-pose (radians), low and high for x, y, z; the axes
# are the body's (x left, y up, z forward). Left side; the right mirrors it: (x, y, z) -> (x, -y, -z).
JOINT_LIMITS = {
    "pelvis": ((0, 0), (0, 0), (0, 0)),  # the root turns in cam_from_body
    "spine1": ((-0.35, 0.75), (-0.4, 0.4), (-0.35, 0.35)),  # +x bends forward
    "spine2": ((-0.3, 0.6), (-0.4, 0.4), (-0.35, 0.35)),
    "spine3": ((-0.3, 0.5), (-0.4, 0.4), (-0.3, 0.3)),
    "neck": ((-0.5, 0.6), (-0.7, 0.7), (-0.4, 0.4)),
    "head": ((-0.5, 0.5), (-0.7, 0.7), (-0.4, 0.4)),
    "hip": ((-2.3, 0.6), (-0.9, 0.9), (-0.6, 1.1)),  # -x lifts the thigh, +z spreads
    "knee": ((-0.05, 2.6), (-0.2, 0.2), (-0.15, 0.15)),  # +x bends
    "ankle": ((-0.6, 0.9), (-0.5, 0.5), (-0.4, 0.4)),  # +x points the foot down
    "foot": ((-0.7, 0.5), (-0.1, 0.1), (-0.1, 0.1)),
    "collar": ((-0.35, 0.35), (-0.45, 0.35), (-0.25, 0.6)),
    "shoulder": ((-1.6, 1.6), (-2.2, 0.9), (-1.7, 1.5)),  # -z lowers the arm, -y swings it forward
    "elbow": ((-1.5, 1.5), (-2.6, 0.05), (-0.2, 0.2)),  # -y bends, x turns the forearm
    "wrist": ((-0.6, 0.6), (-0.5, 0.5), (-1.2, 1.2)),  # -z bends towards the palm
    "hand": ((-0.2, 0.2), (-0.2, 0.2), (-0.4, 0.4)),
}

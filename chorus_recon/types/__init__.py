"""Data types: every array that crosses a stage is a field of one of these frozen dataclasses.

Frames: `pixel` (u right, v down, origin at the image's top-left corner, so pixel (0, 0) has its
centre at (0.5, 0.5)); `cam` (OpenCV: x right, y down, z forward); `body` (the body model's root
frame: y up, z forward, x to the person's left, origin at the pelvis joint, root rotation zero);
`canon` (the same axes, mean shape, canonical "star" pose); `object` (the shape's own frame, y up,
origin at the centre of its bounding box); `world` (y up along the vertical, the floor at y = 0).
Lengths are metres, angles radians, masks in [0, 1].
A transform named `a_from_b` takes coordinates in b to coordinates in a.
"""

from chorus_recon.types.people import (
    JOINT_NAMES,
    KNOWN_SCALE,
    BodyParams,
    BodyRig,
    Hand,
    HumanEstimate,
    Keypoints,
    PosedBody,
)
from chorus_recon.types.photos import (
    Camera,
    DepthCheck,
    DepthMap,
    Detection,
    Evidence,
    Mask,
    Photo,
    Rigid,
    Similarity,
)
from chorus_recon.types.pictures import Observation, Prompt, Reason, Rejected, Shot, SynthImage
from chorus_recon.types.priors import (
    ALL,
    AxisField,
    OccupancyPrior,
    OccupancyTally,
    PapScore,
    PlacementSeed,
    PosedField,
    PriorSet,
    TypicalPoses,
    Use,
    ViewBins,
    VoxelGrid,
)
from chorus_recon.types.results import (
    UNSURE_BELOW,
    Anchor,
    Considered,
    Contact,
    Exporter,
    Losses,
    ObjectShape,
    Placement,
    Reconstruction,
    UpWitness,
    World,
    register_exporter,
)

__all__ = [
    "ALL",
    "JOINT_NAMES",
    "KNOWN_SCALE",
    "UNSURE_BELOW",
    "Anchor",
    "AxisField",
    "BodyParams",
    "BodyRig",
    "Camera",
    "Considered",
    "Contact",
    "DepthCheck",
    "DepthMap",
    "Detection",
    "Evidence",
    "Exporter",
    "Hand",
    "HumanEstimate",
    "Keypoints",
    "Losses",
    "Mask",
    "ObjectShape",
    "Observation",
    "OccupancyPrior",
    "OccupancyTally",
    "PapScore",
    "Photo",
    "Placement",
    "PlacementSeed",
    "PosedBody",
    "PosedField",
    "PriorSet",
    "Prompt",
    "Reason",
    "Reconstruction",
    "Rejected",
    "Rigid",
    "Shot",
    "Similarity",
    "SynthImage",
    "TypicalPoses",
    "UpWitness",
    "Use",
    "ViewBins",
    "VoxelGrid",
    "World",
    "register_exporter",
]

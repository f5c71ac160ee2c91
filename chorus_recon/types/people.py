"""The person: body parameters, posed bodies, landmarks and estimates."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int
from torch import Tensor

from chorus_recon.types.photos import Camera, Rigid

UNKNOWN_SCALE = 0.08  # relative standard deviation of a person's size that only a photo tells
KNOWN_SCALE = 0.01  # of a standing height that the user gives
ADULT_HEIGHT = "an adult's sizes"
GIVEN_HEIGHT = "given"
OBJECT_HEIGHT = "the object's size"
GUESSED_BELOW = 0.2  # of a joint's confidence
JOINT_NAMES: tuple[str, ...] = tuple(
    "pelvis left_hip right_hip spine1 left_knee right_knee spine2 left_ankle right_ankle spine3 left_foot "
    "right_foot neck left_collar right_collar head left_shoulder right_shoulder left_elbow right_elbow "
    "left_wrist right_wrist left_hand right_hand".split()
)


@dataclass(frozen=True, slots=True)
class PosedBody:
    """A body mesh in the camera's frame.

    Attributes:
        vertices: metres, cam.
        faces: indices of the vertices of each triangle.
        joints: the 24 of `JOINT_NAMES`, metres, cam.
        cam_from_canon: takes canonical space (mean shape, star pose) to cam, with one rigid transform per
            joint, which maps the canonical joint to the person's joint without scaling.
    """

    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    joints: Float[Tensor, "j 3"]
    cam_from_canon: Float[Tensor, "j 4 4"]


@dataclass(frozen=True, slots=True)
class BodyRig:
    """What moves the mesh of a body.

    Attributes:
        joint_names: of the 24 joints.
        parents: the index of each joint's parent, which comes before it; -1 for the root.
        skin_weights: how far each joint moves each vertex; rows sum to 1.
        pelvis_m: the pelvis joint of the person's shape in the frame of the model's makers; zero where that
            is the body frame.
    """

    joint_names: tuple[str, ...]
    parents: tuple[int, ...]
    skin_weights: Float[Tensor, "v j"]
    pelvis_m: Float[Tensor, " 3"]


@dataclass(frozen=True, slots=True)
class BodyParams:
    """The parameters of a person's body.

    Attributes:
        model: the body that they are of.
        shape: coefficients of the body's shape, in standard deviations for bodies of the SMPL family.
        pose: local joint rotations; the root's is the identity.
        cam_from_body: the root's rotation, and its position in metres.
        mesh: the person as posed by another library, for a body that this package does not pose itself.
        closed: how far the left and the right hand of the mesh are closed, from 0 (relaxed) to 1 (a fist).
            Joints do not depend on it, and only the embedded body uses it.
        mannequin: whether the mesh has the neutral surface of a mannequin, as results have. Joints do not
            depend on it, and only the embedded body uses it.
    """

    model: str
    shape: Float[Tensor, " s"]
    pose: Float[Tensor, "j 3 3"]
    cam_from_body: Rigid
    mesh: PosedBody | None = None
    closed: tuple[float, float] = (0.0, 0.0)
    mannequin: bool = False


@dataclass(frozen=True, slots=True)
class Keypoints:
    """Landmarks of a person.

    Attributes:
        names: of the landmarks.
        points_px: in the photo, pixels.
        visibility: the network's, [0, 1].
        points_m: metres from the middle of the hips, axes of cam; None where only pixels are known.
        spread_m: root mean square difference between repeated detections; None for a single detection.
    """

    names: tuple[str, ...]
    points_px: Float[Tensor, "k 2"]
    visibility: Float[Tensor, " k"]
    points_m: Float[Tensor, "k 3"] | None = None
    spread_m: Float[Tensor, " k"] | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """One hand of a person, as a hand network reads it from the photo.

    The 21 landmarks are MediaPipe's: 0 the wrist, then four a finger from its root to its tip, thumb first
    (5, 9, 13, 17 are the knuckles). Single fingers are coarse; the palm is what to go by.

    Attributes:
        side: "left" or "right", of the person.
        presence: the network's probability of a hand, [0, 1].
        side_probability: its probability that the hand is of this side, [0, 1].
        points_px: pixels of the photo.
        points_m: metres, from the wrist, with cam's axes (x right, y down, z forward).
        palm: the direction that the palm faces, a unit vector in cam.
        grip: along the knuckles, from the little to the index finger, a unit vector in cam.
        closed: 0 with straight fingers, 1 for a fist.
    """

    side: str
    presence: float
    side_probability: float
    points_px: Float[Tensor, "21 2"]
    points_m: Float[Tensor, "21 3"]
    palm: Float[Tensor, " 3"]
    grip: Float[Tensor, " 3"]
    closed: float

    @property
    def confidence(self) -> float:
        """How far to believe the hand, [0, 1]: it is one, and of this side."""
        return self.presence * self.side_probability


@dataclass(frozen=True, slots=True)
class HumanEstimate:
    """One person of a photo; every person of a photo shares one camera.

    Attributes:
        body: the body's parameters.
        camera: of the photo.
        keypoints: the landmarks that the body was fitted to.
        box_px: (x0, y0, x1, y1) in pixels.
        residual_px: the visibility-weighted median reprojection error of the landmarks.
        joint_confidence: how far the photo supports each joint, [0, 1] (0: pose prior only).
        joint_sigma_m: the expected error of each joint's position relative to the body's middle (root mean
            square over 3D); None where it is unknown.
        scale_sigma: the relative standard deviation of an adult's size, and with it of every length and
            distance of the result. A photo does not tell a child from an adult.
        hands: those that were found, at most one a side; () from a backend that does not look for hands.
        height_from: what tells the standing height: `ADULT_HEIGHT`, `GIVEN_HEIGHT` or `OBJECT_HEIGHT`.
        alpha: the pose network's own mask of the person; None from a backend without one. It is coarser than
            a segmenter's, and rarely includes what the person holds or sits on.
    """

    body: BodyParams
    camera: Camera
    keypoints: Keypoints
    box_px: Float[Tensor, " 4"]
    residual_px: float
    joint_confidence: Float[Tensor, " j"]
    joint_sigma_m: Float[Tensor, " j"] | None = None
    scale_sigma: float = UNKNOWN_SCALE
    hands: tuple[Hand, ...] = ()
    height_from: str = ADULT_HEIGHT
    alpha: Float[Tensor, "h w"] | None = None

    @property
    def guessed(self) -> Bool[Tensor, " j"]:
        """The joints that the photo does not show: the pose prior decides them."""
        return self.joint_confidence < GUESSED_BELOW

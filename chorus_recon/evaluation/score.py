"""Score one prediction against what is known to be true of its item."""

from dataclasses import asdict, dataclass, replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.evaluation import body_metrics, metrics
from chorus_recon.evaluation.contact_transfer import ContactTransfer, part_score
from chorus_recon.evaluation.registration import Registrations
from chorus_recon.evaluation.truth import Mesh, Truth
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import scaled
from chorus_recon.geometry.rotations.angles import angle_deg, rotation_deg
from chorus_recon.geometry.stature import stature_m
from chorus_recon.types import Camera, Placement, Reconstruction, Similarity

MAX_SIDE_PX = 1024  # masks are compared at most this large: more changes the third digit and costs seconds
BEST_OF = 5
_CONTACTS = ContactTransfer()
_REGISTRATIONS = Registrations()


@dataclass(frozen=True, slots=True)
class Masks:
    """Outlines of a scene: `human` are its visible pixels, `object` those with the human taken away."""

    human: Bool[Tensor, "h w"]
    object: Bool[Tensor, "h w"] | None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is scored, in cam. `objects` are the ranked answers; `rotations` their cam_from_object.

    `rest` is the best answer in its own axes, to which `rotations` refer; None if these are the true axes.
    `up_cam` is the up direction.
    """

    masks: Masks | None
    probability: float | None
    human: Mesh | None
    joints: Float[Tensor, "j 3"] | None
    objects: tuple[Mesh, ...]
    rotations: tuple[Float[Tensor, "3 3"], ...]
    height_m: float | None = None
    rest: Mesh | None = None
    up_cam: Float[Tensor, " 3"] | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """One row; None where it cannot be scored. Fields are the columns of scores.csv, but for the last two."""

    item: str
    category: str
    status: str
    reason: str = ""
    human_iou: float | None = None
    object_iou: float | None = None
    probability: float | None = None
    pap: float | None = None
    pap_strict: float | None = None
    pap_hoa: float | None = None
    pap_strict_hoa: float | None = None
    pap_hoa_posed: float | None = None
    pap_strict_hoa_posed: float | None = None
    cd_object_joint_cm: float | None = None
    cd_human_joint_cm: float | None = None
    cd_object_human_cm: float | None = None
    best5_cd_object_human_cm: float | None = None
    rotation_deg: float | None = None
    flipped: bool | None = None
    translation_cm: float | None = None
    size_error: float | None = None
    contact_precision: float | None = None
    contact_recall: float | None = None
    contact_f1: float | None = None
    collision: float | None = None
    seconds: float | None = None
    mpjpe_cm: float | None = None
    pa_mpjpe_cm: float | None = None
    wrist_cm: float | None = None
    trunk_deg: float | None = None
    head_deg: float | None = None
    lean_deg: float | None = None
    height_error: float | None = None
    girth_error: float | None = None
    contact_part_f1: float | None = None
    up_deg: float | None = None
    named: str | None = None
    named_right: str | None = None
    named_probability: float | None = None
    collision_depth_cm: float | None = None
    contact_predicted: bool | None = None


def predicted(result: Reconstruction, renderer: Renderer) -> Prediction:
    """What a reconstruction claims, in the terms that truth is told in."""
    human = Mesh(result.body.vertices, result.body.faces)
    objects = tuple(Mesh(p.vertices, p.shape.faces) for p in result.placements[:BEST_OF])
    return Prediction(
        rendered(human, objects[0] if objects else None, _fitting(result.camera), renderer),
        result.placements[0].probability if result.placements else None,
        human,
        result.body.joints,
        objects,
        tuple(p.cam_from_object.rotation for p in result.placements[:BEST_OF]),
        stature_m(result.body),
        _rest(result.placements[0]) if result.placements else None,
        None if result.world is None else result.world.world_from_cam[1, :3],
    )


def as_prediction(truth: Truth, renderer: Renderer) -> Prediction:
    """Truth given as the prediction, for the self-test and as an upper bound."""
    rotation = None if truth.cam_from_rest is None else _rotation(truth.cam_from_rest)
    return Prediction(
        _true_masks(truth, renderer),
        None,
        truth.human,
        truth.joints,
        () if truth.object is None else (truth.object,),
        () if rotation is None else (rotation,),
        truth.height_m,
        up_cam=truth.up_cam,
    )


def score(prediction: Prediction, truth: Truth, renderer: Renderer) -> Scores:
    """Every metric that the truth allows."""
    row = Scores(truth.item.name, truth.item.category, "ok", probability=prediction.probability)
    row = _score_masks(row, prediction, _true_masks(truth, renderer))
    row = _score_body(row, prediction, truth)
    if prediction.up_cam is not None and truth.up_cam is not None:
        row = replace(row, up_deg=angle_deg(prediction.up_cam.double(), truth.up_cam))
    if truth.object is None or not prediction.objects:
        return row
    points = [metrics.surface_points(m) for m in prediction.objects]
    true_points = metrics.surface_points(truth.object)
    row = _score_chamfer(row, prediction, truth, points, true_points)
    row = replace(
        row,
        translation_cm=round(100.0 * float((points[0].mean(0) - true_points.mean(0)).norm()), 9),
        size_error=metrics.size_error(points[0], true_points),
    )
    if truth.cam_from_rest is not None and prediction.rotations:
        turned = _turned_deg(prediction, truth, truth.cam_from_rest)
        row = replace(row, rotation_deg=turned, flipped=turned > metrics.FLIP_DEG)
    return _score_contact(row, prediction, truth, points[0], true_points)


def rendered(human: Mesh, thing: Mesh | None, camera: Camera, renderer: Renderer) -> Masks:
    """Which pixels each of the two meshes wins."""
    vertices, faces = human.vertices, human.faces
    if thing is not None:
        faces = torch.cat([faces, thing.faces + len(vertices)])
        vertices = torch.cat([vertices.double(), thing.vertices.double()])
    face = renderer.render(vertices.float(), faces, camera).face
    first = len(human.faces)
    return Masks((face >= 0) & (face < first), None if thing is None else face >= first)


def human_alignment(prediction: Prediction, truth: Truth) -> Similarity | None:
    """true_from_predicted by the human alone.

    Vertices where both meshes have the same topology; the 24 joints where they do not (truth told
    with another body); None where neither corresponds.
    """
    pairs = _human_pairs(prediction, truth)
    return None if pairs is None else metrics.procrustes(*pairs)


def joint_alignment(prediction: Prediction, truth: Truth) -> Similarity | None:
    """true_from_predicted by human and object together.

    Vertices of both where both correspond. Where the human has only joints, they weigh together as
    the true human's vertices would; where the object's topology differs, its surface's mean weighs as
    the true object's vertices would.
    """
    pairs = _human_pairs(prediction, truth)
    if pairs is None or truth.object is None:
        return None
    mine, true = prediction.objects[0], truth.object
    if _alike(mine, true):
        object_pair = (mine.vertices.double(), true.vertices.double())
    else:
        object_pair = tuple(metrics.surface_points(m).mean(0)[None] for m in (mine, true))
    human_mass = len(truth.human.vertices) if truth.human is not None else len(pairs[0])
    weights = torch.cat([_share(len(pairs[0]), human_mass), _share(len(object_pair[0]), len(true.vertices))])
    source = torch.cat([pairs[0], object_pair[0]])
    return metrics.procrustes(source, torch.cat([pairs[1], object_pair[1]]), weights)


def _score_masks(row: Scores, prediction: Prediction, true: Masks | None) -> Scores:
    mine = prediction.masks
    if mine is None or true is None:
        return row
    nothing = torch.zeros_like(true.human)
    person, true_person = (_resized(m.human, true.human.shape) for m in (mine, true))
    thing = nothing if mine.object is None else _resized(mine.object, true.human.shape)
    true_thing = nothing if true.object is None else true.object
    true_person = true_person & ~true_thing  # outlines drawn by hand give what is held to both
    row = replace(row, human_iou=metrics.mask_iou(person, true_person, thing | true_thing))
    if mine.object is None or true.object is None:
        return row
    return replace(row, object_iou=metrics.mask_iou(thing, true_thing, person | true_person))


def _score_body(row: Scores, prediction: Prediction, truth: Truth) -> Scores:
    """Joints, stature and girth, where the truth has them."""
    if prediction.joints is not None and truth.joints is not None:
        row = replace(row, **asdict(body_metrics.joint_errors(prediction.joints, truth.joints)))
    if prediction.height_m is None or truth.height_m is None:
        return row
    row = replace(row, height_error=prediction.height_m / truth.height_m - 1)
    if prediction.human is None or truth.human is None:
        return row
    girths = [
        body_metrics.girth(mesh, height_m)
        for mesh, height_m in ((prediction.human, prediction.height_m), (truth.human, truth.height_m))
    ]
    return replace(row, girth_error=girths[0] / girths[1] - 1)


def _score_chamfer(
    row: Scores,
    prediction: Prediction,
    truth: Truth,
    points: list[Float[Tensor, "n 3"]],
    true_points: Float[Tensor, "n 3"],
) -> Scores:
    by_human, by_both = human_alignment(prediction, truth), joint_alignment(prediction, truth)
    if by_human is not None:
        errors = [metrics.chamfer_cm(transforms.apply(by_human, p), true_points) for p in points]
        row = replace(row, cd_object_human_cm=errors[0], best5_cd_object_human_cm=min(errors))
    if by_both is not None:
        cd = metrics.chamfer_cm(transforms.apply(by_both, points[0]), true_points)
        row = replace(row, cd_object_joint_cm=cd)
        if prediction.human is not None and truth.human is not None:
            human, true_human = (metrics.surface_points(m) for m in (prediction.human, truth.human))
            cd = metrics.chamfer_cm(transforms.apply(by_both, human), true_human)
            row = replace(row, cd_human_joint_cm=cd)
    return row


def _score_contact(
    row: Scores,
    prediction: Prediction,
    truth: Truth,
    points: Float[Tensor, "n 3"],
    true_points: Float[Tensor, "n 3"],
) -> Scores:
    """Contact needs corresponding body vertices or joints, collision only the predicted meshes."""
    if prediction.human is None:
        return row
    share, depth = metrics.collision(points, prediction.human)
    touched = metrics.contact_vertices(prediction.human.vertices, points)
    row = replace(row, collision=share, collision_depth_cm=depth, contact_predicted=bool(touched.any()))
    if truth.human is None:
        return row
    truly = metrics.contact_vertices(truth.human.vertices, true_points)
    if prediction.joints is not None and truth.joints is not None:
        carried = _CONTACTS.carry(prediction.human, prediction.joints, touched)
        carried_truly = _CONTACTS.carry(truth.human, truth.joints, truly)
        parts = part_score(_CONTACTS.parts(carried), _CONTACTS.parts(carried_truly))
        row = replace(row, contact_part_f1=parts.f1)
        if not _alike(prediction.human, truth.human):
            touched, truly = carried, carried_truly
    elif not _alike(prediction.human, truth.human):
        return row
    contact = metrics.contact_score(touched, truly)
    return replace(
        row, contact_precision=contact.precision, contact_recall=contact.recall, contact_f1=contact.f1
    )


def _turned_deg(prediction: Prediction, truth: Truth, cam_from_rest: Float[Tensor, "4 4"]) -> float:
    """Rotation error of the best answer in the true axes; the least over equally good registrations."""
    mine, true = prediction.rotations[0].double(), _rotation(cam_from_rest)
    turns = torch.eye(3, dtype=torch.float64)[None]
    if prediction.rest is not None and truth.rest is not None:
        turns = _REGISTRATIONS.turns(prediction.rest, truth.rest)
    return min(rotation_deg(mine @ turn.mT, true, truth.symmetry) for turn in turns)


def _rest(placement: Placement) -> Mesh:
    """The placed shape, with its shape code, in its own axes, metres."""
    shape = placement.shape
    vertices = shape.vertices + torch.einsum("m,mvc->vc", placement.shape_code, shape.modes)
    return Mesh(vertices.double(), shape.faces)


def _true_masks(truth: Truth, renderer: Renderer) -> Masks | None:
    """The given masks, or those of the true meshes under the true camera."""
    person, thing = truth.person_mask, truth.object_mask
    if person is None and truth.human is not None and truth.object is not None and truth.camera is not None:
        return rendered(truth.human, truth.object, _fitting(truth.camera), renderer)
    if person is None:
        return None
    size = _fitting_size(person.shape[1], person.shape[0])
    return Masks(_resized(person > 0.5, size), None if thing is None else _resized(thing > 0.5, size))


def _human_pairs(
    prediction: Prediction, truth: Truth
) -> tuple[Float[Tensor, "n 3"], Float[Tensor, "n 3"]] | None:
    if prediction.human is not None and truth.human is not None and _alike(prediction.human, truth.human):
        return prediction.human.vertices.double(), truth.human.vertices.double()
    if prediction.joints is not None and truth.joints is not None:
        return prediction.joints.double(), truth.joints.double()
    return None


def _alike(a: Mesh, b: Mesh) -> bool:
    return len(a.vertices) == len(b.vertices) and torch.equal(a.faces.long(), b.faces.long())


def _share(count: int, mass: int) -> Float[Tensor, " n"]:
    return torch.full((count,), mass / count, dtype=torch.float64)


def _rotation(cam_from_rest: Float[Tensor, "4 4"]) -> Float[Tensor, "3 3"]:
    """The rotation of an affine matrix, its scale taken out."""
    linear = cam_from_rest[:3, :3].double()
    return linear / torch.linalg.det(linear).abs() ** (1 / 3)


def _fitting(camera: Camera) -> Camera:
    return scaled(camera, min(1.0, MAX_SIDE_PX / max(camera.size_px)))


def _fitting_size(width: int, height: int) -> tuple[int, int]:
    factor = min(1.0, MAX_SIDE_PX / max(width, height))
    return max(1, round(height * factor)), max(1, round(width * factor))


def _resized(mask: Bool[Tensor, "h w"], size: tuple[int, ...]) -> Bool[Tensor, "r c"]:
    """Area-averaged to (rows, columns), set where at least half is covered."""
    if tuple(mask.shape) == tuple(size):
        return mask
    small = torch.nn.functional.interpolate(mask[None, None].float(), size=tuple(size), mode="area")
    return small[0, 0] >= 0.5

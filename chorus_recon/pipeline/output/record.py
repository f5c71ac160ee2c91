"""The content of reconstruction.json as a plain dict (docs/conventions.md)."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from chorus_recon.geometry import transforms
from chorus_recon.geometry.stature import JOINT_NAMES, stature_m
from chorus_recon.io import category_names
from chorus_recon.pipeline.gravity.world import world_of
from chorus_recon.types import (
    CONTACT_M,
    NEAR_M,
    Camera,
    DepthCheck,
    Hand,
    HumanEstimate,
    Placement,
    PosedBody,
    PriorSet,
    Reconstruction,
    Use,
    World,
)

SCHEMA_VERSION = 1
FRAME = (
    "cam: OpenCV axes (x right, y down, z forward), origin at the camera, metres; "
    "pixels from the image's top-left corner, so pixel (0, 0) has its centre at (0.5, 0.5); "
    "a_from_b takes coordinates in b to coordinates in a; rotations are 3x3, row by row. "
    "PLY, OBJ and GLB files are in world (y up, floor at y = 0): world.world_from_cam carries cam to it."
)


def record(reconstruction: Reconstruction) -> dict[str, Any]:
    """Everything but the meshes, as strict JSON values: a number that is not finite becomes null."""
    r = reconstruction
    return plain(
        {
            "schema_version": SCHEMA_VERSION,
            "frame": FRAME,
            "photo": {
                "path": r.photo.url or _path(r.photo.source),
                "sha256": r.photo.sha256 or None,
                "size_px": r.photo.size_px,
                "note": r.photo.note,
            },
            "options": r.options,
            "camera": {**_camera(r.camera), "focal_from": r.focal_from or None},
            "world": _world(world_of(r)),
            **_part(r),
            "others": [_part(other) for other in r.others],
            "considered": [
                {
                    "category": c.category,
                    "probability": c.probability,
                    "person": c.person,
                    "box_px": c.box_px,
                }
                for c in r.considered
            ],
            "nothing_used_probability": r.nothing if r.considered or r.nothing else None,
            "depth": None if r.depth is None else _depth(r.depth),
            "warnings": r.warnings,
            "seconds": r.seconds,
            "seed": r.seed,
            "prior": None if r.prior is None else _prior(r.prior),
            "versions": r.versions,
            "licences": r.licences,
        }
    )


def _part(r: Reconstruction) -> dict[str, Any]:
    """A person and the thing that they use."""
    placed = [_placement(p, r.category) for p in r.placements]
    return {
        "person": r.person,
        "human": _human(r.human, r.body),
        "status": r.status,
        "category": r.category or None,
        "object": {**_named(r), **placed[0]} if placed else None,
        "alternatives": placed[1:],
    }


def _named(r: Reconstruction) -> dict[str, Any]:
    return {"category": r.category, "category_probability": r.category_probability}


def plain(value: Any) -> Any:
    """Tensors, tuples and numbers as JSON values with the seven digits that float32 carries."""
    if isinstance(value, Tensor):
        listed = value.tolist()  # integers are plain already: a fine mesh has many vertices in contact
        return plain(listed) if value.is_floating_point() else listed
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def object_extent_m(placement: Placement) -> Tensor:
    """Size along the object's own axes, metres, as placed."""
    code = placement.shape_code.to(placement.shape.modes)
    rest = placement.shape.vertices + torch.einsum("m,mvd->vd", code, placement.shape.modes)
    return (rest.amax(0) - rest.amin(0)) * placement.cam_from_object.scale


def _path(source: Path) -> str:
    """Where the photo is; what came from memory has a name only."""
    return str(source.absolute() if source.is_file() else source)


def _camera(camera: Camera) -> dict[str, Any]:
    return {"focal_px": camera.focal_px, "center_px": camera.center_px, "size_px": camera.size_px}


def _world(world: World) -> dict[str, Any]:
    return {
        "world_from_cam": world.world_from_cam,
        "up_cam": world.world_from_cam[1, :3],
        "up_sigma_deg": world.up_sigma_deg,
        "assumed": world.assumed or None,
        "witnesses": [
            {"name": w.name, "sigma_deg": w.sigma_deg, "off_deg": w.off_deg, "belief": w.belief}
            for w in world.witnesses
        ],
    }


def _human(human: HumanEstimate, body: PosedBody) -> dict[str, Any]:
    root = human.body.cam_from_body
    return {
        "body_model": human.body.model,
        "shape": human.body.shape,
        "pose": human.body.pose,
        "hands_closed": human.body.closed,
        "cam_from_body": {"rotation": root.rotation, "translation_m": root.translation_m},
        "height_m": stature_m(body),
        "height_sigma_m": human.scale_sigma * stature_m(body),
        "height_from": human.height_from,
        "scale_sigma": human.scale_sigma,
        "joint_names": JOINT_NAMES,
        "joints_m": body.joints,
        "joint_confidence": human.joint_confidence,
        "joint_sigma_m": human.joint_sigma_m,
        "guessed_joints": [name for name, on in zip(JOINT_NAMES, human.guessed, strict=True) if on],
        "box_px": human.box_px,
        "residual_px": human.residual_px,
        "keypoints": {
            "names": human.keypoints.names,
            "points_px": human.keypoints.points_px,
            "visibility": human.keypoints.visibility,
        },
        "hands": [_hand(hand) for hand in human.hands],
    }


def _hand(hand: Hand) -> dict[str, Any]:
    return {
        "side": hand.side,
        "confidence": hand.confidence,
        "palm": hand.palm,
        "grip": hand.grip,
        "closed": hand.closed,
        "points_px": hand.points_px,
        "points_m": hand.points_m,
    }


def _placement(placement: Placement, category: str) -> dict[str, Any]:
    shape, place, losses = placement.shape, placement.cam_from_object, placement.losses
    own = shape.object_from_file
    cam_from_file = None
    if own is not None:
        cam_from_file = transforms.matrix(place).double() @ transforms.matrix(own).double()
    return {
        "probability": placement.probability,
        "silhouette_iou": placement.silhouette_iou,
        "spread_m": placement.spread_m,
        "converged": placement.converged,
        "cluster": placement.cluster,
        "use": None if placement.use is None else _use(placement.use, category),
        "template": {
            "name": shape.name,
            "source": shape.source,
            "symmetry": shape.symmetry,
            "object_from_file": None if own is None else transforms.matrix(own),
        },
        "cam_from_object": {
            "rotation": place.rotation,
            "translation_m": place.translation_m,
            "scale": place.scale,
        },
        "cam_from_file": cam_from_file,
        "shape_code": dict(zip(shape.mode_names, placement.shape_code.tolist(), strict=True)),
        "extent_m": object_extent_m(placement),
        "contacts": _contacts(placement),
        "losses": {**losses.values, "total": losses.total},
        "loss_weights": losses.weights,
    }


def _contacts(placement: Placement) -> dict[str, Any]:
    found = placement.contact
    return {
        "contact_m": CONTACT_M,
        "human_vertices": found.human_vertices,
        "object_vertices": found.object_vertices,
        "near_m": NEAR_M,
        "human_near": found.human_near,
        "object_near": found.object_near,
    }


def _use(use: Use, category: str) -> dict[str, Any]:
    return {"text": category_names.with_noun(use.text, category), "probability": use.share}


def _depth(found: DepthCheck) -> dict[str, Any]:
    return {
        "source": found.source,
        "shifts": found.shifts,
        "tolerance": found.tolerance,
        "person_scale": found.person_scale,
    }


def _prior(prior: PriorSet) -> dict[str, Any]:
    return {
        "category": prior.category,
        "clusters": [
            {"name": c.cluster, "share": c.share, "body_model": c.body_model} for c in prior.clusters
        ],
        "provenance": prior.provenance,
    }

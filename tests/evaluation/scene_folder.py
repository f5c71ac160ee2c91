"""A folder in the layouts that `eval` reads, made from the analytic world."""

import json

import torch
import trimesh
from PIL import Image

from chorus_recon.evaluation.truth import Mesh
from chorus_recon.geometry import transforms
from tests.capsules import box


def write_scene(folder, world, **changes):
    """One scene with 3D truth; `changes` replace or (None) drop keys of truth.json."""
    folder.mkdir(parents=True)
    _save_photo(folder / "photo.png", world)
    _save_mask(folder / "person_mask.png", world.human_mask)
    _save_mask(folder / "object_mask.png", world.object_mask)
    for name, vertices, faces in (
        ("human", world.body.vertices, world.body.faces),
        ("object", world.object_vertices, world.shape.faces),
        ("rest", world.shape.vertices, world.shape.faces),
    ):
        mesh = trimesh.Trimesh(vertices.numpy(), faces.numpy(), process=False)
        mesh.export(folder / f"{name}.ply")
    camera = world.camera
    truth = {
        "category": world.category,
        "camera": {
            "focal_px": camera.focal_px.tolist(),
            "center_px": camera.center_px.tolist(),
            "size_px": list(camera.size_px),
        },
        "human": {"mesh": "human.ply", "height_m": 1.7, "joints_m": world.body.joints.tolist()},
        "object": {
            "mesh": "object.ply",
            "rest_mesh": "rest.ply",
            "cam_from_rest": transforms.matrix(world.cam_from_object).tolist(),
            "symmetry": "none",
        },
        "masks": {"person": "person_mask.png", "object": "object_mask.png"},
    } | changes
    truth = {key: value for key, value in truth.items() if value is not None}
    (folder / "truth.json").write_text(json.dumps(truth))
    return folder


def write_photo(folder, world, name="man"):
    """One photo with masks beside it, in a folder named by the category."""
    folder.mkdir(parents=True, exist_ok=True)
    _save_photo(folder / f"{name}.png", world)
    _save_mask(folder / f"{name}.person_mask.png", world.human_mask)
    _save_mask(folder / f"{name}.object_mask.png", world.object_mask)


def wedge_mesh():
    """Three joined boxes, all different: no rotation but the identity leaves it unchanged."""
    parts = []
    for size, at in (
        ((0.9, 0.1, 0.2), (0.45, 0.0, 0.0)),
        ((0.1, 0.5, 0.2), (0.0, 0.25, 0.0)),
        ((0.1, 0.1, 0.4), (0.9, 0.0, 0.3)),
    ):
        vertices, faces = box(size)
        parts.append((vertices + torch.tensor(at), faces))
    count, vertices, faces = 0, [], []
    for own, triangles in parts:
        vertices.append(own)
        faces.append(triangles + count)
        count += len(own)
    return Mesh(torch.cat(vertices).double(), torch.cat(faces))


def _save_photo(path, world):
    Image.fromarray(world.photo.rgb.numpy()).save(path)


def _save_mask(path, mask):
    Image.fromarray((mask.alpha * 255).to(torch.uint8).numpy()).save(path)

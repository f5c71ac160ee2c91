"""Make path-traced scenes with 3D truth, in the layout that `chorus-recon eval` reads.

    python tools/make_scenes.py OUT -c motorcycle -c surfboard -n 8 [--size 640x480] [--samples 16]

Picture i of a category depends on its name, i and --seed only. Complete folders are kept.
"""

import argparse
import json
import time
import zlib
from pathlib import Path

import numpy as np
import torch
import trimesh
from PIL import Image

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.rendered import source as rendered_photos
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.geometry import transforms
from chorus_recon.geometry.stature import stature_m
from chorus_recon.io.category_names import key
from chorus_recon.types import Prompt, Rejected, Shot

LEAST_SEEN = 0.0005  # share of the picture; an object hidden behind its user cannot be scored


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("-c", "--category", action="append", required=True)
    parser.add_argument("-n", "--count", type=int, default=4, help="pictures per category")
    parser.add_argument("--verb", default="", help="only this interaction (its name or verb)")
    parser.add_argument("--size", default="640x480")
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    config = rendered_photos.RenderedConfig((width, height), options.samples)
    source = rendered_photos.RenderedPhotos(config)
    for index in range(options.count):
        for category in options.category:
            folder = options.out / key(category) / f"{index:03d}"
            if (folder / "truth.json").exists():
                continue
            seed = zlib.crc32(f"{key(category)} {index} {options.seed}".encode())
            text = f"a person with a {category}"
            begun = time.perf_counter()
            staged = source.stage(Shot(index, Prompt(category, text, options.verb, "tool"), "", "", seed))
            if isinstance(staged, Rejected):
                print(f"{folder}: {staged.detail}")
                continue
            masks = rendered_photos.true_masks(staged)
            if masks["object"].mean() < LEAST_SEEN:
                print(f"{folder}: the {category} is hidden in this view")
                continue
            write(folder, staged, masks, category, config)
            print(f"{folder}: {staged.scene.interaction}, {time.perf_counter() - begun:.1f} s", flush=True)


def write(folder: Path, staged: rendered_photos.Staged, masks: dict, category: str, config) -> None:
    """Write a scene's files, truth.json last: a folder without it is unfinished."""
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rendered_photos.take(staged, config)).save(folder / "photo.png")
    for name, mask in masks.items():
        Image.fromarray(mask.astype(np.uint8) * 255).save(folder / f"{name}_mask.png")
    scene, body = staged.scene, DefaultBody()
    posed = body.pose(scenes.placed(scene, staged.cam_from_world))
    cam_from_rest = transforms.compose(staged.cam_from_world, scene.world_from_object)
    used, faces = scene.object_faces.unique(return_inverse=True)  # anchors are on no face
    rest = scene.object_vertices[used]
    for name, vertices, triangles in (
        ("human", posed.vertices, posed.faces),
        ("object", transforms.apply(cam_from_rest, rest), faces),
        ("rest", rest, faces),
    ):
        trimesh.Trimesh(vertices.numpy(), triangles.numpy(), process=False).export(folder / f"{name}.ply")
    truth = {
        "category": category,
        "camera": {
            "focal_px": staged.camera.focal_px.tolist(),
            "center_px": staged.camera.center_px.tolist(),
            "size_px": list(staged.camera.size_px),
        },
        "human": {"mesh": "human.ply", "height_m": stature_m(posed), "joints_m": posed.joints.tolist()},
        "object": {
            "mesh": "object.ply",
            "rest_mesh": "rest.ply",
            "cam_from_rest": transforms.matrix(cam_from_rest).tolist(),
            "symmetry": staged.shape.symmetry,
        },
        "masks": {"person": "person_mask.png", "object": "object_mask.png"},
        "up_cam": staged.cam_from_world.rotation[:, 1].tolist(),
        "interaction": scene.interaction,
    }
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()

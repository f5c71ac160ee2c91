"""Measure the embedded networks on rendered scenes: python benchmarks/rendered_photos.py DIR [--json FILE].

DIR contains scenes with 3D truth (`tools/make_scenes.py`). For each picture it prints IoU and score of the
best person, the number of false people (score > .4), pixels, IoU and score of the object when searched by
its name, the median 2D error of 12 joints as a share of the body's height, and their mean 3D error after
similarity alignment.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from PIL import Image

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.default import DefaultHuman
from chorus_recon.backends.segment.default import DefaultSegmenter
from chorus_recon.evaluation.metrics import procrustes
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import default_camera, project
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.io.images import load_photo
from chorus_recon.types import Camera, Rejected

LIMBS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
TWELVE = [JOINT_NAMES.index(f"{side}_{limb}") for limb in LIMBS for side in ("left", "right")]


def measure(folder: Path, segmenter: DefaultSegmenter, human: DefaultHuman, body: DefaultBody) -> dict:
    truth = json.loads((folder / "truth.json").read_text())
    photo = load_photo(folder / "photo.png")
    person, thing = (
        torch.from_numpy(np.asarray(Image.open(folder / truth["masks"][name])) > 127)
        for name in ("person", "object")
    )
    row = {"item": f"{folder.parent.name}/{folder.name}", "interaction": truth["interaction"]}
    people = segmenter.detect(photo, "person")
    masks = segmenter.segment(photo, people)
    ious = [iou(mask.alpha > 0.5, person) for mask in masks]
    best = int(np.argmax(ious)) if ious else -1
    row |= {
        "person_iou": max(ious, default=0.0),
        "person_score": max(
            (seen.score for seen, good in zip(people, ious, strict=True) if good > 0.5), default=0.0
        ),
        "others": sum(seen.score > 0.4 for seen, good in zip(people, ious, strict=True) if good < 0.2),
    }
    things = segmenter.detect(photo, truth["category"])
    outlines = segmenter.segment(photo, things)
    scores = [iou(mask.alpha > 0.5, thing) for mask in outlines]
    row |= {
        "object_px": int(thing.sum()),
        "object_iou": max(scores, default=0.0),
        "object_score": max(
            (seen.score for seen, good in zip(things, scores, strict=True) if good > 0.5), default=0.0
        ),
    }
    if row["person_iou"] > 0.5:
        found = human.estimate(photo, [people[best]], [masks[best]], default_camera(photo.size_px))[0]
        if not isinstance(found, Rejected):
            given = truth["camera"]
            camera = Camera(
                torch.tensor(given["focal_px"]), torch.tensor(given["center_px"]), tuple(given["size_px"])
            )
            joints = torch.tensor(truth["human"]["joints_m"])
            height_px = truth["human"]["height_m"] * given["focal_px"][0] / float(joints[0, 2])
            posed = body.pose(found.body)
            off = project(found.camera, posed.joints)[0] - project(camera, joints)[0]
            fitted = transforms.apply(procrustes(posed.joints, joints), posed.joints.double())
            row |= {
                "joints_2d": float(off[TWELVE].norm(dim=-1).median()) / height_px,
                "joints_pa_mm": 1000 * float((fitted - joints)[TWELVE].norm(dim=-1).mean()),
            }
    return row


def iou(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a & b).sum() / (a | b).sum().clamp_min(1))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenes", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    segmenter, human, body = DefaultSegmenter(), DefaultHuman(), DefaultBody()
    rows = []
    for path in sorted(options.scenes.rglob("truth.json")):
        row = measure(path.parent, segmenter, human, body)
        rows.append(row)
        print(
            "  ".join(f"{k} {v:.3f}" if isinstance(v, float) else str(v) for k, v in row.items()), flush=True
        )
    middle = lambda name: float(np.median([r[name] for r in rows if name in r]))  # noqa: E731
    print(
        f"pictures {len(rows)}, people {sum(r['person_score'] > 0.4 for r in rows)},"
        f" person IoU {middle('person_iou'):.3f}"
    )
    print(
        f"poses {sum('joints_2d' in r for r in rows)}, 12 joints {middle('joints_2d'):.3%} of height",
        end=", ",
    )
    print(f"{middle('joints_pa_mm'):.0f} mm after similarity")
    good = sum(r["object_score"] >= 0.25 and r["object_iou"] > 0.3 for r in rows)
    print(f"objects {good} (score >= .25, IoU > .3), object IoU {middle('object_iou'):.3f}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()

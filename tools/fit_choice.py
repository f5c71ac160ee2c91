"""Fit the weights of `perception/choice.py` to labelled photos, which are not shipped.

    python tools/fit_choice.py PHOTOS

PHOTOS holds `all/ID.jpg`, `labels.json` ({ID: {"objects": [[category, x0, y0, x1, y1], ...]}} with every
object of a photo) and `use.json` ({ID: [category, ...]}: what somebody in the photo plainly uses, "none"
where nothing with a bundled prior is used; several answers where several are right).

Prints the weights, and how well they do on photos that they were not fitted to (10-fold cross-validation).
The weights in the package come from 151 photos of COCO train2017 with 74 uses. The detector was trained on
these photos, so that its scores on them are a little too high.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.optimize import minimize

from chorus_recon.backends.registry import Backends, load
from chorus_recon.errors import NoPerson
from chorus_recon.geometry.boxes import pairwise_iou
from chorus_recon.geometry.camera import default_camera
from chorus_recon.io import category_names
from chorus_recon.io.images import load_photo
from chorus_recon.io.prior_files import bundled
from chorus_recon.perception.choice import WEIGHTS, distinct, features
from chorus_recon.perception.look import Chosen, look, seen_people
from chorus_recon.perception.people import choose_people
from chorus_recon.perception.things import candidate_things
from chorus_recon.types import Detection

RIDGE = 0.3  # on weights of features scaled to unit variance
SAME_IOU = 0.3  # of a detection and a labelled box of the same category
FOLDS = 10
STATED = 0.5  # probability from which an answer counts as stated


@dataclass(frozen=True, slots=True)
class Item:
    """One photo: a row of features for every pair, its category, and whether it is a right answer."""

    table: np.ndarray
    categories: list[str]
    right: np.ndarray
    answers: list[str]


def items_of(folder: Path, backends: Backends) -> Iterator[Item]:
    """The pairs of every labelled photo."""
    labels = json.loads((folder / "labels.json").read_text())
    for name, answers in json.loads((folder / "use.json").read_text()).items():
        yield item_of(folder / "all" / f"{name}.jpg", labels[name]["objects"], answers, backends)


def item_of(path: Path, objects: list, answers: list[str], backends: Backends) -> Item:
    """The pairs of one photo; without a person there are none."""
    photo, supported = load_photo(path), frozenset(bundled())

    def choose(detections: list[Detection]) -> Chosen:
        people = sorted(seen_people(detections), key=lambda d: float(d.box_px[0] + d.box_px[2]))
        things = candidate_things(detections, None, supported)
        return Chosen(people, things, choose_people(people, photo, None, things))

    camera = default_camera(photo.size_px, photo.focal_px)
    rows, categories, right = [], [], []
    try:
        seen = look(photo, backends.segmenter, backends.human, choose, camera)
    except NoPerson:
        return Item(np.zeros((0, len(WEIGHTS))), [], np.zeros(0, bool), answers)
    others = [d for d in seen.detections if d.label != "person"]
    for number, estimate in seen.estimates.items():
        for thing in distinct(candidate_things(seen.detections, None, supported)):
            row = features(thing, seen.people[number], estimate.keypoints, others)
            category = category_names.key(thing.label)
            boxes = [torch.tensor(o[1:5]).float() for o in objects if o[0] == category]
            iou = max((float(pairwise_iou(b[None], thing.box_px.float()[None])) for b in boxes), default=0.0)
            rows.append([row[name] for name in WEIGHTS])
            categories.append(category)
            right.append(category in answers and iou >= SAME_IOU)
    return Item(np.array(rows).reshape(-1, len(WEIGHTS)), categories, np.array(right, bool), answers)


def shares(weights: np.ndarray, table: np.ndarray) -> tuple[np.ndarray, float]:
    """Probabilities of the pairs and of nothing."""
    utility = np.concatenate([[0.0], weights[0] + table @ weights[1:]])
    share = np.exp(utility - utility.max())
    share /= share.sum()
    return share[1:], float(share[0])


def fit(items: list[Item]) -> np.ndarray:
    """The constant and the weights of greatest penalised likelihood."""
    scale = np.concatenate([i.table for i in items]).std(0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total = RIDGE * float((scale**2 * weights[1:] ** 2).sum())
        slope = np.concatenate([[0.0], 2 * RIDGE * scale**2 * weights[1:]])
        for item in items:
            if not len(item.table):
                continue
            share, nothing = shares(weights, item.table)
            open_end = "none" in item.answers or not item.right.any()
            good = share[item.right].sum() + nothing * open_end
            wanted = np.where(item.right, share / good, 0.0)
            total -= float(np.log(good))
            slope -= np.concatenate([[(wanted - share).sum()], (wanted - share) @ item.table])
        return total, slope

    return minimize(loss, np.zeros(1 + len(WEIGHTS)), jac=True, method="L-BFGS-B").x


def judged(weights: np.ndarray, item: Item) -> tuple[float, bool]:
    """The probability of the most probable category, and whether it is right."""
    share, _ = shares(weights, item.table)
    whole = {
        c: sum(p for p, d in zip(share, item.categories, strict=True) if d == c) for c in item.categories
    }
    best = max(whole, key=lambda c: whole[c], default="")
    return float(whole.get(best, 0.0)), best in item.answers


def main() -> None:
    """Fit, print and judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path)
    items = list(items_of(parser.parse_args().photos, load({}, "cpu")))
    weights = fit(items)
    print("constant", round(float(weights[0]), 3))
    print({name: round(float(w), 3) for name, w in zip(WEIGHTS, weights[1:], strict=True)})
    order, found = np.random.default_rng(0).permutation(len(items)), {}
    for fold in range(FOLDS):
        left_out = set(order[fold::FOLDS].tolist())
        part = fit([item for n, item in enumerate(items) if n not in left_out])
        found |= {n: judged(part, items[n]) for n in left_out}
    used = [n for n, item in enumerate(items) if "none" not in item.answers]
    stated = [n for n in found if found[n][0] >= STATED]
    print(f"{len(items)} photos, {len(used)} with a use; right: {np.mean([found[n][1] for n in used]):.2f}")
    print(f"stated at {STATED}: {len(stated)}, of these right {np.mean([found[n][1] for n in stated]):.2f}")


if __name__ == "__main__":
    main()

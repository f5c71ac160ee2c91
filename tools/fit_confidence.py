"""Fit the weights of `pipeline/placement/scoring.py` to photos and scenes with truth, which are not shipped.

    python tools/fit_confidence.py FOLDER... [--rows rows.json]

Each FOLDER is what `chorus-recon eval` reads. Every item is reconstructed with its category given. A
placement is right if its silhouette overlaps the true one with an IoU of .5 (photos with masks), or if the
object is within 15 cm of the true one, relative to the person (scenes with 3D truth). Prints the constant and
the weights, and the calibration on items that they were not fitted to (10-fold cross-validation). `--rows`
keeps what was measured, and is read again if it exists.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from chorus_recon.backends.registry import load
from chorus_recon.errors import ChorusError
from chorus_recon.evaluation.metrics import calibration_error
from chorus_recon.evaluation.score import predicted, score
from chorus_recon.evaluation.truth import find_items, read_truth
from chorus_recon.io.images import load_photo
from chorus_recon.io.prior_files import bundled
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.pipeline.placement.scoring import WEIGHTS, confidence, features
from chorus_recon.pipeline.reconstruct import reconstruct

RIGHT_IOU, RIGHT_CM = 0.5, 15.0
RIDGE = 0.5
FOLDS = 10


def measure(folders: list[Path]) -> list[dict]:
    """Features, the trust in the object's choice, and whether the best placement is right, of every item."""
    backends, rows = load({}, "cpu"), []
    for folder in folders:
        for item in find_items(folder):
            if item.category.replace(" ", "_") not in bundled():
                continue
            photo = load_photo(item.photo)
            truth = read_truth(item, photo)
            try:
                result = reconstruct(photo, ReconstructConfig(category=item.category), backends)
            except ChorusError as error:
                print(item.name, error)
                continue
            best = result.placements[0]
            scores = score(predicted(result, backends.renderer), truth, backends.renderer)
            scene = scores.cd_object_human_cm is not None
            right = (
                scores.cd_object_human_cm <= RIGHT_CM
                if scores.cd_object_human_cm is not None
                else (scores.object_iou or 0.0) >= RIGHT_IOU
            )
            trust = best.probability / max(confidence(best), 1e-6)
            rows.append({"item": item.name, "scene": scene, "right": right, "trust": trust, **features(best)})
            print(rows[-1], flush=True)
    return rows


def probabilities(weights: np.ndarray, table: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """The stated probability of each row."""
    return trust / (1 + np.exp(-(weights[0] + table @ weights[1:])))


def fit(table: np.ndarray, trust: np.ndarray, right: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The constant and the weights of greatest penalised likelihood; `count` weighs the rows."""
    scale = table.std(0)

    def loss(weights: np.ndarray) -> float:
        p = probabilities(weights, table, trust).clip(1e-6, 1 - 1e-6)
        likelihood = (count * np.where(right, np.log(p), np.log(1 - p))).sum()
        return float(RIDGE * (scale**2 * weights[1:] ** 2).sum() - likelihood)

    return minimize(loss, np.zeros(1 + table.shape[1]), method="BFGS").x


def main() -> None:
    """Measure, fit, print and judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--rows", type=Path)
    given = parser.parse_args()
    if given.rows and given.rows.exists():
        rows = json.loads(given.rows.read_text())
    else:
        rows = measure(given.folders)
        if given.rows:
            given.rows.write_text(json.dumps(rows))
    table = np.array([[row[name] for name in WEIGHTS] for row in rows])
    trust, right, scene = (np.array([row[key] for row in rows], float) for key in ("trust", "right", "scene"))
    kinds = scene > 0
    count = np.where(kinds, 0.5 / max(kinds.sum(), 1), 0.5 / max((~kinds).sum(), 1)) * len(rows)
    weights = fit(table, trust, right > 0, count)
    print("constant", round(float(weights[0]), 3))
    print({name: round(float(w), 3) for name, w in zip(WEIGHTS, weights[1:], strict=True)})
    order, p = np.random.default_rng(0).permutation(len(rows)), np.zeros(len(rows))
    for fold in range(FOLDS):
        out = order[fold::FOLDS]
        rest = np.setdiff1d(order, out)
        p[out] = probabilities(
            fit(table[rest], trust[rest], right[rest] > 0, count[rest]), table[out], trust[out]
        )
    for name, of in (("photos", ~kinds), ("scenes", kinds)):
        if of.any():
            error, brier = (
                calibration_error(p[of].tolist(), (right[of] > 0).tolist()),
                ((p - right)[of] ** 2).mean(),
            )
            print(f"{name}: {of.sum()}, right {right[of].mean():.2f}, ECE {error:.3f}, Brier {brier:.3f}")


if __name__ == "__main__":
    main()

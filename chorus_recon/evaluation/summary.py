"""Summarise scores by category: medians, means, coverage and calibration, as JSON and as a table."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from statistics import fmean, median
from typing import Any

from chorus_recon.evaluation import naming
from chorus_recon.evaluation.metrics import calibration_error, confident_half
from chorus_recon.evaluation.score import Scores

_EXTRA = ("collision_depth_cm", "contact_predicted")  # in scores.json only
COLUMNS = tuple(f.name for f in fields(Scores) if f.name not in _EXTRA)
_NOT_MEASURED = ("probability", "named", "named_right", "named_probability")
MEASURES = tuple(n for n in (*COLUMNS[4:], "collision_depth_cm") if n not in _NOT_MEASURED)

RIGHT_IOU = 0.5  # a photo's placement counts as right from this object IoU on
RIGHT_CM = 15.0  # where 3D is known: up to this object Chamfer, human-aligned

_SHOWN = {
    "count": "items", "coverage": "cover", "human_iou": "humIoU", "object_iou": "objIoU",
    "pap_strict_hoa": "PAP", "pap_strict_hoa_posed": "PAPpose",
    "cd_object_human_cm": "objCM", "best5_cd_object_human_cm": "best5", "cd_object_joint_cm": "objPA",
    "cd_human_joint_cm": "humPA", "rotation_deg": "rot", "flipped": "flip", "translation_cm": "trans",
    "contact_f1": "F1", "contact_part_f1": "partF1", "collision": "coll",
    "mpjpe_cm": "mpjpe", "pa_mpjpe_cm": "paMPJPE",
    "wrist_cm": "wrist", "trunk_deg": "trunk", "head_deg": "head", "lean_deg": "lean",
    "girth_error": "girth", "up_deg": "up", "seconds": "s",
}  # fmt: skip


def summarise(rows: Sequence[Scores]) -> dict[str, Any]:
    """Over all items and per category; items skipped for want of a prior do not count.

    Each measure has a median and a mean over the items that have it. `coverage` is the share of
    items that gave a result. `naming` is None unless the object was to be named.
    """
    counted = [row for row in rows if row.status != "skipped"]
    categories = sorted({row.category for row in counted})
    return {
        "all": _group(counted),
        "categories": {c: _group([r for r in counted if r.category == c]) for c in categories},
        "skipped": len(rows) - len(counted),
        "naming": naming.summarise(counted),
    }


def as_dict(row: Scores) -> dict[str, Any]:
    """A row for JSON."""
    return asdict(row)


def as_csv(row: Scores) -> list[str]:
    """A row of scores.csv; empty where it cannot be scored."""
    values = asdict(row)
    return [_cell(values[name]) for name in COLUMNS]


def table(summary: dict[str, Any]) -> str:
    """Medians a category, medians and means over all (flips: the share); empty columns are left out."""
    groups = {**summary["categories"], "all": summary["all"]}
    columns = [k for k in _SHOWN if any(_shown(g, k) is not None for g in groups.values())]
    width = max(len(name) for name in groups)
    lines = [" " * width + "".join(f"{_SHOWN[k]:>8}" for k in columns)]
    for name, group in groups.items():
        lines.append(f"{name:{width}}" + "".join(f"{_text(_shown(group, k)):>8}" for k in columns))
    lines.append(f"{'mean':{width}}" + "".join(f"{_text(groups['all']['mean'].get(k)):>8}" for k in columns))
    whole = summary["all"]
    for key in ("expected_calibration_error", "confident_half_error"):
        if whole[key] is not None:
            lines.append(f"{key.replace('_', ' ')}: {whole[key]:.3f}")
    if summary["naming"] is not None:
        lines += naming.lines(summary["naming"])
    if summary["skipped"]:
        lines.append(f"skipped, no bundled prior for their category: {summary['skipped']}")
    return "\n".join(lines)


def _group(rows: Sequence[Scores]) -> dict[str, Any]:
    done = [row for row in rows if row.status == "ok"]
    values = {name: [v for r in done if (v := asdict(r)[name]) is not None] for name in MEASURES}
    judged = [(r.probability, _error(r)) for r in done if r.probability is not None]
    stated = [(p, e) for p, e in judged if e is not None]
    touching = [r.contact_predicted for r in done if r.contact_predicted is not None]
    return {
        "count": len(rows),
        "coverage": len(done) / len(rows) if rows else None,
        "median": {name: median(map(float, v)) for name, v in values.items() if v},
        "mean": {name: fmean(map(float, v)) for name, v in values.items() if v},
        "contact_coverage": fmean(map(float, touching)) if touching else None,
        "expected_calibration_error": calibration_error([p for p, _ in stated], [e[1] for _, e in stated]),
        "confident_half_error": confident_half([p for p, _ in stated], [e[0] for _, e in stated]),
    }


def _error(row: Scores) -> tuple[float, bool] | None:
    """How wrong a placement is, and whether it counts as right; by 3D where that is known."""
    if row.cd_object_human_cm is not None:
        return row.cd_object_human_cm, row.cd_object_human_cm <= RIGHT_CM
    if row.object_iou is not None:
        return 1.0 - row.object_iou, row.object_iou >= RIGHT_IOU
    return None


def _shown(group: dict[str, Any], key: str) -> float | int | None:
    if key in ("count", "coverage"):
        return group[key]
    return group["mean" if key == "flipped" else "median"].get(key)


def _text(value: float | int | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)

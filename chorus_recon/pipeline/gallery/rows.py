"""What the overview says of one photo: from its reconstruction.json, or from its failure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from chorus_recon.io.category_names import words
from chorus_recon.pipeline.warnings import LEAST_NAMED

FAILED = "failed"
_CONSIDERED = 4  # objects that are named


@dataclass(frozen=True, slots=True)
class Row:
    """One photo. Lengths are metres, probabilities in [0, 1]; what does not apply is None or empty.

    Attributes:
        path: the photo's file.
        status: `ok`, `unsure`, `person only` or `failed`.
        category: of the object that was placed; empty where none was.
        category_probability: that the person uses such an object; 1 where the category was given.
        probability: that the person uses this object, placed so.
        use: what the person does with it, in words.
        use_probability: of doing that, given the pose and the object's mask.
        outline_match: IoU of the object's silhouette and its mask.
        person_distance_m: from the camera to the pelvis.
        object_distance_m: from the camera to the middle of the object.
        object_width_m: along the object's x axis; `object_height_m` along y, `object_depth_m` along z.
        height_m: of the person, standing.
        height_from: "given", or "an adult's sizes".
        considered: the objects that were thought of, with the probability that they are used.
        others: further people and what they use, with --all.
        folder: of the result, relative to the folder of the overview.
        error: the kind of failure.
        reason: why the photo failed.
        hint: what to do about it.
    """

    path: str
    status: str
    category: str = ""
    category_probability: float | None = None
    probability: float | None = None
    use: str = ""
    use_probability: float | None = None
    outline_match: float | None = None
    person_distance_m: float | None = None
    object_distance_m: float | None = None
    object_width_m: float | None = None
    object_height_m: float | None = None
    object_depth_m: float | None = None
    height_m: float | None = None
    height_from: str = ""
    considered: str = ""
    others: str = ""
    folder: str = ""
    error: str = ""
    reason: str = ""
    hint: str = ""


Kind = Literal["text", "number"]
COLUMNS: dict[str, Kind] = {f.name: "number" if f.type == float | None else "text" for f in fields(Row)}


def of_result(record: Mapping[str, Any], folder: str) -> Row | None:
    """The row of a result; None where the record lacks what every result says.

    Args:
        record: a reconstruction.json.
        folder: where it lies, relative to the overview.
    """
    try:
        human, best = record["human"], record["object"]
        row = {
            "path": str(record["photo"]["path"]),
            "status": str(record["status"]),
            "person_distance_m": _length(human["joints_m"][0]),
            "height_m": float(human["height_m"]),
            "height_from": str(human["height_from"]),
            "considered": _considered(record),
            "others": "; ".join(_other(other) for other in record.get("others", ())),
            "folder": folder,
        }
        if best is not None:
            width, height, depth = map(float, best["extent_m"])
            use = best["use"]
            row |= {
                "category": words(str(best["category"] or "object")),
                "category_probability": float(best.get("category_probability", 1.0)),
                "probability": float(best["probability"]),
                "use": str(use["text"]) if use else "",
                "use_probability": float(use["probability"]) if use else None,
                "outline_match": float(best["silhouette_iou"]),
                "object_distance_m": _length(best["cam_from_object"]["translation_m"]),
                "object_width_m": width,
                "object_height_m": height,
                "object_depth_m": depth,
            }
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return None
    return Row(**row)


def of_failure(failure: Mapping[str, Any], folder: str = "") -> Row:
    """The row of a photo that failed.

    Args:
        failure: a line of failures.jsonl.
        folder: of an earlier result of the same photo.
    """
    error, reason, hint = (str(failure.get(key) or "") for key in ("error", "message", "hint"))
    return Row(str(failure["path"]), FAILED, folder=folder, error=error, reason=reason, hint=hint)


def _considered(record: Mapping[str, Any]) -> str:
    """The most probable categories and "nothing", best first; empty where the category was given."""
    shares: dict[str, float] = {}
    for row in record.get("considered", ()):
        noun = words(str(row["category"]))
        shares[noun] = max(shares.get(noun, 0.0), float(row["probability"]))
    if shares:
        shares["nothing"] = float(record["nothing_used_probability"] or 0.0)
    ranked = sorted(shares.items(), key=lambda item: -item[1])[:_CONSIDERED]
    ranked = [item for item in ranked if item[1] >= LEAST_NAMED]
    return "; ".join(f"{noun} {share:.0%}" for noun, share in ranked)


def _length(vector: Any) -> float:
    return math.hypot(*(float(x) for x in vector))


def _other(part: Mapping[str, Any]) -> str:
    best = part["object"]
    used = f"{words(str(best['category']))} {float(best['probability']):.0%}" if best else "nothing"
    return f"person {part['person']}: {used}"

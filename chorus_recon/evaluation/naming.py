"""Score what a run without a given category calls the object."""

import json
from collections.abc import Sequence, Set
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from chorus_recon.errors import InputError
from chorus_recon.evaluation.metrics import calibration_error
from chorus_recon.evaluation.score import Scores
from chorus_recon.evaluation.truth import Item
from chorus_recon.io import category_names
from chorus_recon.types import Reconstruction

ALSO = "also.json"
NONE, UNSURE = "none", "unsure"  # in the column `named`: there is no object; it cannot be told
RIGHT, WRONG = "right", "wrong"
SURE = 0.5  # a name stated with this probability or more counts as stated


def named(result: Reconstruction) -> str:
    """The category that a result places; without one "unsure" if it cannot tell, else "none"."""
    if result.placements:
        return category_names.words(result.category)
    return UNSURE if result.status == UNSURE else NONE


def accepted(item: Item) -> set[str]:
    """The categories that are right for an item: its own, and those that `also.json` adds.

    The file lies in the photo's folder and lists categories by the photo's file name. For a scene it may also
    lie beside the scene's folder and list them by the folder's name.

    Raises:
        InputError: a file is not as described, or names something that does not exist.
    """
    found = {item.category, *_listed(item.photo.parent, item.photo.name)}
    if item.truth_file is not None:
        folder = item.truth_file.parent.resolve()
        found.update(_listed(folder.parent, folder.name))
    return found


def judge(row: Scores, name: str, right: Set[str], probability: float | None = None) -> Scores:
    """The row with the name, its probability, and whether it is right."""
    verdict = NONE if name in (NONE, UNSURE) else RIGHT if name in right else WRONG
    return replace(row, named=name, named_right=verdict, named_probability=probability)


def summarise(rows: Sequence[Scores]) -> dict[str, Any] | None:
    """Shares of right names over all items, and the calibration of the stated probabilities.

    None if no item was named in this way. Failed items count as not named. ECE and Brier score are over the
    items with a name.
    """
    if not any(row.named_right for row in rows):
        return None
    said = [
        (row.named_probability or 0.0, row.named_right == RIGHT)
        for row in rows
        if row.named_right in (RIGHT, WRONG)
    ]
    sure = [right for probability, right in said if probability >= SURE]
    return {
        "top1": sum(right for _, right in said) / len(rows),
        "right_of_sure": fmean(sure) if sure else None,
        "sure_and_right": sum(sure) / len(rows),
        "sure_and_wrong": len(sure) - sum(sure),
        "not_named": len(rows) - len(said),
        "expected_calibration_error": calibration_error([p for p, _ in said], [r for _, r in said]),
        "brier": fmean((p - r) ** 2 for p, r in said) if said else None,
    }


def lines(facts: dict[str, Any]) -> list[str]:
    """The summary of naming for people to read."""
    return [
        f"named right: {facts['top1']:.0%}; not named: {facts['not_named']} items",
        f"named right with p >= {SURE:g}: {facts['sure_and_right']:.0%} of all items, "
        f"{_share(facts['right_of_sure'])} of those named with p >= {SURE:g}; "
        f"wrong with p >= {SURE:g}: {facts['sure_and_wrong']} items",
        f"naming: calibration error {_number(facts['expected_calibration_error'])}, "
        f"Brier score {_number(facts['brier'])}",
    ]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _listed(folder: Path, name: str) -> list[str]:
    """What a folder's `also.json` accepts for one name in that folder."""
    path = folder / ALSO
    if not path.is_file():
        return []
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON: {error}.", "Fix or remove the file.") from error
    listed = isinstance(raw, dict) and all(
        isinstance(nouns, list) and all(isinstance(noun, str) for noun in nouns) for nouns in raw.values()
    )
    if not listed:
        raise InputError(
            f"{path}: expected lists of categories by file name.",
            'For instance {"photo.jpg": ["couch", "chair"]}.',
        )
    for key in raw:
        if not (folder / key).exists():
            raise InputError(f"{path}: names {key}, which is not there.", "Correct the name or remove it.")
    return [category_names.words(category_names.key(noun)) for noun in raw.get(name, [])]

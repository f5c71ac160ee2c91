"""Score priors and baselines by Projective Average Precision on photos with truth.

Every predictor is a field of probabilities around the person found in the photo, so that they differ
in nothing but what they say about the object.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean

import torch
from scipy.spatial import KDTree

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.backends.registry import Backends
from chorus_recon.errors import InputError
from chorus_recon.evaluation import published
from chorus_recon.evaluation.pap import pap, pap_smooth
from chorus_recon.evaluation.true_human import with_true_human
from chorus_recon.evaluation.truth import Item, Truth, read_truth
from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import transforms
from chorus_recon.geometry.grid import PAPER_GRID
from chorus_recon.io import category_names
from chorus_recon.io.images import load_photo
from chorus_recon.io.prior_files import bundled, load_prior
from chorus_recon.pipeline import uses
from chorus_recon.pipeline.attempts import Failure, attempt
from chorus_recon.pipeline.config import Oracle, ReconstructConfig
from chorus_recon.pipeline.field import repose, whole
from chorus_recon.pipeline.reconstruct import reconstruct
from chorus_recon.pipeline.uses import SeenPose
from chorus_recon.types import PapScore, PosedBody, PosedField, PriorSet, Reconstruction, Rigid

MEASURES = ("pap", "pap_strict", "pap_hoa", "pap_strict_hoa")
REACH_M = 1.5  # baselines fall from 1 to 0 over this distance: half the published grid's side


@dataclass(frozen=True, slots=True)
class PriorScores:
    """One photo: a score a predictor, or the reason why there is none."""

    item: str
    category: str
    scores: dict[str, PapScore] = field(default_factory=dict)
    reason: str = ""


def load_sets(priors: Sequence[str], items: Sequence[Item]) -> dict[str, dict[str, PriorSet]]:
    """The priors named (categories or files), or every bundled one that an item asks for.

    "paper" has the same pictures counted the published way, of those where that can be done.

    Raises:
        PriorError: one cannot be read.
        InputError: two are of one category, or no item is of any of their categories.
    """
    wanted = {item.category for item in items}
    names = dict.fromkeys(priors or [name for name in bundled() if category_names.words(name) in wanted])
    known: dict[str, PriorSet] = {}
    source: dict[str, str] = {}
    for name in names:
        prior = load_prior(name)
        if prior.category in known:
            raise InputError(
                f"{source[prior.category]} and {name} are both priors of {prior.category!r}.",
                "Score them one at a time.",
            )
        known[prior.category], source[prior.category] = prior, name
    if not wanted & known.keys():
        raise InputError(
            f"No photo shows any of: {', '.join(sorted(known)) or 'the bundled categories'}; "
            f"there are: {', '.join(sorted(wanted))}.",
            "The category of a photo with masks is the name of its folder.",
        )
    shown = {category: prior for category, prior in known.items() if category in wanted}
    paper = {category: published.counted(source[category], prior) for category, prior in shown.items()}
    there = {category: prior for category, prior in paper.items() if prior is not None}
    return {"prior": known, **({"paper": there} if there else {})}


def score_priors(
    items: Sequence[Item], sets: Mapping[str, Mapping[str, PriorSet]], backends: Backends
) -> Iterator[PriorScores]:
    """Score every item whose category has a prior; a failing one is a row with its reason.

    Args:
        items: photos with masks or scenes with 3D truth (`truth.find_items`).
        sets: predictor -> category -> prior, e.g. {"prior": {...}, "paper": {...}}. "prior" says which
            categories count, and is scored in two further ways (see `predictors`).
        backends: the person is found by these; the true person mask, camera and joints are used where known.
    """
    for item in items:
        if item.category not in sets["prior"]:
            continue
        done = attempt(lambda item=item: _one(item, sets, backends))
        if isinstance(done, Failure):
            yield PriorScores(item.name, item.category, reason=f"{done.error}: {done.message}")
        else:
            yield done


def predictors(
    sets: Mapping[str, PriorSet], model: BodyModel, body: PosedBody, pose: SeenPose | None = None
) -> dict[str, tuple[PosedField, ...]]:
    """Predictor -> its fields around a person; more than one are alternatives, one of which counts (`best`).

    "paper" is carried the published way, whatever else `sets` has by ours. `posed` is "prior" with its
    clusters weighted by `pose` (left out if None), `best_cluster` its clusters apart. `ball` falls with the
    distance from the pelvis and `body_distance` with that from the person's surface: a constant has no
    order, and nothing to score.
    """
    ours = {name: repose(prior.clusters, model, body) for name, prior in sets.items() if name != "paper"}
    out: dict[str, tuple[PosedField, ...]] = {name: (whole(each),) for name, each in ours.items()}
    if "paper" in sets:
        out["paper"] = (published.carried(sets["paper"], model, body),)
    if pose is not None:
        out["posed"] = (whole(uses.weighted(ours["prior"], sets["prior"].clusters, pose)),)
    out["best_cluster"] = ours["prior"]
    return out | baselines(body)


def baselines(body: PosedBody) -> dict[str, tuple[PosedField, ...]]:
    """What can be said of any object, knowing only where the person is."""
    place = Rigid(body.cam_from_canon[0, :3, :3], body.joints[0])
    centers = transforms.apply(place, grids.centers(PAPER_GRID).reshape(-1, 3))
    away, _ = KDTree(body.vertices.numpy()).query(centers.numpy())
    distances = {
        "body_distance": torch.from_numpy(away).float(),
        "ball": (centers - body.joints[0]).norm(dim=-1),
    }
    return {
        name: (PosedField(PAPER_GRID, place, _falling(metres).reshape(PAPER_GRID.shape), name, 1.0),)
        for name, metres in distances.items()
    }


def best(scores: Sequence[PapScore]) -> PapScore:
    """The one alternative, for all four measures, with the best strict score without the person's pixels.

    Strict with them where the person covers all of the object. Who chooses knows the truth: the score
    is an upper bound of what any choice can reach.
    """
    return max(scores, key=lambda score: (score.pap_strict_hoa or 0.0, score.pap_strict))


def summarise(rows: Sequence[PriorScores]) -> dict[str, dict[str, object]]:
    """Predictor -> the four variants, over all (the mean of categories) and per category (of photos).

    A photo whose object vanishes on the small canvas, or behind the person, counts only where it can.
    """
    names = sorted({name for row in rows for name in row.scores})
    return {name: _mean_of(name, rows) for name in names}


def _mean_of(name: str, rows: Sequence[PriorScores]) -> dict[str, object]:
    groups: dict[str, list[PapScore]] = {}
    for row in rows:
        if name in row.scores and row.scores[name].target_px > 0:
            groups.setdefault(row.category, []).append(row.scores[name])
    categories = {
        category: {m: _mean([getattr(s, m) for s in scores]) for m in MEASURES} | {"count": len(scores)}
        for category, scores in sorted(groups.items())
    }
    over_all = {m: _mean([scores[m] for scores in categories.values()]) for m in MEASURES}
    return {**over_all, "count": sum(map(len, groups.values())), "categories": categories}


def as_dict(row: PriorScores) -> dict[str, object]:
    """One photo's scores for JSON."""
    scores = {name: {m: asdict(score)[m] for m in MEASURES} for name, score in row.scores.items()}
    return {"item": row.item, "category": row.category, "reason": row.reason, **scores}


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return fmean(known) if known else None


def _falling(metres: torch.Tensor) -> torch.Tensor:
    return (1.0 - metres / REACH_M).clamp(0, 1)


def _one(item: Item, sets: Mapping[str, Mapping[str, PriorSet]], backends: Backends) -> PriorScores:
    truth = read_truth(item, load_photo(item.photo))
    if truth.object_mask is None:
        return PriorScores(item.name, item.category, reason="no object mask")
    result = _person(item, truth, backends)
    mine = {name: known[item.category] for name, known in sets.items() if item.category in known}
    scores = {}
    pose = uses.seen_pose(result.human, result.body, backends.body.joint_names)
    for name, fields in predictors(mine, backends.body, result.body, pose).items():
        scores[name] = best([_pap(field, result, truth) for field in fields])
    smooth = pap_smooth(
        whole(repose(mine["prior"].clusters, backends.body, result.body)),
        result.camera,
        truth.object_mask,
        result.body.vertices,
        item.name,
    )
    return PriorScores(item.name, item.category, {**scores, "smooth": smooth})


def _person(item: Item, truth: Truth, backends: Backends) -> Reconstruction:
    known = Oracle(human_mask=truth.person_mask, camera=truth.camera)
    backends = with_true_human(backends, truth.joints)
    return reconstruct(load_photo(item.photo), ReconstructConfig(human_only=True), backends, oracle=known)


def _pap(field: PosedField, result: Reconstruction, truth: Truth) -> PapScore:
    assert truth.object_mask is not None
    return pap(field, result.camera, truth.object_mask, result.body.vertices, truth.item.name)

"""Reconstruct every item of a folder of truth and score it."""

import csv
import io
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from chorus_recon.backends import registry
from chorus_recon.backends.registry import Backends
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.errors import NoObject, OutputError
from chorus_recon.evaluation import naming, summary
from chorus_recon.evaluation.pap import pap
from chorus_recon.evaluation.prior_scores import whole
from chorus_recon.evaluation.score import Scores, as_prediction, predicted, score
from chorus_recon.evaluation.true_human import with_true_human
from chorus_recon.evaluation.true_landmarks import with_true_landmarks
from chorus_recon.evaluation.truth import Item, Mesh, Truth, find_items, read_truth
from chorus_recon.io import category_names
from chorus_recon.io.images import load_photo
from chorus_recon.io.photo_folders import save_drawn
from chorus_recon.io.prior_files import bundled
from chorus_recon.pipeline import uses
from chorus_recon.pipeline.attempts import Failure, attempt
from chorus_recon.pipeline.config import Oracle, ReconstructConfig, Shares
from chorus_recon.pipeline.field import repose
from chorus_recon.pipeline.output import overlay
from chorus_recon.pipeline.reconstruct import reconstruct
from chorus_recon.types import ObjectShape, PapScore, Reconstruction
from chorus_recon.version import __version__

KNOWN_SIZE_SD = 0.01  # spread of ln(scale) of a true shape: its size is known
_JOURNAL = ".scores.partial.jsonl"


@dataclass(frozen=True, slots=True)
class Oracles:
    """Which stages are fed the truth."""

    masks: bool = False
    human: bool = False
    shape: bool = False
    landmarks: bool = False
    height: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What to score, where to, and how."""

    directory: Path
    out: Path
    oracles: Oracles = Oracles()
    overlays: bool = False
    seed: int = 0
    human_only: bool = False
    unnamed: bool = False  # run without the category, and score what the object is called
    shares: Shares = Shares.POSED


def evaluate(
    plan: Plan, choices: Mapping[str, str] | None = None, backends: Backends | None = None
) -> Iterator[Scores]:
    """Score every item; a failing one is a row with its reason. An interrupted run is taken up again.

    Items of a category without a bundled prior are rows with status "skipped".
    """
    items = find_items(plan.directory, without_masks=plan.unnamed)
    journal = _Journal(plan)
    known = journal.rows()
    backends = backends or registry.load(choices or {}, "cpu")
    supported = {category_names.words(name) for name in bundled()}
    right = {item.name: naming.accepted(item) if plan.unnamed else {item.category} for item in items}
    for item in items:
        if item.name in known:
            yield known[item.name]
            continue
        if not right[item.name] & supported:
            yield Scores(item.name, item.category, "skipped", "no bundled prior for this category")
            continue
        done = attempt(lambda item=item: _one(item, right[item.name], plan, backends))
        if isinstance(done, Failure):
            done = Scores(item.name, item.category, "failed", f"{done.error}: {done.message}")
        journal.add(done)
        yield done


def self_test(plan: Plan) -> Iterator[Scores]:
    """Truth as the prediction: exactly zero error and 1.0 wherever something can be scored."""
    renderer = EmbreeRenderer()
    for item in find_items(plan.directory):
        truth = read_truth(item, load_photo(item.photo))
        yield score(as_prediction(truth, renderer), truth, renderer)


def write(plan: Plan, rows: Sequence[Scores], *, all_oracles: bool = False) -> dict[str, Any]:
    """Write scores.csv and scores.json, and return the summary."""
    facts = summary.summarise(rows)
    oracles = ["all"] if all_oracles else [name for name, on in asdict(plan.oracles).items() if on]
    whole = {
        "schema_version": 1,
        "chorus_recon": __version__,
        "oracles": oracles,
        "seed": plan.seed,
        "unnamed": plan.unnamed,
        "items": [summary.as_dict(row) for row in rows],
        "summary": facts,
    }
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(summary.COLUMNS)
    writer.writerows(summary.as_csv(row) for row in rows)
    _write(plan.out / "scores.csv", text.getvalue())
    _write(plan.out / "scores.json", json.dumps(whole, indent=1) + "\n")
    (plan.out / _JOURNAL).unlink(missing_ok=True)
    return facts


def oracle_of(truth: Truth, oracles: Oracles) -> Oracle:
    """The truth that the chosen stages are fed; what is not known stays for the stage to find."""
    return Oracle(
        object_mask=truth.object_mask if oracles.masks else None,
        human_mask=truth.person_mask if oracles.masks else None,
        camera=truth.camera if oracles.human or oracles.landmarks else None,
        object_shape=_shape(truth) if oracles.shape else None,
    )


def prior_paps(result: Reconstruction, truth: Truth, backends: Backends) -> tuple[PapScore, PapScore] | None:
    """PAP of the category's whole prior carried to the person found: plain, and weighted by the pose."""
    if result.prior is None or truth.object_mask is None:
        return None
    clusters, body = result.prior.clusters, backends.body
    fields = repose(clusters, body, result.body)
    posed = uses.weighted(fields, clusters, uses.seen_pose(result.human, result.body, body.joint_names))
    plain, weighted = (
        pap(whole(each), result.camera, truth.object_mask, result.body.vertices, truth.item.name)
        for each in (fields, posed)
    )
    return plain, weighted


def _one(item: Item, right: Set[str], plan: Plan, backends: Backends) -> Scores:
    photo = load_photo(item.photo)
    truth = read_truth(item, photo)
    config = ReconstructConfig(
        category=None if plan.unnamed else item.category,
        seed=plan.seed,
        human_only=plan.human_only,
        shares=plan.shares,
    )
    begun = time.perf_counter()
    if plan.oracles.human:
        backends = with_true_human(backends, truth.joints)
    elif plan.oracles.landmarks:
        backends = with_true_landmarks(backends, truth.joints, truth.camera, truth.person_mask)
    if plan.oracles.height and not plan.oracles.human:
        config = replace(config, height_m=truth.height_m)
    try:
        result = reconstruct(photo, config, backends, oracle=oracle_of(truth, plan.oracles))
    except NoObject as error:
        if not plan.unnamed:
            raise
        return naming.judge(Scores(item.name, item.category, "ok", error.message), naming.NONE, right)
    seconds = time.perf_counter() - begun
    row = score(predicted(result, backends.renderer), truth, backends.renderer)
    if plan.unnamed:
        row = naming.judge(row, naming.named(result), right, result.category_probability)
        if row.named_right != naming.RIGHT:  # axes of different kinds of things cannot be compared
            row = replace(row, rotation_deg=None, flipped=None)
    areas = prior_paps(result, truth, backends)
    if areas is not None and areas[0].target_px > 0:
        area, posed = areas
        row = replace(
            row,
            pap=area.pap,
            pap_strict=area.pap_strict,
            pap_hoa=area.pap_hoa,
            pap_strict_hoa=area.pap_strict_hoa,
            pap_hoa_posed=posed.pap_hoa,
            pap_strict_hoa_posed=posed.pap_strict_hoa,
        )
    if plan.overlays:
        path = plan.out / "overlays" / f"{item.name.replace('/', '__')}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        save_drawn(overlay.overlay(result, backends.renderer), path)
    return replace(row, seconds=round(seconds, 3))


def _shape(truth: Truth) -> ObjectShape | None:
    """The true object as a shape without modes; only in its rest axes, or the pose would leak."""
    if truth.rest is None:
        return None
    rest: Mesh = truth.rest
    low, high = rest.vertices.amin(0), rest.vertices.amax(0)
    vertices = (rest.vertices - (low + high) / 2).float()
    return ObjectShape(
        name=truth.item.category,
        vertices=vertices,
        faces=rest.faces,
        face_rgb=torch.full((len(rest.faces), 3), 160, dtype=torch.uint8),
        modes=torch.zeros(0, len(vertices), 3),
        mode_names=(),
        symmetry=truth.symmetry,
        scale_sd=KNOWN_SIZE_SD,
        source="truth",
    )


@dataclass(frozen=True, slots=True)
class _Journal:
    """Rows of a run under way, so that an interrupted one need not begin again."""

    plan: Plan

    @property
    def path(self) -> Path:
        return self.plan.out / _JOURNAL

    def rows(self) -> dict[str, Scores]:
        """What an interrupted run of the same plan has scored; another plan's journal is dropped."""
        try:
            head, *lines = self.path.read_text(encoding="utf-8").splitlines()
            if head == self._head():
                return {row.item: row for row in (Scores(**json.loads(line)) for line in lines)}
        except (OSError, ValueError, TypeError):  # none, or cut short
            pass
        _write(self.path, self._head() + "\n")
        return {}

    def add(self, row: Scores) -> None:
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(row)) + "\n")

    def _head(self) -> str:
        plan = {**asdict(self.plan), "directory": str(self.plan.directory.resolve()), "out": ""}
        return json.dumps({"version": __version__, "plan": plan})


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}.", "Choose another folder with -o."
        ) from error

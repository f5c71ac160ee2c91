"""Read and write prior files: safetensors with a JSON header; no pickle and no body-model data.

A cluster's counted grids are stored as packed bytes (`prior_codes`). A cluster that mirrors an earlier
cluster (x reversed) stores that cluster's index instead. Derived grids (`OccupancyPrior`) are not stored.
"""

import json
import math
import os
import shlex
from dataclasses import asdict, dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import cattrs
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from chorus_recon.errors import OutputError, PriorError
from chorus_recon.geometry import bones, smoothing
from chorus_recon.io import category_names, pose_codes, prior_codes
from chorus_recon.io.decoding import DECODE_ERRORS
from chorus_recon.types import (
    OccupancyPrior,
    PlacementSeed,
    PriorSet,
    Rigid,
    TypicalPoses,
    Use,
    VoxelGrid,
)

FORMAT = "chorus-recon-prior"
VERSION = 4
OLDEST = 3  # has no poses and no uses; before 3, occupancy was stored smoothed, not as counted
SUFFIX = ".prior.safetensors"
POSES = "poses"  # array of a cluster's typical poses
PAPER = "paper"  # subfolder of the bundled priors: baselines counted as the published release does
MAX_FILE_BYTES = 64 << 20
MAX_VOXELS = 256**3
MAX_CLUSTERS = 64
MAX_POSES = 16
_REBUILD = prior_codes.REBUILD


@dataclass(frozen=True, slots=True)
class _Seed:
    joint: str
    rotation: list[float]
    translation_m: list[float]
    scale: float
    weight: float


@dataclass(frozen=True, slots=True)
class _Use:
    text: str
    share: float


@dataclass(frozen=True, slots=True)
class _Cluster:
    name: str
    share: float
    body_model: str
    origin_m: list[float]
    voxel_m: float
    shape: list[int]
    mirror_of: int  # index of the cluster that this cluster mirrors in x; its own index if it stores arrays
    seeds: list[_Seed]
    extras: list[str]  # names of the arrays beside occupancy and support
    settled: bool  # whether placement uses the smoothed occupancy; the key's name is part of the format
    poses: int = 0  # number of typical poses
    uses: list[_Use] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Header:
    format: str
    version: int
    category: str
    clusters: list[_Cluster]
    provenance: dict[str, Any]
    bones: list[str] = field(default_factory=list)  # the directions of a pose, in order; [] without poses


def save_prior(path: str | Path, prior: PriorSet) -> Path:
    """Write a prior under a temporary name, then rename it; the same prior gives the same bytes.

    Raises:
        PriorError: the prior has invalid values.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    codes = [prior_codes.encode(cluster, f"{path}: {cluster.cluster!r}") for cluster in prior.clusters]
    clusters = [_describe(cluster, n, codes) for n, cluster in enumerate(prior.clusters)]
    names = list(bones.NAMES) if any(entry.poses for entry in clusters) else []
    header = _Header(FORMAT, VERSION, prior.category, clusters, prior.provenance, names)
    _check(header, str(path))
    tensors = {
        f"{number}.{name}": prior_codes.pack(levels)
        for number, entry in enumerate(clusters)
        if entry.mirror_of == number
        for name, levels in codes[number].items()
    }
    for number, cluster in enumerate(prior.clusters):
        if cluster.poses is not None:
            tensors[f"{number}.{POSES}"] = pose_codes.encode(cluster.poses, f"{path}: {cluster.cluster!r}")
    text = json.dumps(asdict(header), sort_keys=True, separators=(",", ":"), allow_nan=False)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(to_bytes(tensors, metadata={"chorus": text}))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: cannot write the prior ({error.strerror}).", "Choose another file."
        ) from error
    return path


def load_prior(category_or_path: str | Path) -> PriorSet:
    """Load a bundled category by name ("tennis racket" or tennis_racket), or a prior file by path.

    Raises:
        PriorError: no such bundled category, or the file cannot be read or is damaged.
    """
    path = locate(category_or_path)
    header, tensors = _read(path)
    own = {n: entry for n, entry in enumerate(header.clusters) if entry.mirror_of == n}
    levels = {n: _unpacked(entry, n, tensors, str(path)) for n, entry in own.items()}
    clusters = tuple(
        replace(
            _restore(entry, n, levels[entry.mirror_of]),
            poses=_poses(entry, tensors[f"{n}.{POSES}"], str(path)) if entry.poses else None,
        )
        for n, entry in enumerate(header.clusters)
    )
    return PriorSet(header.category, clusters, header.provenance)


def facts(category_or_path: str | Path) -> dict[str, Any]:
    """Read a prior's header as a dictionary for JSON; a hundred times as fast as loading the prior."""
    header, _ = _read(locate(category_or_path))
    first = header.clusters[0]
    return {
        "category": header.category,
        "body_model": first.body_model,
        "voxel_m": first.voxel_m,
        "shape": first.shape,
        "clusters": {entry.name: round(entry.share, 4) for entry in header.clusters},
        "provenance": header.provenance,
    }


def _read(path: Path) -> tuple[_Header, dict[str, Tensor]]:
    """Read a file's header and its packed arrays."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise PriorError(f"{path}: {size} bytes, a prior has at most {MAX_FILE_BYTES}.", _REBUILD)
        with safe_open(path, framework="pt") as stored:
            header = _parse((stored.metadata() or {}).get("chorus"), str(path))
            own = [(n, entry) for n, entry in enumerate(header.clusters) if entry.mirror_of == n]
            wanted = {f"{n}.{name}" for n, entry in own for name in (*prior_codes.BASE, *entry.extras)}
            wanted |= {f"{n}.{POSES}" for n, entry in enumerate(header.clusters) if entry.poses}
            if set(stored.keys()) != wanted:
                raise PriorError(
                    f"{path}: its arrays do not match its {len(header.clusters)} clusters.", _REBUILD
                )
            return header, {key: stored.get_tensor(key) for key in sorted(wanted)}
    except (OSError, ValueError) as error:  # a name with a null byte is a ValueError
        said = getattr(error, "strerror", None) or error
        raise PriorError(f"{path}: cannot read the prior ({said}).", "Check the path.") from error
    except SafetensorError as error:
        raise PriorError(f"{path}: not a safetensors file ({error}).", _REBUILD) from error


def locate(category_or_path: str | Path) -> Path:
    """The path of a bundled category's file, or the given path (which may not exist).

    A category may be given by any noun that `category_names.resolve` knows.

    Raises:
        PriorError: the text is not a path, and no category of that name is bundled.
    """
    text = str(category_or_path)
    if isinstance(category_or_path, Path) or text.endswith(".safetensors") or "/" in text or os.sep in text:
        return Path(category_or_path)
    known = bundled()
    name = category_names.key(text)
    name = name if name in known else category_names.resolve(text)
    if name in known:
        return _folder() / f"{name}{SUFFIX}"
    raise PriorError(
        f"There is no bundled prior for {text!r}.{category_names.did_you_mean(text, known)}",
        f"List all {len(known)}: chorus-recon prior list. Make one: chorus-recon prior build "
        f"{shlex.quote(category_names.words(name)) or 'CATEGORY'}, then --prior FILE.",
    )


def bundled() -> list[str]:
    """The names of the categories whose priors come with the package, sorted."""
    return sorted(p.name.removesuffix(SUFFIX) for p in _folder().glob(f"*{SUFFIX}"))


def is_bundled(category_or_path: str | Path) -> bool:
    """Whether a prior, given by category or path, comes with the package."""
    return locate(category_or_path).resolve().parent == _folder().resolve()


def bundled_paper(category: str) -> Path | None:
    """The baseline of a bundled category, counted as the published release does; None if there is none."""
    path = _folder() / PAPER / f"{category_names.resolve(category)}{SUFFIX}"
    return path if path.is_file() else None


def _folder() -> Path:
    return Path(str(files("chorus_recon") / "data" / "priors"))


def _describe(cluster: OccupancyPrior, number: int, codes: list[prior_codes.Levels]) -> _Cluster:
    turned = prior_codes.mirrored(codes[number])
    twin = next((n for n, other in enumerate(codes[:number]) if prior_codes.equal(other, turned)), number)
    seeds = [
        _Seed(
            joint=seed.joint,
            rotation=[round(float(v), 6) for v in seed.joint_from_object.rotation.reshape(-1)],
            translation_m=[round(float(v), 6) for v in seed.joint_from_object.translation_m],
            scale=round(float(seed.scale), 6),
            weight=round(float(seed.weight), 6),
        )
        for seed in cluster.seeds
    ]
    grid = cluster.grid
    return _Cluster(
        name=cluster.cluster,
        share=float(cluster.share),
        body_model=cluster.body_model,
        origin_m=[float(v) for v in grid.origin_m],
        voxel_m=float(grid.voxel_m),
        shape=[int(n) for n in cluster.occupancy.shape],
        mirror_of=twin,
        seeds=seeds,
        extras=[name for name in codes[number] if name not in prior_codes.BASE],
        settled=cluster.smoothed is not None,
        poses=0 if cluster.poses is None else len(cluster.poses.weight),
        uses=[_Use(use.text, round(float(use.share), 6)) for use in cluster.uses],
    )


def _parse(text: str | None, where: str) -> _Header:
    if text is None:
        raise PriorError(f"{where}: a safetensors file, but not a prior.", _REBUILD)
    try:
        raw = json.loads(text)
        version = raw.get("version") if isinstance(raw, dict) else None
        if isinstance(version, int) and version > VERSION:
            raise PriorError(
                f"{where}: format version {version}, this release reads {OLDEST} to {VERSION}.",
                "Update chorus-recon.",
            )
        if isinstance(version, int) and version < OLDEST:
            raise PriorError(
                f"{where}: format version {version}, whose occupancy was stored smoothed; this release reads "
                f"versions {OLDEST} to {VERSION}.",
                "Run its `chorus-recon prior build` again: existing pictures are only counted again.",
            )
        header = cattrs.Converter(forbid_extra_keys=True).structure(raw, _Header)
    except (*DECODE_ERRORS, RecursionError, cattrs.BaseValidationError) as error:
        raise PriorError(
            f"{where}: its header cannot be understood ({type(error).__name__}).", _REBUILD
        ) from error
    _check(header, where)
    return header


def _check(header: _Header, where: str) -> None:
    wrong = _fault(header)
    if wrong:
        raise PriorError(f"{where}: {wrong}.", _REBUILD)


def _fault(header: _Header) -> str:
    """Describe what is wrong with a header; "" if it is valid."""
    if header.format != FORMAT or not OLDEST <= header.version <= VERSION:
        return f"format {header.format!r} version {header.version}, expected {FORMAT!r} version {VERSION}"
    if header.bones and header.bones != list(bones.NAMES):
        return f"poses of the bones {header.bones}, expected {list(bones.NAMES)}"
    if not header.category or not 1 <= len(header.clusters) <= MAX_CLUSTERS:
        return f"category {header.category!r} with {len(header.clusters)} clusters"
    for number, entry in enumerate(header.clusters):
        twin = header.clusters[entry.mirror_of] if 0 <= entry.mirror_of <= number else None
        at = f"cluster {entry.name!r}"
        if len(entry.shape) != 3 or min(entry.shape) < 1 or math.prod(entry.shape) > MAX_VOXELS:
            return f"{at} has a grid of {entry.shape} voxels"
        if len(entry.origin_m) != 3 or not all(math.isfinite(v) for v in entry.origin_m):
            return f"{at} has its grid at {entry.origin_m}"
        if not (math.isfinite(entry.voxel_m) and 1e-4 <= entry.voxel_m <= 10.0):
            return f"{at} has voxels of {entry.voxel_m} m"
        if twin is None or twin.shape != entry.shape or header.clusters[twin.mirror_of] is not twin:
            return f"{at} mirrors cluster {entry.mirror_of}"
        if not prior_codes.known(entry.extras) or entry.extras != twin.extras:
            return f"{at} has arrays {entry.extras}"
        if not 0.0 <= entry.share <= 1.0:
            return f"{at} has a share of {entry.share}"
        if not 0 <= entry.poses <= (MAX_POSES if header.bones else 0):
            return f"{at} has {entry.poses} typical poses"
        if not all(use.text and 0.0 <= use.share <= 1.0 for use in entry.uses):
            return f"{at} has uses {entry.uses}"
        for seed in entry.seeds:
            if not _is_sound(seed):
                return f"{at} has a seed at {seed.joint!r} that is not a valid placement"
    return ""


def _is_sound(seed: _Seed) -> bool:
    numbers = [*seed.rotation, *seed.translation_m, seed.scale, seed.weight]
    if len(seed.rotation) != 9 or len(seed.translation_m) != 3 or not all(map(math.isfinite, numbers)):
        return False
    turn = torch.tensor(seed.rotation).reshape(3, 3)
    proper = torch.allclose(turn @ turn.mT, torch.eye(3), atol=1e-3) and float(torch.linalg.det(turn)) > 0
    return proper and seed.scale > 0 and seed.weight >= 0 and max(map(abs, seed.translation_m)) < 100.0


def _unpacked(entry: _Cluster, number: int, tensors: dict[str, Tensor], where: str) -> prior_codes.Levels:
    return {
        name: prior_codes.unpack(
            tensors[f"{number}.{name}"], name, entry.shape, f"{where}: {name} of {entry.name!r}"
        )
        for name in (*prior_codes.BASE, *entry.extras)
    }


def _restore(entry: _Cluster, number: int, levels: prior_codes.Levels) -> OccupancyPrior:
    x, y, z = entry.shape
    if entry.mirror_of != number:
        levels = prior_codes.mirrored(levels)
    grids = prior_codes.decode(levels)
    seeds = tuple(
        PlacementSeed(
            seed.joint,
            Rigid(torch.tensor(seed.rotation).reshape(3, 3), torch.tensor(seed.translation_m)),
            seed.scale,
            seed.weight,
        )
        for seed in entry.seeds
    )
    grid = VoxelGrid((entry.origin_m[0], entry.origin_m[1], entry.origin_m[2]), entry.voxel_m, (x, y, z))
    return OccupancyPrior(
        grid=grid,
        occupancy=grids.occupancy,
        support=grids.support,
        body_model=entry.body_model,
        cluster=entry.name,
        share=entry.share,
        seeds=seeds,
        evidence=grids.evidence,
        low=grids.low,
        high=grids.high,
        axes=grids.axes,
        smoothed=smoothing.smooth(grids.occupancy, grids.support) if entry.settled else None,
        uses=tuple(Use(use.text, use.share) for use in entry.uses),
    )


def _poses(entry: _Cluster, stored: Tensor, where: str) -> TypicalPoses:
    return pose_codes.decode(stored, entry.poses, f"{where}: poses of {entry.name!r}")

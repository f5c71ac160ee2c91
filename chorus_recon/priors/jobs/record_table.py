"""Read and write records as parquet, one row per picture, kept or not; nothing is rounded."""

import importlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.errors import MissingBackend, PriorError
from chorus_recon.priors.jobs import masks
from chorus_recon.priors.jobs.records import WEIGHT_STEPS, PackedMask, Record, SceneTruth, Seen, half
from chorus_recon.types import BodyParams, Camera, Prompt, Reason, Rigid, Shot

FORMAT = "chorus-recon-records"
VERSION = 2
GROUP_ROWS = 2000
_TEXT = (
    "category",
    "prompt",
    "verb",
    "prompt_source",
    "view",
    "avoid",
    "generator",
    "reason",
    "detail",
    "body_model",
)
_PLACES = ("world_from_body", "world_from_object", "cam_from_world")  # fields of `SceneTruth`
_REBUILD = "The file is damaged or not a build's records; remove it and run the build again."


def check() -> None:
    """Check, before any work is done, that the library that writes records is installed.

    Raises:
        MissingBackend: pyarrow is not installed.
    """
    _arrow("pyarrow")


@dataclass(frozen=True, slots=True)
class Table:
    """Records, the licences of what made them (name -> licence), and whether they are of rendered scenes."""

    records: list[Record]
    licences: dict[str, str]
    scenes: bool = False


def to_bytes(table: Table) -> bytes:
    """Encode records as a parquet file; the same records and pyarrow give the same bytes."""
    held = io.BytesIO()
    schema = _schema(table.licences, table.scenes)
    with _writer(held, schema) as writer:
        writer.write_table(
            _arrow("pyarrow").Table.from_pylist([_row(record) for record in table.records], schema)
        )
    return held.getvalue()


def join(file: Any, tables: Iterable[tuple[str, bytes]], scenes: bool = False) -> None:
    """Join several parquet files, given as (name, bytes), into one, holding one row group at a time.

    The writer keeps metadata of every row group until the end, so row groups must not be small. `scenes`
    tells whether the records are of rendered scenes.

    Raises:
        PriorError: a file is damaged or not a table of records.
    """
    arrow, parquet = _arrow("pyarrow"), _arrow("pyarrow.parquet")
    schema = _schema({}, scenes)
    with _writer(file, schema) as writer:
        held, rows = [], 0
        for where, data in tables:
            try:
                held.append(parquet.read_table(io.BytesIO(data)).cast(schema))
            except (arrow.ArrowException, OSError, ValueError) as error:
                raise _unreadable(where, error) from error
            rows += held[-1].num_rows
            if rows >= GROUP_ROWS:
                writer.write_table(arrow.concat_tables(held), row_group_size=rows)
                held, rows = [], 0
        if rows:
            writer.write_table(arrow.concat_tables(held), row_group_size=rows)


def from_bytes(data: bytes, where: str = "records") -> Table:
    """Decode a parquet file of records; `where` names it in errors.

    Raises:
        PriorError: the file is damaged or not a table of records.
    """
    arrow, parquet = _arrow("pyarrow"), _arrow("pyarrow.parquet")
    try:
        table = parquet.read_table(io.BytesIO(data))
        facts = table.schema.metadata or {}
        kind = facts.get(b"chorus", b"").decode(errors="replace")
        if kind != f"{FORMAT} {VERSION}":
            raise ValueError(f"expected {FORMAT} {VERSION}, found {kind or 'another table'}")
        records = [_record(row) for row in table.to_pylist()]
        scenes = "scene_number" in table.column_names
        return Table(records, json.loads(facts.get(b"licences", b"{}")), scenes)
    except (arrow.ArrowException, OSError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise _unreadable(where, error) from error


def _unreadable(where: str, error: Exception) -> PriorError:
    return PriorError(f"{where}: not readable as records ({error}).", _REBUILD)


def _arrow(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingBackend(
            "Building a prior from pictures keeps its records with pyarrow, which is not installed.",
            "Install it: pip install 'chorus-recon[priors]'",
        ) from error


def _writer(file: Any, schema: Any) -> Any:
    return _arrow("pyarrow.parquet").ParquetWriter(
        file,
        schema,
        compression="zstd",
        compression_level=9,
        use_dictionary=list(_TEXT),
        write_statistics=False,
    )


def _schema(licences: dict[str, str], scenes: bool) -> Any:
    a = _arrow("pyarrow")
    floats = a.list_(a.float32())
    fields = {
        "index": a.int64(),
        "category": a.string(),
        "prompt": a.string(),
        "verb": a.string(),
        "prompt_source": a.string(),
        "view": a.string(),
        "avoid": a.string(),
        "seed": a.int64(),
        "generator": a.string(),
        "width_px": a.int32(),
        "height_px": a.int32(),
        "weight_steps": a.uint8(),
        "reason": a.string(),
        "detail": a.string(),
        "body_model": a.string(),
        "shape": floats,
        "pose": floats,
        "cam_from_body_rotation": floats,
        "cam_from_body_translation_m": floats,
        "focal_px": floats,
        "center_px": floats,
        "mask_width_px": a.int32(),
        "mask_height_px": a.int32(),
        "object_code": a.binary(),
        "human_code": a.binary(),
        "object_score": a.float64(),
        "person_score": a.float64(),
        "keypoint_score": a.float64(),
        "residual_px": a.float64(),
        "truncation": a.float64(),
    }
    if scenes:
        places = {f"{name}_{part}": floats for name in _PLACES for part in ("rotation", "translation_m")}
        fields |= {"scene_number": a.int32(), "scene_scale": a.float64(), **places}
    facts = {"chorus": f"{FORMAT} {VERSION}", "licences": json.dumps(licences, sort_keys=True)}
    return a.schema(list(fields.items()), facts)


def _row(record: Record) -> dict[str, Any]:
    shot = record.shot
    steps = round(record.weight * WEIGHT_STEPS)
    if steps / WEIGHT_STEPS != record.weight:
        raise ValueError(f"weight {record.weight} is not a multiple of 1/{WEIGHT_STEPS}")
    row = {
        "index": shot.index,
        "category": shot.prompt.category,
        "prompt": shot.prompt.text,
        "verb": shot.prompt.verb,
        "prompt_source": shot.prompt.source,
        "view": shot.view,
        "avoid": shot.avoid,
        "seed": shot.seed,
        "generator": record.generator,
        "width_px": record.size_px[0],
        "height_px": record.size_px[1],
        "weight_steps": steps,
        "reason": record.reason.value if record.reason else None,
        "detail": record.detail,
    }
    seen = record.seen
    if seen is None:
        return row
    return (
        row
        | _scene_row(record.scene)
        | {
            "body_model": seen.body.model,
            "shape": _flat(seen.body.shape),
            "pose": _flat(seen.body.pose),
            "cam_from_body_rotation": _flat(seen.body.cam_from_body.rotation),
            "cam_from_body_translation_m": _flat(seen.body.cam_from_body.translation_m),
            "focal_px": _flat(seen.camera.focal_px),
            "center_px": _flat(seen.camera.center_px),
            "mask_width_px": seen.camera.size_px[0],
            "mask_height_px": seen.camera.size_px[1],
            "object_code": seen.object.code.numpy().tobytes(),
            "human_code": seen.human.code.numpy().tobytes(),
            "object_score": seen.object_score,
            "person_score": seen.person_score,
            "keypoint_score": seen.keypoint_score,
            "residual_px": seen.residual_px,
            "truncation": seen.truncation,
        }
    )


def _scene_row(scene: SceneTruth | None) -> dict[str, Any]:
    if scene is None:
        return {}
    row: dict[str, Any] = {"scene_number": scene.number, "scene_scale": scene.scale}
    for name in _PLACES:
        place: Rigid = getattr(scene, name)
        row[f"{name}_rotation"] = _flat(place.rotation)
        row[f"{name}_translation_m"] = _flat(place.translation_m)
    return row


def _record(row: dict[str, Any]) -> Record:
    if not 0 <= row["weight_steps"] <= WEIGHT_STEPS or (row["body_model"] is None) == (row["reason"] is None):
        raise ValueError(f"picture {row['index']} is neither kept with a weight nor set aside")
    prompt = Prompt(row["category"], row["prompt"], row["verb"], row["prompt_source"])
    return Record(
        shot=Shot(row["index"], prompt, row["view"], row["avoid"], row["seed"]),
        generator=row["generator"],
        size_px=(row["width_px"], row["height_px"]),
        weight=row["weight_steps"] / WEIGHT_STEPS,
        seen=None if row["body_model"] is None else _seen(row),
        reason=Reason(row["reason"]) if row["reason"] else None,
        detail=row["detail"],
        scene=None if row.get("scene_number") is None else _scene(row),
    )


def _scene(row: dict[str, Any]) -> SceneTruth:
    places = {name: _place(row, name) for name in _PLACES}
    return SceneTruth(number=row["scene_number"], scale=row["scene_scale"], **places)


def _seen(row: dict[str, Any]) -> Seen:
    size = (row["mask_width_px"], row["mask_height_px"])
    cam_from_body = _place(row, "cam_from_body")
    joints = len(row["pose"]) // 9
    pose = _tensor(row, "pose", max(1, joints) * 9).reshape(-1, 3, 3)
    shape = _tensor(row, "shape", len(row["shape"]))
    return Seen(
        body=BodyParams(row["body_model"], shape, pose, cam_from_body),
        camera=Camera(_tensor(row, "focal_px", 2), _tensor(row, "center_px", 2), size),
        object=_mask(size, row["object_code"]),
        human=_mask(half(size), row["human_code"]),
        object_score=row["object_score"],
        person_score=row["person_score"],
        keypoint_score=row["keypoint_score"],
        residual_px=row["residual_px"],
        truncation=row["truncation"],
    )


def _place(row: dict[str, Any], name: str) -> Rigid:
    return Rigid(_tensor(row, f"{name}_rotation", 9).reshape(3, 3), _tensor(row, f"{name}_translation_m", 3))


def _flat(values: Float[Tensor, "*n"]) -> list[float]:
    return values.detach().reshape(-1).tolist()


def _tensor(row: dict[str, Any], name: str, count: int) -> Float[Tensor, " n"]:
    made = torch.tensor(row[name], dtype=torch.float32)
    if len(made) != count or not bool(made.isfinite().all()):
        raise ValueError(f"{name} of picture {row['index']} is not {count} finite numbers")
    return made


def _mask(size_px: tuple[int, int], code: bytes) -> PackedMask:
    packed = PackedMask(size_px, torch.frombuffer(bytearray(code), dtype=torch.uint8))
    masks.check(packed)
    return packed

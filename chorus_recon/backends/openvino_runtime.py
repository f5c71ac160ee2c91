"""Compile OpenVINO graphs for the CPU and cache the compiled blobs."""

import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openvino
import torch
from filelock import FileLock
from torch import Tensor, nn

from chorus_recon.io.fetch import cache_dir

IR_FORMAT = 1  # raise when the networks' code changes what is exported


@dataclass(frozen=True, slots=True)
class Exportable:
    """A torch network, example inputs for tracing it, and their shapes with -1 for dynamic axes."""

    network: nn.Module
    inputs: tuple[Tensor, ...]
    shapes: tuple[tuple[int, ...], ...]


_cores: dict[Path, openvino.Core] = {}


def compile_cpu(model: Path | openvino.Model) -> openvino.CompiledModel:
    """Compile for the CPU, tuned for one request at a time, with as many threads as torch uses.

    The network always computes in float32, because processors with bfloat16 units would otherwise give
    different results.
    """
    properties = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
    }
    return core().compile_model(model, "CPU", properties)


def core() -> openvino.Core:
    """The OpenVINO runtime, with its cache of compiled networks in the package's cache folder."""
    folder = cache_dir() / "compiled"
    if folder not in _cores:
        folder.mkdir(parents=True, exist_ok=True)
        _cores[folder] = openvino.Core()
        _cores[folder].set_property({"CACHE_DIR": str(folder)})
    return _cores[folder]


def exported(name: str, key: str, build: Callable[[], Exportable]) -> Path:
    """The IR file of a torch network, exported once and cached.

    Args:
        name: the name of the file.
        key: identifies the weights.
        build: makes the network; only called if the file is not cached.
    """
    version = openvino.__version__.split("-")[0]
    path = cache_dir() / "ir" / f"{name}-{key}-{IR_FORMAT}-{version}" / "model.xml"
    if path.exists():
        return path
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path.parent}.lock"):
        if not path.exists():
            _export(path, build())
    return path


def _export(path: Path, source: Exportable) -> None:
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter traces the network, which torch warns about
        model = openvino.convert_model(
            source.network.eval(),
            example_input=source.inputs,
            input=[openvino.PartialShape(list(shape)) for shape in source.shapes],
        )
    with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent.parent) as temporary:
        made = Path(temporary) / "made"
        openvino.save_model(model, made / path.name, compress_to_fp16=True)
        made.rename(path.parent)

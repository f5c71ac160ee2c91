"""Compile OpenVINO graphs for the CPU and cache the compiled blobs."""

import hashlib
import logging
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino
import torch
from torch import Tensor, nn

from chorus_recon.errors import OutputError
from chorus_recon.io.cache.derived import kept
from chorus_recon.io.cache.unused import clear_unused, mark_used
from chorus_recon.io.fetch import cache_dir

IR_FORMAT = 1  # raise when the networks' code changes what is exported
_IR_NAME = "model.xml"
_VERSION = openvino.__version__.split("-")[0]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exportable:
    """A torch network, example inputs for tracing it, and their shapes with -1 for dynamic axes."""

    network: nn.Module
    inputs: tuple[Tensor, ...]
    shapes: tuple[tuple[int, ...], ...]


_cores: dict[Path, openvino.Core] = {}


def compile_cpu(model: Path) -> openvino.CompiledModel:
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
    """The OpenVINO runtime, with its cache of compiled networks in the package's cache folder.

    Each version has a folder of its own there, because none can use what another compiled.
    """
    everything = cache_dir() / "compiled"
    folder = everything / _VERSION
    mark_used(folder)
    if folder not in _cores:
        _cores[folder] = openvino.Core()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            blobs = [*everything.glob("*.blob"), *everything.glob("*/*.blob")]
            clear_unused({blob if blob.parent == everything else blob.parent for blob in blobs})
        except OSError as error:
            log.warning("%s: compiled networks cannot be kept (%s)", folder, error.strerror or error)
        else:
            _cores[folder].set_property({"CACHE_DIR": str(folder)})
    return _cores[folder]


class RowNetwork:
    """A network compiled for batches of one, which runs the rows of a batch one after another.

    On a CPU that takes no longer than a batch and gives the same bits. It saves memory: buffers are those of
    one row, and the compiled network in the cache has its weights in the form in which they are used.

    Args:
        graph: any file that OpenVINO reads, with one input.
        row: the shape of a row of it.
    """

    def __init__(self, graph: Path, row: Sequence[int]) -> None:
        self._network = compile_cpu(reshaped(graph, (1, *row)))

    def __call__(self, rows: np.ndarray) -> dict[int, np.ndarray]:
        """Run at least one row [n, *row].

        Returns:
            The outputs by number, each [n, ...].
        """
        results = [self._network(rows[i : i + 1]) for i in range(len(rows))]
        return {
            k: np.concatenate([result[k] for result in results]) for k in range(len(self._network.outputs))
        }


def exported(name: str, key: str, build: Callable[[], Exportable]) -> Path:
    """The IR file of a torch network, exported once and cached.

    Args:
        name: the name of the file.
        key: identifies the weights.
        build: makes the network; only called if the file is not cached.

    Raises:
        OutputError: the cache cannot be written.
    """
    return _cached(name, key, lambda: _converted(build()), compress=True)


def reshaped(graph: Path, shape: Sequence[int]) -> Path:
    """The IR file of a graph whose input is given another shape, written once and cached.

    A file is compiled from the cache without being read: that takes a fifth of the time of reading the graph,
    giving it the shape and compiling it from memory.

    Args:
        graph: any file that OpenVINO reads.
        shape: of its only input; -1 for dynamic axes.

    Raises:
        OutputError: the cache cannot be written.
    """

    def build() -> openvino.Model:
        model = core().read_model(graph)
        model.reshape(list(shape))
        return model

    with graph.open("rb") as stream:
        key = hashlib.file_digest(stream, "sha256").hexdigest()[:12]
    return _cached(graph.stem, f"{key}-{'x'.join(map(str, shape))}", build, compress=False)


def _cached(name: str, key: str, build: Callable[[], openvino.Model], *, compress: bool) -> Path:
    """The IR file of this name and key, made if it is not there yet; `compress` stores half precision.

    Raises:
        OutputError: the cache cannot be written.
    """

    def make(folder: Path) -> None:
        model = build()
        try:
            openvino.save_model(model, folder / _IR_NAME, compress_to_fp16=compress)
        except RuntimeError as error:  # its streams do not say why
            raise OutputError(
                f"{folder.parent.parent}: a network cannot be written there ({error}).",
                "Free some space there, or set CHORUS_CACHE to another folder.",
            ) from error

    return kept("ir", f"{name}-{key}-{IR_FORMAT}-{_VERSION}", make) / _IR_NAME


def _converted(source: Exportable) -> openvino.Model:
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter traces the network, which torch warns about
        return openvino.convert_model(
            source.network.eval(),
            example_input=source.inputs,
            input=[openvino.PartialShape(list(shape)) for shape in source.shapes],
        )

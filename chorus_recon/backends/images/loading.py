"""Load a text-to-image pipeline of the diffusers library, with settings that fit the device."""

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from chorus_recon.backends import torchvision_cpu
from chorus_recon.backends.images.options import Options
from chorus_recon.backends.images.presets import Preset
from chorus_recon.errors import ConfigError, MissingBackend, WeightsError
from chorus_recon.io import fetch

MEMORY_SHARE = 0.85  # share of the free memory that is used
GB = 1e9
GB_PER_MEGAPIXEL = 4.0  # approximate memory for one guided picture; if it needs more, batches are halved
MAX_BATCH = 16  # largest batch; larger ones are hardly faster

_log = logging.getLogger(__name__)


def load(model: str, preset: Preset, options: Options, device: torch.device) -> Any:
    """Load a pipeline from a folder or a hub, safetensors only, and place it on the device or offload it.

    Raises:
        MissingBackend: diffusers or a library that it needs is not installed.
        WeightsError: the model does not exist, is gated, has no safetensors, or does not fit into memory.
        ConfigError: the device is not available.
    """
    library = _library()
    check_device(device)
    folder = Path(model).expanduser()
    where = str(folder) if folder.is_dir() else model
    local_only = (
        folder.is_dir() or fetch.is_offline() or os.environ.get("HF_HUB_OFFLINE", "") not in ("", "0")
    )
    dtype = precision(preset, device)
    try:
        with _quiet(library):
            pipe = _read(library, where, preset, dtype, local_only)
    except ImportError as error:
        raise MissingBackend(
            f"{model} cannot be used: {error}.", "pip install 'chorus-recon[synthesis]'"
        ) from error
    except MemoryError as error:
        raise too_large(model, device) from error
    except (OSError, ValueError, RuntimeError) as error:
        if is_out_of_memory(error):
            raise too_large(model, device) from error
        raise WeightsError(
            f"No text-to-image pipeline can be loaded from {model!r}: {' '.join(str(error).split())[:300]}",
            _hint(error, local_only, folder.is_dir()),
        ) from error
    if preset.scheduler:
        kind = getattr(library, preset.scheduler)
        pipe.scheduler = kind.from_config(pipe.scheduler.config, **preset.scheduler_options)
    pipe.set_progress_bar_config(disable=True)
    _save_memory(library, pipe, device)
    try:
        _place(pipe, options.offload, device)
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            raise too_large(model, device) from error
        raise
    return pipe


def _read(library: Any, where: str, preset: Preset, dtype: torch.dtype, local_only: bool) -> Any:
    given: dict[str, Any] = {}
    parts = library.DiffusionPipeline.load_config(where, local_files_only=local_only)
    if not preset.safety and "safety_checker" in parts:
        given |= {"safety_checker": None, "requires_safety_checker": False}
    if preset.variant and dtype == torch.float16 and not Path(where).is_dir():
        given["variant"] = preset.variant
    return library.AutoPipelineForText2Image.from_pretrained(
        where, dtype=dtype, use_safetensors=True, local_files_only=local_only, **given
    )


def precision(preset: Preset, device: torch.device) -> torch.dtype:
    """The preset's half precision on GPUs, single precision on the CPU."""
    if device.type == "cpu":
        return torch.float32
    if device.type == "cuda" and preset.half == "bfloat16" and not torch.cuda.is_bf16_supported():
        return torch.float16
    return getattr(torch, preset.half)


def check_device(device: torch.device) -> None:
    """Check that the device exists, before reading gigabytes of weights.

    Raises:
        ConfigError: it does not exist.
    """
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there.get(device.type, True):
        raise ConfigError(
            f"The device {str(device)!r} is not available.", "Pass --device cpu, or repair the driver."
        )


def offload_for(whole: float, largest: float, free: float, needed: float) -> str:
    """How weights are offloaded to main memory: "none", "model" (whole models) or "sequential" (layers).

    Args:
        whole: bytes of all weights.
        largest: bytes of the largest model's weights.
        free: free bytes on the device.
        needed: bytes for making one picture.
    """
    if whole + needed <= free * MEMORY_SHARE:
        return "none"
    return "model" if largest + needed <= free * MEMORY_SHARE else "sequential"


def batch_for(free: float, megapixels: float) -> int:
    """The batch size for a number of free bytes and pictures of `megapixels`."""
    return max(
        1, min(MAX_BATCH, int(free * MEMORY_SHARE / (GB_PER_MEGAPIXEL * GB * max(megapixels, 1 / 16))))
    )


def free_bytes(device: torch.device) -> float:
    """Free bytes of a device; for devices that share the main memory, half of its free bytes."""
    if device.type == "cuda":
        return float(torch.cuda.mem_get_info(device)[0])
    free = float(importlib.import_module("psutil").virtual_memory().available)
    return free if device.type == "cpu" else free / 2


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that memory ran out, on any device."""
    said = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError)
        and any(word in said for word in ("out of memory", "not enough memory", "can't allocate memory"))
    )


def too_large(model: str, device: torch.device) -> WeightsError:
    """The error for a model with which even one picture does not fit into memory."""
    return WeightsError(
        f"{model} does not fit into the memory of {str(device)!r}, even with a batch of one picture.",
        "Use offload=sequential, a smaller size=WxH, or a smaller model (sd15 needs the least memory).",
    )


def _library() -> Any:
    torchvision_cpu.require_if_installed("The image source 'diffusers'")
    try:
        importlib.import_module("transformers")  # every pipeline's text encoder needs it
        return importlib.import_module("diffusers")
    except ImportError as error:
        raise MissingBackend(
            f"The image source 'diffusers' needs a library that is missing: {error}.",
            "pip install 'chorus-recon[synthesis]'",
        ) from error


@contextmanager
def _quiet(library: Any) -> Iterator[None]:
    """Inside the block, the libraries show progress bars on a terminal only, and no warnings."""
    words = importlib.import_module("transformers").utils.logging
    for logger in (library.utils.logging, words):
        if not sys.stderr.isatty():
            logger.disable_progress_bar()
    before = words.get_verbosity()
    words.set_verbosity_error()  # it warns of image processors that no text-to-image pipeline uses
    try:
        yield
    finally:
        words.set_verbosity(before)


def _save_memory(library: Any, pipe: Any, device: torch.device) -> None:
    """Decode picture by picture, and on MPS split attention.

    CUDA's fused attention stores no attention matrix, so splitting it would only cost time.
    """
    vae = pipe.components.get("vae")
    if isinstance(vae, library.models.autoencoders.vae.AutoencoderMixin):
        try:
            vae.enable_slicing()
        except NotImplementedError:
            _log.debug("%s decodes whole batches", type(vae).__name__)
    if device.type == "mps":
        pipe.enable_attention_slicing()


def _place(pipe: Any, offload: str, device: torch.device) -> None:
    if device.type == "cpu":
        pipe.to(device)
        return
    sizes = [
        sum(weight.numel() * weight.element_size() for weight in part.parameters())
        for part in pipe.components.values()
        if isinstance(part, torch.nn.Module)
    ]
    if offload == "auto":
        offload = offload_for(sum(sizes), max(sizes), free_bytes(device), GB_PER_MEGAPIXEL * GB)
        _log.info("%.1f GB of weights on %s, offload %s", sum(sizes) / GB, device, offload)
    if offload == "none":
        pipe.to(device)
    elif offload == "model":
        pipe.enable_model_cpu_offload(device=device)
    else:
        pipe.enable_sequential_cpu_offload(device=device)


def _hint(error: Exception, local_only: bool, is_folder: bool) -> str:
    said = str(error).lower()
    if "gated" in said or "401" in said or "403" in said:
        return "Accept its licence on its page, then `hf auth login`."
    if "safetensors" in said:
        return "Only safetensors are read. Convert the model, or use a model that has them."
    if is_folder:
        return "Pass the folder that contains model_index.json, as save_pretrained writes it."
    if local_only:
        return "CHORUS_OFFLINE or HF_HUB_OFFLINE is set. Unset it, or pass a folder with the model."
    return "Check the network and the name (OWNER/NAME on the hub, or a short name such as `paper`, `sdxl`)."

"""Load models of the transformers library from a folder or the hub, with actionable errors."""

import importlib
import importlib.util
import os
from pathlib import Path
from typing import Any

from chorus_recon.backends import torchvision_cpu
from chorus_recon.errors import MissingBackend, WeightsError
from chorus_recon.io.fetch import is_offline


def require(what: str, torchvision: bool) -> None:
    """Check that transformers is installed, and that torchvision works if it is needed or installed.

    Args:
        what: what needs them, for the message.
        torchvision: whether torchvision is needed.

    Raises:
        MissingBackend: a library is missing or broken; the hint says what to install.
    """
    if importlib.util.find_spec("transformers") is None:
        raise MissingBackend(f"{what} needs transformers.", "pip install 'chorus-recon[synthesis]'")
    (torchvision_cpu.require if torchvision else torchvision_cpu.require_if_installed)(what)


def is_cached(repo: str) -> bool:
    """Whether the hub's cache on this machine holds a snapshot of a repository."""
    if importlib.util.find_spec("huggingface_hub") is None:
        return False
    cache = Path(importlib.import_module("huggingface_hub.constants").HF_HUB_CACHE)
    return any((cache / f"models--{repo.replace('/', '--')}" / "snapshots").glob("*/*"))


def load_pair(model: str, processor: str, source: str, device: str) -> tuple[Any, Any]:
    """A model in evaluation mode and its processor, by their class names in transformers.

    Args:
        model: the model's class.
        processor: the class of its processor, which prepares inputs.
        source: a folder or a hub repository; its code is never executed, and only safetensors are read.
        device: where the model runs.

    Raises:
        MissingBackend: the installed transformers has no such model.
        WeightsError: the folder or repository does not exist, or holds another model.
    """
    transformers = importlib.import_module("transformers")
    local = is_offline() or Path(source).expanduser().is_dir() or bool(os.environ.get("HF_HUB_OFFLINE"))
    where = str(Path(source).expanduser()) if Path(source).expanduser().is_dir() else source
    try:
        made = getattr(transformers, model).from_pretrained(
            where, local_files_only=local, use_safetensors=True
        )
        prepares = getattr(transformers, processor).from_pretrained(where, local_files_only=local)
    except AttributeError as error:
        raise MissingBackend(
            f"This transformers has no {error.name or model}.", "pip install -U transformers"
        ) from error
    except ImportError as error:
        raise MissingBackend(
            f"{model} cannot be used: {error}.", "pip install 'chorus-recon[synthesis]'"
        ) from error
    except (OSError, ValueError, KeyError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise WeightsError(
            f"{source}: no {model} can be loaded from there ({first}).",
            "Pass a folder with the model, or a repository you have access to (`hf auth login`).",
        ) from error
    return made.to(device).eval(), prepares

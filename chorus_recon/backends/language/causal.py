"""Write prompts with a local language model of the transformers library.

Selected by `--writer transformers:MODEL`, where MODEL is a hub repository such as
Qwen/Qwen3-4B-Instruct-2507, or a folder. Only safetensors are read.
"""

import importlib
import logging
import os
from pathlib import Path
from typing import Any

import torch

from chorus_recon.backends import torchvision_cpu
from chorus_recon.backends.language import lines
from chorus_recon.errors import MissingBackend, WeightsError
from chorus_recon.io import fetch
from chorus_recon.types import Prompt

MODEL = "Qwen/Qwen3-4B-Instruct-2507"
TEMPERATURE = 1.0
TOKENS_PER_PROMPT = 32  # a sentence of this kind takes about ten
TOKENS_TO_THINK = 64

_log = logging.getLogger(__name__)


class LocalWriter:
    """Writes prompts with a causal language model, which is loaded on first use.

    Args:
        argument: a folder with the model and its tokenizer, or a repository's id.
        device: "cpu", "cuda", ...
    """

    name = "transformers"

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        self._model_id = argument or MODEL
        self._device = device
        self._loaded: tuple[Any, Any] | None = None
        folder = Path(self._model_id).expanduser()
        self._model_name = folder.resolve().name if folder.is_dir() else self._model_id
        self.licences = {f"text by {self._model_name}": "see the model's card"}

    def prompts(self, category: str, count: int, seed: int) -> list[Prompt]:
        """The sentences of the model's reply; the same for the same seed on the same machine.

        Raises:
            MissingBackend: transformers is not installed.
            WeightsError: the model cannot be found or read.
        """
        tokenizer, model = self._ready()
        asked = lines.instruction(category, count, seed)
        inputs = _tokens(tokenizer, asked).to(model.device)
        with torch.random.fork_rng(devices=_devices(model.device)), torch.inference_mode():
            torch.manual_seed(seed)  # generate uses the global generator, whose state the fork restores
            made = model.generate(
                input_ids=inputs,
                attention_mask=torch.ones_like(inputs),
                do_sample=True,
                temperature=TEMPERATURE,
                max_new_tokens=TOKENS_TO_THINK + TOKENS_PER_PROMPT * count,
                pad_token_id=_pad(tokenizer),
            )
        reply = tokenizer.decode(made[0, inputs.shape[1] :], skip_special_tokens=True)
        return lines.prompts_of(reply, category, count, f"transformers:{self._model_name}")

    def _ready(self) -> tuple[Any, Any]:
        if self._loaded is None:
            self._loaded = _load(self._model_id, self._device)
        return self._loaded


def _load(model_id: str, device: str) -> tuple[Any, Any]:
    torchvision_cpu.require_if_installed("The writer 'transformers'")
    try:
        library = importlib.import_module("transformers")
    except ImportError as error:
        raise MissingBackend(
            f"The writer 'transformers' needs a library that is missing: {error}.",
            "pip install 'chorus-recon[synthesis]'",
        ) from error
    alone = fetch.is_offline() or os.environ.get("HF_HUB_OFFLINE", "") not in ("", "0")
    try:
        tokenizer = library.AutoTokenizer.from_pretrained(model_id, local_files_only=alone)
        model = library.AutoModelForCausalLM.from_pretrained(
            model_id, local_files_only=alone, use_safetensors=True, dtype="auto"
        )
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"The language model {model_id!r} cannot be loaded: {' '.join(str(error).split())[:300]}",
            "Pass a folder, or a repository's id with CHORUS_OFFLINE and HF_HUB_OFFLINE unset.",
        ) from error
    _log.info("language model %s on %s", model_id, device)
    return tokenizer, model.to(device).eval()


def _tokens(tokenizer: Any, asked: str) -> torch.Tensor:
    """The tokens of the request, in the model's chat template if it has one."""
    if tokenizer.chat_template:
        text = tokenizer.apply_chat_template(
            [{"role": "user", "content": asked}], tokenize=False, add_generation_prompt=True
        )
        return tokenizer(text, return_tensors="pt", add_special_tokens=False).input_ids
    return tokenizer(f"{asked}\n\n", return_tensors="pt").input_ids


def _pad(tokenizer: Any) -> int | None:
    return tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id


def _devices(device: torch.device) -> list[torch.device]:
    return [device] if device.type == "cuda" else []

"""Text-to-image models as an image source: `diffusers:MODEL[,steps=30,size=640x480,...]`.

MODEL is a short name (presets.py), a hub repository or a folder. The initial noise of a picture is drawn on
the CPU from its shot's seed, so the content does not depend on the batch or the device. Rounding does depend
on them and can change a rare pixel by one level. Pictures are equal to the byte on the same device with the
same libraries and batch size. The batch size is 1 on a CPU; on a GPU it follows from the free memory unless
batch=N is given. If memory runs out the batch size is halved, which is logged.
"""

import contextlib
import functools
import inspect
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from chorus_recon.backends.capabilities import Capability
from chorus_recon.backends.images import loading, perp_neg
from chorus_recon.backends.images.options import Options, parse
from chorus_recon.backends.images.presets import DEFAULT, PRESETS, Preset, avoided, preset_of
from chorus_recon.errors import ConfigError
from chorus_recon.types import Photo, Reason, Rejected, Shot, SynthImage

_log = logging.getLogger(__name__)


class DiffusersImages:
    """A text-to-image pipeline, loaded when the first picture is made.

    Args:
        argument: MODEL, and options as in `options.Options`.
        device: where the pipeline runs.

    Raises:
        ConfigError: an option is unknown or cannot be used.
    """

    name = "diffusers"
    capabilities = Capability.PROMPTS | Capability.MODEL

    def __init__(self, argument: str = "", device: str = "cpu") -> None:
        model, self.options = parse(argument)
        if self.options.preset is not None and self.options.preset not in PRESETS:
            raise ConfigError(f"Unknown preset {self.options.preset!r}.", f"Known: {', '.join(PRESETS)}.")
        own = preset_of(model or DEFAULT)
        self.model = own.repo if own.name else model
        self.preset = _overridden(PRESETS[self.options.preset] if self.options.preset else own, self.options)
        self.licences = {f"pictures by {_short(self.model)}": own.licence}
        self._device = torch.device(device)
        self.batch = self.options.batch  # batch size; None until the pipeline is in memory

    def generate(self, shots: Sequence[Shot]) -> Iterator[SynthImage | Rejected]:
        """One result per shot, in order.

        Raises:
            MissingBackend: diffusers is not installed.
            WeightsError: the model cannot be loaded, or one picture does not fit into memory.
        """
        place = 0
        while place < len(shots):
            if self.batch is None:
                self.batch = self._batch_that_fits()
            part = shots[place : place + self.batch]
            made = self._attempt(part)
            if made is not None:
                yield from made
                place += len(part)
            elif len(part) == 1:
                raise loading.too_large(self.model, self._device)
            else:
                self.batch = len(part) // 2
                _log.warning(
                    "out of memory with a batch of %d pictures, continuing with %d; rare pixels may differ",
                    len(part),
                    self.batch,
                )
                if self._device.type == "cuda":
                    torch.cuda.empty_cache()

    @functools.cached_property
    def pipe(self) -> Any:
        """The pipeline."""
        return loading.load(self.model, self.preset, self.options, self._device)

    @property
    def _guided(self) -> bool:
        """Whether the pipeline, as configured, uses classifier-free guidance with a negative prompt."""
        known = _parameters(self.pipe)
        by = "true_cfg_scale" if "true_cfg_scale" in known else "guidance_scale"
        if "negative_prompt" not in known or by not in known:
            return False
        weight = self._call().get(by, known[by].default)
        return weight is not None and weight > 1

    @property
    def generator(self) -> str:
        """A description of the model and its settings."""
        call = self._call()
        said = [f"{call['num_inference_steps']} steps"] if "num_inference_steps" in call else []
        if self.preset.guidance is not None:
            said.append(f"guidance {self.preset.guidance:g}")
        if "width" in call:
            said.append(f"{call['width']}x{call['height']}")
        said.append(type(self.pipe.scheduler).__name__)
        return ", ".join([f"{self.name}:{_short(self.model)}", *said])

    def _batch_that_fits(self) -> int:
        """The batch size that fits the free memory; 1 on the CPU, where batches are not faster."""
        if self._device.type == "cpu":
            return 1
        width, height = self.preset.size_px or (1024, 1024)
        _ = self.pipe  # load the weights first, because they use memory
        return loading.batch_for(loading.free_bytes(self._device), width * height / 1e6)

    def _attempt(self, shots: Sequence[Shot]) -> list[SynthImage | Rejected] | None:
        """Results in order, or None if memory runs out.

        Pictures with and without a negative prompt are run separately, so that the arguments of a picture
        do not depend on its batch.
        """
        steered = [self._guided and bool(avoided(shot)) for shot in shots]
        found: dict[int, SynthImage | Rejected] = {}
        try:
            for wanted in (False, True):
                places = [n for n, guided in enumerate(steered) if guided == wanted]
                if places:
                    made = self._run([shots[n] for n in places], wanted)
                    found.update(zip(places, made, strict=True))
        except (RuntimeError, MemoryError) as error:
            if not loading.is_out_of_memory(error):
                raise
            return None
        return [found[n] for n in range(len(shots))]

    def _run(self, shots: Sequence[Shot], steered: bool) -> list[SynthImage | Rejected]:
        call = self._call() | {
            "prompt": [shot.text for shot in shots],
            "generator": [torch.Generator("cpu").manual_seed(shot.seed) for shot in shots],
            "output_type": "np",
        }
        with contextlib.ExitStack() as stack:
            stack.enter_context(torch.inference_mode())
            unet = self.pipe.components.get("unet")
            if steered and unet is not None and self.options.perpneg:
                phrases = [avoided(shot) for shot in shots]
                prompts = [shot.prompt.text for shot in shots]
                away = perp_neg.encode(self.pipe, phrases, prompts, self.options.perpneg, self._device)
                stack.enter_context(perp_neg.steering(unet, away))
            elif steered or (self.preset.blank and self._guided):
                call["negative_prompt"] = [", ".join(avoided(shot)) or self.preset.blank for shot in shots]
            out = self.pipe(**call)
        flagged = out.get("nsfw_content_detected") or [False] * len(shots)
        return [
            _result(shot, picture, flag, self.generator)
            for shot, picture, flag in zip(shots, np.asarray(out.images), flagged, strict=True)
        ]

    def _call(self) -> dict[str, Any]:
        """The arguments that do not depend on the shot, as far as the pipeline has them."""
        preset = self.preset
        width, height = preset.size_px or (None, None)
        wanted = {
            "width": width,
            "height": height,
            "num_inference_steps": preset.steps,
            preset.guidance_name: preset.guidance,
            **preset.more,
        }
        known = _parameters(self.pipe)
        return {name: value for name, value in wanted.items() if value is not None and name in known}


def _overridden(preset: Preset, options: Options) -> Preset:
    given = {
        "size_px": options.size,
        "steps": options.steps,
        "guidance": options.guidance,
        "safety": options.safety,
    }
    return replace(preset, **{name: value for name, value in given.items() if value is not None})


def _parameters(pipe: Any) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(type(pipe).__call__).parameters


def _short(model: str) -> str:
    """A folder's name without its path, or the model's name."""
    folder = Path(model).expanduser()
    return folder.resolve().name if folder.is_dir() else model


def _result(shot: Shot, picture: np.ndarray, flagged: bool, generator: str) -> SynthImage | Rejected:
    item = f"{shot.index:08d}"
    if flagged:
        return Rejected(item, Reason.UNREADABLE, "the model's safety checker blanked it")
    if not np.isfinite(picture).all():
        return Rejected(item, Reason.UNREADABLE, "pixels are not finite (half precision overflowed)")
    rgb = torch.from_numpy((picture * 255).round().clip(0, 255).astype(np.uint8))
    return SynthImage(shot, Photo(rgb, Path(f"{item}.png")), generator)

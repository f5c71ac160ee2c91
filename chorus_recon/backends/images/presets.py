"""Text-to-image models by short name: where they are, how their makers run them, under which licence.

A model of any other name works too, with the settings its pipeline has by default.
"""

from dataclasses import dataclass, field
from typing import Any

from chorus_recon.types import Shot


@dataclass(frozen=True, slots=True)
class Preset:
    """How a model is run; None leaves a setting to the pipeline."""

    name: str
    repo: str
    licence: str
    size_px: tuple[int, int] | None = None  # width, height
    steps: int | None = None
    guidance: float | None = None
    guidance_name: str = "guidance_scale"  # the pipeline's argument that weighs the negative prompt
    scheduler: str | None = None  # a class of diffusers, where it is not the model's own
    scheduler_options: dict[str, Any] = field(default_factory=dict)
    half: str = "bfloat16"  # on GPUs
    variant: str | None = None  # of the weights, where half precision ones are published beside the full
    blank: str = ""  # what stands for no negative prompt
    more: dict[str, Any] = field(default_factory=dict)  # other arguments of the pipeline's call
    gated: bool = False  # its makers ask who takes it
    safety: bool = True  # with the model's own safety checker, where it has one


_RAIL = "CreativeML OpenRAIL-M"

# CHORUS: Stable Diffusion 1.4, 512 px, 50 steps of PLMS (PNDM without its Runge-Kutta start), guidance 7.5.
# It had no safety checker, and so `paper` has none.
_PLMS = {"size_px": (512, 512), "steps": 50, "guidance": 7.5, "scheduler": "PNDMScheduler",
         "scheduler_options": {"skip_prk_steps": True}, "half": "float16"}  # fmt: skip

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("z-image-turbo", "Tongyi-MAI/Z-Image-Turbo", "Apache-2.0", (1024, 1024), 9, 0.0),
        Preset("paper", "CompVis/stable-diffusion-v1-4", _RAIL, **_PLMS, safety=False),
        Preset("sd15", "stable-diffusion-v1-5/stable-diffusion-v1-5", _RAIL, **_PLMS),
        Preset(
            "sdxl", "stabilityai/stable-diffusion-xl-base-1.0", "CreativeML OpenRAIL++-M",
            (1024, 1024), 40, 5.0, half="float16", variant="fp16",
        ),
        Preset(
            "sd3", "stabilityai/stable-diffusion-3.5-medium", "Stability AI Community License",
            (1024, 1024), 40, 4.5, gated=True,
        ),
        Preset(
            "flux", "black-forest-labs/FLUX.1-schnell", "Apache-2.0", (1024, 1024), 4, 0.0,
            more={"max_sequence_length": 256}, gated=True,
        ),
        Preset("flux2-klein", "black-forest-labs/FLUX.2-klein-4B", "Apache-2.0", (1024, 1024), 4, 1.0),
        Preset(
            "qwen-image", "Qwen/Qwen-Image", "Apache-2.0", (1024, 1024), 50, 4.0, "true_cfg_scale", blank=" "
        ),
    )
}  # fmt: skip
DEFAULT = "z-image-turbo"


def preset_of(model: str) -> Preset:
    """The preset of a short name or its repository; for any other model one that decides nothing."""
    known = {preset.repo: preset for preset in reversed(PRESETS.values())} | PRESETS
    return known.get(model, Preset("", model, "see the model's card"))


def avoided(shot: Shot) -> tuple[str, ...]:
    """The phrases a shot's picture should not look like."""
    return tuple(part.strip() for part in shot.avoid.split(",") if part.strip())

"""Text-to-image models by short name: repository, recommended settings and licence.

Other models can be used too, with the default settings of their pipelines.
"""

from dataclasses import dataclass, field
from typing import Any

from chorus_recon.types import Shot


@dataclass(frozen=True, slots=True)
class Preset:
    """The settings of a model; None leaves a setting to the pipeline."""

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

# CHORUS: Stable Diffusion 1.4, 512 px, 50 steps of PLMS (PNDM without its Runge-Kutta start), guidance 7.5,
# and no safety checker.
_PLMS = {
    "size_px": (512, 512),
    "steps": 50,
    "guidance": 7.5,
    "scheduler": "PNDMScheduler",
    "scheduler_options": {"skip_prk_steps": True},
    "half": "float16",
}

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="z-image-turbo",
            repo="Tongyi-MAI/Z-Image-Turbo",
            licence="Apache-2.0",
            size_px=(1024, 1024),
            steps=9,
            guidance=0.0,
        ),
        Preset(
            name="paper",
            repo="CompVis/stable-diffusion-v1-4",
            licence=_RAIL,
            **_PLMS,
            safety=False,
        ),
        Preset(
            name="sd15",
            repo="stable-diffusion-v1-5/stable-diffusion-v1-5",
            licence=_RAIL,
            **_PLMS,
        ),
        Preset(
            name="sdxl",
            repo="stabilityai/stable-diffusion-xl-base-1.0",
            licence="CreativeML OpenRAIL++-M",
            size_px=(1024, 1024),
            steps=40,
            guidance=5.0,
            half="float16",
            variant="fp16",
        ),
        Preset(
            name="sd3",
            repo="stabilityai/stable-diffusion-3.5-medium",
            licence="Stability AI Community License",
            size_px=(1024, 1024),
            steps=40,
            guidance=4.5,
            gated=True,
        ),
        Preset(
            name="flux",
            repo="black-forest-labs/FLUX.1-schnell",
            licence="Apache-2.0",
            size_px=(1024, 1024),
            steps=4,
            guidance=0.0,
            more={"max_sequence_length": 256},
            gated=True,
        ),
        Preset(
            name="flux2-klein",
            repo="black-forest-labs/FLUX.2-klein-4B",
            licence="Apache-2.0",
            size_px=(1024, 1024),
            steps=4,
            guidance=1.0,
        ),
        Preset(
            name="qwen-image",
            repo="Qwen/Qwen-Image",
            licence="Apache-2.0",
            size_px=(1024, 1024),
            steps=50,
            guidance=4.0,
            guidance_name="true_cfg_scale",
            blank=" ",
        ),
    )
}
DEFAULT = "z-image-turbo"


def preset_of(model: str) -> Preset:
    """The preset with a short name or repository; for any other model a preset without settings."""
    known = {preset.repo: preset for preset in reversed(PRESETS.values())} | PRESETS
    return known.get(model, Preset("", model, "see the model's card"))


def avoided(shot: Shot) -> tuple[str, ...]:
    """The phrases of a shot's negative prompt."""
    return tuple(part.strip() for part in shot.avoid.split(",") if part.strip())

"""Make docs/teaser.jpg: the reconstruction of a path-traced picture.

    pip install 'chorus-recon[rendering]'
    python tools/make_teaser.py [CATEGORY SEED]

The pipeline gets the picture only, without ground truth.
"""

import sys
import zlib
from pathlib import Path

import torch

from chorus_recon.backends.images.rendered.source import RenderedConfig, RenderedPhotos
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.pipeline.look.paint import paint
from chorus_recon.pipeline.output import overlay
from chorus_recon.pipeline.reconstruct import reconstruct
from chorus_recon.types import Prompt, Rejected, Shot

OUT = Path(__file__).parent.parent / "docs" / "teaser.jpg"


def main(category: str = "bicycle", name: str = "bicycle 0") -> None:
    torch.set_num_threads(1)  # the same picture on any machine
    prompt = Prompt(category, f"a person with a {category}", "", "tool")
    shot = Shot(0, prompt, "", "", zlib.crc32(name.encode()))
    made = next(iter(RenderedPhotos(RenderedConfig((960, 720), 32)).generate([shot])))
    if isinstance(made, Rejected):
        raise SystemExit(made.detail)
    torch.set_num_threads(2)
    answer = reconstruct(made.photo)
    renderer = EmbreeRenderer()
    picture = overlay.overlay(answer, renderer, paint(answer, renderer), width_px=1600)
    picture.convert("RGB").save(OUT, quality=88)


if __name__ == "__main__":
    main(*sys.argv[1:])

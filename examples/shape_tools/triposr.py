"""One cut-out picture and its mask in, a GLB by TripoSR out: a tool for `--backend shape=command:`.

    git clone https://github.com/VAST-AI-Research/TripoSR.git
    pip install omegaconf einops imageio transformers
    PYTHONPATH=TripoSR chorus-recon photo.jpg \
      --backend shape=command:'python examples/shape_tools/triposr.py {image} {mask} {out}'

No compiler is needed: scikit-image extracts the surface in place of torchmcubes, and since the mask is given,
rembg is not asked for it. TripoSR's code and weights (stabilityai/TripoSR) are under the MIT licence.
"""

import argparse
import sys
from types import ModuleType

import numpy as np
import torch
from PIL import Image
from skimage.measure import marching_cubes

FILL = 0.85  # of the picture that the object takes, as the network was trained
GRAY = 127  # behind it
Z_UP_TO_Y_UP = [1, 2, 0]  # its front looks along x, then along z


def surface(volume: torch.Tensor, level: float) -> tuple[torch.Tensor, torch.Tensor]:
    """What torchmcubes.marching_cubes gives: vertices with the last axis first, and triangles."""
    vertices, faces, _, _ = marching_cubes(volume.detach().cpu().numpy(), level)
    return torch.from_numpy(vertices[:, ::-1].copy()), torch.from_numpy(faces.astype(np.int64))


def picture(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The object before gray, in the middle of a square."""
    box = mask.getbbox()
    if box is None:
        raise SystemExit("the mask is empty")
    thing, outline = image.convert("RGB").crop(box), mask.convert("L").crop(box)
    side = round(max(thing.size) / FILL)
    square = Image.new("RGB", (side, side), (GRAY, GRAY, GRAY))
    square.paste(thing, ((side - thing.width) // 2, (side - thing.height) // 2), outline)
    return square


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("image")
    parser.add_argument("mask")
    parser.add_argument("out")
    parser.add_argument("--model", default="stabilityai/TripoSR", help="a folder, or a hub's repository")
    parser.add_argument("--resolution", type=int, default=256)
    given = parser.parse_args()
    cubes = ModuleType("torchmcubes")
    cubes.marching_cubes = surface  # pyright: ignore[reportAttributeAccessIssue]
    sys.modules.setdefault("torchmcubes", cubes)
    sys.modules.setdefault("rembg", ModuleType("rembg"))
    from tsr.system import TSR  # pyright: ignore[reportMissingImports]

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = TSR.from_pretrained(given.model, config_name="config.yaml", weight_name="model.ckpt").to(device)
    model.renderer.set_chunk_size(8192)
    with Image.open(given.image) as image, Image.open(given.mask) as mask, torch.no_grad():
        code = model([picture(image, mask)], device=device)
    mesh = model.extract_mesh(code, True, resolution=given.resolution)[0]
    mesh.vertices = mesh.vertices[:, Z_UP_TO_Y_UP]
    mesh.export(given.out, file_type="glb")


if __name__ == "__main__":
    main()

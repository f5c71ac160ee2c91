"""Correct the landmark network's metric points with a small network trained on rendered people.

The landmark network flattens depth, leans people away from cameras that look down and mixes up the depth of
limbs. Where the landmarks lie on the picture tells part of that. The corrector maps picture points and metric
points to a correction of the metric points; `tools/train_landmark_corrector.py` made its weights.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.human.start import cam_from_ray
from chorus_recon.backends.human.support import other_side, stretch, unstretch
from chorus_recon.geometry.camera import rays
from chorus_recon.types import Camera, Keypoints

WEIGHTS = "landmark_corrector.npz"


class LandmarkCorrector:
    """A multilayer perceptron on the landmarks of one person.

    Args:
        names: the landmarks, in the order of the weights.
        layers: weight [out in] and bias [out] of each layer, with SiLU between them.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        layers: Sequence[tuple[Float[Tensor, "_ _"], Float[Tensor, " _"]]],
    ) -> None:
        self.names = names
        self.layers = tuple(layers)
        self._other = [names.index(other_side(name)) for name in names]

    def correct(self, keypoints: Keypoints, camera: Camera) -> Keypoints:
        """The same landmarks with corrected `points_m`; unchanged where some are not finite.

        The mean of the answers for the landmarks and for their mirror image.
        """
        if keypoints.points_m is None:
            return keypoints
        rows = [keypoints.names.index(name) for name in self.names]
        pixels, metres = keypoints.points_px[rows], keypoints.points_m[rows]
        if not (pixels.isfinite().all() and metres.isfinite().all()):
            return keypoints
        flat, solid = features(self.names, pixels[None], metres[None], camera)
        change = self._forward(flat, solid)
        mirrored = self._forward(self._mirror(flat), self._mirror(solid))
        corrected = solid + (change + self._mirror(mirrored)) / 2
        corrected = corrected - _hips(self.names, corrected)
        points = keypoints.points_m.clone()
        points = points - points[[keypoints.names.index(f"{side}_hip") for side in ("left", "right")]].mean(0)
        points[rows] = unstretch(self.names, corrected)[0].to(points)
        return replace(keypoints, points_m=points)

    def _forward(self, flat: Float[Tensor, "b n 2"], solid: Float[Tensor, "b n 3"]) -> Float[Tensor, "b n 3"]:
        value = torch.cat([flat.flatten(1), solid.flatten(1)], 1)
        for number, (weight, bias) in enumerate(self.layers):
            value = value @ weight.mT + bias
            if number < len(self.layers) - 1:
                value = torch.nn.functional.silu(value)
        return value.view(solid.shape)

    def _mirror(self, points: Float[Tensor, "b n d"]) -> Float[Tensor, "b n d"]:
        out = points[:, self._other].clone()
        out[..., 0] *= -1
        return out


@lru_cache(maxsize=1)
def bundled() -> LandmarkCorrector:
    """The corrector that comes with the package."""
    with (files("chorus_recon") / "data" / WEIGHTS).open("rb") as stream:
        with np.load(stream, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    names = tuple(str(name) for name in arrays["names"])
    real = lambda name: torch.from_numpy(arrays[name].astype(np.float32))  # noqa: E731
    count = sum(name.startswith("weight") for name in arrays)
    return LandmarkCorrector(names, [(real(f"weight{i}"), real(f"bias{i}")) for i in range(count)])


def features(
    names: tuple[str, ...],
    points_px: Float[Tensor, "b n 2"],
    points_m: Float[Tensor, "b n 3"],
    camera: Camera,
) -> tuple[Float[Tensor, "b n 2"], Float[Tensor, "b n 3"]]:
    """Picture points and metric points of a person, both about the middle of the hips, in metres.

    Picture points are taken along the ray to the hips, as the network sees the person, and scaled so that
    they match the metric points. Hands and feet have natural size (`support.stretch`).
    """
    solid = stretch(names, points_m)
    solid = solid - _hips(names, solid)
    turned = cam_from_ray(camera, _hips(names, points_px)[:, 0])
    ray = rays(camera, points_px) @ turned.to(points_px)
    flat = ray[..., :2] / ray[..., 2:]
    flat = flat - _hips(names, flat)
    scale = (flat * solid[..., :2]).sum((1, 2)) / flat.square().sum((1, 2)).clamp_min(1e-12)
    return flat * scale[:, None, None], solid


def _hips(names: tuple[str, ...], points: Float[Tensor, "b n d"]) -> Float[Tensor, "b 1 d"]:
    rows = [names.index("left_hip"), names.index("right_hip")]
    return points[:, rows].mean(1, keepdim=True)

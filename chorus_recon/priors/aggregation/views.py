"""Bin cameras by their direction around the person, and find missing and rare views."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from chorus_recon.types import ViewBins

PAPER_BINS = ViewBins(12)  # CHORUS: 30 degrees each
BANDED_BINS = ViewBins(12, (math.radians(-10.0), math.radians(25.0)))  # azimuths x below, level, above
THIN = 0.1  # of the mean mass: bins below are reported, and are not scaled to full weight
AXIS_M = 1e-4  # the published azimuth sets smaller coordinates to 0
_SIDES = ("left", "front left", "front", "front right", "right", "back right", "back", "back left")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the pictures of a build are distributed over the view bins.

    `share` is the share of their weight per bin, and `text` a description. `missing` and `thin` name the bins
    without and with few pictures; an azimuth or a band of elevation that is missing altogether is named once.
    """

    bins: ViewBins
    share: Float[Tensor, " a"]
    missing: tuple[str, ...]
    thin: tuple[str, ...]
    text: str


def camera_center(cam_from_canon: Float[Tensor, "j 4 4"]) -> Float[Tensor, " 3"]:
    """The camera's centre in the body frame, in metres."""
    root = cam_from_canon[0]
    return -root[:3, :3].mT @ root[:3, 3]


def azimuth_rad(cam_from_canon: Float[Tensor, "j 4 4"]) -> float:
    """The camera's azimuth around the person: atan2(z, x) of its centre in the body frame, in [0, 2 pi)."""
    center = camera_center(cam_from_canon)
    return float(torch.atan2(center[2], center[0])) % (2 * math.pi)


def elevation_rad(cam_from_canon: Float[Tensor, "j 4 4"]) -> float:
    """The camera's elevation as seen from the pelvis: 0 level, pi / 2 overhead."""
    center = camera_center(cam_from_canon)
    return float(torch.atan2(center[1], center[[0, 2]].norm()))


def bin_of(cam_from_canon: Float[Tensor, "j 4 4"], bins: ViewBins) -> int:
    """The view bin of a picture."""
    turn = azimuth_rad(cam_from_canon) / (2 * math.pi)
    azimuth = min(int(turn * bins.azimuths), bins.azimuths - 1)
    up = elevation_rad(cam_from_canon)
    return azimuth + bins.azimuths * sum(up >= edge for edge in bins.elevation_edges_rad)


def paper_azimuth_deg(xz: Float[Tensor, "*b 2"]) -> Float[Tensor, "*b"]:
    """The published azimuth of (x, z), which sets coordinates near 0 to 0 (CHORUS, section 7)."""
    x, z = torch.where(xz.abs() < AXIS_M, 0.0, xz).unbind(-1)
    degrees = torch.rad2deg(torch.atan2(z, x)) % 360.0
    return torch.where(degrees >= 360.0, 0.0, degrees)


def paper_bin(cam_from_canon: Float[Tensor, "j 4 4"]) -> int:
    """The published azimuth bin of a picture."""
    return int(paper_azimuth_deg(camera_center(cam_from_canon)[[0, 2]]) / 30.0) % 12


def mirrored_bins(bins: ViewBins) -> Int[Tensor, " a"]:
    """The index of each bin after mirroring left to right."""
    azimuth = (bins.azimuths // 2 - 1 - torch.arange(bins.azimuths)) % bins.azimuths
    bands = torch.arange(len(bins.elevation_edges_rad) + 1) * bins.azimuths
    return (bands[:, None] + azimuth).reshape(-1)


def coverage(mass: Float[Tensor, " a"], pictures: int, bins: ViewBins) -> Coverage:
    """Describe the distribution of pictures over view bins.

    Args:
        mass: summed weight of the pictures of each bin.
        pictures: the number of pictures.
        bins: the view bins.
    """
    mass = mass.double().cpu()
    share = mass / mass.sum().clamp_min(1e-9)
    parts = share.reshape(-1, bins.azimuths)
    missing = _names(bins, parts == 0)
    thin = _names(bins, (parts > 0) & (parts < THIN / len(share)))
    lines = [f"{pictures} pictures from {int((share > 0).sum())} of {len(share)} views"]
    lines += [f"no picture from {name}" for name in missing]
    lines += [f"few pictures from {name}" for name in thin]
    return Coverage(bins, share.float(), missing, thin, "\n".join(lines))


def from_provenance(provenance: Mapping[str, Any]) -> Coverage | None:
    """The coverage stored in a prior's provenance; None if the prior was not counted from pictures."""
    share, kept = provenance.get("view_share"), provenance.get("kept")
    if not isinstance(share, list) or not isinstance(kept, int):
        return None
    for bins in (PAPER_BINS, BANDED_BINS):
        if len(share) == bins.count:
            return coverage(torch.tensor(share, dtype=torch.float32), kept, bins)
    return None


def _names(bins: ViewBins, which: Bool[Tensor, "e a"]) -> tuple[str, ...]:
    """Names of the marked bins: whole bands first, then whole azimuths, then the rest by band."""
    bands = which.all(1) if len(which) > 1 else torch.zeros(1, dtype=torch.bool)
    sides = which[~bands].all(0)
    names = [_band(bins, band) for band in bands.nonzero()[:, 0].tolist()]
    names += [f"the {span}" for span in _spans(bins, sides)]
    for band in (~bands).nonzero()[:, 0].tolist():
        rest = _spans(bins, which[band] & ~sides)
        if rest:
            names.append(f"{_band(bins, band)} at the {', '.join(rest)}")
    return tuple(names)


def _spans(bins: ViewBins, which: Bool[Tensor, " a"]) -> list[str]:
    """Names of runs of neighbouring azimuths."""
    runs: list[list[int]] = []
    for azimuth in which.nonzero()[:, 0].tolist():
        if runs and runs[-1][-1] == azimuth - 1:
            runs[-1].append(azimuth)
        else:
            runs.append([azimuth])
    width = 360.0 / bins.azimuths
    out = []
    for run in runs:
        ends = dict.fromkeys(
            _SIDES[round((azimuth + 0.5) * width / 45.0) % 8] for azimuth in (run[0], run[-1])
        )
        out.append(f"{' to '.join(ends)} ({run[0] * width:.0f}-{(run[-1] + 1) * width:.0f} deg)")
    return out


def bands(bins: ViewBins) -> list[str]:
    """The names of the bands of elevation, from below."""
    return [_band(bins, band) for band in range(bins.count // bins.azimuths)]


def _band(bins: ViewBins, band: int) -> str:
    edges = [round(math.degrees(edge)) for edge in bins.elevation_edges_rad]
    if not edges:
        return "any height"
    if band == 0:
        return f"below {edges[0]} deg"
    return f"above {edges[-1]} deg" if band == len(edges) else f"{edges[band - 1]} to {edges[band]} deg"

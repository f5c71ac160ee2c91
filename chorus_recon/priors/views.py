"""A camera's place around the person in, its view bin out; and which views of a tally are missing or thin."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.types import OccupancyTally, ViewBins

PAPER_BINS = ViewBins(12)  # CHORUS: 30 degrees each
BANDED_BINS = ViewBins(12, (math.radians(-10.0), math.radians(25.0)))  # from below, level, from above
THIN = 0.1  # of the mean bin's mass: a thinner bin is named, and is not weighed up to a full one
AXIS_M = 1e-4  # the published azimuth treats what is nearer to an axis than this as on it
_SIDES = ("left", "front left", "front", "front right", "right", "back right", "back", "back left")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well a tally was seen from around: `share` of its mass a bin; `text` says it for people."""

    share: Float[Tensor, " a"]
    missing: tuple[str, ...]
    thin: tuple[str, ...]
    text: str


def camera_center(cam_from_canon: Float[Tensor, "j 4 4"]) -> Float[Tensor, " 3"]:
    """Where the camera stands in the body frame."""
    root = cam_from_canon[0]
    return -root[:3, :3].mT @ root[:3, 3]


def azimuth_rad(cam_from_canon: Float[Tensor, "j 4 4"]) -> float:
    """Where around the person the camera stands: atan2(z, x) of its centre in the body frame, [0, 2 pi)."""
    center = camera_center(cam_from_canon)
    return float(torch.atan2(center[2], center[0])) % (2 * math.pi)


def elevation_rad(cam_from_canon: Float[Tensor, "j 4 4"]) -> float:
    """How high the camera stands above the pelvis, seen from there: 0 level, pi / 2 overhead."""
    center = camera_center(cam_from_canon)
    return float(torch.atan2(center[1], center[[0, 2]].norm()))


def bin_of(cam_from_canon: Float[Tensor, "j 4 4"], bins: ViewBins) -> int:
    """The view bin of a picture."""
    turn = azimuth_rad(cam_from_canon) / (2 * math.pi)
    azimuth = min(int(turn * bins.azimuths), bins.azimuths - 1)
    up = elevation_rad(cam_from_canon)
    return azimuth + bins.azimuths * sum(up >= edge for edge in bins.elevation_edges_rad)


def paper_azimuth_deg(xz: Float[Tensor, "*b 2"]) -> Float[Tensor, "*b"]:
    """The published azimuth of (x, z), which snaps what lies near an axis to it (CHORUS, section 7)."""
    x, z = torch.where(xz.abs() < AXIS_M, 0.0, xz).unbind(-1)
    degrees = torch.rad2deg(torch.atan2(z, x)) % 360.0
    return torch.where(degrees >= 360.0, 0.0, degrees)


def paper_bin(cam_from_canon: Float[Tensor, "j 4 4"]) -> int:
    """The published azimuth bin of a picture."""
    return int(paper_azimuth_deg(camera_center(cam_from_canon)[[0, 2]]) / 30.0) % 12


def mirrored_bins(bins: ViewBins) -> Int[Tensor, " a"]:
    """The bin that each bin becomes when left and right trade places."""
    azimuth = (bins.azimuths // 2 - 1 - torch.arange(bins.azimuths)) % bins.azimuths
    bands = torch.arange(len(bins.elevation_edges_rad) + 1) * bins.azimuths
    return (bands[:, None] + azimuth).reshape(-1)


def coverage(total: OccupancyTally) -> Coverage:
    """Which views the evidence comes from, and which are missing or thin."""
    mass = total.mass.double().cpu()
    share = mass / mass.sum().clamp_min(1)
    floor = THIN / len(share)
    missing = tuple(_name(total.bins, n) for n, part in enumerate(share.tolist()) if part == 0)
    thin = tuple(_name(total.bins, n) for n, part in enumerate(share.tolist()) if 0 < part < floor)
    seen = len(share) - len(missing)
    lines = [f"{int(total.count.sum())} pictures from {seen} of {len(share)} views"]
    lines += [f"no picture from the {name}" for name in missing]
    lines += [f"few pictures from the {name}" for name in thin]
    return Coverage(share.float(), missing, thin, "\n".join(lines))


def _name(bins: ViewBins, which: int) -> str:
    band, azimuth = divmod(which, bins.azimuths)
    width = 360.0 / bins.azimuths
    side = _SIDES[round((azimuth + 0.5) * width / 45.0) % 8]
    words = f"{side} ({azimuth * width:.0f}-{(azimuth + 1) * width:.0f} deg)"
    edges = [round(math.degrees(edge)) for edge in bins.elevation_edges_rad]
    if not edges:
        return words
    if band == 0:
        return f"{words}, below {edges[0]} deg"
    return (
        f"{words}, above {edges[-1]} deg"
        if band == len(edges)
        else f"{words}, {edges[band - 1]} to {edges[band]} deg"
    )

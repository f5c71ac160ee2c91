"""Quantise a cluster's grids to small integers and pack those into bytes.

Occupancy is rounded down to steps of 1/100. After loading, it is at least k/100 in exactly the same voxels as
before, for every k. So scores at thresholds (PAP) do not change.
"""

import lzma
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from chorus_recon.errors import PriorError
from chorus_recon.geometry import credible
from chorus_recon.types import AxisField, OccupancyPrior

Levels = dict[str, UInt8[Tensor, "x y z"]]
BASE = ("occupancy", "support")
EXTRAS = ("evidence", "strength", "axis")
REBUILD = "The file is damaged or not a prior; rebuild it with `chorus-recon prior build`."
_STEPS = {"occupancy": 101, "support": 15, "evidence": 63, "strength": 7, "axis": 255}
_SHARES = 100  # steps of occupancy; level 0 is exactly 0, level n is the step from (n - 1) / 100
_OCTAVE = 3  # steps per doubling of evidence
_SIDE = 15  # steps of each of the two coordinates of an axis
_MEMORY = 128 << 20  # bytes that unpacking may take


@dataclass(frozen=True, slots=True)
class Grids:
    """The decoded grids of a cluster; see `OccupancyPrior`."""

    occupancy: Float[Tensor, "x y z"]
    support: Float[Tensor, "x y z"]
    evidence: Float[Tensor, "x y z"] | None
    low: Float[Tensor, "x y z"] | None
    high: Float[Tensor, "x y z"] | None
    axes: AxisField | None


def encode(cluster: OccupancyPrior, where: str) -> Levels:
    """Quantise a cluster's grids. The interval is not stored: it follows from occupancy and evidence.

    Raises:
        PriorError: a value is not finite or out of range; `where` names the cluster.
    """
    levels = {
        "occupancy": _occupancy_levels(_checked(cluster.occupancy, "occupancy", where)),
        # the steps are finest where few pictures saw the voxel
        "support": _rounded(_checked(cluster.support, "support", where).sqrt(), "support"),
    }
    if cluster.evidence is not None:
        if not bool(torch.isfinite(cluster.evidence).all()) or float(cluster.evidence.min()) < 0:
            raise PriorError(f"{where}: expected evidence of 0 or more.", "Look at what built it.")
        steps = ((1 + cluster.evidence.double()).log2() * _OCTAVE).round().clamp_max(_STEPS["evidence"])
        levels["evidence"] = steps.to(torch.uint8)
    if cluster.axes is not None:
        # where occupancy is 0 the axis is undefined
        strength = _rounded(_checked(cluster.axes.strength, "strength", where), "strength")
        strength *= levels["occupancy"] > 0
        levels["strength"] = strength
        levels["axis"] = _axis_levels(cluster.axes.axis) * (strength > 0)
    return levels


def decode(levels: Levels) -> Grids:
    """Restore the grids from their levels."""
    shares, seen = levels["occupancy"].int(), levels["support"].int()
    occupancy = _occupancies()[shares]
    support = (torch.arange(_STEPS["support"] + 1).float() / _STEPS["support"]).square()[seen]
    evidence = low = high = axes = None
    if "evidence" in levels:
        behind = levels["evidence"].int()
        evidence = _evidences()[behind]
        low, high = (end[shares, behind] for end in _intervals())
    if "axis" in levels:
        strength = levels["strength"].float() / _STEPS["strength"]
        axis = _axis(torch.arange(_STEPS["axis"] + 1))[levels["axis"].int()]
        axis[strength == 0] = torch.tensor([0.0, 0.0, 1.0])
        axes = AxisField(axis, strength)
    return Grids(occupancy, support, evidence, low, high, axes)


def mirrored(levels: Levels) -> Levels:
    """Mirror levels left to right (x reversed)."""
    turned = {name: values.flip(0) for name, values in levels.items()}
    if "axis" in turned:
        first, second = turned["axis"] // (_SIDE + 1), turned["axis"] % (_SIDE + 1)
        turned["axis"] = ((_SIDE - second) * (_SIDE + 1) + _SIDE - first) * (turned["strength"] > 0)
    return turned


def equal(first: Levels, second: Levels) -> bool:
    """Whether two clusters' levels are the same."""
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def known(extras: Sequence[str]) -> bool:
    """Whether these are valid names of the arrays beside occupancy and support."""
    return list(extras) in ([], ["evidence"], ["strength", "axis"], ["evidence", "strength", "axis"])


def pack(levels: UInt8[Tensor, "x y z"]) -> UInt8[Tensor, " n"]:
    """Compress levels to bytes; the same levels give the same bytes."""
    raw = lzma.compress(levels.contiguous().numpy().tobytes(), preset=9)
    return torch.frombuffer(bytearray(raw), dtype=torch.uint8)


def unpack(packed: Tensor, name: str, shape: Sequence[int], where: str) -> UInt8[Tensor, "x y z"]:
    """Decompress and check levels of a file that is not trusted.

    Raises:
        PriorError: the bytes are damaged, of another size, or hold values out of range.
    """
    if packed.dtype != torch.uint8 or packed.ndim != 1:
        raise PriorError(f"{where}: stored as {packed.dtype} {tuple(packed.shape)}.", REBUILD)
    count = math.prod(shape)
    try:
        stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
        raw = stream.decompress(packed.numpy().tobytes(), count + 1)  # bounded, whatever the file says
    except lzma.LZMAError as error:
        raise PriorError(f"{where}: cannot be unpacked ({error}).", REBUILD) from error
    if len(raw) != count or not stream.eof:
        raise PriorError(f"{where}: does not hold the {count} voxels its header says.", REBUILD)
    levels = torch.frombuffer(bytearray(raw), dtype=torch.uint8).reshape(*shape)
    if int(levels.max()) > _STEPS[name]:
        raise PriorError(f"{where}: has values above 1.", REBUILD)
    return levels


def _checked(values: Float[Tensor, "x y z"], name: str, where: str) -> Float[Tensor, "x y z"]:
    if not bool(torch.isfinite(values).all()) or float(values.min()) < 0 or float(values.max()) > 1:
        raise PriorError(f"{where}: expected finite values of {name} in [0, 1].", "Look at what built it.")
    return values.float()


def _rounded(values: Float[Tensor, "x y z"], name: str) -> UInt8[Tensor, "x y z"]:
    return (values * _STEPS[name]).round().to(torch.uint8)


def _occupancy_levels(values: Float[Tensor, "x y z"]) -> UInt8[Tensor, "x y z"]:
    # steps are float32 like the thresholds: the float32 nearest to 0.7 is less than 0.7
    steps = torch.arange(_SHARES + 1).double().div(_SHARES).float()
    levels = torch.searchsorted(steps, values.contiguous(), right=True)
    return torch.where(values > 0, levels, 0).to(torch.uint8)


def _occupancies() -> Float[Tensor, " o"]:
    """The occupancy of each level: the middle of its step; 0 and 1 are exact."""
    middles = (torch.arange(_SHARES).double() + 0.5) / _SHARES
    return torch.cat([torch.zeros(1).double(), middles, torch.ones(1).double()]).float()


def _evidences() -> Float[Tensor, " e"]:
    """The evidence of each level."""
    return (2 ** (torch.arange(_STEPS["evidence"] + 1).double() / _OCTAVE) - 1).float()


@lru_cache(maxsize=1)
def _intervals() -> tuple[Float[Tensor, "o e"], Float[Tensor, "o e"]]:
    """The interval of every pair of occupancy and evidence levels."""
    pairs = torch.meshgrid(_occupancies(), _evidences(), indexing="ij")
    return credible.interval(pairs[0], pairs[1])


def _axis_levels(axis: Float[Tensor, "*b 3"]) -> UInt8[Tensor, "*b"]:
    """Encode a line by its end on the z >= 0 half of an octahedron, projected along z and turned 45 deg."""
    forward = torch.where(axis[..., 2:] < 0, -axis, axis).double()
    flat = forward[..., :2] / forward.abs().sum(-1, keepdim=True).clamp_min(1e-12)
    turned = torch.stack([flat[..., 0] + flat[..., 1], flat[..., 0] - flat[..., 1]], -1)
    steps = ((turned + 1) / 2 * _SIDE).round().clamp(0, _SIDE)
    return (steps[..., 0] * (_SIDE + 1) + steps[..., 1]).to(torch.uint8)


def _axis(levels: Int[Tensor, "*b"]) -> Float[Tensor, "*b 3"]:
    first = (levels // (_SIDE + 1)).double() / _SIDE * 2 - 1
    second = (levels % (_SIDE + 1)).double() / _SIDE * 2 - 1
    x, y = (first + second) / 2, (first - second) / 2
    line = torch.stack([x, y, (1 - x.abs() - y.abs()).clamp_min(0)], -1)
    return torch.nn.functional.normalize(line, dim=-1).float()

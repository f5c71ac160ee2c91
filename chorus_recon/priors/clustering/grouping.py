"""Assign pictures to the counts of a build and name those, by the chosen grouping."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.priors.aggregation import aggregate, gates
from chorus_recon.priors.aggregation.aggregate import Count
from chorus_recon.priors.aggregation.gates import Gate
from chorus_recon.priors.aggregation.visibility import Canon
from chorus_recon.priors.clustering.cluster import Cluster
from chorus_recon.priors.clustering.statistics import BuildStatistics
from chorus_recon.types import ALL, Observation, VoxelGrid

MOST_PROMPTS = 24  # the commonest; a count takes some tens of megabytes
# CHORUS gates by regions of several parts; these are all of the 24, side by side.
REGIONS: dict[str, tuple[str, ...]] = {
    "head": ("head", "neck"),
    "torso": ("spine", "spine1", "spine2", "leftShoulder", "rightShoulder"),
    "hips": ("hips",),
    **{
        f"{side} {name}": tuple(f"{side}{part}" for part in parts)
        for side in ("left", "right")
        for name, parts in {
            "arm": ("Arm", "ForeArm"),
            "hand": ("Hand", "HandIndex1"),
            "leg": ("UpLeg", "Leg"),
            "foot": ("Foot", "ToeBase"),
        }.items()
    },
}


class Grouping(StrEnum):
    """What clusters are: AUTO by what is touched and done, NONE all in one, the others beside the total.

    PARTS: a cluster a body region, of the pictures whose object passes it; a picture may be in several.
    PROMPTS: one a prompt.
    """

    AUTO = "auto"
    PARTS = "parts"
    PROMPTS = "prompts"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sorting:
    """Running counts with their names, and the way of each picture into them."""

    names: tuple[str, ...]
    counts: tuple[Count, ...]
    label: Mapping[int, int]  # number of a picture among the kept -> its count
    prompt: Mapping[str, int]  # text -> its count
    every: tuple[int, ...]  # counts that every picture goes to, past their gates

    def counts_of(self, number: int, one: Observation) -> Iterator[Count]:
        """Where a picture is counted."""
        yield from (self.counts[which] for which in self.every)
        if number in self.label:
            yield self.counts[self.label[number]]
        if one.prompt in self.prompt:
            yield self.counts[self.prompt[one.prompt]]


def by_groups(groups: Sequence[Cluster], canon: Canon) -> Sorting:
    """Each picture in its own group."""
    label = {int(n): k for k, one in enumerate(groups) for n in one.members}
    counts = tuple(aggregate.begin(canon) for _ in groups)
    return Sorting(tuple(one.name for one in groups), counts, label, {}, ())


def alone(canon: Canon) -> Sorting:
    """All in one."""
    return Sorting((ALL,), (aggregate.begin(canon),), {}, {}, (0,))


def by_prompts(statistics: BuildStatistics, canon: Canon) -> Sorting:
    """All, and each of the commonest prompts."""
    kept = sorted((one for one in statistics.prompts if one.kept), key=lambda one: (-one.kept, one.text))
    texts = [one.text for one in kept[:MOST_PROMPTS]]
    counts = tuple(aggregate.begin(canon) for _ in (ALL, *texts))
    return Sorting((ALL, *texts), counts, {}, {text: n + 1 for n, text in enumerate(texts)}, (0,))


def by_parts(
    vertices: Float[Tensor, "v 3"],
    parts: Mapping[str, Int[Tensor, " n"]],
    grid: VoxelGrid,
    canon: Canon,
) -> Sorting:
    """All, and each of `REGIONS` of a canonical body."""
    rules = [
        Gate(name, (gates.join(gates.region(vertices[parts[one]], grid) for one in members),))
        for name, members in REGIONS.items()
    ]
    counts = (aggregate.begin(canon), *(aggregate.begin(canon, rule) for rule in rules))
    return Sorting((ALL, *REGIONS), counts, {}, {}, tuple(range(len(counts))))

"""Assign the pictures of a build to named counts, by the chosen grouping."""

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

MOST_PROMPTS = 24  # the most common prompts; each count takes tens of megabytes
# CHORUS gates by regions of several parts. These regions cover all 24 parts without overlap.
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
    """How pictures are grouped into clusters.

    - AUTO: by contact region and action.
    - PARTS: all pictures, and a cluster per body region of the pictures whose object passes it; a picture may
      be in several.
    - PROMPTS: all pictures, and a cluster per prompt.
    - NONE: all pictures in one cluster.
    """

    AUTO = "auto"
    PARTS = "parts"
    PROMPTS = "prompts"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Assignment:
    """Running counts with their names, and which counts each picture is added to."""

    names: tuple[str, ...]
    counts: tuple[Count, ...]
    label: Mapping[int, int]  # index of a picture among the kept -> index of its count
    prompt: Mapping[str, int]  # text of a prompt -> index of its count
    every: tuple[int, ...]  # indices of the counts for every picture that their gates admit

    def counts_of(self, number: int, observation: Observation) -> Iterator[Count]:
        """The counts of the picture with index `number` among the kept."""
        yield from (self.counts[which] for which in self.every)
        if number in self.label:
            yield self.counts[self.label[number]]
        if observation.prompt in self.prompt:
            yield self.counts[self.prompt[observation.prompt]]


def by_groups(groups: Sequence[Cluster], canon: Canon) -> Assignment:
    """One count per group."""
    label = {int(n): k for k, group in enumerate(groups) for n in group.members}
    counts = tuple(aggregate.begin(canon) for _ in groups)
    names = tuple(group.name for group in groups)
    return Assignment(names=names, counts=counts, label=label, prompt={}, every=())


def ungrouped(canon: Canon) -> Assignment:
    """One count of all pictures."""
    return Assignment(names=(ALL,), counts=(aggregate.begin(canon),), label={}, prompt={}, every=(0,))


def by_prompts(statistics: BuildStatistics, canon: Canon) -> Assignment:
    """A count of all pictures, and one per prompt for the most common prompts."""
    kept = [prompt for prompt in statistics.prompts if prompt.kept]
    kept.sort(key=lambda prompt: (-prompt.kept, prompt.text))
    texts = [prompt.text for prompt in kept[:MOST_PROMPTS]]
    counts = tuple(aggregate.begin(canon) for _ in (ALL, *texts))
    index = {text: n + 1 for n, text in enumerate(texts)}
    return Assignment(names=(ALL, *texts), counts=counts, label={}, prompt=index, every=(0,))


def by_parts(
    vertices: Float[Tensor, "v 3"],
    parts: Mapping[str, Int[Tensor, " n"]],
    grid: VoxelGrid,
    canon: Canon,
) -> Assignment:
    """A count of all pictures, and one per region (`REGIONS`) of a canonical body."""
    rules = [
        Gate(name, (gates.join(gates.region(vertices[parts[part]], grid) for part in members),))
        for name, members in REGIONS.items()
    ]
    counts = (aggregate.begin(canon), *(aggregate.begin(canon, rule) for rule in rules))
    every = tuple(range(len(counts)))
    return Assignment(names=(ALL, *REGIONS), counts=counts, label={}, prompt={}, every=every)

"""Count the records that were kept or set aside, by reason, prompt and view phrase."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.collect import KEPT
from chorus_recon.priors.jobs.storage import Storage

FEW = 8  # most generators that are listed individually


@dataclass(frozen=True, slots=True)
class Yield:
    """How many pictures were made with a prompt or view phrase, and how many of them were kept."""

    text: str
    made: int
    kept: int


@dataclass(frozen=True, slots=True)
class BuildStatistics:
    """The outcomes of a build's pictures, and their generators and licences.

    `counts` is the number of pictures per outcome: KEPT or the reason. `phrases` are the view phrases. If
    every picture has its own generator ("photos:DIR/1.jpg"), `generators` holds only their kinds.
    """

    counts: Counter[str]
    prompts: tuple[Yield, ...]
    phrases: tuple[Yield, ...]
    generators: tuple[str, ...]
    licences: dict[str, str]

    @property
    def kept(self) -> int:
        """The number of kept pictures."""
        return self.counts[KEPT]


def take(folder: Storage, names: Sequence[str]) -> BuildStatistics:
    """Count the records of the given chunks, one chunk at a time."""
    counts: Counter[str] = Counter()
    prompts: dict[str, Counter[str]] = {}
    phrases: dict[str, Counter[str]] = {}
    generators: set[str] = set()
    licences: dict[str, str] = {}
    for name in names:
        table = collect.read(folder, name)
        licences |= table.licences
        for record in table.records:
            became = collect.became(record)
            counts[became] += 1
            prompts.setdefault(record.shot.prompt.text, Counter())[became] += 1
            phrases.setdefault(record.shot.view, Counter())[became] += 1
            generators.add(record.generator)
    if len(generators) > FEW:
        generators = {generator.partition(":")[0] for generator in generators}
    makers = tuple(sorted(generators - {""}))
    return BuildStatistics(
        counts=counts,
        prompts=_yields(prompts),
        phrases=_yields(phrases),
        generators=makers,
        licences=dict(sorted(licences.items())),
    )


def _yields(table: dict[str, Counter[str]]) -> tuple[Yield, ...]:
    return tuple(Yield(text, outcomes.total(), outcomes[KEPT]) for text, outcomes in sorted(table.items()))

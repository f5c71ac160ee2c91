"""Count which records were kept or set aside, by reason, prompt and view phrase."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chorus_recon.priors.jobs import collect
from chorus_recon.priors.jobs.collect import KEPT
from chorus_recon.priors.jobs.storage import Storage

FEW = 8  # generators that are named one by one


@dataclass(frozen=True, slots=True)
class Yield:
    """Of the pictures asked for with one wording, how many were kept."""

    text: str
    made: int
    kept: int


@dataclass(frozen=True, slots=True)
class BuildStatistics:
    """What became of the pictures of a build, and what made them.

    `counts` is KEPT or the reason -> how many; `phrases` are the view phrases; where every picture had
    a generator of its own ("photos:DIR/1.jpg"), `generators` are their kinds.
    """

    counts: Counter[str]
    prompts: tuple[Yield, ...]
    phrases: tuple[Yield, ...]
    generators: tuple[str, ...]
    licences: dict[str, str]

    @property
    def kept(self) -> int:
        """Pictures that count."""
        return self.counts[KEPT]


def take(folder: Storage, names: Sequence[str]) -> BuildStatistics:
    """Go through the records of some pieces, one piece at a time."""
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
        generators = {one.partition(":")[0] for one in generators}
    makers = tuple(sorted(generators - {""}))
    return BuildStatistics(counts, _yields(prompts), _yields(phrases), makers, dict(sorted(licences.items())))


def _yields(table: dict[str, Counter[str]]) -> tuple[Yield, ...]:
    return tuple(Yield(text, one.total(), one[KEPT]) for text, one in sorted(table.items()))

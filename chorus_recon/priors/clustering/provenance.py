"""What the file of a prior from pictures says of how it was made."""

from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.aggregation.views import Coverage
from chorus_recon.priors.clustering.grouping import Grouping
from chorus_recon.priors.clustering.statistics import BuildStatistics
from chorus_recon.priors.jobs.collect import KEPT
from chorus_recon.priors.jobs.settings import BuildManifest
from chorus_recon.version import __version__


def of_pictures(
    manifest: BuildManifest,
    statistics: BuildStatistics,
    coverage: Coverage | None,
    mode: Mode,
    by: Grouping,
) -> dict[str, object]:
    """The provenance of a prior that was counted from pictures."""
    chosen = manifest.settings
    counts = statistics.counts
    return incomplete(manifest, statistics) | {
        "source": chosen.source,
        "phrases": chosen.phrases,
        "generators": list(statistics.generators),
        "writer": chosen.writer,
        "prompts": [prompt.text for prompt in chosen.prompts],
        "chorus_recon": __version__,
        "seed": chosen.seed,
        "images": counts.total(),
        "kept": counts[KEPT],
        "rejected": {reason: counts[reason] for reason in sorted(counts) if reason != KEPT},
        "views": coverage.text if coverage else "",
        "view_share": [round(share, 4) for share in coverage.share.tolist()] if coverage else [],
        "balance": chosen.balance,
        "screening": chosen.screening,
        "camera": chosen.camera,
        "aggregation": mode.value,
        "cluster": by.value,
        "segmenter": chosen.segmenter,
        "human": chosen.human,
        "licences": statistics.licences | chosen.writer_licences,
    }


def incomplete(manifest: BuildManifest, statistics: BuildStatistics) -> dict[str, object]:
    """The number of pictures that other shards lack, and the release of records of another one."""
    wanted = sum(count for _, count in manifest.settings.layout.numbered(manifest.images))
    missing = wanted - statistics.counts.total()
    facts: dict[str, object] = {"missing": missing} if missing else {}
    if manifest.chorus_recon != __version__:
        facts["records_by"] = f"chorus-recon {manifest.chorus_recon}"
    return facts

"""Join finished priors of one category, such as one from words and one from pictures, with stated weights."""

from collections.abc import Sequence
from dataclasses import replace

from chorus_recon.errors import ConfigError
from chorus_recon.priors.clustering.regrid import on_grid
from chorus_recon.types import ALL, OccupancyPrior, PriorSet
from chorus_recon.version import __version__


def join(priors: Sequence[PriorSet], weights: Sequence[float], names: Sequence[str]) -> PriorSet:
    """The clusters of all priors, with the shares of each prior scaled to its weight; on the first's grid.

    A prior with a cluster of the whole category enters with this cluster alone, under the prior's name.

    Args:
        priors: of one category and one body model.
        weights: of each prior, above 0; only their ratios count.
        names: of each prior, for provenance and for clusters.

    Raises:
        ConfigError: the priors do not fit together, or there are not as many weights as priors.
    """
    if len(weights) != len(priors) or any(not 0 < weight < float("inf") for weight in weights):
        said = " ".join(f"{weight:g}" for weight in weights) or "none"
        raise ConfigError(
            f"{len(priors)} priors need as many weights above 0, not {said}.",
            "Such as --weights 0.7,0.3.",
        )
    if len(priors) < 2:
        raise ConfigError("There is nothing to join.", "Name two priors or more.")
    for what in (
        sorted({prior.category for prior in priors}),
        sorted({cluster.body_model for prior in priors for cluster in prior.clusters}),
    ):
        if len(what) > 1:
            raise ConfigError(
                f"Priors of {' and '.join(what)} cannot be joined.", "Join priors of one thing."
            )
    grid = priors[0].clusters[0].grid
    clusters: list[OccupancyPrior] = []
    for prior, weight, name in zip(priors, weights, names, strict=True):
        whole = [replace(c, cluster=name) for c in prior.clusters if c.cluster == ALL] or prior.clusters
        total = sum(cluster.share for cluster in whole)
        for cluster in whole:
            share = cluster.share / total * weight / sum(weights)
            taken = {other.cluster for other in clusters}
            label = f"{name}: {cluster.cluster}" if cluster.cluster in taken else cluster.cluster
            clusters.append(replace(on_grid(cluster, grid), share=share, cluster=label))
    parts = [
        {"prior": name, "weight": weight / sum(weights), "provenance": prior.provenance}
        for prior, weight, name in zip(priors, weights, names, strict=True)
    ]
    provenance = {"source": "joined", "chorus_recon": __version__, "parts": parts}
    return PriorSet(priors[0].category, tuple(clusters), provenance)

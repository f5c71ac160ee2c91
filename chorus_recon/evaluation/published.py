"""The baseline: a prior's pictures counted and carried as the published release does."""

import logging

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.errors import MissingBackend
from chorus_recon.geometry import transforms
from chorus_recon.io import category_names
from chorus_recon.io.prior_files import bundled_paper, is_bundled, load_prior, locate
from chorus_recon.pipeline.field import frames
from chorus_recon.priors import factory
from chorus_recon.priors.aggregation import paper
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.jobs import collect, record_table, settings
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import PosedBody, PosedField, PriorSet

_LOG = logging.getLogger(__name__)


def counted(name: str, prior: PriorSet) -> PriorSet | None:
    """The pictures of a prior counted the published way, on the published grid.

    Those of a bundled prior were counted when it was made. Those of a file are counted here, from the
    records of the build's folder it lies in; where it lies in none, there is nothing to compare with.

    Args:
        name: what the prior was loaded by, a bundled category or a file.
        prior: what was loaded.
    """
    if is_bundled(name):
        beside = bundled_paper(prior.category)
        return load_prior(beside) if beside else None
    try:
        made = _recounted(Storage(str(locate(name).parent)), prior)
    except MissingBackend as error:
        made = f"{error.message} {error.hint}"
    if isinstance(made, str):
        _LOG.warning("%s: not compared with the published way of counting: %s", name, made)
        return None
    return made


def carried(prior: PriorSet, model: BodyModel, body: PosedBody) -> PosedField:
    """A prior counted in one cluster, carried to a person the published way (`priors.paper.carry`)."""
    (cluster,) = prior.clusters
    _, cam_from_root, root_from_canon = frames(cluster.body_model, model, body)
    vertices = transforms.apply(transforms.inverse(cam_from_root), body.vertices)
    values = paper.carry(cluster.occupancy, cluster.grid, vertices, model.skin_weights, root_from_canon)
    return PosedField(cluster.grid, cam_from_root, values, cluster.cluster, cluster.share)


def _recounted(folder: Storage, prior: PriorSet) -> PriorSet | str:
    """Count the records of a build's folder again, or say why that is not possible."""
    if not folder.has(settings.FILE):
        return f"no build's records are in {folder.url}."
    claim = settings.load(folder)
    if category_names.key(claim.settings.category) != category_names.key(prior.category):
        return f"the build in {folder.url} is of {claim.settings.category!r}."
    record_table.check()
    context = factory.context_of(folder, claim.settings, Mode.PAPER)
    if claim.settings.scenes is None:
        names, wanted = collect.current(folder), prior.provenance.get("images")
    else:
        units = prior.provenance.get("scenes_asked", 0)
        names = [name for name in claim.settings.layout.names(units) if name in collect.finished(folder)]
        wanted = sum(pictures for _, pictures in claim.settings.layout.numbered(units))
    found = context.gather(folder, names, Mode.PAPER)
    if found.statistics.counts.total() != wanted:
        return f"{folder.url} holds other pictures than it was made of; run its `prior build` again."
    return PriorSet(prior.category, found.clusters, {"aggregation": Mode.PAPER.value})

"""Merge the folders of several shards into one build."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chorus_recon.errors import ConfigError
from chorus_recon.priors.jobs import chunks, collect, manifest, settings
from chorus_recon.priors.jobs.collect import SHARDS
from chorus_recon.priors.jobs.settings import BuildManifest
from chorus_recon.priors.jobs.storage import Storage


def merge(
    parts: Sequence[Storage],
    out: Storage,
    pictures: bool = True,
    watch: Callable[[int, int], None] | None = None,
) -> tuple[BuildManifest, list[str], int]:
    """Copy what the folders have; the build's file, the names of all chunks there, and how many are missing.

    What is there already is not copied again. Without `pictures` only the records are.

    Raises:
        ConfigError: the folders hold builds with other settings or by other releases, or none is given.
    """
    if not parts:
        raise ConfigError("There is nothing to merge.", "Name the folders of the shards.")
    claims = [settings.load(one) for one in parts]
    first = claims[0]
    for one, claim in zip(parts[1:], claims[1:], strict=True):
        settings.check_same(first.settings, claim.settings, one)
        settings.check_release(claim, one, first.chorus_recon)
    whole = replace(first, images=max(one.images for one in claims))
    kept = settings.claim(out, whole.settings, whole.images, first.chorus_recon)
    settings.check_release(kept, out, first.chorus_recon)
    manifest.join(parts, out)
    wanted = chunks.names(whole.images, whole.settings.chunk)
    there = collect.finished(out)
    for number, one in enumerate(parts):
        has = collect.finished(one)
        for name in wanted:
            if name in has and name not in there:
                _copy(one, out, name, pictures)
                there.add(name)
        if watch:
            watch(number + 1, len(parts))
    found = [name for name in wanted if name in there]
    return whole, found, len(wanted) - len(found)


def _copy(source: Storage, out: Storage, name: str, pictures: bool) -> None:
    """The tar first: a chunk is finished when its parquet is there."""
    for suffix in (".tar", ".parquet") if pictures else (".parquet",):
        if suffix == ".parquet" or source.has(f"{SHARDS}/{name}.tar"):
            out.write(f"{SHARDS}/{name}{suffix}", source.read(f"{SHARDS}/{name}{suffix}"))

"""Merge the folders of several shards into one build."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chorus_recon.errors import ConfigError
from chorus_recon.priors.jobs import collect, manifest, settings
from chorus_recon.priors.jobs.collect import SHARDS
from chorus_recon.priors.jobs.settings import BuildManifest
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.priors.scenes.recorded_build import MESHES


def merge(
    parts: Sequence[Storage],
    out: Storage,
    pictures: bool = True,
    watch: Callable[[int, int], None] | None = None,
) -> tuple[BuildManifest, list[str], int]:
    """Copy the chunks of several shards into one folder; chunks that it already has are kept.

    Args:
        parts: the folders of the shards.
        out: the folder of the whole build.
        pictures: whether to copy the pictures too, or only the records.
        watch: called with (folders done, folders in all).

    Returns:
        The manifest of the whole build, the names of the chunks present, and how many chunks are missing.

    Raises:
        ConfigError: no folder is given, or their builds have different settings or releases.
    """
    if not parts:
        raise ConfigError("There is nothing to merge.", "Name the folders of the shards.")
    builds = [settings.load(part) for part in parts]
    first = builds[0]
    for part, build in zip(parts[1:], builds[1:], strict=True):
        settings.check_same(first.settings, build.settings, part)
        settings.check_release(build, part, first.chorus_recon)
    whole = replace(first, images=max(build.images for build in builds))
    kept = settings.start_or_resume(out, whole.settings, whole.images, first.chorus_recon)
    settings.check_release(kept, out, first.chorus_recon)
    manifest.join(parts, out)
    for name in sorted(parts[0].names(MESHES, "")):
        out.write(f"{MESHES}/{name}", parts[0].read(f"{MESHES}/{name}"))
    wanted = whole.settings.layout.names(whole.images)
    there = collect.finished(out)
    for number, part in enumerate(parts):
        has = collect.finished(part)
        for name in wanted:
            if name in has and name not in there:
                _copy(part, out, name, pictures)
                there.add(name)
        if watch:
            watch(number + 1, len(parts))
    found = [name for name in wanted if name in there]
    return whole, found, len(wanted) - len(found)


def _copy(source: Storage, out: Storage, name: str, pictures: bool) -> None:
    """Copy a chunk, its tar first: a chunk is finished when its parquet is there."""
    for suffix in (".tar", ".parquet") if pictures else (".parquet",):
        if suffix == ".parquet" or source.has(f"{SHARDS}/{name}.tar"):
            out.write(f"{SHARDS}/{name}{suffix}", source.read(f"{SHARDS}/{name}{suffix}"))

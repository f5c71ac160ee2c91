"""Build a prior from rendered scenes, for `prior build`: in memory, or in a folder that keeps the records."""

from typing import Any

import click

from chorus_recon.commands.console import say
from chorus_recon.commands.priors.applies import given, share_of
from chorus_recon.commands.priors.own import said
from chorus_recon.commands.priors.progress import build_progress, say_changes, say_missing
from chorus_recon.commands.priors.ready import interactions

_NEED_FOLDER = ("shard", "until_converged", "executor", "workers")


def build_rendered(
    context: click.Context, category: str, out: str | None, options: dict[str, Any]
) -> str | None:
    """Build from rendered scenes.

    Without a folder, and without options that need one, nothing is kept but the prior.

    Returns:
        The path of the prior, or None while pieces of other shards are missing.
    """
    from chorus_recon.priors.scenes.pieces import BuildConfig

    amounts = {key: options[key] for key in ("scenes", "views") if options[key] is not None}
    config = BuildConfig(seed=options["seed"], voxels=options["grid"], **amounts)
    if out is None and not any(given(context, name) for name in _NEED_FOLDER):
        return _in_memory(category, config, options)
    return _in_folder(category, out or f"{category.replace(' ', '_')}-prior", config, options)


def _in_memory(category: str, config: Any, options: dict[str, Any]) -> str:
    from chorus_recon.priors import deliver
    from chorus_recon.priors.aggregation.aggregate import Mode
    from chorus_recon.priors.jobs.storage import Storage
    from chorus_recon.priors.scenes import rendered
    from chorus_recon.priors.scenes.subject import named, subject_of

    subject = named(subject_of(category, said(options)), category)
    mode = Mode(options["aggregation"])
    folder = Storage(".")
    folder.check_writable()
    with interactions() as shown:
        made = rendered.build_modes(subject, (mode,), config, progress=shown)[mode]
    return deliver.write(folder, made)


def _in_folder(category: str, out: str, config: Any, options: dict[str, Any]) -> str | None:
    from chorus_recon.execution import executors
    from chorus_recon.priors import build as building
    from chorus_recon.priors import deliver
    from chorus_recon.priors.aggregation.aggregate import Mode
    from chorus_recon.priors.jobs import record_table, settings
    from chorus_recon.priors.jobs.storage import Storage
    from chorus_recon.priors.scenes import recorded_build

    record_table.check()
    folder = Storage(out)
    folder.check_writable()
    thing = said(options)
    chosen = recorded_build.settings_of(category, thing, config)
    context = recorded_build.context(chosen, thing, voxels=config.voxels)
    until = options["until_converged"]
    scenes = options["scenes"] or (recorded_build.MOST if until else config.scenes)
    if settings.stale(folder, chosen):
        say("Replacing an unfinished build that used other settings.")
    elif not until and folder.has(settings.FILE) and (before := settings.load(folder).images) > scenes:
        say(f"This build had {before} scenes per interaction: the first {scenes} of them will be used.")
        say("  No scene is removed: run again with more --scenes to use all of them.")
    settings.start_or_resume(folder, chosen, scenes)  # first, so that another build's folder is not changed
    recorded_build.keep_mesh(folder, thing)
    with build_progress() as watch:
        built = building.build(
            folder,
            chosen,
            building.Extent(scenes, building.ENOUGH if until else None),
            recorded_build.plan(context, chosen),
            recorded_build.maker(category, thing, config),
            context,
            executor=executors.choose(options["executor"], options["workers"]),
            share=share_of(options["shard"]),
            mode=Mode(options["aggregation"]),
            watch=watch,
        )
    if built.missing:
        say_missing(built.missing)
        return None
    say_changes(built, until, "--scenes")
    return deliver.deliver(folder, built, chosen.layout.names(built.images), context)

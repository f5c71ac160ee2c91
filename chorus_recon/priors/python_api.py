"""Build a prior from Python: what `chorus-recon prior build` does, with the same defaults."""

from collections.abc import Callable
from pathlib import Path

from chorus_recon.backends import registry
from chorus_recon.backends.capabilities import SCENES, Capability
from chorus_recon.categories.own import Own
from chorus_recon.errors import ConfigError, PriorError
from chorus_recon.io import category_names
from chorus_recon.priors import build as building
from chorus_recon.priors import deliver, factory
from chorus_recon.priors.jobs import manifest, record_table, settings
from chorus_recon.priors.jobs.settings import Settings
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.priors.prompts.prompts import Written
from chorus_recon.priors.scenes import recorded_build, rendered
from chorus_recon.priors.scenes.pieces import BuildConfig
from chorus_recon.types import PriorSet, Prompt

Progress = Callable[[str, int, int], None]


def build_prior(
    category: str,
    folder: str | Path | None = None,
    *,
    source: str = SCENES,
    images: int | None = None,
    scenes: int | None = None,
    views: int | None = None,
    prompts: int = 20,
    seed: int = 0,
    segmenter: str = "default",
    human: str = "default",
    device: str = "cpu",
    progress: Progress | None = None,
) -> PriorSet:
    """Build the prior of a category; the same arguments give the same prior, bit for bit.

    Args:
        category: the noun ("tennis racket"); with the default source one that has a template.
        folder: where CATEGORY.prior.safetensors goes, with the records and pictures of the build, which
            resumes there after an interruption. May be None with the default source.
        source: "rendered", "rendered-photos", "photos:DIR" or "diffusers[:MODEL]".
        images: pictures to make (1000; photos: all).
        scenes: with "rendered": scenes per interaction (64).
        views: with "rendered": pictures per scene (4).
        prompts: how many prompts to write, for sources that use them.
        seed: of everything random.
        segmenter: "name" or "name:argument", for builds from pictures.
        human: likewise.
        device: where networks run.
        progress: called with (stage, done, total); without a folder with the interaction in place of a stage.

    Returns:
        The prior; `chorus_recon.ReconstructConfig(prior=PATH)` uses its file.

    Raises:
        ConfigError: an argument does not apply, or the folder holds a build with other settings.
        PriorError: the category is unknown, or no picture could be used.
        MissingBackend: a model is unknown, or its library is not installed.
        OutputError: the folder cannot be written.
    """
    noun = category_names.words(category_names.resolve(category, loosely=False))
    if not noun or any(c in noun for c in "/\\:\0"):
        raise ConfigError(f"Invalid category name: {category!r}.", "Pass a noun, such as 'tennis racket'.")
    place = None if folder is None else Storage(str(folder))
    if place is not None:
        place.check_writable()
    if Capability.TRUE_SCENES in registry.capabilities(source):
        if images is not None:
            raise ConfigError("images does not apply to rendered scenes.", "Pass scenes and views.")
        amounts = {name: n for name, n in (("scenes", scenes), ("views", views)) if n is not None}
        config = BuildConfig(seed=seed, **amounts)
        if place is None:
            return rendered.build(noun, config, progress=progress)
        return _from_scenes(noun, place, config, progress)
    if scenes is not None or views is not None:
        raise ConfigError("scenes and views apply to rendered scenes only.", "Pass images.")
    if place is None:
        raise ConfigError("A build from pictures needs a folder.", "Pass folder: it keeps the pictures.")
    backends = factory.Chosen(source, segmenter, human)
    return _from_pictures(noun, place, backends, images, prompts, seed, device, progress)


def _from_scenes(noun: str, folder: Storage, config: BuildConfig, progress: Progress | None) -> PriorSet:
    record_table.check()
    chosen = recorded_build.settings_of(noun, Own(), config)
    context = recorded_build.context(chosen, Own())
    built = building.build(
        folder,
        chosen,
        building.Extent(config.scenes),
        recorded_build.plan(context, chosen),
        recorded_build.maker(noun, Own(), config),
        context,
        watch=_watch(progress),
    )
    return _delivered(folder, built, chosen, context)


def _from_pictures(
    noun: str,
    folder: Storage,
    backends: factory.Chosen,
    images: int | None,
    prompt_count: int,
    seed: int,
    device: str,
    progress: Progress | None,
) -> PriorSet:
    record_table.check()
    factory.check(noun, backends, device)
    uses_prompts = Capability.PROMPTS in registry.capabilities(backends.images)
    written = Written((Prompt(noun, noun),), ())
    if uses_prompts:
        written = factory.write_prompts("verbs", noun, prompt_count, seed, device)
    chosen = Settings(
        category=noun,
        source=factory.label(backends.images),
        prompts=written.prompts,
        writer=f"verbs, {prompt_count}" if uses_prompts else "",
        phrases="body" if uses_prompts else "none",
        seed=seed,
        balance=uses_prompts,
        segmenter=factory.label(backends.segmenter),
        human=factory.label(backends.human),
        models=factory.models(backends),
        writer_licences=written.licences,
    )
    photos = factory.photos(backends.images, folder)
    count = images or (len(photos.names) if photos else building.USUAL)
    if photos:
        count = min(count, len(photos.names))
        settings.start_or_resume(folder, chosen, count)
        manifest.save(folder, photos.entries)
        backends = factory.Chosen(backends.images, backends.segmenter, backends.human, photos.names)
    context = factory.context(chosen)
    built = building.build(
        folder,
        chosen,
        building.Extent(count),
        factory.plan(chosen),
        factory.observer(chosen, backends, device),
        context,
        watch=_watch(progress),
    )
    return _delivered(folder, built, chosen, context)


def _watch(progress: Progress | None) -> building.Watch | None:
    return None if progress is None else lambda p: progress(p.stage, p.done, p.total)


def _delivered(
    folder: Storage, built: building.Built, chosen: Settings, context: building.Context
) -> PriorSet:
    deliver.deliver(folder, built, chosen.layout.names(built.images), context)
    if built.prior is None:
        raise PriorError(f"{folder.url}: the build gave no prior.", "Remove the folder and build again.")
    return built.prior

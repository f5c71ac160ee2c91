"""Make settings and prompts from the options of `prior build`, and warn about doubtful prompts."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chorus_recon.backends.capabilities import Capability
from chorus_recon.commands.console import say
from chorus_recon.errors import ConfigError

if TYPE_CHECKING:
    from chorus_recon.priors.factory import Chosen
    from chorus_recon.priors.jobs.settings import Settings
    from chorus_recon.priors.jobs.storage import Storage
    from chorus_recon.priors.prompts.prompts import Written

SAME_ANYWHERE = ("verbs",)  # writers with the same prompts on every machine
_SHOWN = 5  # most doubtful prompts that are listed


def asks(source: str) -> bool:
    """Whether the source makes pictures from prompts."""
    from chorus_recon.backends import registry

    return Capability.PROMPTS in registry.capabilities(source)


def chosen_settings(
    folder: "Storage", category: str, backends: "Chosen", options: dict[str, Any]
) -> "Settings":
    """The settings from the options; prompts of a build that is already in the folder are reused."""
    from chorus_recon.io import category_names
    from chorus_recon.priors import factory
    from chorus_recon.priors.jobs import settings
    from chorus_recon.priors.observations import observe
    from chorus_recon.priors.prompts import prompts
    from chorus_recon.types import Prompt

    observing = observe.config(options["screening"], options["camera"])
    noun = category_names.key(category).replace("_", " ")
    uses_prompts = asks(backends.images)
    file = options["prompt_file"]
    writer = _writer(file, options) if uses_prompts else ""
    found = settings.load(folder).settings if folder.has(settings.FILE) else None
    if not uses_prompts:
        written = prompts.Written((Prompt(noun, noun),), ())
    elif file:
        written = prompts.Written(factory.read_prompts(file, category), ())
        _say_doubtful(file, written.prompts, category)
    elif found and (found.writer, found.category, found.seed) == (writer, noun, options["seed"]):
        written = prompts.Written(found.prompts, (), found.writer_licences)
    else:
        written = _written(category, options)
    return settings.Settings(
        category=noun,
        source=factory.label(backends.images),
        prompts=written.prompts,
        writer=writer,
        phrases=options["phrases"] if uses_prompts else "none",
        seed=options["seed"],
        balance=options["balance"] and uses_prompts,
        screening=observing.screen.name,
        camera=observing.camera.value,
        segmenter=factory.label(backends.segmenter),
        human=factory.label(backends.human),
        models=factory.models(backends),
        writer_licences=written.licences,
    )


def _writer(file: Path | None, options: dict[str, Any]) -> str:
    """The writer or file of the prompts, as settings store it."""
    from chorus_recon.priors import factory

    return f"file:{file.name}" if file else f"{factory.label(options['writer'])}, {options['prompt_count']}"


def _written(category: str, options: dict[str, Any]) -> "Written":
    from chorus_recon.priors import factory

    writer, count = options["writer"], options["prompt_count"]
    if options["shard"] and writer.partition(":")[0] not in SAME_ANYWHERE:
        raise ConfigError(
            f"The writer '{writer}' may write different prompts on each machine; such shards do not match.",
            "Give every shard the same --prompts FILE, or a copy of one build's build.json in its folder.",
        )
    made = factory.write_prompts(writer, category, count, options["seed"], options["device"])
    if len(made.prompts) < count:
        why = _reasons(faults for _, faults in made.refused)
        say(f"The writer '{writer}' gave {len(made.prompts)} usable prompts, not {count}{why}.")
    return made


def _say_doubtful(file: Path, prompts: Iterable[Any], category: str) -> None:
    """Warn about prompts of a user's file that `vet` refuses; they are kept."""
    from chorus_recon.priors.prompts.prompts import vet

    doubtful = [(prompt, faults) for prompt in prompts if (faults := vet(prompt.text, category))]
    for prompt, faults in doubtful[:_SHOWN]:
        say(f"{file.name}: {prompt.text!r}: {', '.join(faults)}; kept as it is.")
    rest = [faults for _, faults in doubtful[_SHOWN:]]
    if rest:
        say(f"{file.name}: {len(rest)} more prompts like this{_reasons(rest)}.")


def _reasons(faults: Iterable[tuple[str, ...]]) -> str:
    counts = Counter(str(fault) for prompt_faults in faults for fault in prompt_faults)
    return f" ({', '.join(f'{count} times {why}' for why, count in counts.most_common())})" if counts else ""

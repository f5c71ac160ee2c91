"""Check the options of `prior build`: an option that is wrong or does not apply is an error."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from chorus_recon.backends.capabilities import SCENES, Capability
from chorus_recon.errors import ChorusError, ConfigError

if TYPE_CHECKING:
    from chorus_recon.priors.jobs.chunks import Share

_ABOUT_PICTURES = (
    "model", "images", "until_converged", "shard", "writer", "prompt_file", "prompt_count", "phrases",
    "balance", "screening", "camera", "cluster", "executor", "workers", "gpus", "device", "backends",
)  # fmt: skip
_ABOUT_WORDS = ("writer", "prompt_file", "prompt_count", "phrases")
_NEEDS = (
    # options, the capabilities of which a source must have one, why they do not apply otherwise, what to do
    (
        _ABOUT_PICTURES, ~Capability.TRUE_SCENES,
        "--source {source} renders its own scenes; image options do not apply.",
        "Leave it out (see --scenes and --views), or name another --source.",
    ),
    (
        ("scenes", "views"), Capability.TRUE_SCENES,
        f"it is about --source {SCENES}.", "Say how many pictures with --images.",
    ),
    (_ABOUT_WORDS, Capability.PROMPTS, "Prompt options do not apply to existing photos.", "Leave it out."),
    (("model",), Capability.MODEL, "--source {source} takes no model.", "Leave it out."),
)  # fmt: skip


def given(context: click.Context, name: str) -> bool:
    """Whether an option was named, not left at its default."""
    return context.get_parameter_source(name) in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)


def refuse_idle(context: click.Context) -> None:
    """Raise an error for the first option that was given and does not apply.

    Raises:
        click.UsageError: naming it, why, and what to do.
    """
    for names, why, advice in _idle(context):
        for name in names:
            if given(context, name):
                option = next(one.opts[0] for one in context.command.params if one.name == name)
                raise click.UsageError(f"{option} does not apply: {why} {advice}")


def _idle(context: click.Context) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(options, why they do not apply, what to do), given the other options."""
    chosen = context.params
    kind, colon, _ = chosen["source"].partition(":")
    able = _capabilities(chosen["source"])
    for names, needed, why, advice in _NEEDS:
        if not able & needed:
            yield names, why.format(source=kind), advice
    if not able & Capability.PROMPTS and chosen["balance"]:
        yield ("balance",), "Views of existing photos cannot be balanced.", "Leave it out."
    if colon:
        yield ("model",), f"--source {chosen['source']} names one.", "Name it once."
    if chosen["prompt_file"]:
        yield ("writer", "prompt_count"), "the prompts are those of --prompts.", "Leave one of them out."
    if chosen["executor"] == "local":
        yield ("workers",), "--executor local works in this process.", "Add --executor process or ray."
    if chosen["executor"] != "ray":
        yield ("gpus",), "only actors on Ray are given GPUs.", "Add --executor ray, or choose --device."


def refuse_wrong(context: click.Context) -> None:
    """Check the category name, the source, and that shards are not asked to converge.

    Raises:
        click.UsageError: naming it.
    """
    chosen = context.params
    category, source = chosen["category"], chosen["source"]
    if not category.strip() or any(one in category for one in "/\\:\0") or category.strip(" .") == "":
        raise click.BadParameter(f"Invalid category name: {category!r}.", param_hint="CATEGORY")
    if chosen["shard"] and chosen["until_converged"]:
        raise click.UsageError("Shards do not see each other's pictures: they cannot tell when to stop.")
    share_of(chosen["shard"])
    _check_source(source)


def share_of(text: str | None) -> "Share":
    """I/N as a share; all of a build where nothing is given."""
    from chorus_recon.priors.jobs.chunks import WHOLE, Share

    if text is None:
        return WHOLE
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise click.BadParameter(f"{text}: expected I/N, such as 1/4.", param_hint="--shard")
    try:
        return Share(int(number), int(of))
    except ConfigError as error:
        raise click.BadParameter(str(error), param_hint="--shard") from error


def _check_source(source: str) -> None:
    from chorus_recon.backends import registry

    able = _capabilities(source)
    try:
        if Capability.FIXED_PICTURES in able:  # the folder must be there
            registry.make("images", source)
    except ChorusError as error:
        raise click.BadParameter(str(error), param_hint="--source") from error


def _capabilities(source: str) -> Capability:
    from chorus_recon.backends import registry

    try:
        return registry.capabilities(source)
    except ChorusError as error:
        raise click.BadParameter(str(error), param_hint="--source") from error

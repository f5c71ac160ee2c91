"""The words of `prior build` as given in, a refusal of the first that is wrong or decides nothing out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from chorus_recon.errors import ChorusError, ConfigError

if TYPE_CHECKING:
    from chorus_recon.priors.jobs.chunks import Share

RENDERED = "rendered"  # the one source that needs no pictures: masks and cameras are the true ones
_ABOUT_PICTURES = (
    "model", "images", "until_converged", "shard", "writer", "prompt_file", "prompt_count", "phrases",
    "balance", "screening", "camera", "cluster", "executor", "workers", "gpus", "device", "backends",
)  # fmt: skip
_ABOUT_WORDS = ("writer", "prompt_file", "prompt_count", "phrases")


def given(context: click.Context, name: str) -> bool:
    """Whether an option was named, not left at its default."""
    return context.get_parameter_source(name) in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)


def refuse_idle(context: click.Context) -> None:
    """Refuse the first option that was given and would decide nothing.

    Raises:
        click.UsageError: naming it, why, and what to do.
    """
    for names, why, mend in _idle(context):
        for name in names:
            if given(context, name):
                option = next(one.opts[0] for one in context.command.params if one.name == name)
                raise click.UsageError(f"{option} does not apply: {why} {mend}")


def _idle(context: click.Context) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(options, why they decide nothing, what to do) as the other options are."""
    chosen = context.params
    kind, colon, _ = chosen["source"].partition(":")
    if kind == RENDERED:
        why = f"--source {RENDERED} counts scenes whose masks and cameras are known, no pictures."
        yield _ABOUT_PICTURES, why, "Leave it out (see --scenes and --views), or name another --source."
        return
    yield ("scenes", "views"), f"it is about --source {RENDERED}.", "Say how many pictures with --images."
    if kind == "photos":
        there = "the pictures of --source photos are there already, nobody asks for them with words."
        yield ("model", *_ABOUT_WORDS), there, "Leave it out."
        if chosen["balance"]:
            yield ("balance",), there, "Leave it out."
    if kind == "rendered-photos":
        yield ("model",), "it is about --source diffusers.", "Leave it out."
    if colon:
        yield ("model",), f"--source {chosen['source']} names one.", "Name it once."
    if chosen["prompt_file"]:
        yield ("writer", "prompt_count"), "the prompts are those of --prompts.", "Leave one of them out."
    if chosen["executor"] == "local":
        yield ("workers",), "--executor local works in this process.", "Add --executor process or ray."
    if chosen["executor"] != "ray":
        yield ("gpus",), "only actors on Ray are given GPUs.", "Add --executor ray, or choose --device."


def refuse_wrong(context: click.Context) -> None:
    """Refuse a category that is no noun, a source that there is not, and shards that are to converge.

    Raises:
        click.UsageError: naming it.
    """
    chosen = context.params
    category, source = chosen["category"], chosen["source"]
    if not category.strip() or any(one in category for one in "/\\:\0") or category.strip(" .") == "":
        raise click.BadParameter(f"{category!r} is no noun: it becomes a file's name.", param_hint="CATEGORY")
    if chosen["shard"] and chosen["until_converged"]:
        raise click.UsageError("Shards do not see each other's pictures: they cannot tell when to stop.")
    share_of(chosen["shard"])
    if source != RENDERED:
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

    kind = source.partition(":")[0]
    try:
        if kind not in registry.names("images"):
            registry.find("images", kind)
        if kind == "photos":
            registry.make("images", source)
    except ChorusError as error:
        raise click.BadParameter(str(error), param_hint="--source") from error

"""The options of `prior build` as given in, a refusal of the first that says nothing about its source out."""

from collections.abc import Iterator

import click
from click.core import ParameterSource

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

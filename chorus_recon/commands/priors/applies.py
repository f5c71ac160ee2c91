"""Check the options of `prior build`: an option that is wrong or does not apply is an error."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from chorus_recon.backends.capabilities import SCENES, Capability
from chorus_recon.commands.priors.own import OWN
from chorus_recon.errors import ChorusError, ConfigError

if TYPE_CHECKING:
    from chorus_recon.priors.jobs.chunks import Share

_ABOUT_PICTURES = (
    "model",
    "images",
    "writer",
    "prompt_file",
    "prompt_count",
    "phrases",
    "balance",
    "screening",
    "camera",
    "cluster",
    "words",
    "gpus",
    "device",
    "backends",
)
_LONGEST = 100  # letters of a noun; file systems allow names of 255 bytes
_ABOUT_WORDS = ("writer", "prompt_file", "prompt_count", "phrases")


@dataclass(frozen=True, slots=True)
class _Requirement:
    """Options that need a source with one of the capabilities `any_of`, and the error if it has none."""

    options: tuple[str, ...]
    any_of: Capability
    why: str
    advice: str


_REQUIREMENTS = (
    _Requirement(
        options=_ABOUT_PICTURES,
        any_of=~Capability.TRUE_SCENES,
        why="--source {source} renders its own scenes; image options do not apply.",
        advice="Leave it out (see --scenes and --views), or choose another --source.",
    ),
    _Requirement(
        options=("scenes", "views"),
        any_of=Capability.TRUE_SCENES,
        why=f"it applies to --source {SCENES} only.",
        advice="Set the number of pictures with --images.",
    ),
    _Requirement(
        options=OWN,
        any_of=Capability.TRUE_SCENES,
        why=f"it describes the thing of --source {SCENES}.",
        advice="Leave it out, or choose --source rendered.",
    ),
    _Requirement(
        options=_ABOUT_WORDS,
        any_of=Capability.PROMPTS,
        why="Prompt options do not apply to existing photos.",
        advice="Leave it out.",
    ),
    _Requirement(
        options=("model",),
        any_of=Capability.MODEL,
        why="--source {source} takes no model.",
        advice="Leave it out.",
    ),
)


def given(context: click.Context, name: str) -> bool:
    """Whether an option was given, not left at its default."""
    return context.get_parameter_source(name) in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)


def refuse_idle(context: click.Context) -> None:
    """Raise an error for the first option that was given and does not apply.

    Raises:
        click.UsageError: the option does not apply.
    """
    for names, why, advice in _idle(context):
        for name in names:
            if given(context, name):
                parameters = context.command.params
                option = next(parameter.opts[0] for parameter in parameters if parameter.name == name)
                raise click.UsageError(f"{option} does not apply: {why} {advice}")


def _idle(context: click.Context) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(options, why they do not apply, what to do), given the other options."""
    chosen = context.params
    kind, colon, _ = chosen["source"].partition(":")
    able = _capabilities(chosen["source"])
    for requirement in _REQUIREMENTS:
        if not able & requirement.any_of:
            yield requirement.options, requirement.why.format(source=kind), requirement.advice
    if not able & Capability.PROMPTS and chosen["balance"]:
        yield ("balance",), "Views of existing photos cannot be balanced.", "Leave it out."
    if colon:
        yield ("model",), f"--source {chosen['source']} already names a model.", "Name it once."
    if chosen["prompt_file"]:
        yield ("writer", "prompt_count"), "the prompts are those of --prompts.", "Leave one of them out."
    if chosen["executor"] == "local":
        yield ("workers",), "--executor local runs in this process.", "Add --executor process or ray."
    if chosen["executor"] != "ray":
        yield ("gpus",), "it sets the GPUs of Ray actors.", "Add --executor ray, or choose --device."


def refuse_wrong(context: click.Context) -> None:
    """Check the source and the shard.

    Raises:
        click.UsageError: one of them is not valid.
    """
    chosen = context.params
    if chosen["shard"] and chosen["until_converged"]:
        raise click.UsageError("Shards do not see each other's pictures: they cannot detect convergence.")
    share_of(chosen["shard"])
    _check_source(chosen["source"])


def refuse_wrong_name(noun: str, hint: str) -> None:
    """Check that a noun can be the name of a file.

    Raises:
        click.BadParameter: it is empty, a path, or too long.
    """
    if len(noun) > _LONGEST:
        raise click.BadParameter(f"{noun[:20]}...: a noun has at most {_LONGEST} letters.", param_hint=hint)
    if not noun.strip(" .") or any(c in noun for c in "/\\:\0"):
        raise click.BadParameter(f"Invalid category name: {noun!r}.", param_hint=hint)


def share_of(text: str | None) -> "Share":
    """Parse I/N as a share; None is the whole build."""
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

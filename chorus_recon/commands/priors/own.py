"""Options that describe a thing to `prior build`, and the command `prior init`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chorus_recon.commands.console import FILE, output_options
from chorus_recon.errors import ConfigError

if TYPE_CHECKING:
    from chorus_recon.categories.own import Own

OWN = ("description", "like", "size", "uses", "mesh", "mesh_units", "mesh_up")


def thing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that describe a thing in words and numbers."""
    return _with(
        command,
        click.option(
            "--description", type=FILE, metavar="TOML", help="A description, as `prior init` writes it."
        ),
        click.option("--like", metavar="NOUN", help="A noun that the thing resembles."),
        click.option("--size", metavar="LxWxH", help="Its size in metres, such as 1.4x0.3x0.05."),
        click.option(
            "--use",
            "uses",
            metavar="USE:SHARE,...",
            help="How people use it, such as shaft_two_hands:0.7,lean_on:0.3 (see `prior init`).",
        ),
    )


def own_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that describe a thing, its mesh among them."""
    return thing_options(
        _with(
            command,
            click.option("--mesh", type=FILE, metavar="FILE", help="Your own mesh of it, y up, front +z."),
            click.option("--mesh-units", type=click.Choice(["m", "cm", "mm", "in"]), help="Units of --mesh."),
            click.option("--mesh-up", metavar="x|y|z|-x|-y|-z", help="Up axis of --mesh."),
        )
    )


def _with(command: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


def said(options: dict[str, Any]) -> "Own":
    """What the options say; the file's values count where no option says another.

    Raises:
        ConfigError: a value is wrong, or describes a mesh that is not given.
    """
    from chorus_recon.categories import own

    file = own.read_file(options["description"]) if options["description"] else own.Own()
    given = own.Own(
        like=options["like"],
        size=own.read_size(options["size"]) if options["size"] is not None else None,
        uses=own.read_uses(options["uses"]) if options["uses"] is not None else None,
        mesh=options.get("mesh"),
        mesh_units=options.get("mesh_units"),
        mesh_up=options.get("mesh_up"),
    )
    whole = own.over(file, given)
    if whole.mesh is None and (whole.mesh_units or whole.mesh_up):
        raise ConfigError(
            "--mesh-units and --mesh-up describe --mesh, which is not given.", "Add --mesh FILE."
        )
    return whole


@click.command("init")
@click.argument("noun")
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file (default: NOUN.toml)."
)
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@output_options
def init(noun: str, out: Path | None, overwrite: bool) -> None:
    """Write a commented description of NOUN, to change and to pass to `prior build --description`."""
    from chorus_recon.categories import own
    from chorus_recon.commands.priors.applies import refuse_wrong_name  # which imports this module
    from chorus_recon.io import category_names

    refuse_wrong_name(noun, "NOUN")
    path = out or Path(f"{category_names.key(noun)}.toml")
    if path.exists() and not overwrite:
        raise click.UsageError(f"{path} exists. Pass --overwrite to replace it, or -o FILE.")
    path.write_text(own.template_text(noun), encoding="utf-8")
    click.echo(path)

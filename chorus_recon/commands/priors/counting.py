"""Options about how records are counted, for `prior build` and `prior merge`."""

from typing import Any

import click


class _Aggregation(click.Choice):
    """The aggregation methods; in files "robust" has the value "ours"."""

    def get_metavar(self, *_: Any, **__: Any) -> str:
        """The choices, without the deprecated "ours"."""
        return "[robust|paper]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The value of `Mode`."""
        if value == "ours":
            click.echo("--aggregation ours is deprecated: use --aggregation robust.", err=True)
            return "ours"
        word = super().convert(value, param, ctx)
        return "ours" if word == "robust" else word


AGGREGATION = _Aggregation(["robust", "paper"])
GRID = click.option(
    "--grid",
    type=click.IntRange(8, 192),
    metavar="N",
    help="Voxels along the prior's longest side (the category's own; --aggregation paper: 48 over 3 m).",
)
CLUSTER = click.option(
    "--cluster",
    type=click.Choice(["auto", "parts", "prompts", "none"]),
    default="auto",
    show_default=True,
    help="Group by contact region and action (paper: no groups), by body part or prompt, or not at all.",
)

"""The command line: `chorus-recon PHOTO...` needs no sub-command word; everything else has one."""

from typing import Any

import click

import chorus_recon
from chorus_recon.commands.app import app
from chorus_recon.commands.console import print_error, verbosity
from chorus_recon.commands.demo import demo
from chorus_recon.commands.doctor import doctor
from chorus_recon.commands.evaluate import evaluate
from chorus_recon.commands.models import models
from chorus_recon.commands.prior import prior
from chorus_recon.commands.priors.eval import evaluate_priors
from chorus_recon.commands.reconstruct import reconstruct
from chorus_recon.commands.view import view
from chorus_recon.errors import ChorusError

_EXAMPLES = """
\b
Examples:
  chorus-recon demo                          try it: fetches the networks and a photo
  chorus-recon photo.jpg                     finds the person and the thing they use
  chorus-recon photo.jpg --category umbrella
  chorus-recon holiday/ -o out/              every photo below a folder; run again to go on
"""


class PhotoGroup(click.Group):
    """A group whose default command takes photos, and the one place that turns errors into messages.

    The first word decides: a sub-command's name, or anything else for the main job. A photo or
    folder called like a sub-command is reached as a path (./demo).
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command's name in front, where no sub-command is named."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h", "--version"):
            args = [reconstruct.name or "", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an expected error becomes a message, a hint and exit code 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read the output has enough: click ends quietly
            raise
        except (ChorusError, OSError) as error:
            with ctx:
                print_error(error, verbosity())
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
            ctx.exit(130)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both forms of the command line."""
        formatter.write_usage(ctx.command_path, "PHOTO_OR_FOLDER... [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="   or: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The main job's options, then the sub-commands."""
        options = [p for p in reconstruct.params if isinstance(p, click.Option)]
        own = [p.get_help_record(ctx) for p in (*options, *self.get_params(ctx))]
        unique = dict(record for record in own if record)
        with formatter.section("Options"):
            formatter.write_dl(list(unique.items()))
        self.format_commands(ctx, formatter)


@click.group(
    cls=PhotoGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EXAMPLES,
    no_args_is_help=True,
)
@click.version_option(chorus_recon.__version__, prog_name="chorus-recon")
def main() -> None:
    """Reconstruct metric 3D meshes of a person and an object from one photo.

    Each photo gets a folder with scene.glb, human and object meshes, overlay.png,
    reconstruction.json and report.html. Results are named on stdout, progress on stderr.
    """


prior.add_command(evaluate_priors)
for _command in (reconstruct, demo, view, app, models, doctor, evaluate, prior):
    main.add_command(_command)


if __name__ == "__main__":
    main()

"""Show a result, or the overview of a folder of results, in the browser; or meshes in an Open3D window."""

import webbrowser
from pathlib import Path

import click

from chorus_recon.commands.console import output_options, say
from chorus_recon.errors import InputError

_MESHES = (".ply", ".obj", ".glb", ".stl")


@click.command(context_settings={"max_content_width": 100})
@click.argument("path", type=click.Path(exists=True, path_type=Path), metavar="FOLDER|MESH")
@click.option(
    "--viewer",
    type=click.Choice(["browser", "open3d"]),
    default="browser",
    show_default=True,
    help="The report's page, or a window of Open3D ([open3d], needs a display).",
)
@output_options
def view(path: Path, viewer: str) -> None:
    """Show a photo's result, the overview of a folder of results, or with Open3D any mesh."""
    if viewer == "open3d":
        from chorus_recon.backends.render.open3d import show

        show(_meshes(path), str(path))
        return
    page = _page(path)
    click.echo(page)
    if not webbrowser.open(page.resolve().as_uri()):
        say("No browser was found. Open the file yourself.")


def _page(path: Path) -> Path:
    """The report of a photo's folder; of a folder of results the overview, brought up to date if possible.

    Raises:
        InputError: the folder has neither.
    """
    from chorus_recon.pipeline.gallery.overview import Overview, has_results

    report = path / "report.html"
    if report.is_file():
        return report
    if path.is_dir() and has_results(path):
        overview = Overview(path)
        try:
            overview.write()
        except OSError as error:
            say(f"{overview.page} cannot be brought up to date: {error.strerror or error}.")
        if overview.page.is_file():
            return overview.page
    raise InputError(
        f"{path}: Not a folder of results.",
        "Pass the folder of one photo, such as out/photo, or of several, such as out; "
        "or --viewer open3d for a mesh.",
    )


def _meshes(path: Path) -> list[Path]:
    if path.is_file() and path.suffix.lower() in _MESHES:
        return [path]
    found = [path / name for name in ("human.ply", "object.ply") if (path / name).is_file()]
    if not found:
        raise InputError(
            f"{path}: no mesh to show.",
            f"Pass the folder of one photo, such as out/photo, or a {', '.join(_MESHES)} file.",
        )
    return found

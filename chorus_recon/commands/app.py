"""Serve the web app on this machine."""

import importlib.util
import threading
import webbrowser

import click

from chorus_recon.commands.console import check_device, output_options, say
from chorus_recon.commands.reconstruct import ready
from chorus_recon.errors import ConfigError, MissingBackend


@click.command(context_settings={"max_content_width": 100})
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen. Others than 127.0.0.1 let other machines in.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="The port; a free one from 7860 on if not given.")
@click.option("--device", default="cpu", show_default=True, help="Where networks and fitting run.")
@click.option("--open/--no-open", "opens", default=True, help="Open a browser.")
@output_options
def app(host: str, port: int | None, device: str, opens: bool) -> None:
    """Drop photos into a page in the browser, click what to reconstruct, and look at priors."""
    if importlib.util.find_spec("gradio") is None:
        raise MissingBackend("The app needs gradio.", "Run: pip install 'chorus-recon[app]'")
    from chorus_recon.app.page import LOOPBACK, serve
    from chorus_recon.pipeline.config import ReconstructConfig

    check_device(device)
    ready(ReconstructConfig(), {})
    if host not in (LOOPBACK, "localhost", "::1"):
        say(f"Anybody who can reach {host} can use this app; there is no password.")
    try:
        with serve(host, port, device) as served:
            click.echo(served.url)
            say("Ctrl-C stops it. Uploads and results are removed then: download what you want to keep.")
            if opens:
                webbrowser.open(served.url)
            threading.Event().wait()
    except OSError as error:
        raise ConfigError(f"The app cannot listen at {host}: {error}", "Pass another --port.") from error
    except KeyboardInterrupt:
        say("\nStopped.")

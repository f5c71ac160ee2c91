"""The app's page, and how it is served: on this machine only unless told, and without the network."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LARGEST = "60mb"  # of an upload
LOOPBACK = "127.0.0.1"
_CSS = """
#said, #prior-said { min-height: 84px; }
.said { margin: 4px 2px; overflow-wrap: anywhere; }
#found img { cursor: crosshair; }
footer { display: none !important; }
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A running app: its address in a browser."""

    url: str


@contextmanager
def serve(host: str = LOOPBACK, port: int | None = None, device: str = "cpu") -> Iterator[Served]:
    """Serve the app in a thread until the block is left; uploads and results are removed then.

    Args:
        host: the address to listen at; other machines can reach any but the loopback address.
        port: the port; a free one from 7860 on when None.
        device: where networks run.

    Raises:
        OSError: the port is taken.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    with tempfile.TemporaryDirectory(prefix="chorus-recon-app-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder
        from gradio.themes import Base

        blocks = _blocks(device, Path(folder))
        blocks.queue(api_open=False)
        _, url, _ = blocks.launch(
            server_name=host,
            server_port=port,
            share=False,
            inbrowser=False,
            quiet=True,
            prevent_thread_lock=True,
            max_file_size=LARGEST,
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            theme=Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
            css=_CSS,
        )
        try:
            yield Served(url)
        finally:
            blocks.close(verbose=False)


def _blocks(device: str, folder: Path):
    import gradio as gr

    from chorus_recon.app.photo_tab import photo_tab
    from chorus_recon.app.prior_tab import prior_tab

    with gr.Blocks(title="chorus-recon", analytics_enabled=False, fill_width=True) as blocks:
        gr.Markdown("# chorus-recon\nA photo of a person using a thing, as metric 3D meshes of both.")
        with gr.Tab("Photo"):
            photo_tab(device, folder)
        with gr.Tab("Priors"):
            prior_tab()
    return blocks

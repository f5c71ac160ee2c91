"""The tab that shows priors, and builds one from a noun."""

from typing import Any

import gradio as gr

from chorus_recon.app import work
from chorus_recon.app.telling import paragraph, told
from chorus_recon.errors import ConfigError


def prior_tab() -> None:
    """Lay out the tab, and connect it. Called inside the page's blocks."""
    with gr.Row():
        with gr.Column(scale=4, min_width=280):
            names = work.prior_names()
            known = gr.Dropdown(names, value=None, label="Priors", elem_id="priors")
            new = gr.Textbox(
                label="Build one from a noun", placeholder="broom", info="Without a network; kept for later.",
                elem_id="new-prior",
            )  # fmt: skip
            build = gr.Button("Build", elem_id="build")
        with gr.Column(scale=8, min_width=320):
            said = gr.HTML(
                paragraph("A prior says where a thing is expected around a person."), elem_id="prior-said"
            )
            picture = gr.Image(
                show_label=False, interactive=False, format="png", buttons=[],
                elem_id="prior-picture",
            )  # fmt: skip

    @told
    def show(noun: str | None, progress: gr.Progress = gr.Progress()) -> dict[Any, Any]:  # noqa: B008
        if not noun:
            return {picture: None}
        drawn, uses = work.prior_picture(noun, lambda share, text: progress(share, text))
        shares = [f"{share:.0%} {name}" for name, share in uses]
        return {picture: drawn, said: paragraph(noun, *shares)}

    @told
    def built(noun: str, progress: gr.Progress = gr.Progress()) -> dict[Any, Any]:  # noqa: B008
        if not noun.strip():
            raise ConfigError("No noun was given.", "Type one, such as broom.")
        shown = show(noun.strip(), progress)
        names = work.prior_names()
        return {
            **shown,
            known: gr.update(choices=names, value=noun.strip() if noun.strip() in names else None),
        }

    kept = {"concurrency_id": "networks", "concurrency_limit": 1, "api_visibility": "private"}
    known.input(show, known, [picture, said], show_progress_on=[said], **kept)
    gr.on([build.click, new.submit], built, new, [picture, said, known], show_progress_on=[said], **kept)

"""The tab that takes a photo, shows what is in it, and reconstructs what is clicked."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from chorus_recon.app import work
from chorus_recon.app.seeing import Choice, Seen, draw, factor, parse_box, see
from chorus_recon.app.telling import as_html, paragraph, told
from chorus_recon.errors import ChorusError, InputError
from chorus_recon.pipeline.output.words import otherwise, summary

_CLICK, _CORNERS = "a person or a thing", "two corners of the thing"
_STEPS = "1. Drop a photo. 2. Click the person and the thing. 3. Reconstruct."


def photo_tab(device: str, folder: Path) -> None:
    """Lay out the tab, and connect it. Called inside the page's blocks.

    Args:
        device: where networks run.
        folder: where results are kept while the app runs.
    """
    seen, choice, corner = gr.State(None), gr.State(Choice()), gr.State(None)
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            upload = gr.File(label="Photo", type="filepath", elem_id="photo")
            picture = gr.Image(
                label="What was found",
                interactive=False,
                visible=False,
                format="jpeg",
                elem_id="found",
                buttons=[],
            )
            said = gr.HTML(paragraph(_STEPS), elem_id="said")
            with gr.Group(visible=False) as choices:
                clicks = gr.Radio([_CLICK, _CORNERS], value=_CLICK, label="A click chooses", elem_id="clicks")
                noun = gr.Dropdown(
                    [""], value="", allow_custom_value=True, elem_id="noun",
                    label="What the thing is", info="Empty: find out. Choose, or type any noun.",
                )  # fmt: skip
                box = gr.Textbox(label="Box of the thing", placeholder="x0,y0,x1,y1 in pixels", elem_id="box")
                height = gr.Number(label="Height of the person (m)", value=None, elem_id="height")
            go = gr.Button("Reconstruct", variant="primary", visible=False, elem_id="go")
        with gr.Column(scale=8, min_width=320):
            view = gr.HTML(elem_id="view")
            files = gr.Files(label="Files", visible=False, elem_id="files")

    def nothing(text: str) -> dict[Any, Any]:
        hidden = {part: gr.update(visible=False) for part in (picture, choices, go, files)}
        return {seen: None, choice: Choice(), corner: None, said: text, view: "", **hidden}

    def found(path: str | None, progress: gr.Progress = gr.Progress()) -> dict[Any, Any]:  # noqa: B008
        if path is None:
            return nothing(paragraph(_STEPS))
        progress(0.2, "finding people and things")
        try:
            now = see(Path(path), work.models(device).segmenter)
        except ChorusError as error:  # the last photo must not stay beside this file's name
            gr.Warning(as_html(error), duration=None)
            return nothing(paragraph(error.message, error.hint))
        return {
            seen: now, choice: Choice(), corner: None, said: _seen_in_words(now), view: "",
            picture: gr.update(value=draw(now, Choice()), visible=True),
            choices: gr.update(visible=True), go: gr.update(visible=True), files: gr.update(visible=False),
            noun: gr.update(choices=["", *work.prior_names()], value=""), box: "", height: None,
        }  # fmt: skip

    @told
    def clicked(
        now: Seen,
        chosen: Choice,
        first: tuple[float, float] | None,
        way: str,
        name: str,
        event: gr.SelectData,
    ) -> dict[Any, Any]:
        x, y = (float(v) / factor(now) for v in event.index)
        if way == _CORNERS:
            if first is None:
                return {corner: (x, y), said: paragraph("Now click the opposite corner.")}
            marked = (min(x, first[0]), min(y, first[1]), max(x, first[0]), max(y, first[1]))
            chosen = replace(chosen, box_px=marked, thing=None)
            text = ",".join(f"{v:.0f}" for v in marked)
            return {corner: None, choice: chosen, box: text, **shown(now, chosen)}
        thing, person = now.thing_at(x, y), now.person_at(x, y)
        if thing is not None:
            chosen = replace(chosen, thing=thing, box_px=None)
            return {choice: chosen, noun: now.things[thing].label, box: "", **shown(now, chosen)}
        if person is not None:
            chosen = replace(chosen, person=person)
            return {choice: chosen, **shown(now, chosen)}
        return {said: paragraph("Nothing was found there. Click inside an outline, or mark two corners.")}

    def shown(now: Seen, chosen: Choice) -> dict[Any, Any]:
        return {picture: draw(now, chosen), said: _chosen_in_words(now, chosen)}

    @told
    def placed(
        now: Seen | None, chosen: Choice, name: str, written: str, tall: float | None, progress: gr.Progress = gr.Progress()  # noqa: B008, E501
    ) -> dict[Any, Any]:  # fmt: skip
        if now is None:
            raise InputError("There is no photo.", "Drop one first.")
        if written and written.strip():
            chosen = replace(chosen, box_px=parse_box(written), thing=None)
        settings = work.Settings(name or "", tall or None, device, folder)
        made = work.place(now, chosen, settings, lambda share, text: progress(share, text))
        others = [f"or {line}" for line in otherwise(made.result)]
        line = paragraph(summary(made.result), *others, *made.result.warnings)
        return {
            view: made.page,
            said: line,
            files: gr.update(value=[str(p) for p in made.files], visible=True),
        }

    kept = {"concurrency_id": "networks", "concurrency_limit": 1, "api_visibility": "private"}
    everything = [seen, choice, corner, picture, said, choices, noun, box, height, go, view, files]
    upload.change(found, upload, everything, **kept)
    picture.select(clicked, [seen, choice, corner, clicks, noun], everything, show_progress="hidden", **kept)
    go.click(placed, [seen, choice, noun, box, height], everything, show_progress_on=[said], **kept)


def _seen_in_words(now: Seen) -> str:
    people, things = len(now.people), len(now.things)
    if not people:
        return paragraph("Nobody was found in this photo.", "Try a photo that shows a whole person.")
    found = f"{people} {'person' if people == 1 else 'people'} and {things} thing{'s' * (things != 1)} found."
    return paragraph(found, "Click the person and the thing that they use, or reconstruct at once.")


def _chosen_in_words(now: Seen, chosen: Choice) -> str:
    person = "the most prominent person" if chosen.person is None else f"person {chosen.person}"
    if chosen.box_px is not None:
        return paragraph(f"{person} with what is in the box.".capitalize(), "Say what it is.")
    if chosen.thing is None:
        return paragraph(f"{person} and what they use.".capitalize())
    thing = now.things[chosen.thing]
    return paragraph(f"{person} with the {thing.label} ({thing.score:.0%}).".capitalize())

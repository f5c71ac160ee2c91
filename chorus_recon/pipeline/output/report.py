"""Write a reconstruction as one self-contained HTML page with a 3D view."""

import html
import math
import re
from collections.abc import Sequence
from typing import Any

from PIL import Image

from chorus_recon.io import category_names, html_page
from chorus_recon.pipeline.look.paint import Painted
from chorus_recon.pipeline.output import viewer
from chorus_recon.pipeline.output.differences import difference
from chorus_recon.pipeline.output.overlay import guesses
from chorus_recon.pipeline.output.viewer import SHOWN
from chorus_recon.pipeline.output.words import LEAST_USE, doubt
from chorus_recon.pipeline.warnings import LEAST_NAMED
from chorus_recon.types import OBJECT_HEIGHT, UNSURE_BELOW, Considered, Placement, Reconstruction

_SURE = ((0.75, "confident"), (UNSURE_BELOW, "fairly sure"), (0.0, "unsure"))
_ORDINALS = ("Second", "Third", "Fourth", "Fifth", "Sixth")  # of `SHOWN` placements
_BY = "\u00d7"
_OPTION = re.compile(r"--[a-z-]+")  # is not broken across lines
_FILES = (
    ("scene.glb", "both, with colours and the camera"),
    ("human.ply", "the person"),
    ("human.obj", "the person"),
    ("object.ply", "the object"),
    ("object.obj", "the object"),
    ("body.npz", "the parameters of the body"),
    ("masks/person.png", "the pixels of the person"),
    ("masks/object.png", "the pixels of the object"),
    ("reconstruction.json", "every number"),
    ("overlay.png", "the picture below"),
)


def page(
    reconstruction: Reconstruction,
    facts: dict[str, Any],
    overlay: Image.Image,
    painted: Painted | None = None,
    *,
    credit: str = "",
    linked: bool = True,
) -> str:
    """The page's text: template, style and viewer from the package, everything else embedded.

    Args:
        reconstruction: what to show.
        facts: its record, as written to reconstruction.json.
        overlay: the wide picture.
        painted: the colours of the photo; None for plain colours.
        credit: a line about the photo's author.
        linked: whether the page lies beside the files, and links to them.
    """
    name = reconstruction.photo.source.name
    headline = "A person"
    if facts["object"]:
        headline += f" with {_with_article(category_names.words(reconstruction.category or 'object'))}"
    if reconstruction.status == "unsure":
        headline += " (unsure)" if facts["object"] else f": {doubt(reconstruction)}"
    filled = {
        "title": html.escape(f"{headline}: {name}"),
        "headline": html.escape(headline),
        "subtitle": html.escape(_subtitle(reconstruction)),
        "warnings": _warnings(reconstruction.warnings),
        "facts": _facts(facts),
        "alternatives": _alternatives(reconstruction.placements[:SHOWN], reconstruction.category),
        "considered": _considered(reconstruction) + _others(reconstruction),
        "guessed": _guessed(reconstruction),
        "files": _files(reconstruction) if linked else "",
        "overlay": html_page.data_url(overlay),
        "caption": html.escape(credit),
        "seconds": _seconds(facts["seconds"]),
        "licences": html_page.rows(facts["licences"]),
        "provenance": html_page.rows(_provenance(facts)),
        "scene": html_page.embedded(viewer.scene(reconstruction, painted)),
    }
    return html_page.fill("report.html", filled)


def confidence(probability: float) -> str:
    """A probability in words."""
    return next(words for least, words in _SURE if probability >= least)


def _subtitle(reconstruction: Reconstruction) -> str:
    photo = reconstruction.photo
    width, height = photo.size_px
    return " · ".join(
        [photo.source.name, f"{width} {_BY} {height} px", *([photo.note] if photo.note else [])]
    )


def _warnings(warnings: tuple[str, ...]) -> str:
    if not warnings:
        return ""
    said = (_OPTION.sub(r'<span class="option">\g<0></span>', html.escape(w)) for w in warnings if w)
    items = "".join(f"<li>{w[0].upper() + w[1:]}.</li>" for w in said)
    return f'<div class="warning" role="note"><strong>Warnings</strong><ul>{items}</ul></div>'


def _guessed(reconstruction: Reconstruction) -> str:
    """What is drawn pale, where something is."""
    pale = any(guesses(part) for part in reconstruction.people)
    return "Pale parts of a person are not in the photo: they are guessed." if pale else ""


def _facts(facts: dict[str, Any]) -> str:
    rows = [_height_row(facts["human"])]
    best = facts["object"]
    if best:
        size = f" {_BY} ".join(f"{x:.2f}" for x in sorted(best["extent_m"], reverse=True))
        noun = category_names.words(best["category"] or "object")
        rows = [
            *_name_row(best),
            ("Confidence", _percent(best["probability"]), confidence(best["probability"] or 0.0)),
            *_use_row(best["use"]),
            ("Outline match", _percent(best["silhouette_iou"]), "overlap of its outline with the photo's"),
            *rows,
            *_depth_row(facts["depth"]),
            (
                f"Size of the {noun}",
                f"{size} m",
                "longest side first",
            ),
        ]
    return "".join(
        f"<div{' class=row' if len(b) > 12 else ''}><dt>{html.escape(a)}</dt>"
        f"<dd>{html.escape(b)}<small>{html.escape(c)}</small></dd></div>"
        for a, b, c in rows
    )


def _name_row(best: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The object's name, where it was found and not given."""
    if best["category_probability"] == 1.0:
        return []
    noun = category_names.words(best["category"])
    return [("What is used", noun, f"{_percent(best['category_probability'])} probable, wherever it lies")]


def _use_row(use: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    if use is None:
        return []
    probable = f"{_percent(use['probability'])} probable"
    if use["probability"] < LEAST_USE:
        return [("What is done", "unsure", f"most likely: {use['text']}, {probable}")]
    return [("What is done", use["text"], probable)]


def _height_row(human: dict[str, Any]) -> tuple[str, str, str]:
    height, sigma = human["height_m"], human["height_sigma_m"]
    if human["height_from"] == "given":
        return "Person's height", f"{height:.2f} m", "standing upright, as given"
    said = "standing upright, if an adult: a photo does not tell (--height)"
    if human["height_from"] == OBJECT_HEIGHT:
        said = "standing upright: for a taller person the object would be out of reach (--height)"
    return "Person's height", f"{height:.2f} \u00b1 {sigma:.2f} m", said


def _depth_row(found: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    if found is None:
        return []
    shift = found["shifts"][0]
    if shift is None:
        return [("Depth", "unavailable", f"{found['source']}: too few valid pixels")]
    agrees = abs(math.log(shift)) <= found["tolerance"]
    return [("Depth", "agrees" if agrees else "disagrees", f"{found['source']}: {shift - 1:+.0%}, as seen")]


def _alternatives(placements: tuple[Placement, ...], category: str) -> str:
    if len(placements) < 2:
        return ""
    best = placements[0]
    use = ""
    if best.use is not None:
        told = best.use.share >= LEAST_USE
        use = category_names.with_noun(best.use.text, category) if told else "unsure how it is used"
    cards = [("Best", best.probability, use)]
    for name, other in zip(_ORDINALS, placements[1:], strict=False):
        cards.append((name, other.probability, difference(best, other, category)))
    return html_page.choices("Placements, seen from the side", cards, pictures=True)


def _considered(reconstruction: Reconstruction) -> str:
    """What the person may use, with probabilities; empty where the category was given."""
    if not (reconstruction.considered or reconstruction.nothing):
        return ""
    rows = {category_names.words(c.category): c.probability for c in reconstruction.considered}
    rows["nothing"] = reconstruction.nothing
    ranked = sorted(((k, p) for k, p in rows.items() if p >= LEAST_NAMED), key=lambda row: -row[1])[:SHOWN]
    table = html_page.rows({name: _percent(probability) for name, probability in ranked})
    return f'<section class="card"><h2>What may be used</h2><table><tbody>{table}</tbody></table></section>'


def _others(reconstruction: Reconstruction) -> str:
    """Further people and things, one row each."""
    if not reconstruction.others:
        return ""
    rows = {}
    for other in reconstruction.others:
        best = other.placements[0] if other.placements else None
        noun = "nothing"
        if best:
            doubt = "unsure, " if other.status == "unsure" else ""
            noun = f"{category_names.words(other.category)}, {doubt}{_percent(best.probability)}"
        rows.setdefault(f"person {other.person}", []).append(noun + _perhaps(other.considered))
    return (
        '<section class="card"><h2>Others in the scene</h2>'
        f"<table><tbody>{html_page.rows(rows)}</tbody></table></section>"
    )


def _perhaps(considered: tuple[Considered, ...]) -> str:
    """What else somebody may use, but not probably enough to be placed."""
    named = ", ".join(f"{category_names.words(c.category)} {_percent(c.probability)}" for c in considered)
    return f" (perhaps {named})" if named else ""


def _files(reconstruction: Reconstruction) -> str:
    """Links to the files beside the page; those of alternatives and of other people and things are folded."""
    first = [row for row in _FILES if reconstruction.placements or "object" not in row[0]]
    more = _links(_more_files(reconstruction))
    folded = f'<details><summary>More</summary><ul class="files">{more}</ul></details>' if more else ""
    listed = f'<ul class="files">{_links(first)}</ul>{folded}'
    return f'<section class="card" id="files"><h2>Files</h2>{listed}</section>'


def _links(rows: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<li><a href="{name}" download>{name}</a><span>{what}</span></li>' for name, what in rows)


def _more_files(reconstruction: Reconstruction) -> list[tuple[str, str]]:
    rows = []
    for number, part in enumerate(reconstruction.placed, 1):
        thing = f"object {number}" if number > 1 else "the object"
        before = f"object_{number}_" if number > 1 else ""
        for rank, _ in enumerate(part.placements[1:], 1):
            rows.append((f"{before}alternative_{rank}.glb", f"{thing}, placed otherwise"))
    for kind, count in (("human", len(reconstruction.people)), ("object", len(reconstruction.placed))):
        mask = "person" if kind == "human" else kind
        for number in range(2, count + 1):
            rows += [(f"{kind}_{number}.{ending}", f"{mask} {number}") for ending in ("ply", "obj")]
            rows.append((f"masks/{mask}_{number}.png", f"the pixels of {mask} {number}"))
            rows += [(f"body_{number}.npz", f"the body of person {number}")] if kind == "human" else []
    return rows


def _seconds(seconds: dict[str, float]) -> str:
    rows = [
        f'<tr><th scope="row">{html.escape(k)}</th><td class="num">{v:.2f}</td></tr>'
        for k, v in seconds.items()
    ]
    total = sum(seconds.values())
    rows.append(f'<tr class="total"><th scope="row">total</th><td class="num">{total:.2f}</td></tr>')
    return "".join(rows)


def _provenance(facts: dict[str, Any]) -> dict[str, str]:
    out = {"body model": facts["human"]["body_model"], "seed": str(facts["seed"])}
    if facts["object"]:
        out["template"] = f"{facts['object']['template']['name']} ({facts['object']['template']['source']})"
    prior = facts["prior"]
    if prior:
        out["prior"] = f"{prior['category']}, {len(prior['clusters'])} cluster(s)"
        for key, value in prior["provenance"].items():
            if isinstance(value, str | int | float):
                out[f"prior: {category_names.words(key)}"] = str(value)
    return out | facts["versions"]


def _with_article(noun: str) -> str:
    if noun.endswith("s") and not noun.endswith("ss"):  # skis, scissors
        return noun
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.0%}"

"""Write a self-contained HTML page with a 3D view of a prior."""

import html
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel, Renderer
from chorus_recon.geometry import transforms
from chorus_recon.geometry.packed import pack
from chorus_recon.io import category_names, html_page
from chorus_recon.priors.aggregation import views
from chorus_recon.priors.inspection.export import LEVELS, surface
from chorus_recon.priors.inspection.picture import draw
from chorus_recon.priors.inspection.view_histogram import histogram, warning
from chorus_recon.types import OccupancyPrior, PriorSet, Rigid

_BODY_RGB, _LIKELY_RGB, _POSSIBLE_RGB = (150, 172, 204), (198, 40, 46), (245, 176, 52)
_FACE_LIMIT = 12_000  # of a surface: there may be forty
_SIDE_PX, _FOCAL_PX, _AWAY_M = 1000, 1600.0, 4.0
# y down, z away from who looks at the front: the viewer's axes
_CAM_FROM_CANON = Rigid(torch.diag(torch.tensor([1.0, -1.0, -1.0])), torch.tensor([0.0, 0.0, _AWAY_M]))
_LEVELS = "Red is where it is at least {:.0%} as likely as at its likeliest place, yellow {:.0%}."
_UNCOUNTED = "<p>From everywhere: its scenes are known in 3D, no pictures were counted.</p>"
_WORDS = {"chorus_recon": "made by chorus-recon", "views": "coverage"}
_ELSEWHERE = ("licences", "prompts", "rejected", "view_share")  # shown otherwise


def page(prior: PriorSet, body: BodyModel, renderer: Renderer) -> str:
    """The page's text: the canonical body, and two surfaces of each cluster around it.

    Args:
        prior: what to show.
        body: its body model.
        renderer: draws the picture below the 3D view.
    """
    first = prior.clusters[0]
    grid = first.grid
    shape = " \u00d7 ".join(map(str, grid.shape))
    several = f"{len(prior.clusters)} interactions" if len(prior.clusters) > 1 else "1 interaction"
    coverage = views.told(prior.provenance)
    filled = {
        "title": html.escape(
            f"{category_names.words(prior.category).capitalize()}: expected around the body"
        ),
        "subtitle": html.escape(
            f"{several} \u00b7 {shape} voxels of {100 * grid.voxel_m:.1f} cm \u00b7 body {first.body_model}"
        ),
        "warning": warning(coverage),
        "choices": html_page.choices(
            "Interactions and how common they are",
            [(category_names.words(one.cluster), one.share) for one in prior.clusters],
        ),
        "levels": _LEVELS.format(*LEVELS),
        "picture": html_page.data_url(draw(prior, body, renderer), "PNG"),
        "seen": histogram(coverage) if coverage else _UNCOUNTED,
        "provenance": html_page.rows(told(prior.provenance)),
        "licences": html_page.rows(prior.provenance.get("licences") or {"chorus-recon": "Apache-2.0"}),
        "scene": html_page.embedded(_scene(prior, body)),
    }
    return html_page.fill("prior_view.html", filled)


def told(provenance: dict[str, Any]) -> dict[str, Any]:
    """What a provenance says in a line each, under names for people."""
    return {
        _WORDS.get(key, key.replace("_", " ")): value
        for key, value in provenance.items()
        if key not in _ELSEWHERE
    }


def _scene(prior: PriorSet, body: BodyModel) -> dict[str, Any]:
    return {
        "human": _mesh(body.canonical()[0], body.faces, _BODY_RGB),
        "objects": [_surfaces(one) for one in prior.clusters],
        "left": [1.0, 0.0, 0.0],
        "camera": {
            "focal_px": [_FOCAL_PX] * 2,
            "center_px": [_SIDE_PX / 2] * 2,
            "size_px": [_SIDE_PX] * 2,
        },
        "photo": None,
    }


def _surfaces(one: OccupancyPrior) -> dict[str, Any] | None:
    meshes = []
    for level, rgb in zip(LEVELS, (_LIKELY_RGB, _POSSIBLE_RGB), strict=True):
        found = surface(one, level * float(one.expected.max()))
        if found is None:  # the grid is empty
            return None
        meshes.append(_mesh(found[0], torch.from_numpy(found[1].astype("int64")), rgb))
    return {**meshes[0], "shell": meshes[1]}


def _mesh(points: Float[Tensor, "v 3"], faces: Tensor, rgb: tuple[int, int, int]) -> dict[str, Any]:
    placed = transforms.apply(_CAM_FROM_CANON, points)
    colors = torch.tensor(rgb, dtype=torch.uint8).expand(len(faces), 3)
    return pack(placed, faces, colors, limit=_FACE_LIMIT).arrays

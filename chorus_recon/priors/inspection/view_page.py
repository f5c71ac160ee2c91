"""Write a self-contained HTML page with a 3D view of a prior."""

import html
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel, Renderer
from chorus_recon.geometry import transforms
from chorus_recon.geometry.meshes.packed import pack
from chorus_recon.io import category_names, html_page
from chorus_recon.priors.aggregation import views
from chorus_recon.priors.inspection.export import LEVELS, surface
from chorus_recon.priors.inspection.picture import draw
from chorus_recon.priors.inspection.view_histogram import histogram, warning
from chorus_recon.types import OccupancyPrior, PriorSet, Rigid

_BODY_RGB, _LIKELY_RGB, _POSSIBLE_RGB = (150, 172, 204), (198, 40, 46), (245, 176, 52)
_FACE_LIMIT = 12_000  # faces per surface; a page may have forty surfaces
_SIDE_PX, _FOCAL_PX, _AWAY_M = 1000, 1600.0, 4.0
# the viewer's axes: y down, z away from a camera in front of the body
_CAM_FROM_CANON = Rigid(torch.diag(torch.tensor([1.0, -1.0, -1.0])), torch.tensor([0.0, 0.0, _AWAY_M]))
_LEVELS = "Red: at least {:.0%} as likely as at the most likely place. Yellow: at least {:.0%}."
_UNCOUNTED = "<p>From all directions: the prior was built from rendered scenes, not from photos.</p>"
_WORDS = {"chorus_recon": "made by chorus-recon", "views": "coverage"}
_ELSEWHERE = ("licences", "prompts", "rejected", "view_share")  # shown in other parts of the page


def page(prior: PriorSet, body: BodyModel, renderer: Renderer) -> str:
    """The page's HTML: the canonical body, and two surfaces per cluster around it.

    Args:
        prior: the prior to show.
        body: its body model.
        renderer: renders the picture below the 3D view.
    """
    first = prior.clusters[0]
    grid = first.grid
    shape = " \u00d7 ".join(map(str, grid.shape))
    count = f"{len(prior.clusters)} interactions" if len(prior.clusters) > 1 else "1 interaction"
    coverage = views.from_provenance(prior.provenance)
    filled = {
        "title": html.escape(
            f"{category_names.words(prior.category).capitalize()}: expected around the body"
        ),
        "subtitle": html.escape(
            f"{count} \u00b7 {shape} voxels of {100 * grid.voxel_m:.1f} cm \u00b7 body {first.body_model}"
        ),
        "warning": warning(coverage),
        "choices": html_page.choices(
            "Interactions and how common they are",
            [(category_names.words(cluster.cluster), cluster.share, "") for cluster in prior.clusters],
        ),
        "levels": _LEVELS.format(*LEVELS),
        "picture": html_page.data_url(draw(prior, body, renderer), "PNG"),
        "seen": histogram(coverage) if coverage else _UNCOUNTED,
        "provenance": html_page.rows(shown_provenance(prior.provenance)),
        "licences": html_page.rows(prior.provenance.get("licences") or {"chorus-recon": "Apache-2.0"}),
        "scene": html_page.embedded(_scene(prior, body)),
    }
    return html_page.fill("prior_view.html", filled)


def shown_provenance(provenance: dict[str, Any]) -> dict[str, Any]:
    """The entries of a provenance for a table, with readable names."""
    return {
        _WORDS.get(key, key.replace("_", " ")): value
        for key, value in provenance.items()
        if key not in _ELSEWHERE
    }


def _scene(prior: PriorSet, body: BodyModel) -> dict[str, Any]:
    return {
        "human": _mesh(body.canonical()[0], body.faces, _BODY_RGB),
        "objects": [_surfaces(cluster) for cluster in prior.clusters],
        "side": [1.0, 0.0, 0.0],
        "camera": {
            "focal_px": [_FOCAL_PX] * 2,
            "center_px": [_SIDE_PX / 2] * 2,
            "size_px": [_SIDE_PX] * 2,
        },
        "photo": None,
    }


def _surfaces(cluster: OccupancyPrior) -> dict[str, Any] | None:
    meshes = []
    for level, rgb in zip(LEVELS, (_LIKELY_RGB, _POSSIBLE_RGB), strict=True):
        found = surface(cluster, level * float(cluster.expected.max()))
        if found is None:  # the grid is empty
            return None
        meshes.append(_mesh(found[0], torch.from_numpy(found[1].astype("int64")), rgb))
    return {**meshes[0], "shell": meshes[1]}


def _mesh(points: Float[Tensor, "v 3"], faces: Tensor, rgb: tuple[int, int, int]) -> dict[str, Any]:
    placed = transforms.apply(_CAM_FROM_CANON, points)
    colors = torch.tensor(rgb, dtype=torch.uint8).expand(len(faces), 3)
    return pack(placed, faces, colors, limit=_FACE_LIMIT).arrays

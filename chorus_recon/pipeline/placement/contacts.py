"""Where the person and the placed object touch, or nearly do."""

from dataclasses import replace

from chorus_recon.geometry.meshes.proximity import surface_gaps_m
from chorus_recon.types import NEAR_M, Placement, PosedBody


def with_contacts(placement: Placement, body: PosedBody) -> Placement:
    """The placement with the vertices of both meshes that lie within `NEAR_M` of the other's surface.

    Args:
        placement: in cam.
        body: the person, in cam.
    """
    vertices, faces = placement.vertices, placement.shape.faces
    of_body = surface_gaps_m(body.vertices, vertices, faces, NEAR_M)
    of_object = surface_gaps_m(vertices, body.vertices, body.faces, NEAR_M)
    on_body, on_object = (gaps.isfinite().nonzero()[:, 0] for gaps in (of_body, of_object))
    return replace(
        placement,
        body_contacts=on_body,
        body_gaps_m=of_body[on_body],
        object_contacts=on_object,
        object_gaps_m=of_object[on_object],
    )

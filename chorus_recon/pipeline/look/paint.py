"""Paint every mesh of a reconstruction with the colours of its photo."""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import torch
from jaxtyping import Bool, Float, Int, UInt8
from PIL import Image
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.pipeline.look import people, things
from chorus_recon.pipeline.look.bake import Coloured, Surface, texture, vertex_colours
from chorus_recon.pipeline.look.landmarks import shown
from chorus_recon.pipeline.look.sight import Sight, sight
from chorus_recon.pipeline.look.spread import spread
from chorus_recon.types import Placement, Reconstruction

SIZES_PX = (256, 512, 1024)  # of a texture
DETAIL = (
    1.2  # texels for a pixel of the photo that shows the mesh; down to half of it before the size doubles
)
JPEG_QUALITY = 90

_Expected = Callable[[Sight, Coloured], tuple[Float[Tensor, "v 3"], Float[Tensor, " v"]]]


@dataclass(frozen=True, slots=True)
class Paint:
    """The colours of a mesh, sRGB.

    Attributes:
        vertex_rgb: of each vertex.
        texture: square, rows from the top; None for a mesh with too many faces.
        jpeg: the texture as a file; empty without.
        uv: places of each face's corners in the texture, [0, 1] from the top-left corner; None without.
    """

    vertex_rgb: UInt8[Tensor, "v 3"]
    texture: UInt8[Tensor, "s s 3"] | None = None
    jpeg: bytes = b""
    uv: Float[Tensor, "f 3 2"] | None = None


def thinned(paint: Paint, count: int, kept: Int[Tensor, " g"], merged: Int[Tensor, " v"]) -> Paint:
    """The paint of a simplified mesh of `count` vertices.

    Args:
        paint: of the mesh.
        count: vertices that are left.
        kept: faces that are left.
        merged: the vertex that each became.
    """
    first = torch.zeros(count, dtype=torch.int64)
    first[merged] = torch.arange(len(merged))  # any of the merged vertices
    return replace(paint, vertex_rgb=paint.vertex_rgb[first], uv=None if paint.uv is None else paint.uv[kept])


@dataclass(frozen=True, slots=True)
class Painted:
    """Paint of people, and of the placements of each placed part; None for what is not in the photo.

    Placements of one shape share the paint of the most probable one.
    """

    people: tuple[Paint | None, ...]
    placements: tuple[tuple[Paint | None, ...], ...]

    @property
    def things(self) -> tuple[Paint | None, ...]:
        """Paint of the best placement of each placed part."""
        return tuple(coats[0] for coats in self.placements)


def paint(reconstruction: Reconstruction, renderer: Renderer) -> Painted:
    """Paint for every mesh of a reconstruction, in the order of its `people`, and of its placed parts."""
    return Painted(
        tuple(_person(part, reconstruction, renderer) for part in reconstruction.people),
        tuple(_placements(part, renderer) for part in reconstruction.placed),
    )


def _placements(part: Reconstruction, renderer: Renderer) -> tuple[Paint | None, ...]:
    made: dict[int, Paint | None] = {}
    for placement in part.placements:
        if id(placement.shape) not in made:
            made[id(placement.shape)] = _thing(part, placement, renderer)
    return tuple(made[id(placement.shape)] for placement in part.placements)


def _person(part: Reconstruction, whole: Reconstruction, renderer: Renderer) -> Paint | None:
    body = part.body
    mask = part.human_mask.alpha > 0.5
    for other in whole.parts:
        mask = mask & ~_of_thing(other, part, renderer)
    seen = sight(part.photo.rgb, mask, body.vertices, body.faces, part.camera, renderer)
    known = people.anatomy(body, part.human.body.model)
    places = shown(body, part.human)
    return _painted(people.surface(body, known, places), seen, partial(people.expected, body, known, places))


def _thing(part: Reconstruction, placement: Placement, renderer: Renderer) -> Paint | None:
    if part.evidence is None:
        return None
    mask, faces = _of_thing(part, part, renderer), placement.shape.faces
    seen = sight(part.photo.rgb, mask, placement.vertices, faces, part.camera, renderer)
    return _painted(things.surface(placement), seen, partial(things.expected, placement))


def _of_thing(part: Reconstruction, person: Reconstruction, renderer: Renderer) -> Bool[Tensor, "h w"]:
    """The pixels of a thing. Those that the person's mask has too are of what the meshes show there."""
    if part.evidence is None:
        return torch.zeros(person.photo.rgb.shape[:2], dtype=torch.bool)
    mask = part.evidence.object.alpha > 0.5
    both = mask & (person.human_mask.alpha > 0.5)
    if not part.placements or not bool(both.any()):
        return mask
    body, thing = person.body, part.placements[0]
    behind = renderer.render(thing.vertices, thing.shape.faces, part.camera).depth
    before = renderer.render(body.vertices, body.faces, part.camera).depth
    return mask & ~(both & (before < behind))


def _painted(surface: Surface, seen: Sight | None, expected: _Expected) -> Paint | None:
    if seen is None:
        return None
    found = vertex_colours(surface, seen)
    whole = spread(found.rgb, found.belief, surface.edges, *expected(seen, found))
    vertex_rgb = (whole * 255).round().to(torch.uint8)
    if surface.uv is None:
        return Paint(vertex_rgb)
    made = texture(surface, seen, found.usual, whole, _size_px(surface.uv, seen))
    held = io.BytesIO()
    Image.fromarray(made.numpy()).save(held, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return Paint(vertex_rgb, made, held.getvalue(), surface.uv)


def _size_px(uv: Float[Tensor, "f 3 2"], seen: Sight) -> int:
    """The size of a texture that is about as fine as the photo, where it shows the mesh."""
    faces = seen.face[seen.face >= 0]
    (ax, ay), (bx, by) = ((uv[:, k] - uv[:, 0]).unbind(-1) for k in (1, 2))
    shown = float(((ax * by - ay * bx).abs() / 2)[faces.unique()].sum())
    wanted = math.sqrt(DETAIL * len(faces) / max(shown, 1e-6))
    return next((size for size in SIZES_PX if size >= wanted / math.sqrt(2)), SIZES_PX[-1])

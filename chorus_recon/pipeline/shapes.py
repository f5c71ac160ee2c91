"""The shapes that the object may have."""

from chorus_recon.backends.registry import Backends
from chorus_recon.backends.shape.described import described
from chorus_recon.backends.shape.mesh_file import load_mesh
from chorus_recon.pipeline.config import Oracle, ReconstructConfig
from chorus_recon.types import Mask, ObjectShape, Photo


def shapes_for(
    category: str, config: ReconstructConfig, backends: Backends, oracle: Oracle, photo: Photo, mask: Mask
) -> list[ObjectShape]:
    """The true shape where it is known, the user's mesh, what they describe, or the category's templates.

    Args:
        category: the key of the object's category.
        config: what the user gives.
        backends: knows the templates.
        oracle: truth, for evaluation.
        photo: the picture.
        mask: the object's.

    Returns:
        Candidates; none where the category has no template.
    """
    if oracle.object_shape is not None:
        return [oracle.object_shape]
    said = config.thing and described(category, config.thing)
    shapes = list(said.shapes) if said else backends.shapes.shapes(category, photo, mask)
    if config.object_mesh is None:
        return shapes
    up, like = config.object_up, next(iter(shapes), None)
    return [load_mesh(config.object_mesh, units=config.object_units, up=up, like=like)]

"""Which skin of the body is guessed: the photo does not show the joints at both ends of its bone."""

from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel


def guessed_skin(model: BodyModel, guessed: Bool[Tensor, " j"]) -> Float[Tensor, " v"] | None:
    """The share of each vertex's skinning weight that lies on guessed bones, 0 to 1.

    A bone is guessed if its own joint is, or if all the joints that hang on it are.

    Args:
        model: the body, whose joints are in the order of `guessed`.
        guessed: the joints that the photo does not show.

    Returns:
        None where nothing is guessed.
    """
    if not bool(guessed.any()) or len(guessed) != model.skin_weights.shape[1]:
        return None
    bones = guessed.clone()
    for joint in range(len(guessed)):
        below = [child for child, parent in enumerate(model.parents) if parent == joint and child != joint]
        bones[joint] |= bool(below) and bool(guessed[below].all())
    return (model.skin_weights * bones).sum(1) / model.skin_weights.sum(1).clamp_min(1e-9)

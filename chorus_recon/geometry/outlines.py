"""Order and likeness of two overlapping masks."""

from jaxtyping import Bool
from torch import Tensor

LEAST_INSIDE = 0.8  # share of a thing's mask in the person's from which the thing lies before the person
MOST_COVERED = 0.6  # share of the person's mask that it may cover; more is the person themselves


def lies_before(thing: Bool[Tensor, "h w"], person: Bool[Tensor, "h w"]) -> bool:
    """Whether a thing whose mask lies within the person's is before the person.

    Segmenters give what is held or worn to the person as well. A mask that covers most of the person's shows
    the person.
    """
    both = float((thing & person).sum())
    return both > LEAST_INSIDE * float(thing.sum()) and both < MOST_COVERED * float(person.sum())


def alike(first: Bool[Tensor, "h w"], second: Bool[Tensor, "h w"], least_iou: float) -> bool:
    """Whether two masks overlap with this IoU at least; two empty ones do."""
    return float((first & second).sum()) >= least_iou * float((first | second).sum())

"""Put rectangles into the unit square, as large as they fit, on shelves."""

import numpy as np

_ROUNDS = 14  # of halving the range of the scale


def pack(size: np.ndarray, gap: float) -> tuple[np.ndarray, float]:
    """Place rectangles of sizes [n 2] in the unit square without turning them.

    Args:
        size: width and height of each, in any unit.
        gap: between rectangles and around them, in parts of the square.

    Returns:
        The low corners [n 2], and the scale from the unit of the sizes to the square.
    """
    order = np.lexsort((-size[:, 0], -size[:, 1]))
    gap = min(gap, 0.25 / np.sqrt(len(size)))  # many charts: the gaps must leave room for them
    high = 1.0 / max(float(size.max()), float(np.sqrt(size.prod(1).sum())), 1e-12)
    low, best = 0.0, np.full(size.shape, gap)
    for _ in range(_ROUNDS):
        scale = (low + high) / 2
        placed = _shelves(size[order] * scale, gap)
        if placed is None:
            high = scale
        else:
            low, best = scale, placed
    out = np.empty_like(best)
    out[order] = best
    return out, low


def _shelves(size: np.ndarray, gap: float) -> np.ndarray | None:
    """Low corners of rectangles sorted by height, or None if they do not fit."""
    out = np.empty_like(size)
    widths, heights = size.T
    ends = np.cumsum(widths + gap)
    start, y = 0, gap
    while start < len(size):
        before = ends[start - 1] if start else 0.0
        stop = int(np.searchsorted(ends, before + 1.0 - gap, side="right"))
        if stop == start or y + heights[start] + gap > 1.0:
            return None
        out[start:stop, 0] = ends[start:stop] - before - widths[start:stop]
        out[start:stop, 1] = y
        y += heights[start] + gap
        start = stop
    return out

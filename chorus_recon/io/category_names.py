"""Normalise category names for files, tables and detections."""


def key(category: str) -> str:
    """Lower case with underscores: "Tennis racket" and "tennis-racket" become "tennis_racket"."""
    return category.strip().lower().replace(" ", "_").replace("-", "_")


def words(category: str) -> str:
    """A category as people write it: "tennis_racket" becomes "tennis racket"."""
    return category.replace("_", " ")

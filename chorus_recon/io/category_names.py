"""Normalise category names for files, tables and detections."""


def key(category: str) -> str:
    """Lower case with underscores: "Tennis racket" and "tennis-racket" become "tennis_racket"."""
    return category.strip().lower().replace(" ", "_").replace("-", "_")


def words(category: str) -> str:
    """A category as people write it: "tennis_racket" becomes "tennis racket"."""
    return category.replace("_", " ")


def with_noun(use: str, category: str) -> str:
    """A use with its noun: "holds {it}, right hand" becomes "holds the tennis racket, right hand"."""
    return use.replace("{it}", f"the {words(category)}")

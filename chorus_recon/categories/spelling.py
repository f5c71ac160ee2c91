"""One spelling of the name of a category: as a key, and as words."""

SINGULARS = (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", ""))  # endings of plurals


def key(category: str) -> str:
    """Lower case with underscores: "Tennis racket" and "tennis-racket" become "tennis_racket"."""
    return "_".join(category.lower().replace("_", " ").replace("-", " ").split())


def words(category: str) -> str:
    """A category as people write it: "tennis_racket" becomes "tennis racket"."""
    return category.replace("_", " ")

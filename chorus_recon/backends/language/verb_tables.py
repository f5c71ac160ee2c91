"""Predicates for nouns that are no known category, in third person; {it} stands for the object."""

ANY: tuple[str, ...] = (
    "holds {it}",
    "uses {it}",
    "carries {it}",
    "picks up {it}",
    "touches {it}",
    "lifts {it}",
    "leans on {it}",
    "pushes {it}",
    "pulls {it}",
    "holds {it} with both hands",
)

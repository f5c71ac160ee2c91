"""Predicates for a noun of no known category, in third person; {it} marks the place of the thing."""

ANY: tuple[str, ...] = (  # a thing that no table knows
    "holds {it}", "uses {it}", "carries {it}", "picks up {it}", "touches {it}", "lifts {it}",
    "leans on {it}", "pushes {it}", "pulls {it}", "holds {it} with both hands",
)  # fmt: skip

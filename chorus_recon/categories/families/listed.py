"""All shape families by name."""

from chorus_recon.categories.families import furniture, living, solids, tools, vehicles, vessels, worn
from chorus_recon.categories.families.family import Family

FAMILIES: dict[str, Family] = {
    each.name: each
    for module in (tools, solids, vessels, worn, furniture, vehicles, living)
    for each in module.FAMILIES
}

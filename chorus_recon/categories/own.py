"""What a user says of a thing, by options or a TOML file; it goes before the table of nouns."""

import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from chorus_recon.categories import nouns, spelling, unknown
from chorus_recon.categories.archetypes.archetype import Extent
from chorus_recon.categories.archetypes.listed import ARCHETYPES
from chorus_recon.categories.description import Description
from chorus_recon.categories.families.listed import FAMILIES
from chorus_recon.errors import ConfigError, PriorError

SIZE_RANGE_M = (0.001, 30.0)
VERSION = 1  # of the TOML file; one that does not say has this
SPREAD = 0.12  # of a thing whose size the user gave
_SUM = 0.01  # by how much shares may miss 1
_SHARES, _METRES = (-1.0, 1.5), (0.0005, 3.0)  # of proportions
_RANGES = {"corner": (1.0, 10.0)}  # an exponent


@dataclass(frozen=True, slots=True)
class Own:
    """What the user says; None is left to the noun that it is like, or to the table.

    Attributes:
        like: a noun that it resembles.
        size: length (forward) x width x height, metres.
        spread: standard deviation of a size, as a fraction of it.
        family: the shape family, with its proportions.
        uses: archetype -> its share.
        mesh: a file with its mesh. Its up axis is y and its front z, unless `mesh_up` says otherwise.
        mesh_units: the units of the mesh.
        mesh_up: the up axis of the mesh.
    """

    like: str | None = None
    size: Extent | None = None
    spread: float | None = None
    family: tuple[str, Mapping[str, float]] | None = None
    uses: Mapping[str, float] | None = None
    mesh: Path | None = None
    mesh_units: str | None = None
    mesh_up: str | None = None

    @property
    def empty(self) -> bool:
        """Whether the user said nothing."""
        return self == Own()


def complete(noun: str, own: Own, mesh_size: Extent | None = None) -> Description:
    """The description of a noun: the user's, then that of the noun it is like, then the table's.

    Args:
        noun: what the user calls it.
        own: what the user says of it.
        mesh_size: the size of the user's mesh.

    Raises:
        PriorError: something is missing that neither the user nor the table says.
    """
    base = _base(noun, own)
    size = own.size or mesh_size or (base and base.size)
    uses = own.uses or (base and base.uses)
    if size is None or uses is None:
        lacks = "its size" if size is None else "how people use it (--use)"
        raise PriorError(f"Nothing is known of {noun!r}: it lacks {lacks}.", unknown.advice(noun))
    if own.uses is None:
        uses = _fitting(noun, uses, size)
    family, proportions = own.family or ((base.family, base.proportions) if base else ("box", {}))
    key = spelling.key(noun)
    return Description(
        name=key,
        size=size,
        spread=own.spread
        if own.spread is not None
        else (SPREAD if own.size or base is None else base.spread),
        family=family,
        uses=uses,
        proportions=dict(proportions),
        hypernym=base.name if base and base.name != key else (base.hypernym if base else ""),
        settings=base.settings if base else (),
    )


def _base(noun: str, own: Own) -> Description | None:
    """The description of the noun that it is like, or of the noun itself."""
    found = nouns.find(noun) if own.like is None else _known(own.like)
    return nouns.describe(found) if found else None


def _known(like: str, where: str = "--like") -> str:
    """The name in the table of the noun that a thing is like."""
    found = nouns.find(like)
    if found is None:
        near = ", ".join(spelling.words(name) for name in nouns.near(like))
        raise PriorError(
            f"{where} {like!r}: the table of nouns has no such noun.",
            (f"Nearest in meaning: {near}. " if near else "")
            + "`chorus-recon prior list --possible` lists them.",
        )
    return found


def _fitting(noun: str, uses: Mapping[str, float], size: Extent) -> Mapping[str, float]:
    """The uses that a thing of this size allows, with shares that sum to 1."""
    longest = max(size.length_m, size.width_m, size.height_m)
    kept = {
        name: share
        for name, share in uses.items()
        if ARCHETYPES[name].longest_m[0] <= longest <= ARCHETYPES[name].longest_m[1]
    }
    if not kept:
        raise PriorError(
            f"{noun}: what is {longest:g} m long cannot be used as {', '.join(uses)}.", "Pass --use as well."
        )
    total = sum(kept.values())
    return {name: share / total for name, share in kept.items()}


def read_size(text: str, where: str = "--size") -> Extent:
    """Parse a size such as "1.4x0.3x0.05".

    Raises:
        ConfigError: it is not three sizes in metres that a thing may have.
    """
    try:
        size = nouns.parse_size(text)
    except ValueError as error:
        raise ConfigError(
            f"{where} {text!r} is not a size: expected length x width x height in metres.",
            "Such as 1.4x0.3x0.05: from front to back (or from grip to head), left to right, bottom to top.",
        ) from error
    low, high = SIZE_RANGE_M
    if not all(low <= value <= high for value in (size.length_m, size.width_m, size.height_m)):
        raise ConfigError(
            f"{where} {text!r}: each size must lie between {low} and {high:g} metres.", "Use metres."
        )
    return size


def read_uses(text: str | Mapping[str, Any], where: str = "--use") -> dict[str, float]:
    """Parse shares of archetypes, such as "shaft_two_hands:0.7,lean_on:0.3".

    Raises:
        ConfigError: an archetype is unknown, a share is no positive number, or the shares do not sum to 1.
    """
    try:
        uses = nouns.parse_shares(text) if isinstance(text, str) else nouns.numbers(text)
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"{where} {text!r}: expected ARCHETYPE:SHARE,...", "Such as shaft_two_hands:0.7,lean_on:0.3."
        ) from error
    for name, share in uses.items():
        if name not in ARCHETYPES:
            raise ConfigError(f"{where}: there is no archetype {name!r}.", _near(name, ARCHETYPES))
        if not (math.isfinite(share) and share > 0):
            raise ConfigError(f"{where}: the share of {name} is {share:g}.", "Shares are above 0.")
    total = sum(uses.values())
    if not uses or abs(total - 1) > _SUM:
        raise ConfigError(
            f"{where}: the shares sum to {total:g}.", "They are fractions of all uses: make them sum to 1."
        )
    return {name: share / total for name, share in uses.items()}


def read_family(
    name: str, proportions: Mapping[str, Any], where: str = "family"
) -> tuple[str, dict[str, float]]:
    """Check a shape family and its proportions.

    Raises:
        ConfigError: the family or a proportion is unknown, or a proportion is no number of its range.
    """
    if name not in FAMILIES:
        raise ConfigError(f"{where}: there is no shape family {name!r}.", _near(name, FAMILIES))
    known = FAMILIES[name].proportions
    for key, value in proportions.items():
        if key not in known:
            raise ConfigError(f"{where}: {name} has no proportion {key!r}.", _near(key, known))
        low, high = _RANGES.get(key, _METRES if key.endswith("_m") else _SHARES)
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            raise ConfigError(
                f"{where}: {key} is {value!r}, expected a number from {low:g} to {high:g}.",
                f"{known[key]:g} is usual. {name}: {described(name)}",
            )
    return name, {key: float(value) for key, value in proportions.items()}


def described(family: str) -> str:
    """What shapes a family has, and what its proportions mean."""
    return " ".join((FAMILIES[family].build.__doc__ or "").replace("`", "").split())


def read_file(path: Path) -> Own:
    """Read a description in TOML, as `chorus-recon prior init` writes it.

    Raises:
        ConfigError: the file cannot be read, or has an unknown key or a wrong value.
        PriorError: the table lacks the noun that the thing is like.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"{path}: cannot be read as TOML ({error}).", "Write one: chorus-recon prior init NOUN"
        ) from error
    version = raw.pop("version", VERSION)
    if version != VERSION or isinstance(version, bool):
        message = f"{path}: format version {version!r}, this release reads {VERSION}."
        raise ConfigError(message, "See chorus-recon prior init.")
    for key in raw:
        if key not in _KEYS:
            raise ConfigError(f"{path}: unknown key {key!r}.", _near(key, _KEYS))
    for key in raw:
        if key == "proportions" and "family" not in raw:
            raise ConfigError(f"{path}: proportions need a family.", 'Add family = "NAME".')
        if not isinstance(raw[key], _KEYS[key]):
            example = _EXAMPLES.get(key, "a text in quotes")
            raise ConfigError(
                f"{path}: {key} is {raw[key]!r}, expected {example}.", "See chorus-recon prior init."
            )
    if "like" in raw:
        _known(raw["like"], f"{path}: like")
    mesh = raw.get("mesh")
    return Own(
        like=raw.get("like"),
        size=read_size(raw["size"], f"{path}: size") if "size" in raw else None,
        spread=_spread(raw["spread"], path) if "spread" in raw else None,
        family=read_family(raw["family"], raw.get("proportions", {}), f"{path}: family")
        if "family" in raw
        else None,
        uses=read_uses(raw["uses"], f"{path}: uses") if "uses" in raw else None,
        mesh=None if mesh is None else path.parent / mesh,
        mesh_units=raw.get("mesh_units"),
        mesh_up=raw.get("mesh_up"),
    )


_KEYS: dict[str, tuple[type, ...]] = {
    "like": (str,),
    "size": (str,),
    "spread": (int, float),
    "family": (str,),
    "proportions": (dict,),
    "uses": (dict,),
    "mesh": (str,),
    "mesh_units": (str,),
    "mesh_up": (str,),
}


_EXAMPLES = {
    "size": 'a text in quotes, such as "1.4x0.3x0.05"',
    "spread": "a number, such as 0.1",
    "proportions": "a table of numbers",
    "uses": "a table of shares",
}


def _spread(value: float, path: Path) -> float:
    if not 0.005 <= value <= 0.6:
        raise ConfigError(f"{path}: spread is {value:g}.", "It is a fraction of the size, such as 0.1.")
    return float(value)


def facts(said: Own) -> dict[str, Any]:
    """What the user says as plain values, which `from_facts` reads; a mesh is its file's name."""
    found: dict[str, Any] = {}
    if said.size is not None:
        found["size"] = [said.size.length_m, said.size.width_m, said.size.height_m]
    if said.family is not None:
        found["family"] = [said.family[0], dict(said.family[1])]
    if said.uses is not None:
        found["uses"] = [[name, share] for name, share in said.uses.items()]  # their order counts
    if said.mesh is not None:
        found["mesh"] = said.mesh.name
    plain = {name: getattr(said, name) for name in ("like", "spread", "mesh_units", "mesh_up")}
    return found | {name: value for name, value in plain.items() if value is not None}


def from_facts(found: Mapping[str, Any]) -> Own:
    """What `facts` gave, with the mesh's name for its file.

    Raises:
        PriorError: the values are not those of `facts`.
    """
    try:
        return Own(
            like=found.get("like"),
            size=Extent(*found["size"]) if "size" in found else None,
            spread=found.get("spread"),
            family=(str(found["family"][0]), dict(found["family"][1])) if "family" in found else None,
            uses=dict(found["uses"]) if "uses" in found else None,
            mesh=Path(Path(found["mesh"]).name) if "mesh" in found else None,
            mesh_units=found.get("mesh_units"),
            mesh_up=found.get("mesh_up"),
        )
    except (TypeError, ValueError, LookupError) as error:
        raise PriorError(f"Not a description of a thing ({error}).", "Build it again.") from error


def over(base: Own, more: Own) -> Own:
    """Both together; where both say something, `more` counts."""
    said = {field.name: getattr(more, field.name) for field in fields(Own)}
    return replace(base, **{name: value for name, value in said.items() if value is not None})


def template_text(noun: str) -> str:
    """A commented TOML file that describes a noun as the table does, or an example if it has no such noun."""
    found = nouns.find(noun)
    nearest = found or next(iter(nouns.near(noun)), "tool")
    about = nouns.describe(nearest)
    known = found is not None
    lacking = f"# The table lacks this noun. These are the values of {spelling.words(nearest)}: change them."
    lines: list[str] = [
        f"# {noun}: chorus-recon prior build NOUN --description FILE",
        "# Every key may be left out: what is missing is that of `like`, or of the table of nouns.",
        f"version = {VERSION}",
        "" if known else lacking,
        '# like = "NOUN"        # a noun of the table that it resembles',
        "# Length x width x height in metres: front to back (or grip to head), left to right, bottom to top.",
        f'size = "{about.size.length_m:g}x{about.size.width_m:g}x{about.size.height_m:g}"',
        f"spread = {about.spread:g}          # standard deviation of a size, as a fraction of it",
        '# mesh = "FILE"        # your own mesh (obj, ply, stl, glb), y up, front +z; beside this file',
        '# mesh_units = "m"     # m, cm, mm or in',
        f'family = "{about.family}"          # the shape; all families are listed below',
        "",
        "[proportions]          # of the family, as shares of its size unless the name ends in _m",
        *(
            f"{name} = {about.proportions.get(name, value):g}"
            for name, value in FAMILIES[about.family].proportions.items()
        ),
        "",
        "[uses]                 # archetype = share of all uses; they sum to 1",
        *(
            f"{name} = {share:g}          # {ARCHETYPES[name].text.format(it='it')}"
            for name, share in about.uses.items()
        ),
        "# Others:",
        *(
            f"# {each.name}: {each.text.format(it='it')}"
            for each in ARCHETYPES.values()
            if each.name not in about.uses
        ),
        "",
        "# Shape families, with their proportions:",
        *(f"# {name}: {described(name)}{_proportions(name)}" for name in FAMILIES),
        "",
    ]
    return "\n".join(line for number, line in enumerate(lines) if line or number > 3)


def _proportions(family: str) -> str:
    usual = FAMILIES[family].proportions
    return f" ({', '.join(f'{name} = {value:g}' for name, value in usual.items())})" if usual else ""


def _near(word: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(word, names, 1)
    guess = f"Did you mean {close[0]!r}? " if close else ""
    return f"{guess}Known: {', '.join(names) or 'none'}."


def as_dict(about: Description) -> dict[str, object]:
    """A description for provenance and cache keys: plain values in a fixed order."""
    return {
        "noun": about.name,
        "size_m": [about.size.length_m, about.size.width_m, about.size.height_m],
        "spread": about.spread,
        "family": about.family,
        "proportions": dict(sorted(about.proportions.items())),
        "uses": {name: round(share, 6) for name, share in about.uses.items()},
    }


def from_dict(facts: Mapping[str, Any]) -> Description | None:
    """The description that `as_dict` gave; None if the values are not those of a description."""
    try:
        size = Extent(*(float(value) for value in facts["size_m"]))
        family, proportions = read_family(facts["family"], facts["proportions"])
        uses = read_uses(facts["uses"])
        spread = float(facts["spread"])
        name = spelling.key(facts["noun"])
    except (LookupError, TypeError, ValueError, AttributeError, ConfigError):
        return None
    low, high = SIZE_RANGE_M
    if not all(low <= side <= high for side in (size.length_m, size.width_m, size.height_m)):
        return None
    if not 0 <= spread <= 1:
        return None
    return Description(name=name, size=size, spread=spread, family=family, proportions=proportions, uses=uses)

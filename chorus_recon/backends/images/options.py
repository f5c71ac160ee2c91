"""Parse the options of a text-to-image source, `MODEL,key=value,...`; unknown keys are an error."""

import difflib
import re
from dataclasses import dataclass, fields
from typing import Any

from chorus_recon.errors import ConfigError

OFFLOADS = ("auto", "none", "model", "sequential")
_PAIR = re.compile(r"([a-z]+)=([^,]*)")
_SIZE = re.compile(r"(\d+)(?:x(\d+))?")


@dataclass(frozen=True, slots=True)
class Options:
    """Overrides of a preset's settings; None keeps a setting."""

    preset: str | None = None  # use the settings of this preset, e.g. for a fine-tuned copy of its model
    steps: int | None = None
    guidance: float | None = None
    size: tuple[int, int] | None = None  # width, height in pixels, multiples of 8
    batch: int | None = None  # batch size; None: as memory allows
    offload: str = "auto"  # one of OFFLOADS: which weights are moved to main memory while not in use
    safety: bool | None = None  # use the model's safety checker, if it has one
    perpneg: float = 1.5  # weight of perpendicular negative prompts (Perp-Neg); 0: plain negative prompts


def parse(argument: str) -> tuple[str, Options]:
    """The model and the options of "MODEL,steps=30,size=640x480".

    Raises:
        ConfigError: a key is unknown, or a value is invalid.
    """
    parts = argument.split(",")
    cut = len(parts)
    while cut and _PAIR.fullmatch(parts[cut - 1].strip()):
        cut -= 1
    given: dict[str, Any] = {}
    for part in parts[cut:]:
        key, _, value = part.strip().partition("=")
        given[key] = _value(key, value.strip())
    return ",".join(parts[:cut]).strip(), Options(**given)


def _value(key: str, text: str) -> Any:
    known = [option.name for option in fields(Options)]
    if key not in known:
        close = difflib.get_close_matches(key, known, n=1)
        raise ConfigError(
            f"Image models have no option '{key}'.{f' Did you mean {close[0]!r}?' if close else ''}",
            f"Known: {', '.join(known)}.",
        )
    try:
        return _READ[key](text)
    except ValueError as error:
        raise ConfigError(
            f"{key}={text!r} cannot be used ({error}).", "Use the form steps=30,size=640x480."
        ) from error


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError("it must be at least 1")
    return number


def _weight(text: str) -> float:
    if not 0.0 <= (number := float(text)) < 1000.0:
        raise ValueError("it must be 0 or more")
    return number


def _size(text: str) -> tuple[int, int]:
    found = _SIZE.fullmatch(text)
    if not found:
        raise ValueError("a size is like 512 or 640x480")
    width, height = int(found[1]), int(found[2] or found[1])
    if width % 8 or height % 8 or not width or not height:
        raise ValueError("sizes are multiples of 8")
    return width, height


def _choice(text: str) -> str:
    if text not in OFFLOADS:
        raise ValueError(f"known: {', '.join(OFFLOADS)}")
    return text


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError("it must be on or off")
    return text == "on"


_READ: dict[str, Any] = {
    "preset": str,
    "steps": _count,
    "guidance": _weight,
    "size": _size,
    "batch": _count,
    "offload": _choice,
    "safety": _switch,
    "perpneg": _weight,
}

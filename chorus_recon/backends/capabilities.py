"""What image sources can do. Importing this module loads no library."""

from enum import Flag, auto

SCENES = "rendered"  # renders scenes with known masks and cameras; this image source has no class


class Capability(Flag):
    """What an image source can do; the options of `prior build` that apply follow from it."""

    PROMPTS = auto()  # makes a picture for a prompt and a view
    MODEL = auto()  # takes the name of a model as its argument
    FIXED_PICTURES = auto()  # has a fixed set of pictures
    TRUE_SCENES = auto()  # knows the true masks and cameras, so that no picture is made


DEFAULT_CAPABILITIES = Capability.PROMPTS | Capability.MODEL  # of a source that declares none

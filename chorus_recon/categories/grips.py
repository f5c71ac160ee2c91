"""Hands on a handlebar, for the categories that have one."""

from chorus_recon.categories.poses import arm
from chorus_recon.categories.schema import Contact

LEFT_GRIP = Contact("left_palm", "left_grip", 0.015)
RIGHT_GRIP = Contact("right_palm", "right_grip", 0.015)
REACH_AHEAD = (*arm("left", 0.25, -0.6, 0.85, 0.3), *arm("right", -0.25, -0.6, 0.85, 0.3))

"""The categories with a rendered prior: their interactions, object axes and canonical grid."""

from collections.abc import Callable
from dataclasses import dataclass

from chorus_recon.categories.ball import interactions as interactions_ball
from chorus_recon.categories.bicycle import interactions as interactions_ridden
from chorus_recon.categories.boards import interactions as interactions_boards
from chorus_recon.categories.boards import skiing
from chorus_recon.categories.book import interactions as interactions_book
from chorus_recon.categories.devices import laptop, phone
from chorus_recon.categories.glove import interactions as interactions_glove
from chorus_recon.categories.guitar import interactions as interactions_guitar
from chorus_recon.categories.handheld import bat, gripped
from chorus_recon.categories.handheld import interactions as interactions_held
from chorus_recon.categories.hat import interactions as interactions_hat
from chorus_recon.categories.horse import interactions as interactions_horse
from chorus_recon.categories.kite import interactions as interactions_kite
from chorus_recon.categories.luggage import backpack, handbag, suitcase
from chorus_recon.categories.schema import Frame, Interaction
from chorus_recon.categories.seats import beds
from chorus_recon.categories.seats import interactions as interactions_seats
from chorus_recon.categories.tie import interactions as interactions_tie
from chorus_recon.categories.vessels import interactions as interactions_drinks
from chorus_recon.geometry.grid import PAPER_GRID, cube
from chorus_recon.types import VoxelGrid

_LEVEL = Frame(forward=(0.0, 0.0, 1.0), up=(0.0, 1.0, 0.0))
_BAR = Frame(forward=(1.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
_SHAFT = Frame(forward=(0.0, 1.0, 0.0), up=(0.0, 0.0, 1.0))  # from the grip to the head; the face's normal
# what hands reach about the pelvis (right, up, forward), in voxels of which a cup fills more than one
_HANDS = VoxelGrid((-1.155, -0.84, -0.595), 0.035, (66, 58, 46))
# a tenth or more of these lies further from the body than canonical space bends with it (`warp.FAR_M`)
ROOMY = ("bed", "couch", "horse", "kite")


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """What a category's prior is made of.

    `grid` must hold the object around the canonical and around any posed body. Voxels of 6 cm are
    about what a fitted pose is worth; only what fits in a hand gains from smaller ones. What is thinner
    than a voxel would hardly ever cover a voxel's middle: `thicken_px` counts what it passes through
    instead.
    """

    interactions: Callable[[], tuple[Interaction, ...]]
    frame: Frame = _LEVEL
    grid: VoxelGrid = PAPER_GRID
    thicken_px: int = 0


CATEGORIES: dict[str, CategoryRow] = {
    "skateboard": CategoryRow(interactions_boards.skateboard),
    "snowboard": CategoryRow(interactions_boards.snowboard),
    "surfboard": CategoryRow(interactions_boards.surfboard),
    # a racket reaches 1.7 m above the pelvis in a serve
    "tennis_racket": CategoryRow(interactions_held.tennis_racket, _SHAFT, cube(3.5, 52)),
    "umbrella": CategoryRow(interactions_held.umbrella),
    "frisbee": CategoryRow(interactions_held.frisbee),
    "bicycle": CategoryRow(interactions_ridden.bicycle),
    "motorcycle": CategoryRow(interactions_ridden.motorcycle),
    "chair": CategoryRow(interactions_seats.chair),
    # from one end of it to the other
    "bench": CategoryRow(interactions_seats.bench, grid=cube(3.5, 52)),
    "couch": CategoryRow(interactions_seats.couch, grid=cube(3.5, 52)),
    "laptop": CategoryRow(laptop.laptop),
    "skis": CategoryRow(skiing.skis),
    "horse": CategoryRow(interactions_horse.horse, grid=cube(3.5, 52)),
    "bed": CategoryRow(beds.bed, grid=cube(3.5, 52)),
    "baseball_bat": CategoryRow(bat.baseball_bat, _SHAFT, cube(3.5, 52), 1),
    "cell_phone": CategoryRow(phone.cell_phone, grid=_HANDS, thicken_px=1),
    "bottle": CategoryRow(interactions_drinks.bottle, grid=_HANDS, thicken_px=1),
    "cup": CategoryRow(interactions_drinks.cup, grid=_HANDS, thicken_px=1),
    "wine_glass": CategoryRow(interactions_drinks.wine_glass, grid=_HANDS, thicken_px=1),
    # in play it is a metre from the hand or foot
    "sports_ball": CategoryRow(interactions_ball.sports_ball, grid=cube(3.5, 52), thicken_px=1),
    "baseball_glove": CategoryRow(interactions_glove.baseball_glove),
    "book": CategoryRow(interactions_book.book, thicken_px=1),
    # a case that is pulled trails a metre behind the hand
    "suitcase": CategoryRow(suitcase.suitcase, grid=cube(3.5, 52)),
    "hat": CategoryRow(interactions_hat.hat),
    "tie": CategoryRow(interactions_tie.tie, thicken_px=1),
    # on a metre of line
    "kite": CategoryRow(interactions_kite.kite, _SHAFT, cube(3.5, 52), 1),
    "backpack": CategoryRow(backpack.backpack),
    "handbag": CategoryRow(handbag.handbag, thicken_px=1),
    "guitar": CategoryRow(interactions_guitar.guitar, _SHAFT, cube(3.5, 52), 1),
    "golf_club": CategoryRow(gripped.golf_club, _SHAFT, cube(3.5, 52), 1),
    "dumbbell": CategoryRow(gripped.dumbbell, _BAR),
    "remote": CategoryRow(gripped.remote, _SHAFT, _HANDS, 1),
}

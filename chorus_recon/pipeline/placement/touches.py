"""Where the body and the object meet in each interaction, for those that meet in several places."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.scenes.ik import contact_places
from chorus_recon.categories.nouns import known
from chorus_recon.categories.schema import Contact, Interaction
from chorus_recon.categories.spots import axes_of, place_of
from chorus_recon.pipeline.placement.context import PlacementContext
from chorus_recon.pipeline.placement.proposals import in_cam, twins
from chorus_recon.types import ObjectShape

LEAST = 2  # contacts of an interaction: a single one says little more than the point that stays put
LEAST_WEIGHT = 0.02  # of a joint that carries a place of the skin
MOST_SIGMA_M = 0.05  # of a contact: one that is scattered by more is no place


@dataclass(frozen=True, slots=True)
class Touches:
    """Per cluster, the places of the body and the spots of the object that meet; padded with weight 0.

    Attributes:
        place: of the body, in cam, metres.
        spot: of each shape, in the object's frame, once for each of its symmetric twins.
        modes: by how much each mode of the shape moves a spot.
        weight: 1 for a contact that the cluster and the shape have.
    """

    place: Float[Tensor, "c k 3"]
    spot: Float[Tensor, "c s t k 3"]
    modes: Float[Tensor, "c s t m k 3"]
    weight: Float[Tensor, "c s k"]


def find_touches(context: PlacementContext) -> Touches:
    """The contacts of the interactions that the clusters are named after; none for other clusters."""
    about = known(context.category)
    rows = {row.name: row for row in about.interactions()} if about is not None else {}
    names = context.joint_names
    contacts = [_firm(rows[c.cluster], names) if c.cluster in rows else [] for c in context.clusters]
    most = max([len(each) for each in contacts] + [1])
    count, shapes = max([len(shape.modes) for shape in context.shapes] + [1]), context.shapes
    place = torch.zeros(len(contacts), most, 3)
    spot = torch.zeros(len(contacts), len(shapes), 1 + count, most, 3)
    weight = torch.zeros(len(contacts), len(shapes), most)
    axes = axes_of(about.frame) if about is not None else {}
    for c, each in enumerate(contacts):
        for k, contact in enumerate(each):
            place[c, k] = _carried(context, _places()[contact.place])
            for s, shape in enumerate(shapes):
                found = _spot(contact, shape, axes)
                if found is not None:
                    spot[c, s, : len(found), k], weight[c, s, k] = found, 1.0
    weight *= weight.sum(-1, keepdim=True) >= LEAST
    spot = torch.einsum("stij,csmkj->cstmki", twins(shapes), spot)
    return Touches(place, spot[:, :, :, 0], spot[:, :, :, 1:], weight)


def _firm(row: Interaction, joint_names: Sequence[str]) -> list[Contact]:
    """Contacts with one place on body and object: none on a crank, and none that is widely scattered."""
    if row.shift_m is not None:
        return []
    firm = [c for c in row.contacts if not c.turning and c.sigma_m <= MOST_SIGMA_M and c.place in _places()]
    return [contact for contact in firm if set(_places()[contact.place].joints) <= set(joint_names)]


def _spot(contact: Contact, shape: ObjectShape, axes: dict[str, Tensor]) -> Float[Tensor, "m 3"] | None:
    """The spot on the mean shape, and by how much each mode moves it; None if the shape lacks the anchor."""
    several = torch.cat([shape.vertices[None], shape.vertices + shape.modes])
    try:
        found = place_of(contact.spot, shape, several, axes)
    except KeyError:
        return None
    return torch.cat([found[:1], found[1:] - found[:1]])


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of the body as a point of its skin.

    `joints` carry it, with `weights` that sum to 1; `offsets_m` are its canonical offsets from each of them.
    """

    joints: tuple[str, ...]
    weights: Float[Tensor, " j"]
    offsets_m: Float[Tensor, "j 3"]


def _carried(context: PlacementContext, place: _Place) -> Float[Tensor, " 3"]:
    """A place of the person, in cam, by linear blend skinning."""
    rows = [context.joint_names.index(name) for name in place.joints]
    points = torch.stack(
        [in_cam(context, row, offset) for row, offset in zip(rows, place.offsets_m, strict=True)]
    )
    return place.weights @ points


@lru_cache(maxsize=1)
def _places() -> dict[str, _Place]:
    """The places of the body that interactions name, of the embedded body's mean shape."""
    body = DefaultBody()
    vertices, joints = body.canonical()
    out = {}
    for name, rows in contact_places(body).items():
        weights = body.skin_weights[rows].mean(0)
        carriers = (weights > LEAST_WEIGHT).nonzero()[:, 0]
        share = weights[carriers] / weights[carriers].sum()
        out[name] = _Place(
            tuple(body.joint_names[joint] for joint in carriers.tolist()),
            share,
            vertices[rows].mean(0) - joints[carriers],
        )
    return out

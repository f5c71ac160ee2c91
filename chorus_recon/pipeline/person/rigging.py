"""The rig of a reconstructed person."""

import torch

from chorus_recon.backends.protocols import BodyModel, OffsetBody
from chorus_recon.types import BodyParams, BodyRig


def rig_of(model: BodyModel, params: BodyParams) -> BodyRig:
    """The joints and skin weights of a body, and where its makers put the pelvis of this shape.

    Args:
        model: the body.
        params: of the person.
    """
    pelvis = model.pelvis(params.shape) if isinstance(model, OffsetBody) else torch.zeros(3)
    return BodyRig(model.joint_names, model.parents, model.skin_weights, pelvis)

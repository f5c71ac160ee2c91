"""The default human estimator: fits the embedded body to BlazePose landmarks of each person box."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human import hand_terms
from chorus_recon.backends.human.corrector import LandmarkCorrector, bundled
from chorus_recon.backends.human.fit import FitConfig, Fits, fit
from chorus_recon.backends.human.hands import HandReader
from chorus_recon.backends.human.model import fit_model
from chorus_recon.backends.human.outline import agreed, outlines
from chorus_recon.backends.human.start import Observed
from chorus_recon.backends.human.support import cut_legs, doubt_ends, joint_sigma, joint_support, sight, trust
from chorus_recon.backends.human.unseen_legs import with_unseen_legs_upright
from chorus_recon.geometry.camera import project
from chorus_recon.io import weights
from chorus_recon.types import (
    BodyParams,
    Camera,
    Detection,
    Hand,
    HumanEstimate,
    Keypoints,
    Mask,
    Photo,
    Reason,
    Rejected,
    Rigid,
)
from chorus_recon.types.people import ADULT_HEIGHT, GIVEN_HEIGHT, KNOWN_SCALE, UNKNOWN_SCALE

# Median landmark error, in the longer side of the box about the
# person and their landmarks, from which a fit is no pose: of the people in
# 63 real photos the worst good fit has 0.07, a person read as a jumping one 0.16.
_MOST_ERROR = 0.1
# Share of the person's outline that the body covers, below which the landmarks are somebody else's: in 63
# real photos a bear that got the landmarks of the woman beside it has 0.21, every person 0.42 or more.
_LEAST_COVERED = 0.3
_REACH_M = 0.05  # the body's points are this near to each other, and clothes to the skin
_MASK_SAMPLES = 600
_LEAST_SIGHT = 2.0  # landmarks in full sight: fewer say nothing about a pose


@runtime_checkable
class FoundPose(Protocol):
    """One person's landmarks, and the network's own mask at photo size."""

    @property
    def keypoints(self) -> Keypoints:
        """Where the landmarks are."""
        ...

    @property
    def mask(self) -> Float[Tensor, "h w"]:
        """Alpha of the person."""
        ...


@runtime_checkable
class Landmarker(Protocol):
    """Finds the landmarks of the person in each box."""

    def detect(
        self, photo_rgb: UInt8[Tensor, "h w 3"], boxes_px: Float[Tensor, "b 4"]
    ) -> Sequence[FoundPose | None]:
        """One result a box, None where nobody is found."""
        ...


class DefaultHuman:
    """BlazePose landmarks, and the embedded body fitted to all people of a photo at once.

    Args:
        body: the body to fit; the embedded one by default.
        landmarker: finds landmarks in boxes; the embedded network by default, fetched on first use.
        config: weights of the fit.
        hands: reads hands at the wrists; the embedded network by default, where its file can be had.
        corrector: corrects the landmarks' metric points; by default the bundled one for the landmarks of the
            embedded network, and none for those of another landmarker.
    """

    name = "blazepose+fit"
    uses_height = True

    def __init__(
        self,
        body: DefaultBody | None = None,
        landmarker: Landmarker | None = None,
        config: FitConfig | None = None,
        hands: HandReader | None = None,
        corrector: LandmarkCorrector | None = None,
    ) -> None:
        self.body = body or DefaultBody()
        self._landmarker = landmarker
        self._config = config or FitConfig()
        self._hands = hands or HandReader()
        self._corrector = corrector or (bundled() if landmarker is None else None)
        self._model = fit_model(self.body)
        self._hand_points = hand_terms.hand_points(self.body)
        networks = (weights.POSE, weights.POSE_HEAVY, weights.HANDS)
        self.licences = {file.name: file.licence for file in networks} | {self.body.id: self.body.licence}

    def estimate(
        self,
        photo: Photo,
        people: Sequence[Detection],
        masks: Sequence[Mask | None],
        camera: Camera,
    ) -> list[HumanEstimate | Rejected]:
        """One result a person box, in order, all in the given camera.

        The landmark network's own mask stands in for a missing one and checks one that was guessed; one
        that came with the detection is believed.
        """
        if not people:
            return []
        if self._landmarker is None:
            from chorus_recon.backends.human.looks import SeveralLooks

            self._landmarker = SeveralLooks()
        boxes = torch.stack([person.box_px for person in people])
        found = self._landmarker.detect(photo.rgb, boxes)
        believed = [
            _outline(mask, None if mask is not None and mask is person.mask else seen)
            for person, mask, seen in zip(people, masks, found, strict=True)
        ]
        keypoints = [None if seen is None else self._corrected(seen.keypoints, camera) for seen in found]
        results = self.fit_keypoints(
            photo,
            boxes,
            keypoints,
            [alpha for alpha, _ in believed],
            camera,
            [unknown for _, unknown in believed],
            [person.height_m for person in people],
            self._hands.read(photo.rgb, keypoints, camera),
        )
        results = [
            replace(result, alpha=seen.mask)
            if isinstance(result, HumanEstimate) and seen is not None
            else result
            for result, seen in zip(results, found, strict=True)
        ]
        return [
            self._beside(result, mask, f"{photo.source.name} person {i}") or result
            for i, (result, mask) in enumerate(zip(results, masks, strict=True))
        ]

    def _corrected(self, keypoints: Keypoints, camera: Camera) -> Keypoints:
        return keypoints if self._corrector is None else self._corrector.correct(keypoints, camera)

    def _beside(self, result: HumanEstimate | Rejected, mask: Mask | None, item: str) -> Rejected | None:
        """A reason to reject a body that leaves its person's outline: the landmarks were somebody else's."""
        if isinstance(result, Rejected) or mask is None:
            return None
        points = self.body.pose(result.body).vertices[self.body.low_rows]
        pixels = project(result.camera, points)[0]
        reach_px = _REACH_M * float(result.camera.focal_px.mean()) / float(points[:, 2].median())
        covered = covered_share(mask.alpha, pixels, reach_px)
        if covered >= _LEAST_COVERED:
            return None
        return Rejected(item, Reason.NO_POSE, "the body that was fitted lies outside of the person's outline")

    def fit_keypoints(
        self,
        photo: Photo,
        boxes: Float[Tensor, "b 4"],
        keypoints: Sequence[Keypoints | None],
        alphas: Sequence[Float[Tensor, "h w"] | None],
        camera: Camera,
        unknown: Sequence[Bool[Tensor, "h w"] | None] | None = None,
        heights_m: Sequence[float | None] | None = None,
        hands: Sequence[tuple[Hand, ...]] | None = None,
    ) -> list[HumanEstimate | Rejected]:
        """Bodies for landmarks that are already known, in order.

        `unknown` is where an outline says nothing of its person, `heights_m` the known standing heights,
        `hands` those found of each person.
        """
        size = torch.tensor(camera.size_px, dtype=torch.float32)
        rows = [i for i, seen in enumerate(keypoints) if seen is not None and self._usable(seen, size)]
        fitted: dict[int, HumanEstimate] = {}
        if rows:
            chosen = [keypoints[i] for i in rows]
            heights = [None if heights_m is None else heights_m[i] for i in rows]
            observed = self._observe([seen for seen in chosen if seen is not None], size, heights)
            read = [() if hands is None else hands[i] for i in rows]
            hidden = [_hidden(alphas, i, None if unknown is None else unknown[i]) for i in rows]
            evidence = outlines([alphas[i] for i in rows], hidden)
            palms = hand_terms.evidence(self._hand_points, read)
            fits = fit(self._model, observed, camera, evidence, self._config, palms)
            for row, (i, seen) in enumerate(zip(rows, chosen, strict=True)):
                assert seen is not None
                estimate = self._estimate(fits, row, observed, seen, boxes[i], camera)
                fitted[i] = replace(estimate, hands=read[row])
        return [
            _believed(fitted.get(i), f"{photo.source.name} person {i}", boxes[i])
            for i in range(len(keypoints))
        ]

    def _usable(self, seen: Keypoints, size_px: Float[Tensor, " 2"]) -> bool:
        """Whether enough landmarks are in sight, and all are numbers."""
        if seen.points_m is None or not (seen.points_px.isfinite().all() and seen.points_m.isfinite().all()):
            return False
        return bool(sight(seen.points_px[None], seen.visibility[None], size_px).sum() > _LEAST_SIGHT)

    def _observe(
        self, people: Sequence[Keypoints], size_px: Float[Tensor, " 2"], heights_m: Sequence[float | None]
    ) -> Observed:
        """The model's landmarks of several people, in its order."""
        rows = [[seen.names.index(name) for name in self._model.landmark_names] for seen in people]
        pixels = torch.stack([seen.points_px[row] for seen, row in zip(people, rows, strict=True)])
        metres = torch.stack(
            [seen.points_m[row] for seen, row in zip(people, rows, strict=True) if seen.points_m is not None]
        )
        visible = torch.stack([seen.visibility[row] for seen, row in zip(people, rows, strict=True)])
        names = self._model.landmark_names
        seen_weight = doubt_ends(names, sight(pixels, visible, size_px))
        cut = cut_legs(names, pixels, seen_weight)
        weight = trust(pixels, visible, size_px).masked_fill(cut, 0.0)
        height = torch.tensor([torch.nan if height is None else height for height in heights_m])
        return Observed(pixels, metres, weight, seen_weight.masked_fill(cut, 0.0), height)

    def _estimate(
        self,
        fits: Fits,
        row: int,
        observed: Observed,
        seen: Keypoints,
        box_px: Float[Tensor, " 4"],
        camera: Camera,
    ) -> HumanEstimate:
        """One person's row of the fits."""
        pixels, _ = project(camera, fits.landmarks_m[row])
        error = (pixels - observed.points_px[row]).norm(dim=-1)
        order = error.argsort()
        share = observed.sight[row][order].cumsum(0)
        middle = order[int((share < share[-1] / 2).sum())]
        place = Rigid(fits.cam_from_body.rotation[row], fits.cam_from_body.translation_m[row])
        joints, landmarks = self._model.joint_names, self._model.landmark_names
        known = not bool(observed.height_m[row].isnan())
        sigma = None
        if seen.spread_m is not None:
            spread = seen.spread_m[[seen.names.index(name) for name in landmarks]]
            sigma = joint_sigma(joints, landmarks, spread[None])[0]
        confidence = joint_support(joints, landmarks, observed.sight[row : row + 1])[0]
        body = BodyParams(self.body.id, fits.shape[row], fits.pose[row], place)
        return HumanEstimate(
            body=with_unseen_legs_upright(body, self.body, confidence),
            camera=camera,
            keypoints=seen,
            box_px=box_px,
            residual_px=float(error[middle]),
            joint_confidence=confidence,
            joint_sigma_m=sigma,
            scale_sigma=KNOWN_SCALE if known else UNKNOWN_SCALE,
            height_from=GIVEN_HEIGHT if known else ADULT_HEIGHT,
        )


def covered_share(alpha: Float[Tensor, "h w"], points_px: Float[Tensor, "n 2"], reach_px: float) -> float:
    """The share of a mask's pixels that lie within `reach_px` of a point; 1 for an empty mask."""
    rows, columns = torch.where(alpha > 0.5)
    if not len(rows):
        return 1.0
    step = max(1, len(rows) // _MASK_SAMPLES)
    pixels = torch.stack([columns, rows], -1)[::step].float() + 0.5
    return float((torch.cdist(pixels, points_px.float()).amin(1) <= reach_px).float().mean())


def _believed(
    estimate: HumanEstimate | None, item: str, box_px: Float[Tensor, " 4"]
) -> HumanEstimate | Rejected:
    """The estimate, unless there is none or the body misses the landmarks it was fitted to."""
    if estimate is None:
        return Rejected(item, Reason.NO_POSE, "no landmarks in sight")
    points = estimate.keypoints.points_px
    side_px = float(torch.maximum(box_px[2:] - box_px[:2], points.amax(0) - points.amin(0)).max())
    error = estimate.residual_px / max(side_px, 1.0)
    if error > _MOST_ERROR:
        return Rejected(item, Reason.NO_POSE, "the body that was fitted misses the joints that were seen")
    return estimate


def _outline(
    mask: Mask | None, seen: FoundPose | None
) -> tuple[Float[Tensor, "h w"] | None, Bool[Tensor, "h w"] | None]:
    """A person's outline, and where it says nothing, from the mask given and the pose network's own."""
    if mask is not None and seen is not None:
        return agreed(mask.alpha, seen.mask)
    if mask is not None:
        return mask.alpha, None
    return (None if seen is None else seen.mask), None


def _hidden(
    alphas: Sequence[Float[Tensor, "h w"] | None], person: int, unknown: Bool[Tensor, "h w"] | None
) -> Bool[Tensor, "h w"] | None:
    """Where other people may stand in front, and what is unknown anyway."""
    masks = [alpha > 0.5 for i, alpha in enumerate(alphas) if alpha is not None and i != person]
    masks += [] if unknown is None else [unknown]
    return torch.stack(masks).any(0) if masks else None

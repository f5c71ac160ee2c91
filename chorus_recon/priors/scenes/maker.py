"""Make the records of pieces, in the process of a worker."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.images.scenes import ik
from chorus_recon.backends.images.scenes import scene as scenes
from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.categories.own import Own
from chorus_recon.geometry.threads import one_thread
from chorus_recon.priors.jobs.collect import IN_HAND, Tick
from chorus_recon.priors.jobs.records import Record
from chorus_recon.priors.scenes import pieces, recorded
from chorus_recon.priors.scenes.pieces import Row
from chorus_recon.priors.scenes.subject import Subject, subject_of
from chorus_recon.types import Photo, Shot


@dataclass(frozen=True, slots=True)
class MakeScenes:
    """Makes a worker; it is sent to other processes, so it holds what the user said, not what it means."""

    noun: str
    said: Own
    views: int
    steps: int

    def __call__(self) -> "SceneMaker":
        """The worker."""
        return SceneMaker(subject_of(self.noun, self.said), ik.Rig(DefaultBody()), self.views, self.steps)


@dataclass(frozen=True, slots=True)
class SceneMaker:
    """Poses and renders the scenes of pieces. It is a `Maker`."""

    subject: Subject
    rig: ik.Rig
    views: int
    steps: int
    scenes: bool = True

    @property
    def licences(self) -> dict[str, str]:
        """Those of the package and of the body."""
        return {"chorus-recon": "Apache-2.0", self.rig.body.id: self.rig.body.licence}

    def records(self, shots: Sequence[Shot], tell: Tick) -> list[tuple[Record, Photo | None]]:
        """See `Maker`. The shots are those of one piece; pictures of scenes that fail are its last."""
        row = self._row(shots[0].prompt.verb)
        generator = torch.Generator().manual_seed(shots[0].seed)
        renderer = EmbreeRenderer()
        made: list[Record] = []
        with one_thread():
            posed = pieces.pose(
                self.rig, row, self.subject.category, len(shots) // self.views, self.steps, generator
            )
            for number, each in enumerate(posed):
                several = scenes.photograph(
                    each.scene,
                    each.world,
                    self.rig.body,
                    renderer,
                    self.views,
                    generator,
                    self.subject.category.thicken_px,
                )
                for picture in several:
                    made.append(recorded.record(shots[len(made)], number, each, picture))
                    tell(Counter({IN_HAND: 1}))
        rest = shots[len(made) :]
        tell(Counter({IN_HAND: len(rest)}))
        return [(record, None) for record in (*made, *map(recorded.failed, rest))]

    def _row(self, name: str) -> Row:
        return next(row for row in pieces.rendered_rows(self.subject) if row.interaction.name == name)

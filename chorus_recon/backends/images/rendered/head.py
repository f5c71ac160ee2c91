"""Build the parts of a head: painted face, eyes, hair, caps and helmets."""

from dataclasses import dataclass

import numpy as np
import trimesh
from jaxtyping import Float

from chorus_recon.backends.images.rendered import noise
from chorus_recon.backends.images.rendered.sheet import Sheet, cut, normals, refine, smooth
from chorus_recon.backends.images.rendered.surfaces import Material, Rgb, Surface

EYES = np.array([[0.031, 0.686, 0.113], [-0.031, 0.686, 0.113]])  # centres, on the T-posed mean body
EYE_M = 0.0125
MOUTH = np.array([0.0, 0.617, 0.135])
CROWN = np.array([0.0, 0.690, 0.040])  # middle of the skull


@dataclass(frozen=True, slots=True)
class Carry:
    """An affine map from the T-posed mean head to a person's head in the world."""

    matrix: Float[np.ndarray, "3 3"]
    offset_m: Float[np.ndarray, " 3"]

    def __call__(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Points of the mean head, in the world."""
        return points @ self.matrix.T + self.offset_m


def carry(skin: Sheet) -> Carry:
    """The least-squares affine map of the skull's vertices."""
    skull = skin.rest[:, 1] > 0.6
    rest = np.column_stack([skin.rest[skull], np.ones(skull.sum())])
    solution = np.linalg.lstsq(rest, skin.posed[skull], rcond=None)[0]
    return Carry(solution[:3].T, solution[3])


def paint(rest: Float[np.ndarray, "v 3"], rgb: np.ndarray, tone: Rgb, hair: Rgb) -> np.ndarray:
    """Skin colours with lips, brows, eye sockets and redder cheeks painted on."""
    near = lambda centre, size: np.exp(-(((rest - centre) / size) ** 2).sum(1))  # noqa: E731
    lips = near(MOUTH, [0.022, 0.008, 0.02])
    rgb = _mix(rgb, np.array(tone) * [0.82, 0.55, 0.55], 0.8 * lips)
    for side in (-1, 1):
        brow = near(np.array([0.032 * side, 0.706, 0.125]), [0.016, 0.0045, 0.02])
        rgb = _mix(rgb, hair, np.clip(1.3 * brow, 0, 0.85))
        cheek = near(np.array([0.042 * side, 0.645, 0.11]), [0.02, 0.02, 0.03])
        rgb = _mix(rgb, np.array(tone) * [1.0, 0.78, 0.76], 0.5 * cheek)
        socket = near(np.array([0.031 * side, 0.687, 0.122]), [0.016, 0.008, 0.012])
        rgb = _mix(rgb, np.array(tone) * 0.55, 0.5 * socket)
    return rgb


def eyes(place: Carry, rng: np.random.Generator) -> list[Surface]:
    """Two eyeballs that look ahead, with irises of a random colour."""
    ball = trimesh.creation.icosphere(3)
    iris = np.array(
        [(0.25, 0.15, 0.08), (0.3, 0.4, 0.5), (0.25, 0.3, 0.18), (0.12, 0.08, 0.06)][rng.integers(4)]
    )
    ahead = np.asarray(ball.vertices)[:, 2]
    rgb = np.where(ahead[:, None] > 0.86, iris, [0.9, 0.88, 0.86])
    rgb = np.where(ahead[:, None] > 0.965, 0.02, rgb)
    faces = np.asarray(ball.faces)
    return [
        Surface(
            place(np.asarray(ball.vertices) * EYE_M + centre), faces, Material(rough=0.15), rgb, part="person"
        )
        for centre in EYES
    ]


def hair(skin: Sheet, place: Carry, colour: Rgb, style: str, rng: np.random.Generator) -> list[Surface]:
    """Hair of a style ("short", "long", "tail", "bun"); none for "bald"."""
    if style == "bald":
        return []
    thick = {"short": rng.uniform(0.008, 0.022), "long": rng.uniform(0.018, 0.026)}.get(style, 0.01)
    sheet = cut(skin, _hairline(skin.rest, 0.0 if style != "long" else 0.02))
    sheet = refine(sheet) if len(sheet.faces) < 12000 else sheet
    edge = np.clip(_hairline(sheet.rest, 0.0) / 0.02, 0.1, 1)
    bare = smooth(place(sheet.rest), sheet.faces, 12)
    rough = noise.at_points(sheet.rest * [1, 0.5, 1] / 0.012, rng, 2)
    lift = thick * edge * (1 + 0.25 * rough)
    posed = bare + normals(bare, sheet.faces) * np.maximum(lift, 0.002)[:, None]
    made = [(posed, sheet.faces, sheet.rest)]
    if style == "long":
        made.append(_fall(place, rng))
    elif style in ("tail", "bun"):
        made.append(_tail(place, style, rng))
    surfaces = []
    for vertices, faces, rest in made:
        strands = noise.at_points(rest * [1, 0.2, 1] / 0.006, rng)
        rgb = np.clip(np.array(colour) * (1 + 0.3 * strands)[:, None], 0, 1)
        surfaces.append(Surface(vertices, faces, Material(rough=0.45, specular=0.5), rgb, part="person"))
    return surfaces


def headgear(kind: str, place: Carry, rgb: Rgb, second: Rgb, rng: np.random.Generator) -> list[Surface]:
    """Headgear of a kind: "cap", "beanie", "helmet" (open) or "full_helmet"."""
    ball = trimesh.creation.icosphere(4)
    points, faces = np.asarray(ball.vertices), np.asarray(ball.faces)
    size = {"cap": (0.091, 0.115, 0.112), "beanie": (0.093, 0.125, 0.113)}.get(kind, (0.112, 0.128, 0.136))
    rest = points * size + CROWN
    x, y, z = rest.T
    if kind == "full_helmet":
        rest = points * [0.125, 0.152, 0.148] + CROWN + [0, -0.012, 0.008]
        x, y, z = rest.T
        seen = ~((z > 0.10) & (np.abs(y - 0.69) < 0.045))
        keep = (y > 0.575)[faces].all(1)
        visor = keep & ~seen[faces].any(1)
        shell = Surface(place(rest), faces[keep & ~visor], Material(rgb, 0.25, coat=1.0), part="person")
        glass = Surface(
            place(rest * [1, 1, 1]),
            faces[visor],
            Material((0.03, 0.03, 0.035), 0.08, specular=0.8),
            part="person",
        )
        return [shell, glass]
    line = {"cap": 0.722, "beanie": 0.705}.get(kind, 0.705) - 0.35 * np.clip(0.06 - z, 0, 0.1)
    keep = (y > line)[faces].all(1)
    stripe = np.abs(x) < (0.02 if kind == "helmet" and rng.random() < 0.5 else 0.0)
    colours = np.where(stripe[:, None], second, rgb) * np.ones((len(rest), 1))
    rough = {"helmet": 0.25}.get(kind, 0.9)
    made = [
        Surface(
            place(rest),
            faces[keep],
            Material(rough=rough, coat=float(kind == "helmet")),
            colours,
            part="person",
        )
    ]
    if kind == "cap":
        made.append(_brim(place, second))
    return made


def _mix(base: np.ndarray, towards: np.ndarray | Rgb, share: np.ndarray) -> np.ndarray:
    return base + (np.asarray(towards) - base) * share[:, None]


def _hairline(rest: np.ndarray, lower: float) -> np.ndarray:
    """A field that is positive on the scalp: above a line from the forehead over the ears to the nape."""
    y, z = rest[:, 1], rest[:, 2]
    front = y - (0.695 + np.clip(z - 0.05, 0, None) * 0.85)
    back = y - (0.695 - lower - np.clip(0.05 - z, 0, None) * (0.85 + 4 * lower))
    return np.where(z > 0.05, front, back)


def _fall(place: Carry, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hair that hangs from the back of the head to the shoulders: vertices, faces, rest positions."""
    length, around, down = rng.uniform(0.16, 0.3), 33, 14
    angle = np.linspace(-2.2, 2.2, around)  # from straight back
    t = np.linspace(0, 1, down)[:, None]
    wide = 0.092 + 0.02 * np.sin(t * np.pi) + 0.006 * rng.standard_normal((down, around))
    rest = np.stack(
        [
            wide * np.sin(angle),
            0.70 - length * t * (1 - 0.15 * np.abs(np.sin(angle))),
            0.035 - (wide + 0.012) * np.cos(angle) - 0.02 * t,
        ],
        -1,
    ).reshape(-1, 3)
    a = (np.arange(down - 1)[:, None] * around + np.arange(around - 1)).ravel()
    faces = np.concatenate(
        [np.stack([a, a + 1, a + around], 1), np.stack([a + 1, a + around + 1, a + around], 1)]
    )
    return place(rest), faces, rest


def _tail(place: Carry, style: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ball = trimesh.creation.icosphere(3)
    size = np.array([0.03, 0.03, 0.03]) if style == "bun" else np.array([0.026, 0.1, 0.028])
    middle = np.array([0.0, 0.72, -0.085]) if style == "bun" else np.array([0.0, 0.63, -0.095])
    rest = np.asarray(ball.vertices) * size * rng.uniform(0.9, 1.2) + middle
    return place(rest), np.asarray(ball.faces), rest


def _brim(place: Carry, rgb: Rgb) -> Surface:
    angle = np.linspace(-1.15, 1.15, 21)
    inner = np.stack([0.088 * np.sin(angle), np.full(21, 0.726), 0.04 + 0.108 * np.cos(angle)], 1)
    reach = 0.07 * np.cos(angle / 1.15 * np.pi / 2)[:, None]
    outer = inner + np.stack([0.3 * np.sin(angle), np.full(21, -0.25), np.cos(angle)], 1) * reach
    rest = np.concatenate([inner, outer])
    a = np.arange(20)
    faces = np.concatenate([np.stack([a, a + 1, a + 21], 1), np.stack([a + 1, a + 22, a + 21], 1)])
    return Surface(place(rest), faces, Material(rgb, 0.9), part="person")

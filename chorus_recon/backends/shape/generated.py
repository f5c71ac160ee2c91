"""Object shapes from any image-to-3D model, called as a command or over HTTP.

Selected by `--backend shape=command:'mytool {image} {mask} {out}'` or
`--backend shape=http://localhost:8080/mesh`. The tool gets the photo and the mask, cropped to the object, as
PNG files. It writes a GLB, OBJ, PLY or STL to {out}, or to {out} with another ending. The format is detected
from the first bytes. The mesh is scaled to the category's size and aligned with its axes.
"""

import secrets
import shlex
import subprocess
import tempfile
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image

from chorus_recon.backends.shape.mesh_file import load_mesh
from chorus_recon.backends.shape.templates import TemplateShapes
from chorus_recon.errors import ChorusError, InputError, MissingBackend
from chorus_recon.types import Mask, ObjectShape, Photo

TIMEOUT_S = 900.0
MAX_REPLY_BYTES = 256 << 20
MARGIN = 0.15  # margin of the crop, as a share of the object's box
LEAST_SCALE_SD = 0.12  # a generated mesh has the typical size of its category, not its true size
UNKNOWN_SCALE_SD = 0.7
UNKNOWN_SIZE_M = 0.6
_ENDINGS = (".glb", ".obj", ".ply", ".stl", ".gltf", ".off")
_MARKS = {b"glTF": ".glb", b"ply": ".ply", b"solid": ".stl", b"OFF": ".off"}


class CommandShapes:
    """Runs a command once per photo, without a shell.

    Args:
        argument: the command line, with the placeholders {image} and {out}, and optionally {mask} and
            {category}.

    Raises:
        MissingBackend: the command has no {image} or no {out}.
    """

    name = "command"

    def __init__(self, argument: str = "") -> None:
        self._words = shlex.split(argument)
        absent = [p for p in ("image", "out") if not any("{" + p + "}" in word for word in self._words)]
        if not self._words or absent:
            raise MissingBackend(
                f"The shape backend 'command' was given {argument!r}, without {{image}} or {{out}}.",
                "Pass --backend shape=command:'TOOL {image} {mask} {out}'.",
            )

    def shapes(
        self, category: str, photo: Photo | None = None, mask: Mask | None = None
    ) -> list[ObjectShape]:
        """The mesh that the command makes of the photo; empty without a photo and a mask.

        Raises:
            MissingBackend: the command cannot be run.
            InputError: the command failed, or its mesh cannot be used.
        """
        if photo is None or mask is None:
            return []
        with tempfile.TemporaryDirectory(prefix="chorus-shape-") as folder:
            image, outline = _write_crops(photo, mask, Path(folder))
            out = Path(folder) / "made" / "out.glb"
            out.parent.mkdir()
            places = {"image": image, "mask": outline, "out": out, "category": category}
            words = [_substituted(word, places) for word in self._words]
            _run(words)
            found = _output_mesh(out.parent)
            if found is None:
                raise InputError(
                    f"The shape command succeeded but wrote no mesh to {{out}} ({shlex.join(words)}).",
                    "Make it write a GLB, OBJ, PLY or STL there.",
                )
            return [_load_fitted(found, category, Path(self._words[0]).name)]


class HttpShapes:
    """Posts the photo and mask to an endpoint that answers with a mesh (GLB, OBJ, PLY or STL).

    Args:
        argument: the endpoint's URL, with or without "http:", which is also the name of this backend.

    The request is multipart/form-data with the files `image` and `mask` (PNG) and the field `category`;
    the reply is the mesh.

    Raises:
        MissingBackend: there is no address.
    """

    name = "http"
    _scheme = "http"

    def __init__(self, argument: str = "") -> None:
        url = argument if "://" in argument else f"{self._scheme}:{argument}"
        if not url.removeprefix(f"{self._scheme}:").strip("/"):
            raise MissingBackend(
                "The shape backend 'http' needs an address.", "Pass --backend shape=http://HOST:PORT/PATH."
            )
        self._url = url

    def shapes(
        self, category: str, photo: Photo | None = None, mask: Mask | None = None
    ) -> list[ObjectShape]:
        """The mesh that the endpoint makes of the photo; empty without a photo and a mask.

        Raises:
            InputError: the endpoint does not answer or fails, or its mesh cannot be used.
        """
        if photo is None or mask is None:
            return []
        with tempfile.TemporaryDirectory(prefix="chorus-shape-") as folder:
            image, outline = _write_crops(photo, mask, Path(folder))
            body, kind = _multipart(category, image.read_bytes(), outline.read_bytes())
            out = Path(folder) / "out.glb"
            out.write_bytes(self._ask(body, kind))
            return [_load_fitted(out, category, self._url)]

    def _ask(self, body: bytes, kind: str) -> bytes:
        request = urllib.request.Request(
            self._url, body, {"Content-Type": kind, "Accept": "model/gltf-binary"}
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as reply:
                mesh = reply.read(MAX_REPLY_BYTES + 1)
        except urllib.error.HTTPError as error:
            raise InputError(
                f"{self._url} answered {error.code} {error.reason}.", "See the endpoint's log."
            ) from error
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self._url}: no answer from the server ({error}).",
                "Start it or fix the address.",
            ) from error
        if len(mesh) > MAX_REPLY_BYTES:
            raise InputError(f"{self._url}: the mesh is larger than 256 MB.", "Let the endpoint decimate it.")
        return mesh


class HttpsShapes(HttpShapes):
    """As `HttpShapes`, over TLS."""

    name = "https"
    _scheme = "https"


def _substituted(word: str, places: dict[str, Path | str]) -> str:
    for place, value in places.items():
        word = word.replace("{" + place + "}", str(value))
    return word


def _run(words: list[str]) -> None:
    try:
        ended = subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except OSError as error:
        raise MissingBackend(
            f"The shape command {words[0]!r} cannot be run ({error.strerror or error}).",
            "Check its path and that it is executable.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"The shape command took longer than {TIMEOUT_S:.0f} s ({shlex.join(words)}).", "Make it faster."
        ) from error
    if ended.returncode != 0:
        said = (ended.stderr or ended.stdout).strip().splitlines()[-3:]
        raise InputError(
            f"The shape command failed, exit code {ended.returncode}: {' / '.join(said) or 'no message'}.",
            f"Run it by itself: {shlex.join(words)}",
        )


def _output_mesh(folder: Path) -> Path | None:
    """The mesh that a tool wrote to out.glb or, if there is none, to a file with another name or ending."""
    meshes = [p for p in sorted(folder.iterdir()) if p.is_file() and p.suffix.lower() in _ENDINGS]
    return min(meshes, key=lambda p: (p.name != "out.glb", not p.name.startswith("out"))) if meshes else None


def _with_detected_suffix(path: Path) -> Path:
    """Rename a file to have the ending of its format, which is detected from its bytes."""
    with path.open("rb") as stream:
        start = stream.read(512)
    ending = next((end for mark, end in _MARKS.items() if start.startswith(mark)), path.suffix.lower())
    lines = start.replace(b"\r", b"\n").split(b"\n")
    if any(line.startswith((b"v ", b"o ", b"g ", b"mtllib ")) for line in lines):
        ending = ".obj"
    if path.stat().st_size == 84 + 50 * int.from_bytes(start[80:84], "little"):
        ending = ".stl"
    return path if path.suffix.lower() == ending else path.rename(path.with_suffix(ending))


def _write_crops(photo: Photo, mask: Mask, folder: Path) -> tuple[Path, Path]:
    """Write photo and mask, cropped to the object, as PNG files, and return their paths."""
    rows, columns = torch.where(mask.alpha > 0.5)
    if not len(rows):
        raise InputError("The object's mask is empty.", "Pass a mask with the object's pixels white.")
    margin = MARGIN * max(float(rows.max() - rows.min()), float(columns.max() - columns.min())) + 4
    y0, x0 = (max(0, int(float(axis.min()) - margin)) for axis in (rows, columns))
    y1, x1 = (int(float(axis.max()) + margin) + 1 for axis in (rows, columns))
    image, outline = folder / "image.png", folder / "mask.png"
    Image.fromarray(photo.rgb[y0:y1, x0:x1].contiguous().numpy()).save(image)
    alpha = (mask.alpha[y0:y1, x0:x1] * 255).round().to(torch.uint8)
    Image.fromarray(alpha.contiguous().numpy()).save(outline)
    return image, outline


def _load_fitted(path: Path, category: str, source: str) -> ObjectShape:
    """The mesh with the category's size and axes; the units of the file are ignored."""
    like = next(iter(TemplateShapes().shapes(category)), None)
    try:
        made = load_mesh(_with_detected_suffix(path), like=like)
    except ChorusError as error:
        raise InputError(f"The mesh from {source} cannot be used: {error.message}", error.hint) from error
    size = float((made.vertices.amax(0) - made.vertices.amin(0)).max())
    wanted, spread = UNKNOWN_SIZE_M, UNKNOWN_SCALE_SD
    if like is not None:
        wanted = float((like.vertices.amax(0) - like.vertices.amin(0)).max())
        spread = max(LEAST_SCALE_SD, like.scale_sd)
    return replace(
        made,
        name=category,
        vertices=made.vertices * (wanted / size),
        object_from_file=None,  # the file is temporary
        scale_sd=spread,
        source=f"made from the photo by {source}",
    )


def _multipart(category: str, image: bytes, mask: bytes) -> tuple[bytes, str]:
    """The body and content type of the form."""
    mark = secrets.token_hex(16)
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="category"\r\n\r\n{category}\r\n'.encode()]
    for name, data in (("image", image), ("mask", mask)):
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.png"\r\n'
        parts += [head.encode(), b"Content-Type: image/png\r\n\r\n", data, b"\r\n"]
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"

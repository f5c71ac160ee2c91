"""Path tracing with Mitsuba, denoised with Open Image Denoise."""

import math
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from chorus_recon.backends.images.rendered.guides import Guides
from chorus_recon.backends.images.rendered.surfaces import Light, Material, Surface, linear
from chorus_recon.errors import MissingBackend
from chorus_recon.geometry import transforms
from chorus_recon.types import Camera, Rigid

VARIANT = "scalar_rgb"  # needs no LLVM and no GPU
BOUNCES = 4
MATT = 0.8  # surfaces at least this rough are rendered as diffuse, which is cheaper


def load_mitsuba() -> ModuleType:
    """The module mitsuba, set to the variant used here.

    Raises:
        MissingBackend: Mitsuba is not installed.
    """
    try:
        import mitsuba  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise MissingBackend(
            "Rendered photos need Mitsuba, which is not installed.", "pip install 'chorus-recon[rendering]'"
        ) from error
    if mitsuba.variant() != VARIANT:
        mitsuba.set_variant(VARIANT)
        mitsuba.set_log_level(mitsuba.LogLevel.Error)  # it warns of vertices that no face uses
    return mitsuba


def trace(
    surfaces: Sequence[Surface],
    light: Light,
    camera: Camera,
    cam_from_world: Rigid,
    samples: int,
    seed: int,
    guides: Guides,
) -> Float[np.ndarray, "h w 3"]:
    """Linear radiance of each pixel; the principal point must be the centre of the picture.

    The result does not depend on the number of threads.

    Raises:
        MissingBackend: Mitsuba or Open Image Denoise is not installed.
    """
    mi = load_mitsuba()
    drjit = import_module("drjit")  # comes with Mitsuba
    drjit.set_thread_count(torch.get_num_threads())
    scene: dict[str, Any] = {
        "type": "scene",
        "integrator": {"type": "path", "max_depth": BOUNCES, "rr_depth": 4},
        "sensor": _sensor(mi, camera, cam_from_world, samples),
        "sky": {"type": "envmap", "bitmap": mi.Bitmap(light.sky.astype(np.float32)), "scale": 1.0},
        "sun": {
            "type": "directional",
            "direction": [float(-c) for c in light.sun],
            "irradiance": {"type": "rgb", "value": [float(c) for c in light.sun_rgb]},
        },
    }
    for number, surface in enumerate(surfaces):
        scene[f"surface{number}"] = _mesh(mi, surface)
    colour = np.array(mi.render(mi.load_dict(scene), seed=seed, spp=samples), np.float32)[..., :3]
    return _denoise(colour, guides.albedo, guides.normal)


def _sensor(mi: ModuleType, camera: Camera, cam_from_world: Rigid, samples: int) -> dict[str, Any]:
    width, height = camera.size_px
    world_from_cam = transforms.matrix(transforms.inverse(cam_from_world)).double().numpy()
    mine = world_from_cam @ np.diag([-1.0, -1.0, 1.0, 1.0])  # Mitsuba's camera: x left, y up, z forward
    return {
        "type": "perspective",
        "fov": math.degrees(2 * math.atan(width / 2 / float(camera.focal_px[0]))),
        "fov_axis": "x",
        "near_clip": 0.05,
        "far_clip": 2000.0,
        "to_world": mi.ScalarTransform4f(mine),
        "sampler": {"type": "independent", "sample_count": samples},
        "film": {
            "type": "hdrfilm",
            "width": width,
            "height": height,
            # with a box filter pixels share no samples, so the order of blocks does not matter
            "rfilter": {"type": "box"},
        },
    }


def _mesh(mi: ModuleType, surface: Surface) -> Any:
    properties = mi.Properties()
    properties["mesh_bsdf"] = mi.load_dict(_bsdf(mi, surface.material, surface.vertex_rgb is not None))
    if not surface.smooth:
        properties["face_normals"] = True
    mesh = mi.Mesh(
        "surface",
        len(surface.vertices),
        len(surface.faces),
        has_vertex_normals=surface.smooth,
        has_vertex_texcoords=surface.uv is not None,
        props=properties,
    )
    if surface.vertex_rgb is not None:
        mesh.add_attribute("vertex_color", 3, linear(surface.vertex_rgb).astype(np.float32).ravel())
    values = mi.traverse(mesh)
    values["vertex_positions"] = surface.vertices.astype(np.float32).ravel()
    values["faces"] = surface.faces.astype(np.uint32).ravel()
    if surface.uv is not None:
        values["vertex_texcoords"] = surface.uv.astype(np.float32).ravel()
    if surface.normals is not None:
        values["vertex_normals"] = surface.normals.astype(np.float32).ravel()
    values.update()
    return mesh


def _bsdf(mi: ModuleType, material: Material, coloured: bool) -> dict[str, Any]:
    if coloured:
        colour: dict[str, Any] = {"type": "mesh_attribute", "name": "vertex_color"}
    elif material.texture is not None:
        pixels = linear(material.texture / 255.0).astype(np.float32)
        colour = {"type": "bitmap", "bitmap": mi.Bitmap(pixels), "raw": True, "wrap_mode": "repeat"}
    else:
        colour = {"type": "rgb", "value": [float(c) for c in linear(material.rgb)]}
    if material.rough >= MATT:
        return _covering(material, {"type": "diffuse", "reflectance": colour})
    shade = {
        "type": "principled",
        "base_color": colour,
        "roughness": material.rough,
        "metallic": material.metallic,
        "specular": material.specular,
        "clearcoat": material.coat,
        "clearcoat_gloss": 0.9,
    }
    return _covering(material, shade)


def _covering(material: Material, shade: dict[str, Any]) -> dict[str, Any]:
    both = {"type": "twosided", "inner": shade}
    return both if material.cover >= 1 else {"type": "mask", "opacity": material.cover, "inner": both}


def _denoise(
    colour: Float[np.ndarray, "h w 3"],
    albedo: Float[np.ndarray, "h w 3"],
    normal: Float[np.ndarray, "h w 3"],
) -> Float[np.ndarray, "h w 3"]:
    try:
        import pyoidn  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise MissingBackend(
            "Rendered photos need Open Image Denoise, which is not installed.",
            "pip install 'chorus-recon[rendering]'",
        ) from error
    layers = [np.ascontiguousarray(np.nan_to_num(a), np.float32) for a in (colour, albedo.clip(0, 1), normal)]
    return np.asarray(pyoidn.denoise(layers[0], albedo=layers[1], normal=layers[2], hdr=True))

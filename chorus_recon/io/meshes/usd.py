"""Write meshes and skeletons as one USDZ file, which phones show in the room; needs usd-core (extra `[usd]`).

Everything is in the scene's frame: metres, y up.
"""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

import importlib.util
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from chorus_recon.errors import OutputError
from chorus_recon.io.meshes.gltf import FAINT_ALPHA, INFLUENCES, GltfMesh, GltfSkin, influences, linear_rgb

ROUGHNESS = 0.75


def available() -> bool:
    """Whether usd-core is installed."""
    return importlib.util.find_spec("pxr") is not None


def write_usdz(path: Path, meshes: Sequence[GltfMesh], comment: str) -> None:
    """Write one stage, packed for phones.

    Args:
        path: the file.
        meshes: one prim each below /World; a skeleton becomes a UsdSkel.
        comment: of the stage.

    Raises:
        OutputError: USD cannot pack the stage.
    """
    from pxr import Sdf, Usd, UsdGeom, UsdUtils

    with tempfile.TemporaryDirectory() as folder:
        stage = Usd.Stage.CreateNew(str(Path(folder) / "scene.usdc"))
        UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
        UsdGeom.SetStageMetersPerUnit(stage, 1.0)
        stage.SetMetadata("comment", comment)
        stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
        for mesh in meshes:
            _add(stage, mesh, Path(folder))
        stage.GetRootLayer().Save()
        made = Path(folder) / "scene.usdz"
        if not UsdUtils.CreateNewUsdzPackage(Sdf.AssetPath(str(Path(folder) / "scene.usdc")), str(made)):
            raise OutputError(
                f"{path}: USD could not pack the scene.", "Leave it out: pip uninstall usd-core"
            )
        path.write_bytes(made.read_bytes())


def _add(stage: Any, mesh: GltfMesh, folder: Path) -> None:
    from pxr import Sdf, Tf, UsdGeom, UsdShade, UsdSkel, Vt

    place = f"/World/{Tf.MakeValidIdentifier(mesh.name)}"
    (UsdSkel.Root if mesh.skin else UsdGeom.Xform).Define(stage, place)
    made = UsdGeom.Mesh.Define(stage, f"{place}/mesh")
    made.CreatePointsAttr(_vectors(mesh.vertices.numpy()))
    made.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(mesh.faces.reshape(-1).numpy().astype(np.int32)))
    made.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(mesh.faces), 3, np.int32)))
    made.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    made.CreateDoubleSidedAttr(True)
    made.CreateNormalsAttr(_vectors(mesh.normals.numpy()))
    made.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    made.CreateExtentAttr(_vectors(torch.stack([mesh.vertices.amin(0), mesh.vertices.amax(0)]).numpy()))
    primvars = UsdGeom.PrimvarsAPI(made)
    colours = primvars.CreatePrimvar("displayColor", Sdf.ValueTypeNames.Color3fArray, UsdGeom.Tokens.vertex)
    colours.Set(_vectors(linear_rgb(mesh.rgb)))
    image = None
    if mesh.texture is not None:
        uv = mesh.texture.uv.numpy() * [1, -1] + [0, 1]  # USD counts from below
        places = primvars.CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex)
        places.Set(Vt.Vec2fArray.FromNumpy(np.ascontiguousarray(uv, np.float32)))
        kind = "png" if mesh.texture.image.startswith(b"\x89PNG") else "jpg"
        image = folder / f"{mesh.name}.{kind}"
        image.write_bytes(mesh.texture.image)
    binding = UsdShade.MaterialBindingAPI.Apply(made.GetPrim())
    binding.Bind(_material(stage, f"{place}/material", image, 1.0))
    if mesh.faint is not None and bool(mesh.faint.any()):
        rows = Vt.IntArray.FromNumpy(mesh.faint.nonzero()[:, 0].numpy().astype(np.int32))
        part = binding.CreateMaterialBindSubset("guessed", rows, UsdGeom.Tokens.face)
        faint = _material(stage, f"{place}/material_guessed", image, FAINT_ALPHA)
        UsdShade.MaterialBindingAPI.Apply(part.GetPrim()).Bind(faint)
    if mesh.skin is not None:
        _bind(stage, place, made, mesh.skin)


def _material(stage: Any, place: str, image: Path | None, opacity: float) -> Any:
    from pxr import Sdf, UsdShade

    types = Sdf.ValueTypeNames
    material = UsdShade.Material.Define(stage, place)

    def shader(name: str, kind: str) -> Any:
        made = UsdShade.Shader.Define(stage, f"{place}/{name}")
        made.CreateIdAttr(kind)
        return made

    surface = shader("surface", "UsdPreviewSurface")
    surface.CreateInput("roughness", types.Float).Set(ROUGHNESS)
    surface.CreateInput("opacity", types.Float).Set(opacity)
    reader = shader("reader", "UsdPrimvarReader_float2" if image else "UsdPrimvarReader_float3")
    reader.CreateInput("varname", types.String).Set("st" if image else "displayColor")
    colour = reader.CreateOutput("result", types.Float2 if image else types.Float3)
    if image is not None:
        texture = shader("texture", "UsdUVTexture")
        texture.CreateInput("file", types.Asset).Set(str(image))
        texture.CreateInput("st", types.Float2).ConnectToSource(colour)
        colour = texture.CreateOutput("rgb", types.Float3)
    surface.CreateInput("diffuseColor", types.Color3f).ConnectToSource(colour)
    material.CreateSurfaceOutput().ConnectToSource(surface.ConnectableAPI(), "surface")
    return material


def _bind(stage: Any, place: str, mesh: Any, skin: GltfSkin) -> None:
    """Add the skeleton, bound and at rest in the pose in which the mesh stands."""
    from pxr import Gf, UsdSkel, Vt

    paths: list[str] = []
    for name, parent in zip(skin.joint_names, skin.parents, strict=True):
        paths.append(name if parent < 0 else f"{paths[parent]}/{name}")
    pose = skin.scene_from_joint.double()
    above = [torch.eye(4, dtype=torch.float64) if p < 0 else torch.linalg.inv(pose[p]) for p in skin.parents]
    rest = torch.stack(above) @ pose
    skeleton = UsdSkel.Skeleton.Define(stage, f"{place}/skeleton")
    skeleton.CreateJointsAttr(paths)
    # USD multiplies rows by matrices
    skeleton.CreateBindTransformsAttr(Vt.Matrix4dArray([Gf.Matrix4d(m) for m in pose.mT.tolist()]))
    skeleton.CreateRestTransformsAttr(Vt.Matrix4dArray([Gf.Matrix4d(m) for m in rest.mT.tolist()]))
    joints, steps = influences(skin.weights)
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    binding.CreateSkeletonRel().SetTargets([skeleton.GetPath()])
    binding.CreateJointIndicesPrimvar(False, INFLUENCES).Set(
        Vt.IntArray.FromNumpy(joints.reshape(-1).astype(np.int32))
    )
    binding.CreateJointWeightsPrimvar(False, INFLUENCES).Set(
        Vt.FloatArray.FromNumpy((steps.reshape(-1) / 255).astype(np.float32))
    )
    binding.CreateGeomBindTransformAttr(Gf.Matrix4d(1.0))


def _vectors(array: np.ndarray) -> Any:
    from pxr import Vt

    return Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(array, np.float32))

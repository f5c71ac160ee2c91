"""A reconstruction as a trimesh scene, and as HTML for a notebook."""

import html

import trimesh
from trimesh.scene.cameras import Camera

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.geometry.threads import calm
from chorus_recon.pipeline.config import Look, chosen_look
from chorus_recon.pipeline.gravity import world as gravity
from chorus_recon.pipeline.look.paint import paint
from chorus_recon.pipeline.output import overlay, report
from chorus_recon.pipeline.output.record import record
from chorus_recon.pipeline.output.save import save
from chorus_recon.pipeline.output.scene import CAM_FROM_GLTF, world_meshes
from chorus_recon.types import Exporter, Reconstruction, register_exporter

HEIGHT_PX = 720  # of the frame in a notebook


def scene(reconstruction: Reconstruction) -> trimesh.Scene:
    """The meshes and the photo's camera in world: y up along the vertical, the floor at y = 0, metres.

    Nodes are `human` and `object_CATEGORY`, with the vertices in the order of the results.
    """
    made = trimesh.Scene()
    painted = paint(reconstruction, EmbreeRenderer()) if chosen_look(reconstruction) is Look.PHOTO else None
    for item in world_meshes(reconstruction, painted):
        mesh = trimesh.Trimesh(
            item.vertices.numpy(),
            item.faces.numpy(),
            face_colors=item.face_rgb.numpy() if item.paint is None else None,
            vertex_colors=None if item.paint is None else item.paint.vertex_rgb.numpy(),
            process=False,
        )
        made.add_geometry(mesh, node_name=item.node, geom_name=item.node)
    camera = reconstruction.camera
    made.camera = Camera("photo_camera", resolution=camera.size_px, focal=camera.focal_px.tolist())
    world_from_cam = gravity.world_of(reconstruction).world_from_cam
    made.camera_transform = (world_from_cam @ CAM_FROM_GLTF.to(world_from_cam)).double().numpy()
    return made


@calm()
def notebook_html(reconstruction: Reconstruction) -> str:
    """The report's page (picture, 3D view and numbers) in a frame of its own, without links to files."""
    renderer = EmbreeRenderer()
    painted = paint(reconstruction, renderer) if chosen_look(reconstruction) is Look.PHOTO else None
    picture = overlay.overlay(reconstruction, renderer, painted)
    page = report.page(reconstruction, record(reconstruction), picture, painted, linked=False)
    return (
        f'<iframe srcdoc="{html.escape(page)}" width="100%" height="{HEIGHT_PX}" '
        'style="border:0" sandbox="allow-scripts"></iframe>'
    )


register_exporter(Exporter(save=save, html=notebook_html, scene=scene))

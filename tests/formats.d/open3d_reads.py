"""Open3D reads scene.ply, points.ply and every depth image of a result folder. Called by tests/formats."""

import json
import sys
from pathlib import Path

import numpy as np
import open3d as o3d

folder = Path(sys.argv[1])
mesh = o3d.io.read_triangle_mesh(str(folder / "scene.ply"))
assert len(mesh.triangles) > 0 and mesh.has_vertex_colors() and mesh.has_vertex_normals(), mesh
points = o3d.io.read_point_cloud(str(folder / "points.ply"))
assert 0 < len(points.points) <= len(mesh.vertices) and points.has_colors() and points.has_normals(), points
# The points are the mesh's vertices: nothing may lie elsewhere.
low, high = np.asarray(mesh.vertices).min(0), np.asarray(mesh.vertices).max(0)
assert np.allclose(np.asarray(points.points).min(0), low) and np.allclose(np.asarray(points.points).max(0), high)
lengths = np.linalg.norm(np.asarray(points.normals), axis=1)
assert np.allclose(lengths, 1, atol=1e-3), (lengths.min(), lengths.max())

cameras = json.loads((folder / "cameras.json").read_text())
frames = cameras["frames"]
for frame in frames:
    image = o3d.io.read_image(str(folder / frame["depth_file"]))
    depth = np.asarray(image)
    assert depth.dtype == np.uint16 and list(depth.shape[::-1]) == frame["depth_size"], (frame["file"], depth.dtype, depth.shape)
    assert (depth > 0).any(), frame["file"]
print(f"{len(mesh.triangles)} triangles, {len(points.points)} points, {len(frames)} depth images")

"""BlendedMVS and DTU64 in their published layouts, a few kilobytes made here: what is read, and what becomes of bad files."""

import json

import numpy as np
import pytest
from PIL import Image

from lite3r_student import benchmark, chamfer, dataset_capture, datasets, metrics, toy

RNG = np.random.default_rng(0)


def pose(i):
    """camera_from_world of camera i: turned by 0.1 i about y, 0.2 i to the side."""
    c, s = np.cos(0.1 * i), np.sin(0.1 * i)
    return np.array([[c, 0, s, -0.2 * i], [0, 1, 0, 0], [-s, 0, c, 0], [0, 0, 0, 1]])


def write_camera(path, i, width):
    rows = "\n".join(" ".join(f"{x:.6f}" for x in row) for row in pose(i))
    path.write_text(f"extrinsic\n{rows}\n\nintrinsic\n{width} 0 {width / 2}\n0 {width} {width / 2}\n0 0 1\n\n1.0 0.5 128 9.0\n")


def write_pfm(path, depth, little=True):
    data = depth[::-1].astype("<f4" if little else ">f4").tobytes()
    path.write_bytes(f"Pf\n{depth.shape[1]} {depth.shape[0]}\n{-1.0 if little else 1.0}\n".encode() + data)


def depth_map(i):
    return np.fromfunction(lambda y, x: 2 + i + 0.1 * y + 0.01 * x, (6, 8))


@pytest.fixture
def blendedmvs(tmp_path):
    scene = tmp_path / "5a3ca9cb270f0e3f14d0eddb"
    for folder in ("cams", "blended_images", "rendered_depth_maps"):
        (scene / folder).mkdir(parents=True)
    for i in range(5):
        write_camera(scene / "cams" / f"{i:08d}_cam.txt", i, 8)
        picture = Image.fromarray(RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8))
        picture.save(scene / "blended_images" / f"{i:08d}.jpg")
        picture.save(scene / "blended_images" / f"{i:08d}_masked.jpg")
        write_pfm(scene / "rendered_depth_maps" / f"{i:08d}.pfm", depth_map(i), little=i % 2 == 0)
    (scene / "cams" / "pair.txt").write_text("5\n0\n2 3 9.5 1 4.5\n1\n2 0 3.0 2 2.0\n2\n1 4 1.0\n3\n0\n4\n2 0 2.0 1 1.0\n")
    return tmp_path


@pytest.fixture
def dtu(tmp_path):
    (tmp_path / "Cameras").mkdir()
    for i in range(4):
        write_camera(tmp_path / "Cameras" / f"{i:08d}_cam.txt", i, 8)
    for scan in ("scan24", "scan105"):
        (tmp_path / scan / "image").mkdir(parents=True)
        for i in range(4):
            Image.fromarray(RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8)).save(tmp_path / scan / "image" / f"{i:06d}.png")
    return tmp_path


def test_cameras_depth_and_neighbours_of_blendedmvs_are_read(blendedmvs):
    found = datasets.blendedmvs(blendedmvs)
    (scene,) = found.scenes
    assert not found.skipped and [v.number for v in scene.views] == [0, 1, 2, 3, 4]
    assert scene.views[0].neighbours == (3, 1) and scene.views[3].neighbours == ()
    np.testing.assert_allclose(scene.views[2].world_from_camera @ pose(2), np.eye(4), atol=1e-5)
    for i in (1, 2):  # big and little endian, top row first
        np.testing.assert_allclose(datasets.read_pfm(scene.views[i].depth), depth_map(i), rtol=1e-6)
    assert [[v.number for v in window] for window in scene.windows(3)] == [[0, 3, 1], [1, 0, 2], [4, 0, 1]]


def test_dtu64_has_poses_and_no_depth_and_shares_cameras_between_scans(dtu):
    found = datasets.dtu64(dtu)
    assert [s.name for s in found.scenes] == ["scan105", "scan24"] and not found.skipped
    assert all(v.depth is None for s in found.scenes for v in s.views)
    assert [[v.number for v in w] for w in found.scenes[0].windows(2)] == [[0, 1], [1, 2], [2, 3]]
    assert len(found.windows(2, 14)) == 6 and len(found.windows(2, 4)) == 4


def test_bad_files_are_named_skipped_and_counted(blendedmvs, capsys):
    scene = next(blendedmvs.iterdir())
    (scene / "cams" / "00000000_cam.txt").write_text("extrinsic\n1 0 0")
    (scene / "cams" / "00000001_cam.txt").write_text((scene / "cams" / "00000001_cam.txt").read_text().replace("extrinsic\n0.9", "extrinsic\n5.9"))
    (scene / "rendered_depth_maps" / "00000002.pfm").unlink()
    (scene / "cams" / "pair.txt").write_text("5\n0\n2 3 9.5 1")
    found = datasets.blendedmvs(blendedmvs)
    told = capsys.readouterr().err
    for part in ("00000000_cam.txt: skipped, has no extrinsic and intrinsic", "00000001_cam.txt: skipped, its extrinsic is no rigid motion",
                 "00000002.pfm: skipped, does not exist", "pair.txt: skipped, ends too early"):
        assert part in told
    assert len(found.skipped) == 4 and [v.number for v in found.scenes[0].views] == [3, 4]


def test_files_that_turn_out_bad_when_read_cost_their_windows_only(blendedmvs):
    scene = next(blendedmvs.iterdir())
    (scene / "blended_images" / "00000003.jpg").write_bytes(b"no picture")
    (scene / "rendered_depth_maps" / "00000004.pfm").write_bytes(b"Pf\n8 6\n-1.0\n\0\0\0\0")
    found = datasets.blendedmvs(blendedmvs)
    loaded = [benchmark.load_window(found, window, (6, 8)) for _, window in found.windows(2, 32)]
    assert [x is not None for x in loaded] == [False, True, False, False]  # [0 3] [1 0] [2 4] [4 0]
    assert [path.name for path, _ in found.skipped] == ["00000003.jpg", "00000004.pfm", "00000004.pfm"]


def test_a_folder_without_any_scene_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="holds no scene of DTU64"):
        datasets.dtu64(tmp_path)


def truth_teller(loaded, *, scale=3.0, turn=0.0):
    """A predictor that answers with the truth in another unit, every view but the first turned by `turn` degrees too far."""
    def predict(images, hint):
        first_from_world = np.linalg.inv(loaded["world_from_camera"][0])
        poses = first_from_world @ loaded["world_from_camera"]
        half = np.radians(turn) / 2
        quat = []
        for i, p in enumerate(poses):
            angle = np.arctan2(p[0, 2], p[0, 0]) / 2 + (half if i else 0)
            quat.append((np.cos(angle), 0, np.sin(angle), 0))
        return {"depth": loaded["depth"][None] * scale, "quat": np.array(quat)[None], "trans": poses[None, :, :3, 3] * scale}

    return predict


@pytest.mark.parametrize("turn", [0, 2])
def test_the_protocol_finds_what_is_wrong_and_forgives_the_unit(blendedmvs, turn):
    found = datasets.blendedmvs(blendedmvs)
    loaded = benchmark.load_window(found, found.windows(3, 1)[0][1], (6, 8))
    row = benchmark.score(truth_teller(loaded, turn=turn), found, size=(6, 8), views=3, most=1)
    assert row["windows"] == 1 and row["absrel"] == pytest.approx(0, abs=1e-6)
    assert row["rotation"] == pytest.approx(turn * 2 / 3, abs=1e-3)  # of three pairs two hold the first view
    assert (row["auc3"] == pytest.approx(1, abs=1e-3)) == (turn == 0) and row["auc30"] > 0.9


def test_one_command_prints_the_table_of_any_model(blendedmvs, tmp_path, capsys):
    from lite3r_student.model import Config, Teacher
    from lite3r_student import checkpoint

    config = Config.toy()
    checkpoint.save(tmp_path / "weights", Teacher(config).state_dict(), {"config": config.to_dict()})
    toy.command(benchmark, "blendedmvs", blendedmvs, tmp_path / "weights", "--views", 2, 3, "--windows", 2, "--json", tmp_path / "rows.json")
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert [row["windows"] for row in rows.values()] == [2, 2] and all(0 < row["absrel"] < 10 for row in rows.values())
    assert "1 scenes, 0 files skipped" in capsys.readouterr().out


def test_pair_errors_are_those_of_the_paper():
    """Two views, the second turned by 5 degrees: the error is 5, whatever the world."""
    world = np.stack([np.linalg.inv(pose(0)), np.linalg.inv(pose(1))])[None]
    turned = world.copy()
    c, s = np.cos(np.radians(5)), np.sin(np.radians(5))
    turned[0, 1, :3, :3] = world[0, 1, :3, :3] @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    assert metrics.pair_errors(turned, world)[0].item() == pytest.approx(5)


def write_ply(path, points):
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\nproperty float x\nproperty float y\nproperty float z\nproperty uchar red\n"
    rows = np.zeros(len(points), [("xyz", "<f4", 3), ("red", "u1")])
    rows["xyz"] = points
    path.write_bytes((head + "element face 0\nproperty list uchar int vertex_indices\nend_header\n").encode() + rows.tobytes())


def test_a_scene_becomes_a_capture_and_a_fused_scene_is_measured_against_it_in_any_frame_and_unit(blendedmvs, tmp_path):
    scene = next(blendedmvs.iterdir()).name
    toy.command(dataset_capture, "blendedmvs", blendedmvs, scene, tmp_path / "capture")
    header = json.loads((tmp_path / "capture" / "cameras.json").read_text())
    assert len(header["frames"]) == 5 and (tmp_path / "capture" / header["frames"][2]["file"]).is_file()
    truth = chamfer.true_points(tmp_path / "capture", header, 10**6)
    assert len(truth) == 5 * 6 * 8
    centre = np.array(header["frames"][1]["T_world_camera"])
    pixel = centre[:3, :3] @ (np.array([(0.5 - 4) / 8, (0.5 - 4) / 8, 1]) * 3) + centre[:3, 3]  # the first of view 1, whose depth is 3
    assert np.linalg.norm(truth - pixel, axis=1).min() < 1e-3

    turn = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])  # the product's own frame and unit: x' = 2 R x + t
    shift, result = np.array([3, 1, 2]), tmp_path / "result"
    result.mkdir()
    frames = [f | {"T_world_camera": np.vstack([np.c_[turn @ np.array(f["T_world_camera"])[:3, :3], 2 * turn @ np.array(f["T_world_camera"])[:3, 3] + shift],
                                                [0, 0, 0, 1]]).tolist()} for f in header["frames"]]
    (result / "cameras.json").write_text(json.dumps({"frames": frames}))
    for offset in (0.0, 0.05):
        write_ply(result / "scene.ply", 2 * (truth + [0, 0, offset]) @ turn.T + shift)
        row = chamfer.measure(result, tmp_path / "capture", 10**6)
        assert row["accuracy"] == pytest.approx(offset, rel=0.5, abs=1e-3) and row["completeness"] == pytest.approx(offset, rel=0.5, abs=1e-3)

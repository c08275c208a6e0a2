"""Captures: sizes, pixel origin, distortion, depth sampling, windows; on a capture written to disk by the test."""

import json

import numpy as np
import pytest
from PIL import Image

from lite3r_student import captures as C

CENTRE, CORNER = "centre of the top left pixel is (0, 0)", "corner"


def write_capture(folder, *, frames=5, width=64, height=48, pixel_origin=CENTRE, depth=True, distortion=None):
    """Frame n is a flat picture of grey level 10 n; its depth is n + 1 metres on the left half, unknown on the right."""
    entries = []
    for n in range(frames):
        Image.fromarray(np.full((height, width, 3), 10 * n, np.uint8)).save(folder / f"{n}.png")
        if depth:
            metres = np.zeros((height, width))
            metres[:, : width // 2] = n + 1
            Image.fromarray((metres * 1000).astype(np.uint16)).save(folder / f"d{n}.png")
        T = np.eye(4)
        T[0, 3] = n
        entries.append({"file": f"{n}.png", "camera": "cam0", "width": width, "height": height,
                        "K": [[50, 0, 31.5], [0, 60, 23.5], [0, 0, 1]], "distortion": distortion,
                        "T_world_camera": T.tolist()} | ({"depth_file": f"d{n}.png"} if depth else {}))
    (folder / "cameras.json").write_text(json.dumps(
        {"name": "made-up", "pixel_origin": pixel_origin, "depth_scale": 0.001, "frames": entries}))
    return folder


def test_images_are_stretched_and_focal_lengths_stay_shares(tmp_path):
    capture = C.load_capture(write_capture(tmp_path))
    assert capture.images.shape == (5, 3, 192, 256) and capture.images[3, 0, 5, 5] == 30
    assert np.allclose(capture.focal, [50 / 64, 60 / 48])
    assert np.allclose(capture.world_from_camera[2, :3, 3], [2, 0, 0])


def test_depth_is_sampled_not_mixed(tmp_path):
    depth = C.load_capture(write_capture(tmp_path)).depth
    assert set(np.unique(depth[1])) == {0, 2}  # never a value between known and unknown
    assert np.all(depth[1, :, :128] == 2) and np.all(depth[1, :, 128:] == 0)


@pytest.mark.parametrize("width, height, bucket", [
    (640, 480, (192, 256)), (1080, 1920, (288, 160)), (2000, 1125, (160, 288)), (1226, 370, (112, 368)), (500, 510, (192, 192))])
def test_bucket_of_nearest_aspect(width, height, bucket):
    assert C.nearest_bucket(width, height) == bucket


def test_pixel_origin_moves_the_principal_point_by_half_a_pixel():
    K = [[50, 0, 31.5], [0, 60, 23.5], [0, 0, 1]]
    assert np.allclose(C.corner_intrinsics(K, CENTRE)[:2, 2], [32, 24])
    assert np.allclose(C.corner_intrinsics(K, CORNER)[:2, 2], [31.5, 23.5])
    with pytest.raises(ValueError, match="pixel_origin"):
        C.corner_intrinsics(K, "somewhere")


def test_undistortion_map_without_distortion_is_the_identity():
    K = np.array([[50, 0, 32], [0, 60, 24], [0, 0, 1]])
    where = C.undistortion_map(K, (0, 0, 0, 0), 48, 64)
    u, v = np.meshgrid(np.arange(64) + 0.5, np.arange(48) + 0.5)
    assert np.allclose(where, np.stack([u, v], -1))


def test_barrel_distortion_pulls_corners_inwards_by_the_polynomial():
    K = np.array([[50, 0, 32], [0, 50, 24], [0, 0, 1]])
    corner = C.undistortion_map(K, (-0.1, 0, 0, 0), 48, 64)[0, 0]
    x, y = (0.5 - 32) / 50, (0.5 - 24) / 50
    factor = 1 - 0.1 * (x * x + y * y)
    assert np.allclose(corner, [50 * x * factor + 32, 50 * y * factor + 24])


def test_bilinear_sampling_reproduces_a_ramp():
    ramp = np.arange(10, dtype=float)[None, :, None].repeat(4, 0)
    assert C.sample_bilinear(ramp, np.array([[3.25, 2.0]]))[0, 0] == pytest.approx(2.75)


def test_windows_are_whole_and_counted():
    assert C.window_indices(10, size=4, gap=2, stride=3).tolist() == [[0, 2, 4, 6], [3, 5, 7, 9]]
    assert C.window_indices(3, size=4).shape == (0, 4)


def test_pack_and_unpack_return_the_same_capture(tmp_path):
    capture = C.load_capture(write_capture(tmp_path))
    C.pack([capture], tmp_path / "packed.npz")
    (back,) = C.unpack(tmp_path / "packed.npz")
    assert (back.name, back.cameras, back.truth) == (capture.name, capture.cameras, capture.truth)
    for field in ("images", "world_from_camera", "focal"):
        assert np.array_equal(getattr(back, field), getattr(capture, field))
    assert np.allclose(back.depth, capture.depth, rtol=1e-3)


def test_a_frame_of_another_size_than_stated_is_refused(tmp_path):
    write_capture(tmp_path)
    Image.fromarray(np.zeros((10, 10, 3), np.uint8)).save(tmp_path / "2.png")
    with pytest.raises(ValueError, match="2.png"):
        C.load_capture(tmp_path)


def test_cropping_cuts_the_centre_and_focal_lengths_grow_as_shares(tmp_path):
    write_capture(tmp_path, width=128, height=48)  # cut to 64 x 48: columns 32 to 96
    capture = C.load_capture(tmp_path, buckets=((192, 256),), fit="crop")
    assert np.allclose(capture.focal, [50 / 64, 60 / 48])
    assert np.all(capture.depth[1, :, :128] == 2) and np.all(capture.depth[1, :, 128:] == 0)  # the middle stays the middle
    assert C.centre_crop(48, 128, 4 / 3) == (0, 46, 48, 82)


def test_area_averaging_weighs_pixels_by_what_they_cover():
    # 3 pixels onto 2: each takes one whole pixel and half of the middle one
    assert np.allclose(C.area_weights(0, 3, 2, 3), [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]])
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert np.array_equal(C.resize_area(image, 4, 4, (0, 0, 4, 4)), image)
    assert np.allclose(C.resize_area(image, 1, 1, (1, 1, 3, 3))[0, 0], image[1:3, 1:3].mean((0, 1)), atol=0.51)


def test_a_capture_without_truth_is_refused(tmp_path):
    header = json.loads((write_capture(tmp_path) / "cameras.json").read_text())
    del header["frames"][1]["T_world_camera"]
    (tmp_path / "cameras.json").write_text(json.dumps(header))
    with pytest.raises(ValueError, match="T_world_camera"):
        C.load_capture(tmp_path)

"""Builds, loads and calls the ray caster (render.cpp): the same source for the CPU (g++) and the GPU (nvcc).

Tables are float32 and padded to a common size so that a batch of scenes is five arrays:

    prims (B, P, 24)  mats (B, M, 32)  lights (B, 4, 8)  env (B, 24)  counts (B) int32  cams (B, S, 20)

Out come linear-light colour (B, S, H, W, 3) and z-depth (B, S, H, W), 0 where the ray meets nothing.
"""

import ctypes
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

PRIM, MAT, LIGHT, ENV, CAM = 24, 32, 8, 24, 20
MAX_PRIMS, MAX_MATS, MAX_LIGHTS = 224, 64, 4
SOURCE = Path(__file__).with_name("render.cpp")


class Args(ctypes.Structure):
    """Mirrors `struct Args` of render.cpp."""

    _fields_ = [(n, ctypes.c_void_p) for n in ("prims", "mats", "lights", "env", "cams", "counts")] + [
        (n, ctypes.c_int) for n in ("maxPrims", "maxMats", "views", "height", "width", "extra", "taps")
    ] + [("rgb", ctypes.c_void_p), ("depth", ctypes.c_void_p)]


_libraries: dict[str, ctypes.CDLL] = {}


def library(kind: str) -> ctypes.CDLL:
    """Compiles render.cpp once per machine and source text (cache: $LITE3R_CACHE or the temporary folder), then loads it."""
    if kind not in _libraries:
        if kind == "cpu":
            command = ["g++", "-O3", "-ffast-math", "-march=native", "-std=c++17", "-shared", "-fPIC", "-pthread", str(SOURCE)]
        else:
            command = ["nvcc", "-O3", "--use_fast_math", "-std=c++17", "-arch=native", "-shared", "-Xcompiler", "-fPIC", "-x", "cu", str(SOURCE)]
        machine = Path("/proc/cpuinfo").read_text().split("flags")[1][:2000] if Path("/proc/cpuinfo").exists() else ""
        key = hashlib.sha256((SOURCE.read_text() + " ".join(command[:-1]) + machine).encode()).hexdigest()[:16]
        folder = Path(os.environ.get("LITE3R_CACHE", Path(tempfile.gettempdir()) / f"lite3r-{os.getuid()}"))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"render-{kind}-{key}.so"
        if not path.exists():
            building = path.with_suffix(f".{os.getpid()}.tmp")
            subprocess.run([*command, "-o", str(building)], check=True)
            building.replace(path)  # atomic: several processes may build at once
        _libraries[kind] = ctypes.CDLL(str(path))
    return _libraries[kind]


def render_cpu(tables: dict[str, np.ndarray], height: int, width: int, colour: bool = True, edges: bool = True, threads: int = 1, taps: int = 2):
    """tables: numpy arrays as above -> (rgb (B, S, H, W, 3) or None, depth (B, S, H, W))."""
    t = {k: np.ascontiguousarray(tables[k], np.int32 if k == "counts" else np.float32) for k in ("prims", "mats", "lights", "env", "cams", "counts")}
    batch, views = t["cams"].shape[:2]
    depth = np.zeros((batch, views, height, width), np.float32)
    rgb = np.zeros((batch, views, height, width, 3), np.float32) if colour else None
    args = Args(*(t[k].ctypes.data for k in ("prims", "mats", "lights", "env", "cams", "counts")),
                t["prims"].shape[1], t["mats"].shape[1], views, height, width, int(edges), taps, rgb.ctypes.data if colour else None, depth.ctypes.data)
    library("cpu").render_cpu(args, ctypes.c_int(batch * views), ctypes.c_int(threads))
    return rgb, depth


def render_gpu(tables: dict, height: int, width: int, edges: bool = True, taps: int = 2):
    """tables: CUDA tensors (float32, counts int32), contiguous. Runs on the current stream; no synchronisation."""
    import torch

    batch, views = tables["cams"].shape[:2]
    assert all(t.is_cuda and t.is_contiguous() for t in tables.values())
    depth = torch.empty(batch, views, height, width, device="cuda")
    rgb = torch.empty(batch, views, height, width, 3, device="cuda")
    args = Args(*(tables[k].data_ptr() for k in ("prims", "mats", "lights", "env", "cams", "counts")),
                tables["prims"].shape[1], tables["mats"].shape[1], views, height, width, int(edges), taps, rgb.data_ptr(), depth.data_ptr())
    error = library("gpu").render_gpu(args, ctypes.c_int(batch * views), ctypes.c_void_p(torch.cuda.current_stream().cuda_stream))
    if error:
        raise RuntimeError(f"rendering failed: CUDA error {error}")
    return rgb, depth

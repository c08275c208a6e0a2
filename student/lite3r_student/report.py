"""What an export says about itself: parity with PyTorch, time, memory, size, and a picture of what the model sees."""

import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .captures import BUCKETS
from .evaluate import as_numpy, onnx_predictor
from .sparse import SparseLinearMixer

# Largest accepted root-mean-square error over RMS of the output (translation and quaternion: over all their entries).
TOLERANCE = {"fp32": 1e-4, "fp16-weights": 5e-3, "int8-dynamic": 0.15, "fp8-qdq": 0.1}
TOLERANCE_SPARSE = 0.1


def parity(model: nn.Module, path, *, precision: str, images=None, buckets=BUCKETS, views=(2, 4, 16), threads=1, tolerated=None) -> list[dict]:
    """PyTorch against ONNX Runtime, every output, at several numbers of views and every bucket. Beyond tolerance: an error.

    FP8 is compared with its rehearsal in PyTorch, and both it and the choice of blocks are discontinuous: a sum that differs in its last bit
    can land on the other side of a rounding (6 % off), or let another block in. Usually both agree to 1e-7; now and then by no more than
    PyTorch agrees with itself when its input changes by 1e-6 (measured: 0.02 of a translation). Hence two tolerances. `tolerated`: no less than
    this for an output of that name, as `unsteadiness` measures it."""
    predict, rows = onnx_predictor(path, precision=precision, threads=threads), []
    tolerance = max(TOLERANCE[precision], TOLERANCE_SPARSE if any(isinstance(m, SparseLinearMixer) for m in model.modules()) else 0)
    generator = torch.Generator().manual_seed(0)
    cases = [(s, b) for s in views for b in buckets[:1]] + [(3, b) for b in buckets[1:]]
    for s, (height, width) in cases:
        given = images is not None and (s, height, width) == (len(images), *images.shape[2:])
        window = torch.as_tensor(as_numpy(images)) if given else smooth_noise(s, height, width, generator)
        hint = torch.zeros(s, 2)
        hint[0] = 0.9  # one known focal length, the others unknown
        with torch.inference_mode():
            exact = model(window[None], hint[None])
        got = predict(window[None].numpy(), hint[None].numpy())
        for name, value in got.items():
            want = as_numpy(exact[name])
            difference = value.astype(np.float64) - want
            scale = np.sqrt(np.mean(want.astype(np.float64) ** 2))
            row = {"views": s, "size": f"{height} x {width}", "output": name, "rms": float(np.sqrt(np.mean(difference**2)) / scale),
                   "max": float(np.abs(difference).max() / scale)}
            rows.append(row)
            allowed = max(tolerance, (tolerated or {}).get(name, 0))
            if not row["rms"] <= allowed:
                raise ValueError(f"{name} at {s} views of {height} x {width}: PyTorch and ONNX Runtime differ by {row['rms']:.2e} "
                                 f"(RMS over RMS), tolerated are {allowed:.1e} for {precision}")
    return rows


@torch.inference_mode()
def unsteadiness(model: nn.Module, views: int, height: int, width: int, change: float = 1e-6, draws: int = 3) -> dict[str, float]:
    """Output -> RMS over RMS by which PyTorch differs from itself when the pictures of `parity` change by noise of `change`: the largest of `draws`.
    Where every product is rounded to three bits of mantissa, layer after layer, no other runtime can be asked to come nearer."""
    window = smooth_noise(views, height, width, torch.Generator().manual_seed(0))
    exact = {name: as_numpy(value).astype(np.float64) for name, value in model(window[None], None).items()}
    found = dict.fromkeys(exact, 0.0)
    for seed in range(1, draws + 1):
        noise = change * torch.randn(window.shape, generator=torch.Generator().manual_seed(seed))
        for name, value in model((window + noise)[None], None).items():
            off = np.sqrt(np.mean((as_numpy(value) - exact[name]) ** 2) / np.mean(exact[name] ** 2))
            found[name] = max(found[name], float(off))
    return found


def smooth_noise(views, height, width, generator):
    """Random pictures with structure at several scales: white noise alone leaves a network's working range."""
    levels = [torch.nn.functional.interpolate(torch.rand(views, 3, -(-height // f), -(-width // f), generator=generator),
                                              size=(height, width), mode="bilinear") for f in (64, 16, 4)]
    return torch.stack(levels).mean(0)


def peak_memory(path, *, views=4) -> float:
    """MB a fresh process needs at its peak to load the model and run one window; interpreter and runtime (about 60 MB) included.

    From VmHWM: getrusage's maximum would start at that of the process that forked."""
    script = (
        "import sys, numpy as np; from lite3r_student.evaluate import onnx_predictor\n"
        f"onnx_predictor(sys.argv[1], threads=2)(np.zeros((1, {views}, 3, 192, 256), np.float32), np.zeros((1, {views}, 2), np.float32))\n"
        "print(next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM')) / 1024)")
    root = str(Path(__file__).resolve().parents[1])
    done = subprocess.run([sys.executable, "-c", script, str(Path(path).resolve())], capture_output=True, text=True, check=True, cwd=root)
    return float(done.stdout)


def report(path, contract: dict, rows: list[dict]) -> str:
    """Markdown: what it is, what it costs here, how near it is to PyTorch."""
    import onnxruntime

    from .bench_cpu import bench

    size = Path(path).stat().st_size / 1e6
    lines = [f"# {contract['id']}: {contract['precision']}", "", f"- file: {size:.1f} MB, opset {contract['opset']}, SHA-256 {contract['sha256']}",
             f"- licence: {contract['licence']}",
             *(f"- {key}: {value}" for key, value in contract["provenance"].items()), "",
             f"## Cost on this machine ({processor()}, ONNX Runtime {onnxruntime.__version__}, CPU, other work possible beside it)", "",
             "Fastest of 7 windows; CPU time of all threads. On a busy machine only the latter says something.", "",
             "| views | threads | ms | CPU ms | peak MB |", "|---|---|---|---|---|"]
    for views in (2, 4, 8):
        for threads in (1, 2):
            (t,) = bench([path], views=views, threads=threads, runs=7)
            lines.append(f"| {views} | {threads} | {t['ms']:.0f} | {t['cpu_ms']:.0f} | {peak_memory(path, views=views):.0f} |")
    lines += ["", "## Parity: PyTorch against ONNX Runtime", "", "Errors over the output's own RMS.", "",
              "| views | size | output | RMS | largest |", "|---|---|---|---|---|"]
    lines += [f"| {r['views']} | {r['size']} | {r['output']} | {r['rms']:.1e} | {r['max']:.1e} |" for r in rows]
    return "\n".join(lines) + "\n"


def processor() -> str:
    """The CPU's name where the system tells it."""
    try:
        names = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        return f"{names[0]}, {len(names)} cores"
    except (OSError, IndexError):
        return platform.machine()


def draw_predictions(path, images, png, *, captions=None):
    """PNG: one column a view; picture, depth (one colour scale for the window, near is warm), confidence (logarithm)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    images = as_numpy(images)
    answer = onnx_predictor(path)(images[None].astype(np.float32), np.zeros((1, len(images), 2), np.float32))
    inverse, confidence = 1 / answer["depth"][0], np.log(answer["conf"][0])
    near, far = np.percentile(inverse, 99), np.percentile(inverse, 1)
    figure, axes = plt.subplots(3, len(images), figsize=(2.6 * len(images), 2.6 * 3 * images.shape[2] / images.shape[3] + 0.4), squeeze=False)
    for view in range(len(images)):
        axes[0, view].imshow(images[view].transpose(1, 2, 0))
        axes[1, view].imshow(inverse[view], cmap="turbo", vmin=far, vmax=near)
        axes[2, view].imshow(confidence[view], cmap="viridis", vmin=0, vmax=max(float(confidence.max()), 1e-3))
        axes[0, view].set_title(captions[view] if captions else f"view {view}", fontsize=8)
        for row, name in enumerate(("image", "depth", "confidence")):
            axes[row, view].set(xticks=[], yticks=[])
            if view == 0:
                axes[row, 0].set_ylabel(name, fontsize=8)
    figure.tight_layout(pad=0.4)
    figure.savefig(png, dpi=72)
    plt.close(figure)

"""One table for any model: how good are depth, poses and focal lengths, on captures with truth and on procedural scenes.

A *predictor* is the only interface: a function

    predict(images (B, S, 3, H, W) float32 in 0..1, focal_hint (B, S, 2), 0 = unknown) -> dict of numpy arrays
        depth (B, S, H, W)   conf (B, S, H, W)   quat (B, S, 4) wxyz   trans (B, S, 3)   focal (B, S, 2) or (B, S)

with quat, trans = submapFromCamera. ``onnx_predictor`` makes one from a file and its contract, ``torch_predictor`` from a
module, so teacher, student and exported artefact are measured by the same lines (see metrics.py for the definitions).

Inside a training run (no ONNX Runtime, no Pillow needed):

    scores = Scores()
    scores.add(torch_predictor(model), images, world_from_camera=..., focal=..., depth=...)
    log(scores.summary())     # {"windows": 64, "absrel": .., "delta": .., "rotation": .., "auc30": .., ...}
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from . import captures, metrics

COLUMNS = ("windows", "absrel", "delta", "rotation", "translation", "auc5", "auc15", "auc30", "ate", "focal")
HEADINGS = ("windows", "AbsRel", "δ<1.25", "rot °", "trans °", "AUC@5", "AUC@15", "AUC@30", "ATE/spread", "focal %")
CONFIDENCE_BINS = 10


class Scores:
    """Collects errors window by window; ``summary`` turns them into the numbers of one table row. ``curve``: error against confidence, too,
    which sorts every pixel and takes ten times as long as all the rest."""

    def __init__(self, curve=True):
        self.curve = curve
        self.absrel, self.delta, self.ate = [], [], []  # one number per window
        self.rotation, self.direction = [], []  # one per view pair
        self.focal = []  # one per view
        self.by_confidence = []

    def add(self, predict, images, *, world_from_camera, focal, depth=None, known_focal=False):
        """images (B, S, 3, H, W), uint8 or float in 0..1; world_from_camera (B, S, 4, 4); focal (B, S, 2); depth (B, S, H, W).

        ``known_focal`` hands the true focal length to the model as its hint, which production does when a capture has one.
        """
        self.take(ask(predict, images, focal if known_focal else None), images.shape, world_from_camera=world_from_camera, focal=focal, depth=depth)

    def take(self, answer, shape, *, world_from_camera, focal, depth=None):
        """The same from an answer that is there already; ``shape`` is that of the images."""
        world_from_camera, focal = as_numpy(world_from_camera), as_numpy(focal)
        pose = np.tile(np.eye(4), tuple(shape[:2]) + (1, 1))
        pose[..., :3, :3] = metrics.matrix_from_quaternion(answer["quat"])
        pose[..., :3, 3] = answer["trans"]
        rotation, direction = metrics.pair_errors(pose, world_from_camera)
        self.rotation.append(rotation.ravel())
        self.direction.append(direction.ravel())
        self.ate.append(metrics.ate_over_spread(pose, world_from_camera))
        predicted_focal = answer["focal"]
        if predicted_focal.ndim == 2:  # one number: square pixels, as a share of the width
            height, width = shape[-2:]
            predicted_focal = np.stack([predicted_focal, predicted_focal * width / height], -1)
        self.focal.append(metrics.focal_errors(predicted_focal, focal).ravel())
        if depth is not None:
            depth = as_numpy(depth)
            scale = metrics.median_scale(answer["depth"], depth)
            absrel, delta = metrics.depth_errors(answer["depth"], depth, scale)
            self.absrel.append(absrel)
            self.delta.append(delta)
            if self.curve:
                self.by_confidence.append(
                    metrics.error_by_confidence(answer["depth"], answer["conf"], depth, bins=CONFIDENCE_BINS, scale=scale))

    def merge(self, other: "Scores"):
        """Takes over what another has collected, behind its own."""
        for name, errors in vars(self).items():
            if isinstance(errors, list):
                errors.extend(getattr(other, name))

    def summary(self):
        """Mean over windows (AbsRel, delta, ATE), median over pairs and views (angles, focal), area over all pairs (AUC)."""
        rotation, direction = np.concatenate(self.rotation), np.concatenate(self.direction)
        worse = np.fmax(rotation, direction)  # a pair without a baseline counts by its rotation alone
        row = {
            "windows": int(sum(map(len, self.ate))),
            "absrel": mean(self.absrel), "delta": mean(self.delta),
            "rotation": float(np.median(rotation)), "translation": float(np.nanmedian(direction)),
            **{f"auc{t}": metrics.auc(worse, t) for t in metrics.AUC_THRESHOLDS},
            "ate": mean(self.ate), "focal": 100 * float(np.median(np.concatenate(self.focal))),
        }
        if self.by_confidence:
            row["by_confidence"] = [round(float(x), 5) for x in np.nanmean(self.by_confidence, 0)]
        return row


def ask(predict, images, known_focal=None) -> dict:
    """A predictor's answer in float32 for images (B, S, 3, H, W), uint8 or float in 0..1."""
    images = as_numpy(images)
    if images.dtype == np.uint8:
        images = images.astype(np.float32) / 255
    hint = np.zeros(images.shape[:2] + (2,), np.float32) if known_focal is None else as_numpy(known_focal).astype(np.float32)
    return {role: as_numpy(value).astype(np.float32) for role, value in predict(images, hint).items()}


def mean(chunks):
    values = np.concatenate(chunks) if chunks else np.array([np.nan])
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else float("nan")


def as_numpy(x):
    """Arrays as they are; torch tensors from any device and precision, without importing torch here."""
    if hasattr(x, "detach"):
        x = x.detach()
        x = (x.float() if x.is_floating_point() else x).cpu().numpy()
    return np.asarray(x)


def torch_predictor(module, *, device=None):
    """A predictor from a module: forward(images (B, S, 3, H, W), focal_hint (B, S, 2)) -> mapping with the roles' names."""
    import torch

    device = device or next(module.parameters()).device

    def predict(images, focal_hint):
        with torch.inference_mode():
            out = module(torch.as_tensor(images, device=device), torch.as_tensor(focal_hint, device=device))
        return {name: as_numpy(out[name]) for name in ("depth", "conf", "quat", "trans", "focal")}

    return predict


# what a contract's roles are called in a predictor's answer
ROLES = {"depth": "depth", "confidence": "conf", "rotation": "quat", "translation": "trans", "focal": "focal"}


def precision_of(path):
    contract = Path(path).with_name("contract.json")
    return json.loads(contract.read_text())["precision"] if contract.exists() else "fp32"


def onnx_predictor(path, *, threads=1, precision=None):
    """A predictor from student.onnx. Names and precision come from ``contract.json`` beside it; without one the usual names are assumed, and `precision` is
    what the caller says."""
    import onnxruntime

    path = Path(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    if "fp8" in (precision or precision_of(path)):  # ONNX Runtime's fusion of Q/DQ pairs on the CPU does not know FP8 and refuses the graph
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    contract_path = path.with_name("contract.json")
    image_name, hint_name, names = "images", "focal_hint", {role: role for role in ROLES.values()}
    if contract_path.exists():
        contract = json.loads(contract_path.read_text())
        image_name, hint_name = contract["input"]["name"], contract.get("focal_hint", {}).get("name")
        names = {ROLES[o["role"]]: o["name"] for o in contract["outputs"]}
    takes_hint = hint_name in {i.name for i in session.get_inputs()}

    def predict(images, focal_hint):
        answers = []
        for views, hint in zip(images, focal_hint):  # the graph takes one window
            feed = {image_name: np.ascontiguousarray(views, np.float32)}
            if takes_hint:
                feed[hint_name] = np.ascontiguousarray(hint, np.float32)
            answers.append(session.run(list(names.values()), feed))
        return {role: np.stack(values) for role, values in zip(names, zip(*answers))}

    predict.input_shape = session.get_inputs()[0].shape  # [S, 3, H, W], an int where fixed
    return predict


def score_capture(predict, capture, *, size, gap=None, stride=2, batch=8, known_focal=False):
    """Windows of a capture (every second start, views ``usual_gap`` apart), or None when it is too short for one."""
    gap = gap or captures.usual_gap(capture)
    indices = captures.window_indices(len(capture.images), size=size, gap=gap, stride=stride)
    if len(indices) == 0:
        return None
    scores = Scores()
    for start in range(0, len(indices), batch):
        window = indices[start : start + batch]  # (B, S)
        scores.add(predict, capture.images[window], world_from_camera=capture.world_from_camera[window],
                   focal=capture.focal[window], depth=None if capture.depth is None else capture.depth[window],
                   known_focal=known_focal)
    return scores.summary()


def table(rows, *, first="capture"):
    """Markdown from (label, summary) pairs."""
    lines = [f"| {first} | " + " | ".join(HEADINGS) + " |", "|---" * (len(HEADINGS) + 1) + "|"]
    digits = {"windows": 0, "rotation": 2, "translation": 1, "focal": 1}
    for label, row in rows:
        cells = ["-" if np.isnan(row[c]) else f"{row[c]:.{digits.get(c, 3)}f}" for c in COLUMNS]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def add_arguments(parser):
    """The floor every model of ours has to beat was measured with ``--fit crop`` and the defaults below."""
    parser.add_argument("model", type=Path, help="student.onnx (contract.json is read when it lies beside it) or a folder of weights")
    parser.add_argument("captures", nargs="*", help="folders with cameras.json, or one .npz that --pack wrote")
    parser.add_argument("--held-out", type=int, default=0, metavar="N", help="also N held-out procedural windows, by scene kind")
    parser.add_argument("--views", type=int, nargs="+", default=[4], help="window sizes S")
    parser.add_argument("--gap", type=int, help="frames from one view of a window to the next (default: frames // 20, at least 1)")
    parser.add_argument("--stride", type=int, default=2, help="frames from one window's start to the next")
    parser.add_argument("--fit", choices=("stretch", "crop"), default="stretch", help="how images come to the model's aspect ratio")
    parser.add_argument("--known-focal", action="store_true", help="give the model the true focal lengths")
    parser.add_argument("--undistort", action="store_true", help="undistort images first (the service does not)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", help="also write all rows there, for `plot confidence`")
    parser.add_argument("--pack", help="only write the captures at model size there (.npz)")


def load_all(paths, **options):
    for path in map(Path, paths):
        yield from captures.unpack(path) if path.suffix == ".npz" else [captures.load_capture(path, **options)]


def any_predictor(path, *, threads=1):
    """(predictor, buckets it takes) of an ONNX file or a folder of weights."""
    if path.is_dir():
        import torch

        from .convert import load_any

        torch.set_num_threads(threads)
        model, facts = load_any(path)
        buckets = (tuple(facts["size"]),) if "backbone" in facts else captures.BUCKETS
        return torch_predictor(model.to("cuda" if torch.cuda.is_available() else "cpu")), buckets
    predict = onnx_predictor(path, threads=threads)
    height, width = predict.input_shape[2:]
    fixed = isinstance(height, int) and isinstance(width, int)
    return predict, ((height, width),) if fixed else captures.BUCKETS


def main(arguments):
    predict, buckets = any_predictor(arguments.model, threads=arguments.threads)
    loaded = list(load_all(arguments.captures, buckets=buckets, fit=arguments.fit, undistort=arguments.undistort))
    if arguments.pack:
        captures.pack(loaded, arguments.pack)
        return
    rows, began = [], time.perf_counter()
    for capture in loaded:
        for size in arguments.views:
            row = score_capture(predict, capture, size=size, gap=arguments.gap, stride=arguments.stride, known_focal=arguments.known_focal)
            grade = " (GPS)" if capture.truth == "gps" else ""
            if row is None:
                print(f"{capture.name}: {len(capture.images)} frames are too few for windows of {size}", file=sys.stderr)
            else:
                rows.append((f"{capture.name}{grade}, S={size}", row))
    if arguments.held_out:
        from . import heldout

        for size in arguments.views:
            made = heldout.batches("held-out", arguments.held_out, views=size, threads=arguments.threads)
            rows += [(f"procedural {kind}, S={size}", row) for kind, row in heldout.score(predict, made).items()]
    print(table(rows))
    print(f"\n{arguments.model}, gap {arguments.gap or 'frames // 20'}, stride {arguments.stride}, {arguments.fit}, "
          f"{'known' if arguments.known_focal else 'unknown'} focal length, {time.perf_counter() - began:.0f} s")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(dict(rows), indent=1))


if __name__ == "__main__":
    command_line = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_arguments(command_line)
    main(command_line.parse_args())

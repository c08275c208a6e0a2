"""Weights in pieces of at most 16 MiB: half precision, one JSON index, any number of files that each travel alone.

`save` writes `index.json` and `part-N.bin` (the tensors' float16 bytes one after another, cut anywhere). With `compact` the numbers
keep 7 bits of mantissa and the stream is compressed (for the repository: two thirds of the size, no measurable loss). The full training state
(float32 weights, optimiser, average) is a single torch file beside the run and is not meant to be kept.
"""

import hashlib
import json
import lzma
from pathlib import Path

import numpy as np
import torch

PIECE = 15 * 2**20


def save(folder: Path, weights: dict[str, torch.Tensor], facts: dict, compact: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {k: v.detach().float().cpu().numpy().astype(np.float16) for k, v in weights.items()}
    blob = b"".join(a.tobytes() for a in arrays.values())
    if compact:
        words = np.frombuffer(blob, np.uint16).astype(np.uint32)
        words = ((words + 4) & 0xFFF8).astype(np.uint16)  # round off the last 3 of 10 mantissa bits
        blob = lzma.compress((words >> 8).astype(np.uint8).tobytes() + (words & 255).astype(np.uint8).tobytes(), preset=6)
    pieces = [blob[i : i + PIECE] for i in range(0, len(blob), PIECE)]
    for i, piece in enumerate(pieces):
        (folder / f"part-{i}.bin").write_bytes(piece)
    index = {"facts": facts, "stored": "xz byte planes" if compact else "float16", "sha256": hashlib.sha256(blob).hexdigest(), "pieces": len(pieces), "tensors": {k: list(a.shape) for k, a in arrays.items()}}
    (folder / "index.json").write_text(json.dumps(index, indent=1))


def load(folder: Path) -> tuple[dict[str, torch.Tensor], dict]:
    """-> (weights in float32, facts). A missing or damaged piece is an error, not a partly loaded model."""
    index = json.loads((folder / "index.json").read_text())
    blob = b"".join((folder / f"part-{i}.bin").read_bytes() for i in range(index["pieces"]))
    if hashlib.sha256(blob).hexdigest() != index["sha256"]:
        raise ValueError(f"{folder}: the pieces do not add up to what index.json says")
    if index.get("stored") == "xz byte planes":
        planes = np.frombuffer(lzma.decompress(blob), np.uint8).astype(np.uint16)
        high, low = np.split(planes, 2)
        blob = (high << 8 | low).tobytes()
    out, at = {}, 0
    for name, shape in index["tensors"].items():
        n = int(np.prod(shape))
        out[name] = torch.from_numpy(np.frombuffer(blob, np.float16, n, at).astype(np.float32).reshape(shape))
        at += 2 * n
    if (folder / "amend.npz").exists():  # tensors fitted after the run (see confidence.py)
        with np.load(folder / "amend.npz") as amended:
            out |= {k: torch.from_numpy(amended[k].astype(np.float32)) for k in amended.files}
    return out, index["facts"]


def load_model(folder: Path):
    """The model of a checkpoint, in evaluation mode."""
    from .model import Config, Teacher

    weights, facts = load(folder)
    model = Teacher(Config.from_dict(facts["config"]))
    model.load_state_dict(weights)
    return model.eval()


def add_arguments(parser) -> None:
    parser.add_argument("source", type=Path, help="a run's ema folder")
    parser.add_argument("out", type=Path, help="folder for the repository; what an earlier model left there goes")


def main(args) -> None:
    weights, facts = load(args.source)
    for old in (*args.out.glob("part-*.bin"), *args.out.glob("amend.npz")):
        old.unlink()
    save(args.out, weights, facts, compact=True)
    print(f"{args.out}: {sum(f.stat().st_size for f in args.out.iterdir()) / 1e6:.1f} MB")

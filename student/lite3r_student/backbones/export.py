"""A converted backbone -> the folder the service loads: student.onnx, student.onnx.data, contract.json, report.md.

    lite3r_student export STUDENT models/NAME --views 6

One graph for one number of views and one size of picture (see serve.py). Weights lie beside it in `student.onnx.data`, because one protobuf file ends at
2 GiB; their SHA-256 stands in the contract, and in the graph's own metadata, so that the graph's SHA-256, which names the model everywhere, changes
with every weight. Precisions are those of ../export.py without INT8.
"""

import json
import shutil
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import torch

from .. import export as own
from ..fp8 import Fp8Linear
from ..report import parity, processor
from . import checkpoints, photos, store
from .serve import InSubmap, OneSize

DATA = "student.onnx.data"
INLINE = 1024  # bytes; smaller constants stay in the graph, where shape inference needs them


def trace(model, views: int, height: int, width: int):
    """-> ONNX protobuf at full precision, every dimension fixed."""
    window = OneSize(own.with_exported_fp8(model), height, width).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(window, (torch.rand(views, 3, height, width),), dynamo=True, opset_version=own.OPSET, verbose=False,
                                    input_names=["images"], output_names=list(own.NAMES), custom_translation_table=own.translations())
    proto = program.model_proto
    del proto.graph.value_info[:]
    for node in proto.graph.node:  # source lines of the machine it was traced on are nobody's business
        del node.metadata_props[:]
        node.doc_string = ""
    return proto


def save_with_data(proto, folder: Path):
    """student.onnx, and its weights beside it under a name that both the graph and the contract vouch for."""
    import onnx

    path = folder / "student.onnx"
    onnx.save(proto, str(path), save_as_external_data=True, all_tensors_to_one_file=True, location=DATA, size_threshold=INLINE)
    graph = onnx.load(str(path), load_external_data=False)
    entry = graph.metadata_props.add()
    entry.key, entry.value = f"sha256 of {DATA}", checkpoints.sha256(folder / DATA)
    path.write_bytes(graph.SerializeToString(deterministic=True))
    onnx.checker.check_model(str(path))


def contract(folder: Path, facts: dict, *, id: str, precision: str, views: int, height: int, width: int) -> dict:
    says = own.contract(folder / "student.onnx", id=id, precision=precision, licence=facts["licence"], buckets=((height, width),),
                        provenance={k: facts[k] for k in ("backbone", "reference", "checkpoint", "checkpoint_sha256", "calibration", "commercial")})
    del says["focal_hint"]
    return says | {"views": {"min": views, "max": views, "reference": "first"}, "external_data": [{"file": DATA, "sha256": checkpoints.sha256(folder / DATA)}]}


def export(model, facts: dict, out: Path, *, id: str, views: int, precision: str | None = None, size=None, images=None) -> dict:
    """Writes the folder `out` in one piece and returns the contract. `images` (S, 3, H, W): a window to compare on; without it, noise is compared."""
    height, width = size or facts["size"]
    has_fp8 = any(isinstance(m, Fp8Linear) for m in model.modules())
    precision = precision or ("fp8-qdq" if has_fp8 else "fp16-weights")
    if precision not in ("fp32", "fp16-weights", "fp8-qdq") or has_fp8 != (precision == "fp8-qdq"):
        raise ValueError(f"precision {precision} and a backbone {'with' if has_fp8 else 'without'} FP8 layers do not go together")
    if views < model.least_views:
        raise ValueError(f"{facts['backbone']} gives no usable poses below {model.least_views} views, asked for are {views}")
    proto = trace(model, views, height, width)
    if precision == "fp16-weights":
        own.float16_weights(proto)
    elif precision == "fp8-qdq":
        own.fold_fp8(proto)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        save_with_data(proto, folder)
        says = contract(folder, facts, id=id, precision=precision, views=views, height=height, width=width)
        (folder / "contract.json").write_text(json.dumps(says, indent=1) + "\n")
        began = time.perf_counter()
        rows = parity(InSubmap(model), folder / "student.onnx", precision=precision, images=images, buckets=((height, width),), views=(views,))
        (folder / "report.md").write_text(report(folder, says, rows, time.perf_counter() - began))
        out = Path(out)
        out.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            shutil.copyfile(file, out / file.name)  # without its private permissions
    return says


def report(folder: Path, says: dict, rows: list[dict], seconds: float) -> str:
    size = sum(f.stat().st_size for f in folder.glob("student.onnx*")) / 1e6
    (height, width), views = says["buckets"][0], says["views"]["max"]
    lines = [f"# {says['id']}: {says['precision']}", "", f"- {views} views of {height} x {width}, {size:.1f} MB, SHA-256 {says['sha256']}",
             f"- licence: {says['licence']}", *(f"- {key}: {value}" for key, value in says["provenance"].items()), "",
             "## Parity: PyTorch against ONNX Runtime", "",
             f"Errors over the output's own RMS; {processor()}, {seconds:.1f} s for the comparison, loading included.", "",
             "| output | RMS | largest |", "|---|---|---|", *(f"| {r['output']} | {r['rms']:.1e} | {r['max']:.1e} |" for r in rows)]
    return "\n".join(lines) + "\n"


def main(args):
    model, facts = store.load(args.checkpoint)
    images = None
    if args.images:
        images = photos.windows(photos.load(args.images, longest=0, patch=model.patch, size=tuple(facts["size"])), args.views, 1)[0][0].numpy()
    says = export(model, facts, args.out, id=args.id or args.out.name, views=args.views, precision=args.precision, images=images)
    print(f"{args.out}: {says['precision']}, {args.views} views of {facts['size'][1]} x {facts['size'][0]}, licence {says['licence']}, {says['sha256']}")

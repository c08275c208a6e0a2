"""Engine graphs of one model, with a window and the answers to compare with.

    lite3r_student engine-graph ../models/lite3r-small/checkpoint OUT --views 8 16 --images ../samples/two-camera-room/images
    lite3r_student engine-graph da3-large OUT --views 8 16        # random weights: time does not depend on them
    lite3r_student engine-graph da3-large OUT --toy               # shows on a CPU that it runs, and compares with ONNX Runtime

For each number of views: a folder for each precision that the service loads (`NAME-s8-fp16`, `NAME-s8-fp8-qdq`), and `NAME-s8` with a window of pictures
(`window/`), what the network itself says of it in float32 (`fp32/depth.bin` ...) and what the FP8 graph does as rehearsed in PyTorch (`rehearsed/`): to be
compared with `./lite3r bench inference --window ... --answers ...` by `engine-errors`.
"""

import json
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .. import export as own
from ..backbones import checkpoints, da3, photos
from ..backbones.export import save_with_data
from ..backbones.export import trace as trace_backbone
from ..backbones.parity import randomise
from ..backbones.serve import OneSize
from ..checkpoint import load_model
from ..report import smooth_noise
from .layers import OFF, ON, calibrate, set_mode
from .models import HalfDepthAnything3, engine_model

PRECISIONS = ("fp16", "fp8-qdq")
DA3_SIZE = (378, 504)
CALIBRATED_ON = 3  # views; attention is written out, so its memory grows with the square


def source(name: str, toy: bool) -> tuple[nn.Module, str, tuple[int, int]]:
    """-> (the network in float32, what its folders are called, height and width)"""
    if name == "da3-large":
        model = da3.DepthAnything3(da3.Config.toy(), "first").eval() if toy else checkpoints.build(name, "first")
        with torch.no_grad():
            randomise(model)
        return model, name, (28, 42) if toy else DA3_SIZE
    if not Path(name, "index.json").is_file():
        raise SystemExit(f"{name} is no checkpoint folder (it has no index.json); name one, or da3-large")
    return load_model(Path(name)), Path(name).resolve().parent.name, own.BUCKETS[0]


def face(model: nn.Module, height: int, width: int) -> nn.Module:
    """The network with the contract's inputs and outputs."""
    if isinstance(model, (HalfDepthAnything3, da3.DepthAnything3)):
        return OneSize(model, height, width)
    return own.OneWindow(model)


def trace(model: nn.Module, views: int, height: int, width: int):
    if isinstance(model, HalfDepthAnything3):
        return trace_backbone(model, views, height, width)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(own.OneWindow(model).eval(), inputs(model, window(None, views, height, width)), dynamo=True, opset_version=own.OPSET, verbose=False,
                                    input_names=["images", "focal_hint"], output_names=list(own.NAMES), custom_translation_table=own.translations())
    proto = program.model_proto
    del proto.graph.value_info[:]
    for node in proto.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    return proto


def window(pictures: torch.Tensor | None, views: int, height: int, width: int) -> torch.Tensor:
    """(S, 3, H, W) in steps of 1/255, so that a picture file holds it. Without pictures, noise."""
    if pictures is None:
        return (smooth_noise(views, height, width, torch.Generator().manual_seed(views)) * 255).round() / 255
    return (photos.windows(pictures, views, 1)[0][0] * 255).round() / 255


def inputs(model: nn.Module, images: torch.Tensor, device="cpu") -> tuple[torch.Tensor, ...]:
    images, views = images.to(device), len(images)
    if isinstance(model, (HalfDepthAnything3, da3.DepthAnything3)):
        return (images,)
    return images, torch.zeros(views, 2, device=device)


def contract(folder: Path, name: str, precision: str, views: int, size: tuple[int, int], model: nn.Module) -> dict:
    says = own.contract(folder / "student.onnx", id=f"{name}-s{views}-{precision}", precision=precision, buckets=(size,),
                        provenance={"source": name, "graph": "lite3r_student engine-graph"})
    if isinstance(model, HalfDepthAnything3):
        del says["focal_hint"]
    data = folder / "student.onnx.data"
    return says | {"views": {"min": views, "max": views, "reference": "first"}, "external_data": [{"file": data.name, "sha256": checkpoints.sha256(data)}]}


def write(folder: Path, tensors: dict[str, torch.Tensor]):
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in tensors.items():
        (folder / f"{name}.bin").write_bytes(value.detach().float().cpu().contiguous().numpy().tobytes())


def write_pictures(folder: Path, images: torch.Tensor):
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for i, picture in enumerate((images * 255).round().byte().permute(0, 2, 3, 1).numpy()):
        Image.fromarray(picture).save(folder / f"{i:03d}.png")


@torch.no_grad()
def answers(model: nn.Module, images: torch.Tensor, size: tuple[int, int], device: str) -> dict[str, torch.Tensor]:
    return dict(zip(own.NAMES, face(model, *size).to(device).eval()(*inputs(model, images, device))))


def errors(answers: Path, expected: Path) -> dict[str, float]:
    """Output -> RMS error over the expected output's RMS."""
    found = {}
    for file in sorted(expected.glob("*.bin")):
        want, got = (np.frombuffer((folder / file.name).read_bytes(), np.float32).astype(np.float64) for folder in (expected, answers))
        if want.shape != got.shape:
            raise ValueError(f"{file.name}: {len(got)} numbers in {answers}, {len(want)} in {expected}")
        found[file.stem] = float(np.sqrt(np.mean((got - want) ** 2) / np.mean(want**2)))
    return found


def add_arguments(parser):
    parser.add_argument("source", help="a checkpoint folder of ours, or da3-large (random weights)")
    parser.add_argument("out", type=Path)
    parser.add_argument("--views", type=int, nargs="+", default=[8, 16])
    parser.add_argument("--images", type=Path, help="pictures to calibrate on and to compare with, in the order of their names (default: noise)")
    parser.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=list(PRECISIONS))
    parser.add_argument("--rehearse-up-to", type=int, default=8, metavar="VIEWS", help="larger windows get no rehearsal: it writes attention out")
    parser.add_argument("--toy", action="store_true")


def main(args):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    network, name, size = source(args.source, args.toy)
    model = engine_model(network)
    began = time.perf_counter()

    def say(text):
        print(f"{time.perf_counter() - began:6.1f} s  {text}", flush=True)

    model.to(device)
    shown = face(model, *size).to(device)
    pictures = None if args.images is None else photos.load(args.images, longest=0, patch=1, size=size)
    calibrate(model, lambda _: shown(*inputs(model, window(pictures, CALIBRATED_ON, *size), device)), model.rounded)
    say(f"{name}: calibrated on {CALIBRATED_ON} views of {size[1]} x {size[0]}, {device}")
    for views in args.views:
        folder = args.out / f"{name}-s{views}"
        network.to(device)
        images = window(pictures, views, *size)
        write_pictures(folder / "window", images)
        write(folder / "fp32", answers(network, images, size, device))
        if views <= args.rehearse_up_to:
            set_mode(model, ON, model.rounded)
            write(folder / "rehearsed", answers(model, images, size, device))
            say(f"{folder.name}: rehearsed FP8 against fp32 {shortly(errors(folder / 'rehearsed', folder / 'fp32'))}")
        network.cpu()
    model.cpu()
    for views in args.views:
        for precision in args.precisions:
            folder = args.out / f"{name}-s{views}-{precision}"
            folder.mkdir(parents=True, exist_ok=True)
            set_mode(model, ON if precision == "fp8-qdq" else OFF, model.rounded)
            proto = trace(model, views, *size)
            save_with_data(proto, folder)
            (folder / "contract.json").write_text(json.dumps(contract(folder, name, precision, views, size, model), indent=1) + "\n")
            kinds = {kind: sum(n.op_type == kind for n in proto.graph.node) for kind in ("MatMul", "Softmax", "QuantizeLinear", "Split", "Transpose")}
            say(f"{folder.name}: {kinds}")
            if args.toy:
                say(f"{folder.name}: ONNX Runtime on the CPU against fp32 {shortly(on_cpu(folder, args.out / f'{name}-s{views}', precision, size))}")


def on_cpu(folder: Path, beside: Path, precision: str, size: tuple[int, int]) -> dict[str, float]:
    from ..evaluate import onnx_predictor

    images = photos.load(beside / "window", longest=0, patch=1, size=size)[None].numpy()
    found = onnx_predictor(folder / "student.onnx", precision=precision)(images, np.zeros((1, images.shape[1], 2), np.float32))
    write(beside / precision, {name: torch.as_tensor(value) for name, value in found.items()})
    return errors(beside / precision, beside / "fp32")


def shortly(found: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.1e}" for name, value in found.items())

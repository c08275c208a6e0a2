"""From a module to the folder that ships: student.onnx, contract.json, report.md, predictions.png.

    export(model, out, id="lite3r-small", precision="int8-dynamic", provenance={"seed": 1, ...})

One graph serves 2 to 16 views and every image size whose sides are multiples of 16: S, H and W stay open. It takes one window (no batch):

    images (S, 3, H, W), focal_hint (S, 2)  ->  depth, conf (S, H, W)   quat (S, 4)   trans (S, 3)   focal (S, 2)

The CPU artefact of a dense model is written node by node for speed (`cpu_graph.py`); everything else is traced from PyTorch, in standard
operators only. Traced attention is exported as it is computed. Dense: two matrix products and a softmax. Sparse: top-k, gathers and the
same products, so any runtime can run it; that is the documented fallback until there is one operator for it.

Precisions
    fp32           as trained
    fp16-weights   matrices stored as float16 and cast back when the model is loaded: half the file, the same arithmetic
    int8-dynamic   matrix products (and convolutions of a dense model) in INT8, weights per output channel, activations scaled per call: the
                   CPU artefact
    fp8-qdq        what `fp8.Fp8Linear` rehearsed: weights stored as E4M3 with one scale per row, activations through
                   QuantizeLinear / DequantizeLinear with their static scale. For runtimes that have FP8 products; on the CPU it only
                   runs with `session.disable_quant_qdq`, and not faster.

Every export is checked: PyTorch against ONNX Runtime, each output, several numbers of views and image sizes; beyond tolerance it raises.
"""

import hashlib
import json
import re
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from . import cpu_graph
from .captures import BUCKETS
from .fp8 import Fp8Linear, round_e4m3, weight_scale
from .model import Teacher
from .sparse import SparseLinearMixer

OPSET = 20
VIEWS = (2, 16)
PRECISIONS = ("fp32", "fp16-weights", "int8-dynamic", "fp8-qdq")
OUTPUTS = (  # role, name, shape, unit, convention: the words of schemas/model-contract.schema.json
    ("depth", "depth", ["S", "H", "W"], "submap", "z-depth"),
    ("confidence", "conf", ["S", "H", "W"], None, ">= 1, larger is surer"),
    ("rotation", "quat", ["S", 4], None, "submapFromCamera, wxyz"),
    ("translation", "trans", ["S", 3], "submap", "submapFromCamera, x_submap = R x_camera + t"),
    ("focal", "focal", ["S", 2], None, "fx/width, fy/height, principal point at centre"),
)
NAMES = tuple(name for _, name, *_ in OUTPUTS)


class OneWindow(nn.Module):
    """The graph's face: no batch, outputs in the contract's order."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, images: Tensor, focal_hint: Tensor) -> tuple[Tensor, ...]:
        out = self.model(images[None], focal_hint[None])
        return tuple(out[name][0].float() for name in NAMES)


# Two operators that stand for Q/DQ pairs while PyTorch traces the model; `translations` says what they become in ONNX.
@torch.library.custom_op("lite3r::e4m3_activation", mutates_args=())
def e4m3_activation(x: Tensor, scale: Tensor) -> Tensor:
    return round_e4m3(x / scale) * scale


@torch.library.custom_op("lite3r::e4m3_weight", mutates_args=())
def e4m3_weight(weight: Tensor, scale: Tensor) -> Tensor:
    return round_e4m3(weight / scale[:, None]) * scale[:, None]


e4m3_activation.register_fake(lambda x, scale: torch.empty_like(x))
e4m3_weight.register_fake(lambda weight, scale: torch.empty_like(weight))


def translations():
    import onnx
    from onnxscript import opset20 as op

    zero = onnx.helper.make_tensor("zero", onnx.TensorProto.FLOAT8E4M3FN, [], b"\0", raw=True)

    def activation(x, scale):
        z = op.Constant(value=zero)
        return op.DequantizeLinear(op.QuantizeLinear(x, scale, z), scale, z)

    def weight(w, scale):
        z = op.Expand(op.Constant(value=zero), op.Shape(scale))
        return op.DequantizeLinear(op.QuantizeLinear(w, scale, z, axis=0), scale, z, axis=0)

    def sort_last(x, stable: bool = True, dim: int = -1, descending: bool = False):
        """TopK of everything: of equal values the lower index comes first, which is what "stable" asks for."""
        return op.TopK(x, op.Shape(x, start=-1), axis=-1, largest=int(descending), sorted=1)

    return {torch.ops.lite3r.e4m3_activation.default: activation, torch.ops.lite3r.e4m3_weight.default: weight,
            torch.ops.aten.sort.stable: sort_last}


class ExportedFp8Linear(nn.Module):
    """`Fp8Linear` with its weight scales computed once and its roundings as the operators above."""

    def __init__(self, layer: Fp8Linear, name: str):
        super().__init__()
        if not layer.calibrated:
            raise ValueError(f"{name}: not calibrated, so there is no activation scale to export")
        self.weight, self.bias = layer.weight, layer.bias
        self.register_buffer("weight_scale", weight_scale(layer.weight)[:, 0])
        self.register_buffer("input_scale", layer.input_scale)

    def forward(self, x):
        weight = torch.ops.lite3r.e4m3_weight(self.weight, self.weight_scale)
        return nn.functional.linear(torch.ops.lite3r.e4m3_activation(x, self.input_scale), weight, self.bias)


def with_exported_fp8(model: nn.Module) -> nn.Module:
    """Swaps the FP8 layers of (a copy of) the model; a model without any comes back as it is. The copy shares its weights: a backbone's are gigabytes."""
    import copy

    from .convert import replace

    names = [name for name, m in model.named_modules() if isinstance(m, Fp8Linear)]
    if names:
        model = copy.deepcopy(model, {id(p): p for p in model.parameters()})
        for name in names:
            replace(model, name, ExportedFp8Linear(model.get_submodule(name), name))
    return model


def trace(model: nn.Module, path: Path, *, size=(192, 256), views=3):
    """PyTorch -> ONNX at full precision, S, H and W open. `size` and `views` are only what it is traced with."""
    views_dim = torch.export.Dim("S", min=VIEWS[0], max=VIEWS[1])
    rows, cols = torch.export.Dim("rows", min=4, max=64), torch.export.Dim("cols", min=4, max=64)
    example = torch.rand(views, 3, *size), torch.zeros(views, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            OneWindow(with_exported_fp8(model)).eval(), example, dynamo=True, opset_version=OPSET, verbose=False,
            dynamic_shapes={"images": {0: views_dim, 2: 16 * rows, 3: 16 * cols}, "focal_hint": {0: views_dim}},
            input_names=["images", "focal_hint"], output_names=list(NAMES), custom_translation_table=translations())
    proto = program.model_proto
    for value, shape in zip([*proto.graph.input, *proto.graph.output], [["S", 3, "H", "W"], ["S", 2], *(o[2] for o in OUTPUTS)]):
        for dim, said in zip(value.type.tensor_type.shape.dim, shape, strict=True):
            if isinstance(said, str):
                dim.dim_param = said
            elif dim.dim_value != said:
                raise ValueError(f"{value.name}: exported with {dim} where the contract says {said}")
    del proto.graph.value_info[:]  # inferred shapes under the tracer's names for S, H, W; runtimes infer their own
    for node in proto.graph.node:  # source lines of the machine it was traced on are nobody's business
        del node.metadata_props[:]
        node.doc_string = ""
    save(proto, path)


def save(proto, path):
    import onnx

    onnx.checker.check_model(proto)
    onnx.save(proto, str(path))


def in_place(change, path: Path):
    """Applies a function of a protobuf to the file that holds it."""
    import onnx

    proto = onnx.load(str(path))
    change(proto)
    save(proto, path)


def float16_weights(proto):
    """Matrices and convolution kernels become float16 initialisers, each followed by a Cast; vectors stay float32."""
    import onnx
    from onnx import numpy_helper

    casts = []
    for weight in proto.graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT and len(weight.dims) >= 2:
            name, half = weight.name, numpy_helper.to_array(weight).astype(np.float16)
            if not np.isfinite(half).all():
                raise ValueError(f"{name}: a weight is too large for float16")
            weight.CopyFrom(numpy_helper.from_array(half, name + ".float16"))
            casts.append(onnx.helper.make_node("Cast", [name + ".float16"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *proto.graph.node]
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)


def quantise_to_int8(path: Path, *, exact: tuple[np.ndarray, ...] = ()):
    """Dynamic INT8 for matrix products with a constant weight, except those whose weight is in `exact`.

    Weights are recognised by their values: tracing transposes them and forgets their names."""
    import onnx
    from onnx import numpy_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic

    proto = onnx.load(str(path))
    matrices = {w.name: numpy_helper.to_array(w) for w in proto.graph.initializer if len(w.dims) == 2}
    spared = {name for name, value in matrices.items() for e in exact if np.array_equal(value, e) or np.array_equal(value, e.T)}
    if len(spared) < len(exact):
        raise ValueError(f"only {len(spared)} of {len(exact)} weights that should stay exact were found in the graph")
    able = set(matrices) - spared  # three-dimensional weights (one matrix per head) the INT8 operator cannot take
    kept = [n.name for n in proto.graph.node if n.op_type in ("MatMul", "Gemm") and not able & set(n.input)]
    quantize_dynamic(str(path), str(path), op_types_to_quantize=["MatMul", "Gemm"], per_channel=True, weight_type=QuantType.QInt8,
                     nodes_to_exclude=kept, extra_options={"MatMulConstBOnly": True})
    in_place(float16_weights, path)


def fold_fp8(proto):
    """QuantizeLinear of a constant weight becomes an E4M3 initialiser: one byte a weight in the file."""
    import ml_dtypes
    import onnx
    from onnx import numpy_helper

    constant = {w.name: w for w in proto.graph.initializer}
    folded = {}
    for node in proto.graph.node:
        if node.op_type == "QuantizeLinear" and node.input[0] in constant:
            weight, scale = (numpy_helper.to_array(constant[name]) for name in node.input[:2])
            stored = np.clip(weight / scale[:, None], -448, 448).astype(ml_dtypes.float8_e4m3fn)
            folded[node.output[0]] = node.input[0]
            tensor = onnx.helper.make_tensor(node.output[0], onnx.TensorProto.FLOAT8E4M3FN, weight.shape, stored.tobytes(), raw=True)
            proto.graph.initializer.append(tensor)
    nodes = [n for n in proto.graph.node if n.output[0] not in folded]
    used = {name for n in nodes for name in n.input} | {o.name for o in proto.graph.output}
    weights = [w for w in proto.graph.initializer if w.name in used]
    for field, values in (("node", nodes), ("initializer", weights)):
        del getattr(proto.graph, field)[:]
        getattr(proto.graph, field).extend(values)


EXACT_IN_INT8 = r"pose\..*|lens\..*|hint|camera_block\..*"
"""Linear layers of our own model that stay float32 in the INT8 graph: they see a few special tokens only, cost nothing, and every pose
and focal length hangs on them."""


def write_onnx(model: nn.Module, path: Path, precision: str, *, exact: str = EXACT_IN_INT8):
    """The graph alone, at one of PRECISIONS. `exact`: names of linear layers (a pattern) that INT8 leaves alone."""
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, not {precision!r}")
    has_fp8 = any(isinstance(m, Fp8Linear) for m in model.modules())
    if has_fp8 != (precision == "fp8-qdq"):
        raise ValueError(f"precision {precision} and a model {'with' if has_fp8 else 'without'} FP8 layers do not go together")
    if precision == "int8-dynamic" and is_dense(model):
        cpu_graph.write(model, path)
        in_place(float16_weights, path)
        return
    trace(model, path)
    lower(path, precision, exact=weights_of(model, exact))


def is_dense(model: nn.Module) -> bool:
    """Our own model as it was trained, with nothing converted."""
    return isinstance(model, Teacher) and not any(isinstance(m, (SparseLinearMixer, Fp8Linear)) for m in model.modules())


def weights_of(model: nn.Module, pattern: str) -> tuple[np.ndarray, ...]:
    return tuple(m.weight.detach().cpu().numpy() for name, m in model.named_modules() if type(m) is nn.Linear and re.fullmatch(pattern, name))


def lower(path: Path, precision: str, *, exact: tuple[np.ndarray, ...] = ()):
    """What happens to a traced graph, in place."""
    if precision == "fp16-weights":
        in_place(float16_weights, path)
    elif precision == "int8-dynamic":
        quantise_to_int8(path, exact=exact)
    elif precision == "fp8-qdq":
        in_place(fold_fp8, path)


def contract(path: Path, *, id: str, precision: str, provenance: dict, licence: str = "Apache-2.0", buckets=BUCKETS) -> dict:
    """What the service checks before it trusts the graph."""
    def output(role, name, shape, unit, convention):
        return {"role": role, "name": name, "shape": shape, "dtype": "float32", **({"unit": unit} if unit else {}), "convention": convention}

    return {
        "contract_version": "1", "id": id, "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(), "opset": OPSET,
        "precision": precision, "licence": licence, "provenance": provenance,
        "views": {"min": VIEWS[0], "max": VIEWS[1], "reference": "first"},
        "buckets": [list(b) for b in buckets], "resize": "stretch",
        "input": {"name": "images", "shape": ["S", 3, "H", "W"], "dtype": "float32", "colour": "RGB", "range": [0, 1], "normalisation": "inside"},
        "focal_hint": {"name": "focal_hint", "shape": ["S", 2], "dtype": "float32", "convention": "fx/width, fy/height", "unknown": 0, "negative": "ratio"},
        "outputs": [output(*o) for o in OUTPUTS],
    }


def export(model: nn.Module, out, *, id: str, precision: str, provenance: dict, images=None, buckets=BUCKETS) -> dict:
    """Writes the folder `out` (made in one piece: a failed export leaves nothing) and returns the contract.

    `images` (S, 3, H, W) in 0..1: a window to compare on and to draw; without it, noise is compared and nothing drawn."""
    from .report import draw_predictions, parity, report

    out = Path(out)
    model = model.eval()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_onnx(model, folder / "student.onnx", precision)
        says = contract(folder / "student.onnx", id=id, precision=precision, provenance=provenance, buckets=buckets)
        (folder / "contract.json").write_text(json.dumps(says, indent=1) + "\n")
        rows = parity(model, folder / "student.onnx", precision=precision, images=images, buckets=buckets)
        (folder / "report.md").write_text(report(folder / "student.onnx", says, rows))
        if images is not None:
            draw_predictions(folder / "student.onnx", images, folder / "predictions.png")
        out.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            shutil.copy(file, out / file.name)
    return says


def add_arguments(parser):
    parser.add_argument("checkpoint", type=Path, help="folder of weights, of a teacher or a student")
    parser.add_argument("out", type=Path, help="folder to write, e.g. models/lite3r-small")
    parser.add_argument("--id", help="the model's name (default: the folder's)")
    parser.add_argument("--precision", choices=PRECISIONS, help="default: int8-dynamic; of a published backbone fp8-qdq or fp16-weights, as it was converted")
    parser.add_argument("--capture", type=Path, help="folder with cameras.json whose frames are drawn and compared on")
    parser.add_argument("--views", type=int, default=6, help="a published backbone's graph takes exactly so many (our own takes 2 to 16)")
    parser.add_argument("--images", type=Path, help="a published backbone is compared on pictures of this folder")
    parser.add_argument("--provenance", nargs="*", default=[], metavar="KEY=VALUE", help="added to what the checkpoint knows")


def main(args):
    from . import captures
    from .backbones import store
    from .convert import load_any

    if (args.checkpoint / store.FILE).exists():
        from .backbones import export as backbone

        return backbone.main(args)
    model, facts = load_any(args.checkpoint)
    images = None
    if args.capture:
        capture = captures.load_capture(args.capture)
        count = len(capture.images)
        images = capture.images[captures.window_indices(count, size=4, gap=captures.usual_gap(capture))[0]].astype(np.float32) / 255
    provenance = {k: v for k, v in facts.items() if k not in ("config", "student")} | dict(p.split("=", 1) for p in args.provenance)
    says = export(model, args.out, id=args.id or args.out.name, precision=args.precision or "int8-dynamic", provenance=provenance, images=images)
    print(f"{args.out}: {says['precision']}, {says['sha256']}")

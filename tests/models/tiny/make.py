"""Makes student.onnx and contract.json beside this file: a model of a few kB that obeys the model contract; and the same in
../tiny-fp8, with the one product in it that can be one, brightness, between FP8 (E4M3FN) Q/DQ pairs on both its inputs; and in
../tiny-batch, with a first dimension B for windows that pass together.

It looks at nothing much and yet answers like a model, so that tests of the chain are fast and their expectation can be
computed: every window sees one and the same slanted plane from a camera that slides to the right.

    camera of view s   at (0.1 s, 0, 0), not turned
    depth              1 / (0.5 + 0.2 v), v in -1..1 from the top row to the bottom row: inverse depth linear in the image is a
                       plane; it does not depend on x, so sliding along x keeps it. Brightness moves it by at most 1 %, so that
                       one changed pixel changes the scene.
    confidence         1 + 4 x brightness
    focal lengths      0.9 x width, square pixels, unless focal_hint gives them

Run: python make.py   (needs `onnx`; the result is the same bytes every time)
"""

import hashlib
import json
from pathlib import Path

import onnx
from onnx import TensorProto, helper

HERE = Path(__file__).parent
OPSET = 20
OPSET_FP8 = 21
IMAGES, HINT = "images", "focal_hint"
BATCH = "batch_of_"
LUMA = [0.299, 0.587, 0.114]
SCALE_FP8 = 1 / 256  # an image's 1 becomes 256, of the 448 that E4M3FN has


def floats(name, values, shape=()):
    return helper.make_tensor(name, TensorProto.FLOAT, shape, values)


def ints(name, values, shape=()):
    return helper.make_tensor(name, TensorProto.INT64, shape, values)


def brightness():
    """Brightness of every pixel, [S, H, W]: nodes and constants."""
    n = helper.make_node
    return (
        [n("Mul", [IMAGES, "luma"], ["weighted"]), n("ReduceSum", ["weighted", "axis1"], ["brightness"], keepdims=0)],
        [floats("luma", LUMA, (1, 3, 1, 1)), ints("axis1", [1], (1,))],
    )


def brightness_fp8():
    """The same as a product of pixels and weights that are both quantised to FP8 and back, as FP8-aware training leaves them."""
    n = helper.make_node
    fp8 = TensorProto.FLOAT8E4M3FN
    return (
        [
            n("Transpose", [IMAGES], ["pixels"], perm=[0, 2, 3, 1]),
            n("QuantizeLinear", ["pixels", "scale", "fp8_zero"], ["pixels_q"]),
            n("DequantizeLinear", ["pixels_q", "scale", "fp8_zero"], ["pixels_dq"]),
            n("DequantizeLinear", ["luma_q", "scale", "fp8_zero"], ["luma"]),
            n("MatMul", ["pixels_dq", "luma"], ["product"]),
            n("Squeeze", ["product", "last"], ["brightness"]),
        ],
        [
            helper.make_tensor("luma_q", fp8, (3, 1), [w / SCALE_FP8 for w in LUMA]),
            helper.make_tensor("fp8_zero", fp8, (), [0.0]),
            floats("scale", [SCALE_FP8]), ints("last", [-1], (1,)),
        ],
    )


def unbatched():
    """[B, S, 3, H, W] and [B, S, 2] as B S views of one window, whose cameras begin anew in each window: nodes and constants."""
    n = helper.make_node
    return (
        [
            n("Shape", [BATCH + IMAGES], ["batch_shape"]),
            n("Slice", ["batch_shape", "two", "five"], ["image_shape"]),
            n("Concat", ["minus_one", "image_shape"], ["flat_shape"], axis=0),
            n("Reshape", [BATCH + IMAGES, "flat_shape"], [IMAGES]),
            n("Reshape", [BATCH + HINT, "flat_hint"], [HINT]),
            n("Slice", ["batch_shape", "first", "two"], ["batch_and_views"]),
            n("Gather", ["batch_shape", "one"], ["views_each"]),
            n("Slice", ["batch_shape", "three", "five"], ["plane_shape"]),
        ],
        [ints("five", [5], (1,)), ints("three", [3], (1,)), ints("minus_one", [-1], (1,)), ints("flat_hint", [-1, 2], (2,))],
    )


def batched(outputs):
    """What was computed for B S views, as [B, S, ...]."""
    n = helper.make_node
    nodes = [n("Concat", ["batch_and_views", "plane_shape"], ["depth_shape"], axis=0)]
    constants = []
    for name, last in outputs.items():
        shape = "depth_shape"
        if last:
            shape = f"{name}_shape"
            constants.append(ints(f"{name}_last", [last], (1,)))
            nodes.append(n("Concat", ["batch_and_views", f"{name}_last"], [shape], axis=0))
        nodes.append(n("Reshape", [name, shape], [BATCH + name]))
    return nodes, constants


def graph(bright, batch=False):
    bright_nodes, bright_constants = bright
    constants = [
        *bright_constants,
        ints("zero", [0]), ints("one", [1]), ints("first", [0], (1,)), ints("two", [2], (1,)), ints("four", [4], (1,)),
        ints("row_shape", [1, -1, 1], (3,)), ints("column", [-1, 1], (2,)),
        floats("half", [0.5]), floats("two_f", [2.0]), floats("one_f", [1.0]), floats("four_f", [4.0]),
        floats("slope", [0.2]), floats("wobble", [0.02]), floats("focal_x", [0.9]), floats("zero_f", [0.0]),
        floats("identity", [1, 0, 0, 0], (1, 4)), floats("zeros2", [0, 0], (1, 2)), floats("slide", [0.1, 0, 0], (1, 3)),
    ]
    n = helper.make_node
    nodes = [
        n("Shape", [IMAGES], ["shape"]),
        n("Gather", ["shape", "zero"], ["views"]),
        n("Slice", ["shape", "two", "four"], ["size"]),
        n("Gather", ["size", "zero"], ["height"]),
        n("Gather", ["size", "one"], ["width"]),
        n("Cast", ["height"], ["height_f"], to=TensorProto.FLOAT),
        n("Cast", ["width"], ["width_f"], to=TensorProto.FLOAT),
        *bright_nodes,
        # v of every row: (2 row + 1) / H - 1.
        n("Range", ["zero", "height", "one"], ["rows"]),
        n("Cast", ["rows"], ["rows_f"], to=TensorProto.FLOAT),
        n("Add", ["rows_f", "half"], ["centres"]),
        n("Div", ["centres", "height_f"], ["fraction"]),
        n("Mul", ["fraction", "two_f"], ["doubled"]),
        n("Sub", ["doubled", "one_f"], ["v"]),
        n("Mul", ["v", "slope"], ["tilt"]),
        n("Add", ["tilt", "half"], ["inverse_depth"]),
        n("Reciprocal", ["inverse_depth"], ["plane"]),
        n("Reshape", ["plane", "row_shape"], ["plane_rows"]),
        n("Sub", ["brightness", "half"], ["signed"]),
        n("Mul", ["signed", "wobble"], ["relative"]),
        n("Add", ["relative", "one_f"], ["factor"]),
        n("Mul", ["plane_rows", "factor"], ["depth"]),
        n("Mul", ["brightness", "four_f"], ["sureness"]),
        n("Add", ["sureness", "one_f"], ["conf"]),
        # Poses: [S, 4] and [S, 3].
        n("Range", ["zero", "views", "one"], ["index_of_all" if batch else "index"]),
        *([n("Mod", ["index_of_all", "views_each"], ["index"])] if batch else []),
        n("Cast", ["index"], ["index_f"], to=TensorProto.FLOAT),
        n("Reshape", ["index_f", "column"], ["index_column"]),
        n("Mul", ["index_column", "slide"], ["trans"]),
        n("Mul", ["index_column", "zero_f"], ["zero_column"]),
        n("Add", ["zero_column", "identity"], ["quat"]),
        # Focal lengths: the hint where it is known, else 0.9 and 0.9 width / height.
        n("Div", ["width_f", "height_f"], ["aspect"]),
        n("Mul", ["aspect", "focal_x"], ["focal_y"]),
        n("Unsqueeze", ["focal_x", "first"], ["fx"]),
        n("Unsqueeze", ["focal_y", "first"], ["fy"]),
        n("Concat", ["fx", "fy"], ["fxy"], axis=0),
        n("Add", ["fxy", "zeros2"], ["guess"]),
        n("Greater", [HINT, "zero_f"], ["known"]),
        n("Where", ["known", HINT, "guess"], ["focal"]),
    ]
    value = helper.make_tensor_value_info
    prefix, lead = ("", []) if not batch else (BATCH, ["B"])
    if batch:
        first, first_constants = unbatched()
        last, last_constants = batched({"depth": None, "conf": None, "quat": 4, "trans": 3, "focal": 2})
        nodes = [*first, *nodes, *last]
        constants += first_constants + last_constants
    return helper.make_graph(
        nodes,
        "tiny",
        [
            value(prefix + IMAGES, TensorProto.FLOAT, [*lead, "S", 3, "H", "W"]),
            value(prefix + HINT, TensorProto.FLOAT, [*lead, "S", 2]),
        ],
        [
            value(prefix + "depth", TensorProto.FLOAT, [*lead, "S", "H", "W"]),
            value(prefix + "conf", TensorProto.FLOAT, [*lead, "S", "H", "W"]),
            value(prefix + "quat", TensorProto.FLOAT, [*lead, "S", 4]),
            value(prefix + "trans", TensorProto.FLOAT, [*lead, "S", 3]),
            value(prefix + "focal", TensorProto.FLOAT, [*lead, "S", 2]),
        ],
        initializer=constants,
    )


def contract(model_bytes, name, opset, precision, batch):
    prefix, lead = ("", []) if not batch else (BATCH, ["B"])

    def output(role, name, shape, convention, **more):
        return {"role": role, "name": prefix + name, "shape": [*lead, *shape], "dtype": "float32", "convention": convention, **more}

    return {
        "contract_version": "1",
        "id": name,
        "sha256": hashlib.sha256(model_bytes).hexdigest(),
        "opset": opset,
        "precision": precision,
        "licence": "Apache-2.0",
        "provenance": {"made_by": "tests/models/tiny/make.py", "trained": False},
        "views": {"min": 2, "max": 16, "reference": "first"},
        "buckets": [[96, 128], [128, 96]],
        **({"batch": {"max": batch}} if batch else {}),
        "resize": "stretch",
        "input": {
            "name": prefix + IMAGES,
            "shape": [*lead, "S", 3, "H", "W"],
            "dtype": "float32",
            "colour": "RGB",
            "range": [0, 1],
            "normalisation": "inside",
        },
        "focal_hint": {"name": prefix + HINT, "shape": [*lead, "S", 2], "dtype": "float32", "convention": "fx/width, fy/height", "unknown": 0},
        "outputs": [
            output("depth", "depth", ["S", "H", "W"], "z-depth", unit="submap"),
            output("confidence", "conf", ["S", "H", "W"], ">= 1, larger is surer"),
            output("rotation", "quat", ["S", 4], "submapFromCamera, wxyz"),
            output("translation", "trans", ["S", 3], "submapFromCamera, x_submap = R x_camera + t", unit="submap"),
            output("focal", "focal", ["S", 2], "fx/width, fy/height, principal point at centre"),
        ],
    }


def write(folder, bright, name, opset, precision, batch=None):
    model = helper.make_model(graph(bright, batch is not None), opset_imports=[helper.make_opsetid("", opset)], ir_version=10, producer_name="lite3r-tests")
    onnx.checker.check_model(model, full_check=True)
    model_bytes = model.SerializeToString(deterministic=True)
    folder.mkdir(exist_ok=True)
    (folder / "student.onnx").write_bytes(model_bytes)
    (folder / "contract.json").write_text(json.dumps(contract(model_bytes, name, opset, precision, batch), indent=2) + "\n")


def main():
    write(HERE, brightness(), "lite3r-tiny", OPSET, "fp32")
    write(HERE.parent / "tiny-fp8", brightness_fp8(), "lite3r-tiny-fp8", OPSET_FP8, "fp8-qdq")
    write(HERE.parent / "tiny-batch", brightness(), "lite3r-tiny-batch", OPSET, "fp32", batch=4)


if __name__ == "__main__":
    main()

"""How long a window takes on this machine's CPU: several models in turn, so that what else runs here disturbs them all alike.

    python -m lite3r_student bench-cpu models/lite3r-small/student.onnx OTHER.onnx --views 2 4 8 --threads 1 2

Each model computes one window after the other model has, again and again; the fastest of all its turns counts, because other work
only ever adds. CPU time is that of all threads, those that wait in a spinning loop included. Ratios are to the first model.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from .evaluate import onnx_predictor
from .report import peak_memory, processor


def bench(paths, *, views=4, threads=2, runs=10, size=(192, 256)) -> list[dict]:
    """One row for each model, in the order given."""
    predictors = [onnx_predictor(path, threads=threads) for path in paths]
    window, hint = np.random.default_rng(0).random((1, views, 3, *size), dtype=np.float32), np.zeros((1, views, 2), np.float32)
    rows = [{"views": views, "threads": threads, "ms": np.inf, "cpu_ms": np.inf} for _ in paths]
    for turn in range(runs + 1):
        for predict, row in zip(predictors, rows):
            wall, cpu = time.perf_counter(), time.process_time()
            predict(window, hint)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            if turn:  # the first one allocates
                row["ms"], row["cpu_ms"] = min(row["ms"], 1e3 * wall), min(row["cpu_ms"], 1e3 * cpu)
    return rows


def plain_int8(path: Path, folder: Path) -> Path:
    """What ONNX Runtime's own tool makes of a model of float32 or float16 weights: dynamic INT8 of the matrix products, nothing else."""
    import onnx
    from onnx import TensorProto, numpy_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model, out = onnx.load(str(path)), folder / f"{path.stem}-int8.onnx"
    weights = {w.name: w for w in model.graph.initializer}
    for node in list(model.graph.node):  # the tool does not look through the cast of a float16 weight
        if node.op_type == "Cast" and node.input[0] in weights and weights[node.input[0]].data_type == TensorProto.FLOAT16:
            wide = numpy_helper.to_array(weights[node.input[0]]).astype(np.float32)
            model.graph.initializer.append(numpy_helper.from_array(wide, node.output[0]))
            model.graph.node.remove(node)
    onnx.save(model, str(out))
    quantize_dynamic(str(out), str(out), op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8,
                     extra_options={"MatMulConstBOnly": True})
    return out


def add_arguments(parser: argparse.ArgumentParser):
    parser.add_argument("models", type=Path, nargs="+", help="ONNX files; contract.json is read where it lies beside one")
    parser.add_argument("--plain-int8", type=Path, nargs="*", default=[], metavar="MODEL", help="these too, after ONNX Runtime's own dynamic INT8")
    parser.add_argument("--views", type=int, nargs="+", default=[2, 4, 6, 8, 16])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=10)


def main(args):
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        named = [(str(p), p) for p in args.models] + [(f"{p}, plain INT8", plain_int8(p, Path(folder))) for p in args.plain_int8]
        print(f"{processor()}, ONNX Runtime {onnxruntime.__version__}, fastest of {args.runs}\n")
        print("| model | views | threads | ms | CPU ms | times the first | peak MB |\n|---|---|---|---|---|---|---|", flush=True)
        for threads in args.threads:
            for views in args.views:
                rows = bench([p for _, p in named], views=views, threads=threads, runs=args.runs)
                for (name, path), row in zip(named, rows):
                    memory = f"{peak_memory(path, views=views):.0f}" if threads == max(args.threads) else ""
                    print(f"| {name} | {views} | {threads} | {row['ms']:.0f} | {row['cpu_ms']:.0f} | {row['ms'] / rows[0]['ms']:.2f} | {memory} |", flush=True)

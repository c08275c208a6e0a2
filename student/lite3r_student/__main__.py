"""`python -m lite3r_student COMMAND ...`: a thin door; every command lives in the module of its name."""

import argparse
import importlib

COMMANDS = {
    "sample-capture": ("samples", "render the capture that ships with the repository"),
    "circuit-capture": ("circuit", "render a walk twice round a room, which closes loops"),
    "train": ("train", "train the teacher on procedural scenes"),
    "evaluate": ("evaluate", "one table for teacher and student on captures and held-out scenes"),
    "compact": ("checkpoint", "a run's weights as the repository stores them"),
    "confidence": ("confidence", "fit the confidence layer of a trained model in closed form"),
    "convert": ("convert", "turn a dense teacher into a Lite3R student"),
    "ablate": ("ablate", "what each step of the conversion costs and wins back, on held-out scenes"),
    "plot": ("plots", "learning curve, error against confidence, time against views"),
    "export": ("export", "write student.onnx and contract.json"),
    "bench-cpu": ("bench_cpu", "time of a window on this CPU, several models in turn"),
    "bench": ("bench_gpu", "latency and memory of teacher and student of a published backbone, on one GPU"),
    "bench-kernel": ("bench_kernel", "the attention kernel on a GPU: right, and how fast"),
    "bench-table": ("bench_table", "tables from what bench and bench-kernel wrote"),
    "distill": ("backbones.distill", "distil a converted backbone on BlendedMVS, on any number of GPUs"),
    "benchmark": ("benchmark", "BlendedMVS and DTU64 by the paper's protocol, and by a better one"),
    "dataset-capture": ("dataset_capture", "a scene of BlendedMVS or DTU64 as a capture"),
    "chamfer": ("chamfer", "how far a fused scene is from the capture's own depth"),
    "backbone-parity": ("backbones.parity", "Depth-Anything-3 against its authors' package"),
    "full-size": ("backbones.fullsize", "both backbones exported at full size, run by ONNX Runtime and compared"),
    "engine-graph": ("engine.graph", "graphs for TensorRT engines: float16, and FP8 with attention"),
    "engine-errors": ("engine.errors", "an engine's answers against those they should be"),
    "toy": ("toy", "the whole chain at toy size on the CPU"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="lite3r_student", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    modules = {}
    for name, (module, text) in COMMANDS.items():
        try:
            modules[name] = importlib.import_module(f".{module}", __package__)
            if not hasattr(modules[name], "add_arguments"):
                raise ModuleNotFoundError(f"{module}.py has no command line yet", name=f"{module}.main")
        except ModuleNotFoundError as missing:  # say what is absent when the command is used, not before
            modules[name] = missing
            commands.add_parser(name, help=f"{text} (needs {missing.name})")
            continue
        modules[name].add_arguments(commands.add_parser(name, help=text))
    args, _ = parser.parse_known_args()
    module = modules[args.command]
    if isinstance(module, ModuleNotFoundError):
        parser.exit(2, f"{args.command}: {module}\n")
    module.main(parser.parse_args())


if __name__ == "__main__":
    main()

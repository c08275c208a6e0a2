"""The whole chain at toy size on the CPU: render, train, convert, export, evaluate. Minutes, and a model that is good for nothing.

What it proves is that every step takes what the step before it leaves behind.
"""

import argparse
import time
from pathlib import Path

from . import convert, evaluate, export, samples, train


def add_arguments(parser):
    parser.add_argument("out", type=Path, help="folder for everything: capture, run, student, model")
    parser.add_argument("--steps", type=int, default=30, help="of training")


def command(module, *words):
    """Calls a module as its command line would."""
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    module.main(parser.parse_args([str(word) for word in words]))


def main(args):
    out, began = args.out, time.perf_counter()

    def step(what):
        print(f"[{time.perf_counter() - began:5.1f} s] {what}", flush=True)

    step("render a capture")
    samples.capture(out / "capture", instants=5, supersample=1)
    step(f"train for {args.steps} steps")
    command(train, out / "run", "--toy", "--steps", args.steps, "--workers", 0, "--no-compile")
    step("convert: sparse linear attention, FP8, closed form")
    command(convert, out / "run" / "ema", out / "student", "--fp8", "--calibration", 4, "--views", 2)
    step("export the teacher for the CPU")
    command(export, out / "run" / "ema", out / "model", "--id", "toy", "--precision", "int8-dynamic", "--capture", out / "capture")
    step("evaluate teacher, student and exported model")
    for name, model in (("teacher", out / "run" / "ema"), ("student", out / "student"), ("exported", out / "model" / "student.onnx")):
        command(evaluate, model, out / "capture", "--json", out / f"{name}.json")
    step("done")

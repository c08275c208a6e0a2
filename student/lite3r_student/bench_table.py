"""The tables of docs/results/gpu.md, from the rows that `bench`, `bench --profile` and `bench-kernel` wrote.

    ./lite3r student bench-table docs/results/gpu/*.jsonl

Rows tell what they are by their fields, so files may come in any order; of two rows for the same cell the later one counts.
"""

import json
from pathlib import Path

CASES = ("random", "one view", "equal keys", "K = 1", "everything", "blocks of 128", "64 queries, elu", "sharp")
STUDENT, LEAN = "fp8+sla", ", lean"
TRUNK_BARS = {8: 1.2, 16: 1.6, 60: 3.0}
"""Views -> how many times faster than the bf16 baseline the trunk should be."""
WHOLE_BAR = (2, 2.5)
"""At so many views the whole model should be so many times faster than fp32."""
MEMORY_BARS = {"fp32": 2.4, "bf16": 1.5}
"""Against a column: how many times lower the peak of memory should be."""


def table(head: list[str], rows) -> str:
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(str(c) for c in row) + " |" for row in rows)])


def correctness(rows: list[dict]) -> str:
    """Of variants that were tried on every case; the others differ from them in how blocks are fetched, not in arithmetic, and were tried on two."""
    found = {r["variant"]: r for r in rows if "right" in r and len(r.keys() & set(CASES)) == len(CASES)}
    return table(["variant", *CASES], ([r["variant"], *(f"{r[c]:.1e}" for c in CASES)] for r in found.values()))


def variants(rows: list[dict]) -> str:
    """All variants against each other at one size. Those rows, unlike the others, say their block."""
    found = {(r["variant"], r["block"], r["queries"]): r for r in rows if "block" in r and "attend_ms" in r}
    return table(["variant", "mixer ms", "of it: attention", "TFLOP/s"],
                 ([r["variant"], f"{r['mixer_ms']:.2f}", f"{r['attend_ms']:.2f}", f"{r['tflops']:.0f}"] for r in sorted(found.values(), key=lambda r: r["mixer_ms"])))


def kernel(rows: list[dict]) -> str:
    """Against dense attention of others, a column a size: milliseconds (TFLOP/s, cuDNN's time over it). A sparse row's time is the whole mixer's, choice and
    linear branch included; its TFLOP/s are of the attention proper, for the keys it sees."""
    found = {(r.get("dense") or ("FlexAttention" if "flex" in r else r["variant"]), r.get("keep", "dense"), r["tokens"]): r for r in rows if "tokens" in r and "failed" not in r}
    sizes = sorted({tokens for *_, tokens in found})

    def said(r):
        ms, dense = r.get("mixer_ms", r.get("ms")), found.get(("cuDNN", "dense", r["tokens"]))
        more = [f"{r['tflops']:.0f}" if "tflops" in r else "", f"{dense['ms'] / ms:.2f}x" if dense else ""]
        return f"{ms:.3f} ({', '.join(m for m in more if m)})"

    order = list(dict.fromkeys((name, keep) for name, keep, _ in found))
    order.sort(key=lambda x: (x[1] != "dense", x[0] != "FlexAttention", x[0]))
    return table(["attention", "keep", *(f"{tokens:,} tokens" for tokens in sizes)],
                 ([name, keep, *(said(found[name, keep, s]) if (name, keep, s) in found else "" for s in sizes)] for name, keep in order))


def parts(rows: list[dict]) -> str:
    """What a mixer's time is made of, each part timed as a graph of its own; for the fastest variant."""
    found = {(r["variant"], r["tokens"], r["keep"]): r for r in rows if "tokens" in r and "attend_ms" in r}
    best = min((r for r in found.values()), key=lambda r: (-r["tokens"], r["mixer_ms"]))["variant"] if found else None
    return table(["tokens", "keep", "mixer ms", "packing, means, linear branch", "choice", "attention"],
                 ([f"{tokens:,}", keep, *(f"{r[k + '_ms']:.3f}" for k in ("mixer", "summarise", "select", "attend"))] for (name, tokens, keep), r in found.items() if name == best))


def cells(rows: list[dict]) -> dict:
    return {(r["model"], r["views"], r["column"] + (LEAN if r.get("lean") else "")): r for r in rows if "whole_ms" in r}


def short(column: str) -> str:
    """Which variant ran is said beside the table."""
    return f"{STUDENT}, keep {column.split('keep ')[1]}" if column.startswith(STUDENT) else column


def ratio(other: dict | None, row: dict, key: str) -> float | None:
    return other[key] / row[key] if other and other.get(key) and row.get(key) else None


def shown(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def columns(rows: list[dict]) -> str:
    found, lines = cells(rows), []
    for (model, views, column), r in sorted(found.items()):
        base, paper = found.get((model, views, "bf16")), found.get((model, views, "fp32"))
        lines.append([model, views, short(column), f"{r['trunk_ms']:.2f}", f"{r['heads_ms']:.2f}", f"{r['whole_ms']:.2f}", r.get("peak_mb", ""), r["runs"],
                      *(shown(ratio(other, r, key)) for other, key in ((base, "trunk_ms"), (paper, "whole_ms"), (base, "peak_mb"), (paper, "peak_mb")))])
    return table(["model", "views", "column", "trunk ms", "heads ms", "whole ms", "peak MB", "runs", "trunk, bf16 over it", "whole, fp32 over it", "peak, bf16 over it",
                  "peak, fp32 over it"], lines)


def bars(rows: list[dict]) -> str:
    """What the student was to reach, and what it reached at each share of kept keys. Lean: with the memory of lean.py, beside the baseline as it is published, and
    beside one that had the same done to it."""
    found, lines = cells(rows), []
    keeps = sorted({r["keep"] for r in found.values() if "keep" in r}, reverse=True)

    def line(what, asked, model, views, against, key, form=""):
        values = []
        for keep in keeps:
            mine = next((r for (m, s, c), r in found.items()
                         if (m, s) == (model, views) and c.startswith(STUDENT) and r["keep"] == keep and c.endswith(LEAN) == (form == LEAN)), None)
            values.append(ratio(found.get((model, views, against)), mine, key) if mine else None)
        if any(v is not None for v in values):
            met = "" if values[0] is None else "**met**" if values[0] >= asked else "not met"
            exact = ("" if v is None else f"{v:.3f}" if round(v, 2) >= asked > v else f"{v:.2f}" for v in values)  # never round a miss into a hit
            lines.append([what, model, views, asked, *exact, met])

    for model in sorted({m for m, _, _ in found}):
        for views, asked in TRUNK_BARS.items():
            line("trunk, bf16 over it", asked, model, views, "bf16", "trunk_ms")
        line("whole, fp32 over it", WHOLE_BAR[1], model, WHOLE_BAR[0], "fp32", "whole_ms")
        for against, asked in MEMORY_BARS.items():
            for views in sorted({s for m, s, _ in found if m == model}):
                line(f"peak memory, {against} over it", asked, model, views, against, "peak_mb")
                line(f"peak memory, {against} over it lean", asked, model, views, against, "peak_mb", LEAN)
                if against == "bf16":
                    line("peak memory, bf16 over it, both lean", asked, model, views, against + LEAN, "peak_mb", LEAN)
    return table(["bar", "model", "views", "asked", *(f"keep {k}" for k in keeps), f"at keep {keeps[0]}" if keeps else "met"], lines)


def profiles(rows: list[dict]) -> str:
    """Milliseconds and share of each class of kernel, a column a cell."""
    found = {(r["model"], r["views"], r["column"], r["part"]): r for r in rows if "kinds_ms" in r}
    blocks = []
    for model, views, part in sorted({(m, s, p) for m, s, _, p in found}, key=lambda x: (x[2] != "trunk", x)):
        beside = {c: r for (m, s, c, p), r in found.items() if (m, s, p) == (model, views, part)}
        kinds = sorted({k for r in beside.values() for k in r["kinds_ms"]}, key=lambda k: -max(r["kinds_ms"].get(k, 0) for r in beside.values()))
        lines = [[kind, *(f"{r['kinds_ms'][kind]:.2f} ({r['kinds_ms'][kind] / r['total_ms']:.0%})" if kind in r["kinds_ms"] else "" for r in beside.values())] for kind in kinds]
        blocks.append(f"{model}, {views} views, {part}\n\n" + table(["ms in kernels", *map(short, beside)], [*lines, ["all", *(f"{r['total_ms']:.2f}" for r in beside.values())]]))
    return "\n\n".join(blocks)


SECTIONS = (("Correctness", correctness, "right"), ("Variants", variants, "block"), ("Kernel", kernel, "tokens"), ("Parts", parts, "tokens"), ("Bars", bars, "whole_ms"), ("Columns", columns, "whole_ms"),
            ("Profile", profiles, "kinds_ms"))


def add_arguments(parser):
    parser.add_argument("files", type=Path, nargs="+", help="JSON lines")


def main(args):
    rows = [json.loads(line) for file in args.files for line in file.read_text().splitlines() if line.strip()]
    for device in sorted({f"{r['device']}, {r['date']}, PyTorch {r['torch']}" for r in rows if "device" in r}):
        print(device)
    for title, make, field in SECTIONS:
        if any(field in r for r in rows):
            print(f"\n## {title}\n\n{make(rows)}")

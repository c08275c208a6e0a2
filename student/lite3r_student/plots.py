"""Pictures for docs/results: the learning curve of a run, error against confidence of an evaluation, time against views of a GPU bench (needs matplotlib).

    python -m lite3r_student plot curve OUT.png RUN [RUN ...]       folders with log.jsonl and eval-*.jsonl, of one run in pieces
    python -m lite3r_student plot confidence OUT.png TABLE.json     what evaluate --json wrote
    python -m lite3r_student plot views OUT.svg ROWS.jsonl          what bench --json wrote
"""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from .bench_table import short


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def gather_runs(runs) -> tuple[list[dict], dict]:
    """Training rows and name -> evaluation rows at S = 4, with "minute" counted through all pieces."""
    rows, watched, before = [], defaultdict(list), 0.0
    for run in map(Path, runs):
        log = read_lines(run / "log.jsonl")
        for row in log:
            rows.append(row | {"minute": (before + row["t"]) / 60})
        for file in sorted(run.glob("eval-*.jsonl")):
            for row in read_lines(file):
                if row["views"] == 4:
                    watched[row["name"]].append(row | {"minute": (before + row["t"]) / 60})
        before += log[-1]["t"]
    return rows, {name: sorted(found, key=lambda r: r["minute"]) for name, found in sorted(watched.items())}


def average_held_out(watched: dict) -> dict:
    """Captures as they are, the scene kinds of the held-out windows averaged into one line (by minute, rounded to a tenth)."""
    lines = {name: found for name, found in watched.items() if not name.startswith("held-out")}
    by_step = defaultdict(list)
    for name, found in watched.items():
        if name.startswith("held-out"):
            for row in found:
                by_step[row["step"]].append(row)
    if by_step:
        lines["held-out scenes"] = [{"minute": min(r["minute"] for r in rows), **{k: float(np.nanmean([r[k] for r in rows])) for k in ("auc30", "absrel")}}
                                    for _, rows in sorted(by_step.items())]
    return lines


def learning_curve(runs, png):
    plt = pyplot()
    rows, watched = gather_runs(runs)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), dpi=100)
    minutes = [r["minute"] for r in rows]
    for term in ("depth", "translation", "rotation", "match"):
        if term in rows[0]:
            left.semilogy(minutes, [r[term] for r in rows], label=term, linewidth=1)
    left.set(xlabel="minutes of training", ylabel="loss terms (not weighted)")
    for name, found in average_held_out(watched).items():
        right.plot([r["minute"] for r in found], [r["auc30"] for r in found], marker="o", markersize=2.5, linewidth=1, label=name)
    right.set(xlabel="minutes of training", ylabel="AUC@30, 4 views", ylim=(0, 1))
    for axes in (left, right):
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(png)
    plt.close(figure)


def error_by_confidence(table: dict, png):
    """AbsRel of the surest share of the pixels, a line per row that has depth truth. A flat line: confidence says nothing."""
    plt = pyplot()
    figure, axes = plt.subplots(figsize=(8, 4), dpi=100)
    shown = [(label, row) for label, row in table.items() if "by_confidence" in row]
    for n, (label, row) in enumerate(shown):
        curve = row["by_confidence"]
        axes.plot(100 * np.arange(1, len(curve) + 1) / len(curve), curve, marker="o", markersize=3, color=plt.cm.tab20(n % 20), label=label)
    axes.set(xlabel="surest pixels kept, % of those with truth", ylabel="AbsRel (one scale per window)", ylim=(0, None))
    axes.grid(alpha=0.3)
    if axes.lines:
        axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))  # beside the curves, not on them
    figure.tight_layout()
    figure.savefig(png)
    plt.close(figure)


def time_by_views(rows, picture):
    """Milliseconds of the trunk, one panel a model, one line a column, both axes logarithmic: a line twice as steep has attention in it."""
    plt = pyplot()
    rows = [r for r in rows if "trunk_ms" in r]
    models = sorted({r["model"] for r in rows})
    figure, panels = plt.subplots(1, len(models), figsize=(5.5 * len(models), 4), dpi=100, squeeze=False)
    for axes, model in zip(panels[0], models):
        for n, column in enumerate(sorted({r["column"] for r in rows})):
            points = sorted((r["views"], r["trunk_ms"]) for r in rows if (r["model"], r["column"]) == (model, column))
            if points:
                axes.loglog(*zip(*points), marker="o", markersize=3, linewidth=1, color=f"C{n}", label=short(column))
        ticks = sorted({r["views"] for r in rows})
        axes.set_xticks(ticks, [str(t) for t in ticks])
        axes.minorticks_off()
        axes.set(xlabel="views", ylabel="trunk, ms", title=model)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7)
    figure.tight_layout()
    with plt.rc_context({"svg.hashsalt": "views"}):  # ids in an SVG are random without it
        figure.savefig(picture, metadata={"Date": None} if Path(picture).suffix == ".svg" else None)
    plt.close(figure)


def pyplot():
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def add_arguments(parser):
    parser.add_argument("what", choices=("curve", "confidence", "views"))
    parser.add_argument("png", type=Path)
    parser.add_argument("sources", type=Path, nargs="+")


def main(args):
    if args.what == "curve":
        learning_curve(args.sources, args.png)
    elif args.what == "views":
        time_by_views([row for source in args.sources for row in read_lines(source)], args.png)
    else:
        error_by_confidence({k: v for source in args.sources for k, v in json.loads(source.read_text()).items()}, args.png)

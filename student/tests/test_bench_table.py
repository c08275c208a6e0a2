"""The tables say what the rows say, and which bars are met."""

import json

from lite3r_student import bench_table, toy


def cell(column, trunk, whole, peak, views=60, **more):
    return {"date": "2026-11-30", "device": "a GPU", "torch": "2", "model": "net", "views": views, "column": column, "trunk_ms": trunk, "heads_ms": 1.0, "whole_ms": whole, "peak_mb": peak,
            "runs": 20} | more


ROWS = [cell("bf16", 300.0, 310.0, 2000), cell("fp8+sla bf16 keep 0.3", 150.0, 160.0, 1600, keep=0.3), cell("fp8+sla bf16 keep 0.2", 99.0, 110.0, 1600, keep=0.2),
        cell("fp32", 3000.0, 3100.0, 4000), cell("bf16", 12.5, 13.0, 900, views=8), cell("fp8+sla bf16 keep 0.3", 10.0, 11.0, 600, views=8, keep=0.3)]


def line(text, *words):
    return next(row for row in text.splitlines() if all(w in row for w in words))


def test_a_bar_is_met_at_the_largest_share_of_keys_or_not_at_all():
    text = bench_table.bars(ROWS)
    assert line(text, "trunk", "| 60 |").endswith("| 3.0 | 2.00 | 3.03 | not met |")
    assert line(text, "trunk", "| 8 |").endswith("| 1.2 | 1.25 |  | **met** |")
    assert line(text, "peak memory, fp32", "| 60 |").endswith("| 2.4 | 2.50 | 2.50 | **met** |")
    assert line(text, "peak memory, bf16", "| 60 |").endswith("| 1.5 | 1.25 | 1.25 | not met |")
    assert "whole" not in text, "two views were not timed"


def test_a_miss_is_not_rounded_into_a_hit():
    rows = [cell("bf16", 16.0, 20.0, 900, views=16), cell("fp8+sla bf16 keep 0.3", 10.02, 15.0, 600, views=16, keep=0.3)]
    assert line(bench_table.bars(rows), "trunk", "| 16 |").endswith("| 1.6 | 1.597 | not met |")


def test_a_lean_row_stands_beside_the_one_it_came_from_and_is_held_against_both_baselines():
    text = bench_table.bars([*ROWS, cell("fp8+sla bf16 keep 0.3", 152.0, 165.0, 1300, keep=0.3, lean=2), cell("bf16", 302.0, 315.0, 1690, lean=2)])
    assert line(text, "peak memory, bf16 over it lean", "| 60 |").endswith("| 1.5 | 1.54 |  | **met** |")
    assert line(text, "peak memory, bf16 over it, both lean", "| 60 |").endswith("| 1.5 | 1.30 |  | not met |")
    assert line(text, "peak memory, bf16 over it |", "| 60 |").endswith("| 1.5 | 1.25 | 1.25 | not met |")
    assert line(text, "trunk", "| 60 |").endswith("| 3.0 | 2.00 | 3.03 | not met |")


def test_of_two_rows_for_a_cell_the_later_one_counts():
    assert "| 150.00 |" not in bench_table.columns([*ROWS, cell("fp8+sla bf16 keep 0.3", 140.0, 155.0, 1600, keep=0.3)])


def test_a_kernel_is_held_against_cudnn_with_its_choice_and_linear_branch(tmp_path, capsys):
    rows = [{"dense": "cuDNN", "views": 2, "tokens": 2082, "ms": 4.0, "tflops": 9.0},
            {"variant": "bf16/bf16", "keep": 0.3, "views": 2, "tokens": 2082, "mixer_ms": 2.0, "summarise_ms": 0.5, "select_ms": 0.25, "attend_ms": 1.0, "tflops": 11.0, "seen": 0.3},
            {"variant": "bf16/bf16", "right": True, **dict.fromkeys(bench_table.CASES, 0.0015)}, {"variant": "bf16/bf16 tried less", "right": True, "random": 0.0015}]
    (tmp_path / "kernel.jsonl").write_text("\n".join(map(json.dumps, rows)))
    toy.command(bench_table, tmp_path / "kernel.jsonl")
    text = capsys.readouterr().out
    assert "| bf16/bf16 | 0.3 | 2.000 (11, 2.00x) |" in text and "| 2,082 | 0.3 | 2.000 | 0.500 | 0.250 | 1.000 |" in text and "| bf16/bf16 | 1.5e-03 |" in text
    assert "tried less" not in text
    assert "## Profile" not in text

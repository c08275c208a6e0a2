#!/usr/bin/env bash
# What one Hopper GPU makes of the attention kernel and of the backbones' students: the numbers of docs/results/gpu.md, in calls of at most seven minutes.
#
#   runs/gpu-bench.sh kernel OUT          5 min: is the kernel right; all variants; winners against cuDNN, FlashAttention-2, FlexAttention
#   runs/gpu-bench.sh da3 OUT             7 min: Depth-Anything-3 Large, four columns, S = 2 8 16 60 4 32 as far as the time goes
#   runs/gpu-bench.sh vggt OUT            7 min: VGGT-1B
#   runs/gpu-bench.sh lean OUT            6 min: both again, baseline and student, with as little memory as lean.py knows; VIEWS (default 2 8 16 60), GROUPS_OF_HEADS (2), AT_A_TIME (1)
#   runs/gpu-bench.sh profile OUT         4 min: where the time goes at S = 8 and 60, baseline and student of both
#   runs/gpu-bench.sh export OUT          7 min on 12 CPU cores beside the above: full-size graphs through ONNX Runtime against PyTorch
#   runs/gpu-bench.sh rehearse OUT        3 min on a CPU: the same code at toy width (the kernel in Triton's interpreter)
#
# ATTENTION="NAME,NAME" (default bf16): precision of sparse attention (bf16 int8 8bit fp8), or names from the kernel table. KEEP (default 0.3), VIEWS, BUDGET in seconds.
# BESIDE=GROUP: another program's process group on the same GPU, stopped while a clock runs.
# A machine with its own PyTorch: LITE3R='python3 -m lite3r_student' PYTHONPATH=student. Compiled kernels stay in $CACHE, so a second call starts sooner.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

step=${1:?step} OUT=${2:?folder for results}
read -r -a lite3r <<<"${LITE3R:-student/run}"
read -r -a keep <<<"${KEEP:-0.3}"
read -r -a views <<<"${VIEWS:-2 8 16 60 4 32}"
if [ -n "${ATTENTION:-}" ]; then IFS=, read -r -a attention <<<"$ATTENTION"; else attention=(bf16); fi # names hold spaces: separate them by commas
export TORCHINDUCTOR_CACHE_DIR=${CACHE:-/tmp/lite3r-inductor} TRITON_CACHE_DIR=${CACHE:-/tmp/lite3r-inductor}/triton PYTHONUNBUFFERED=1
mkdir -p "$OUT"

bench() { # $1: model
  "${lite3r[@]}" bench --models "$1" --views "${views[@]}" --keep "${keep[@]}" --attention "${attention[@]}" --budget "${BUDGET:-390}" \
    --json "$OUT/bench-$1.jsonl" | tee "$OUT/bench-$1.txt"
}

case $step in
  kernel)
    "${lite3r[@]}" bench-kernel --budget "${BUDGET:-270}" --json "$OUT/kernel.jsonl" --flex | tee "$OUT/kernel.txt"
    ;;
  da3) bench da3-large ;;
  vggt) bench vggt-1b ;;
  lean)
    for model in da3-large vggt-1b; do
      "${lite3r[@]}" bench --models "$model" --views ${VIEWS:-2 8 16 60} --columns fp8+sla bf16 --keep "${keep[@]}" --attention "${attention[@]}" --lean "${GROUPS_OF_HEADS:-2}" \
        --heads-at-a-time "${AT_A_TIME:-1}" --budget "${BUDGET:-180}" --json "$OUT/lean-$model.jsonl" | tee "$OUT/lean-$model.txt"
    done
    ;;
  profile)
    for model in da3-large vggt-1b; do
      "${lite3r[@]}" bench --models "$model" --views 8 60 --columns bf16 fp8+sla --keep "${keep[@]}" --attention "${attention[@]}" --budget "${BUDGET:-120}" \
        --profile "$OUT/profile-$model.md" --json "$OUT/profile.jsonl"
    done
    ;;
  export) # one after the other: each takes up to 30 GB of memory
    for model in da3-large vggt-1b; do
      for kind in teacher student; do
        "${lite3r[@]}" full-size --models "$model" --kinds "$kind" --threads "${THREADS:-8}" 2>&1 | grep -v '^W\|Skipping' | tee -a "$OUT/full-size.md"
      done
    done
    ;;
  rehearse)
    student/run pytest tests/test_hopper.py -q
    for model in da3-large vggt-1b; do
      student/run bench --toy --models "$model" --views 2 3 --runs 2 --json "$OUT/toy.jsonl"
      student/run bench --toy --models "$model" --views 2 --columns bf16 fp8+sla --lean 2 --heads-at-a-time 1 --runs 2 --json "$OUT/toy.jsonl"
      student/run bench --toy --models "$model" --views 2 --columns bf16 fp8+sla --profile "$OUT/toy-$model.md"
    done
    student/run full-size --toy --threads 1 --table "$OUT/toy-full-size.md"
    ;;
  *) echo "unknown step $step" >&2 && exit 2 ;;
esac

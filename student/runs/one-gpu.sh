#!/usr/bin/env bash
# One GPU (GPUS=2: two of one host), half an hour, in calls of at most ten minutes: go on training the shipped model, convert it,
# measure it; then ship at home. PIECE=430: seconds of training in a call, where starts and saving leave less of ten minutes.
#
#   runs/one-gpu.sh train   OUT [CAPTURES.npz]     10 min on the GPU; again for another piece: it goes on from $WORK/run/state.pt
#   runs/one-gpu.sh settle  OUT [CAPTURES.npz]     10 min on the GPU: the last piece, with a falling learning rate
#   runs/one-gpu.sh whole   OUT [CAPTURES.npz]     both in one piece of PIECE seconds, where nothing limits a call
#   runs/one-gpu.sh measure OUT [CAPTURES.npz]      8 min on the GPU: student against teacher on 512 windows, ablation, captures
#   runs/one-gpu.sh ship    OUT [CAPTURES.npz]     20 min on two CPU cores: export, tables; writes models/lite3r-small
#   runs/one-gpu.sh rehearse OUT                    3 min on a CPU: the same four, toy model, OUT/ship instead of models/
#
# What a call leaves in OUT is enough to go on elsewhere: at most 8 files of at most 15 MiB (weights travel in pieces). Only the optimiser's
# state (0.5 GB) stays in WORK on the machine; without it the next piece starts from OUT/ema with a short warm-up.
# CAPTURES.npz: what `evaluate --pack` wrote; watched and measured, never trained on.
#
# The first run used eight GPUs. One has an eighth of its batch, so learning rates are lower by sqrt(8), and sees about 1.5 million
# pictures in two pieces, a tenth of the first run: this is for changes of data and losses (LOG.md: the plan), not for a new model.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

step=${1:?step} OUT=${2:?folder for results} CAPTURES=${3:-}
WORK=${WORK:-/tmp/lite3r-run} FROM=${FROM:-models/lite3r-small/checkpoint} SHIP=${SHIP:-models/lite3r-small}
read -r -a lite3r <<<"${LITE3R:-student/run}" # on a machine with its own PyTorch: LITE3R='python3 -m lite3r_student' PYTHONPATH=student
mkdir -p "$OUT" "$WORK"

# What the two sizes differ in.
size=(--seconds "${PIECE:-530}" --workers 14 --lr 5e-4 --muon-lr 7e-3 --skip 5240 --ema 0.998 --eval-every "${EVERY:-180}")
windows=512 calibration=64 training=512 steps=500 held_out=192 lesson=8 views=(4 16)
if [ -n "${TOY:-}" ]; then
  size=(--toy --steps "$((TOY * 6))" --workers 0 --no-compile) windows=2 calibration=2 training=2 steps=2 held_out=8 lesson=4 views=(4)
fi

train() { # $1: share of the piece after which the learning rate falls
  local start=()
  if [ -d "$OUT/ema" ]; then start=(--from "$OUT/ema"); elif [ -z "${TOY:-}" ]; then start=(--from "$FROM"); fi
  local trainer=("${lite3r[@]}")
  if [ "${GPUS:-1}" -gt 1 ]; then trainer=(torchrun --nproc-per-node "$GPUS" -m lite3r_student); fi
  # state.pt, where there is one, goes before --from
  "${trainer[@]}" train "$WORK/run" "${size[@]}" "${start[@]}" --decay-from "$1" ${CAPTURES:+--eval "$CAPTURES"}
  rm -rf "$OUT/ema" && cp -r "$WORK/run/ema" "$WORK/run"/*.jsonl "$OUT" # 4 pieces of 15 MiB, index, 2 logs
}

case $step in
  train) train 1 ;;
  settle) train 0.1 ;;
  whole) train 0.35 ;;
  measure)
    ema=$OUT/ema
    if [ ! -d "$ema" ]; then ema=$WORK/run/ema; fi # the machine may give every call an empty OUT
    # 4 min: every row of the table, S = 4 and 16
    "${lite3r[@]}" ablate "$ema" --views "${views[@]}" --windows $windows --calibration $calibration --training $training --steps $steps --train-views $lesson --threads "${THREADS:-4}" --json "$OUT/ablation.json" | tee "$OUT/ablation.md"
    # 1 min, 57 MB in WORK: the Lite3R student itself, FP8 on
    "${lite3r[@]}" convert "$ema" "$WORK/student" --fp8 --keep 0.3 --calibration $calibration --views $lesson --steps $steps
    # 1 min each: teacher and student on captures and on held-out scenes by kind
    for model in "$ema" "$WORK/student"; do
      "${lite3r[@]}" evaluate "$model" ${CAPTURES:+"$CAPTURES"} --held-out $held_out --views "${views[@]}" --json "$WORK/$(basename "$model").json"
    done | tee "$OUT/evaluation.md"
    rm -rf "$OUT"/{ema,*.jsonl} # came back with the call before; 8 files are the limit
    cp "$WORK"/{ema,student}.json "$OUT"
    ;;
  ship)
    # 1 min, 39 MB: the weights as they are stored
    "${lite3r[@]}" compact "$OUT/ema" "$SHIP/checkpoint"
    # 3 min, 32 MB: INT8 ONNX, contract, report, picture
    "${lite3r[@]}" export "$SHIP/checkpoint" "$SHIP" --id lite3r-small --capture samples/two-camera-room --provenance "commit=$(git rev-parse --short HEAD)"
    # 10 min: what ships, on captures and held-out scenes
    "${lite3r[@]}" evaluate "$SHIP/student.onnx" ${CAPTURES:+"$CAPTURES"} --held-out $held_out --views "${views[@]}" --threads 2 --json "$OUT/shipped.json" | tee "$OUT/shipped.md"
    "${lite3r[@]}" bench-cpu "$SHIP/student.onnx" --views "${views[@]}" | tee "$OUT/bench.md"
    "${lite3r[@]}" plot curve "$OUT/curve.png" "$OUT"
    ;;
  rehearse)
    export WORK=$OUT/work SHIP=$OUT/ship
    TOY=1 "$0" train "$OUT/results"
    TOY=2 "$0" settle "$OUT/results" # goes on where the first piece stopped, up to 12 steps
    cp -r "$OUT/results" "$OUT/kept" # "measure" clears the weights away
    TOY=1 "$0" measure "$OUT/results"
    TOY=1 "$0" ship "$OUT/kept"
    ;;
  *) echo "unknown step $step" >&2 && exit 2 ;;
esac

"""The training loop: plans from worker processes, pictures from the renderer, one model per GPU, one all-reduce per step.

    python -m lite3r_student train OUT --seconds 1400            one process
    torchrun --nproc-per-node 8 -m lite3r_student train OUT ...  all GPUs of a host

The schedule follows the clock: whatever the speed turns out to be, the learning rate has decayed when the time is over. OUT holds
`log.jsonl` (the curve), `eval-R.jsonl`, `state.pt` (everything, for going on after a crash) and `ema/` (what is shipped; pieces of
15 MiB). `--from FOLDER` starts from such pieces on another machine, with a fresh optimiser and a short warm-up.
"""

import contextlib
import functools
import json
import os
import time
from pathlib import Path

import torch
import torch.distributed as dist

from . import checkpoint, data, losses, sensor
from .model import Config, NormGelu, Teacher, norm_gelu
from .optimiser import Optimiser, schedule

TOY = (data.Stage(10**9, 8, 1, {(64, 96): 1}, {2: 1, 4: 1}),)


def add_arguments(p) -> None:
    p.add_argument("out", type=Path)
    p.add_argument("--seconds", type=float, default=1200, help="wall-clock length of the run, start-up included")
    p.add_argument("--steps", type=int, default=0, help="instead of the clock: stop after this many steps (deterministic)")
    p.add_argument("--decay-from", type=float, default=0.62, help="share of the run after which the learning rate falls")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--workers", type=int, default=14, help="processes making scenes, per GPU")
    p.add_argument("--lr", type=float, default=1.5e-3)
    p.add_argument("--muon-lr", type=float, default=0.02)
    p.add_argument("--ema", type=float, default=0.999)
    p.add_argument("--eval", type=Path, help="packed captures to watch (never trained on)")
    p.add_argument("--eval-every", type=float, default=90, help="seconds")
    p.add_argument("--from", dest="start", type=Path, help="weights to start from (a folder of pieces)")
    p.add_argument("--skip", type=int, default=0, help="with --from: steps of the curriculum already behind")
    p.add_argument("--small-steps", type=int, default=600, help="steps at small pictures first")
    p.add_argument("--pictures", type=int, default=384, help="per step and GPU at full size")
    p.add_argument("--toy", action="store_true", help="tiny model and pictures: the whole loop on a CPU in seconds")
    p.add_argument("--no-compile", action="store_true")
    p.add_argument("--profile", type=int, default=0, help="after this many steps print where the GPU's time goes, then go on")


class Parts:
    """The pieces of the step, compiled where that pays: the large maps and the token-wise work.

    Compiling for symbolic shapes is slow as soon as two dimensions vary (minutes of algebra), so each piece sees tensors of which
    one long dimension varies: tokens in a row, pixels in a row.
    """

    def __init__(self, model: Teacher, compiled: bool):
        self.develop, self.dense = sensor.develop, losses.dense_terms
        if compiled:
            torch._dynamo.config.cache_size_limit = torch._dynamo.config.accumulated_cache_size_limit = 256
            torch._dynamo.config.suppress_errors = True  # what will not compile runs as it is
            self.develop = functools.partial(sensor.develop, light=vary(sensor.light), film=vary(sensor.film))
            self.dense = functools.partial(losses.dense_terms, pixels=vary(losses.pixel_terms))
            model.fast = True
            before, after = vary(type(model.blocks[0]).before), vary(type(model.blocks[0]).after)
            for block in model.blocks:  # one compiled function for all: parameters are inputs, not constants
                block.before, block.after = functools.partial(before, block), functools.partial(after, block)
            rows = vary(norm_gelu)
            for m in model.modules():
                if isinstance(m, NormGelu):
                    m.rows = rows


def vary(f):
    """Compiles f for one long varying dimension: the first of a table, the second of (1, tokens, C), the last of (I, 3, pixels)."""
    compiled = torch.compile(f)

    def mark(x):
        if isinstance(x, torch.Tensor) and x.ndim in (2, 3) and not isinstance(x, torch.nn.Parameter):
            d = 0 if x.ndim == 2 else 1 if x.shape[0] == 1 and x.shape[1] > 1 else 2
            if x.shape[d] > 1:
                torch._dynamo.maybe_mark_dynamic(x, d)
        elif isinstance(x, tuple):
            for y in x:
                mark(y)

    def call(*args):
        mark(args)
        return compiled(*args)

    return call


class Run:
    """State of one process."""

    def __init__(self, args):
        self.args = args
        self.began = time.time() if "LITE3R_BEGAN" not in os.environ else float(os.environ["LITE3R_BEGAN"])
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.cuda = torch.cuda.is_available()
        self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if self.cuda else torch.device("cpu")
        if args.toy:
            self.curriculum, config = TOY, Config.toy()
        else:
            small, full = data.CURRICULUM
            self.curriculum = (data.Stage(args.small_steps, 4 * args.pictures, small.reuse, small.buckets, small.views), data.Stage(full.steps, args.pictures, 1, full.buckets, full.views))
            config = Config()
        self.step = args.skip if args.start else 0
        self.warm_from = self.step
        self.plans = None
        state = args.out / "state.pt"
        resume = torch.load(state, map_location="cpu", weights_only=True) if state.exists() else None
        if resume:
            self.step = self.warm_from = resume["step"]
        # workers fork before this process touches the GPU
        self.plans = data.loader(args.seed, self.rank, self.step, args.workers, self.curriculum)
        if self.cuda:
            torch.cuda.set_device(self.device)
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
            torch.backends.cudnn.benchmark = False
        if self.world > 1:
            dist.init_process_group("nccl" if self.cuda else "gloo", **({"device_id": self.device} if self.cuda else {}))
        torch.manual_seed(args.seed)
        self.model = Teacher(config).to(self.device)
        self.average = Teacher(config).to(self.device).requires_grad_(False).eval()
        if args.start:
            self.model.load_state_dict(checkpoint.load(args.start)[0])
        self.optimiser = Optimiser(self.model, args.lr, args.muon_lr)
        self.average.load_state_dict(self.model.state_dict())
        if resume:
            self.model.load_state_dict(resume["model"])
            self.average.load_state_dict(resume["average"])
            self.optimiser.load_state_dict(resume["optimiser"])
            self.warm_from = resume["warm_from"]
        self.parts = Parts(self.model, self.cuda and not args.no_compile)
        self.pairs = ([p for p in self.average.parameters()], [p for p in self.model.parameters()])
        self.sums: dict[str, torch.Tensor] = {}
        self.pictures, self.waited = 0, 0.0

    def say(self, name: str, row: dict) -> None:
        with (self.args.out / name).open("a") as f:
            f.write(json.dumps(row) + "\n")

    def progress(self) -> float:
        """Share of the run that is over, agreed between the processes."""
        if self.args.steps:
            return self.step / self.args.steps
        longer = self.args.out / "seconds"  # the length may be changed while the run goes on
        seconds = float(longer.read_text()) if self.rank == 0 and longer.exists() else self.args.seconds
        p = torch.tensor([(time.time() - self.began) / seconds], device=self.device)
        if self.world > 1:
            dist.broadcast(p, 0)
        return float(p)

    def one_step(self, factor: float) -> None:
        began = time.time()
        plan = next(self.plans)
        self.waited += time.time() - began
        windows, views, height, width = plan.pop("shape").tolist()
        plan = {k: v.to(self.device, non_blocking=True) for k, v in plan.items()}
        g = torch.Generator().manual_seed(self.step * 977 + self.rank)
        torch.manual_seed((self.args.seed * 10**6 + self.step) * 64 + self.rank)  # the sensor's noise
        plan = data.respin(plan, windows, g)
        with torch.no_grad():
            w = data.expose(plan, height, width, self.parts.develop)
            truth = losses.truth_of(w)
            hint = truth.focal * hints(windows, g).to(self.device)
        # Half of the steps show global attention 30 to 90 % of its keys: the student will see no more (share of the clock unchanged).
        keep = 1.0 if torch.rand((), generator=g) < 0.5 else 0.3 + 0.6 * float(torch.rand((), generator=g))
        mixed = torch.autocast("cuda", torch.bfloat16) if self.cuda else contextlib.nullcontext()
        with mixed:
            out = self.model.everything(w.images, hint, training=True, keep=keep)
        fade = max(0.3, 1 - self.step / 8000)
        loss, terms = losses.total(out, truth, fade, self.parts.dense)
        self.optimiser.zero()
        loss.backward()
        self.optimiser.gather()
        if self.world > 1:
            dist.all_reduce(self.optimiser.flat, op=dist.ReduceOp.AVG if self.cuda else dist.ReduceOp.SUM)
            if not self.cuda:
                self.optimiser.flat.div_(self.world)
        spoilt = self.optimiser.drop_spoilt()
        self.optimiser.step(factor)
        decay = min(self.args.ema, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.pairs[0], self.pairs[1], 1 - decay)
        for k, v in {"loss": loss, **terms, "spoilt": spoilt}.items():
            self.sums[k] = self.sums.get(k, 0) + v.detach().float().nan_to_num(0, 0, 0)
        self.pictures += windows * views

    def log(self, since: float, count: int, factor: float) -> None:
        now = time.time()
        if self.rank == 0:
            row = {"step": self.step, "t": round(now - self.began, 1), "lr": round(factor, 4), "pictures_per_s": round(self.pictures * self.world / (now - since)), "waited": round(self.waited / max(now - since, 1e-9), 3)}
            row |= {k: round(float(v) / count, 4) for k, v in self.sums.items()}
            if self.cuda:
                row["gib"] = round(torch.cuda.max_memory_allocated() / 2**30, 1)
            self.say("log.jsonl", row)
            print(json.dumps(row), flush=True)
        self.sums, self.pictures, self.waited = {}, 0, 0.0

    def save(self, full: bool = True) -> None:
        if self.rank:
            return
        facts = {"config": self.average.config.to_dict(), "step": self.step, "seconds": round(time.time() - self.began), "seed": self.args.seed, "world": self.world}
        checkpoint.save(self.args.out / "ema.new", self.average.state_dict(), facts)
        old = self.args.out / "ema"
        old.mkdir(exist_ok=True)
        for f in (self.args.out / "ema.new").iterdir():
            f.replace(old / f.name)
        if full:
            torch.save({"step": self.step, "warm_from": self.warm_from, "model": self.model.state_dict(), "average": self.average.state_dict(), "optimiser": self.optimiser.state_dict()}, self.args.out / "state.new")
            (self.args.out / "state.new").replace(self.args.out / "state.pt")

    def evaluate(self) -> None:
        """Every process watches its share: the captures one by one, then held-out scenes."""
        if not self.args.eval:
            return
        from . import captures, evaluate

        watched = captures.unpack(self.args.eval)
        predict = evaluate.torch_predictor(self.average, device=self.device)
        kinds = list(data.KINDS)
        jobs = [("capture", c) for c in watched] + [("held-out", (k, s)) for s in (4, 8) for k in kinds]
        for n, (what, job) in enumerate(jobs):
            if n % self.world != self.rank:
                continue
            began = time.time()
            if what == "capture":
                for size in (4, 8, 16):
                    row = evaluate.score_capture(predict, job, size=size, batch=8)
                    if row:
                        self.say(f"eval-{self.rank}.jsonl", {"step": self.step, "t": round(time.time() - self.began, 1), "name": job.name, "views": size, **{k: _short(v) for k, v in row.items() if k != "by_confidence"}})
            else:
                kind, size = job
                plan = data.make_plan(f"held-out-{kind}-{size}", 16, size, 192, 256, kind)
                torch.manual_seed(5)
                w = data.expose({k: v.to(self.device) for k, v in plan.items()}, 192, 256)
                scores = evaluate.Scores()
                scores.add(predict, w.images.cpu().numpy(), world_from_camera=w.poses(), focal=w.focal, depth=w.depth)
                self.say(f"eval-{self.rank}.jsonl", {"step": self.step, "t": round(time.time() - self.began, 1), "name": f"held-out {kind}", "views": size, **{k: _short(v) for k, v in scores.summary().items() if k != "by_confidence"}, "took": round(time.time() - began, 2)})

    def loop(self) -> None:
        args = self.args
        since, count, factor, watch = time.time(), 0, 0.0, time.time()
        progress = self.progress()
        while progress < 1:
            factor = schedule(progress, self.step - self.warm_from, args.decay_from)
            if args.profile and self.step in (args.profile, args.profile + 60) and self.rank == 0:
                self.profiled(factor)
            else:
                self.one_step(factor)
            self.step, count = self.step + 1, count + 1
            if args.steps or self.step % 10 == 0:
                progress = self.progress()
            if self.step <= 5:
                print(f"step {self.step} at {time.time() - self.began:.1f} s", flush=True)
            if self.step % (1 if args.toy else 50) == 0:
                self.log(since, count, factor)
                due = torch.tensor([float(time.time() - watch > args.eval_every)], device=self.device)
                if self.world > 1:
                    dist.broadcast(due, 0)
                if due.item() and progress < 1:
                    self.evaluate()
                    self.save()
                    watch = time.time()
                since, count = time.time(), 0
        self.evaluate()
        self.save()

    def profiled(self, factor: float) -> None:
        from torch.profiler import ProfilerActivity, profile

        with profile(activities=[ProfilerActivity.CUDA, ProfilerActivity.CPU]) as prof:
            self.one_step(factor)
            torch.cuda.synchronize()
        print(prof.key_averages().table(sort_by="self_cuda_time_total", row_limit=45, max_name_column_width=70), flush=True)


def hints(windows: int, g: torch.Generator) -> torch.Tensor:
    """(windows, 1, 2), to be multiplied with the true focal: what a window is told of it. Half know it (to 1 %), most others know the
    ratio of its axes (a service knows how it stretched a picture), the rest know nothing."""
    told = torch.rand(windows, 1, 1, generator=g)
    sign = (told < 0.5).float() - ((told >= 0.5) & (told < 0.9)).float()
    return sign * torch.exp(0.01 * torch.randn(windows, 1, 2, generator=g) * (sign > 0))


def _short(v):
    return round(v, 4) if isinstance(v, float) else v


def main(args) -> None:
    args.out.mkdir(parents=True, exist_ok=True)
    run = Run(args)
    run.loop()
    if run.world > 1:
        dist.barrier()
        dist.destroy_process_group()

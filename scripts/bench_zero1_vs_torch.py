#!/usr/bin/env python3
"""PyTorch's ZeroRedundancyOptimizer recipe, ours against PyPI torch's: step time, memory, and equal parameters.

The recipe (pytorch.org, tutorial "Shard Optimizer States with ZeroRedundancyOptimizer"): 20 x Linear(2000, 2000),
20 rows a rank, mean squared error, Adam with lr 0.01, 2 ranks over Gloo, here on the CPU with one thread a rank.
Arms: ours without and with sharded optimizer states (harness/training/zero1_bench.cc), torch's
DistributedDataParallel with Adam and with ZeroRedundancyOptimizer(Adam), each as in the tutorial and, as
"views", with gradient_as_bucket_view; Adam is the fused one, torch's fastest here and the same kernel as ours.
Weights, inputs and labels come from the same seeds; glibc keeps freed blocks on both sides.

Every round is fresh processes of each arm, in turn forwards and backwards. Time: the median over rounds of each
round's median step on rank 0, without the first step. Memory: the largest of all ranks and rounds, of the peak
resident set (also less what is resident before the model is made), and of the bytes of tensors: ours counts all;
of torch's, its profiler sees those of the thread that trains and of the backward pass (one more, untimed run).

Parameters at the end must be equal, element for element: within each side, sharded and plain (the update is
elementwise, so who makes it changes nothing); and ours and torch's. The bound of that difference is 0: on both sides
the same products of the same shapes give the gradients of a rank's mean, exactly halved (before or after the
backward pass: a power of two); the sum of two numbers does not depend on their order; and the decay of our AdamW is a
multiplication by 1. So it holds for two ranks, and above the smallest normal numbers. Exit code 1 if it does not.

Run with a Python that has torch and numpy:
  python scripts/bench_zero1_vs_torch.py build/release/harness/zero1_bench
"""
import argparse
import json
import math
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time

PEER = "--peer"
RANKS, LAYERS, WIDTH, ROWS = 2, 20, 2000, 20
WEIGHT_SEED, DATA_SEED = 7, 1000
MIB = 2**20
# As harness/measurement/memory.cc sets them: freed memory is never returned.
TUNED_MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**62),
                "MALLOC_TOP_PAD_": str(64 * MIB), "MALLOC_ARENA_MAX": "1"}
PEER_ARMS = ("ddp", "zero", "ddp_views", "zero_views")


def own_memory(field: str) -> int:
    """A line of this process's status, in bytes: VmRSS (now) or VmHWM (its peak)."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field + ":"))


def make_layers(torch):
    generator = torch.Generator().manual_seed(WEIGHT_SEED)
    bound = 1 / math.sqrt(WIDTH)
    layers = [torch.nn.utils.skip_init(torch.nn.Linear, WIDTH, WIDTH) for _ in range(LAYERS)]
    with torch.no_grad():
        for layer in layers:
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)
    return torch.nn.Sequential(*layers)


def peak_tensor_bytes(profiler) -> int:
    """The largest sum of what was allocated and not yet freed, of a profiled region."""
    sizes = [(event.start_ns(), event.nbytes()) for event in profiler.profiler.kineto_results.events()
             if event.name() == "[memory]"]
    now = peak = 0
    for _, size in sorted(sizes, key=lambda size: size[0]):
        now += size
        peak = max(peak, now)
    return peak


class PeerRank:
    def __init__(self, arm: str):
        import torch
        import torch.distributed as dist
        from torch.distributed.optim import ZeroRedundancyOptimizer
        self.torch, self.rank = torch, dist.get_rank()
        self.model = torch.nn.parallel.DistributedDataParallel(
            make_layers(torch), gradient_as_bucket_view=arm.endswith("_views"))
        if arm.startswith("zero"):
            self.optimizer = ZeroRedundancyOptimizer(self.model.parameters(), optimizer_class=torch.optim.Adam,
                                                     lr=0.01, fused=True)
        else:
            self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.01, fused=True)

    def step(self, step: int) -> None:
        torch = self.torch
        generator = torch.Generator().manual_seed(DATA_SEED + RANKS * step + self.rank)
        inputs = torch.empty(ROWS, WIDTH).normal_(generator=generator)
        labels = torch.empty(ROWS, WIDTH).normal_(generator=generator)
        torch.nn.functional.mse_loss(self.model(inputs), labels).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()


def peer_main(arm: str, steps: int, file: str, profiled: bool) -> None:
    import torch
    import torch.distributed as dist
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    result = {"before_bytes": own_memory("VmHWM")}
    if profiled:
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profiler:
            rank = PeerRank(arm)
            for step in range(steps):
                rank.step(step)
        result["peak_tensor_bytes"] = peak_tensor_bytes(profiler)
    else:
        rank = PeerRank(arm)
        result["step_s"] = []
        for step in range(steps):
            start = time.perf_counter()
            rank.step(step)
            result["step_s"].append(time.perf_counter() - start)
        result["peak_bytes"] = own_memory("VmHWM")
        parameters = list(rank.model.parameters())
        result["parameter_sum"] = sum(p.detach().sum(dtype=torch.float64).item() for p in parameters)
        if dist.get_rank() == 0:
            with open(file, "wb") as out:
                for parameter in parameters:
                    out.write(parameter.detach().numpy().tobytes())
    result["version"] = torch.__version__
    print(json.dumps(result), flush=True)
    dist.destroy_process_group()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_ranks(command: list) -> list:
    """The command on all ranks; what each printed."""
    # Of what is set outside nothing remains: it would be another comparison.
    outside = {name: value for name, value in os.environ.items()
               if not name.startswith("MALLOC_") and name != "GLIBC_TUNABLES"}
    shared = outside | TUNED_MALLOC | {"OMP_NUM_THREADS": "1", "WORLD_SIZE": str(RANKS),
                                       "LOCAL_WORLD_SIZE": str(RANKS), "MASTER_ADDR": "127.0.0.1",
                                       "MASTER_PORT": str(free_port())}
    processes = [subprocess.Popen(command, env=shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                 for rank in range(RANKS)]
    printed = [process.communicate() for process in processes]
    for process, (_, err) in zip(processes, printed):
        if process.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{err[-2000:]}")
    return [json.loads(out.splitlines()[-1]) for out, _ in printed]


def machine() -> str:
    flags = open("/proc/cpuinfo").read()
    model = next((line.split(":")[1].strip() for line in flags.splitlines()
                  if line.startswith("model name")), platform.machine())
    isa = next((name for name in ("avx512f", "avx2") if name in flags), "baseline")
    return f"{model}, {os.cpu_count()} cores, {isa}, load {os.getloadavg()[0]:.1f}"


def most(rounds: list, figure) -> float:
    return max(figure(rank) for ranks in rounds for rank in ranks)


def time_of(rounds: list) -> float:
    return statistics.median(statistics.median(ranks[0]["step_s"][1:]) for ranks in rounds)


def print_table(rounds: dict, tensors: dict) -> None:
    print(f"{'arm':24} {'step s':>8} {'peak RSS':>9} {'less libraries':>15} {'tensors at peak':>16}  sum of parameters")
    for arm, done in rounds.items():
        less = most(done, lambda rank: rank["peak_bytes"] - rank["before_bytes"])
        print(f"{arm:24} {time_of(done):8.3f} {most(done, lambda rank: rank['peak_bytes']) / MIB:9.0f} "
              f"{less / MIB:15.0f} {tensors[arm] / MIB:16.0f}  "
              f"{', '.join(repr(rank['parameter_sum']) for rank in done[0])}")
    print("(memory in MiB, of the rank that has most)")
    for arm in ("ours none", "ours optimizer_states"):
        rank = rounds[arm][0][0]
        parts = ", ".join(f"{name} {rank[name + '_bytes'] / MIB:.1f}" for name in (
            "parameter", "gradient", "optimizer_state", "communication_buffer"))
        sent = f"{rank['sent_bytes'] / MIB:.1f} MiB sent a step" if "sent_bytes" in rank else "bytes sent unknown"
        print(f"{arm}: MiB of {parts}; {sent}; "
              + ", ".join(f"{name} {seconds:.3f} s" for name, seconds in rank["range_s"].items()))


def print_ratios(rounds: dict, tensors: dict) -> None:
    plain, sharded = "ours none", "ours optimizer_states"
    pairs = [(sharded, plain)] + [(ours, f"torch {peer}{views}") for views in ("", "_views")
                                  for ours, peer in ((plain, "ddp"), (sharded, "zero"))]
    for arm, other in pairs:
        rss = (most(rounds[arm], lambda rank: rank["peak_bytes"])
               / most(rounds[other], lambda rank: rank["peak_bytes"]))
        print(f"{arm} / {other}: step time {time_of(rounds[arm]) / time_of(rounds[other]):.2f}, "
              f"peak RSS {rss:.2f}, tensors at the peak {tensors[arm] / tensors[other]:.2f}")


def compare_parameters(files: dict) -> bool:
    import numpy
    values = {arm: numpy.fromfile(file, numpy.float32) for arm, file in files.items()}
    equal = True
    for arm, other in (("ours optimizer_states", "ours none"), ("torch zero", "torch ddp"),
                       ("ours none", "torch ddp"), ("ours optimizer_states", "torch zero"),
                       ("ours none", "torch ddp_views"), ("ours optimizer_states", "torch zero_views")):
        largest = float(numpy.abs(values[arm].astype(numpy.float64) - values[other]).max())
        print(f"largest difference of {values[arm].size} parameters, {arm} - {other}: {largest:g} (bound 0)")
        equal &= largest == 0
    return equal


def main() -> int:
    if len(sys.argv) > 1 and sys.argv[1] == PEER:
        peer_main(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5] == "profiled")
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bench", help="path of the built zero1_bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=6, help="steps a round, of which the first does not count")
    args = parser.parse_args()
    print(f"machine: {machine()}; {RANKS} ranks, one thread each", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        files, commands, tensors = {}, {}, {}
        for sharding in ("none", "optimizer_states"):
            arm = f"ours {sharding}"
            files[arm] = os.path.join(folder, sharding)
            commands[arm] = [args.bench, sharding, str(args.steps), files[arm]]
        for peer in PEER_ARMS:
            arm = f"torch {peer}"
            files[arm] = os.path.join(folder, peer)
            commands[arm] = [sys.executable, __file__, PEER, peer, str(args.steps), files[arm], "timed"]
        rounds = {arm: [] for arm in commands}
        for i in range(args.rounds):
            for arm in list(commands) if i % 2 == 0 else reversed(commands):
                rounds[arm].append(run_ranks(commands[arm]))
            print(f"round {i + 1}: " + ", ".join(f"{arm} {time_of(done[-1:]):.3f} s" for arm, done in rounds.items()),
                  flush=True)
        for arm, command in commands.items():
            measured = rounds[arm] if arm.startswith("ours") else [run_ranks(command[:-1] + ["profiled"])]
            tensors[arm] = most(measured, lambda rank: rank["peak_tensor_bytes"])
        print(f"torch {rounds['torch ddp'][0][0]['version']}")
        print_table(rounds, tensors)
        print_ratios(rounds, tensors)
        return 0 if compare_parameters(files) else 1


if __name__ == "__main__":
    sys.exit(main())

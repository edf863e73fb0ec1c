#!/usr/bin/env python3
"""Where kernels are faster than LibTorch's own operations: reads a report of kernel-bench and prints, for each kernel,
its best ratio (time of the fastest other implementation / time of ours), in how many of its cases it is faster, and the
case of the best ratio. Times are medians over repetitions. Measure on a machine that does nothing else:

  OMP_NUM_THREADS=2 build/release/bin/kernel-bench --benchmark_repetitions=5 \\
      --benchmark_enable_random_interleaving=true --benchmark_out=kernels.json --benchmark_out_format=json
  scripts/kernel_wins.py kernels.json

A case is faster when its ratio is above --margin (1.02). Exit code 1 if a kernel is faster nowhere: it is to be
deleted; 2 if the report holds no kernel beside another implementation.
"""
import argparse
import collections
import json
import pathlib
import statistics
import sys

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


def median_times(report):
    """{kernel: {case: {implementation: seconds}}}; a case is direction/dtype/shape."""
    samples = collections.defaultdict(list)
    for benchmark in report["benchmarks"]:
        parts = benchmark.get("run_name", benchmark["name"]).split("/")
        if benchmark.get("run_type") != "iteration" or benchmark.get("error_occurred") or len(parts) != 5:
            continue
        samples[tuple(parts)].append(benchmark["real_time"] * SECONDS[benchmark["time_unit"]])
    kernels = collections.defaultdict(lambda: collections.defaultdict(dict))
    for (kernel, *case, implementation), times in samples.items():
        kernels[kernel]["/".join(case)][implementation] = statistics.median(times)
    return kernels


def ratios(cases):
    """(ratio, case, the fastest other) of each case in which ours is beside another."""
    for case, times in cases.items():
        others = {name: time for name, time in times.items() if name != "ours"}
        if "ours" in times and others:
            fastest = min(others, key=others.get)
            yield others[fastest] / times["ours"], case, fastest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("--margin", type=float, default=1.02)
    parser.add_argument("--all", action="store_true", help="every case, not the best alone")
    arguments = parser.parse_args()
    report = json.loads(arguments.report.read_text(encoding="utf-8"))
    never, num_judged = [], 0
    print(f"{'kernel':20} {'ratio':>6}  {'faster':>10}  case, and the fastest other")
    for kernel, cases in sorted(median_times(report).items()):
        found = sorted(ratios(cases), reverse=True)
        if not found:
            continue
        num_judged += 1
        num_faster = sum(ratio > arguments.margin for ratio, _, _ in found)
        faster = f"{num_faster} of {len(found)}"
        for ratio, case, fastest in found if arguments.all else found[:1]:
            print(f"{kernel:20} {ratio:6.2f}  {faster:>10}  {case:44} {fastest}")
        if num_faster == 0:
            never.append(kernel)
    if num_judged == 0:
        print("no kernel beside another implementation in this report", file=sys.stderr)
        return 2
    if never:
        print(f"never faster: {', '.join(never)}", file=sys.stderr)
    return 1 if never else 0


if __name__ == "__main__":
    sys.exit(main())

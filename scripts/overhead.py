#!/usr/bin/env python3
"""What the harness adds to a training step: the same steps with and without recording.

usage: overhead.py BUILD_FOLDER [--experiment sft_small@1] [--steps 500] [--processes 8] [--seed 1]

Two arms of fresh processes, interleaved on-off-off-on (ABBA), train the same steps of an SFT experiment
(harness/run/sft_overhead_bench.cc): "on" with ranges, metrics and the journal, "off" with none of
it. A step's period runs from its request for data to the next one's, so it holds everything between two
steps. Step i is the same work in every process: its time in an arm is the least over the arm's
processes, since what a shared machine does beside it only ever adds. Printed:
  ratio      sum over steps of the times, on / off, with a 95 % bootstrap interval over processes
             (the least leaves out flushes of the journal, which fall on few steps)
  outside    of the "on" arm, the part of the periods that is outside the step's own clock: recording
             a row, progress, and by its mean also the flushes (write and fsync). Measured within one
             process, so machine noise hardly enters, but without the ranges, which are inside the step
  ranges     how many a step has, and what one takes, timed by itself in the same process
  in all     mean outside + ranges: what the harness adds, without the noise between processes
Needs numpy (the environment that set-up makes has it). Inputs are made first where the store lacks them.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
WARM_UP = 10  # steps
RESAMPLES = 4000


def make_inputs(build, experiment, folder):
    """A run that stops before its first step has found or made what it needs."""
    subprocess.run([build / "bin/bench-run", experiment, "--stop-after-step", "0", "--out", folder],
                   env=environment(), check=True, stdout=subprocess.DEVNULL)


def environment():
    return {"BENCH_ROOT": str(ROOT)} | os.environ


def run_arm(build, options, recording, folder):
    command = [build / "harness/sft_overhead_bench", options.experiment, recording,
               str(options.steps + 1), folder]
    done = subprocess.run(command, env=environment(), check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def total_time(periods):
    """Seconds of all steps, each the least over processes; `periods` is processes x steps."""
    return np.min(periods, axis=0).sum()


def interval(on, off, generator):
    """95 % interval of the ratio of total times, by resampling each arm's processes."""
    ratios = []
    for _ in range(RESAMPLES):
        drawn = [arm[generator.integers(len(arm), size=len(arm))] for arm in (on, off)]
        ratios.append(total_time(drawn[0]) / total_time(drawn[1]))
    return np.percentile(ratios, [2.5, 97.5])


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "unknown processor")
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def report(arms, gaps, extras, generator):
    on, off = (np.array(arms[name])[:, WARM_UP:] for name in ("on", "off"))
    ratio = total_time(on) / total_time(off)
    low, high = interval(on, off, generator)
    outside = np.array(gaps)[:, WARM_UP:]
    share = outside / on
    print(f"machine: {machine()}")
    print(f"{len(on)} processes an arm, {on.shape[1]} steps each, median step "
          f"{1e3 * np.median(on):.2f} ms")
    print(f"ratio on / off: {ratio:.4f}, 95 % interval {low:.4f} to {high:.4f}")
    print(f"outside the step's clock: median {100 * np.median(share):.3f} %, "
          f"mean {100 * outside.sum() / on.sum():.3f} % of a period, "
          f"{int((outside > 10 * np.median(outside)).sum())} steps with a flush")
    cost = np.median([extra["range_s"] * extra["ranges_per_step"] for extra in extras])
    added = (outside.sum() / outside.size + cost) / (on.sum() / on.size)
    print(f"ranges: {extras[0]['ranges_per_step']:.1f} a step, "
          f"{1e6 * np.median([extra['range_s'] for extra in extras]):.2f} us each")
    print(f"in all: {100 * added:.3f} % of a step")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--experiment", default="sft_small@1")
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--processes", type=int, default=8, help="an arm, an even number")
    parser.add_argument("--seed", type=int, default=1, help="of the bootstrap")
    options = parser.parse_args()
    if options.processes < 2 or options.processes % 2 or options.steps <= WARM_UP:
        parser.error(f"--processes must be even, --steps more than {WARM_UP}")
    build = options.build.resolve()
    arms, gaps, extras = {"on": [], "off": []}, [], []
    with tempfile.TemporaryDirectory(prefix="bench-overhead-") as folder:
        make_inputs(build, options.experiment, f"{folder}/inputs")
        for block in range(options.processes // 2):
            for i, recording in enumerate(("on", "off", "off", "on")):
                result = run_arm(build, options, recording, f"{folder}/{block}-{i}")
                arms[recording].append(result["periods_s"])
                if recording == "on":
                    gaps.append(result["gaps_s"])
                    extras.append(result)
            print(f"block {block + 1} of {options.processes // 2}", file=sys.stderr, flush=True)
    report(arms, gaps, extras, np.random.default_rng(options.seed))


if __name__ == "__main__":
    main()

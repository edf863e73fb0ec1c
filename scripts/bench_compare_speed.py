#!/usr/bin/env python3
"""How long `bench-compare --history` takes over many results files.

Makes COUNT results files, copies of one real result whose times are drawn anew (two replicates a commit; from the
middle on a step takes 15% longer), and shows their history ROUNDS times. The files stay in OUT_FOLDER and are not made
again.

usage: bench_compare_speed.py BUILD_FOLDER RESULT OUT_FOLDER [--count 1000] [--rounds 3]

Prints the time of each round, by the clock and of the processor, and the load before it; exits with 1 where the
fastest takes more than 5 s, or where the change is not found within two runs.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

MOST_SECONDS = 5.0
REPLICATES = 2


def make(build, result, folder, count):
    if len(list(folder.glob("*/results.h5"))) == count:
        return
    subprocess.run([build / "tests" / "trials" / "make_results", folder, str(count), "--like", result, "--replicates",
                    str(REPLICATES), "--change-at", str(count // REPLICATES // 2), "--change", "0.15", "--metric",
                    "step_time"], check=True)


def show(build, experiment, folder):
    """The history, and the seconds it took by the clock and of the processor."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([build / "bin" / "bench-compare", "--history", "--json", experiment, folder],
                          check=True, capture_output=True, text=True)
    seconds, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), seconds, processor


def found_changes(history):
    """[(metric, index of the commit)]"""
    return [(metric["metric"], change["commit"]) for series in history["series"] for metric in series["metrics"]
            for change in metric["changes"]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("result", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    make(options.build, options.result, options.folder, options.count)
    header = subprocess.run([options.build / "bin" / "bench-compare", "--export", "jsonl", options.result], check=True,
                            capture_output=True, text=True).stdout.splitlines()[0]
    experiment = json.loads(header)["experiment"]
    fastest = float("inf")
    for _ in range(options.rounds):
        load = os.getloadavg()[0]
        history, seconds, processor = show(options.build, experiment, options.folder)
        fastest = min(fastest, seconds)
        print(f"{history['num_runs']} runs: {seconds:.2f} s, {processor:.2f} s of the processor; load before {load:.1f}")
    changes = found_changes(history)
    middle = options.count // REPLICATES // 2
    located = [name for name, _ in changes] == ["step_time"] and abs(changes[0][1] - middle) * REPLICATES <= 2
    print(f"changes: {changes}; planted: step_time with commit {middle}")
    return 0 if located and fastest <= MOST_SECONDS else 1


sys.exit(main())

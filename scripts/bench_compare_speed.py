#!/usr/bin/env python3
"""How long `bench-compare --history` takes over many results files, and a comparison of two long runs.

Makes COUNT results files, copies of one real result whose times are drawn anew (two replicates a commit; from the
middle on a step takes 15% longer), and shows their history ROUNDS times. The files stay in OUT_FOLDER and are not made
again. Two runs of 100,000 steps and 40 curves are compared with each other as well.

usage: bench_compare_speed.py BUILD_FOLDER RESULT OUT_FOLDER [--count 1000] [--rounds 3]

Prints the time of each round, by the clock and of the processor, and the load before it, of the comparison also the
peak memory of all its processes together; exits with 1 where the fastest history takes more than 5 s, the fastest
comparison more than 2 s or 300 MB, or where the change is not found within two runs.
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
MOST_COMPARE_SECONDS = 2.0
MOST_COMPARE_BYTES = 300e6
CURVES, ROWS = 40, 100_000
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


def resident_bytes(process):
    """Of a process and its children; what they share counts in parts."""
    total = 0
    try:
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += 1024 * int(line.split()[1])
        for child in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split():
            total += resident_bytes(child)
    except OSError:
        pass  # it ended meanwhile
    return total


def compare(build, folder):
    """Seconds by the clock, and the peak of the memory (looked at every 5 ms)."""
    begun, peak = time.monotonic(), 0
    process = subprocess.Popen([build / "bin" / "bench-compare", "--json", folder / "0000", folder / "0001"],
                               stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, resident_bytes(process.pid))
        time.sleep(0.005)
    return time.monotonic() - begun, peak


def compare_long_runs(build, folder, rounds):
    if len(list(folder.glob("*/results.h5"))) != 2:
        subprocess.run([build / "tests" / "trials" / "make_results", folder, "2", "--curves", str(CURVES), "--rows",
                        str(ROWS)], check=True)
    fastest, least = float("inf"), float("inf")
    for _ in range(rounds):
        load = os.getloadavg()[0]
        seconds, peak = compare(build, folder)
        fastest, least = min(fastest, seconds), min(least, peak)
        print(f"two runs of {ROWS} steps and {CURVES} curves: {seconds:.2f} s, peak {peak / 1e6:.0f} MB; load before "
              f"{load:.1f}")
    return fastest <= MOST_COMPARE_SECONDS and least <= MOST_COMPARE_BYTES


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
    runs = options.folder / "runs"
    make(options.build, options.result, runs, options.count)
    header = subprocess.run([options.build / "bin" / "bench-compare", "--export", "jsonl", options.result], check=True,
                            capture_output=True, text=True).stdout.splitlines()[0]
    experiment = json.loads(header)["experiment"]
    fastest = float("inf")
    for _ in range(options.rounds):
        load = os.getloadavg()[0]
        history, seconds, processor = show(options.build, experiment, runs)
        fastest = min(fastest, seconds)
        print(f"{history['num_runs']} runs: {seconds:.2f} s, {processor:.2f} s of the processor; load before {load:.1f}")
    changes = found_changes(history)
    middle = options.count // REPLICATES // 2
    located = [name for name, _ in changes] == ["step_time"] and abs(changes[0][1] - middle) * REPLICATES <= 2
    print(f"changes: {changes}; planted: step_time with commit {middle}")
    compared = compare_long_runs(options.build, options.folder / "long", options.rounds)
    return 0 if located and fastest <= MOST_SECONDS and compared else 1


sys.exit(main())

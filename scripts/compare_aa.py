#!/usr/bin/env python3
"""False alarms of bench-compare: real comparisons of one program with itself.

Each comparison is `bench-compare --arms` of experiments/compare_tiny with itself, in fresh processes, with
the looks and the stopping that users get. Every second one runs beside a load that drifts between none and
a whole processor within a minute. A flag is a verdict that something changed (exit code 1).

usage: compare_aa.py BUILD_FOLDER OUT_FOLDER [--trials 200] [--replicates 10] [--summary FILE]

Comparisons that OUT_FOLDER has are not made again: the script can be stopped at any time and goes on, also
with more trials. Prints one line a comparison and the summary; exits with 1 above 1% of flags.
"""
import argparse
import collections
import json
import math
import pathlib
import subprocess
import sys
import time

from verdict_summary import add_option, row, write_summary

MOST_FLAGS = 0.01
ARM = "experiments/compare_tiny"


def load(begin):
    """Uses a processor for a share of each 50 ms that goes up and down within a minute."""
    while True:
        share = 0.5 - 0.5 * math.cos(2 * math.pi * (time.monotonic() - begin) / 60)
        busy_until = time.monotonic() + 0.05 * share
        while time.monotonic() < busy_until:
            pass
        time.sleep(0.05 * (1 - share))


def compare(build, folder, replicates, loaded):
    """The exit code of one comparison; its JSON is FOLDER.json."""
    beside = subprocess.Popen([sys.executable, __file__, "--load"]) if loaded else None
    try:
        done = subprocess.run(
            [build / "bin" / "bench-compare", "--arms", "--out", folder, "--replicates", str(replicates),
             f"--json={folder}.json", ARM, ARM], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            check=False)
    finally:
        if beside:
            beside.kill()
            beside.wait()
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{folder}: exit code {done.returncode}: {done.stderr.strip().splitlines()[-1]}")


def summarise(reports):
    """Of (loaded, report) each: whether so few flags are acceptable, and the rows of a summary."""
    codes = collections.Counter(report["exit_code"] for _, report in reports)
    flagged = [(loaded, report) for loaded, report in reports if report["exit_code"] == 1]
    for loaded, report in flagged:
        print(f"flag ({'loaded' if loaded else 'calm'}): {report['conclusion']}")
    replicates = sorted(report["base"]["num_runs"] for _, report in reports)
    beside = sum(loaded for loaded, _ in reports)
    figure = (f"{codes[1]} flags, {codes[0]} pass, {codes[3]} unclear; replicates an arm: median "
              f"{replicates[len(replicates) // 2]}, at most {replicates[-1]}")
    print(f"{len(reports)} comparisons, {beside} beside a drifting load: {figure}")
    what = f"the program with itself: {len(reports)} comparisons of `compare_tiny`, {beside} of them beside a drifting load"
    rows = [row(what, figure, comparisons=len(reports), loaded=beside, flags=codes[1], passes=codes[0], unclear=codes[3],
                replicates_median=replicates[len(replicates) // 2], replicates_most=replicates[-1])]
    return len(flagged) <= MOST_FLAGS * len(reports), rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--replicates", type=int, default=10)
    add_option(parser)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    reports = []
    for i in range(arguments.trials):
        folder = (arguments.out / f"aa{i:03}").resolve()
        result = folder.with_suffix(".json")
        if not result.exists():
            compare(arguments.build, folder, arguments.replicates, loaded=i % 2 == 1)
        report = json.loads(result.read_text(encoding="utf-8"))
        print(f"{folder.name}: exit code {report['exit_code']}, {report['base']['num_runs']} replicates",
              flush=True)
        reports.append((i % 2 == 1, report))
    few, rows = summarise(reports)
    if arguments.summary:
        write_summary(arguments.summary, "compare_aa", "scripts/compare_aa.py BUILD FOLDER --trials "
                      f"{arguments.trials} --replicates {arguments.replicates}", rows,
                      arguments.out / "aa000" / "base" / "r0" / "results.h5")
    return 0 if few else 1


if __name__ == "__main__":
    if sys.argv[1:] == ["--load"]:
        load(time.monotonic())
    sys.exit(main())

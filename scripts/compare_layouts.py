#!/usr/bin/env python3
"""What the layout of a program alone moves, and whether bench-compare takes it for a change.

Links bench-run anew from the objects of a build, in random order and into folders whose names have different
lengths: two programs that differ in nothing that matters make a pair. experiments/compare_tiny runs with both of a
pair in turn, in random order, and bench-compare compares windows of those runs. A flag is a verdict that something
changed (exit code 1).

usage: compare_layouts.py BUILD_FOLDER OUT_FOLDER [--pairs 20] [--comparisons 10] [--replicates 10] [--pool 20]
                          [--summary FILE]

Runs that OUT_FOLDER has are not made again: the script can be stopped at any time and goes on, also with more.
Prints a line a pair and the summary; exits with 1 above 1% of flags.
"""
import argparse
import collections
import pathlib
import random
import shlex
import statistics
import subprocess
import sys

from run_pool import RunPool, metric_of
from verdict_summary import add_option, row, write_summary

MOST_FLAGS = 0.01
METRIC = "step_time"


def link_command(build):
    """The arguments with which the build links bench-run."""
    done = subprocess.run(["ninja", "-C", build, "-t", "commands", "bench-run"], check=True, capture_output=True,
                          text=True)
    last = shlex.split(done.stdout.strip().splitlines()[-1])
    return [argument for argument in last if argument not in (":", "&&")]


def link(build, command, program, draw):
    """Links `program`, whose objects and archives of this project come in an order of their own."""
    movable = [a for a in command if a.endswith((".a", ".o")) and not pathlib.Path(a).is_absolute()]
    draw.shuffle(movable)
    fixed = [a for a in command if a not in movable]
    at = fixed.index("-o")
    fixed[at + 1] = str(program)
    # In a group, because archives need each other in whatever order they come.
    arguments = fixed[:at] + ["-Wl,--start-group", *movable, "-Wl,--end-group"] + fixed[at:]
    program.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(arguments, cwd=build, check=True)


def programs_of(build, command, out, pair):
    """The two programs of a pair."""
    programs = []
    for side in ("a", "b"):
        draw = random.Random(f"{pair}{side}")
        folder = out / "programs" / f"{pair}{side}{'x' * draw.randrange(200)}"
        program = folder / "bench-run"
        if not program.exists():
            half = program.with_suffix(".half")
            link(build, command, half, draw)
            half.rename(program)
        programs.append(program)
    return programs


def run_pair(pool, pair, programs, size):
    draw = random.Random(pair)
    for number in range(size):
        arms = [(f"{pair}a", programs[0]), (f"{pair}b", programs[1])]
        draw.shuffle(arms)
        for name, program in arms:
            pool.run("layouts", name, number, program)


def compare_pair(pool, bench_compare, pair, arguments):
    """Exit codes, and what the layout moved: the head's median / the base's of all runs of the pair."""
    def group(side, numbers):
        return [pool.results("layouts", f"{pair}{side}", number) for number in numbers]
    draw = random.Random(1000 + pair)
    codes = collections.Counter()
    for _ in range(arguments.comparisons):
        start = draw.randrange(arguments.pool - arguments.replicates + 1)
        numbers = range(start, start + arguments.replicates)
        codes[pool.compare(bench_compare, group("a", numbers), group("b", numbers))["exit_code"]] += 1
    everything = range(arguments.pool)
    row = metric_of(pool.compare(bench_compare, group("a", everything), group("b", everything)), METRIC)
    return codes, row["head_centre"] / row["base_centre"], row["verdict"]


def counted(verdicts):
    return ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--comparisons", type=int, default=10)
    parser.add_argument("--replicates", type=int, default=10)
    parser.add_argument("--pool", type=int, default=20)
    add_option(parser)
    arguments = parser.parse_args()
    if arguments.pool < arguments.replicates:
        parser.error("--pool is smaller than --replicates")
    pool = RunPool(arguments.out)
    build = arguments.build.resolve()
    command = link_command(build)
    codes, ratios, verdicts = collections.Counter(), [], collections.Counter()
    for pair in range(arguments.pairs):
        run_pair(pool, pair, programs_of(build, command, pool.out, pair), arguments.pool)
        of_pair, ratio, verdict = compare_pair(pool, build / "bin" / "bench-compare", pair, arguments)
        print(f"pair {pair}: exit codes {dict(of_pair)}; {METRIC} of all {arguments.pool} runs an arm: "
              f"{100 * (ratio - 1):+.1f}%, {verdict}", flush=True)
        codes += of_pair
        ratios.append(abs(ratio - 1))
        verdicts[verdict] += 1
    count = sum(codes.values())
    what = f"{count} comparisons of {arguments.pairs} pairs of layouts, {arguments.replicates} replicates an arm"
    figure = (f"{codes[1]} flags, {codes[0]} pass, {codes[3]} unclear; {METRIC} moves by "
              f"{100 * statistics.median(ratios):.1f}% (median of pairs), at most {100 * max(ratios):.1f}%; of all "
              f"{arguments.pool} runs an arm of a pair: {counted(verdicts)}")
    print(f"{what}: {figure}")
    if arguments.summary:
        write_summary(arguments.summary, "compare_layouts", f"scripts/compare_layouts.py BUILD FOLDER --pairs "
                      f"{arguments.pairs} --comparisons {arguments.comparisons} --replicates {arguments.replicates} --pool "
                      f"{arguments.pool}",
                      [row(what, figure, comparisons=count, flags=codes[1], passes=codes[0], unclear=codes[3],
                           moved_median=statistics.median(ratios), moved_most=max(ratios), verdicts=dict(verdicts))],
                      pool.results("layouts", "0a", 0))
    return 0 if codes[1] <= MOST_FLAGS * count else 1


if __name__ == "__main__":
    sys.exit(main())

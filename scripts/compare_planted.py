#!/usr/bin/env python3
"""Faults planted in this project's own sources, and how often bench-compare finds them.

Builds the commit that is checked out once as it is and once with each fault, runs experiments/compare_tiny with
all of them in fresh processes, and compares groups drawn from that pool of runs:

  learning  learning rate 10% too high, the gradient of one parameter dropped, a wrong loss denominator, a loss
            mask shifted by one: curve tests of PAIRS pairs, 40 trials each; and 200 of `seeds`, a build that
            draws other random numbers, which is no fault: its flags are false alarms
  times     a busy loop of 5% of a step in the range `optimizer`: 40 trials of as many replicates as the tool asks
            for, at most 40 an arm, and 40 of ten; what the tool concludes and which range it names first; and 200
            comparisons of the program with itself of each size, for each of which a coin decides replicate by
            replicate which of its two runs is of which arm; runs are interleaved in random order
  memory    64 MiB more at the end: 20 trials of three replicates

usage: compare_planted.py OUT_FOLDER learning|times|memory... [--pool 60] [--pairs 12] [--jobs 1]
                          [--build-command C] [--program PATH] [--bench-compare PATH] [--summary FILE]

Runs that OUT_FOLDER has are not made again: the script can be stopped at any time and goes on, also with a larger
pool. Prints what was found; raw results stay in OUT_FOLDER.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import shutil
import subprocess
import sys

from run_pool import ROOT, RunPool, metric_of
from verdict_summary import add_option, row, write_summary

SLOWDOWN = 0.05
LEAK_BYTES = 64 << 20

# What is planted: (file, text, replacement) of each build. {ns}: 5% of a step, in nanoseconds.
PLANTS = {
    "base": [],
    "seeds": [("harness/determinism/seeds.cc", '"bench-seed\\n"', '"other-seed\\n"')],
    "rate": [("harness/training/loop.cc", "update_->Apply(step.learning_rate)",
              "update_->Apply(1.1 * step.learning_rate)")],
    "gradient": [("harness/training/optimizer.cc", "if (entry.decays != decays ||",
                  "if (&entry == &entries_[5] || entry.decays != decays ||")],
    "denominator": [("harness/stages/batches/causal_task.cc",
                     "static_cast<double>(window.num_target_tokens);",
                     "static_cast<double>(window.num_target_tokens + training_.batch_size);")],
    "mask": [("harness/stages/clm/data.cc", "for (int64_t i = begin + 1; i < end; ++i) {",
              "for (int64_t i = begin + 2; i <= input_end; ++i) {")],
    "slow": [("harness/training/loop.cc", "  step.grad_norm = update_->FinishGradients",
              "  const auto planted = Clock::now() + std::chrono::nanoseconds({ns});\n"
              "  while (Clock::now() < planted) {}\n"
              "  step.grad_norm = update_->FinishGradients")],
    "leak": [("harness/training/loop.cc", "  const std::vector<double> losses = AccumulateGradients(step.window);",
              "  static std::vector<char>* planted = new std::vector<char>(%d, 1);\n"
              "  if (planted->empty()) return step;\n"
              "  const std::vector<double> losses = AccumulateGradients(step.window);" % LEAK_BYTES)],
}
LEARNING_FAULTS = ("rate", "gradient", "denominator", "mask")
NAMES = {"seeds": "other random numbers, which are no fault", "rate": "learning rate 10% too high",
         "gradient": "the gradient of one parameter dropped", "denominator": "a wrong loss denominator",
         "mask": "a loss mask shifted by one"}


class Pool(RunPool):
    def __init__(self, arguments):
        super().__init__(arguments.out)
        self.arguments = arguments
        self.tree = self.out / "tree"
        self.rows = []  # of the summary
        self.results_of_base = None

    def found(self, what, figure, **counts):
        print(f"{what}: {figure}", flush=True)
        self.rows.append(row(what, figure, **counts))

    # Builds --------------------------------------------------------------------------------------
    def program(self, name, ns=0):
        kept = self.out / "programs" / name
        program = pathlib.Path(self.arguments.program)
        if not (kept / program.name).exists():
            self.build(name, kept, ns)
        return kept / program.name

    def build(self, name, kept, ns):
        if not self.tree.exists():
            subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--force", "--detach", self.tree, "HEAD"],
                           check=True)
        subprocess.run(["git", "-C", self.tree, "checkout", "--quiet", "."], check=True)
        for file, text, replacement in PLANTS[name]:
            path = self.tree / file
            source = path.read_text(encoding="utf-8")
            if source.count(text) != 1:
                sys.exit(f"{file} has changed: plant {name!r} elsewhere")
            path.write_text(source.replace(text, replacement.replace("{ns}", str(ns))), encoding="utf-8")
        print(f"building {name}", flush=True)
        log = self.out / f"build-{name}.log"
        with open(log, "w", encoding="utf-8") as output:
            environment = {key: value for key, value in os.environ.items() if key != "BENCH_ROOT"}
            done = subprocess.run(["/bin/sh", "-c", self.arguments.build_command], cwd=self.tree, stdout=output,
                                  stderr=subprocess.STDOUT, env=environment, check=False)
        if done.returncode:
            sys.exit(f"building {name} failed: {log}")
        half = kept.with_name(kept.name + ".half")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree((self.tree / self.arguments.program).parent, half)
        half.rename(kept)

    # Runs ----------------------------------------------------------------------------------------
    def run(self, kind, name, number, ns=0, program=None):
        """One replicate's results file, made where it is missing."""
        results = super().run(kind, name, number, self.program(program or name, ns))
        if name == "base":
            self.results_of_base = results
        return results

    def compare(self, kind, base, head, numbers, *options):
        """The JSON of a comparison of these replicates."""
        return self.compare_files([self.results(kind, base, number) for number in numbers],
                                  [self.results(kind, head, number) for number in numbers], *options)

    def compare_files(self, base, head, *options):
        return super().compare(self.arguments.bench_compare or self.program("base").with_name("bench-compare"), base,
                               head, *options)


def learning(pool, arguments):
    names = ("base", "seeds", *LEARNING_FAULTS)
    for name in names:
        pool.program(name)
    runs = [(name, number) for number in range(arguments.pool) for name in names]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as workers:
        for _ in workers.map(lambda run: pool.run("learning", *run), runs):
            pass
    draw = random.Random(1)
    for name, trials in ((*((fault, 40) for fault in LEARNING_FAULTS), ("seeds", 200))):
        p_values = []
        for _ in range(trials):
            numbers = draw.sample(range(arguments.pool), arguments.pairs)
            curves = pool.compare("learning", "base", name, numbers, "--metrics", "learning")["curves"]
            p_values.append((curves["differ"], curves["p_value"]))
        found = sum(differ for differ, _ in p_values)
        median = sorted(p for _, p in p_values)[trials // 2]
        pool.found(f"{NAMES[name]}: learning curves of {arguments.pairs} pairs, drawn from {arguments.pool}",
                   f"differ in {found} of {trials} comparisons; median p {median:.2g}", comparisons=trials, differ=found,
                   median_p=median)


def times(pool, arguments):
    metric = "step_time"
    calibration = [pool.run("calibration", "base", number) for number in range(5)]
    report = pool.compare("calibration", "base", "base", range(len(calibration)))
    step = metric_of(report, metric)["base_centre"]
    ns = round(1e9 * SLOWDOWN * step)
    order = random.Random(2)
    for number in range(arguments.pool):
        arms = ["base", "again", "slow"]
        order.shuffle(arms)
        for name in arms:
            pool.run("times", name, number, ns, program="base" if name == "again" else None)
    asked = metric_of(pool.compare("times", "base", "again", range(10)), metric)["replicates_needed"]
    replicates = min(40, max(7, asked or 40))
    print(f"a step takes {step * 1e3:.3g} ms, planted are {ns / 1e6:.3g} ms; the tool asks for "
          f"{asked} replicates an arm", flush=True)
    draw = random.Random(3)
    for size in sorted({min(size, arguments.pool) for size in (replicates, 10)}, reverse=True):
        find_slow(pool, draw, size, metric)
        compare_with_itself(pool, draw, size, metric)


def window(pool, draw, size):
    """Replicates that were run one after the other: a machine drifts over a longer time."""
    start = draw.randrange(pool.arguments.pool - size + 1)
    return range(start, start + size)


def find_slow(pool, draw, size, metric, trials=40):
    reports = [pool.compare("times", "base", "slow", window(pool, draw, size), "--metrics", metric)
               for _ in range(trials)]
    conclusions = collections.Counter(report["conclusion"].split(";")[0] for report in reports)
    first = collections.Counter(next((entry["name"] for entry in report["ranges"] if entry["name"] != "step"), "none")
                                for report in reports)
    found = sum(report["exit_code"] == 1 for report in reports)
    pool.found(f"a step {SLOWDOWN:.0%} slower by a busy loop in `optimizer`: {size} replicates an arm, {trials} windows of "
               f"{pool.arguments.pool}", f"found in {found}; {listed(conclusions)}; the range named first: {listed(first)}",
               comparisons=trials, found=found, conclusions=dict(conclusions), first=dict(first))


def compare_with_itself(pool, draw, size, metric, trials=200):
    """Windows alone would be few and overlap; under no change the two runs of a replicate can change places."""
    codes, flags, drawn = collections.Counter(), collections.Counter(), set()
    for _ in range(trials):
        numbers = window(pool, draw, size)
        swapped = tuple(draw.random() < 0.5 for _ in numbers)
        drawn.add((numbers.start, swapped))
        pairs = [(pool.results("times", "base", number), pool.results("times", "again", number)) for number in numbers]
        pairs = [pair[::-1] if swap else pair for pair, swap in zip(pairs, swapped)]
        report = pool.compare_files(*zip(*pairs), "--metrics", metric)
        codes[report["exit_code"]] += 1
        if report["exit_code"] == 1:
            flags[report["conclusion"]] += 1
    pool.found(f"the program with itself: {size} replicates an arm, {trials} comparisons ({len(drawn)} distinct) of "
               f"{pool.arguments.pool} pairs of runs", f"{codes[1]} flags, {codes[0]} pass, {codes[3]} unclear"
               + (f"; {listed(flags)}" if flags else ""), comparisons=trials, distinct=len(drawn), flags=codes[1],
               passes=codes[0], unclear=codes[3], flagged=dict(flags))


def listed(counts):
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def memory(pool, arguments):
    size = 3
    codes = collections.Counter()
    draw = random.Random(4)
    numbers = range(min(arguments.pool, 12))
    for number in numbers:
        for name in ("base", "leak"):
            pool.run("memory", name, number)
    for _ in range(20):
        report = pool.compare("memory", "base", "leak", draw.sample(list(numbers), size), "--metrics", "memory")
        codes[report["conclusion"]] += 1
    found = sum(count for conclusion, count in codes.items() if conclusion.startswith("REGRESSED"))
    pool.found(f"a leak of 64 MiB in the training loop: {size} replicates an arm, 20 comparisons",
               f"found in {found}; {listed(codes)}", comparisons=20, found=found, conclusions=dict(codes))


KINDS = {"learning": learning, "times": times, "memory": memory}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("kinds", nargs="+", choices=sorted(KINDS))
    parser.add_argument("--pool", type=int, default=60)
    parser.add_argument("--pairs", type=int, default=12)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--build-command", default="./bench-run --version")
    parser.add_argument("--program", default="build/release/bin/bench-run")
    parser.add_argument("--bench-compare", type=pathlib.Path, help="that judges; default: the one built from base")
    add_option(parser)
    arguments = parser.parse_args()
    pool = Pool(arguments)
    try:
        for kind in arguments.kinds:
            KINDS[kind](pool, arguments)
        if arguments.summary:
            kinds = " ".join(arguments.kinds)
            pairs = f" --pairs {arguments.pairs}" if "learning" in arguments.kinds else ""
            write_summary(arguments.summary, f"compare_planted {kinds}",
                          f"scripts/compare_planted.py FOLDER {kinds} --pool {arguments.pool}{pairs}", pool.rows,
                          pool.results_of_base)
    finally:
        if pool.tree.exists():
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", pool.tree], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

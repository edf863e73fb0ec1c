#!/usr/bin/env python3
"""How often bench-compare --bisect names the planted commit, in repositories made for it.

Each repository has 20 commits, one of which, at a random place, makes a step 5% slower; the times of runs spread
by 2%, and every seventh commit does not build. A build takes a second. The programs are tests/trials/fake_run, so
that a search takes as long as its builds.

With --project FAULT the repository is a clone of this one's HEAD with 20 commits on top, one of which, at a place that is
drawn, brings a fault of compare_planted.py into the training loop: `slow`, here a step that takes 25% longer, searched
by `step_time`, or one of learning (`rate`, `gradient`, `denominator`), searched by `loss`. Commits are built for real, one
after the other in one build folder, so that a build compiles what its commit changed and links; runs are those of
experiments/compare_tiny. Needs h5py. The first build takes as long as any, the rest minutes.

usage: compare_bisect.py BUILD_FOLDER OUT_FOLDER [--trials 20] [--replicates 20] [--summary FILE]
                         [--project slow|rate|gradient|denominator [--seed 0]]

Prints a line a search and the summary; exits with 1 when fewer than 90% are named. A search whose planted commit
is one that does not build counts as named where the commits that are left are it and those beside it. The bench-compare
that searches is that of BUILD_FOLDER. A search of --project that was stopped goes on.
"""
import argparse
import json
import os
import pathlib
import random
import shlex
import shutil
import subprocess
import sys
import time

from verdict_summary import add_option, row, write_summary

NUM_COMMITS = 20
SLOWER = 1.05
SPREAD = 0.02
NAMED = 0.9
PROJECT = pathlib.Path(__file__).resolve().parent.parent
PROJECT_SLOWER = 0.25

BUILD = """#!/bin/sh
sleep 1
[ "$(cat broken)" = no ] || { echo broken; exit 1; }
mkdir -p out
printf '#!/bin/sh\\nshift\\nexec %s %s --spread %s "$@"\\n' FAKE_RUN "$(cat seconds)" SPREAD > out/program
chmod +x out/program
"""


def git(repository, *arguments):
    who = {f"GIT_{role}_{field}": value for role in ("AUTHOR", "COMMITTER")
           for field, value in (("NAME", "n"), ("EMAIL", "n@example.org"))}
    return subprocess.run(["git", "-C", repository, *arguments], check=True, capture_output=True, text=True,
                          env={**os.environ, **who}).stdout.strip()


def make_repository(folder, fake_run, planted, draw):
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    build = folder / "build.sh"
    build.write_text(BUILD.replace("FAKE_RUN", str(fake_run)).replace("SPREAD", str(SPREAD)))
    build.chmod(0o755)
    commits = []
    for number in range(NUM_COMMITS):
        seconds = (SLOWER if number >= planted else 1) * (1 + 1e-9 * number)  # no two programs are alike
        (folder / "seconds").write_text(f"{seconds:.12f}\n")
        ends = number in (0, NUM_COMMITS - 1)
        (folder / "broken").write_text("yes\n" if not ends and draw.random() < 1 / 7 else "no\n")
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", f"commit {number}")
        commits.append(git(folder, "rev-parse", "HEAD"))
    return commits


# In the place of a build in a tree of its own: the one source folder is brought to the commit, whose unchanged files keep
# their times.
PROJECT_BUILD = """#!/bin/sh
set -e
CACHE
git -C SOURCE checkout --quiet --force --detach "$(git rev-parse HEAD)"
SOURCE/bench-run --version
mkdir -p out
cp SOURCE/build/release/bin/* out/
"""


def make_project_repository(folder, plants, planted):
    """The commits of a clone with a fault from commit `planted` on; the first is this project's HEAD."""
    subprocess.run(["git", "clone", "--quiet", "--shared", PROJECT, folder], check=True)
    git(folder, "checkout", "-q", "-B", "planted")
    commits = [git(folder, "rev-parse", "HEAD")]
    for number in range(1, NUM_COMMITS):
        (folder / "planted.txt").write_text(f"{number}\n")
        for file, text, replacement in plants if number == planted else []:
            source = (folder / file).read_text(encoding="utf-8")
            if source.count(text) != 1:
                sys.exit(f"{file} has changed: the fault is to be planted elsewhere")
            (folder / file).write_text(source.replace(text, replacement), encoding="utf-8")
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", f"commit {number}")
        commits.append(git(folder, "rev-parse", "HEAD"))
    return commits


def step_seconds(results):
    import h5py
    with h5py.File(results) as file:
        return float(file["summary/step_time"][()])


def plants_of(fault, source, folder):
    """The fault's replacements; one in nanoseconds follows the step's time of five runs."""
    from compare_planted import PLANTS
    from run_pool import RunPool
    if fault != "slow":
        return PLANTS[fault]
    subprocess.run([source / "bench-run", "--version"], check=True, stdout=subprocess.DEVNULL)
    program = source / "build" / "release" / "bin" / "bench-run"
    pool = RunPool(folder / "calibration")
    times = sorted(step_seconds(pool.run("compare_tiny", "head", number, program)) for number in range(5))
    ns = round(1e9 * PROJECT_SLOWER * times[2])
    print(f"a step takes {times[2] * 1e3:.3g} ms, planted are {ns / 1e6:.3g} ms", flush=True)
    return [(file, text, replacement.replace("{ns}", str(ns))) for file, text, replacement in PLANTS[fault]]


def search_project(arguments):
    """Whether the planted commit of this project is named."""
    folder = (arguments.out / f"project-{arguments.project}-{arguments.seed}").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("BENCH_STORE", str(folder / "store"))
    planted = random.Random(arguments.seed).randrange(1, NUM_COMMITS)
    source, repository = folder / "source", folder / "repository"
    state = folder / "commits.json"
    if not state.exists():
        for half in (source, repository):
            shutil.rmtree(half, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", "--shared", PROJECT, source], check=True)
        commits = make_project_repository(repository, plants_of(arguments.project, source, folder), planted)
        git(source, "remote", "set-url", "origin", str(repository))
        git(source, "fetch", "--quiet", "origin")
        state.write_text(json.dumps(commits))
    commits = json.loads(state.read_text())
    build = folder / "build.sh"
    # What set-up has installed is the user's; programs that are built here are kept in the folder.
    cache = os.environ.get("BENCH_CACHE")
    build.write_text(PROJECT_BUILD.replace("SOURCE", str(source)).replace(
        "CACHE", f"export BENCH_CACHE={shlex.quote(cache)}" if cache else "unset BENCH_CACHE"))
    metric = "step_time" if arguments.project == "slow" else "loss"
    begun = time.monotonic()
    found = search(arguments.build.resolve() / "bin" / "bench-compare", folder, commits, arguments.replicates,
                   build=f"sh {shlex.quote(str(build))}", program="out/bench-run", experiment="experiments/compare_tiny", metric=metric)
    suspects = [commits.index(suspect["commit"]) for suspect in found["suspects"]]
    right = suspects == [planted]
    minutes = (time.monotonic() - begun) / 60
    figure = (f"{'named' if right else 'NOT named'} after {found['num_looks']} looks, {len(found['skipped'])} skipped, "
              f"{minutes:.0f} minutes with the builds")
    print(f"planted {planted}, suspects {suspects}: {figure}")
    if arguments.summary:
        what = (f"`--bisect` among {NUM_COMMITS} commits of this project, one of which has a planted fault "
                f"(`{arguments.project}`), by `{metric}` of `compare_tiny`")
        write_summary(arguments.summary, f"compare_bisect {arguments.project} {arguments.seed}",
                      f"scripts/compare_bisect.py BUILD FOLDER --project {arguments.project} --seed {arguments.seed} "
                      f"--replicates {arguments.replicates}",
                      [row(what, figure, searches=1, named=int(right), looks=found["num_looks"])],
                      next((folder / "search" / "ends" / "base").glob("r*/results.h5")))
    return right


def search(compare, folder, commits, replicates, build="./build.sh", program="out/program", experiment="experiments/x",
           metric="step_time"):
    environment = {**os.environ, "BENCH_ROOT": str(folder / "repository"), "BENCH_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [compare, "--bisect", "--json", "--out", folder / "search", "--replicates", str(replicates),
         "--build-command", build, "--program", program, commits[0], commits[-1], experiment, metric],
        capture_output=True, text=True, env=environment, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"{folder}: exit code {done.returncode}: {done.stderr[-300:]}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--project", choices=("slow", "rate", "gradient", "denominator"))
    parser.add_argument("--seed", type=int, default=0)
    add_option(parser)
    arguments = parser.parse_args()
    if arguments.project:
        return 0 if search_project(arguments) else 1
    named = alone = looks = 0
    for trial in range(arguments.trials):
        draw = random.Random(trial)
        planted = draw.randrange(1, NUM_COMMITS)
        folder = (arguments.out / f"bisect{trial:03}").resolve()
        shutil.rmtree(folder, ignore_errors=True)
        build = arguments.build.resolve()
        commits = make_repository(folder / "repository", build / "tests" / "trials" / "fake_run", planted, draw)
        found = search(build / "bin" / "bench-compare", folder, commits, arguments.replicates)
        suspects = [commits.index(suspect["commit"]) for suspect in found["suspects"]]
        skipped = {commits.index(entry["commit"]) for entry in found["skipped"]}
        # Those between two commits that could be looked at cannot be told apart.
        like = {planted}
        while min(like) - 1 in skipped:
            like.add(min(like) - 1)
        while max(like) in skipped:
            like.add(max(like) + 1)
        right = planted in suspects and set(suspects) <= like
        named += right
        alone += right and len(suspects) == 1
        looks += found["num_looks"]
        print(f"{folder.name}: planted {planted}, suspects {suspects}, skipped {sorted(skipped)}, {found['num_looks']} "
              f"looks: {'named' if right else 'NOT named'}", flush=True)
        shutil.rmtree(folder)
    figure = (f"{named} of {arguments.trials} planted commits are named, {alone} of them alone; "
              f"{looks / arguments.trials:.1f} looks a search")
    print(figure)
    if arguments.summary:
        what = (f"`--bisect` among {NUM_COMMITS} commits, one of which makes a step {SLOWER - 1:.0%} slower; run times "
                f"spread by {SPREAD:.0%}, one commit of seven does not build")
        write_summary(arguments.summary, "compare_bisect", "scripts/compare_bisect.py BUILD FOLDER --trials "
                      f"{arguments.trials} --replicates {arguments.replicates}",
                      [row(what, figure, searches=arguments.trials, named=named, alone=alone, looks=looks)])
    return 0 if named >= NAMED * arguments.trials else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""How often bench-compare --bisect names the planted commit, in repositories made for it.

Each repository has 20 commits, one of which, at a random place, makes a step 5% slower; the times of runs spread
by 2%, and every seventh commit does not build. A build takes a second. The programs are tests/trials/fake_run, so
that a search takes as long as its builds.

usage: compare_bisect.py BUILD_FOLDER OUT_FOLDER [--trials 20] [--replicates 20]

Prints a line a search and the summary; exits with 1 when fewer than 90% are named. A search whose planted commit
is one that does not build counts as named where the commits that are left are it and those beside it.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

NUM_COMMITS = 20
SLOWER = 1.05
SPREAD = 0.02
NAMED = 0.9

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


def search(compare, folder, commits, replicates):
    environment = {**os.environ, "BENCH_ROOT": str(folder / "repository"), "BENCH_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [compare, "--bisect", "--json", "--out", folder / "search", "--replicates", str(replicates),
         "--build-command", "./build.sh", "--program", "out/program", commits[0], commits[-1], "experiments/x",
         "step_time"], capture_output=True, text=True, env=environment, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"{folder}: exit code {done.returncode}: {done.stderr[-300:]}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--replicates", type=int, default=20)
    arguments = parser.parse_args()
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
    print(f"{named} of {arguments.trials} planted commits are named, {alone} of them alone; {looks / arguments.trials:.1f} "
          "looks a search")
    return 0 if named >= NAMED * arguments.trials else 1


if __name__ == "__main__":
    sys.exit(main())

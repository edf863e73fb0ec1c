#!/usr/bin/env python3
"""Runs the commands of the CI recipes in docs/ci/ as a runner would: each in a clean clone of its own, with an
environment that has nothing but what the runner sets.

usage: ci_recipes.py REPOSITORY BASE OUT_FOLDER [--recipe NAME]...

REPOSITORY is cloned as it is committed (a shallow clone, as runners make them, for compare.sh), BASE is the branch of
it that is merged into. Prints each recipe's exit code and the reports that it left; exits with 1 where one is neither
0, 1 nor 3, or left no report. On this project a recipe builds two commits from nothing: an hour on two cores.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

REPORTS = ("comparison.xml", "comparison.json")
RECIPES = ("compare.sh", "github-actions.yml", "gitlab-ci.yml")


def commands_of(recipe):
    """The shell commands of a recipe's job, in their order."""
    if recipe.suffix == ".sh":
        return [f"docs/ci/{recipe.name} origin/$TARGET"]
    import yaml  # a recipe that is no shell script needs it
    document = yaml.safe_load(recipe.read_text(encoding="utf-8"))
    if "jobs" in document:
        return [step["run"] for step in document["jobs"]["compare"]["steps"] if "run" in step]
    job = document["compare"]
    return [*job.get("before_script", []), *job["script"]]


def environment_of(recipe, folder, base):
    """What the runner sets."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "TARGET": base, "CI": "true"}
    # What a machine that is not the runner's may be told besides: where packages and programs are kept.
    for name in ("BENCH_CACHE", "CCACHE_DIR", "XDG_CACHE_HOME", "BENCH_TEST_COMPARE", "BUILDS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    if recipe.name.startswith("github"):
        environment.update(GITHUB_BASE_REF=base, GITHUB_WORKSPACE=str(folder / "clone"), GITHUB_STEP_SUMMARY=str(folder / "summary.md"))
    if recipe.name.startswith("gitlab"):
        environment.update(CI_MERGE_REQUEST_TARGET_BRANCH_NAME=base)
    return environment


def branch_of(repository):
    return subprocess.run(["git", "-C", repository, "rev-parse", "--abbrev-ref", "HEAD"], check=True,
                          capture_output=True, text=True).stdout.strip()


def run(name, repository, base, out):
    """(exit code, text of the summary page, what was printed) of a recipe."""
    folder = out / pathlib.Path(name).stem
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "home").mkdir(parents=True)
    clone = folder / "clone"
    depth = ["--depth", "1", "--branch", branch_of(repository)] if name.endswith(".sh") else []
    subprocess.run(["git", "clone", "--quiet", *depth, f"file://{repository}", clone], check=True)
    recipe = clone / "docs" / "ci" / name
    printed = ""
    for command in commands_of(recipe):
        done = subprocess.run(["bash", "-eo", "pipefail", "-c", command], cwd=clone, capture_output=True, text=True,
                              env=environment_of(recipe, folder, base), check=False)
        printed += done.stdout + done.stderr
        if done.returncode:
            break
    summary = folder / "summary.md"
    return done.returncode, summary.read_text(encoding="utf-8") if summary.exists() else "", printed


def reports_of(name, out):
    clone = out / pathlib.Path(name).stem / "clone"
    return [report for report in REPORTS if (clone / report).exists()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repository", type=pathlib.Path)
    parser.add_argument("base")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--recipe", action="append", choices=RECIPES)
    arguments = parser.parse_args()
    failed = False
    for name in arguments.recipe or RECIPES:
        code, summary, printed = run(name, arguments.repository.resolve(), arguments.base, arguments.out.resolve())
        reports = reports_of(name, arguments.out.resolve())
        print(f"{name}: exit code {code}, reports {reports}, {len(summary)} characters on the job's page", flush=True)
        if code not in (0, 1, 3) or set(reports) != set(REPORTS):
            print(printed[-2000:])
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

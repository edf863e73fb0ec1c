"""Runs, by default of experiments/compare_tiny, that are made once and drawn from by many
comparisons.

For the scripts that measure bench-compare itself, or compare experiments: results stay in a folder,
so that a script can be stopped at any time and goes on, also with more of them. Needs h5py.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import h5py

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXPERIMENT = "experiments/compare_tiny"


def is_complete(results):
    """Whether a results file is there and says that its run came to its end."""
    try:
        with h5py.File(results) as file:
            return file.attrs["status"] == "complete"
    except (OSError, KeyError):  # missing, damaged, or another program's
        return False


class RunPool:
    def __init__(self, out):
        self.out = out.resolve()
        self.out.mkdir(parents=True, exist_ok=True)

    def results(self, kind, name, number):
        """The results file of one replicate."""
        return self.out / kind / name / f"r{number}" / "results.h5"

    def run(self, kind, name, number, program, experiment=EXPERIMENT):
        """That file, made by `program` (a path) unless a complete one is there. What an earlier run
        left otherwise, interrupted say, is removed. The status of a new one is for the caller."""
        results = self.results(kind, name, number)
        if is_complete(results):
            return results
        folder = results.parent
        shutil.rmtree(folder, ignore_errors=True)
        done = subprocess.run(
            [program, experiment, "--replicate", str(number), "--out", folder], cwd=ROOT,
            env={**os.environ, "BENCH_ROOT": str(ROOT)}, capture_output=True, text=True,
            check=False)
        if not results.exists():
            sys.exit(f"{name} replicate {number}: exit code {done.returncode}: "
                     f"{done.stderr[-300:]}")
        return results

    def compare(self, bench_compare, base, head, *options):
        """The JSON of a comparison of two groups of results files."""
        folder = self.out / "compared"
        shutil.rmtree(folder, ignore_errors=True)
        for side, files in (("base", base), ("head", head)):
            (folder / side).mkdir(parents=True)
            for number, file in enumerate(files):
                (folder / side / f"r{number}.h5").symlink_to(file)
        done = subprocess.run([bench_compare, "--json", *options, folder / "base", folder / "head"],
                              capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1, 3):
            sys.exit(f"bench-compare: {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)


def metric_of(report, name):
    return next(row for row in report["metrics"] if row["metric"] == name)

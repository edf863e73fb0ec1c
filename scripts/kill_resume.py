#!/usr/bin/env python3
"""Kills runs at random points, resumes them, and counts what is not bit for bit as it should be.

usage: kill_resume.py BUILD_FOLDER [--points 200] [--seed 1]; needs h5py.

Every point: start a run of 40 steps, SIGKILL it after a random time, turn its journal into a results
file, resume it, and compare every deterministic metric and digest with an uninterrupted run.
Lag: how long before the kill the journal was last written and fsynced; rows are lost for at most that
long. It must stay within the flush interval (0.05 s) and the time of one step or evaluation.
"""

import argparse
import pathlib
import random
import sys
import tempfile
import time

import h5py

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "commands"))
from tiny_run import Workplace, deterministic_content  # noqa: E402


def kill_once(place, definition, out, delay):
    """Starts a run and kills it `delay` seconds after its journal appears; its last checkpoint
    and the journal's lag in seconds."""
    process = place.start(definition, "--out", out)
    journal = out / "run.journal"
    while not journal.exists() and process.poll() is None:
        time.sleep(0.001)
    time.sleep(delay)
    lag = time.time() - journal.stat().st_mtime if process.poll() is None else 0
    process.kill()
    process.communicate()
    steps = [int(p.name.removeprefix("step-")) for p in out.glob("checkpoints/step-*")]
    return max(steps, default=0), lag


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="bench-kill-") as folder:
        place = Workplace(arguments.build.resolve() / "bin", folder)
        definition = place.write_definition("long.toml", steps=40)
        done = place.run(definition, "--out", "whole")
        whole = done.stdout.splitlines()[-1]
        expected = deterministic_content(whole)
        with h5py.File(whole) as file:
            span = 1.5 * file["steps/wall_time_s"][-1]  # the kill's delay counts from the journal
        lags = []
        unreadable = different = behind = finished = 0
        for point in range(arguments.points):
            out = place.folder / f"run{point}"
            checkpoint, lag = kill_once(place, definition, out, random.uniform(0, span))
            lags.append(lag)
            recovered = place.run("--recover", out)
            if recovered.returncode != 0:
                unreadable += 1
            else:
                with h5py.File(recovered.stdout.splitlines()[-1]) as file:
                    finished += file.attrs["status"] == "complete"
                    steps = file["steps/step"][:] if "step" in file["steps"] else []
                    # The journal is flushed before a checkpoint is published: never behind it.
                    behind += (max(steps) if len(steps) else 0) < checkpoint
            resumed = place.run(definition, "--out", out, "--resume")
            if resumed.returncode != 0:
                different += 1
            elif deterministic_content(resumed.stdout.splitlines()[-1]) != expected:
                different += 1
        print(f"{arguments.points} kills ({finished} after the end): {unreadable} unreadable results, "
              f"{behind} behind their checkpoint, {different} resumed runs not bitwise equal; "
              f"lag of the journal at most {max(lags):.2f} s")
        return 1 if unreadable or different or behind else 0


if __name__ == "__main__":
    sys.exit(main())

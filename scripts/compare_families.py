#!/usr/bin/env python3
"""Trains the six decoders of experiments/family_*, interleaved, for scripts/render_families.py.

Replicate by replicate, and within one in an order drawn for it, so that a change in the machine's load meets
all families alike. Each run is a fresh process of bench-run. The first one also makes the corpus and its tokenizer,
where the store has none; that time is not the run's.

usage: compare_families.py BUILD_FOLDER OUT_FOLDER [--replicates 3]

Runs that OUT_FOLDER has are not made again: the script can be stopped at any time and goes on, also with more
replicates. Prints a line a run. Exits with 1 if a run did not end complete.
"""
import argparse
import pathlib
import random
import sys

import h5py

from family_runs import EXPERIMENTS, KIND
from run_pool import RunPool


def order_of(replicate):
    """The experiments in the order in which this replicate's are run."""
    order = list(EXPERIMENTS)
    random.Random(replicate).shuffle(order)
    return order


def report(path, name, replicate):
    """Prints what a run came to; whether it is complete."""
    with h5py.File(path) as file:
        status = file.attrs["status"]
        if status != "complete":
            print(f"replicate {replicate}, {name}: {status} ({path})", flush=True)
            return False
        bits = file["evals/bits_per_byte"][-1]
        seconds = file["summary/wall_time"][()]
    print(f"replicate {replicate}, {name}: {bits:.4f} bits a byte, {seconds:.0f} s", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--replicates", type=int, default=3)
    arguments = parser.parse_args()
    pool = RunPool(arguments.out)
    program = (arguments.build / "bin" / "bench-run").resolve()
    complete = True
    for replicate in range(arguments.replicates):
        for name in order_of(replicate):
            path = pool.run(KIND, name, replicate, program, f"experiments/{name}")
            complete &= report(path, name, replicate)
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())

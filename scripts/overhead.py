#!/usr/bin/env python3
"""What the harness adds to a training step: usage: overhead.py RESULTS.h5 [...]; needs h5py.

Between two steps without an evaluation the wall clock also counts recording, flushing the journal and
progress. Overhead = median over steps of (wall time between ends of steps - step time) / step time;
the mean too, since a flush falls on few steps. Ranges are inside the step: about ten a step.
"""

import sys

import h5py
import numpy as np


def main():
    for path in sys.argv[1:]:
        with h5py.File(path) as file:
            wall = file["steps/wall_time_s"][:]
            step_time = file["steps/step_time"][:]
            evaluated = set(file["evals/step"][:]) if "step" in file["evals"] else set()
            steps = file["steps/step"][:]
            cpu = file["provenance"].attrs.get("cpu_model", "unknown processor")
        kept = [i for i in range(1, len(steps)) if steps[i - 1] not in evaluated]
        extra = np.array([wall[i] - wall[i - 1] - step_time[i] for i in kept])
        base = np.array([step_time[i] for i in kept])
        print(f"{path}: {cpu}: {len(kept)} steps, median step {1e3 * np.median(base):.1f} ms, overhead "
              f"median {100 * np.median(extra / base):.3f} %, mean {100 * extra.sum() / base.sum():.3f} %")


if __name__ == "__main__":
    main()

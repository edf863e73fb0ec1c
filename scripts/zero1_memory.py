#!/usr/bin/env python3
"""Runs experiments/zero1_memory on 1, 2 and 4 ranks, plain and with optimizer states sharded, in fp32
(version 1) and mixed precision (version 2), and prints what every rank held and sent against the formulas.

Per rank, for Psi parameters on N ranks, in bytes:
  states   fp32   8 Psi + 8 Psi / N' ;  mixed   4 Psi + 12 Psi / N'     (N' = N where sharded, else 1)
  sent     2 Psi (N - 1) / N elements of 4 (fp32) or 2 bytes, a step, plain and sharded alike
Source: Rajbhandari et al., arXiv:1910.02054, sections 3 and 7. "states" are the bytes of the tensors, "sent"
what the kernel counted on the rank's sockets, "peak" the allocator's high-water mark: what --plan expects (states
and activations at their peak) and the buffers, within a twentieth below, for gradients that are not there yet, and a
tenth above, for what single operations need for a moment. Also checked: plain and sharded runs on the same number of ranks ended with the same weights and optimizer
states, bit for bit. Exits 1 where states are off by more than 2 %, bytes sent by more than 1 %, the peak is
outside that, or bits differ.

usage: zero1_memory.py BENCH_RUN [--ranks 1,2,4]   (needs h5py; with an empty store the corpus is made first)
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py

MIB = 2 ** 20
PEAKS = []  # of every rank, over what was planned
PRECISIONS = {1: ("fp32", 8, 8, 4), 2: ("mixed", 4, 12, 2)}  # version: name, kept, sharded, element


def run(options, folder, version, sharding, ranks):
    command = [options.bench_run, f"experiments/zero1_memory@{version}", "--nproc", ranks, "--device", "cpu",
               "--set", f"training.sharding={sharding}", "--out", folder]
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(result.stderr)
    with h5py.File(folder / "results.h5") as file:
        figures = {int(rank): {name: value[()] for name, value in group.items()}
                   for rank, group in file["ranks"].items()}
        digests = {name: file["digests"][name][()].tolist() for name in ("weights", "optimizer")}
        parameters = file["summary"]["parameters"][()]
        return parameters, figures, digests


def planned_peak(options, version, sharding, ranks):
    """Bytes of states and activations, by the formulas of --plan."""
    command = [options.bench_run, f"experiments/zero1_memory@{version}", "--plan", "--json", "--device", "cpu",
               "--plan-ranks", ranks]
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    stage = "pos" if sharding == "optimizer_states" else "baseline"
    return next(s["total_bytes"] for s in json.loads(result.stdout)["plans"][0]["stages"] if s["stage"] == stage)


def lines(version, sharding, ranks, parameters, figures, planned):
    """Prints a line a configuration; returns whether the formulas hold."""
    name, kept, sharded, element = PRECISIONS[version]
    parts = ranks if sharding == "optimizer_states" else 1
    expected_states = parameters * (kept + sharded / parts)
    expected_sent = 2 * parameters * (ranks - 1) / ranks * element
    held = [sum(f[key] for key in ("parameter_bytes", "gradient_bytes", "optimizer_state_bytes"))
            for f in figures.values()]
    sent = [f.get("sent_bytes", 0) for f in figures.values()]
    worst = max(held, key=lambda value: abs(value - expected_states))
    first = figures[0]
    print(f"| {name} | {sharding} | {ranks} | {first['parameter_bytes'] / MIB:.2f} | {first['gradient_bytes'] / MIB:.2f} "
          f"| {first['optimizer_state_bytes'] / MIB:.2f} | {worst / MIB:.2f} | {expected_states / MIB:.2f} "
          f"| {worst / expected_states:.5f} | {first.get('communication_buffer_bytes', 0) / MIB:.2f} "
          f"| {first['activation_bytes'] / MIB:.2f} | {max(f['peak_tensor_bytes'] for f in figures.values()) / MIB:.2f} "
          f"| {max(sent) / MIB:.2f} | {expected_sent / MIB:.2f} |")
    right = all(abs(value / expected_states - 1) <= 0.02 for value in held)
    over = [f["peak_tensor_bytes"] / (planned + f.get("communication_buffer_bytes", 0)) for f in figures.values()]
    PEAKS.extend(over)
    right &= all(0.95 <= ratio <= 1.1 for ratio in over)
    return right and (ranks == 1 or all(abs(value / expected_sent - 1) <= 0.01 for value in sent))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_run", type=pathlib.Path)
    parser.add_argument("--ranks", default="1,2,4")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores; MiB a rank (of rank 0; states: of the rank that is furthest from the formula)\n")
    print("| precision | sharding | ranks | parameters | gradients | optimizer | states | formula | ratio | buffers "
          "| activations | peak | sent a step | formula |")
    print("|---" * 14 + "|")
    right = True
    with tempfile.TemporaryDirectory() as work:
        for version in PRECISIONS:
            for ranks in map(int, options.ranks.split(",")):
                digests = []
                for sharding in ("none", "optimizer_states"):
                    folder = pathlib.Path(work) / f"{version}-{ranks}-{sharding}"
                    parameters, figures, digest = run(options, folder, version, sharding, ranks)
                    planned = planned_peak(options, version, sharding, ranks)
                    right &= lines(version, sharding, ranks, parameters, figures, planned)
                    digests.append(digest)
                if digests[0] != digests[1]:
                    print(f"version {version}, {ranks} ranks: plain and sharded differ")
                    right = False
    print(f"\npeak / (states and activations by --plan, and buffers): {min(PEAKS):.3f} to {max(PEAKS):.3f}")
    print("plain and sharded end with the same bits" if right else "NOT AS EXPECTED")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())

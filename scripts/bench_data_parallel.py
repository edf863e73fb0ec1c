#!/usr/bin/env python3
"""What several ranks cost: the same training by one process, by data-parallel ranks, and with ZeRO-1, interleaved.

Arms, each a fresh run of one clm definition with the same global batch: one process with N threads; N ranks with one
thread each, plain; the same with the optimizer's states sharded. Geometry: hidden 288, 6 layers, 6 heads,
intermediate 768, vocabulary 8192, untied (10.69 M parameters, fp32), batch 8 x 256 tokens, AdamW, clipping at 1.0.
The text has as many different characters as that vocabulary needs, drawn from a fixed seed; the cost of a step does
not depend on what it says.

Rounds take the arms in turn, forwards and backwards. A round's figure is the median of step_time without the first
steps; printed are the medians over rounds, and ratios as the median of each round's own, with a 95 % bootstrap
interval over rounds. Ranges (mean seconds a step) are rank 0's: reduce_gradients is what waiting for and adding
gradients takes beyond the backward pass, gather_parameters what the sharded step adds. The parameters of plain and
sharded ranks must be equal, by their digest: exit code 1 if they are not, or if a median ratio is above its bound
(plain / one process 1.25, sharded / plain 1.05).

Needs numpy and h5py (the environment that set-up makes has them):
  python scripts/bench_data_parallel.py build/release
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import h5py
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
VOCAB, TEXT_CHARACTERS, FIRST_CHARACTER = 8192, 300_000, 0x4E00
RANGES = ("forward", "backward", "optimizer", "reduce_gradients", "gather_parameters")  # the third holds those after it
WARM_UP = 3  # steps
RESAMPLES = 4000
DEFINITION = """
stage = "clm"
title = "Data parallelism: the geometry of the comparisons"
base_seed = 1
[run]
threads = {ranks}
[model]
hidden_size = 288
num_layers = 6
num_heads = 6
intermediate_size = 768
max_positions = 256
tie_embeddings = false
[tokenizer]
characters = true
[data]
path = "{text}"
validation_fraction = 0.01
[optimizer]
learning_rate = 3e-4
[training]
steps = {steps}
batch_size = 8
max_tokens = 256
[evaluation]
tokens_per_language = 256
num_samples = 0
"""


def write_inputs(folder, ranks, steps, characters):
    """The text, and the definition that trains on it."""
    generator = random.Random(1)
    alphabet = [chr(FIRST_CHARACTER + i) for i in range(characters)]
    text = folder / "text.txt"
    text.write_text("".join(alphabet + generator.choices(alphabet, k=TEXT_CHARACTERS)), encoding="utf-8")
    definition = folder / "data_parallel.toml"
    definition.write_text(DEFINITION.format(ranks=ranks, text=text, steps=steps), encoding="utf-8")
    return definition


def run(build, definition, arguments, out):
    environment = {"BENCH_ROOT": str(ROOT), "BENCH_STORE": str(out.parent / "store")} | os.environ
    done = subprocess.run([build / "bin/bench-run", definition, "--device", "cpu", "--out", out, *arguments],
                          env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench-run {' '.join(map(str, arguments))} failed:\n{done.stderr[-2000:]}")
    with h5py.File(out / "results.h5") as file:
        steps = file["steps/step_time"][:]
        ranges = {name: file[f"ranges/{name}/host_s"][WARM_UP:len(steps)].mean()
                  for name in RANGES if len(file.get(f"ranges/{name}/count", ())) >= len(steps)}
        digest = file["digests/weights"].asstr()[-1]
    return {"step_s": float(np.median(steps[WARM_UP:])), "ranges": ranges, "digest": digest}


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "unknown processor")
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def ratio(arms, arm, other, generator):
    """Median of the rounds' ratios, and its 95 % interval by resampling rounds."""
    ratios = np.array([a["step_s"] / b["step_s"] for a, b in zip(arms[arm], arms[other])])
    drawn = np.median(ratios[generator.integers(len(ratios), size=(RESAMPLES, len(ratios)))], axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(np.median(ratios)), low, high


BOUNDS = {("plain", "one process"): 1.25, ("sharded", "one process"): None, ("sharded", "plain"): 1.05}


def report(arms, seed):
    """Prints the figures; returns whether the ratios are within their bounds."""
    print(f"machine: {machine()}; {len(arms['one process'])} rounds")
    for arm, rounds in arms.items():
        step = np.median([one["step_s"] for one in rounds])
        ranges = {name: np.median([one["ranges"][name] for one in rounds]) for name in rounds[0]["ranges"]}
        print(f"{arm}: step {step:.4f} s; " + ", ".join(f"{name} {seconds:.4f}" for name, seconds in ranges.items()))
    generator = np.random.default_rng(seed)
    within = True
    for (arm, other), bound in BOUNDS.items():
        middle, low, high = ratio(arms, arm, other, generator)
        print(f"{arm} / {other}: {middle:.3f}, 95 % interval {low:.3f} to {high:.3f}"
              + (f", bound {bound}" if bound else ""))
        within &= bound is None or middle <= bound
    return within


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1, help="of the bootstrap")
    options = parser.parse_args()
    if options.steps <= WARM_UP:
        parser.error(f"--steps must be more than {WARM_UP}")
    nproc = ["--nproc", str(options.ranks)]
    commands = {"one process": [], "plain": nproc,
                "sharded": nproc + ["--set", "training.sharding=optimizer_states"]}
    arms = {arm: [] for arm in commands}
    with tempfile.TemporaryDirectory(prefix="bench-data-parallel-") as folder:
        folder = pathlib.Path(folder)
        definition = write_inputs(folder, options.ranks, options.steps, VOCAB)
        for i in range(options.rounds):
            for arm in list(commands) if i % 2 == 0 else reversed(commands):
                arms[arm].append(run(options.build.resolve(), definition, commands[arm], folder / f"{i}-{arm}"))
            print(f"round {i + 1} of {options.rounds}: "
                  + ", ".join(f"{arm} {rounds[-1]['step_s']:.4f} s" for arm, rounds in arms.items()),
                  file=sys.stderr, flush=True)
    within = report(arms, options.seed)
    digests = {one["digest"] for arm in ("plain", "sharded") for one in arms[arm]}
    print("parameters of plain and sharded ranks: " + ("equal" if len(digests) == 1 else "they differ"))
    return 0 if within and len(digests) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())

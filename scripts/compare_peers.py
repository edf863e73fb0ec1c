#!/usr/bin/env python3
"""Runs the perf_* experiments beside their peers, interleaved, and keeps the figures in docs/benchmarks.md and README.md.

    scripts/compare_peers.py FOLDER --machine KEY --date YYYY-MM [--build BUILD] [--replicates 7]
                             [--only WORD...] [--keep]

Each pair is one `bench-compare --arms` (what it compares: experiments/peers/README.md), whose runs and report lie in
FOLDER and are continued when the same command is given again. Peers run twice: with glibc as users have it, and with
its thresholds raised as bench-run raises its own (of datatrove, which holds no large tensors, once). --only: pairs whose
name has one of the words. --keep: the reports also go into docs/benchmarks.json, under the machine's key there, and with
that into docs/benchmarks.md and the table of README.md (scripts/render_benchmarks.py). --build: the programs of this build folder
(build/ci), copied to FOLDER/bin the first time, so that a build that goes on meanwhile does not change them; without it
./bench-compare, which builds. Without a network, peers whose environment is not installed are named and left out, as is
every pair that has no report of arms side by side; the exit code is then 1.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
# As harness/measurement/memory.cc sets them: freed memory is never returned.
RAISED = ("MALLOC_MMAP_THRESHOLD_=1073741824", "MALLOC_TRIM_THRESHOLD_=4611686018427387904",
          "MALLOC_TOP_PAD_=67108864", "MALLOC_ARENA_MAX=1")
TWO_RANKS = ' --nproc 2 --set run.threads=1 --set training.sharding="optimizer_states"'


class Pair(NamedTuple):
    ours: str
    peer: str
    precisions: tuple = ("fp32",)  # of versions 1, 2, ...; "": there is nothing to choose
    options: str = ""
    raised: tuple = (False, True)  # whether the peer's malloc thresholds are


BOTH = ("fp32", "bf16")
PAIRS = {
    "Pre-training": Pair("perf_clm_10m", "peer_transformers_clm", BOTH),
    "Pre-training, compiled": Pair("perf_clm_10m", "peer_transformers_clm_compiled", BOTH),
    "Fine-tuning": Pair("perf_sft_10m", "peer_trl_sft", BOTH),
    "Reward model": Pair("perf_rm_10m", "peer_trl_rm", BOTH),
    "PPO": Pair("perf_ppo_10m", "peer_trl_ppo", BOTH),
    "Decoding": Pair("perf_decode_10m", "peer_transformers_decode", BOTH),
    "ZeRO-1 on two ranks": Pair("perf_clm_10m", "peer_torch_zero1", options=TWO_RANKS),
    "Corpus": Pair("perf_corpus", "peer_datatrove", precisions=("",), raised=(False,)),
}


def comparisons():
    """Name, arms and a name for files of every comparison."""
    for what, pair in PAIRS.items():
        for version, precision in enumerate(pair.precisions, start=1):
            for raised in pair.raised:
                base = f"experiments/{pair.ours}@{version} --device cpu{pair.options}"
                head = f"experiments/peers/{pair.peer}@{version} --device cpu"
                if raised:
                    head += "".join(f" --env {setting}" for setting in RAISED)
                parts = [what, precision, "the peer's malloc thresholds raised" if raised else ""]
                file = "_".join(filter(None, [pair.peer, precision, "raised" if raised else ""]))
                yield ", ".join(filter(None, parts)), base, head, file


def is_side_by_side(report: pathlib.Path) -> bool:
    """bench-compare also exits with 3 where the arms cannot stand beside each other."""
    try:
        content = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("side_by_side") is True


def own_programs(build: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """bench-compare of a copy of the build's programs, made once: runs that are continued are of one program."""
    programs = folder / "bin"
    if not programs.exists():
        new = folder / "bin.new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(build / "bin", new)
        new.rename(programs)
    return programs / "bench-compare"


def compare(program: pathlib.Path, arms: list, report: pathlib.Path) -> bool:
    """Whether it left a report of arms side by side, which is never a pass. Else what was there is left."""
    new = report.with_suffix(".new")
    new.unlink(missing_ok=True)
    command = [program, "--arms", f"--json={new}", *arms]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"BENCH_ROOT": str(ROOT)}, check=False)
    if done.returncode != 3 or not is_side_by_side(new):
        return False
    new.replace(report)
    return True


def keep(report: pathlib.Path, name: str, shown: str, args: argparse.Namespace) -> bool:
    done = subprocess.run([sys.executable, ROOT / "scripts/render_benchmarks.py", "--add", report, "--machine",
                           args.machine, "--what", name, "--command", shown, "--date", args.date], check=False)
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--machine", required=True)
    parser.add_argument("--date", required=True)
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("--replicates", type=int, default=7)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    machines = json.loads((ROOT / "docs/benchmarks.json").read_text(encoding="utf-8"))["machines"]
    if args.machine not in machines:
        parser.error(f"--machine {args.machine}: docs/benchmarks.json has {', '.join(machines)}")
    args.folder = args.folder.resolve()  # bench-compare runs in ROOT
    args.folder.mkdir(parents=True, exist_ok=True)
    program = own_programs(args.build.resolve(), args.folder) if args.build else ROOT / "bench-compare"
    left_out = []
    for name, base, head, file in comparisons():
        if args.only and not any(word in name for word in args.only):
            continue
        print(f"== {name}", flush=True)
        report = args.folder / f"{file}.json"
        arms = ["--replicates", str(args.replicates), "--out", args.folder / file, base, head]
        shown = f"./bench-compare --arms --replicates {args.replicates} --out {file} '{base}' '{head}'"
        if not compare(program, arms, report) or (args.keep and not keep(report, name, shown, args)):
            left_out.append(name)
    if left_out:
        print(f"left out: {'; '.join(left_out)}")
    return 1 if left_out else 0


if __name__ == "__main__":
    sys.exit(main())

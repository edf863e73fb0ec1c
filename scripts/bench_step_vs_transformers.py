#!/usr/bin/env python3
"""Times a training step of ours and of Hugging Face transformers, interleaved; prints the ratios.

Ours is what a user gets: `bench-run experiments/perf_clm_step@1`, whose results file has the median
step (`summary/step_time`: data, forward, loss, backward, clipping, AdamW, the figures of each step).
The peer trains the same geometry in fp32 on as many threads: batch 8 x 256 tokens, hidden 288, 6
layers, 6 heads, intermediate 768, vocabulary 8192, untied; eager with SDPA, forward, loss, backward,
clipping at 1.0, fused AdamW. Its median leaves out two steps to warm up; ours leaves out none.
Sides: ours, whose process makes glibc keep freed blocks; transformers, with glibc as it is;
transformers_malloc, with the same mallopt calls as ours (harness/measurement/memory.cc).
Every round is a fresh process of each side, in turn forwards and backwards, so that a change in the
machine's load meets all. What is compared is the ratio of a round's medians, and its median over rounds.

Run with a Python that has torch, transformers and h5py:
  python scripts/bench_step_vs_transformers.py build/release/bin/bench-run
The inputs (a data set, a tokenizer) are made in the first round, in $BENCH_STORE.
"""
import argparse
import ctypes
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

PEER = "--peer"
EXPERIMENT = "perf_clm_step@1"
TOKENS = 8 * 256
ROOT = pathlib.Path(__file__).resolve().parent.parent
# malloc.h's numbers, and the values of ConfigureAllocator.
MALLOPT = {"M_MMAP_THRESHOLD": (-3, 1 << 30), "M_TRIM_THRESHOLD": (-1, -1),
           "M_TOP_PAD": (-2, 64 << 20), "M_ARENA_MAX": (-8, 1)}


def tune_malloc() -> None:
    libc = ctypes.CDLL(None)
    for name, (parameter, value) in MALLOPT.items():
        if libc.mallopt(parameter, value) != 1:
            sys.exit(f"mallopt({name}, {value}) was refused")


def peer_round(threads: int, steps: int, malloc: str) -> None:
    """Prints the median second of `steps` steps of transformers, after two to warm up."""
    if malloc == "tuned":
        tune_malloc()
    import torch
    import transformers
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=8192, hidden_size=288, num_hidden_layers=6, num_attention_heads=6,
        num_key_value_heads=6, intermediate_size=768, max_position_embeddings=256,
        tie_word_embeddings=False, attn_implementation="sdpa")
    model = transformers.LlamaForCausalLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1,
                                  fused=True)
    tokens = torch.randint(0, 8192, (8, 256))
    seconds = []
    for _ in range(steps + 2):
        start = time.perf_counter()
        loss = model(input_ids=tokens, labels=tokens, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"step_s": statistics.median(seconds[2:]), "torch": torch.__version__,
                      "transformers": transformers.__version__,
                      "parameters": sum(p.numel() for p in model.parameters())}))


def environment(threads: int) -> dict:
    # Of malloc settings from outside nothing remains: it would be another comparison.
    return {name: value for name, value in os.environ.items()
            if not name.startswith("MALLOC_") and name != "GLIBC_TUNABLES"} | {
                "OMP_NUM_THREADS": str(threads)}


def checked(command: list, threads: int) -> str:
    done = subprocess.run(list(map(str, command)), env=environment(threads), check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return done.stdout.splitlines()[-1]


def run_ours(program: str, folder: pathlib.Path) -> dict:
    import h5py
    path = checked([program, EXPERIMENT, "--experiments", ROOT / "experiments", "--device", "cpu",
                    "--out", folder], 2)
    with h5py.File(path) as file:
        return {"step_s": file["summary/step_time"][()], "threads": int(file.attrs["threads"]),
                "steps": file["steps/step_time"].shape[0],
                "parameters": int(file["summary/parameters"][()])}


def run_peer(malloc: str, like: dict) -> dict:
    return json.loads(checked([sys.executable, __file__, PEER, like["threads"], like["steps"], malloc],
                              like["threads"]))


def machine() -> str:
    flags = open("/proc/cpuinfo", encoding="utf-8").read()
    model = next((line.split(":")[1].strip() for line in flags.splitlines()
                  if line.startswith("model name")), platform.machine())
    isa = next((name for name in ("avx512f", "avx2") if name in flags), "baseline")
    return f"{model}, {os.cpu_count()} cores, {isa}"


def print_ratio(side: str, rounds: dict) -> None:
    ratios = [peer["step_s"] / ours["step_s"] for peer, ours in zip(rounds[side], rounds["ours"])]
    print(f"{side} / ours: {statistics.median(ratios):.2f} (of {len(ratios)} rounds "
          f"{min(ratios):.2f} to {max(ratios):.2f})")


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == PEER:
        peer_round(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
        return
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program", help="path of the built bench-run")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    rounds = {"ours": [], "transformers": [], "transformers_malloc": []}
    loads = []
    with tempfile.TemporaryDirectory() as folder:
        run_ours(args.program, pathlib.Path(folder) / "first")  # makes the inputs
        for i in range(args.rounds):
            loads.append(os.getloadavg()[0])
            like = rounds["ours"][-1] if rounds["ours"] else {"threads": 2, "steps": 12}
            for side in list(rounds) if i % 2 == 0 else reversed(rounds):
                rounds[side].append(
                    run_ours(args.program, pathlib.Path(folder) / f"r{i}") if side == "ours" else
                    run_peer("tuned" if side == "transformers_malloc" else "default", like))
            print(f"round {i + 1}, load {loads[-1]:.1f}: " + ", ".join(
                f"{side} {done[-1]['step_s']:.3f} s" for side, done in rounds.items()), flush=True)
    ours, peer = rounds["ours"][0], rounds["transformers"][0]
    assert ours["parameters"] == peer["parameters"], (ours, peer)
    print(f"{machine()}, load {min(loads):.1f} to {max(loads):.1f}; {ours['threads']} threads; "
          f"transformers {peer['transformers']}, torch {peer['torch']}")
    for side, done in rounds.items():
        step_s = statistics.median(one["step_s"] for one in done)
        print(f"{side}: {step_s:.3f} s ({TOKENS / step_s:,.0f} tokens/s)")
    for side in ("transformers", "transformers_malloc"):
        print_ratio(side, rounds)


if __name__ == "__main__":
    main()

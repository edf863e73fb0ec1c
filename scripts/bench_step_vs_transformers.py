#!/usr/bin/env python3
"""Times a training step of ours and of Hugging Face transformers, interleaved; prints the ratio.

Both sides train the same geometry (models/decoder_bench.cc) in fp32 on the same threads: batch 8 x
256 tokens, hidden 288, 6 layers, 6 heads, intermediate 768, vocabulary 8192, untied; forward, loss,
backward, clipping at 1.0, fused AdamW. The rounds alternate, so that a change in the machine's load
meets both; what is compared is the median over rounds of each round's best step.

Run with a Python that has torch and transformers:
  python scripts/bench_step_vs_transformers.py build/release/models/decoder_bench
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

PEER = "--peer"


def peer_round(threads: int, steps: int) -> None:
    """Prints the seconds of each of `steps` steps of transformers, after two to warm up."""
    import torch
    import transformers
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=8192, hidden_size=288, num_hidden_layers=6, num_attention_heads=6,
        num_key_value_heads=6, intermediate_size=768, max_position_embeddings=256,
        tie_word_embeddings=False, attn_implementation="sdpa")
    model = transformers.LlamaForCausalLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), fused=True)
    tokens = torch.randint(0, 8192, (8, 256))
    seconds = []
    for _ in range(steps + 2):
        start = time.perf_counter()
        model(input_ids=tokens, labels=tokens).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds[2:], "torch": torch.__version__,
                      "transformers": transformers.__version__}))


def environment(threads: int) -> dict:
    return os.environ | {"OMP_NUM_THREADS": str(threads), "BENCH_THREADS": str(threads)}


def run_peer(args: argparse.Namespace) -> dict:
    command = [sys.executable, __file__, PEER, str(args.threads), str(args.steps)]
    return json.loads(subprocess.run(command, env=environment(args.threads), check=True,
                                     capture_output=True, text=True).stdout.splitlines()[-1])


def run_ours(args: argparse.Namespace) -> list:
    """Seconds of each repetition of one step, after two to warm up."""
    command = [args.bench, "--benchmark_filter=BM_TrainStep/iterations:1",
               f"--benchmark_repetitions={args.steps + 2}", "--benchmark_format=json"]
    out = subprocess.run(command, env=environment(args.threads), check=True, capture_output=True,
                         text=True).stdout
    rows = [r for r in json.loads(out)["benchmarks"] if r["run_type"] == "iteration"]
    return [r["real_time"] / 1e3 for r in rows][2:]


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), platform.machine())
    flags = open("/proc/cpuinfo").read()
    isa = next((name for name in ("avx512f", "avx2") if name in flags), "baseline")
    return f"{model}, {os.cpu_count()} cores, {isa}, load {os.getloadavg()[0]:.1f}"


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == PEER:
        peer_round(int(sys.argv[2]), int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bench", help="path of the built decoder_bench")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=5, help="timed steps a round")
    args = parser.parse_args()
    print(f"machine: {machine()}; {args.threads} threads")
    ours, peers = [], []
    for i in range(args.rounds):
        mine, peer = run_ours(args), run_peer(args)
        ours.append(min(mine))
        peers.append(min(peer["seconds"]))
        print(f"round {i + 1}: ours {ours[-1]:.3f} s, transformers {peers[-1]:.3f} s, "
              f"ratio {peers[-1] / ours[-1]:.2f}", flush=True)
    a, b = statistics.median(ours), statistics.median(peers)
    print(f"median of best steps: ours {a:.3f} s ({2048 / a:,.0f} tokens/s), transformers "
          f"{peer['transformers']} (torch {peer['torch']}) {b:.3f} s ({2048 / b:,.0f} tokens/s): "
          f"{b / a:.2f} times as fast")


if __name__ == "__main__":
    main()

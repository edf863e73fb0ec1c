#!/usr/bin/env python3
"""Times a PPO iteration of ours and of TRL 1.0.0's PPOTrainer, interleaved; prints ratios of time and memory.

Both sides hold four fp32 models of one geometry (policy, frozen reference, reward model, value model: hidden
288, 6 layers, 6 heads, intermediate 768, vocabulary 8192, untied; reward and value model have a scalar head
and no language head) on the same threads. An iteration samples 64 tokens for each of 16 prompts of 64 tokens at
temperature 0.7 (no end token, so every answer has 64), scores them, and makes 4 epochs of 1 mini-batch with
AdamW. Neither side clips gradients: TRL's loop ignores max_grad_norm, it steps right after the backward pass.
Sides: ours, whose process makes glibc keep freed blocks; trl, with glibc as it is; trl_malloc, with glibc's mmap
and trim thresholds, top pad and arenas set to the values of ours by MALLOC_MMAP_THRESHOLD_ and its kin.
Every round is a fresh process of each side, in turn forwards and backwards; memory is the high-water mark
(VmHWM) of a process that does nothing else, of which "before" is resident when libraries are loaded and no model
is made. The first iteration warms up. What is compared: the median over rounds of each round's best iteration,
and the largest peak memory.

Run with a Python that has torch, trl 1.0.0 and transformers:
  python scripts/bench_ppo_vs_trl.py build/release/harness/ppo_task_bench
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

PEER = "--peer"
VOCAB, PROMPTS, PROMPT_TOKENS, ANSWER_TOKENS = 8192, 16, 64, 64
MIB = 2**20
# As harness/measurement/memory.cc sets them: freed memory is never returned.
TUNED_MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**62),
                "MALLOC_TOP_PAD_": str(64 * MIB), "MALLOC_ARENA_MAX": "1"}


def own_memory(field: str) -> int:
    """A line of this process's status, in bytes: VmRSS (now) or VmHWM (its peak)."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field + ":"))


def word_tokenizer():
    """A tokenizer of VOCAB words: the trainer wants one for its padding and end token."""
    import tokenizers
    import transformers
    words = {"<pad>": 0, "<eos>": 1} | {f"w{i}": i for i in range(2, VOCAB)}
    model = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="<pad>"))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=model, pad_token="<pad>", eos_token="<eos>",
                                                padding_side="left")


def peer_round(threads: int, iterations: int) -> None:
    """Prints the seconds of each of `iterations` iterations of TRL after one to warm up, and the peak memory."""
    import torch
    import transformers
    import trl
    from trl.experimental.ppo import PPOConfig, PPOTrainer
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=VOCAB, hidden_size=288, num_hidden_layers=6, num_attention_heads=6, num_key_value_heads=6,
        intermediate_size=768, max_position_embeddings=PROMPT_TOKENS + ANSWER_TOKENS, tie_word_embeddings=False,
        attn_implementation="sdpa", pad_token_id=0, bos_token_id=None, eos_token_id=1, num_labels=1)
    prompts = torch.randint(2, VOCAB, (PROMPTS, PROMPT_TOKENS)).tolist()
    ends = [0.0]

    class Clock(transformers.TrainerCallback):
        def on_step_end(self, *_args, **_kwargs):
            ends.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        arguments = PPOConfig(
            output_dir=folder, per_device_train_batch_size=PROMPTS, gradient_accumulation_steps=1,
            num_mini_batches=1, num_ppo_epochs=4, total_episodes=PROMPTS * (iterations + 1),
            local_rollout_forward_batch_size=PROMPTS, response_length=ANSWER_TOKENS, temperature=0.7,
            num_sample_generations=0, bf16=False, gradient_checkpointing=False, use_cpu=True,
            report_to="none", save_strategy="no", logging_strategy="no")
        before = own_memory("VmRSS")
        trainer = PPOTrainer(
            args=arguments, processing_class=word_tokenizer(),
            model=transformers.LlamaForCausalLM(config), ref_model=transformers.LlamaForCausalLM(config),
            reward_model=transformers.LlamaForSequenceClassification(config),
            value_model=transformers.LlamaForSequenceClassification(config),
            train_dataset=[{"input_ids": prompt} for prompt in prompts],
            eval_dataset=[{"input_ids": prompts[0]}], callbacks=[Clock()])
        sys.stdout = sys.stderr  # it prints as it goes
        trainer.train()
        sys.stdout = sys.__stdout__
    seconds = [end - start for start, end in zip(ends[1:], ends[2:])]
    print(json.dumps({"seconds": seconds, "before_bytes": before, "peak_bytes": own_memory("VmHWM"),
                      "versions": f"TRL {trl.__version__}, transformers {transformers.__version__}, "
                                  f"torch {torch.__version__}"}))


def round_of(command: list, threads: int, malloc: dict) -> dict:
    # Of what is set outside nothing remains: it would be another comparison.
    outside = {name: value for name, value in os.environ.items()
               if not name.startswith("MALLOC_") and name != "GLIBC_TUNABLES"}
    environment = outside | malloc | {"OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def machine() -> str:
    flags = open("/proc/cpuinfo").read()
    model = next((line.split(":")[1].strip() for line in flags.splitlines()
                  if line.startswith("model name")), platform.machine())
    isa = next((name for name in ("avx512f", "avx2") if name in flags), "baseline")
    return f"{model}, {os.cpu_count()} cores, {isa}, load {os.getloadavg()[0]:.1f}"


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == PEER:
        peer_round(int(sys.argv[2]), int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bench", help="path of the built ppo_task_bench")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=2, help="timed iterations a round")
    args = parser.parse_args()
    peer = [sys.executable, __file__, PEER, str(args.threads), str(args.iterations)]
    sides = {"ours": ([args.bench, str(args.threads), str(args.iterations)], {}),
             "trl": (peer, {}), "trl_malloc": (peer, TUNED_MALLOC)}
    print(f"machine: {machine()}; {args.threads} threads", flush=True)
    rounds = {side: [] for side in sides}
    for i in range(args.rounds):
        for side in list(sides) if i % 2 == 0 else reversed(sides):
            command, malloc = sides[side]
            rounds[side].append(round_of(command, args.threads, malloc))
        print(f"round {i + 1}: " + ", ".join(
            f"{side} {min(done[-1]['seconds']):.2f} s, {done[-1]['peak_bytes'] / MIB:.0f} MiB"
            for side, done in rounds.items()), flush=True)
    time_s = {side: statistics.median(min(one["seconds"]) for one in done) for side, done in rounds.items()}
    peak = {side: max(one["peak_bytes"] for one in done) for side, done in rounds.items()}
    before = {side: max(one["before_bytes"] for one in done) for side, done in rounds.items()}
    print(rounds["trl"][0]["versions"])
    for side in sides:
        print(f"{side}: {time_s[side]:.2f} s, peak {peak[side] / MIB:.0f} MiB, "
              f"{before[side] / MIB:.0f} MiB before the models")
    for side in ("trl", "trl_malloc"):
        print(f"ours against {side}: {time_s[side] / time_s['ours']:.2f} times as fast, "
              f"{100 * peak['ours'] / peak[side]:.0f}% of the memory")


if __name__ == "__main__":
    main()

"""The work of the perf_*_10m experiments, for the peers: geometry, rows, time of steps, reports.

Reads what stage "synthetic" left (harness/stages/synthetic/stage.h), the same files that the harness's own
experiments read; $BENCH_INPUT_ROWS is its folder. Needs NumPy for streams only.
"""
import json
import os
import pathlib
import time

GEOMETRY = {"vocab_size": 8192, "hidden_size": 288, "num_hidden_layers": 6, "num_attention_heads": 6,
            "num_key_value_heads": 6, "intermediate_size": 768, "tie_word_embeddings": False,
            "rms_norm_eps": 1e-5, "rope_theta": 1e4, "initializer_range": 0.02, "attn_implementation": "sdpa"}
UNK, BOS, EOS, PAD = range(4)
STEPS = 12
THREADS = int(os.environ.get("BENCH_THREADS", "2"))


def folder() -> pathlib.Path:
    return pathlib.Path(os.environ["BENCH_INPUT_ROWS"])


def sequences(row_tokens: int, part: str = "train"):
    """[N, row_tokens + 1] of a stream: sequence i reads row_tokens tokens and predicts those one further."""
    import numpy
    tokens = numpy.fromfile(folder() / f"{part}-00000.tokens", dtype="<u2").astype(numpy.int64)
    count = (len(tokens) - 1) // row_tokens
    return numpy.stack([tokens[i * row_tokens:(i + 1) * row_tokens + 1] for i in range(count)])


def rows(part: str) -> list:
    """Token ids of each row: prompt and response, or prompt, chosen and rejected."""
    with open(folder() / f"{part}.ids.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def report(**line) -> None:
    """A line of $BENCH_METRICS (docs/programs.md)."""
    with open(os.environ["BENCH_METRICS"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


class StepClock:
    """Reports each step with its time, from the end of the one before to its own: data and update included."""

    def __init__(self):
        self.begin, self.step, self.tokens = time.perf_counter(), 0, 0

    def end_step(self, tokens: int, target_tokens: int, loss: float) -> None:
        now = time.perf_counter()
        self.step, self.tokens = self.step + 1, self.tokens + tokens
        seconds, self.begin = now - self.begin, now
        report(step=self.step, tokens=self.tokens, metrics={
            "step_time": seconds, "target_tokens_per_second": target_tokens / seconds, "train_loss": loss})


def num_parameters(*models) -> int:
    return sum(parameter.numel() for model in models for parameter in model.parameters())

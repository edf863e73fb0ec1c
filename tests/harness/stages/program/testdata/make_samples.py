"""Writes the samples of this folder with the programs whose formats are read: TensorBoard's SummaryWriter (torch
2.11, tensorboard 2.21), Hugging Face's Trainer (transformers 5.24), MLPerf's mllog (mlperf-logging 4.1.68) and
google-benchmark 1.9.5.

usage: make_samples.py FOLDER
"""
import os
import pathlib
import subprocess
import sys

BENCHMARK = """
import google_benchmark as benchmark
@benchmark.register
@benchmark.option.arg(8)
@benchmark.option.arg(64)
def sums(state):
    n = state.range(0)
    while state:
        sum(range(n))
    state.counters["items"] = n
benchmark.main()
"""


def tensorboard():
    import torch
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter("events") as writer:
        for step in range(1, 6):
            writer.add_scalar("train/loss", 4.0 / step, step)
            writer.add_scalar("new/loss", 8.0 / step, step, new_style=True)
            writer.add_scalar("new/double", torch.tensor(0.1, dtype=torch.float64) * step, step, new_style=True,
                              double_precision=True)
        writer.add_text("note", "hello", 3)
        writer.add_histogram("h", torch.arange(10.0), 3)
    with SummaryWriter("events/other") as writer:
        writer.add_scalar("eval/accuracy", 0.5, 2)
        writer.add_scalar("eval/accuracy", 0.75, 4)


def trainer_state():
    import torch
    import transformers

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(4, 2)

        def forward(self, x=None, labels=None):
            logits = self.linear(x)
            return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}

    torch.manual_seed(0)
    data = [{"x": torch.randn(4), "labels": torch.tensor(i % 2)} for i in range(40)]
    arguments = transformers.TrainingArguments(
        "trainer", max_steps=6, per_device_train_batch_size=4, logging_steps=2, eval_strategy="steps", eval_steps=3,
        save_strategy="no", report_to=[], use_cpu=True, seed=1)
    trainer = transformers.Trainer(
        Model(), arguments, train_dataset=data, eval_dataset=data[:8],
        compute_metrics=lambda p: {"accuracy": float((p.predictions.argmax(1) == p.label_ids).mean())})
    trainer.train()
    trainer.save_state()


def mllog():
    from mlperf_logging import mllog as log

    log.config(filename="mllog.txt")
    logger = log.get_mllogger()
    logger.event(key=log.constants.SUBMISSION_BENCHMARK, value="test")
    logger.start(key=log.constants.RUN_START)
    for step in (10, 20):
        logger.start(key=log.constants.EPOCH_START, metadata={"epoch_num": step // 10})
        logger.event(key="train_loss", value=4.0 / step, metadata={"step_num": step})
        logger.end(key=log.constants.EPOCH_STOP, metadata={"epoch_num": step // 10})
        logger.event(key=log.constants.EVAL_ACCURACY, value=step / 40, metadata={"samples_count": step * 64})
    logger.end(key=log.constants.RUN_STOP, metadata={"status": "success"})


def google_benchmark():
    subprocess.run([sys.executable, "-c", BENCHMARK, "--benchmark_repetitions=3", "--benchmark_min_time=0.01s",
                    "--benchmark_out=benchmark.json", "--benchmark_out_format=json"], check=True)


if __name__ == "__main__":
    os.chdir(pathlib.Path(sys.argv[1]))
    for write in (tensorboard, trainer_state, mllog, google_benchmark):
        write()

"""Programs of others for the tests that run them as experiments: a trainer without any library, and definitions."""

import json

from command_case import SOURCE, CommandCase

MINIMAL = SOURCE / "experiments" / "program_minimal"

# A trainer without any library: its loss falls by the seed, which is its replicate's.
TRAIN = """\
import json, os, sys
seed = int(os.environ["BENCH_SEED"])
with open(os.environ["BENCH_METRICS"], "a") as out:
    def report(**line):
        out.write(json.dumps(line) + "\\n")
        out.flush()
    report(total_steps=5)
    for step in range(1, 6):
        report(step=step, tokens=10 * step, metrics={"loss": 1 / step + seed % 97, "step_time": 0.01 * step})
        print("step", step, "seed", seed)
    report(step=5, evaluation={"accuracy/zh": 0.5, "accuracy": 0.75})
    report(step=5, digests={"weights": f"{seed:064x}"})
"""

DEFINITION = """\
stage = "program"
base_seed = 3

[run]
threads = 1

[program]
command = ["{python}", "train.py"]
grace_s = 5

[[program.reports]]
format = "json_lines"

[[program.metrics]]
name = "loss"
units = "nats"
better = "lower"
deterministic = true

[[program.metrics]]
name = "accuracy"
better = "higher"
deterministic = true

[[program.metrics]]
name = "step_time"
units = "s"
better = "lower"
kind = "time"
"""

# Any metric: what is tested is how it is read.
ONE_METRIC = """\
stage = "program"

[program]
command = [{command}]

[[program.reports]]
{report}

[[program.metrics]]
name = "loss"
{metric}
"""


def values(series):
    return [float(value) for value in series[:]]


def literal(words):
    return ", ".join(json.dumps(str(word)) for word in words)


class Programs(CommandCase):
    def setUp(self):
        super().setUp()
        self.folder = self.place.folder / "mine"
        self.folder.mkdir()
        self.program = self.write("train.py", TRAIN)
        self.definition = self.write("mine.toml", DEFINITION)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def one_metric(self, command, report, metric=""):
        text = ONE_METRIC.format(command=literal(command), report=report, metric=metric)
        return self.write("one.toml", text)

    def shell(self, script, report='format = "json_lines"', metric=""):
        """A definition whose program is a line of shell."""
        return self.one_metric(["/bin/sh", "-c", script], report, metric)

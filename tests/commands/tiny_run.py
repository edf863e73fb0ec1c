"""A run that takes a second, for the tests and scripts that start the real programs."""

import json
import os
import pathlib
import subprocess

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent
# Fresh memory holds NaN, for runs that have to leave the same bits: they read nothing that was not written.
NAN_FILLED = {"BENCH_FILL_MEMORY": "1"}
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

DEFINITION = """\
stage = "sft"
base_seed = 5

[run]
threads = 1
flush_interval_s = 0.05
checkpoint_every_steps = 3

[model]
hidden_size = 16
num_layers = 2
num_heads = 2
num_kv_heads = 1
intermediate_size = 24
max_positions = 512

[tokenizer]
path = "{tokenizer}"

[data]
path = "{data}"
validation_fraction = 0.2

[optimizer]
learning_rate = 1e-2

[schedule]
warmup_steps = 2

[training]
steps = {steps}
batch_size = 4
micro_batch_size = 2

[evaluation]
every_steps = 4
rows_per_task = 8
generate_rows_per_task = 4
max_new_tokens = 8
num_samples = 2
"""

SYMBOLS_CLM = {
    "run": {"threads": 1, "flush_interval_s": 0.05, "checkpoint_every_steps": 4},
    "model": {"hidden_size": 16, "num_layers": 2, "num_heads": 2, "intermediate_size": 24, "max_positions": 64},
    "tokenizer": {"symbols": True},
    "data": {"dataset": "rows@1"},
    "optimizer": {"learning_rate": 1e-2},
    "training": {"steps": 12, "batch_size": 8, "micro_batch_size": 4, "max_tokens": 32},
    "evaluation": {"every_steps": 5, "num_samples": 2},
}


def symbols_clm(**sections):
    """The definition of a tiny model that is pre-trained on rows of symbols, in which `sections` have a test's own
    fields, by name; None leaves a field to the schema's default."""
    text = 'stage = "clm"\nbase_seed = 3\n'
    for name in {**SYMBOLS_CLM, **sections}:
        fields = {**SYMBOLS_CLM.get(name, {}), **sections.get(name, {})}
        text += f"\n[{name}]\n"
        text += "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items() if value is not None)
    return text


def write_data(path, count=60):
    with open(path, "w", encoding="utf-8") as file:
        for i in range(count):
            row = {"instruction": "spell", "input": str(i),
                   "output": " ".join(WORDS[int(d)] for d in str(i))}
            file.write(json.dumps(row) + "\n")


def deterministic_content(path):
    """Everything of a results file that strict runs must agree on, bit for bit."""
    content = {}
    with h5py.File(path) as file:
        for group in ("steps", "evals"):
            for name, dataset in file[group].items():
                if dataset.attrs.get("deterministic", False):
                    content[f"{group}/{name}"] = dataset[:].tobytes()
            content[f"{group}/step"] = file[group]["step"][:].tobytes()

        def visit(name, item):
            if isinstance(item, h5py.Dataset):
                content[f"digests/{name}"] = np.array(item[:]).astype("S64").tobytes()

        file["digests"].visititems(visit)
        for name, dataset in file["summary"].items():
            if dataset.attrs.get("deterministic", False):
                content[f"summary/{name}"] = dataset[()].tobytes()
        for rank, figures in file["ranks"].items():
            for name, dataset in figures.items():
                # A run resumed behind its last step has no buffers.
                if dataset.attrs["deterministic"] and name != "communication_buffer_bytes":
                    content[f"ranks/{rank}/{name}"] = dataset[()].tobytes()
        if "samples" in file["tables"]:  # rows without an answer have none
            for name, column in file["tables/samples"].items():
                content[f"tables/samples/{name}"] = str(list(column[:]))
    return content


class Workplace:
    """A folder with a definition, its data and a store; starts programs there.

    With prompt_template "plain" a row has 18 tokens instead of Alpaca's 220: for runs of many steps.
    """

    def __init__(self, bin_folder, folder, prompt_template=None):
        self.bin = pathlib.Path(bin_folder)
        self.prompt_template = prompt_template  # None: the schema's default
        self.folder = pathlib.Path(folder)
        self.store = self.folder / "store"
        self.data = self.folder / "rows.jsonl"
        write_data(self.data)
        self.definition = self.write_definition("tiny.toml")

    def write_definition(self, name, steps=12, extra="", replace=()):
        text = DEFINITION.format(tokenizer=HERE / "testdata" / "tiny.model", data=self.data,
                                 steps=steps)
        if self.prompt_template is not None:
            text = text.replace("[data]\n", f'[data]\nprompt_template = "{self.prompt_template}"\n')
        for old, new in replace:
            assert old in text, old
            text = text.replace(old, new)
        path = self.folder / name
        path.write_text(text + extra, encoding="utf-8")
        return path

    def environment(self, **extra):
        """The tests' own with `extra`, of which None removes a variable."""
        environment = {k: v for k, v in os.environ.items()
                       if not k.startswith(("BENCH_", "TORCHELASTIC_"))}
        environment.update(BENCH_STORE=str(self.store), OMP_NUM_THREADS="1", GOMP_SPINCOUNT="1000")
        environment.update(extra)
        return {name: value for name, value in environment.items() if value is not None}

    def start(self, *arguments, program="bench-run", start_new_session=False, **extra):
        return subprocess.Popen([self.bin / program, *map(str, arguments)], cwd=self.folder,
                                env=self.environment(**extra), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True,
                                start_new_session=start_new_session)

    def run(self, *arguments, program="bench-run", **extra):
        process = self.start(*arguments, program=program, **extra)
        out, err = process.communicate(timeout=240)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

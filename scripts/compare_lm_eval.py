#!/usr/bin/env python3
"""Probes of bench-run against lm-evaluation-harness: the same model, documents and prompts, number by number.

Writes documents of four tasks, one for each kind of request (choice with two examples before each, log-likelihood,
generation through a filter, whole texts), asks the model in MODEL_FOLDER (a Hugging Face folder with its tokenizer)
through both programs in float32, and compares every metric and the log-probabilities of every document.

usage: compare_lm_eval.py BUILD_FOLDER MODEL_FOLDER OUT_FOLDER [--documents 60]

Needs lm_eval, transformers and torch (each from PyPI), and h5py. Exits with 1 where a number differs: counted ones at
all, log-probabilities by more than 1e-4 of their size.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys

import h5py

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " \
    "seventeen eighteen nineteen".split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
TOLERANCE = 1e-4


def in_words(number):
    if number < 20:
        return ONES[number]
    tens, ones = divmod(number, 10)
    return TENS[tens] + (f"-{ONES[ones]}" if ones else "")


def documents(count):
    """{task: rows}, drawn without a seed of the model's own."""
    draw = random.Random(1)
    tasks = {"choice": [], "likelihood": [], "generate": [], "rolling": [], "shots": []}
    for name in ("choice", "shots"):
        for _ in range(count if name == "choice" else 8):
            number = draw.randrange(100)
            others = draw.sample([n for n in range(100) if n != number], 3)
            choices = [in_words(n) for n in [number, *others]]
            draw.shuffle(choices)
            tasks[name].append({"input": f"The number {number} is written as", "choices": choices,
                                "gold": choices.index(in_words(number))})
    for _ in range(count):
        a, b = draw.randrange(10), draw.randrange(10)
        tasks["likelihood"].append({"input": f"{a} + {b} =", "target": str(a + b)})
        tasks["generate"].append({"input": f"Question: What is {a} plus {b}?\nAnswer:", "target": str(a + b)})
    for i in range(max(4, count // 10)):
        words = " ".join(in_words(draw.randrange(100)) for _ in range(60 if i else 2000))
        tasks["rolling"].append({"text": f"Counting, as it is told:\n{words}.\n"})
    return tasks


TASK = """task: {name}
dataset_path: json
dataset_kwargs: {{data_files: {{test: {test}, validation: {shots}}}}}
test_split: test
fewshot_split: validation
fewshot_config: {{sampler: first_n}}
num_fewshot: {num_shots}
"""
FORMS = {
    "choice": """output_type: multiple_choice
doc_to_text: input
doc_to_choice: choices
doc_to_target: gold
metric_list: [{metric: acc}, {metric: acc_norm}, {metric: acc_mutual_info}]
""",
    # Of these requests it leaves the delimiter to the task.
    "likelihood": """output_type: loglikelihood
doc_to_text: input
doc_to_target: " {{target}}"
metric_list: [{metric: acc}, {metric: perplexity}]
""",
    "generate": """output_type: generate_until
doc_to_text: input
doc_to_target: target
generation_kwargs: {until: ["\\n", "Question"], max_gen_toks: 16, do_sample: false}
filter_list:
  - name: number
    filter: [{function: regex, regex_pattern: "[0-9]+"}, {function: take_first}]
metric_list: [{metric: exact_match}]
""",
    "rolling": """output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: text
metric_list: [{metric: word_perplexity}, {metric: bits_per_byte}]
""",
}
PROBES = """stage = "evaluate"
[run]
threads = 2
[model]
folder = "{model}"
[[probes]]
name = "choice"
request = "choice"
path = "{folder}/choice.jsonl"
shots = 2
shots_path = "{folder}/shots.jsonl"
[[probes]]
name = "likelihood"
request = "log_likelihood"
path = "{folder}/likelihood.jsonl"
[[probes]]
name = "generate"
request = "generate"
path = "{folder}/generate.jsonl"
until = ["\\n", "Question"]
max_new_tokens = 16
filters = [{{ filter = "first_match", pattern = "[0-9]+" }}]
[[probes]]
name = "rolling"
request = "rolling"
path = "{folder}/rolling.jsonl"
"""
# (ours, task, theirs)
METRICS = (("accuracy:choice", "choice", "acc,none"), ("accuracy_per_character:choice", "choice", "acc_norm,none"),
           ("accuracy_unconditional:choice", "choice", "acc_mutual_info,none"),
           ("greedy_match:likelihood", "likelihood", "acc,none"),
           ("exact_match:generate", "generate", "exact_match,number"),
           ("word_perplexity:rolling", "rolling", "word_perplexity,none"),
           ("bits_per_byte:rolling", "rolling", "bits_per_byte,none"))


def theirs(arguments):
    import lm_eval
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    folder = arguments.out / "tasks"
    folder.mkdir(exist_ok=True)
    for name, form in FORMS.items():
        text = TASK.format(name=name, test=arguments.out / f"{name}.jsonl", num_shots=2 if name == "choice" else 0,
                           shots=arguments.out / ("shots.jsonl" if name == "choice" else f"{name}.jsonl"))
        (folder / f"{name}.yaml").write_text(text + form, encoding="utf-8")
    model = HFLM(pretrained=str(arguments.model), dtype="float32", device="cpu", batch_size=1)
    return lm_eval.simple_evaluate(model=model, tasks=list(FORMS), log_samples=True, bootstrap_iters=0,
                                   task_manager=TaskManager(include_path=str(folder), include_defaults=False))


def ours(arguments):
    definition = arguments.out / "probes.toml"
    definition.write_text(PROBES.format(model=arguments.model, folder=arguments.out), encoding="utf-8")
    done = subprocess.run([arguments.build / "bin" / "bench-run", definition], capture_output=True, text=True, check=False,
                          env={**os.environ, "BENCH_STORE": str(arguments.out / "store")})
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout.splitlines()[-1]


def close(a, b):
    return abs(a - b) <= TOLERANCE * max(1, abs(b))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--documents", type=int, default=60)
    arguments = parser.parse_args()
    for name in ("build", "model", "out"):
        setattr(arguments, name, getattr(arguments, name).resolve())
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, rows in documents(arguments.documents).items():
        (arguments.out / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    path = ours(arguments)
    reference = theirs(arguments)
    differ = 0
    with h5py.File(path) as file:
        for mine, task, name in METRICS:
            a, b = float(file["summary"][mine][()]), float(reference["results"][task][name])
            same = close(a, b)
            differ += not same
            print(f"{mine:32} {a:12.6f}  lm_eval {name:22} {b:12.6f}  {'equal' if same else 'DIFFERS'}")
        table = {name: column[:] for name, column in file["tables/probe_documents"].items()}
    for task in ("choice", "likelihood", "rolling"):
        mine = [value for value, probe in zip(table["log_prob"], table["probe"]) if probe.decode() == task]
        samples = sorted(reference["samples"][task], key=lambda sample: sample["doc_id"])
        other = []
        for sample in samples:
            scores = sample["filtered_resps"]
            other.append(scores[sample["doc"]["gold"]][0] if task == "choice" else
                         scores[0][0] if task == "likelihood" else scores[0])
        worst = max(abs(a - b) / max(1, abs(b)) for a, b in zip(mine, other, strict=True))
        differ += worst > TOLERANCE
        print(f"log-probabilities of {len(mine)} documents of {task}: differ by at most {worst:.1e} of their size")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())

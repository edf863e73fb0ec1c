#!/usr/bin/env python3
"""Prints the figures of the experiments on abilities as Markdown tables, from their results files.

    scripts/render_abilities.py RESULTS.h5 ... | FOLDER ...

A folder stands for all results files below it, such as that of a sweep. Runs are put together by
experiment and arm: the settings in which the runs of one experiment differ. A row is an arm: mean
over its replicates, and their least and greatest value where there are several. Incomplete runs are
left out and named. Needs h5py.
"""
import collections
import json
import pathlib
import sys

import h5py

SETTINGS_OF_A_RUN = ("title", "base_seed", "run.")  # no arms


class Run:
    def __init__(self, path):
        self.path = path
        with h5py.File(path) as file:
            self.status = text(file.attrs["status"])
            self.experiment = text(file.attrs["experiment"])
            self.settings = dict(leaves(json.loads(text(file["definition/json"][()]))))
            # By path: a label stands behind a colon in the file.
            self.summary = {name.replace(":", "/"): float(value[()])
                            for name, value in file["summary"].items()}
            self.positions = table(file, "positions")
            self.evaluations = series(file, "evals/excess_loss")


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def leaves(value, prefix=""):
    if not isinstance(value, dict):
        yield prefix.rstrip("."), value
        return
    for key, inner in value.items():
        yield from leaves(inner, f"{prefix}{key}.")


def table(file, name):
    """Columns by name; none where there is no such table."""
    group = file.get(f"tables/{name}")
    return {} if group is None else {column: group[column][:] for column in group}


def series(file, name):
    """(step, value) of a series of the whole."""
    dataset = file.get(name)
    if not isinstance(dataset, h5py.Dataset):
        return []
    steps = dataset.dims[0]["step"][:]
    return list(zip(steps.tolist(), dataset[:].tolist()))


def phase_change(run):
    """The first step at which the excess loss is below half of what it was at the first evaluation."""
    if not run.evaluations:
        return None
    first = run.evaluations[0][1]
    return next((step for step, value in run.evaluations if value < first / 2), None)


def digit_product(run):
    """Product of the accuracies of the positions of an answer: what exact match would be if digits
    were right independently of each other."""
    product = 1.0
    for accuracy in run.positions.get("accuracy", []):
        product *= float(accuracy)
    return product


def first_wrong_step(run):
    """The first position whose accuracy is below one half; none where all are above."""
    hits = collections.defaultdict(lambda: [0.0, 0])
    for position, accuracy, targets in zip(*(run.positions.get(column, []) for column in
                                             ("position", "accuracy", "targets"))):
        hits[int(position)][0] += float(accuracy) * int(targets)
        hits[int(position)][1] += int(targets)
    return next((place + 1 for place in sorted(hits) if 2 * hits[place][0] < hits[place][1]), None)


def of_summary(name):
    return lambda run: run.summary.get(name)


# Experiment -> columns: title, and what it is of a run.
COLUMNS = {
    "icl_markov": [
        ("parameters", of_summary("parameters")),
        ("excess loss, nats", of_summary("excess_loss")),
        ("late excess loss, nats", of_summary("excess_loss/late")),
        ("step of the phase change", phase_change),
    ],
    "steps_s5": [
        ("answers right", of_summary("answer_accuracy")),
        ("whole rows right", of_summary("exact_match")),
        ("answers right, 17 to 24 steps", of_summary("answer_accuracy/steps_to_32")),
        ("first target that is mostly wrong", first_wrong_step),
    ],
    "instructions_unseen": [
        ("seen rules obeyed", of_summary("exact_match/seen")),
        ("unseen rules obeyed", of_summary("exact_match/unseen")),
        ("edits of unseen", of_summary("answer_edits/unseen")),
    ],
    "emergence_addition": [
        ("parameters", of_summary("parameters")),
        ("exact match", of_summary("exact_match")),
        ("product of digit accuracies", digit_product),
        ("edits", of_summary("answer_edits")),
        ("NLL of an answer, nats", lambda run: -run.summary["target_log_prob"]),
    ],
}


def arms(runs):
    """Arm -> its runs, named by the settings that differ within the experiment."""
    keys = {key for run in runs for key in run.settings}
    differing = sorted(key for key in keys if not key.startswith(SETTINGS_OF_A_RUN)
                       and len({json.dumps(run.settings.get(key)) for run in runs}) > 1)
    found = collections.defaultdict(list)
    for run in runs:
        name = ", ".join(f"{key} = {run.settings.get(key, 'default')}" for key in differing)
        found[name or "as defined"].append(run)
    return found


def cell(values):
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    mean = sum(known) / len(known)
    shown = f"{mean:,.0f}" if all(float(v).is_integer() and abs(v) > 1 for v in known) else f"{mean:.3f}"
    if len(known) == 1 and len(values) == 1:
        return shown
    counted = "" if len(known) == len(values) else f", {len(known)} of {len(values)}"
    return f"{shown} ({min(known):.4g} to {max(known):.4g}{counted})"


def render(runs):
    lines = []
    by_experiment = collections.defaultdict(list)
    for run in runs:
        by_experiment[run.experiment].append(run)
    for experiment, columns in COLUMNS.items():
        if experiment not in by_experiment:
            continue
        lines += [f"## {experiment}", "",
                  "| arm | runs | " + " | ".join(title for title, _ in columns) + " |",
                  "|---" * (len(columns) + 2) + "|"]
        for arm, members in sorted(arms(by_experiment[experiment]).items()):
            cells = [cell([value(run) for run in members]) for _, value in columns]
            lines.append(f"| {arm} | {len(members)} | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def files(arguments):
    for argument in map(pathlib.Path, arguments):
        yield from sorted(argument.rglob("*.h5")) if argument.is_dir() else [argument]


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments else 2
    runs = [Run(path) for path in files(arguments)]
    for run in runs:
        if run.status != "complete":
            print(f"{run.path}: left out, {run.status}", file=sys.stderr)
    known = [run for run in runs if run.status == "complete" and run.experiment in COLUMNS]
    if not known:
        print("no complete run of an experiment on abilities", file=sys.stderr)
        return 1
    print(render(known))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

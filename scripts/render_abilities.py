#!/usr/bin/env python3
"""Prints the figures of the experiments on abilities as Markdown tables, from their results files.

    scripts/render_abilities.py RESULTS.h5 ... | FOLDER ...

A folder stands for all results files below it, such as that of a sweep. Runs are put together by
experiment and arm: the settings in which the runs of one experiment differ. A row is an arm: mean
over its replicates, and their least and greatest value where there are several. Incomplete runs are
left out and named. The step of the phase change needs the results of the data set too
(icl_markov_rows), for what its predictors lose.

Below each table is whether the treatment beats every control: in the worst of its replicates, by
the question's metric, the best replicate of each. Exits with 1 where it does not, with 3 where
there are no runs of the treatment or of a control, else with 0. Needs h5py.
"""
import collections
import dataclasses
import json
import math
import pathlib
import re
import sys

import h5py
import numpy

SETTINGS_OF_A_RUN = ("title", "base_seed", "run.")  # no arms


class Run:
    def __init__(self, path):
        self.path = path
        with h5py.File(path) as file:
            self.status = text(file.attrs["status"])
            self.experiment = text(file.attrs["experiment"])
            self.name = f"{self.experiment}@{file.attrs.get('version')}"
            self.ad_hoc = bool(file.attrs["ad_hoc"])
            self.settings = dict(leaves(json.loads(definition(file))))
            # By path: a label stands behind a colon in the file.
            self.summary = {name.replace(":", "/"): float(value[()])
                            for name, value in file["summary"].items()}
            self.positions = table(file, "positions")
            self.coverage = table(file, "coverage")
            self.evaluations = series(file, "evals/excess_loss")
        self.unigram_excess = None  # by the results of the data set, add_predictors()
        self.plain_precision = None  # by those of the plain arm, add_thresholds()


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def definition(file):
    """An attribute, or a dataset where it is long."""
    group = file["definition"]
    return text(group.attrs["json"] if "json" in group.attrs else group["json"][()])


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
    """The first step at which the excess loss is below half of the unigram predictor's."""
    if run.unigram_excess is None:
        return None
    return next((step for step, value in run.evaluations if value < run.unigram_excess / 2), None)


def digit_product(run):
    """Product of the accuracies of an answer's digits, without its end: what exact match would be
    if digits were right independently of each other. Of several groups the mean over their rows;
    none without the table "positions"."""
    places = collections.defaultdict(dict)
    for group, position, accuracy, targets in zip(*(run.positions.get(column, []) for column in (
            "group", "position", "accuracy", "targets"))):
        places[text(group)][int(position)] = float(accuracy), int(targets)
    if not places:
        return None
    total, num_rows = 0.0, 0
    for of_group in places.values():
        digits = sorted(of_group)[:-1]
        rows = of_group[0][1]
        total += rows * math.prod(of_group[place][0] for place in digits)
        num_rows += rows
    return total / num_rows


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
        ("answers right, 2 steps", of_summary("answer_accuracy/steps_to_2")),
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
    "facts_bound": [
        ("monofact rate", of_summary("monofact_rate")),
        ("missing mass", of_summary("missing_mass")),
        ("hallucination rate, best predictor", of_summary("hallucination_rate/best")),
        ("its miscalibration", of_summary("miscalibration/best")),
        ("its bound", of_summary("hallucination_bound/best")),
        ("hallucination rate, trained on", of_summary("hallucination_rate")),
        ("its miscalibration", of_summary("miscalibration")),
        ("least margin", of_summary("hallucination_margin/least")),
    ],
    "recall_base": [
        *((f"right, seen {times} times", of_summary(f"forced_accuracy/exposures_{times}"))
          for times in (0, 1, 4, 16, 64, 1024)),
        ("AUROC of the confidence", of_summary("known_auroc")),
        ("calibration error", of_summary("calibration_error")),
        ("precision at half coverage", of_summary("precision_at_coverage/percent_50")),
    ],
    "facts_refusal": [
        ("wrong answers", of_summary("wrong_answers")),
        ("coverage", of_summary("coverage")),
        ("precision", of_summary("answer_precision")),
        ("threshold at that coverage", of_summary("precision_at_coverage/answered")),
        ("threshold of the plain arm there", lambda run: run.plain_precision),
        ("coverage, never seen", of_summary("coverage/exposures_0")),
        ("coverage, seen 64 times", of_summary("coverage/exposures_64")),
        ("AUROC of answering", of_summary("known_auroc/answering")),
        ("AUROC of the confidence", of_summary("known_auroc")),
        ("right, if forced", of_summary("forced_accuracy")),
    ],
}


@dataclasses.dataclass
class Claim:
    """That runs with the settings of the treatment beat those with the settings of a control."""
    metric: str
    lower_is_better: bool
    treatment: dict
    controls: list

    def runs_of(self, runs, settings):
        return [run for run in runs if all(run.settings.get(key) == value
                                           for key, value in settings.items())]

    def scores(self, runs):
        """The greater the better; a run without the metric is the worst of all."""
        sign = -1 if self.lower_is_better else 1
        return [sign * run.summary.get(self.metric, -sign * math.inf) for run in runs]


def of_data(dataset):
    return {"data.dataset": dataset}


CLAIMS = {
    "icl_markov": Claim("excess_loss/late", True, {"model.num_layers": 2},
                        [{"model.num_layers": 1}]),
    "steps_s5": Claim("answer_accuracy", False, of_data("s5_chain@2"),
                      [of_data("s5_direct@2"), of_data("s5_filler@2"), of_data("s5_wrong@2")]),
    "instructions_unseen": Claim("exact_match/unseen", False, of_data("rules_4096@1"),
                                 [of_data("rules_other@1")]),
    "emergence_addition": Claim("exact_match", False,
                                {**of_data("addition_rows@1"), "model.hidden_size": 64},
                                [of_data("addition_shuffled_rows@1")]),
    "facts_bound": Claim("hallucination_rate/best", False, of_data("facts_2000@1"),
                         [of_data("facts_20000@1")]),
    # Of no control: its acceptance bounds say what is expected.
    "recall_base": Claim("known_auroc", False, of_data("recall_rows@1"), []),
    "facts_refusal": Claim("known_auroc/answering", False, of_data("recall_refusals@1"),
                           [of_data("recall_shuffled@1")]),
}
UNDECIDED = 3


def judge(experiment, runs):
    """A sentence, and the exit code that it is worth."""
    claim = CLAIMS[experiment]
    treatment = claim.scores(claim.runs_of(runs, claim.treatment))
    if not treatment:
        return f"Not decided: no run of the treatment, {named(claim.treatment)}.", UNDECIDED
    missing, unbeaten = [], []
    for control in claim.controls:
        scores = claim.scores(claim.runs_of(runs, control))
        if not scores:
            missing.append(named(control))
        elif min(treatment) <= max(scores):
            unbeaten.append(named(control))
    if unbeaten:
        return f"The treatment does not beat {' and '.join(unbeaten)} by {claim.metric}.", 1
    if missing:
        return f"Not decided: no run of the control {' and '.join(missing)}.", UNDECIDED
    return f"The treatment, {named(claim.treatment)}, beats every control by {claim.metric}.", 0


def named(settings):
    return ", ".join(f"{key} = {value}" for key, value in settings.items())


def add_predictors(runs):
    """What the unigram predictor loses beyond the exact one, for the runs on rows whose results, as
    their definition makes them, are among these."""
    excess = {run.name: run.summary["predictor_loss/unigram"] - run.summary["predictor_loss/bayes"]
              for run in runs if "predictor_loss/unigram" in run.summary and not run.ad_hoc}
    for run in runs:
        run.unigram_excess = excess.get(run.settings.get("data.dataset"))


def add_thresholds(runs):
    """The precision that a threshold on the plain arm's confidence has at the coverage of each run of
    facts_refusal: between the coverages of its table on a line, the mean of its runs."""
    tuned = [run for run in runs if run.experiment == "facts_refusal"]
    plain = [run.coverage for run in tuned if run.coverage
             and run.settings.get("data.dataset") == "recall_answers@1"]
    for run in tuned:
        percent = 100 * run.summary.get("coverage", 0)
        found = [numpy.interp(percent, of["percent"], of["precision"]) for of in plain]
        run.plain_precision = sum(found) / len(found) if found and percent else None


def arms(runs):
    """Arm -> its runs, named by the settings that differ within the experiment and in their order:
    numbers as numbers."""
    keys = {key for run in runs for key in run.settings}
    differing = sorted(key for key in keys if not key.startswith(SETTINGS_OF_A_RUN)
                       and len({json.dumps(run.settings.get(key)) for run in runs}) > 1)
    found = collections.defaultdict(list)
    for run in sorted(runs, key=lambda run: [order(run.settings.get(key)) for key in differing]):
        name = ", ".join(f"{key} = {run.settings.get(key, 'default')}" for key in differing)
        found[name or "as defined"].append(run)
    return found


def order(value):
    """Numbers by size, then texts with the numbers in them by size, then all else."""
    if isinstance(value, (int, float)):
        return 0, [("", value)]
    if isinstance(value, str):
        parts = re.split(r"(\d+)", value)
        numbers = [*map(int, parts[1::2]), 0]
        return 1, list(zip(parts[::2], numbers))
    return 2, [(json.dumps(value), 0)]


def cell(values):
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    mean = sum(known) / len(known)
    whole = all(float(value).is_integer() and abs(value) > 1 for value in known)
    shown = f"{mean:,.0f}" if whole else f"{mean:.3f}"
    if len(known) == 1 and len(values) == 1:
        return shown
    counted = "" if len(known) == len(values) else f", {len(known)} of {len(values)}"
    return f"{shown} ({min(known):.4g} to {max(known):.4g}{counted})"


def render(runs):
    """The text, and the exit code: one that fails goes before one that decides nothing."""
    lines, codes = [], {0}
    by_experiment = collections.defaultdict(list)
    for run in runs:
        by_experiment[run.experiment].append(run)
    for experiment, columns in COLUMNS.items():
        if experiment not in by_experiment:
            continue
        lines += [f"## {experiment}", "",
                  "| arm | runs | " + " | ".join(title for title, _ in columns) + " |",
                  "|---" * (len(columns) + 2) + "|"]
        for arm, members in arms(by_experiment[experiment]).items():
            cells = [cell([value(run) for run in members]) for _, value in columns]
            lines.append(f"| {arm} | {len(members)} | " + " | ".join(cells) + " |")
        verdict, code = judge(experiment, by_experiment[experiment])
        lines += ["", verdict, ""]
        codes.add(code)
    return "\n".join(lines), 1 if 1 in codes else max(codes)


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
    complete = [run for run in runs if run.status == "complete"]
    add_predictors(complete)
    add_thresholds(complete)
    known = [run for run in complete if run.experiment in COLUMNS]
    if not known:
        print("no complete run of an experiment on abilities", file=sys.stderr)
        return UNDECIDED
    page, code = render(known)
    print(page)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

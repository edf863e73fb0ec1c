#!/usr/bin/env python3
"""Prints what sweeps of the experiments on abilities found as Markdown tables, from their results.

    scripts/render_abilities.py RESULTS.h5 ... | FOLDER ...

A folder stands for all results files below it, such as that of a run or of a store. A table is a
sweep, a row an arm: of each metric the mean over its replicates, and their least and greatest value
where there are several. Beside them stand figures that no results file has by itself, computed from
the children's: the step at which the phase changes (icl_markov; it needs the results of the data set
too, icl_markov_rows, for what its predictors lose), the first target that is mostly wrong (steps_s5),
the product of the digits' accuracies (emergence_addition), the precision that a threshold on the
plain arm's confidence has at a run's coverage (facts_refusal). A child whose file is gone has none.

Whether a sweep is accepted is for bench-run, which judges its bounds. Sweeps that are not complete
are left out and named. Exits with 3 where there is none, else with 0. Needs h5py.
"""
import collections
import dataclasses
import json
import math
import pathlib
import sys

import h5py
import numpy

NOTHING = 3
PLAIN_ANSWERS = "recall_answers@1"  # the rows of facts_refusal that have no refusals


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def definition(file):
    """An attribute, or a dataset where it is long."""
    group = file["definition"]
    return json.loads(text(group.attrs["json"] if "json" in group.attrs else group["json"][()]))


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


def by_path(group):
    """A label stands behind a colon, and its parts behind an escaped slash."""
    return {name.replace(":", "/").replace("%2F", "/"): value[()] for name, value in group.items()}


def name_of(file):
    return f"{text(file.attrs['experiment'])}@{file.attrs.get('version')}"


class Child:
    def __init__(self, path):
        with h5py.File(path) as file:
            self.experiment = text(file.attrs["experiment"])
            self.dataset = definition(file).get("data", {}).get("dataset")
            self.positions = table(file, "positions")
            self.evaluations = series(file, "evals/excess_loss")
            self.precisions = table(file, "coverage")
            self.coverage = by_path(file["summary"]).get("coverage")


class Sweep:
    def __init__(self, file):
        self.name = name_of(file)
        arms, metrics = table(file, "arms"), table(file, "metrics")
        self.arms = [(text(arm), text(role)) for arm, role in zip(arms["arm"], arms["role"])]
        self.metrics = [text(metric) for metric in metrics["metric"]]
        self.values = {path: values.tolist() for path, values in by_path(file["samples"]).items()}
        self.children = collections.defaultdict(list)  # by arm, in the order of replicates
        rows = table(file, "children")
        for arm, path in zip(rows.get("arm", []), rows.get("results", [])):
            path = pathlib.Path(text(path))
            self.children[text(arm)].append(Child(path) if path.exists() else None)


@dataclasses.dataclass
class Beside:
    """What figures of a child take from other files."""
    unigram_excess: dict  # by data set: what its unigram predictor loses more than the exact one
    children: list  # of the sweep, those whose files are there


def phase_change(child, beside):
    """The first step at which the excess loss is below half of the unigram predictor's."""
    excess = beside.unigram_excess.get(child.dataset)
    if excess is None:
        return None
    return next((step for step, value in child.evaluations if value < excess / 2), None)


def digit_product(child, _):
    """Product of the accuracies of an answer's digits, without its end: what exact match would be
    if digits were right independently of each other. Of several groups the mean over their rows;
    none without the table "positions"."""
    places = collections.defaultdict(dict)
    for group, position, accuracy, targets in zip(*(child.positions.get(column, []) for column in (
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


def first_wrong_step(child, _):
    """The first position whose accuracy is below one half; none where all are above."""
    hits = collections.defaultdict(lambda: [0.0, 0])
    for position, accuracy, targets in zip(*(child.positions.get(column, []) for column in
                                             ("position", "accuracy", "targets"))):
        hits[int(position)][0] += float(accuracy) * int(targets)
        hits[int(position)][1] += int(targets)
    return next((place + 1 for place in sorted(hits) if 2 * hits[place][0] < hits[place][1]), None)


def plain_threshold(child, beside):
    """The precision that a threshold on the confidence of the plain arm has at the coverage of the
    child: between the coverages of its table on a line, the mean of that arm's replicates. None
    where nothing is answered."""
    if not child.coverage:
        return None
    found = [numpy.interp(100 * child.coverage, plain.precisions["percent"],
                          plain.precisions["precision"])
             for plain in beside.children if plain.dataset == PLAIN_ANSWERS and plain.precisions]
    return sum(found) / len(found) if found else None


# The children's experiment -> title, and what it is of a child.
DERIVED = {
    "icl_markov": ("step of the phase change", phase_change),
    "steps_s5": ("first target that is mostly wrong", first_wrong_step),
    "emergence_addition": ("product of digit accuracies", digit_product),
    "facts_refusal": ("threshold of the plain arm at that coverage", plain_threshold),
}


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


def derived_of(sweep):
    """(title, function) of the experiment whose runs the children are."""
    for children in sweep.children.values():
        for child in children:
            if child is not None and child.experiment in DERIVED:
                return [DERIVED[child.experiment]]
    return []


def render(sweep, unigram_excess):
    derived = derived_of(sweep)
    beside = Beside(unigram_excess, [child for children in sweep.children.values()
                                     for child in children if child is not None])
    titles = [*sweep.metrics, *(title for title, _ in derived)]
    lines = [f"## {sweep.name}", "", "| arm | role | " + " | ".join(titles) + " |",
             "|---" * (len(titles) + 2) + "|"]
    for arm, role in sweep.arms:
        cells = [cell(sweep.values.get(f"{metric}/{arm}", [])) for metric in sweep.metrics]
        children = sweep.children[arm]
        cells += [cell([None if child is None else value(child, beside)
                        for child in children]) for _, value in derived]
        lines.append(f"| {arm} | {role} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def files(arguments):
    for argument in map(pathlib.Path, arguments):
        yield from sorted(argument.rglob("*.h5")) if argument.is_dir() else [argument]


def read(paths):
    """The complete sweeps, and by data set how much more its unigram predictor loses than the exact
    one, of data sets as their definitions make them."""
    sweeps, unigram_excess = [], {}
    for path in paths:
        with h5py.File(path) as file:
            if text(file.attrs["stage"]) == "sweep":
                if text(file.attrs["status"]) == "complete":
                    sweeps.append(Sweep(file))
                else:
                    print(f"{path}: left out, {text(file.attrs['status'])}", file=sys.stderr)
                continue
            summary = by_path(file["summary"])
            if "predictor_loss/unigram" in summary and not file.attrs["ad_hoc"]:
                unigram_excess[name_of(file)] = float(
                    summary["predictor_loss/unigram"] - summary["predictor_loss/bayes"])
    return sweeps, unigram_excess


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments else 2
    sweeps, unigram_excess = read(files(arguments))
    if not sweeps:
        print("no complete sweep", file=sys.stderr)
        return NOTHING
    print("\n".join(render(sweep, unigram_excess) for sweep in sweeps), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

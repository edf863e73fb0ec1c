#!/usr/bin/env python3
"""Prints what sweeps of the experiments on abilities found as Markdown tables, from their results,
or writes it into the documents.

    scripts/render_abilities.py RESULTS.h5 ... | FOLDER ...
    scripts/render_abilities.py --write [--root PROJECT] RESULTS.h5 ... | FOLDER ...

A folder stands for all results files below it, such as that of a run or of a store. A table is a
sweep, a row an arm: of each metric the mean over its replicates, and their least and greatest value
where there are several. Beside them stand figures that no results file has by itself, computed from
the children's: the step at which the phase changes (icl_markov; it needs the results of the data set
too, icl_markov_rows, for what its predictors lose), the first target that is mostly wrong (steps_s5),
the product of the digits' accuracies (emergence_addition), the precision that a threshold on the
plain arm's confidence has at a run's coverage (facts_refusal), the answers that rewards make right
(steps_rl). A child whose file is gone has none.

With --write each sweep has a picture, docs/abilities/NAME.svg, and its picture and table take the
place of what stands between `<!-- NAME: scripts/render_abilities.py writes this -->` and
`<!-- end of NAME -->` in docs/abilities.md and experiments/NAME/README.md. Of several sweeps of a
name the last one that was started is written. Those that are ad hoc, or whose name has no such
place, are left out and named.

Whether a sweep is accepted is for bench-run, which judges its bounds. Sweeps that are not complete
are left out and named. Exits with 3 where there is none, or none is written, else with 0. Needs
h5py.
"""
import argparse
import dataclasses
import pathlib
import re
import sys

from ability_chart import svg
from ability_figures import DERIVED, Beside, panels_of
from ability_results import files, read, text

NOTHING = 3
ROOT = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass
class Most:
    """How many metrics a document has of a sweep: in one table, or where there is an axis in a table
    each."""
    by_arm: int
    by_axis: int


PAGE, README = Most(3, 1), Most(20, 6)


def complain(line):
    print(line, file=sys.stderr)


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
    least, greatest = (f"{value:,.0f}" if whole else f"{value:.4g}"
                       for value in (min(known), max(known)))
    return f"{shown} ({least} to {greatest}{counted})"


def beside_of(sweep, datasets):
    return Beside(datasets, sweep.found_children())


def table_lines(headings, rows):
    return ["| " + " | ".join(headings) + " |", "|---" * len(headings) + "|",
            *("| " + " | ".join(row) + " |" for row in rows)]


def columns_of(sweep, beside, metrics):
    """Title -> the values of an arm: of the metrics, and what is computed from the children."""
    def recorded(metric):
        return lambda arm: sweep.values.get(f"{metric}/{arm.name}", [])

    columns = {metric: recorded(metric) for metric in metrics}
    if sweep.experiment in DERIVED:
        title, value = DERIVED[sweep.experiment]
        columns[title] = lambda arm: [None if child is None else value(child, beside)
                                      for child in sweep.children[arm.name]]
    return columns


def arms_table(sweep, beside, metrics):
    """A row an arm."""
    columns = columns_of(sweep, beside, metrics)
    rows = [[arm.name, arm.role, *(cell(values(arm)) for values in columns.values())]
            for arm in sweep.arms]
    return table_lines(["arm", "role", *columns], rows)


def axis_tables(sweep, beside, metrics):
    """Of a sweep with one axis: a table a metric, a row an arm and a column a value of the axis."""
    settings = list(dict.fromkeys(tuple(arm.axes.values()) for arm in sweep.arms))
    places = {(arm.of_arm, tuple(arm.axes.values())): arm for arm in sweep.arms}
    key = next(iter(sweep.arms[0].axes))
    lines = []
    for title, values in columns_of(sweep, beside, metrics).items():
        rows = [[of_arm, *(cell(values(places[of_arm, setting])) for setting in settings)]
                for of_arm in dict.fromkeys(arm.of_arm for arm in sweep.arms)]
        lines += ["", f"`{title}` by `{key}`:", "",
                  *table_lines(["arm", *(", ".join(setting) for setting in settings)], rows)]
    return lines[1:]


def render(sweep, datasets):
    lines = arms_table(sweep, beside_of(sweep, datasets), sweep.metrics)
    return "\n".join([f"## {sweep.name}", "", *lines]) + "\n"


def origin(sweep):
    """One sentence: from how many runs, of which commit, on what, and how long it took."""
    known = sweep.provenance
    commit = text(known.get("source_commit", "unknown"))[:12]
    changed = ", changed" if known.get("source_dirty") else ""
    machine = text(known.get("cpu_model", "an unknown processor"))
    took = "" if sweep.seconds is None else f", {float(sweep.seconds):,.0f} s"
    count = sweep.replicates
    means = "one replicate" if count == 1 else \
        f"means of {count} replicates with their least and greatest value"
    return (f"`./bench-run experiments/{sweep.name}`, {means}; commit {commit}{changed}, "
            f"{machine}{took}.")


def short_name(sweep):
    return sweep.name.split("@")[0]


def block(sweep, datasets, most, picture):
    """`most`: metrics of which document; `picture`: its path from there, None where there is none."""
    lines = [] if picture is None else [f"![What {short_name(sweep)} found]({picture})", ""]
    has_axis = bool(sweep.arms) and all(len(arm.axes) == 1 for arm in sweep.arms)
    made, metrics = (axis_tables, most.by_axis) if has_axis else (arms_table, most.by_arm)
    lines += made(sweep, beside_of(sweep, datasets), sweep.metrics[:metrics])
    return "\n".join([*lines, "", origin(sweep)]) + "\n"


def place(name):
    """The marks of the place of a sweep in a document."""
    return (f"<!-- {name}: scripts/render_abilities.py writes this -->\n", f"<!-- end of {name} -->\n")


def put(path, name, content):
    """In the place of what stands in the place of that name."""
    begin, end = place(name)
    before = path.read_text(encoding="utf-8")
    after = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: begin + content + end, before,
                   flags=re.DOTALL)
    if after != before:
        path.write_text(after, encoding="utf-8")


def documents(root, name):
    """Those that have a place for a sweep: (document, what it has of it, path of the picture from
    it)."""
    candidates = [
        (root / "docs" / "abilities.md", PAGE, f"abilities/{name}.svg"),
        (root / "experiments" / name / "README.md", README, f"../../docs/abilities/{name}.svg")]
    return [candidate for candidate in candidates if candidate[0].exists()
            and place(name)[0] in candidate[0].read_text(encoding="utf-8")]


def latest(sweeps):
    """The one of each name that was started last."""
    kept = {}
    for sweep in sorted(sweeps, key=lambda sweep: text(sweep.provenance.get("start_time_utc", ""))):
        if sweep.ad_hoc:
            complain(f"{sweep.name}: left out, ad hoc")
        else:
            kept[short_name(sweep)] = sweep
    return kept


def write(sweeps, datasets, root):
    """How many are written."""
    written = 0
    pictures = root / "docs" / "abilities"
    for name, sweep in latest(sweeps).items():
        found = documents(root, name)
        if not found:
            complain(f"{sweep.name}: left out, no document has a place for it")
            continue
        drawn = svg(name, panels_of(sweep, beside_of(sweep, datasets)))
        if drawn is not None:
            pictures.mkdir(exist_ok=True)
            (pictures / f"{name}.svg").write_text(drawn, encoding="utf-8")
        for path, most, picture in found:
            put(path, name, block(sweep, datasets, most, drawn and picture))
        written += 1
    return written


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", type=pathlib.Path)
    parser.add_argument("--write", action="store_true", help="into the documents")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="of the documents")
    arguments = parser.parse_args()
    sweeps, datasets = read(files(arguments.results), complain)
    if not sweeps:
        complain("no complete sweep")
        return NOTHING
    if arguments.write:
        return 0 if write(sweeps, datasets, arguments.root) else NOTHING
    print("\n".join(render(sweep, datasets) for sweep in sweeps), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Writes docs/families.md and docs/families.svg from the runs of scripts/compare_families.py.

usage: render_families.py OUT_FOLDER [--docs docs]

OUT_FOLDER is that script's. Every sentence of the page is made from the results, whatever they are.
Exits with 1 where the runs make no comparison: not all complete, of several machines or commits, of
a tree that was not committed, or of unequal sizes.
"""
import argparse
import pathlib
import statistics
import sys

import family_chart
from family_runs import (BASE, EXPERIMENTS, UnfitRuns, bits_at, common_seconds, final_bits,
                         paired_difference, read_all)
from run_pool import ROOT, RunPool


def signed(difference):
    return f"{difference.mean:+.4f} ± {difference.half_width:.4f}"


def listed(items):
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


class Comparison:
    """What is compared of the runs, one figure a run by `figure`."""

    def __init__(self, runs, figure):
        self.values = {name: [figure(run) for run in of_family]
                       for name, of_family in runs.items()}
        self.base = statistics.mean(self.values[BASE])
        others = [name for name in runs if name != BASE]
        self.differences = {
            name: paired_difference(self.values[name], self.values[BASE], len(others))
            for name in others}

    def share(self, value):
        return f"{100 * value / self.base:+.2f}%"

    def shown(self):
        return [name for name, difference in self.differences.items() if difference.excludes_zero()]

    def verdict(self, when):
        """One or two sentences."""
        shown = self.shown()
        hidden = [name for name in self.differences if name not in shown]
        text = []
        if shown:
            ways = [f"{EXPERIMENTS[name]} ({signed(self.differences[name])} bits a byte, "
                    f"{self.share(self.differences[name].mean)})" for name in shown]
            better = sum(self.differences[name].mean < 0 for name in shown)
            text.append(f"{when} {len(shown)} of {len(self.differences)} shapes "
                        f"{'is' if len(shown) == 1 else 'are'} shown to differ from LLaMA2's, "
                        f"{better} for the better and {len(shown) - better} for the worse: "
                        f"{listed(ways)}.")
        else:
            text.append(f"{when} no shape is shown to differ from LLaMA2's: "
                        f"all {len(hidden)} intervals hold 0.")
        if hidden:
            text.append(self.reach_of(hidden))
        return " ".join(text)

    def reach_of(self, hidden):
        """How far the intervals reach that hold 0."""
        reach = max(abs(self.differences[n].mean) + self.differences[n].half_width
                    for n in hidden)
        several = len(hidden) > 1
        return (f"The interval{'s' if several else ''} of "
                f"{listed([EXPERIMENTS[n] for n in hidden])} "
                f"hold{'' if several else 's'} 0 and reach{'' if several else 'es'} as far as "
                f"{reach:.4f} bits a byte ({100 * reach / self.base:.1f}%): smaller effects, "
                "if there are any, are not seen by so few replicates.")


def size_of_effects(by_tokens):
    largest = max(by_tokens.differences, key=lambda name: abs(by_tokens.differences[name].mean))
    base = by_tokens.values[BASE]
    return (f"The largest mean difference after the same tokens is that of {EXPERIMENTS[largest]}, "
            f"{by_tokens.share(by_tokens.differences[largest].mean)} of LLaMA2's "
            f"{by_tokens.base:.3f} bits a byte; the replicates of LLaMA2 alone are "
            f"{max(base) - min(base):.4f} apart.")


def speeds(runs):
    """{name: median of target tokens a second over its replicates}."""
    return {name: statistics.median(run.tokens_per_second for run in of_family)
            for name, of_family in runs.items()}


def speed_sentence(runs):
    speed = speeds(runs)
    fastest, slowest = max(speed, key=speed.get), min(speed, key=speed.get)
    return (f"The fastest, {EXPERIMENTS[fastest]}, trains on "
            f"{speed[fastest] / speed[BASE]:.2f} times as many tokens a second as LLaMA2's shape, "
            f"the slowest, {EXPERIMENTS[slowest]}, on {speed[slowest] / speed[BASE]:.2f} times as "
            "many; these ratios are of this implementation on this machine, not of the shapes as "
            "such.")


def difference_cell(comparison, name):
    if name == BASE:
        return "-"
    difference = comparison.differences[name]
    return f"{signed(difference)}{', shown' if difference.excludes_zero() else ''}"


def rows(runs, by_tokens, by_time):
    speed = speeds(runs)
    means = {name: statistics.mean(values) for name, values in by_tokens.values.items()}
    for name, of_family in sorted(runs.items(), key=lambda item: means[item[0]]):
        bits = by_tokens.values[name]
        memory = max(run.peak_memory for run in of_family) / 2**20
        yield [EXPERIMENTS[name], f"{of_family[0].parameters:,}", f"{statistics.mean(bits):.4f}",
               f"{min(bits):.4f} - {max(bits):.4f}", difference_cell(by_tokens, name),
               f"{statistics.mean(by_time.values[name]):.4f}", difference_cell(by_time, name),
               f"{speed[name]:,.0f}", f"{memory:,.0f}"]


HEADINGS = ["shape", "parameters", "bits a byte after all tokens", "replicates", "against LLaMA2",
            "bits a byte after {seconds:.0f} s", "against LLaMA2", "target tokens/s", "peak MiB"]

PAGE = """\
# Families at one size

`scripts/render_families.py` makes this page and its picture from the results of \
`scripts/compare_families.py`: change
neither by hand. Six decoders of about {parameters:.2f} M parameters differ in the shape of \
their family alone (norm,
residual, positions, key/value heads, MLP, biases; \
[sizes](../experiments/family_llama2/README.md)). They read the same
{tokens:,} tokens of `corpus_small` in the same order, replicate by replicate.

## Do these choices matter at this size?

{answer}

![Held-out bits a byte against tokens and against seconds of training](families.svg)

Bands reach over the {replicates} replicates, lines are their means.

## Figures

{table}

Differences are paired by replicate; the intervals of a column are Student's and hold together \
at 95% (Bonferroni over
{comparisons}). "Shown": the interval leaves out 0. Seconds are those of training steps, without \
evaluations; {seconds:.0f} s
is when the first of all runs was through. Machine class: {machine}, {threads} threads; commit \
{commit}.

This says nothing about other sizes, longer training, or each shape at a learning rate of its \
own: all have the one that was
found for LLaMA's.
"""


def table(headings, body):
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in body])


def render(runs):
    seconds = common_seconds(runs)
    by_tokens = Comparison(runs, final_bits)
    by_time = Comparison(runs, lambda run: bits_at(run, seconds))
    answer = [by_tokens.verdict("After the same tokens"), size_of_effects(by_tokens),
              speed_sentence(runs),
              by_time.verdict(f"After the same {seconds:.0f} s of training")]
    first = runs[BASE][0]
    return PAGE.format(
        parameters=first.parameters / 1e6, tokens=first.shared["tokens"][-1],
        answer="\n\n".join(answer), replicates=len(runs[BASE]),
        comparisons=len(by_tokens.differences), seconds=seconds,
        table=table([h.format(seconds=seconds) for h in HEADINGS], rows(runs, by_tokens, by_time)),
        machine=first.shared["machine class"], threads=first.shared["threads"],
        commit=first.shared["commit"][:12])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--docs", type=pathlib.Path, default=ROOT / "docs")
    arguments = parser.parse_args()
    try:
        runs = read_all(RunPool(arguments.out))
    except UnfitRuns as error:
        print(f"no comparison: {error}", file=sys.stderr)
        return 1
    (arguments.docs / "families.md").write_text(render(runs), encoding="utf-8")
    (arguments.docs / "families.svg").write_text(family_chart.svg(runs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

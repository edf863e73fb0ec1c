#!/usr/bin/env python3
"""Writes docs/benchmarks.md, and the table of peers in README.md, from docs/benchmarks.json.

    scripts/render_benchmarks.py [--check]
    scripts/render_benchmarks.py --add COMPARISON.json --machine KEY --what TEXT --command TEXT --date YYYY-MM
    scripts/render_benchmarks.py --figure TEXT --machine KEY --what TEXT --command TEXT --date YYYY-MM

Each figure has the command that printed it, the machine that it was printed on, and when. --check
writes nothing, and exits 1 where a page is not what the figures say. --add takes the report of
`bench-compare --arms --json=COMPARISON.json` of an experiment and its peer (arms side by side), keeps what
both measure in benchmarks.json, in the place of what that has by the same name for the machine, and writes
the pages; --figure keeps a figure, in the place of what the machine has of the same command. README.md has, between its two markers, the times of the machine that most pairs were measured on
(of several the last one of benchmarks.json); benchmarks.md has every machine.
"""
import argparse
import json
import pathlib
import re
import statistics
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- peers: scripts/render_benchmarks.py writes this -->\n", "<!-- end of peers -->\n"
INTRODUCTION = """# Figures

`scripts/render_benchmarks.py` makes this page from `benchmarks.json`: change that file. The command beside a figure
printed it. A figure of time holds for the machine that is named and for no other; where speed is compared, the two sides
ran interleaved on it.

Beside a peer a ratio is the peer's value divided by ours: the median of the quotients of all processes of the one and all of
the other (Hodges-Lehmann, on logarithms), with the interval that inverts the exact Mann-Whitney test, which asks nothing of
the distributions and takes the processes as unpaired. A value is the median of its processes.
"""
BESIDE = """
### {what}

`{command}`, {date}: {base} beside {head}, {replicates} processes of each, interleaved. Nothing is judged; intervals are of
{level:.0%}.

| metric | ours | the peer | ratio |
|---|---|---|---|
"""
README = """Time of the same work by others divided by ours, with {level:.0%} intervals, on {machine}
({replicates} processes of each, interleaved; *raised*: with glibc's malloc thresholds raised as ours are; [all figures](docs/benchmarks.md)):

| work | ours | beside | fp32 | fp32, raised | bf16 | bf16, raised |
|---|---|---|---|---|---|---|
"""
NAME = re.compile(r"(?P<work>.*?)(?:, (?P<precision>fp32|bf16))?(?P<raised>, the peer's malloc thresholds raised)?")
# What is timed, the first of these metrics that a comparison has, and what it is called behind the name of the work.
TIMES = {("step_time", "iteration_time", "generate_time"): "", ("phase_time/filters",): ": filters",
         ("phase_time/duplicates",): ": deduplication"}
# Metrics of the machine, the set-up or the whole process, which say nothing of the work.
LEFT_OUT = {"wall_time"}


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def value_text(value, units):
    if units == "bytes":
        return f"{value / 2**20:,.0f} MiB"
    digits = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return digits if units == "1" else f"{digits} {units}"


def ratio_text(row):
    if row["ratio"] is None:
        return ""
    if None in row["interval"]:
        return f"{row['ratio']:.3g}"
    return f"{row['ratio']:.3g} ({row['interval'][0]:.3g} to {row['interval'][1]:.3g})"


def beside(comparison):
    rows = "".join(f"| `{row['metric']}` | {value_text(row['base'], row['units'])} "
                   f"| {value_text(row['head'], row['units'])} | {ratio_text(row)} |\n" for row in comparison["rows"])
    return BESIDE.format(**{name: cell(str(text)) for name, text in comparison.items() if name != "level"},
                         level=comparison["level"]) + rows


def shown_machine(document):
    """Of the machines with comparisons; None where there is none."""
    counts = {key: sum(one["machine"] == key for one in document.get("comparisons", []))
              for key in reversed(document["machines"])}
    key = max(counts, key=counts.get)
    return key if counts[key] else None


def peers_table(document):
    """A line for each work and peer; what is there of precisions and settings in its cells."""
    key = shown_machine(document)
    if key is None:
        return "The same work by transformers, TRL, PyTorch and datatrove: [experiments/peers](experiments/peers/README.md).\n"
    lines = {}  # (work, peer): ours in the first of its comparisons, and ratios by column
    shown = [one for one in document["comparisons"] if one["machine"] == key]
    for one in shown:
        name = NAME.fullmatch(one["what"])
        peer = re.search(r"peer_([a-z]+)", one["head"])
        column = (name["precision"] or "fp32", bool(name["raised"]))
        rows = {row["metric"]: row for row in one["rows"]}
        for metrics in TIMES:
            row = next((rows[metric] for metric in metrics if metric in rows), None)
            if row is not None:
                line = lines.setdefault((name["work"] + TIMES[metrics], peer[1]),
                                        (value_text(row["base"], row["units"]), {}))
                line[1][column] = ratio_text(row)
    head = README.format(level=min(one["level"] for one in shown), machine=document["machines"][key],
                         replicates=min(one["replicates"] for one in shown))
    columns = [("fp32", False), ("fp32", True), ("bf16", False), ("bf16", True)]
    return head + "".join(
        f"| {cell(work)} | {ours} | {peer} | {' | '.join(ratios.get(column, '') for column in columns)} |\n"
        for (work, peer), (ours, ratios) in lines.items())


def with_table(text, table):
    """`text` with the table between its markers, each of which it must have once."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        sys.exit(f"README.md: the markers of the table of peers, {BEGIN.strip()} and {END.strip()}, are not there once")
    before, rest = text.split(BEGIN)
    return before + BEGIN + table + END + rest.split(END)[1]


def render(document):
    lines = [INTRODUCTION]
    for key, machine in document["machines"].items():
        figures = [figure for figure in document["figures"] if figure["machine"] == key]
        comparisons = [one for one in document.get("comparisons", []) if one["machine"] == key]
        if not figures and not comparisons:
            continue
        lines.append(f"\n## {machine}\n")
        if figures:
            lines.append("\n| what | figure | command | when |\n|---|---|---|---|\n")
        lines += [f"| {cell(figure['what'])} | {cell(figure['figure'])} | `{cell(figure['command'])}` "
                  f"| {figure['date']} |\n" for figure in figures]
        lines += map(beside, comparisons)
    return "".join(lines)


def centre(row, arm):
    """The median of the arm's values also where bench-compare gives none: the arms describe the metric differently."""
    return statistics.median(row[arm]) if row[f"{arm}_centre"] is None else row[f"{arm}_centre"]


def kept(report, args):
    """What benchmarks.json keeps of a report of arms side by side."""
    if report.get("format") != "bench-comparison" or not report.get("side_by_side"):
        sys.exit(f"{args.add}: not the report of arms side by side: {report.get('conclusion')}")
    rows = []
    for row in report["metrics"]:
        estimate = row["ratio_estimate"] or {"ratio": None, "interval": [None, None]}
        if row["metric"] not in LEFT_OUT:
            rows.append({"metric": row["metric"], "units": row["units"], "base": centre(row, "base"),
                         "head": centre(row, "head"), **estimate})
    if not rows:
        sys.exit(f"{args.add}: the arms measure nothing in common")
    return {"machine": args.machine, "what": args.what, "command": args.command, "date": args.date,
            "base": report["base"]["path"], "head": report["head"]["path"],
            "replicates": min(report[arm]["num_runs"] for arm in ("base", "head")),
            "level": report["interval_level"], "rows": rows}


def add_figure(document, args):
    new = {name: getattr(args, name) for name in ("what", "figure", "command", "machine", "date")}
    others = [one for one in document["figures"]
              if (one["machine"], one["command"]) != (args.machine, args.command)]
    document["figures"] = [*others, new]


def add(document, args):
    new = kept(json.loads(pathlib.Path(args.add).read_text(encoding="utf-8")), args)
    others = [one for one in document.get("comparisons", [])
              if (one["machine"], one["what"]) != (args.machine, args.what)]
    document["comparisons"] = [*others, new]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--docs", type=pathlib.Path, default=DOCS,
                        help="folder of both files; README.md is in the folder above")
    for name in ("add", "figure", "machine", "what", "command", "date"):
        parser.add_argument(f"--{name}")
    args = parser.parse_args()
    source, page = args.docs / "benchmarks.json", args.docs / "benchmarks.md"
    document = json.loads(source.read_text(encoding="utf-8"))
    if args.add or args.figure:
        if not all((args.machine, args.what, args.command, args.date)):
            parser.error("--add and --figure need --machine, --what, --command and --date")
        if args.machine not in document["machines"]:
            sys.exit(f"--machine {args.machine}: benchmarks.json has {', '.join(document['machines'])}")
        (add if args.add else add_figure)(document, args)
        source.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    readme = args.docs.parent / "README.md"
    pages = {page: render(document),
             readme: with_table(readme.read_text(encoding="utf-8"), peers_table(document))}
    stale = [path for path, text in pages.items()
             if not path.exists() or path.read_text(encoding="utf-8") != text]
    if args.check:
        for path in stale:
            print(f"{path} is not what benchmarks.json says: run scripts/render_benchmarks.py")
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

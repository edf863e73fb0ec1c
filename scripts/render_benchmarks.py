#!/usr/bin/env python3
"""Writes docs/benchmarks.md from docs/benchmarks.json.

    scripts/render_benchmarks.py [--check]
    scripts/render_benchmarks.py --add COMPARISON.json --machine KEY --what TEXT --command TEXT --date YYYY-MM

Each figure has the command that printed it, the machine that it was printed on, and when. --check
writes nothing, and exits 1 where the page is not what the figures say. --add takes the report of
`bench-compare --arms --json=COMPARISON.json` of an experiment and its peer (arms side by side), keeps what
both measure in benchmarks.json, in the place of what that has by the same name for the machine, and writes
the page.
"""
import argparse
import json
import pathlib
import statistics
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
INTRODUCTION = """# Figures

`scripts/render_benchmarks.py` makes this page from `benchmarks.json`: change that file. The command beside a figure
printed it. A figure of time holds for the machine that is named and for no other; where speed is compared, the two sides
ran interleaved on it.
"""
BESIDE = """
### {what}

`{command}`, {date}: {base} beside {head}, {replicates} processes of each, interleaved. Nothing is judged; the ratio is the
second divided by the first, with a {level:.0%} interval.

| metric | ours | the peer | ratio |
|---|---|---|---|
"""
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


def add(document, args):
    if args.machine not in document["machines"]:
        sys.exit(f"--machine {args.machine}: benchmarks.json has {', '.join(document['machines'])}")
    new = kept(json.loads(pathlib.Path(args.add).read_text(encoding="utf-8")), args)
    others = [one for one in document.get("comparisons", [])
              if (one["machine"], one["what"]) != (args.machine, args.what)]
    document["comparisons"] = [*others, new]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--docs", type=pathlib.Path, default=DOCS, help="folder of both files")
    for name in ("add", "machine", "what", "command", "date"):
        parser.add_argument(f"--{name}")
    args = parser.parse_args()
    source, page = args.docs / "benchmarks.json", args.docs / "benchmarks.md"
    document = json.loads(source.read_text(encoding="utf-8"))
    if args.add:
        if not all((args.machine, args.what, args.command, args.date)):
            parser.error("--add needs --machine, --what, --command and --date")
        add(document, args)
        source.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    text = render(document)
    if args.check:
        if page.read_text(encoding="utf-8") == text:
            return 0
        print(f"{page} is not what benchmarks.json says: run scripts/render_benchmarks.py")
        return 1
    page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

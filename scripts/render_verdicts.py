#!/usr/bin/env python3
"""Writes the table of measured error rates in docs/comparing.md from docs/verdicts.json.

    scripts/render_verdicts.py [--check]
    scripts/render_verdicts.py --add SUMMARY.json...

A SUMMARY.json is what compare_aa.py, compare_layouts.py, compare_planted.py or compare_bisect.py wrote by --summary. It
takes the place of what verdicts.json has by the same name for the same machine class. --check writes nothing, and exits
1 where the table is not what verdicts.json says.
"""
import argparse
import json
import pathlib
import sys

from verdict_summary import FORMAT, VERSION

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
BEGIN = "<!-- scripts/render_verdicts.py writes from here -->\n"
END = "<!-- to here -->\n"
HEADING = "| what | figure | command | machine | when |\n|---|---|---|---|---|\n"


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def machine_text(machine):
    if machine is None:
        return "any: no time is measured"
    return machine["name"] + (f" (class `{machine['class']}`)" if machine["class"] else "")


def table(summaries):
    lines = [HEADING]
    for summary in summaries:
        lines += [f"| {cell(row['what'])} | {cell(row['figure'])} | `{cell(summary['command'])}` "
                  f"| {cell(machine_text(summary['machine']))} | {summary['date']} |\n" for row in summary["rows"]]
    return "".join(lines)


def rendered(page, summaries):
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit("docs/comparing.md has lost the lines between which the table stands")
    return before + BEGIN + table(summaries) + END + after


def key(summary):
    return summary["name"], (summary["machine"] or {}).get("class")


def add(document, path):
    summary = json.loads(path.read_text(encoding="utf-8"))
    if (summary.get("format"), summary.get("format_version")) != (FORMAT, VERSION) or not summary["rows"]:
        sys.exit(f"{path}: no summary of figures")
    del summary["format"], summary["format_version"]
    places = [i for i, other in enumerate(document["summaries"]) if key(other) == key(summary)]
    if places:
        document["summaries"][places[0]] = summary
    else:
        document["summaries"].append(summary)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--docs", type=pathlib.Path, default=DOCS, help="folder of both files")
    parser.add_argument("--add", nargs="+", type=pathlib.Path, default=[], metavar="SUMMARY.json")
    arguments = parser.parse_args()
    source, page = arguments.docs / "verdicts.json", arguments.docs / "comparing.md"
    document = json.loads(source.read_text(encoding="utf-8"))
    for path in arguments.add:
        add(document, path)
    text = rendered(page.read_text(encoding="utf-8"), document["summaries"])
    if arguments.check:
        if page.read_text(encoding="utf-8") == text:
            return 0
        print(f"{page} is not what verdicts.json says: run scripts/render_verdicts.py")
        return 1
    if arguments.add:
        source.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

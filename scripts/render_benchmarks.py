#!/usr/bin/env python3
"""Writes docs/benchmarks.md from docs/benchmarks.json.

    scripts/render_benchmarks.py [--check]

Each figure has the command that printed it, the machine that it was printed on, and when. --check
writes nothing, and exits 1 where the page is not what the figures say.
"""
import json
import pathlib
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
INTRODUCTION = """# Figures

`scripts/render_benchmarks.py` makes this page from `benchmarks.json`: change that file. The command beside a figure
printed it. A figure of time holds for the machine that is named and for no other; where speed is compared, the two sides
ran interleaved on it.
"""


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def render(document):
    lines = [INTRODUCTION]
    for key, machine in document["machines"].items():
        figures = [figure for figure in document["figures"] if figure["machine"] == key]
        if not figures:
            continue
        lines.append(f"\n## {machine}\n\n| what | figure | command | when |\n|---|---|---|---|\n")
        lines += [f"| {cell(figure['what'])} | {cell(figure['figure'])} | `{cell(figure['command'])}` "
                  f"| {figure['date']} |\n" for figure in figures]
    return "".join(lines)


def main():
    page = DOCS / "benchmarks.md"
    text = render(json.loads((DOCS / "benchmarks.json").read_text(encoding="utf-8")))
    if sys.argv[1:] == ["--check"]:
        if page.read_text(encoding="utf-8") == text:
            return 0
        print(f"{page} is not what benchmarks.json says: run scripts/render_benchmarks.py")
        return 1
    page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

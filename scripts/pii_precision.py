#!/usr/bin/env python3
"""Measures the masks of personal data on labelled lines of Debian packages: precision and recall of
e-mail addresses, IPv4 and IPv6 addresses and telephone numbers, for both rules ("form", "context").

experiments/corpus_small/pii_lines.tsv has the labels and which lines they are of: package, version,
file, line, SHA-256 of the line. A mask is right when it shares a character with a label of its kind;
precision is over masks, recall over labels. The packages, unpacked without root, each into a folder
of its name (the file's lines "package NAME VERSION" name them):
  apt-get download NAME=VERSION; dpkg-deb -x NAME_*.deb text/NAME
Run: python3 scripts/pii_precision.py build/release/harness/corpus/corpus_bench text [--show]
"""
import argparse
import collections
import dataclasses
import gzip
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

LABELS = pathlib.Path(__file__).parent.parent / "experiments/corpus_small/pii_lines.tsv"
KINDS = ("email", "ipv4", "ipv6", "phone")
RULES = ("form", "context")


@dataclasses.dataclass(frozen=True)
class Span:
    kind: str
    begin: int
    end: int

    def meets(self, other) -> bool:
        return self.kind == other.kind and self.begin < other.end and other.begin < self.end


@dataclasses.dataclass
class Line:
    draw: str
    where: str
    text: str
    labels: list


def read_file(path: pathlib.Path) -> list:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode().split("\n")


def parse_spans(text: str) -> list:
    if text == "-":
        return []
    parts = (item.replace("-", ":").split(":") for item in text.split(" "))
    return [Span(kind, int(begin), int(end)) for kind, begin, end in parts]


def read_labels(folder: pathlib.Path) -> list:
    lines, draw, package, path, text = [], "", "", "", []
    for row in LABELS.read_text(encoding="utf-8").splitlines():
        fields = row.split("\t")
        if row.startswith("#"):
            continue
        if fields[0] == "draw":
            draw = fields[1]
        elif fields[0] == "package":
            package = fields[1]
        elif fields[0] == "file":
            path = f"{package}/{fields[1]}"
            text = read_file(folder / path)
        else:
            number, digest, _, spans = fields
            line = text[int(number) - 1]
            if hashlib.sha256(line.encode()).hexdigest() != digest:
                sys.exit(f"{path}:{number}: another line than the labelled one; is the package's version the one of {LABELS.name}?")
            lines.append(Line(draw, f"{path}:{number}", line, parse_spans(spans)))
    return lines


def masks(bench: str, rule: str, lines: list) -> list:
    with tempfile.TemporaryDirectory() as work:
        path = pathlib.Path(work, "lines.jsonl")
        path.write_text("".join(json.dumps({"text": line.text}) + "\n" for line in lines))
        done = subprocess.run([bench, "masks", rule, path, work], capture_output=True, text=True, check=True)
    found = []
    for line, spans in zip(lines, json.loads(done.stdout)["masks"]):
        data = line.text.encode()
        found.append([Span(kind, len(data[:begin].decode()), len(data[:end].decode()))
                      for kind, begin, end in spans])
    return found


def measure(lines: list, found: list, rule: str, show: bool) -> None:
    for kind in KINDS:
        counts = collections.Counter()
        for line, spans in zip(lines, found):
            labels = [s for s in line.labels if s.kind == kind]
            hits = [s for s in spans if s.kind == kind]
            wrong = [s for s in hits if not any(s.meets(other) for other in labels)]
            missed = [s for s in labels if not any(s.meets(other) for other in hits)]
            counts.update(labels=len(labels), masks=len(hits), wrong=len(wrong), missed=len(missed))
            if show:
                for what, spans_shown in (("wrong", wrong), ("missed", missed)):
                    for s in spans_shown:
                        print(f"    {what} {line.text[s.begin:s.end]!r} at {line.where}: {line.text.strip()[:100]!r}")
        right, labelled = counts["masks"] - counts["wrong"], counts["labels"] - counts["missed"]
        print(f"  {rule:8} {kind:6} precision {ratio(right, counts['masks'])}  recall {ratio(labelled, counts['labels'])}")


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:6.1%} ({part} of {whole})" if whole else f"{'-':>6} (0 of 0)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench", help="the program corpus_bench")
    parser.add_argument("folder", type=pathlib.Path, help="of the unpacked packages")
    parser.add_argument("--show", action="store_true", help="print what is masked wrongly, and what is missed")
    args = parser.parse_args()
    lines = read_labels(args.folder)
    for draw in dict.fromkeys(line.draw for line in lines):
        drawn = [line for line in lines if line.draw == draw]
        print(f"{draw}: {len(drawn)} lines")
        for rule in RULES:
            measure(drawn, masks(args.bench, rule, drawn), rule, args.show)


main()

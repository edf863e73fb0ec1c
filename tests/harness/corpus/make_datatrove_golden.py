"""Writes golden/datatrove.json: datatrove's verdicts on documents composed of lines of this repository.

    make_datatrove_golden.py [--variants 1500]

Of each rule the two shortest documents that it removes, and the shortest ones that are kept with another
text. Run with a Python that has datatrove 0.10 and spacy; scripts/bench_corpus_vs_datatrove.py composes the
documents and compares many more of them where datatrove is installed.
"""
import argparse
import collections
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import bench_corpus_vs_datatrove as bench  # noqa: E402

PER_RULE, KEPT = 2, 6


def sentences() -> str:
    """Lines of the documents that are mostly words."""
    lines = [line.strip() for path in sorted(ROOT.glob("**/*.md")) if "build" not in path.parts
             for line in path.read_text(encoding="utf-8").split("\n")]
    plain = [line for line in lines
             if len(line) > 60 and sum(c.isalpha() or c == " " for c in line) > 0.94 * len(line)]
    return "\n".join(dict.fromkeys(plain))


def main():
    from datatrove.data import Document
    parser = argparse.ArgumentParser()
    parser.add_argument("--variants", type=int, default=1500)
    options = parser.parse_args()
    texts = bench.make_variants([sentences()], options.variants)
    _, result = bench.peer_filters([Document(text=text, id=str(i)) for i, text in enumerate(texts)])
    cases = collections.defaultdict(list)
    for text, verdict, kept in sorted(zip(texts, result["verdicts"], result["texts"]), key=lambda c: len(c[0])):
        if verdict != "kept" or kept != text:
            cases[verdict].append({"text": text, "verdict": verdict, "kept": kept})
    chosen = [case for verdict, found in sorted(cases.items())
              for case in found[:KEPT if verdict == "kept" else PER_RULE]]
    path = pathlib.Path(__file__).parent / "golden" / "datatrove.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(chosen, indent=1) + "\n", encoding="utf-8")
    print(f"{len(chosen)} documents, {len(cases)} verdicts")


if __name__ == "__main__":
    main()

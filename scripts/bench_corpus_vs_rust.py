#!/usr/bin/env python3
"""Compares the corpus stage's filters and deduplication with the Rust tools on PyPI: dolma and rensa.

One core each, interleaved, on the same documents; what is compared is the median over the rounds of the ratio of
documents per second, and a line says for each goal whether ours does at least twice as many:

  filters     dolma's taggers gopher_v2 and c4_v2, document by document, against FineWeb's chain (Gopher repetition,
              Gopher quality, C4, FineWeb). Both have the documents in memory. dolma's taggers are Python; they only
              measure, and a later step of it filters.
  exact       dolma's dedupe of whole documents (Rust, a Bloom filter for one false positive in a million) against exact
              deduplication. Both read the file of JSON lines; dolma writes a line of attributes a document, ours its
              records and what is removed.
  minhash     rensa's R-MinHash (112 values) and its index of 14 bands against signatures of 14 x 8, matching and
              clusters, from texts in memory. Words and their 5-grams are made in Python for rensa, which takes tokens.

Shown beside these, without a goal, since the work is not the same: rensa with its 5-grams made before its clock starts,
and rensa as its documentation shows it (RMinHashDeduplicator, 128 values, single words of text.split()).

Exits 1 where a goal is not met, or where dolma and ours do not find the same number of equal documents. The documents
are those of bench_corpus_vs_datatrove.py (which says how to unpack them), a tenth of them twice. --keep MACHINE --date
YYYY-MM: the result goes into docs/benchmarks.json under that key of its machines, and the page is written, met or not.

usage: bench_corpus_vs_rust.py CORPUS_BENCH TEXT_FOLDER [--documents 20000] [--rounds 5] [--keep MACHINE --date YYYY-MM]
Run with a Python that has rensa 0.5 and dolma 1.2. Of dolma these parts need no more than
  pip install rensa==0.5.0 msgspec smart-open uniseg nltk omegaconf necessary zstandard numpy pyyaml tqdm fsspec &&
  pip install --no-deps dolma==1.2.1
"""
import argparse
import importlib
import importlib.util
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import types

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from bench_corpus_vs_datatrove import make_documents, run  # noqa: E402

GOAL = 2
PEER = "--peer"
BANDS, ROWS, SHINGLE = 14, 8, 5
SEED = 1
FALSE_POSITIVES = 1e-6


def read_texts(path: str) -> list:
    return [json.loads(line)["text"] for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines()]


def dolma_folder() -> pathlib.Path:
    """Where the package is. It is not imported as a whole: that loads every tagger, and what they need."""
    found = importlib.util.find_spec("dolma")
    if found is None:
        sys.exit("this Python has no dolma")
    return pathlib.Path(found.submodule_search_locations[0])


def dolma_taggers() -> list:
    folder = dolma_folder()
    for name in ("dolma", "dolma.taggers"):
        package = types.ModuleType(name)
        package.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    return [importlib.import_module("dolma.taggers.gopher").GopherTaggerV2(),
            importlib.import_module("dolma.taggers.c4").FasterC4Tagger()]


def taggers(path: str) -> tuple:
    steps = dolma_taggers()
    Document = importlib.import_module("dolma.core.data_types").Document
    documents = [Document(source="s", id=str(i), text=text) for i, text in enumerate(read_texts(path))]
    start = time.perf_counter()
    num_spans = sum(len(step.predict(document).spans) for document in documents for step in steps)
    return time.perf_counter() - start, len(documents), {"spans": num_spans}


def dolma_rust():
    """The extension alone: dolma.deduper hands it its configuration as JSON."""
    (library,) = dolma_folder().glob("dolma.*so")
    specification = importlib.util.spec_from_file_location("dolma", library)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def dedupe(path: str) -> tuple:
    rust, num_documents = dolma_rust(), len(read_texts(path))
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        for name in ("documents", "in", "out"):
            (work / name).mkdir()
        os.link(path, work / "documents/all.jsonl")
        start = time.perf_counter()
        rust.deduper_entrypoint(json.dumps({
            "documents": [f"{work}/documents/all.jsonl"], "processes": 1, "is_s3_volume": False,
            "work_dir": {"input": f"{work}/in", "output": f"{work}/out"},
            "compression": {"input": None, "output": None},
            "dedupe": {"name": "exact", "documents": {"attribute_name": "equal", "key": "$.text"}, "skip_empty": False,
                       "min_length": 0, "min_words": 0, "num_partitions": 1, "partition_index": 0,
                       "file_partition": False, "document_dir": "documents"},
            "bloom_filter": {"file": f"{work}/filter", "read_only": False, "size_in_bytes": 0,
                             "estimated_doc_count": num_documents, "desired_false_positive_rate": FALSE_POSITIVES}}))
        seconds = time.perf_counter() - start
        lines = (work / "attributes/exact/all.jsonl").read_text(encoding="utf-8").splitlines()
    if len(lines) != num_documents:
        sys.exit(f"dolma wrote {len(lines)} lines of attributes for {num_documents} documents")
    return seconds, num_documents, {"removed": sum(bool(json.loads(line)["attributes"].get("equal")) for line in lines)}


def shingles(text: str) -> list:
    """5-grams of words without case and marks; of fewer words, all of them as one."""
    words = re.findall(r"\w+", text.lower())
    return [" ".join(words[i:i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))]


def similar(token_sets: list) -> int:
    """How many documents share a band with another."""
    from rensa import RMinHash, RMinHashLSH
    matrix = RMinHash.digest_matrix_from_token_sets(token_sets, BANDS * ROWS, SEED)
    index = RMinHashLSH(threshold=0.7, num_perm=BANDS * ROWS, num_bands=BANDS)
    return sum(index.insert_matrix_and_query_duplicate_flags(matrix))


def rensa(path: str) -> tuple:
    texts = read_texts(path)
    start = time.perf_counter()
    found = similar([shingles(text) for text in texts])
    return time.perf_counter() - start, len(texts), {"similar": found}


def rensa_of_shingles(path: str) -> tuple:
    token_sets = [shingles(text) for text in read_texts(path)]
    start = time.perf_counter()
    found = similar(token_sets)
    return time.perf_counter() - start, len(token_sets), {"similar": found}


def rensa_of_words(path: str) -> tuple:
    from rensa import RMinHashDeduplicator
    texts = read_texts(path)
    start = time.perf_counter()
    deduplicator = RMinHashDeduplicator(threshold=0.8, num_perm=128, use_lsh=True)
    kept = deduplicator.add_pairs((str(i), text.split()) for i, text in enumerate(texts))
    return time.perf_counter() - start, len(texts), {"removed": kept.count(False)}


# What is compared: our mode of corpus_bench, the peer's function here, its name, whether there is a goal.
COMPARISONS = (("filters", taggers, "dolma's taggers", True),
               ("exact", dedupe, "dolma's dedupe", True),
               ("minhash", rensa, "rensa, texts", True),
               ("minhash", rensa_of_shingles, "rensa, 5-grams made before", False),
               ("minhash", rensa_of_words, "rensa, single words", False))


def peer_main(name: str, path: str) -> None:
    (function,) = (f for _, f, _, _ in COMPARISONS if f.__name__ == name)
    seconds, num_documents, result = function(path)
    print(json.dumps({"seconds": seconds, "documents": num_documents, "result": result}))


def compare(bench: str, comparison: tuple, path: str, rounds: int) -> tuple:
    """Prints the rates; returns the median ratio and what both found in the last round."""
    mode, function, name, _ = comparison
    rates = {"ours": [], name: []}
    found = {}
    for number in range(rounds):
        commands = {"ours": [bench, mode, "published", path, f"{path}.{mode}"],
                    name: [sys.executable, __file__, PEER, function.__name__, path]}
        for side in list(commands)[::1 if number % 2 == 0 else -1]:
            out = run(commands[side])
            rates[side].append(out["documents"] / out["seconds"])
            found[side] = out.get("result", out)
    ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates[name], strict=True))
    shown = "; ".join(f"{side} {statistics.median(values):,.0f} documents/s ({min(values):,.0f} to {max(values):,.0f})"
                      for side, values in rates.items())
    print(f"{mode}: {shown}; ratio {ratio:.2f}", flush=True)
    return ratio, [found[side].get("removed") for side in rates]


def keep(ratios: dict, num_documents: int, options: argparse.Namespace) -> None:
    what = (f"corpus filters, exact and MinHash deduplication against dolma 1.2.1 and rensa 0.5.0, {num_documents:,} "
            f"documents, one core each, {options.rounds} rounds interleaved")
    figure = ", ".join(f"{ratio:.2f} ({name})" for name, ratio in ratios.items()) + " times as many documents a second"
    command = (f"scripts/bench_corpus_vs_rust.py CORPUS_BENCH TEXT --documents {options.documents} "
               f"--rounds {options.rounds}")
    subprocess.run([sys.executable, pathlib.Path(__file__).parent / "render_benchmarks.py", "--what", what, "--figure",
                    figure, "--command", command, "--machine", options.keep, "--date", options.date], check=True)


def measure(options: argparse.Namespace) -> int:
    failures, ratios = [], {}
    with tempfile.TemporaryDirectory() as work:
        texts = make_documents(options.folder, options.documents)
        texts += texts[::10]
        path = f"{work}/documents.jsonl"
        rows = ({"id": str(i), "source": "s", "text": text} for i, text in enumerate(texts))
        pathlib.Path(path).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        print(f"{len(texts)} documents, {sum(map(len, texts)) / len(texts):,.0f} characters each on average; load "
              f"{os.getloadavg()[0]:.1f}", flush=True)
        for comparison in COMPARISONS:
            mode, _, name, has_goal = comparison
            ratios[name], removed = compare(options.bench, comparison, path, options.rounds)
            if has_goal:
                is_met = ratios[name] >= GOAL
                print(f"  goal: at least {GOAL} times the documents/s of {name}: {'met' if is_met else 'NOT MET'}")
                failures += [] if is_met else [name]
            if mode == "exact" and removed[0] != removed[1]:
                print(f"  ours removes {removed[0]} equal documents and dolma {removed[1]}")
                failures.append("equal documents")
    if options.keep:
        keep(ratios, len(texts), options)
    return 1 if failures else 0


def main() -> int:
    if len(sys.argv) > 1 and sys.argv[1] == PEER:
        peer_main(sys.argv[2], sys.argv[3])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", help="the program corpus_bench")
    parser.add_argument("folder", type=pathlib.Path, help="of the unpacked packages")
    parser.add_argument("--documents", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", metavar="MACHINE", default="")
    parser.add_argument("--date", default="")
    options = parser.parse_args()
    if bool(options.keep) != bool(options.date):
        parser.error("--keep MACHINE and --date YYYY-MM belong together")
    os.environ["RAYON_NUM_THREADS"] = "1"
    return measure(options)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Compares the corpus filters and MinHash deduplication of ours and of datatrove on the same documents.

First the preset "datatrove": its verdict on every document, the text that it keeps, and its clusters of
near-duplicates are to be datatrove's; if one differs the script names it and exits 1. Then the preset
"published" (ours): how many verdicts differ, by the rules of both sides, with an example of each, and
which near-duplicates only one side finds, with their Jaccard similarity. Then times, one core each,
interleaved, in documents per second (--rounds 0 leaves them out).

Times: both sides hold the documents in memory before the clock starts. Filters: FineWeb's chain (Gopher
repetition, Gopher quality, C4 without terminal punctuation, FineWeb), called document by document.
MinHash: signatures (5-grams, 14 x 8, 64 bits), matching and clustering, through files. The rounds
alternate, so that a change in the machine's load meets both; what is compared is the median.

The documents are made from Debian packages, unpacked without root:
  apt-get download manpages bible-kjv-text fortunes wordnet-base
  for f in *.deb; do dpkg-deb -x $f text; done
Run with a Python that has datatrove 0.10, spacy, tokenizers and xxhash below 4:
  python scripts/bench_corpus_vs_datatrove.py build/release/harness/corpus/corpus_bench text
"""
import argparse
import collections
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import unicodedata

PEER = "--peer"
GLOSSES, FORTUNES = 40, 20  # a document


def chunks(items, size):
    return [items[i:i + size] for i in range(0, len(items), size)]


def make_documents(folder: pathlib.Path, limit: int) -> list:
    """English texts: manual pages, dictionary glosses, fortunes; every tenth twice, one word changed."""
    texts = []
    for page in sorted(folder.glob("usr/share/man/man*/*.gz")):
        out = subprocess.run(["mandoc", "-K", "utf-8", "-T", "utf8", "-O", "width=999,indent=0", page],
                             capture_output=True).stdout.decode("utf-8", "replace")
        texts.append(re.sub(r"(?m)^ +", "", re.sub(".\b", "", out)).strip())
    for data in sorted(folder.glob("usr/share/wordnet/data.*")):
        glosses = [line.split("|", 1)[1].strip().capitalize() + "." for line in
                   data.read_text(encoding="utf-8").splitlines() if "|" in line]
        texts += ["\n".join(c) for c in chunks(glosses, GLOSSES)]
    for name in sorted(folder.glob("usr/share/games/fortunes/*")):
        if not name.suffix:
            cookies = name.read_text(encoding="utf-8", errors="replace").split("\n%\n")
            texts += ["\n\n".join(c).replace("\t", " ").strip() for c in chunks(cookies, FORTUNES)]
    step = max(1, len(texts) * 11 // 10 // limit)  # a sample over all sources
    texts = [normalised(t) for t in texts[::step]]
    texts = [t for t in texts if t]
    return texts + [t.replace(" the ", " this ", 1) for t in texts[::10] if " the " in t]


def normalised(text: str) -> str:
    """As a corpus reads texts before any filter (harness/corpus/unicode_text.h), so that both sides see
    the same: NFC, no control characters, no blank ends."""
    text = re.sub(r"\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text)
    text = "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) == "Cc" or c == "\ufeff"))
    return re.sub(r"^(\s*\n)+", "", unicodedata.normalize("NFC", text).rstrip())


def peer_filters(documents) -> tuple:
    from datatrove.pipeline.filters import (C4QualityFilter, FineWebQualityFilter,
                                            GopherQualityFilter, GopherRepetitionFilter)
    filters = [("gopher_repetition", GopherRepetitionFilter()),
               ("gopher_quality", GopherQualityFilter()),
               ("c4", C4QualityFilter(filter_no_terminal_punct=False)),
               ("fineweb", FineWebQualityFilter(char_duplicates_ratio=0.1))]
    filters[0][1].filter(documents[0])  # loads the tokenizer
    verdicts, texts, start = [], [], time.perf_counter()
    for document in documents:
        verdict = "kept"
        for name, step in filters:
            result = step.filter(document)
            if result is not True:
                verdict = f"{name}:{result[1]}"
                break
        verdicts.append(verdict)
        texts.append(document.text if verdict == "kept" else None)
    return time.perf_counter() - start, {"verdicts": verdicts, "texts": texts}


def peer_minhash(documents) -> tuple:
    from datatrove.pipeline.dedup import (MinhashDedupBuckets, MinhashDedupCluster,
                                          MinhashDedupSignature)
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    config, folder = MinhashConfig(), tempfile.mkdtemp()
    signature = MinhashDedupSignature(f"{folder}/sig", config)
    signature.get_shingles(documents[0].text)  # loads the tokenizer
    start = time.perf_counter()
    signature.run(documents)
    for rank in range(config.num_buckets):
        MinhashDedupBuckets(f"{folder}/sig", f"{folder}/dups", config=config).run(
            rank=rank, world_size=config.num_buckets)
    MinhashDedupCluster(f"{folder}/dups", f"{folder}/remove", config=config, save_cluster_id=True).run()
    seconds = time.perf_counter() - start
    clusters = list(range(len(documents)))  # of each document its first one
    first = {}
    for path in sorted(pathlib.Path(folder, "remove").glob("*.clusters")):
        for document, cluster in struct.iter_unpack("<2I", path.read_bytes()):
            clusters[document] = first.setdefault(cluster, document)
    shutil.rmtree(folder)
    return seconds, {"clusters": clusters}


def peer_main(mode: str, path: str) -> None:
    from datatrove.data import Document
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    documents = [Document(text=json.loads(line)["text"], id=str(i)) for i, line in enumerate(lines)]
    seconds, result = {"filters": peer_filters, "minhash": peer_minhash}[mode](documents)
    print(json.dumps({"seconds": seconds, "documents": len(documents), "result": result}))


def run(command: list) -> dict:
    """On the last core; the last line of what it prints."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
                                "LOGURU_LEVEL": "ERROR"}
    core = max(os.sched_getaffinity(0))
    done = subprocess.run(command, env=environment, capture_output=True, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    if done.returncode != 0:
        sys.exit(f"{command} exits {done.returncode}: {done.stderr[-1000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(mode: str, ours: list, peer: list, rounds: int) -> None:
    rates = {"ours": [], "datatrove": []}
    for _ in range(rounds):
        for name, command in (("ours", ours), ("datatrove", peer)):
            out = run(command)
            rates[name].append(out["documents"] / out["seconds"])
    medians = {name: statistics.median(values) for name, values in rates.items()}
    spread = {name: f"{min(values):,.0f} to {max(values):,.0f}" for name, values in rates.items()}
    print(f"{mode}: ours {medians['ours']:,.0f} documents/s ({spread['ours']}), datatrove "
          f"{medians['datatrove']:,.0f} ({spread['datatrove']}), ratio "
          f"{medians['ours'] / medians['datatrove']:.1f}")


def preview(text: str, width: int = 90) -> str:
    return repr(text if len(text) <= width else text[:width] + "...")


def report_verdicts(texts: list, ours: dict, theirs: dict) -> int:
    """Prints how many verdicts, or kept texts, differ, by class; returns the number."""
    pairs = collections.defaultdict(list)
    for i, (a, b) in enumerate(zip(ours["verdicts"], theirs["verdicts"], strict=True)):
        if (a == "kept") != (b == "kept"):
            pairs[f"{a} by ours, {b} by datatrove"].append(i)
        elif a == "kept" and ours["texts"][i] != theirs["texts"][i]:
            pairs["kept by both, with another text"].append(i)
    num_differing = sum(map(len, pairs.values()))
    print(f"  kept by ours {ours['verdicts'].count('kept')}, by datatrove "
          f"{theirs['verdicts'].count('kept')}; {num_differing} of {len(texts)} differ")
    for what, members in sorted(pairs.items(), key=lambda item: -len(item[1])):
        print(f"  {len(members)} times {what}: document {members[0]}, {preview(texts[members[0]])}")
    return num_differing


def shingles(text: str) -> set:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i:i + 5]) for i in range(len(words) - 4)}


def report_clusters(texts: list, ours: list, theirs: list) -> int:
    """Prints how the clusters differ; returns the number of documents that one side only removes.
    The first document of a cluster stands for its survivor."""
    removed = [{i for i, first in enumerate(clusters) if first != i} for clusters in (ours, theirs)]
    print(f"  near-duplicates removed by ours {len(removed[0])}, by datatrove {len(removed[1])}")
    num_differing = 0
    for name, mine, other, clusters in (("ours", *removed, ours), ("datatrove", *removed[::-1], theirs)):
        only = sorted(mine - other)
        num_differing += len(only)
        for i in only[:3]:
            a, b = shingles(texts[i]), shingles(texts[clusters[i]])
            print(f"  only by {name}, {len(only)} in all: document {i}, Jaccard similarity "
                  f"{len(a & b) / max(1, len(a | b)):.2f} to document {clusters[i]}, {preview(texts[i])}")
    return num_differing + (ours != theirs and num_differing == 0)


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == PEER:
        peer_main(sys.argv[2], sys.argv[3])
        return
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench", help="the program corpus_bench")
    parser.add_argument("folder", type=pathlib.Path, help="of the unpacked packages")
    parser.add_argument("--documents", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    num_differing = 0
    with tempfile.TemporaryDirectory() as work:
        path = f"{work}/documents.jsonl"
        texts = make_documents(args.folder, args.documents)
        pathlib.Path(path).write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
        print(f"{len(texts)} documents, {sum(map(len, texts)) / len(texts):,.0f} characters each on "
              f"average; {platform.machine()}, load {os.getloadavg()[0]:.1f}")
        peer = [sys.executable, __file__, PEER]
        theirs = run([*peer, "filters", path])["result"]
        their_clusters = run([*peer, "minhash", path])["result"]["clusters"]
        for preset in ("datatrove", "published"):
            print(f"preset {preset}")
            differing = report_verdicts(texts, run([args.bench, "verdicts", preset, path, work]), theirs)
            ours = run([args.bench, "clusters", preset, path, f"{work}/{preset}"])["clusters"]
            differing += report_clusters(texts, ours, their_clusters)
            num_differing += differing if preset == "datatrove" else 0
        for mode in ("filters", "minhash") if args.rounds else ():
            for preset in ("published", "datatrove"):
                compare(f"{mode}, preset {preset}", [args.bench, mode, preset, path, f"{work}/near"],
                        [*peer, mode, path], args.rounds)
    if num_differing:
        sys.exit("the preset datatrove differs from datatrove")


main()

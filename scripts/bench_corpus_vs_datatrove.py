#!/usr/bin/env python3
"""Times the corpus filters and MinHash deduplication of ours and of datatrove on the same documents,
one core each, interleaved; prints documents per second, the ratio, and how far verdicts agree.

Both sides hold the documents in memory before the clock starts. Filters: FineWeb's chain (Gopher
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
import subprocess
import sys
import tempfile
import time

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
    texts = [t for t in texts[::step] if t]
    return texts + [t.replace(" the ", " this ", 1) for t in texts[::10] if " the " in t]


def peer_filters(documents) -> tuple:
    from datatrove.pipeline.filters import (C4QualityFilter, FineWebQualityFilter,
                                            GopherQualityFilter, GopherRepetitionFilter)
    filters = [("gopher_repetition", GopherRepetitionFilter()),
               ("gopher_quality", GopherQualityFilter()),
               ("c4", C4QualityFilter(filter_no_terminal_punct=False)),
               ("fineweb", FineWebQualityFilter(char_duplicates_ratio=0.1))]
    filters[0][1].filter(documents[0])  # loads the tokenizer
    verdicts, start = [], time.perf_counter()
    for document in documents:
        verdict = "kept"
        for name, step in filters:
            result = step.filter(document)
            if result is not True:
                verdict = f"{name}:{result[1]}"
                break
        verdicts.append(verdict)
    return time.perf_counter() - start, verdicts


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
    MinhashDedupCluster(f"{folder}/dups", f"{folder}/remove", config=config).run()
    seconds = time.perf_counter() - start
    removed = sum(p.stat().st_size // 4 for p in pathlib.Path(folder, "remove").glob("*.remove"))
    shutil.rmtree(folder)
    return seconds, removed


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
    with tempfile.TemporaryDirectory() as work:
        path = f"{work}/documents.jsonl"
        texts = make_documents(args.folder, args.documents)
        pathlib.Path(path).write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
        print(f"{len(texts)} documents, {sum(map(len, texts)) / len(texts):,.0f} characters each on "
              f"average; {platform.machine()}, load {os.getloadavg()[0]:.1f}")
        peer = [sys.executable, __file__, PEER]
        compare("filters", [args.bench, "filters", path], [*peer, "filters", path], args.rounds)
        compare("minhash", [args.bench, "minhash", path, f"{work}/near"],
                [*peer, "minhash", path], args.rounds)
        ours = run([args.bench, "verdicts", path])["verdicts"]
        theirs = run([*peer, "filters", path])["result"]
        same = sum((a == "kept") == (b == "kept") for a, b in zip(ours, theirs))
        print(f"kept by ours {ours.count('kept')}, by datatrove {theirs.count('kept')}; the same "
              f"verdict on {same} of {len(ours)}")
        pairs = collections.Counter((a, b) for a, b in zip(ours, theirs)
                                    if (a == "kept") != (b == "kept"))
        for (a, b), count in pairs.most_common(5):
            print(f"  {count} times {a} by ours, {b} by datatrove")
        removed = run([args.bench, "minhash", path, f"{work}/near"])["removed"]
        print(f"near-duplicates removed by ours {removed}, by datatrove "
              f"{run([*peer, 'minhash', path])['result']}")


main()

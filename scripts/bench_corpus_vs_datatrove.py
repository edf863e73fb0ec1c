#!/usr/bin/env python3
"""Compares the corpus filters and MinHash deduplication of ours and of datatrove on the same documents.

First the preset "datatrove": its verdict on every document with the rule that removes it, the text that it
keeps, and its clusters of near-duplicates are to be datatrove's; if one differs the script names it and
exits 1. --variants N does the same with N documents more, composed at random of lines of the others and of
what the rules look for, so that nearly every rule removes some of them.

Then the preset "published" (ours): how many documents only one side keeps, by the rules of both sides, with
an example of each; for the rule of alphabetic words also the share of words between white space that have a
letter, the plainest reading of the rule; and which clusters differ, with the exact Jaccard similarity of
what only one side joins and the probability that a signature of 14 x 8 finds such a pair.

Then times, one core each, interleaved, in documents per second (--rounds 0 leaves them out). Both sides
hold the documents in memory before the clock starts. Filters: FineWeb's chain (Gopher repetition, Gopher
quality, C4 without terminal punctuation, FineWeb), called document by document. MinHash: signatures
(5-grams, 14 x 8, 64 bits), matching and clustering, through files. The rounds alternate, so that a change
in the machine's load meets both; what is compared is the median.

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
import random
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
OUR_RULES = {  # by datatrove's names
    "dup_para_frac": "duplicate_paragraphs", "dup_para_char_frac": "duplicate_paragraph_characters",
    "dup_line_frac": "duplicate_lines", "dup_line_char_frac": "duplicate_line_characters",
    **{f"duplicated_{n}_n_grams": f"duplicated_{n}_grams" for n in range(5, 11)},
    "gopher_short_doc": "too_few_words", "gopher_long_doc": "too_many_words",
    "gopher_below_avg_threshold": "mean_word_too_short", "gopher_above_avg_threshold": "mean_word_too_long",
    "gopher_too_many_hashes": "hashes_per_word", "gopher_too_many_ellipsis": "ellipses_per_word",
    "gopher_too_many_bullets": "bullet_lines", "gopher_too_many_end_ellipsis": "ellipsis_lines",
    "gopher_below_alpha_threshold": "alphabetic_words", "gopher_enough_stop_words": "stop_words",
    "line_punct_ratio": "line_punctuation", "short_line_ratio": "short_lines",
    "char_dup_ratio": "duplicate_line_characters", "list_ratio": "newlines_per_word"}
INSERTED = ["[12]", "[edit]", "[citation needed]", "[\u0967\u0968]", "{", "}", "JavaScript", "lorem ipsum",
            "privacy policy", "terms of use", "...", "\u2026", "#", "##", "--", "and/or", "10km", "can't",
            "3.14", "1,000", "\u00a9", "$5", "\"Go on.\" she said.", "e.g.", "a.m.", "\u4e2d\u6587\u3002", "!?",
            "x" * 1001, "   ", "\u00a0", "\u3000", "()", "a b c", "2024-01-02", "http://a.org/b?c=d"]


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


def make_variant(draw: random.Random, lines: list) -> str:
    """Lines with each change made to a share of them that is drawn for the document."""
    def some(change, chosen):
        share = draw.choice([0, 0, 0, 0, 0.1, 0.3, 0.9]) * draw.random() * 1.2
        return [change(line) if draw.random() < share else line for line in chosen]

    def insert(line):
        words = line.split(" ")
        words.insert(draw.randint(0, len(words)), draw.choice(INSERTED))
        return " ".join(words)

    chosen = [draw.choice(lines) for _ in range(draw.randint(3, 40))]
    end, bullet = draw.choice([".", "...", "\u2026", ". ", "!", ".[1]", ".\""]), draw.choice("-\u2022#* ")
    chosen = some(lambda line: line + end, chosen)
    chosen = some(lambda line: bullet + " " + line, chosen)
    chosen = some(insert, chosen)
    chosen = some(lambda line: re.sub(r"\b(the|be|to|of|and|that|have|with)\b", "a", line), chosen)
    chosen = some(lambda line: line.replace(" ", draw.choice(["", "-", " , ", "\n"])), chosen)
    chosen = some(lambda line: line[:draw.randint(1, 40)], chosen)
    chosen = some(lambda line: draw.choice([line[:60], " ".join(line.split()[:3])]) + " " + line, chosen)
    chosen = some(lambda line: draw.choice(chosen), chosen)  # repeats
    text = draw.choice(["\n", "\n", "\n\n", "\n \n"]).join(chosen)
    return draw.choice(["", "", "  "]) + normalised(text)


def make_variants(texts: list, count: int) -> list:
    """Every fourth with some lines of the one before it, so that there are near-duplicates."""
    draw = random.Random(1)
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    variants = []
    for i in range(count):
        if i % 4 == 3:
            before = [line for line in variants[-1].split("\n") if draw.random() < 0.97]
            variants.append(normalised("\n".join(before + [draw.choice(lines)])))
        else:
            variants.append(make_variant(draw, lines))
    return [text for text in variants if text.strip()]


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
                verdict = f"{name}:{OUR_RULES.get(result[1], result[1])}"
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


def letters(text: str) -> float:
    """The share of words between white space that have a letter."""
    words = text.split()
    return sum(any(map(str.isalpha, word)) for word in words) / len(words)


def report_verdicts(texts: list, ours: dict, theirs: dict, with_rules: bool) -> int:
    """Prints how many verdicts (`with_rules`: or their rules), or kept texts, differ, by class; returns
    the number."""
    pairs = collections.defaultdict(list)
    for i, (a, b) in enumerate(zip(ours["verdicts"], theirs["verdicts"], strict=True)):
        if a != b and (with_rules or "kept" in (a, b)):
            pairs[f"{a} by ours, {b} by datatrove"].append(i)
        elif a == b == "kept" and ours["texts"][i] != theirs["texts"][i]:
            pairs["kept by both, with another text"].append(i)
    num_differing = sum(map(len, pairs.values()))
    print(f"  kept by ours {ours['verdicts'].count('kept')}, by datatrove "
          f"{theirs['verdicts'].count('kept')}; {num_differing} of {len(texts)} differ")
    for what, members in sorted(pairs.items(), key=lambda item: -len(item[1])):
        print(f"  {len(members)} times {what}: document {members[0]}, {preview(texts[members[0]])}")
        if "alphabetic_words" in what:
            shares = [letters(texts[i]) for i in members]
            print(f"    of the words between white space {min(shares):.0%} to {max(shares):.0%} "
                  "have a letter")
    both = [letters(texts[i]) for i, (a, b) in enumerate(zip(ours["verdicts"], theirs["verdicts"]))
            if a == b == "gopher_quality:alphabetic_words"]
    print(f"  {len(both)} removed by both for alphabetic words; of the words between white space at least "
          f"80% have a letter in {sum(share >= 0.8 for share in both)} of them")
    return num_differing


def shingles(text: str) -> set:
    """What both sides take for shingles of English text: 5-grams without case, diacritics and numbers."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    words = re.findall(r"[^\W_]+", re.sub(r"\d+([.,]\d+)?", "0", plain))
    return {tuple(words[i:i + 5]) for i in range(len(words) - 4)}


def similarity(a: set, b: set) -> float:
    return len(a & b) / max(1, len(a | b))


def members(clusters: list) -> set:
    """The clusters of more than one document."""
    found = collections.defaultdict(list)
    for i, first in enumerate(clusters):
        found[first].append(i)
    return {tuple(cluster) for cluster in found.values() if len(cluster) > 1}


def report_parts(texts: list, name: str, cluster: tuple, other: list) -> None:
    """Prints what `other` has apart of a cluster of the side `name`."""
    parts = collections.defaultdict(list)
    for i in cluster:
        parts[other[i]].append(i)
    sets = {i: shingles(texts[i]) for i in cluster}
    for part in sorted(parts.values(), key=len)[:-1]:
        nearest, a, b = max((similarity(sets[i], sets[j]), i, j)
                            for i in part for j in cluster if j not in part)
        print(f"  only {name} joins documents {part} to others: the most similar are {a} and {b}, "
              f"{nearest:.2f}, found with probability {1 - (1 - nearest ** 8) ** 14:.2f}; {preview(texts[a])}")


def report_clusters(texts: list, ours: list, theirs: list) -> int:
    """Prints how the clusters differ; returns the number of clusters that only one side has."""
    removed = [sum(first != i for i, first in enumerate(clusters)) for clusters in (ours, theirs)]
    only = members(ours) ^ members(theirs)
    print(f"  near-duplicates removed by ours {removed[0]}, by datatrove {removed[1]}, of which "
          f"{len(texts) - len(set(texts))} are exact copies; {len(members(ours))} and {len(members(theirs))} "
          f"clusters, {len(only)} of one side only")
    for cluster in sorted(only):
        is_ours = cluster in members(ours)
        report_parts(texts, "ours" if is_ours else "datatrove", cluster, theirs if is_ours else ours)
    return len(only)


def compare_documents(bench: str, texts: list, path: str, presets: tuple) -> int:
    """Writes the documents to `path`; returns the number of differences of the preset datatrove."""
    pathlib.Path(path).write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    print(f"{len(texts)} documents, {sum(map(len, texts)) / len(texts):,.0f} characters each on "
          f"average; {platform.machine()}, load {os.getloadavg()[0]:.1f}")
    peer = [sys.executable, __file__, PEER]
    theirs = run([*peer, "filters", path])["result"]
    rules = collections.Counter(theirs["verdicts"])
    print(f"  rules by which datatrove removes some: {len(rules) - ('kept' in rules)}")
    their_clusters = run([*peer, "minhash", path])["result"]["clusters"]
    num_differing = 0
    for preset in presets:
        print(f"preset {preset}")
        is_peer = preset == "datatrove"
        ours = run([bench, "verdicts", preset, path, f"{path}.work"])
        differing = report_verdicts(texts, ours, theirs, with_rules=is_peer)
        ours = run([bench, "clusters", preset, path, f"{path}.{preset}"])["clusters"]
        differing += report_clusters(texts, ours, their_clusters)
        num_differing += differing * is_peer
    return num_differing


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == PEER:
        peer_main(sys.argv[2], sys.argv[3])
        return
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench", help="the program corpus_bench")
    parser.add_argument("folder", type=pathlib.Path, help="of the unpacked packages")
    parser.add_argument("--documents", type=int, default=1500)
    parser.add_argument("--variants", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        texts = make_documents(args.folder, args.documents)
        path = f"{work}/documents.jsonl"
        num_differing = compare_documents(args.bench, texts, path, ("datatrove", "published"))
        if args.variants:
            variants = make_variants(texts, args.variants)
            num_differing += compare_documents(args.bench, variants, f"{work}/variants.jsonl", ("datatrove",))
        for mode in ("filters", "minhash") if args.rounds else ():
            for preset in ("published", "datatrove"):
                compare(f"{mode}, preset {preset}", [args.bench, mode, preset, path, f"{work}/near"],
                        [sys.executable, __file__, PEER, mode, path], args.rounds)
    if num_differing:
        sys.exit("the preset datatrove differs from datatrove")


if __name__ == "__main__":
    main()

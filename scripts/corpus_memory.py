#!/usr/bin/env python3
"""Runs the stage "corpus" on an input larger than its memory budget and prints its peak resident memory.

The input is made of real text: sentences of the files below a folder (text, or manual pages, plain or
gzip), drawn with a fixed seed into documents of about 4 KB, a tenth of them exact and a tenth near copies
(one word changed) of others, as JSON lines. Filters are off, so that every copy meets deduplication, and
repeated substrings are removed too. What is printed: documents and bytes read, removed and kept, the time,
and peak memory against the budget: the process' own (RssAnon, sampled), and the resident one, which counts
mapped files as well, whose pages the kernel drops when it needs them. Exits 1 when its own memory is above
the budget, or when `exact` or `near` did not find what was planted for it.

usage: corpus_memory.py BENCH_RUN TEXT_FOLDER TOKENIZER [--gib 2] [--budget-mib 1024] [--work FOLDER]
needs h5py; TOKENIZER is a SentencePiece model. 2 GiB take some 10 minutes on two cores and 12 GB of disk.
"""
import argparse
import contextlib
import gzip
import hashlib
import json
import os
import pathlib
import platform
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import h5py

DEFINITION = """\
stage = "corpus"
title = "memory of a corpus of {gib} GiB"
[run]
threads = {threads}
[corpus]
path = "{folder}"
budget_mib = {budget}
num_shards = {shards}
[corpus.gopher_repetition]
preset = "none"
[corpus.gopher_quality]
preset = "none"
[corpus.c4]
preset = "none"
[corpus.fineweb]
preset = "none"
[corpus.substrings]
enabled = true
[tokenizer]
path = "{tokenizer}"
"""
FILE_BYTES = 32 << 20
SENTENCES = 40  # a document


def sentences_of(folder):
    """Sentences of 6 to 40 words; roff requests and what is no prose are left out."""
    found = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.stat().st_size > 4 << 20:
            continue
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8", "ignore")
        text = re.sub(r"\\f.|\\-|\\&", "", re.sub(r"(?m)^[.'].*$", "", text))
        for sentence in re.findall(r"[A-Z][^.!?{}\\|]{30,300}[.!?](?=\s)", text):
            words = sentence.split()
            if 6 <= len(words) <= 40 and sum(w.isalpha() for w in words) > 0.8 * len(words):
                found.add(" ".join(words))
    return sorted(found)


def near_copy(draw, text):
    words = text.split(" ")
    words[draw.randrange(len(words))] = "changed"
    return " ".join(words)


def write_input(folder, sentences, num_bytes):
    """Returns the number of documents, of exact and of near copies."""
    draw = random.Random(1)
    counts = dict(documents=0, exact=0, near=0)
    written, file, last, seen = 0, None, [], set()
    for number in range(10 ** 9):
        if written >= num_bytes:
            break
        kind = draw.random()
        if kind < 0.8 or not last:
            text = "\n".join(" ".join(draw.choice(sentences) for _ in range(5))
                             for _ in range(SENTENCES // 5))
            last = (last + [text])[-1000:]
        elif kind < 0.9:
            text = draw.choice(last)
        else:
            text = near_copy(draw, draw.choice(last))
        # Two near copies may be equal: what counts is whether the text is new.
        digest = hashlib.sha256(text.encode()).digest()[:8]
        if digest in seen:
            counts["exact"] += 1
        elif kind >= 0.9:
            counts["near"] += 1
        seen.add(digest)
        counts["documents"] += 1
        if file is None or file.tell() > FILE_BYTES:
            file = open(folder / f"part-{number:09}.jsonl", "w", encoding="utf-8")
        written += file.write(json.dumps({"text": text}) + "\n")
    file.close()
    return counts


def anonymous_mib(pid):
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
    return 0


def run_sampled(command, work):
    """Returns the last line that the command prints, and the peak of its own memory, every 0.1 s."""
    peak = 0
    with open(work / "stdout", "w+") as stdout, open(work / "stderr", "w+") as stderr:
        process = subprocess.Popen(command, cwd=work, env={**os.environ, "BENCH_STORE": str(work / "store")},
                                   stdout=stdout, stderr=stderr)
        while process.poll() is None:
            peak = max(peak, anonymous_mib(process.pid))
            time.sleep(0.1)
        if process.returncode != 0:
            sys.exit((work / "stderr").read_text())
    return (work / "stdout").read_text().splitlines()[-1], peak


def table(file, name):
    columns = {column: values[:] for column, values in file["tables"][name].items()}
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def report(results, planted, elapsed, own_mib, peak_mib, budget_mib):
    with h5py.File(results) as file:
        summary = {name: value[()] for name, value in file["summary"].items()}
        removed = {(row["filter"].decode(), row["rule"].decode()): int(row["documents"])
                   for row in table(file, "removed")}
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"read {summary['documents:read']:.0f} documents, {summary['text_bytes:read'] / 2 ** 30:.2f} GiB; "
          f"kept {summary['documents:kept']:.0f}, {summary['text_bytes:kept'] / 2 ** 30:.2f} GiB; "
          f"tokens {summary['dataset_tokens:train'] + summary['dataset_tokens:validation']:.0f}; {elapsed:.0f} s")
    for (name, rule), documents in sorted(removed.items()):
        print(f"  removed by {name}: {rule}: {documents}")
    print(f"planted: {planted['exact']} exact copies, {planted['near']} near copies")
    print(f"held-out documents in training: {summary['held_out_in_training']:.0f}")
    print(f"peak of its own memory {own_mib:.0f} MiB, budget {budget_mib} MiB; resident with mapped files {peak_mib:.0f} MiB")
    exact = removed.get(("exact_duplicates", "duplicate"), 0)
    near = removed.get(("near_duplicates", "duplicate"), 0)
    # No two others are similar. A copy shares 5-grams with J >= 0.98: 14 bands of 8 rows miss 10^-12 of them.
    complete = exact == planted["exact"] and near == planted["near"]
    return own_mib <= budget_mib and complete


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_run", type=pathlib.Path)
    parser.add_argument("text_folder", type=pathlib.Path)
    parser.add_argument("tokenizer", type=pathlib.Path)
    parser.add_argument("--gib", type=float, default=2)
    parser.add_argument("--budget-mib", type=int, default=1024)
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", type=pathlib.Path, default=None)
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="corpus-memory-", dir=options.work))
    try:
        sentences = sentences_of(options.text_folder)
        if len(sentences) < 1000:
            sys.exit(f"{options.text_folder}: {len(sentences)} sentences of prose are too few")
        folder = work / "in"
        folder.mkdir()
        planted = write_input(folder, sentences, int(options.gib * 2 ** 30))
        definition = work / "corpus.toml"
        definition.write_text(DEFINITION.format(
            gib=options.gib, threads=options.threads, folder=folder, budget=options.budget_mib,
            shards=options.shards, tokenizer=options.tokenizer.absolute()))
        start = time.monotonic()
        command = [options.bench_run.absolute(), definition, "--out", work / "run"]
        results, own_mib = run_sampled(command, work)
        peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        fits = report(results, planted, time.monotonic() - start, own_mib, peak_mib, options.budget_mib)
        return 0 if fits else 1
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main())

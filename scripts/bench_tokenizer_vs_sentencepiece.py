#!/usr/bin/env python3
"""Times our tokenizer and PyPI's sentencepiece on the same lines, one thread each, interleaved; prints
megabytes per second, the ratio, and whether the ids are the same.

sentencepiece is timed in the faster of its two ways: a call a line, and one call for all lines. The
text is in memory before the clock starts. What is compared is the median over the rounds.

  python scripts/bench_tokenizer_vs_sentencepiece.py BUILD/harness/tokenizers/tokenizer_bench MODEL FILE
with a Python that has sentencepiece and numpy.
"""
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time

PEER = "--peer"


def time_peer(model: str, path: str) -> None:
    import numpy
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=model)
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().splitlines(keepends=True)
    ways = {"a call a line": lambda: [processor.encode(line) for line in lines],
            "one call": lambda: processor.encode(lines, num_threads=1)}
    seconds, ids = {}, None
    for name, encode in ways.items():
        start = time.perf_counter()
        ids = encode()
        seconds[name] = time.perf_counter() - start
    flat = numpy.fromiter((token for row in ids for token in row), numpy.int64)
    way = min(seconds, key=seconds.get)
    print(json.dumps({"seconds": seconds[way], "way": way, "version": sentencepiece.__version__,
                      "ids_sha256": hashlib.sha256(flat.tobytes()).hexdigest()}))


def run(command) -> dict:
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    if sys.argv[1] == PEER:
        return time_peer(*sys.argv[2:])
    program, model, path = sys.argv[1:]
    ours, peer = [], []
    for _ in range(7):
        ours.append(run([program, model, path]))
        peer.append(run([sys.executable, __file__, PEER, model, path]))
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line),
               platform.machine())
    megabytes = ours[0]["bytes"] / 1e6
    our_s, peer_s = (statistics.median(r["seconds"] for r in side) for side in (ours, peer))
    ratio = statistics.median(b["seconds"] / a["seconds"] for a, b in zip(ours, peer))
    print(f"{cpu}, {os.cpu_count()} processors; {ours[0]['lines']} lines, {megabytes:.2f} MB, "
          f"{ours[0]['tokens']} tokens")
    print(f"ours           {megabytes / our_s:6.2f} MB/s")
    print(f"sentencepiece  {megabytes / peer_s:6.2f} MB/s   {peer[0]['version']}, {peer[0]['way']}")
    print(f"ratio          {ratio:6.2f}   median of {len(ours)} interleaved pairs")
    print("ids            " + ("the same" if ours[0]["ids_sha256"] == peer[0]["ids_sha256"] else "differ"))


if __name__ == "__main__":
    main()

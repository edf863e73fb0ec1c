#!/usr/bin/env python3
"""What bench-compare makes of damaged results files: 1,000 mutants of one real file.

A fifth each is cut short, has one bit flipped, has a run of bytes overwritten with noise, has two blocks exchanged,
or is another kind of file (text, a JSON report, an HDF5 file of something else, a results file of a later format).
Half of the mutants have the digest of the undamaged file beside them, as they would after damage on a disk; the
others have none, as a file that was sent without it.

usage: compare_mutants.py BUILD_FOLDER RESULT OUT_FOLDER [--mutants 1000]

Needs a Python with h5py. Prints the exit codes by kind; exits with 1 for a crash, a hang, an exit code that is not
documented, and any but 4 where the digest is there. Without it a bit that no checksum covers may go unnoticed: such
files are counted.
"""
import argparse
import collections
import pathlib
import random
import shutil
import subprocess
import sys

import h5py


def cut(data, draw, _):
    return data[:draw.randrange(len(data))]


def flip(data, draw, _):
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1:]


def noise(data, draw, _):
    at, size = draw.randrange(len(data)), draw.randrange(1, 4096)
    return data[:at] + draw.randbytes(len(data[at:at + size])) + data[at + size:]


def exchange(data, draw, _):
    size = draw.randrange(64, 2048)
    a, b = sorted(draw.randrange(len(data) - size) for _ in range(2))
    if b < a + size:
        return cut(data, draw, None)
    return data[:a] + data[b:b + size] + data[a + size:b] + data[a:a + size] + data[b + size:]


def foreign(data, draw, folder):
    kind = draw.randrange(4)
    if kind == 0:
        return b"step,loss\n1,2.5\n" * draw.randrange(1, 50)
    if kind == 1:
        return b'{"format": "bench-comparison"}'
    path = folder / "made.h5"
    if kind == 2:
        with h5py.File(path, "w") as file:
            file["steps/loss"] = [1.0] * draw.randrange(1, 50)
    else:
        path.write_bytes(data)
        with h5py.File(path, "r+") as file:
            file.attrs["format_version"] = 2 + draw.randrange(100)
    return path.read_bytes()


KINDS = (cut, flip, noise, exchange, foreign)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("result", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--mutants", type=int, default=1000)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    data = arguments.result.read_bytes()
    digest = arguments.result.with_name(arguments.result.name + ".sha256").read_text(encoding="utf-8").split()[0]
    draw = random.Random(1)
    codes = collections.defaultdict(collections.Counter)
    failed = False
    for number in range(arguments.mutants):
        mutate = KINDS[number % len(KINDS)]
        with_digest = number // len(KINDS) % 2 == 0 and mutate is not foreign
        folder = arguments.out / "mutant"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        mutant = mutate(data, draw, folder)
        if mutant == data:
            continue
        (folder / "results.h5").write_bytes(mutant)
        if with_digest:
            (folder / "results.h5.sha256").write_text(f"{digest}  results.h5\n", encoding="utf-8")
        try:
            code = subprocess.run([arguments.build / "bin" / "bench-compare", arguments.result, folder / "results.h5"],
                                  capture_output=True, timeout=120, check=False).returncode
        except subprocess.TimeoutExpired:
            code = "hangs"
        codes[mutate.__name__ + (", digest there" if with_digest else "")][code] += 1
        expected = (4,) if with_digest or mutate is foreign else (0, 1, 3, 4)
        if code not in expected:
            failed = True
            kept = arguments.out / f"mutant-{number}-{code}.h5"
            shutil.copy(folder / "results.h5", kept)
            print(f"exit code {code}: {kept}", flush=True)
    for kind, counts in sorted(codes.items()):
        print(f"{kind}: " + ", ".join(f"{count} with exit code {code}" for code, count in counts.most_common()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Damaged variants of every foreign format through its reader, under AddressSanitizer and UBSan.

usage: mutants.py BUILD_FOLDER [--count 1000] [--seed 1] [--format PREFIX]

BUILD_FOLDER is one of preset `asan` (`ninja -C build/asan mutants`); any other build works too,
with a limit on memory in place of the sanitizers. Exit 1 if a reader died, let an exception out, gave a
wrong exit code, ran out of its time or memory, or a sanitizer reported something in our code. What
happens inside HDF5 or SentencePiece happens in their child process, which may die, and is counted.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

OURS = re.compile(r"/(base|results|kernels|models|harness|tests)/[^ ]+\.(cc|h)")
LIBRARIES = ("libhdf5", "libsentencepiece", "libprotobuf")


def whose(report):
    """"ours", or the library whose frame comes first in the report."""
    for line in report.splitlines():
        if "runtime error:" in line and OURS.search(line):
            return "ours"
        if not line.lstrip().startswith("#"):
            continue
        for library in LIBRARIES:
            if library in line:
                return library
        if OURS.search(line):
            return "ours"
    return "ours"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", default="")
    arguments = parser.parse_args()
    program = arguments.build / "tests" / "mutants" / "mutants"
    with tempfile.TemporaryDirectory(prefix="bench-mutants-") as folder:
        log = pathlib.Path(folder) / "report"
        common = f"halt_on_error=1:log_path={log}"
        environment = dict(
            os.environ, GOMP_SPINCOUNT="1000",
            # LibTorch is not instrumented: its vectors would look overflown. Leaks are no faults.
            ASAN_OPTIONS=f"{common}:detect_leaks=0:detect_container_overflow=0"
                         ":max_allocation_size_mb=2048:detect_odr_violation=0",
            UBSAN_OPTIONS=f"{common}:print_stacktrace=1")
        command = [program, "--count", str(arguments.count), "--seed", str(arguments.seed),
                   "--format", arguments.format]
        code = subprocess.run(command, env=environment, check=False).returncode
        reports = [path.read_text(errors="replace")
                   for path in sorted(pathlib.Path(folder).iterdir())]
    counts = {}
    for report in reports:
        owner = whose(report)
        counts[owner] = counts.get(owner, 0) + 1
        if owner == "ours":
            print(report[:4000], file=sys.stderr)
    print(f"sanitizer reports: {counts.get('ours', 0)} in our code, "
          f"{sum(counts.values()) - counts.get('ours', 0)} inside a library's own process "
          f"{({k: v for k, v in counts.items() if k != 'ours'})}")
    return 1 if code != 0 or counts.get("ours") else 0


if __name__ == "__main__":
    sys.exit(main())

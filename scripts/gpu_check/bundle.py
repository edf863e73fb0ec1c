#!/usr/bin/env python3
"""Packs what scripts/gpu_check/check.py runs into one archive for a machine with a GPU and without package registries:
programs and tests of a build, the shared libraries that they need beside LibTorch and the C library, experiments and
scripts. At most 60 MB: exit code 1 if it is larger.

  cmake --build build/release
  scripts/gpu_check/bundle.py build/release gpu_check.tar.gz
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tarfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
MOST_BYTES = 60_000_000
PROGRAMS = ("bin/bench-run", "bin/bench-compare", "bin/kernel-bench")
MODULES = ("bin/libbench_nccl.so",)
TESTS = ("tests/kernels/kernels_test", "tests/harness/measurement/tensor_memory_test")
SOURCES = ("experiments", "scripts/gpu_check")
# What every machine has, or LibTorch brings.
NOT_PACKED = re.compile(r"^(ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv|stdc\+\+|gcc_s|c10.*|torch.*|gomp|cud.*|nv.*|cu.*))\.so")


def libraries_of(programs):
    """{name: path} of the shared libraries that go with the programs."""
    found = {}
    for program in programs:
        listed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
        for line in listed.splitlines():
            match = re.match(r"\s*(\S+) => (/\S+)", line)
            if "not found" in line:
                raise SystemExit(f"{program}: {line.strip()}")
            # libcu*: CUDA's; but libcurl, which libarchive needs, is of the system.
            if match and (not NOT_PACKED.match(match[1]) or match[1].startswith("libcurl")):
                found[match[1]] = pathlib.Path(match[2]).resolve()
    return found


def members(build):
    """(path, name in the archive) of all that is packed."""
    binaries = [build / name for name in (*PROGRAMS, *TESTS)]
    missing = [str(path) for path in binaries if not path.exists()]
    if missing:
        raise SystemExit(f"not built: {', '.join(missing)}")
    for path in binaries:
        yield path, f"bin/{path.name}"
    for name in MODULES:
        if (build / name).exists():
            yield build / name, name
    for name, path in sorted(libraries_of(binaries).items()):
        yield path, f"lib/{name}"
    listed = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z", "-co", "--exclude-standard", "--", *SOURCES],
                            check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        yield SOURCE / name, name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("archive", type=pathlib.Path)
    arguments = parser.parse_args()
    packed = list(members(arguments.build.resolve()))
    with tarfile.open(arguments.archive, "w:gz", dereference=True, compresslevel=6) as archive:
        for path, name in packed:
            archive.add(path, arcname=f"gpu_check/{name}")
    size = arguments.archive.stat().st_size
    print(f"{arguments.archive}: {len(packed)} files, {size / 1e6:.1f} MB")
    if size > MOST_BYTES:
        print(f"more than {MOST_BYTES / 1e6:.0f} MB", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

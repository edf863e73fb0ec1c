#!/usr/bin/env python3
"""Runs clang-tidy with the checks of .clang-tidy over all C++ sources of a configured build folder.

    scripts/tidy/tidy.py [--build build/ci] [--jobs N] [--minutes N] [--no-cache] [--fix] [FILE...]

Exit code 1 when there is a finding. Left out: CUDA sources (clang 14 knows neither the toolkit's nor
LibTorch's device headers).

With --minutes no check begins after so long: what was changed last (itself, or a header that it
includes) comes first, and how many files are left is printed; the next run goes on with them.

Three things keep it short: own_code.cc, a plugin that keeps the checks off the nodes of other
people's headers; one precompiled header of LibTorch in clang's format (gcc's cannot be read); and a
memory of clean results in $BENCH_CACHE/tidy, keyed by all that a result depends on: the tool, the
checks, the plugin, the command line, LibTorch's version, and the text of the file and of the
project's headers it includes.
"""
import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PLUGIN_SOURCE = ROOT / "scripts/tidy/own_code.cc"
CLANG = "clang++-14"
CLANG_TIDY = "clang-tidy-14"
LLVM_INCLUDE = "/usr/lib/llvm-14/include"
DAYS_KEPT = 30
# gcc's names for warnings are not all clang's, and findings are clang-tidy's to raise.
DROPPED = re.compile(r"-Werror|-Winvalid-pch|-O\d|-c")
QUOTED_INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def cache_folder():
    base = os.environ.get("BENCH_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "llm-bench")
    return pathlib.Path(base) / "tidy"


class Unit:
    """One translation unit: the file, the compiler's options without gcc's own, and the precompiled
    header that it uses (None or a path)."""

    def __init__(self, entry):
        self.file = pathlib.Path(entry["file"])
        self.directory = entry["directory"]
        self.header = None
        self.options = []
        words = iter(shlex.split(entry["command"])[1:])
        for word in words:
            if word == "-include":
                self.header = next(words)
            elif word == "-o":
                next(words)
            elif word != entry["file"] and not DROPPED.fullmatch(word):
                self.options.append(word)
        self.options.append("-Wno-unknown-warning-option")

    def name(self):
        return str(self.file.relative_to(ROOT))


def read_units(build):
    database = build / "compile_commands.json"
    if not database.exists():
        sys.exit(f"tidy: no {database}; configure first, such as by cmake --preset ci")
    units = {}
    for entry in json.loads(database.read_text()):
        path = pathlib.Path(entry["file"])
        if path.suffix == ".cc" and path.is_relative_to(ROOT) and not path.is_relative_to(build):
            units.setdefault(path, Unit(entry))
    return [units[path] for path in sorted(units)]


@functools.lru_cache(maxsize=None)
def project_text(path):
    """(text, the project's files that it includes directly)."""
    text = path.read_bytes()
    names = [name.decode() for name in QUOTED_INCLUDE.findall(text)]
    found = [candidate for name in names
             for candidate in (ROOT / name, path.parent / name) if candidate.is_file()]
    return text, found


def closure(path):
    """The file and the project's headers it includes, at whatever depth."""
    seen, open_paths = {path}, [path]
    while open_paths:
        for included in project_text(open_paths.pop())[1]:
            if included not in seen:
                seen.add(included)
                open_paths.append(included)
    return sorted(seen)


@functools.lru_cache(maxsize=None)
def tool_key():
    return run([CLANG_TIDY, "--version"], check=True).stdout + PLUGIN_SOURCE.read_text()


@functools.lru_cache(maxsize=None)
def checks_key(folder):
    """The .clang-tidy files that hold for the sources in `folder`."""
    above = [folder, *folder.parents]
    files = [path / ".clang-tidy" for path in above if path.is_relative_to(ROOT)]
    return "\0".join(path.read_text() for path in files if path.exists())


# Where LibTorch's headers say their version.
TORCH_VERSION_HEADERS = ("torch/headeronly/version.h", "torch/version.h")


@functools.lru_cache(maxsize=None)
def torch_key(include_folders):
    """The version of the LibTorch that is found through `include_folders`, as its headers say it:
    a folder keeps its name when another version is installed there."""
    files = [pathlib.Path(folder) / name
             for folder in include_folders for name in TORCH_VERSION_HEADERS]
    return "\0".join(path.read_text() for path in files if path.is_file())


def include_folders(unit):
    return tuple(folder for option, folder in zip(unit.options, unit.options[1:])
                 if option == "-isystem")


def unit_key(unit):
    # Where the tree stands must not matter.
    options = " ".join(unit.options).replace(str(ROOT), "")
    torch = torch_key(include_folders(unit))
    digest = hashlib.sha256("\0".join(
        (tool_key(), checks_key(unit.file.parent), options, str(bool(unit.header)), torch)).encode())
    for path in closure(unit.file):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + project_text(path)[0])
    return digest.hexdigest()


def made_once(target, key, command):
    """Runs `command` (which writes `target`) unless it was made from the same key."""
    stamp = target.with_suffix(".key")
    key = hashlib.sha256(key.encode()).hexdigest()
    if target.exists() and stamp.exists() and stamp.read_text() == key:
        return target
    done = run(command)
    if done.returncode != 0:
        sys.exit(f"tidy: cannot make {target}:\n{done.stderr}")
    stamp.write_text(key)
    return target


def make_plugin(folder):
    target = folder / "own_code.so"
    return made_once(target, tool_key(), [
        "c++", "-std=c++17", "-O1", "-fPIC", "-shared", "-fno-rtti", "-isystem", LLVM_INCLUDE,
        str(PLUGIN_SOURCE), "-o", str(target)])


def make_header(unit, folder):
    """LibTorch's headers in clang's format; all units use the same ones."""
    target = folder / "torch.pch"
    command = [CLANG, "-x", "c++-header", "-w", *unit.options, unit.header, "-o", str(target)]
    key = pathlib.Path(unit.header).read_text() + torch_key(include_folders(unit))
    return made_once(target, key + shlex.join(command), command)


def check(unit, plugin, header, fix):
    command = [CLANG_TIDY, f"--load={plugin}", "--quiet", *(["--fix"] if fix else []),
               str(unit.file), "--", *unit.options]
    if unit.header:
        command += ["-include-pch", str(header)]
    done = run(command, cwd=unit.directory)
    # stderr counts the warnings of others' headers; it only matters when the tool itself failed.
    text = done.stdout if done.stdout.strip() or done.returncode == 0 else done.stderr
    return done.returncode == 0 and not done.stdout.strip(), text.replace(f"{ROOT}/", "")


def forget_old(folder):
    limit = time.time() - DAYS_KEPT * 86400
    for path in folder.iterdir():
        if path.stat().st_mtime < limit:
            path.unlink()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=str(ROOT / "build/ci"), help="a configured build folder")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--minutes", type=float, help="begin no check after so long")
    parser.add_argument("--no-cache", action="store_true", help="check files known to be clean too")
    parser.add_argument("--fix", action="store_true", help="let clang-tidy change the files")
    parser.add_argument("files", nargs="*", help="only these")
    return parser.parse_args()


@functools.lru_cache(maxsize=None)
def changed_at():
    """When each file was last changed, in seconds: its newest commit, or now where it differs."""
    times = {}
    moment = 0
    log = run(["git", "-C", str(ROOT), "log", "--format=%x00%ct", "--name-only"]).stdout
    for line in log.splitlines():
        if line.startswith("\0"):
            moment = int(line[1:])
        elif line:
            times.setdefault(line, moment)
    for line in run(["git", "-C", str(ROOT), "status", "--porcelain"]).stdout.splitlines():
        times[line[3:]] = time.time()
    return times


def newest_change(unit):
    times = changed_at()
    return max(times.get(str(path.relative_to(ROOT)), 0) for path in closure(unit.file))


def check_all(units, options, folder, mark_clean):
    """Prints findings as they come, each once; returns how many units are not clean, and how many
    were left for lack of time."""
    deadline = time.monotonic() + 60 * options.minutes if options.minutes else float("inf")
    units = sorted(units, key=newest_change, reverse=True)
    plugin = make_plugin(folder)
    with_header = [unit for unit in units if unit.header]
    header = make_header(with_header[0], folder) if with_header else None
    failed, left, printed = 0, 0, set()

    def check_in_time(unit):
        if time.monotonic() > deadline:
            return None
        return check(unit, plugin, header, options.fix)

    with concurrent.futures.ThreadPoolExecutor(1 if options.fix else options.jobs) as pool:
        checks = {pool.submit(check_in_time, unit): unit for unit in units}
        for future in concurrent.futures.as_completed(checks):
            if future.result() is None:
                left += 1
                continue
            is_clean, text = future.result()
            if is_clean:
                mark_clean(checks[future])
                continue
            failed += 1
            if text not in printed:
                printed.add(text)
                print(text, flush=True)
    return failed, left


def main():
    started = time.monotonic()
    options = arguments()
    build = pathlib.Path(options.build).resolve()
    units = read_units(build)
    if options.files:
        wanted = {pathlib.Path(name).resolve() for name in options.files}
        units = [unit for unit in units if unit.file in wanted]
    known = cache_folder()
    known.mkdir(parents=True, exist_ok=True)
    forget_old(known)
    keys = {unit: unit_key(unit) for unit in units}
    due = [unit for unit in units if options.no_cache or not (known / keys[unit]).exists()]
    folder = build / "tidy"
    folder.mkdir(exist_ok=True)
    for unit in {*units} - {*due}:
        (known / keys[unit]).touch()  # still in use
    failed, left = 0, 0
    if due:
        failed, left = check_all(due, options, folder, lambda unit: (known / keys[unit]).touch())
    print(f"clang-tidy: {len(units)} files, {len(due) - left} checked, {failed} with findings, "
          f"{left} left for lack of time, "
          f"{time.monotonic() - started:.0f} s")
    return 1 if failed or not units else 0


if __name__ == "__main__":
    sys.exit(main())

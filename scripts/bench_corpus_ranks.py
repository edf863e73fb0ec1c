#!/usr/bin/env python3
"""What ranks cost the stage "corpus": two ranks on one input against two runs on half of it each, started together.

The input is real text: sentences of the files below a folder (text, or manual pages, plain or gzip), drawn with fixed
seeds into documents of about 4 KB, a tenth of them exact and a tenth near copies (one word changed) of others, as two
files of JSON lines. Two ranks of one thread each read both files; two processes of one thread each read one of them,
with a machine's memory and disk shared in the same way, and know nothing of each other: they exchange nothing, find no
copies in the other half and wait for nobody. Filters and deduplication of documents are the definition's defaults;
with --all-phases repeated lines and long repeated strings are looked for too.

Rounds take the two arms in turn, each after what was written before has reached the disk. With --record FILE finished
rounds are kept there, and the same command with the same program and input goes on with those that are missing. The
program is copied first: a build that goes on meanwhile does not change it.

Printed are the times of each round, their ratio (the median of the rounds' own), the peak of each rank's own memory
(RssAnon, sampled), the documents kept, the machine's load before, and a line for each goal: a median ratio of 1.1 at
most, and a rank's memory within the budget and what the program takes on an input of a few documents. Exits 1 when one
is not met. --keep MACHINE --date YYYY-MM: the result goes into docs/benchmarks.json under that key of its machines, and
the page is written (scripts/render_benchmarks.py), met or not.

With --rates FILE it measures instead what bench-run --plan computes with: one thread, every phase on, --rates-gib of
the same text, and writes the file (format "bench-corpus-rates", FORMAT.md).

usage: bench_corpus_ranks.py BENCH_RUN TEXT_FOLDER TOKENIZER [--gib 2] [--rounds 3] [--all-phases] [--record FILE]
                             [--keep MACHINE --date YYYY-MM]
       bench_corpus_ranks.py BENCH_RUN TEXT_FOLDER TOKENIZER --rates FILE [--rates-gib 0.25]
needs h5py; TOKENIZER is a SentencePiece model. An arm of 2 GiB takes some 15 minutes on two cores (by the rates of
experiments/data/corpus_rates.json), a round twice that, and 14 GiB of disk below --work (a temporary folder).
"""
import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from corpus_memory import SENTENCES, anonymous_mib, near_copy, sentences_of, table  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOAL = 1.1
DISK = 7  # of an arm, times its input
DEFINITION = """\
stage = "corpus"
title = "{title}"
[run]
threads = {threads}
[corpus]
path = "{folder}"
budget_mib = {budget}
[corpus.paragraphs]
enabled = {all_phases}
[corpus.substrings]
enabled = {all_phases}
[tokenizer]
path = "{tokenizer}"
"""


def write_input(path, sentences, num_bytes, seed):
    """Documents as JSON lines, four fifths of them new."""
    draw = random.Random(seed)
    last = []
    with open(path, "w", encoding="utf-8") as file:
        while file.tell() < num_bytes:
            kind = draw.random()
            if kind < 0.8 or not last:
                text = "\n".join(" ".join(draw.choice(sentences) for _ in range(5)) for _ in range(SENTENCES // 5))
                last = (last + [text])[-1000:]
            else:
                text = draw.choice(last) if kind < 0.9 else near_copy(draw, draw.choice(last))
            file.write(json.dumps({"text": text}) + "\n")


def children(pid):
    try:
        return [int(c) for c in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.program = pathlib.Path(shutil.copy2(options.bench_run, work / "bench-run"))
        self.sentences = sentences_of(options.text_folder)
        if len(self.sentences) < 1000:
            sys.exit(f"{options.text_folder}: {len(self.sentences)} sentences of prose are too few")
        self.num_runs = 0

    def input(self, name, num_bytes, seed):
        folder = self.work / name
        folder.mkdir()
        write_input(folder / f"{name}.jsonl", self.sentences, num_bytes, seed)
        return folder

    def definition(self, folder, threads, all_phases=False):
        path = self.work / f"{folder.name}.toml"
        path.write_text(DEFINITION.format(
            title=f"corpus of {folder.name}", threads=threads, folder=folder, budget=self.options.budget_mib,
            all_phases=str(all_phases).lower(), tokenizer=self.options.tokenizer.absolute()))
        return path

    def run(self, commands):
        """Starts all at once. Returns seconds until the last has ended, the peak of own memory of each process
        that works (a command's ranks, or itself) in MiB, and the results files."""
        started = []
        try:
            return self.run_all(commands, started)
        finally:
            for process, _, _ in started:
                if process.poll() is None:  # this script is being ended
                    process.terminate()
            for process, _, _ in started:
                process.wait()
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # ranks that do not end

    def run_all(self, commands, started):
        begin = time.monotonic()
        for command in commands:
            out = self.work / f"run-{self.num_runs}"
            self.num_runs += 1
            logs = [open(f"{out}.{name}", "w+", encoding="utf-8") for name in ("stdout", "stderr")]
            process = subprocess.Popen([self.program, *map(str, command), "--out", out],
                                       cwd=self.work, stdout=logs[0], stderr=logs[1],
                                       env={**os.environ, "BENCH_STORE": f"{out}.store"},
                                       preexec_fn=os.setpgrp)  # one signal, from here
            started.append((process, out, logs))
        peaks = {}
        while any(process.poll() is None for process, _, _ in started):
            for process, _, _ in started:
                for pid in children(process.pid) or [process.pid]:
                    peaks[pid] = max(peaks.get(pid, 0), anonymous_mib(pid))
            time.sleep(0.1)
        elapsed = time.monotonic() - begin
        results = []
        for process, out, logs in started:
            texts = []
            for log in logs:
                log.seek(0)
                texts.append(log.read())
                log.close()
            if process.returncode != 0:
                sys.exit(texts[1])
            results.append(texts[0].splitlines()[-1])
        # With --nproc the command's own process starts the ranks and does none of the work.
        launchers = {process.pid for (process, _, _), command in zip(started, commands) if "--nproc" in command}
        return elapsed, [peak for pid, peak in sorted(peaks.items()) if pid not in launchers], results

    def program_mib(self):
        """What a run holds that has next to nothing to do."""
        folder = self.input("few", 1 << 18, 99)
        return max(self.run([[self.definition(folder, 1)]])[1])


class Record:
    """The rounds that are finished: of --record those of earlier runs too."""

    def __init__(self, bench):
        options = bench.options
        self.path, self.rounds = options.record, []
        sha256 = {name: hashlib.sha256(data).hexdigest() for name, data in (
            ("program", bench.program.read_bytes()), ("tokenizer", options.tokenizer.read_bytes()),
            ("sentences", "\n".join(bench.sentences).encode()))}
        self.head = {"gib": options.gib, "budget_mib": options.budget_mib, "all_phases": options.all_phases,
                     "sha256": sha256}
        if not self.path:
            return
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        if not lines:
            self.write(self.head)
        elif json.loads(lines[0]) != self.head:
            sys.exit(f"{self.path}: has rounds of other options, another program or another input; name another file")
        for number, line in enumerate(lines[1:]):
            self.rounds.append(json.loads(line))
            for arm, figures in self.rounds[-1].items():
                show(number, arm, figures)

    def write(self, what):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")

    def add(self, arms):
        self.rounds.append(arms)
        if self.path:
            self.write(arms)


def show(number, arm, figures):
    print(f"round {number}, {arm}: {figures['seconds']:.1f} s; own memory "
          f"{', '.join(f'{mib:.0f}' for mib in figures['own_mib'])} MiB; documents kept "
          f"{' + '.join(map(str, figures['kept']))}; load before {figures['load']:.1f}", flush=True)


def kept(path):
    with h5py.File(path) as file:
        return int(file["summary/documents:kept"][()])


def compare(bench, options):
    half = int(options.gib * 2 ** 29)
    halves = [bench.input(name, half, seed) for seed, name in enumerate(("first", "second"), start=1)]
    both = bench.work / "both"
    both.mkdir()
    for folder in halves:
        os.link(folder / f"{folder.name}.jsonl", both / f"{folder.name}.jsonl")
    record = Record(bench)
    program = bench.program_mib()
    whole = bench.definition(both, 2, options.all_phases)
    apart = [bench.definition(folder, 1, options.all_phases) for folder in halves]
    for number in range(len(record.rounds), options.rounds):
        arms = {}
        for arm in ("ranks", "apart")[::1 if number % 2 == 0 else -1]:
            commands = [[whole, "--nproc", 2]] if arm == "ranks" else [[path] for path in apart]
            os.sync()  # what the other arm has left to write is not this one's
            load = os.getloadavg()[0]
            seconds, memory, results = bench.run(commands)
            arms[arm] = {"seconds": seconds, "own_mib": memory, "kept": [kept(path) for path in results], "load": load}
            for path in results:
                folder = pathlib.Path(path).parent
                shutil.rmtree(folder)
                shutil.rmtree(f"{folder}.store", ignore_errors=True)
            show(number, arm, arms[arm])
        record.add(arms)
    rounds = record.rounds[:options.rounds]
    ratios = [arms["ranks"]["seconds"] / arms["apart"]["seconds"] for arms in rounds]
    return conclude(ratios, max(max(arms["ranks"]["own_mib"]) for arms in rounds), program, options)


def conclude(ratios, peak, program, options):
    ratio, most = statistics.median(ratios), options.budget_mib + program
    rounds = ", ".join(f"{r:.3f}" for r in ratios)
    met = {f"goal: at most {GOAL} of the time of two runs: {ratio:.3f} (rounds {rounds})": ratio <= GOAL,
           f"goal: at most {most:.0f} MiB of own memory a rank (budget {options.budget_mib}, program {program:.0f}): "
           f"{peak:.0f} MiB": peak <= most}
    for goal, is_met in met.items():
        print(f"{goal}: {'met' if is_met else 'NOT MET'}")
    if options.keep:
        phases = " with every phase on" if options.all_phases else ""
        what = (f"a corpus{phases} of {options.gib:g} GiB of sentences of {options.text_folder}: two ranks of one "
                f"thread each against two runs on half of it each, started together, {len(ratios)} rounds")
        figure = (f"{ratio:.3f} of the time (rounds {rounds}; goal {GOAL}), own memory of a rank {peak:.0f} MiB at the peak "
                  f"(goal {most:.0f})")
        command = (f"scripts/bench_corpus_ranks.py BENCH_RUN {options.text_folder} TOKENIZER --gib {options.gib:g} "
                   f"--budget-mib {options.budget_mib} --rounds {options.rounds}"
                   f"{' --all-phases' if options.all_phases else ''}")
        subprocess.run([sys.executable, pathlib.Path(__file__).parent / "render_benchmarks.py", "--what", what,
                        "--figure", figure, "--command", command, "--machine", options.keep, "--date", options.date],
                       check=True)
    return 0 if all(met.values()) else 1


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"


def measure(bench, options):
    folder = bench.input("measured", int(options.rates_gib * 2 ** 30), 1)
    program = bench.program_mib()
    elapsed, _, (path,) = bench.run([[bench.definition(folder, 1, all_phases=True)]])
    with h5py.File(path) as file:
        summary = {name: float(value[()]) for name, value in file["summary"].items()}
        phases = [{"phase": row["phase"].decode(), "seconds": round(float(row["seconds"]), 3),
                   "read_bytes": int(row["read_bytes"]), "written_bytes": int(row["written_bytes"])}
                  for row in table(file, "phases")]
        machine = f"{processor()}, machine class {file.attrs['machine_class']}"
    # Nothing else is found or made before this run than the digest of its input.
    input_bytes = sum(p.stat().st_size for p in folder.iterdir())
    phases.append({"phase": "digest of the input", "seconds": round(summary["prerequisites_time"], 3),
                   "read_bytes": input_bytes, "written_bytes": 0})
    rates = {"format": "bench-corpus-rates", "format_version": 1, "machine": machine,
             "input": f"{options.rates_gib * 1024:g} MiB of sentences of {options.text_folder}, a fifth of them copies",
             "input_bytes": input_bytes,
             "text_bytes": int(summary["text_bytes:read"]), "documents": int(summary["documents:read"]),
             "program_bytes": int(program * 2 ** 20), "phases": phases}
    options.rates.write_text(json.dumps(rates, indent=2) + "\n", encoding="utf-8")
    print(f"{options.rates}: {len(phases)} phases, {elapsed:.0f} s on one thread")
    return 0


def refuse_what_fails_at_the_end(options, parser):
    """A run of an hour must not find that its figures have no place."""
    if options.keep:
        document = json.loads((ROOT / "docs/benchmarks.json").read_text(encoding="utf-8"))
        if options.keep not in document["machines"]:
            parser.error(f"--keep {options.keep}: docs/benchmarks.json has {', '.join(document['machines'])}")
    if options.rates and not options.rates.absolute().parent.is_dir():
        parser.error(f"--rates {options.rates}: there is no such folder")
    for path in (options.bench_run, options.tokenizer):
        if not path.is_file():
            parser.error(f"{path}: no such file")
    if options.record and not options.record.absolute().parent.is_dir():
        parser.error(f"--record {options.record}: there is no such folder")
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
    place = options.work or pathlib.Path(tempfile.gettempdir())
    need, free = DISK * (options.rates_gib if options.rates else options.gib), shutil.disk_usage(place).free / 2 ** 30
    if free < need:
        parser.error(f"{place} has {free:.1f} GiB of free disk, and this takes {need:.1f}: name another with --work")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_run", type=pathlib.Path)
    parser.add_argument("text_folder", type=pathlib.Path)
    parser.add_argument("tokenizer", type=pathlib.Path)
    parser.add_argument("--gib", type=float, default=2)
    parser.add_argument("--budget-mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--all-phases", action="store_true", help="of a comparison; rates have all of them")
    parser.add_argument("--rates", type=pathlib.Path, default=None)
    parser.add_argument("--rates-gib", type=float, default=0.25)
    parser.add_argument("--record", type=pathlib.Path, default=None)
    parser.add_argument("--work", type=pathlib.Path, default=None)
    parser.add_argument("--keep", metavar="MACHINE", default="")
    parser.add_argument("--date", default="")
    options = parser.parse_args()
    if bool(options.keep) != bool(options.date) or (options.keep and options.rates):
        parser.error("--keep MACHINE and --date YYYY-MM belong together, and to a comparison")
    if options.record and options.rates:
        parser.error("--record belongs to a comparison")
    refuse_what_fails_at_the_end(options, parser)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    # Commands run there, so that a path relative to here would name another place.
    work = pathlib.Path(tempfile.mkdtemp(prefix="corpus-ranks-", dir=options.work and options.work.absolute()))
    try:
        bench = Bench(options, work)
        return measure(bench, options) if options.rates else compare(bench, options)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Kills ranks at random points, resumes the runs, and counts what is not as it should be.

usage: kill_ranks.py BUILD_FOLDER [--ranks 2] [--points 40] [--stops 1] [--seed 1]; needs h5py.

Every point: start a run of N ranks with a checkpoint after every step, SIGKILL a random rank (every
third point while rank 0 writes a checkpoint, else at a random time from the start of the ranks on),
wait until all processes of the run have ended, resume it, and compare every deterministic metric and
digest with a run that nobody disturbed. --stops: as many ranks are stopped (SIGSTOP) instead, which
closes no connection; the launcher kills such a rank after the others have ended.
"""

import argparse
import collections
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "commands"))
from rank_processes import (LIMIT_S, SHORT_RUN, all_ranks, checkpoint_under_way,  # noqa: E402
                            newest_step, processes_of, wait_for)
from tiny_run import Workplace, deterministic_content  # noqa: E402

STEPS = 20


class Proof:
    def __init__(self, place, num_ranks):
        self.place = place
        self.num_ranks = num_ranks
        self.definition = place.write_definition("ranks.toml", STEPS, replace=SHORT_RUN)
        self.counts = collections.Counter()
        self.slowest = collections.defaultdict(float)
        begin = time.monotonic()
        process = self.start("whole")
        all_ranks(process, num_ranks)
        started = time.monotonic()
        out, err = process.communicate()
        assert process.returncode == 0, err
        self.span = time.monotonic() - started
        self.expected = deterministic_content(out.splitlines()[-1])
        print(f"a whole run of {num_ranks} ranks: {time.monotonic() - begin:.1f} s", flush=True)

    def start(self, out, *arguments):
        return self.place.start(self.definition, "--nproc", self.num_ranks, "--out",
                                self.place.folder / out, *arguments)

    def point(self, number, kind):
        out = self.place.folder / f"run{number}"
        victim = random.randrange(self.num_ranks)
        process = self.start(out)
        ranks = all_ranks(process, self.num_ranks)
        if kind == "checkpoint":
            at = checkpoint_under_way(out, process, ranks[0], after=random.randrange(STEPS - 8))
        elif kind == "stopped":
            at = wait_for(lambda: newest_step(out) > 2, process)
        else:
            time.sleep(random.uniform(0, self.span))
            at = process.poll() is None
        begin = time.monotonic()
        if not at or not self.sent(ranks[victim], signal.SIGSTOP if kind == "stopped" else signal.SIGKILL):
            process.communicate()
            self.counts["missed (the run had ended)"] += 1
            return
        if kind == "checkpoint" and victim != 0:
            os.kill(ranks[0], signal.SIGCONT)
        if not self.judge(kind, victim, process, begin):
            return
        resumed = self.place.run(self.definition, "--nproc", self.num_ranks, "--out", out, "--resume")
        same = (resumed.returncode == 0
                and deterministic_content(resumed.stdout.splitlines()[-1]) == self.expected)
        self.counts["resumed bitwise"] += same
        if not same:
            print(f"point {number} ({kind}, rank {victim}): not resumed bitwise: {resumed.stderr}")

    @staticmethod
    def sent(rank, number):
        try:
            os.kill(rank, number)
        except ProcessLookupError:
            return False
        return True

    def judge(self, kind, victim, process, begin):
        _, err = process.communicate(timeout=4 * LIMIT_S)
        while processes_of(self.place.folder) and time.monotonic() - begin < LIMIT_S:
            time.sleep(0.01)
        took = time.monotonic() - begin
        orphans = processes_of(self.place.folder)
        if kind != "stopped" and process.returncode == 0:
            self.counts["missed (the run had ended)"] += 1
            return False
        errors = [line for line in err.splitlines() if "error:" in line]
        self.counts["rank named, once"] += len(errors) == 1 and f"rank {victim} " in errors[0]
        self.counts["exit code 5"] += process.returncode == 5
        if len(errors) != 1 or f"rank {victim} " not in errors[0]:
            print(f"({kind}, rank {victim}): {err}", flush=True)
        self.counts[f"points: {kind}"] += 1
        self.counts["points"] += 1
        self.counts[f"all processes ended within {LIMIT_S} s"] += took < LIMIT_S and not orphans
        self.counts["orphans"] += len(orphans)
        self.slowest[kind] = max(self.slowest[kind], took)
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
        return True

    def failed(self):
        counts = self.counts
        return (counts["orphans"] or counts["resumed bitwise"] != counts["points"]
                or counts[f"all processes ended within {LIMIT_S} s"] != counts["points"]
                or counts["rank named, once"] != counts["points"] or counts["exit code 5"] != counts["points"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--points", type=int, default=40)
    parser.add_argument("--stops", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="bench-kill-") as folder:
        proof = Proof(Workplace(arguments.build.resolve() / "bin", folder), arguments.ranks)
        number = 0
        while proof.counts["points"] < arguments.points:
            proof.point(number, "checkpoint" if number % 3 == 0 else "any time")
            number += 1
        for stop in range(arguments.stops):
            proof.point(number + stop, "stopped")
        for name, count in sorted(proof.counts.items()):
            print(f"{count:4d}  {name}")
        for kind, seconds in proof.slowest.items():
            print(f"slowest end, {kind}: {seconds:.1f} s")
        return 1 if proof.failed() else 0


if __name__ == "__main__":
    sys.exit(main())

"""What a run records of itself: its times, the source it was built from, and every attempt.

usage: provenance_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import time
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN, SOURCE, CommandCase  # noqa: E402
from tiny_run import deterministic_content  # noqa: E402

# Another commit each time it is asked, as after a commit between two replicates.
CHANGING_GIT = """#!/bin/sh
case " $* " in
  *" rev-parse "*)
    number=$(($(cat "{counter}" 2>/dev/null || echo 0) + 1))
    echo $number > "{counter}"
    printf '%040d\\n' $number ;;
  *" diff "*) echo "a change" ;;
esac
"""


def summary(path):
    with h5py.File(path) as file:
        return {name: value[()] for name, value in file["summary"].items()}


class Clock(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_what_comes_before_the_run_is_not_its_time(self):
        """As the wrapper: a shell takes its time, then becomes the program. Before, the run's own parts
        and the whole elapsed time bound each figure; no other clock is trusted."""
        delay = 1
        out = self.place.folder / "r"
        begin = time.monotonic()
        done = subprocess.run(
            ["bash", "-c", f'sleep {delay}; exec "$@"', "bash", BIN / "bench-run",
             self.place.definition, "--out", out],
            capture_output=True, text=True, env=self.place.environment(), cwd=self.place.folder,
            check=False)
        took = time.monotonic() - begin
        self.assertEqual(done.returncode, 0, done.stderr)
        times = summary(out / "results.h5")
        # The kernel knows the start to 0.01 s.
        self.assertGreaterEqual(times["setup_time"], delay - 0.01)
        parts = ("setup_time", "wall_time", "prerequisites_time")
        self.assertLessEqual(sum(times[name] for name in parts), took + 0.01)
        self.assertLessEqual(times["wall_time"], took - delay + 0.02)
        self.assertNotIn("rank_wait_time", times)
        with h5py.File(out / "results.h5") as file:
            wall = file["steps/wall_time_s"][:]
            for name in ("setup_time", "prerequisites_time"):
                self.assertEqual(file["summary"][name].attrs["better"], "none")
        # One clock: the first row is not before the end of the first step, nor the last after the run.
        self.assertLessEqual(times["time_to_first_step"], wall[0])
        self.assertLessEqual(wall[-1], times["wall_time"])

    def test_ranks_that_come_late_are_waited_for_under_a_name(self):
        path = self.run_ok(self.place.definition, "--nproc", 2)
        times = summary(path)
        self.assertGreater(times["rank_wait_time"], 0)
        self.assertLess(times["time_to_first_step"], times["wall_time"])

    def test_set_up_never_decides_a_comparison(self):
        base = self.once(self.place.definition)
        head = self.place.folder / "head.h5"
        head.write_bytes(base.read_bytes())  # a copy without a side record may be changed
        with h5py.File(head, "r+") as file:
            for name in ("setup_time", "prerequisites_time"):
                file["summary"][name][()] = 814
        done = self.place.run("--metrics", "setup_time,prerequisites_time,learning", base, head,
                              program="bench-compare")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"setup_time .* not judged\n")


@unittest.skipUnless((SOURCE / ".git").exists(), "built without a repository")
class Source(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def changing_git(self):
        """A PATH whose git names another commit each time."""
        folder = self.place.folder / "git"
        folder.mkdir()
        script = folder / "git"
        script.write_text(CHANGING_GIT.format(counter=self.place.folder / "counter"))
        script.chmod(0o755)
        return {"PATH": f"{folder}:{os.environ['PATH']}"}

    def test_replicates_of_one_program_record_what_it_was_built_from(self):
        done = self.place.run(self.place.definition, "--repeat", 2, "--same-seed", "--out", "r",
                              **self.changing_git())
        self.assertEqual(done.returncode, 0, done.stderr)
        found = []
        for path in done.stdout.splitlines()[-2:]:
            with h5py.File(path) as file:
                provenance = dict(file["provenance"].attrs)
                built = {name: value for name, value in provenance.items()
                         if name.startswith("source_") and not name.startswith("source_tree_")}
                found.append((built, file.attrs["run_id"], provenance["program_sha256"]))
                self.assertTrue(provenance["source_tree_differs"])
                self.assertRegex(provenance["source_tree_commit"], "^0{39}[0-9]$")
        self.assertEqual(found[0], found[1])
        built, _, program = found[0]
        self.assertEqual(program, hashlib.sha256((BIN / "bench-run").read_bytes()).hexdigest())
        # What is recorded is what the build wrote, and nothing that git says now.
        generated = (BIN.parent / "generated" / "bench-run" / "embedded_source.cc").read_text()
        self.assertRegex(built["source_commit"], "^[0-9a-f]{40}$")
        self.assertIn(f'.commit = std::string("{built["source_commit"]}", 40)', generated)
        self.assertEqual(done.stderr.count("built from " + built["source_commit"][:12]), 2)

    def test_without_git_it_is_recorded_all_the_same(self):
        empty = self.place.folder / "empty"
        empty.mkdir()
        with h5py.File(self.run_ok(self.place.definition, PATH=str(empty))) as file:
            names = set(file["provenance"].attrs)
        self.assertIn("source_commit", names)
        self.assertNotIn("source_tree_differs", names)


class Attempts(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def another_build(self):
        """The same program with a byte behind its end: another digest, the same behaviour."""
        path = self.place.folder / "bench-run"
        path.write_bytes((BIN / "bench-run").read_bytes() + b"\0")
        path.chmod(0o755)
        return path

    def attempts(self, path):
        with h5py.File(path) as file:
            return bool(file.attrs["strict"]), [dict(file["attempts"][str(number + 1)].attrs)
                                                for number in range(int(file.attrs["attempts"]))]

    def assert_no_longer_strict(self, done, out, note):
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line for line in done.stderr.splitlines() if "not bit for bit" in line]
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertIn(note, lines[0])
        strict, attempts = self.attempts(out / "results.h5")
        self.assertFalse(strict)
        return attempts

    def test_every_attempt_is_recorded_and_of_one_build_the_run_stays_strict(self):
        out = self.place.folder / "r"
        self.run_ok(self.place.definition, "--out", out, "--stop-after-step", 5)
        self.run_ok(self.place.definition, "--out", out, "--resume", "--stop-after-step", 8)
        path = self.run_ok(self.place.definition, "--out", out, "--resume")
        strict, attempts = self.attempts(path)
        self.assertTrue(strict)
        self.assertEqual([attempt.get("from_step") for attempt in attempts], [None, 5, 8])
        starts = [attempt["start_time_utc"] for attempt in attempts]
        self.assertEqual(starts, sorted(set(starts)))
        same = ("run_id", "machine_class", "device", "threads", "world_size", "host",
                "program_sha256")
        for name in same:
            self.assertEqual(len({attempt[name] for attempt in attempts}), 1, name)
        with h5py.File(path) as file:
            for name in ("run_id", "machine_class", "device", "threads", "world_size"):
                self.assertEqual(attempts[-1][name], file.attrs[name])
        # The journal has it all: recovered, it is the same.
        recovered = self.place.run("--recover", out)
        self.assertEqual(self.attempts(recovered.stdout.splitlines()[-1])[1], attempts)

    def test_run_of_two_builds_is_not_strict_and_names_both(self):
        expected = deterministic_content(self.once(self.place.definition))
        out = self.place.folder / "r"
        self.run_ok(self.place.definition, "--out", out, "--stop-after-step", 5)
        other = self.another_build()
        done = self.place.run(self.place.definition, "--out", out, "--resume", "--stop-after-step",
                              8, program=other)
        digests = [hashlib.sha256(path.read_bytes()).hexdigest()
                   for path in (BIN / "bench-run", other)]
        attempts = self.assert_no_longer_strict(done, out, f"by program {digests[0][:12]}")
        self.assertEqual([attempt["program_sha256"] for attempt in attempts], digests)
        self.assertEqual([bool(attempt["strict"]) for attempt in attempts], [True, False])
        # Once it is not, it never is again; that the bits are the same here is luck of this change.
        path = self.run_ok(self.place.definition, "--out", out, "--resume", program=other)
        strict, attempts = self.attempts(path)
        self.assertEqual((strict, len(attempts)), (False, 3))
        self.assertEqual(deterministic_content(path), expected)

    def test_run_of_two_machine_classes_goes_on_and_is_not_strict(self):
        out = self.place.folder / "r"
        self.run_ok(self.place.definition, "--out", out, "--stop-after-step", 5)
        # A capability of the processor that is not used is another class.
        done = self.place.run(self.place.definition, "--out", out, "--resume",
                              ATEN_CPU_CAPABILITY="default")
        attempts = self.assert_no_longer_strict(done, out, "begun on machine class")
        self.assertNotEqual(attempts[0]["machine_class"], attempts[1]["machine_class"])
        with h5py.File(out / "results.h5") as file:
            self.assertEqual(file.attrs["status"], "complete")


if __name__ == "__main__":
    unittest.main()

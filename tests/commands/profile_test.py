"""Profiled runs end to end: what each tool leaves, the mark, and that nothing is judged by their times.

Tools that are not installed, or that the kernel does not allow, are skipped; Kineto is always there.
"""
import json
import os
import pathlib
import shutil
import sqlite3
import unittest

import h5py

from command_case import CommandCase
from tiny_run import deterministic_content

STEPS = 6


def table_of(path, name):
    """The rows of a table as dictionaries."""
    with h5py.File(path) as file:
        group = file["tables"][name]
        columns = {key: group[key].asstr()[:] if group[key].dtype == object else group[key][:]
                   for key in group}
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def notes_of(path):
    with h5py.File(path) as file:
        return dict(file["notes"].attrs)


class Profile(CommandCase):
    def setUp(self):
        super().setUp()
        self.definition = self.place.write_definition("short.toml", steps=STEPS)

    def profiled(self, tool, *arguments):
        return self.run_ok(self.definition, "--profile", tool, "--out", self.place.folder / "profiled", *arguments)

    def assert_marked(self, path, tool, first, steps):
        notes = notes_of(path)
        self.assertEqual(notes["profiler"], tool)
        self.assertEqual(notes["profile_first_step"], first)
        self.assertEqual(notes["profile_steps"], steps)

    def assert_status(self, path, status):
        with h5py.File(path) as file:
            self.assertEqual(file.attrs["status"], status)

    def test_kineto_leaves_a_trace_a_table_and_a_mark_and_changes_no_bit(self):
        plain = self.once(self.definition)
        path = self.profiled("kineto", "--profile-steps", "3:4")
        self.assertEqual(deterministic_content(path), deterministic_content(plain))
        self.assert_marked(path, "kineto", 3, 2)
        self.assertNotIn("profiler", notes_of(plain))
        rows = table_of(path, "profile_operators")
        found = {(row["range"], row["operator"]): row for row in rows}
        # Two micro-batches a step, each one pass through the embedding.
        self.assertEqual(found["forward", "aten::embedding"]["count"], 4)
        self.assertGreater(found["backward", "aten::mm"]["self_s"], 0)
        for row in rows:
            self.assertLessEqual(row["self_s"], row["total_s"] * (1 + 1e-9))
        self.assertEqual([row["self_s"] for row in rows], sorted((row["self_s"] for row in rows), reverse=True))
        trace = json.loads((path.parent / "profile.trace.json").read_text(encoding="utf-8"))
        names = [event.get("name") for event in trace["traceEvents"]]
        self.assertEqual(names.count("bench:step"), 2)
        self.assertEqual(names.count("bench:forward"), 4)
        self.assertEqual(names.count("layer.0"), 4)
        self.assertEqual(names.count("layer.1"), 4)

    def test_replicates_are_profiled_each_their_times_not_judged_and_operators_named(self):
        done = self.place.run(self.definition, "--profile", "kineto", "--repeat", "2", "--out",
                              self.place.folder / "two")
        self.assertEqual(done.returncode, 0, done.stderr)
        base, other = map(pathlib.Path, done.stdout.splitlines()[-2:])
        head = self.profiled("kineto")
        for path in (base, other, head):
            self.assert_marked(path, "kineto", 2, 3)
            self.assertTrue((path.parent / "profile.trace.json").exists())
        self.assertEqual(deterministic_content(base), deterministic_content(head))
        self.assertNotEqual(deterministic_content(base), deterministic_content(other))  # another seed
        plain = self.once(self.definition)
        done = self.place.run("--json", plain, head, program="bench-compare")
        report = json.loads(done.stdout)
        self.assertTrue(any("1 profiled" in note for note in report["notes"]), report["notes"])
        self.assertEqual(report["profile"], [])
        times = [row for row in report["metrics"] if row["kind"] == "time"]
        self.assertTrue(times)
        self.assertEqual({row["verdict"] for row in times}, {"not judged"})
        done = self.place.run("--json", base, head, program="bench-compare")
        report = json.loads(done.stdout)
        self.assertIn("times of 2 profiled runs are not judged", report["notes"])  # whatever else they were
        embedding = next(row for row in report["profile"]
                         if (row["range"], row["name"]) == ("forward", "aten::embedding"))
        self.assertEqual(embedding["what"], "operator")
        self.assertEqual((embedding["base_count"], embedding["head_count"]), (2, 2))  # a step
        done = self.place.run(base, head, program="bench-compare")
        self.assertIn("profiles, a step, the largest changes first (not judged)", done.stdout)

    def test_rank_0_of_several_is_profiled(self):
        path = self.profiled("kineto", "--nproc", "2")
        self.assert_marked(path, "kineto", 2, 3)
        found = {(row["range"], row["operator"]): row["count"] for row in table_of(path, "profile_operators")}
        self.assertEqual(found["forward", "aten::embedding"], 3)  # one of two micro-batches a step

    def test_a_run_that_is_stopped_within_the_steps_is_profiled_so_far_and_marked(self):
        path = self.profiled("kineto", "--profile-steps", "2:5", "--stop-after-step", "3")
        self.assert_marked(path, "kineto", 2, 2)

    def test_what_cannot_be_profiled_is_refused_before_anything_runs(self):
        out = self.place.folder / "none"
        beyond = self.place.run(self.definition, "--profile", "kineto", "--profile-steps", "5:7", "--out", out)
        self.assert_fails(beyond, 2, "--profile-steps 5:7", "6 steps")
        empty = self.place.folder / "empty"
        empty.mkdir()
        for tool, package in (("perf", "linux-perf"), ("nsys", "nsight-systems"), ("ncu", "nsight-compute")):
            missing = self.place.run(self.definition, "--profile", tool, "--out", out, PATH=str(empty))
            self.assert_fails(missing, 5, f"--profile {tool}", package)
        program = self.place.folder / "programs" / "ncu"
        program.parent.mkdir()
        program.write_text("#!/bin/sh\nexit 0\n")
        program.chmod(0o700)
        without_gpu = self.place.run(self.definition, "--profile", "ncu", "--device", "cpu", "--out", out,
                                     PATH=str(program.parent))
        self.assert_fails(without_gpu, 2, "--profile ncu", "kernels on a GPU")
        self.assertFalse(out.exists())

    def without_a_report(self, *arguments):
        """Under a program that starts the run as nsys does, and leaves nothing."""
        program = self.place.folder / "programs" / "nsys"
        if not program.exists():
            program.parent.mkdir()
            program.write_text('#!/bin/sh\n[ "$1" = profile ] || exit 3\nshift\n'
                               'while :; do case $1 in --*) shift;; *) exec "$@";; esac; done\n')
            program.chmod(0o700)
        return self.place.run(*arguments, "--profile", "nsys", PATH=f"{program.parent}:{os.environ['PATH']}")

    def test_where_nsys_leaves_no_report_the_run_is_what_counts(self):
        out = self.place.folder / "run"
        done = self.without_a_report(self.definition, "--out", out, "--stop-after-step", "3")
        self.assert_fails(done, 5, "nsys left no")
        path = pathlib.Path(done.stdout.splitlines()[-1])
        self.assert_status(path, "interrupted")
        # What an earlier attempt has left is no report of this one.
        earlier = path.parent / "profile.nsys-rep"
        earlier.write_text("of an earlier attempt")
        done = self.without_a_report(self.definition, "--out", out, "--resume")
        self.assert_fails(done, 5, "nsys left no")
        self.assertFalse(earlier.exists())
        self.assert_status(path, "complete")
        # Of a complete run it is the last attempt's.
        earlier.write_text("of the last attempt")
        done = self.without_a_report(self.definition, "--out", out, "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(earlier.exists())

    def test_where_nsys_leaves_no_report_a_run_that_fails_keeps_its_exit_code(self):
        definition = self.place.write_definition("unmet.toml", steps=STEPS,
                                                 extra='\n[[acceptance]]\nmetric = "exact_match"\nmin = 2.0\n')
        done = self.without_a_report(definition, "--out", self.place.folder / "unmet")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("no profile: nsys left no", done.stderr)
        self.assert_marked(pathlib.Path(done.stdout.splitlines()[-1]), "nsys", 2, 3)  # the usual steps

    @unittest.skipUnless(shutil.which("perf"), "perf is not installed")
    def test_perf_leaves_samples_by_function_and_range(self):
        done = self.place.run(self.definition, "--profile", "perf", "--profile-steps", "2:6", "--out",
                              self.place.folder / "profiled")
        if done.returncode == 5 and "perf record" in done.stderr:
            self.skipTest(done.stderr.splitlines()[-1])
        self.assertEqual(done.returncode, 0, done.stderr)
        path = pathlib.Path(done.stdout.splitlines()[-1])
        self.assert_marked(path, "perf", 2, 5)
        rows = table_of(path, "profile_symbols")
        self.assertGreater(sum(row["samples"] for row in rows), 0)
        self.assertTrue(any("libtorch" in row["object"] for row in rows))
        self.assertTrue({row["range"] for row in rows} & {"forward", "backward", "optimizer"})
        self.assertTrue((path.parent / "profile.perf.data").exists())

    @unittest.skipUnless(shutil.which("nsys"), "nsys is not installed")
    def test_nsys_captures_exactly_the_steps_with_layers_operators_and_numbers_and_the_exit_code_is_the_runs(self):
        definition = self.place.write_definition("bounded.toml", steps=STEPS,
                                                 extra='\n[[acceptance]]\nmetric = "exact_match"\nmin = 2.0\n')
        done = self.place.run(definition, "--profile", "nsys", "--profile-steps", "3:4", "--out",
                              self.place.folder / "profiled")
        self.assertEqual(done.returncode, 1, done.stderr)
        path = pathlib.Path(done.stdout.splitlines()[-1])
        self.assert_marked(path, "nsys", 3, 2)
        counts = {(row["range"], row["name"]): row["count"] for row in table_of(path, "profile_ranges")}
        self.assertEqual(counts["step", "step"], 2)
        self.assertEqual(counts["forward", "forward"], 4)
        self.assertEqual(counts["forward", "layer.1"], 4)
        self.assertEqual(counts["forward", "aten::embedding"], 4)
        self.assertTrue(table_of(path, "profile_os_calls"))
        self.assertTrue((path.parent / "profile.nsys-rep").exists())
        database = sqlite3.connect(path.parent / "profile.sqlite")
        numbers = {name: [number for number, in database.execute(
            "SELECT int64Value FROM NVTX_EVENTS JOIN StringIds ON StringIds.id = textId "
            "WHERE value = ? ORDER BY start", (name,))] for name in ("step", "forward", "backward")}
        self.assertEqual(numbers, {"step": [3, 4], "forward": [0, 1] * 2, "backward": [0, 1] * 2})

    @unittest.skipUnless(shutil.which("nsys"), "nsys is not installed")
    def test_the_exit_code_under_nsys_is_that_of_a_run_that_does_not_begin(self):
        refused = self.place.run(self.definition, "--profile", "nsys", "--set", "training.batch_size=3",
                                 "--out", self.place.folder / "refused")
        self.assertEqual(refused.returncode, 2, refused.stderr)

    @unittest.skipUnless(shutil.which("nsys"), "nsys is not installed")
    def test_ranges_of_a_program_of_others_are_seen_under_nsys(self):
        definition = self.place.folder / "ranges.toml"
        definition.write_text(
            'stage = "program"\nbase_seed = 1\n[program]\ncommand = ["{python}", "-c", """\n'
            "import time, torch\n"
            "for _ in range(3):\n"
            "    torch.cuda.nvtx.range_push('a range of its own')\n"
            "    time.sleep(0.01)\n"
            "    torch.cuda.nvtx.range_pop()\n"
            '"""]\n', encoding="utf-8")
        path = self.run_ok(definition, "--profile", "nsys", "--out", self.place.folder / "profiled")
        (row,) = [row for row in table_of(path, "profile_ranges") if row["name"] == "a range of its own"]
        self.assertEqual((row["range"], row["count"]), ("", 3))
        self.assertGreaterEqual(row["total_s"], 0.03)


if __name__ == "__main__":
    unittest.main()

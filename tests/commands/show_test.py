"""--show and --runs through the real binary.

usage: show_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import shutil
import sys
import tempfile
import unicodedata
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


class Show(CommandCase):
    PROMPT_TEMPLATE = "plain"
    shared = None  # the store that each test has a copy of, with two runs of the first's

    def setUp(self):
        super().setUp()
        if Show.shared is None:
            folder = tempfile.TemporaryDirectory(prefix="bench-test-")
            self.addClassCleanup(folder.cleanup)
            self.run_ok(self.place.definition, "--repeat", "2")
            Show.shared = self.place.store.rename(pathlib.Path(folder.name) / "store")
        shutil.copytree(Show.shared, self.place.store)
        (self.results,) = self.place.store.glob("runs/tiny/1/r1/results.h5")
        self.run_folder = self.results.parent

    def test_a_result_is_shown_at_every_width(self):
        for columns in (40, 80, 132):
            done = self.place.run("--show", self.results, COLUMNS=str(columns))
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = done.stdout.splitlines()
            self.assertLessEqual(max(map(width, lines)), columns)
            for title in ("key figures", "curves (first -> last)", "ranges (total, times, mean)",
                          "samples", "origin"):
                self.assertIn(title, lines)
        with h5py.File(self.results) as file:
            loss = file["steps/loss"][:]
            commit = file["provenance"].attrs.get("source_commit")
        curve = next(line for line in lines if line.startswith("  steps/loss "))
        self.assertTrue(curve.endswith(f" {loss[0]:.4g} -> {loss[-1]:.4g}"), curve)
        if commit:
            self.assertIn(commit, done.stdout)

    def test_json_is_what_h5py_reads(self):
        done = self.place.run("--show", self.run_folder, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = json.loads(done.stdout)
        with h5py.File(self.results) as file:
            self.assertEqual(shown["status"], file.attrs["status"])
            self.assertEqual(shown["replicate"], file.attrs["replicate"])
            self.assertEqual(shown["steps"]["loss"]["value"], file["steps/loss"][:].tolist())
            self.assertEqual({name for name in shown["summary"] if "/" not in name},
                             {name for name in file["summary"] if ":" not in name})
            self.assertEqual(shown["inputs"], dict(file["inputs"].attrs))

    def test_runs_of_the_store_are_listed_by_experiment(self):
        done = self.place.run("--runs", COLUMNS="80")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines],
                         ["run", "tiny/1/r0", "tiny/1/r1"], done.stdout)
        self.assertLessEqual(max(map(width, lines)), 80)
        self.assertIn("complete", lines[1])
        self.assertEqual(self.place.run("--runs", "tiny").stdout.count("\n"), 3)
        self.assert_fails(self.place.run("--runs", "other"), 2, 'no run of "other" in the store')
        listed = json.loads(self.place.run("--runs", "--json").stdout)
        with h5py.File(self.results) as file:
            self.assertEqual(listed[1]["summary"]["train_loss"]["value"],
                             file["summary/train_loss"][()])

    def test_a_damaged_run_is_a_line_of_the_list(self):
        data = bytearray(self.results.read_bytes())
        data[len(data) // 2] ^= 1
        self.results.write_bytes(data)
        done = self.place.run("--runs")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("\n"), 3)
        self.assertEqual(self.place.run("--show", self.results).returncode, 4)

    def test_runs_of_an_experiment_that_there_is_not_are_a_usage_error(self):
        root = self.place.folder / "experiments"
        (root / "mine").mkdir(parents=True)
        (root / "mine" / "v1.toml").write_text(self.place.definition.read_text(), encoding="utf-8")
        self.assert_fails(self.place.run("--runs", "experiments/zzz"), 2,
                          'no experiment "experiments/zzz"', "mine")
        done = self.place.run("--runs", "mine")
        self.assertEqual((done.returncode, done.stdout), (0, "no runs\n"), done.stderr)

    def test_what_is_not_there_is_a_usage_error(self):
        self.assert_fails(self.place.run("--show", "nowhere"), 2, "nowhere", "no such results file")
        killed = self.place.folder / "killed"
        killed.mkdir()
        shutil.copy(self.run_folder / "run.journal", killed)
        self.assert_fails(self.place.run("--show", killed), 2, "--recover")
        self.assert_fails(self.place.run("--show"), 2, "RESULT")


if __name__ == "__main__":
    unittest.main()

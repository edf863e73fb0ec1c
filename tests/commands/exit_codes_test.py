"""Exit codes of bench-run and what goes with them, through the real binary.

usage: exit_codes_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import os
import pathlib
import subprocess
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN, CommandCase  # noqa: E402
from tiny_run import write_data  # noqa: E402


class ExitCodes(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_help_and_lists_are_ok(self):
        for arguments in (["--help"], ["-h"], ["--fields", "sft"], ["--store", "list"]):
            self.assertEqual(self.place.run(*arguments).returncode, 0, arguments)

    def test_usage_errors_are_2(self):
        self.assert_fails(self.place.run(), 2, "experiment")
        self.assert_fails(self.place.run("--resme"), 2, "--resume")
        self.assert_fails(self.place.run("no_such_experiment"), 2)
        definition = self.place.write_definition("typo.toml", replace=[("num_layers", "num_layer")])
        self.assert_fails(self.place.run(definition), 2, "typo.toml:", "num_layers")
        self.assert_fails(self.place.run(self.place.definition, "--set", "training.step=3"), 2,
                          'did you mean "steps"')
        self.assertFalse((self.place.store / "runs").exists()
                         and any((self.place.store / "runs").rglob("run.journal")))

    def test_divergence_is_1_and_recorded(self):
        done = self.place.run(self.place.definition, "--set", "optimizer.learning_rate=100",
                              "--set", "optimizer.weight_decay=1")
        self.assertEqual(done.returncode, 1, done.stderr)
        with h5py.File(done.stdout.splitlines()[-1]) as file:
            self.assertEqual(file.attrs["status"], "diverged")
            last = [file["steps"][name][-1] for name in ("loss", "grad_norm")]
            self.assertFalse(np.all(np.isfinite(last)), last)

    def test_unmet_acceptance_bound_is_1_also_resumed_unless_the_run_is_ad_hoc(self):
        definition = self.place.write_definition(
            "strict.toml", extra='\n[[acceptance]]\nmetric = "exact_match"\nmin = 2.0\n')
        done = self.place.run(definition, "--out", "r")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("NOT ACCEPTED: exact_match = ", done.stdout)
        self.assertEqual(self.place.run(definition, "--set", "base_seed=9").returncode, 0)
        self.assertEqual(list(self.place.store.glob("recipes/*.json"))[1:], [])  # the second's only
        # Resuming what is complete accepts nothing.
        again = self.place.run(definition, "--out", "r", "--resume")
        self.assertEqual(again.returncode, 1, again.stderr)
        self.assertIn("NOT ACCEPTED: exact_match = ", again.stderr)
        self.assertTrue(again.stdout.splitlines()[-1].endswith("r/results.h5"))
        for _ in range(2):
            of_two = self.place.run(definition, "--out", "two", "--repeat", 2, "--resume")
            self.assertEqual(of_two.returncode, 1, of_two.stderr)
            self.assertIn("replicate r1, exit code 1: outside the acceptance bounds", of_two.stderr)

    def test_bounds_apply_to_everything_in_the_summary(self):
        """Whatever wrote it: the loop, the stage, or the end of the run."""
        metrics = ("peak_memory", "wall_time", "parameters", "time_to_first_step", "step_time",
                   "dropped_examples", "optimizer_steps")
        met = "".join(f'\n[[acceptance]]\nmetric = "{name}"\nmin = 0.0\nmax = 1e12\n'
                      for name in metrics)
        path = self.run_ok(self.place.write_definition("met.toml", extra=met))
        with h5py.File(path) as file:
            values = {name: file["summary"][name][()] for name in metrics}
        unmet = met.replace("min = 0.0\n", "").replace("max = 1e12", "max = -1.0")
        done = self.place.run(self.place.write_definition("unmet.toml", extra=unmet))
        self.assertEqual(done.returncode, 1, done.stderr)
        for name, value in values.items():
            self.assertIn(f"NOT ACCEPTED: {name} = ", done.stdout)
            if name in ("parameters", "dropped_examples", "optimizer_steps"):
                self.assertIn(f"NOT ACCEPTED: {name} = {value:g}, must be at most -1", done.stdout)

    def test_times_of_a_resumed_run_are_not_judged(self):
        bound = '\n[[acceptance]]\nmetric = "wall_time"\nmax = 1e-9\n'
        definition = self.place.write_definition("timed.toml", extra=bound)
        self.assertEqual(self.place.run(definition).returncode, 1)
        self.run_ok(definition, "--out", "r", "--stop-after-step", 5)
        done = self.place.run(definition, "--out", "r", "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("not judged, the run was resumed", done.stderr)

    def test_output_that_nobody_gets_is_5_and_one_line(self):
        path = self.run_ok(self.place.definition)
        commands = [("bench-run", arguments) for arguments in (
            ["--help"], ["--fields", "sft"], ["--store", "list"], ["--generate", path, "spell 1"],
            ["--recover", path.parent], ["--export", path, "exported"],
            [self.place.definition, "--plan"], [self.place.definition],
            [self.place.definition, "--repeat", 1, "--out", "repeated"])]
        commands += [("bench-compare", arguments) for arguments in (
            ["--help"], [path, path], ["--json", path, path])]
        for program, arguments in commands:
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([BIN / program, *map(str, arguments)], cwd=self.place.folder,
                                      env=self.place.environment(), stdout=full,
                                      stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 5, (program, arguments, done.stderr))
            lines = [line for line in done.stderr.splitlines() if "cannot write to stdout" in line]
            expected = 2 if "--repeat" in arguments else 1  # its child, and itself
            self.assertEqual(len(lines), expected, (program, arguments, done.stderr))
            self.assertIn("No space left on device", lines[0])

    def test_a_failed_run_says_why_in_its_results(self):
        # The definition is valid, its data are not: an answer of one row is no text.
        with open(self.place.data, "a", encoding="utf-8") as file:
            file.write('{"instruction": "x", "output": 7}\n')
        done = self.place.run(self.place.definition, "--out", "r")
        self.assert_fails(done, 4, "rows.jsonl:61")
        reason = [line for line in done.stderr.splitlines() if "error: " in line][0]
        with h5py.File(self.place.folder / "r" / "results.h5") as file:
            self.assertEqual(file.attrs["status"], "failed")
            self.assertEqual(file["notes"].attrs["failure"], reason.split("error: ", 1)[1])
        write_data(self.place.data)
        with h5py.File(self.once(self.place.definition)) as file:
            self.assertNotIn("failure", file["notes"].attrs)

    def test_repeat_says_at_its_end_which_replicates_failed_and_why(self):
        with open(self.place.data, "a", encoding="utf-8") as file:
            file.write('{"instruction": "x", "output": 7}\n')
        (self.place.folder / "all" / "r1").mkdir(parents=True)
        (self.place.folder / "all" / "r1" / "file").write_text("somebody's")
        done = self.place.run(self.place.definition, "--repeat", 3, "--out", "all")
        self.assertEqual(done.returncode, 5, done.stderr)
        failed = [line for line in done.stderr.splitlines() if line.startswith("replicate r")]
        self.assertEqual(len(failed), 3, done.stderr)
        self.assertEqual(failed, done.stderr.splitlines()[-3:])
        for number in (0, 2):
            self.assertIn(f"replicate r{number}, exit code 4: ", failed[number])
            self.assertIn("rows.jsonl:61", failed[number])
        self.assertIn("replicate r1, exit code 5: it did not begin", failed[1])

    def test_bad_data_is_4_with_file_and_line(self):
        with open(self.place.data, "a", encoding="utf-8") as file:
            file.write('{"instruction": "x", "outptu": "y"}\n')
        self.assert_fails(self.place.run(self.place.definition), 4, "rows.jsonl:61", "outptu")
        tokenizer = self.place.folder / "bad.model"
        tokenizer.write_bytes(b"not a model")
        self.assert_fails(self.place.run(self.place.definition, "--set",
                                         f"tokenizer.path={tokenizer}"), 4, "bad.model")

    def test_occupied_and_busy_folders_are_5_and_one_of_another_definition_2(self):
        self.run_ok(self.place.definition, "--out", "r")
        self.assert_fails(self.place.run(self.place.definition, "--out", "r"), 5, "occupied")
        self.assert_fails(self.place.run(self.place.definition, "--out", "r", "--resume", "--set",
                                         "base_seed=6"), 2, "another definition")
        definition = self.place.write_definition("long.toml", steps=4000)
        process = self.place.start(definition, "--out", "busy")
        while not (self.place.folder / "busy" / "run.journal").exists():
            time.sleep(0.01)
        self.assert_fails(self.place.run(definition, "--out", "busy", "--resume"), 5,
                          f"process {process.pid}")
        process.kill()
        process.communicate()

    @unittest.skipIf(os.path.exists("/dev/nvidia0"), "there is a GPU")
    def test_missing_gpu_is_5(self):
        self.assert_fails(self.place.run(self.place.definition, "--device", "cuda"), 5, "cpu")


if __name__ == "__main__":
    unittest.main()

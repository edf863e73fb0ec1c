"""bench-run end to end through the real binary: results, exit codes, resume, kills.

usage: bench_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import hashlib
import json
import pathlib
import os
import random
import re
import signal
import sys
import time
import tomllib
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from tiny_run import deterministic_content, write_data  # noqa: E402


class Results(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_h5py_reads_the_designed_layout(self):
        path = self.once(self.place.definition)
        self.assertEqual(path.name, "results.h5")
        with h5py.File(path) as file:
            self.assertEqual(file.attrs["format"], "bench-results")
            self.assertEqual(file.attrs["experiment"], "tiny")
            self.assertEqual(file.attrs["stage"], "sft")
            self.assertEqual(file.attrs["status"], "complete")
            self.assertEqual(len(file.attrs["definition_sha256"]), 64)
            loss = file["steps/loss"]
            self.assertEqual(loss.dtype, np.float64)
            self.assertEqual(loss.shape, (12,))
            self.assertIn("nat", loss.attrs["units"])
            self.assertEqual(loss.attrs["better"], "lower")
            self.assertTrue(loss.attrs["deterministic"])
            self.assertTrue(loss.attrs["description"])
            self.assertEqual(loss.dims[0][0].name, "/steps/step")
            self.assertEqual(list(file["steps/step"][:]), list(range(1, 13)))
            self.assertEqual(list(file["evals/step"][:]), [4, 8, 12])
            self.assertTrue(np.all(np.diff(file["steps/wall_time_s"][:]) > 0))
            for name in ("step", "data", "forward", "backward", "optimizer"):
                self.assertIn(name, file["ranges"])
            self.assertEqual(file["ranges/forward/count"][0], 2)  # two micro-batches
            self.assertIn("samples", file["tables"])
            self.assertLess(loss[-1], loss[0])

    def test_rows_that_are_skipped_are_counted_by_reason_shown_and_kept(self):
        with open(self.place.data, "a", encoding="utf-8") as file:
            file.write('{"instruction": "spell", "input": null, "output": "none", "task": null}\n'
                       '{"instruction": "spell"}\n{"instruction": "spell"}\n{"instruction":\n')
        definition = self.place.write_definition("skip.toml", replace=[
            ("validation_fraction = 0.2", "validation_fraction = 0.2\nskip_invalid = true")])
        done = self.place.run(definition)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f'2 no field "output" (first: {self.place.data}:62)', done.stderr)
        self.assertIn(f"1 no valid JSON (first: {self.place.data}:64)", done.stderr)
        with h5py.File(done.stdout.splitlines()[-1]) as file:
            table = {name: list(column.asstr()[:] if column.dtype == object else column[:])
                     for name, column in file["tables/left_out"].items()}
            self.assertEqual(table["kind"], ["invalid", "invalid"])
            self.assertEqual(table["reason"], ['no field "output"', "no valid JSON"])
            self.assertEqual(table["records"], [2, 1])
            self.assertEqual(table["first"], ["rows.jsonl:62", "rows.jsonl:64"])
            self.assertEqual(file["summary/dropped_examples"][()], 3)
            self.assertEqual(sum(file["tables/data/rows"][:]), 61)  # the row with nulls is one
        # Six good rows of sixty.
        with open(self.place.data, "w", encoding="utf-8") as file:
            file.write('{"instruction": "spell", "output": "none"}\n' * 6)
            file.write('{"instruction": "spell"}\n' * 54)
        self.assert_fails(self.place.run(definition), 4, "54 of 60 records are invalid",
                          'no field "output"', f"{self.place.data}:7", "max_skipped_share")

    def test_forty_rows_at_the_default_fraction_hold_one_out(self):
        write_data(self.place.data, count=40)
        definition = self.place.write_definition("few.toml", replace=[
            ("validation_fraction = 0.2", "validation_fraction = 1e-9")])
        with h5py.File(self.run_ok(definition)) as file:
            parts = [part.decode() for part in file["tables/data/part"][:]]
            self.assertEqual(dict(zip(parts, file["tables/data/rows"][:])),
                             {"train": 39, "validation": 1, "test": 0})

    def test_steps_at_learning_rate_0_are_told_and_can_be_skipped(self):
        definition = self.place.write_definition("one.toml", steps=1, replace=[
            ("warmup_steps = 2", 'kind = "linear"\nfinal_ratio = 0')])
        done = self.place.run(definition)
        self.assertIn("step 1 trains at learning rate 0, where the schedule ends", done.stderr)
        with h5py.File(done.stdout.splitlines()[-1]) as file:
            self.assertEqual(list(file["steps/learning_rate"][:]), [0])
        done = self.place.run(definition, "--set", "schedule.skip_zero_rate=true")
        self.assertNotIn("learning rate 0", done.stderr)
        with h5py.File(done.stdout.splitlines()[-1]) as file:
            self.assertEqual(list(file["steps/learning_rate"][:]), [1e-2])

    def test_openmp_threads_spin_little_whoever_starts_the_program(self):
        for expected, extra in (("10000", {}), ("7", {"GOMP_SPINCOUNT": "7"}),
                                (None, {"OMP_WAIT_POLICY": "passive"})):
            environment = {"GOMP_SPINCOUNT": None, "OMP_WAIT_POLICY": None, **extra}
            with h5py.File(self.run_ok(self.place.definition, "--steps", 6, **environment)) as file:
                self.assertEqual(file["provenance"].attrs.get("env_GOMP_SPINCOUNT"), expected)

    def test_openmp_itself_has_read_the_limit(self):
        def turns(**extra):
            """What OpenMP says that it has read, each time that the program begins."""
            done = self.place.run("--version", OMP_DISPLAY_ENV="verbose",
                                  **{"GOMP_SPINCOUNT": None, **extra})
            self.assertEqual(done.returncode, 0, done.stderr)
            return re.findall(r"GOMP_SPINCOUNT = '(\d+)'", done.stderr)

        self.assertEqual(turns(), ["10000"])  # the first begin ends before anything is initialised
        self.assertEqual(turns(GOMP_SPINCOUNT="7"), ["7"])

    def test_definition_and_its_hash_are_in_the_results(self):
        with h5py.File(self.once(self.place.definition)) as file:
            text = {name: file["definition"][name][()].decode() if name in file["definition"] else
                    file["definition"].attrs[name] for name in ("toml", "json")}
            # That of the test which has made the run, in a folder of its own.
            data = tomllib.loads(text["toml"])["data"]["path"]
            self.assertEqual(text["toml"], self.place.definition.read_text().replace(str(self.place.data), data))
            canonical = text["json"]
            self.assertEqual(hashlib.sha256(canonical.encode()).hexdigest(),
                             file.attrs["definition_sha256"])
            self.assertEqual(json.loads(canonical)["training"]["steps"], 12)

    def test_two_runs_are_bitwise_equal_and_another_replicate_differs(self):
        first = deterministic_content(self.once(self.place.definition))
        second = deterministic_content(self.run_ok(self.place.definition))
        other = deterministic_content(self.run_ok(self.place.definition, "--replicate", 1))
        self.assertEqual(first, second)
        self.assertTrue(any(name.startswith("digests/weights") for name in first))
        self.assertNotEqual(first["steps/loss"], other["steps/loss"])
        self.assertNotEqual(first["digests/weights"] if "digests/weights" in first else first,
                            other["digests/weights"] if "digests/weights" in other else other)

    def test_repeat_gives_one_file_a_replicate_and_same_seed_equal_ones(self):
        done = self.place.run(self.place.definition, "--repeat", 2, "--out", "replicates")
        self.assertEqual(done.returncode, 0, done.stderr)
        paths = done.stdout.splitlines()[-2:]
        self.assertEqual([pathlib.Path(p).parent.name for p in paths], ["r0", "r1"])
        self.assertNotEqual(*map(deterministic_content, paths))
        done = self.place.run(self.place.definition, "--repeat", 2, "--same-seed", "--out", "same")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(*map(deterministic_content, done.stdout.splitlines()[-2:]))

    def test_trained_model_generates_and_is_exported(self):
        path = self.once(self.place.definition)
        done = self.place.run("--generate", path, "spell 12")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.run_ok("--export", path.parent, "exported")
        exported = self.place.folder / "exported"
        config = json.loads((exported / "config.json").read_text())
        self.assertEqual(config["model_type"], "llama")
        self.assertTrue((exported / "model.safetensors").exists())
        self.assert_fails(self.place.run("--export", path, "exported"), 5, "occupied")


class Comparison(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_equal_runs_other_replicates_and_other_definitions(self):
        base = self.once(self.place.definition)
        same = self.run_ok(self.place.definition)
        compare = lambda *a: self.place.run(*a, program="bench-compare")  # noqa: E731
        done = compare("--metrics", "learning", base, same)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("bitwise: identical", done.stdout)
        done = compare("--require", "bitwise", base, same)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = compare("--metrics", "time", base, same)  # of one process an arm
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("UNCLEAR: not shown to be not worse", done.stdout)
        other = self.run_ok(self.place.definition, "--set", "training.steps=8")
        done = compare(base, other)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("definition", done.stdout + done.stderr)
        done = compare(base, "missing.h5")
        self.assertEqual(done.returncode, 5)


class Resume(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_killed_at_random_points_it_resumes_to_the_same_bits(self):
        definition = self.place.write_definition("long.toml", steps=100, replace=[
            ("every_steps = 4", "every_steps = 10")])
        expected = deterministic_content(self.run_ok(definition))
        random.seed(1)
        num_interrupted = 0
        for trial in range(5):
            out = self.place.folder / f"killed{trial}"
            process = self.place.start(definition, "--out", out)
            journal = out / "run.journal"
            while not journal.exists() and process.poll() is None:
                time.sleep(0.001)
            time.sleep(random.uniform(0, 0.3))  # of the second that it takes from there on
            process.kill()
            process.communicate()
            if journal.exists() and journal.stat().st_size > 0:
                recovered = self.place.run("--recover", out)
                self.assertEqual(recovered.returncode, 0, recovered.stderr)
                with h5py.File(recovered.stdout.splitlines()[-1]) as file:
                    self.assertIn(file.attrs["status"], ("interrupted", "complete"))
            path = self.run_ok(definition, "--out", out, "--resume")
            with h5py.File(path) as file:
                num_interrupted += file.attrs["attempts"] > 1
            self.assertEqual(deterministic_content(path), expected, trial)
        self.assertGreater(num_interrupted, 0)

    def test_sigterm_and_sigint_end_it_resumable_with_their_codes(self):
        definition = self.place.write_definition("long.toml", steps=4000)
        for stop, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            out = self.place.folder / f"stopped{code}"
            process = self.place.start(definition, "--out", out)
            while not (out / "checkpoints").exists() and process.poll() is None:
                time.sleep(0.01)
            begin = time.monotonic()
            process.send_signal(stop)
            stdout, stderr = process.communicate(timeout=60)
            self.assertLess(time.monotonic() - begin, 25)
            self.assertEqual(process.returncode, code, stderr)
            with h5py.File(stdout.splitlines()[-1]) as file:
                self.assertEqual(file.attrs["status"], "interrupted")
                steps = file["steps/step"][-1]
            newest = sorted((out / "checkpoints").glob("step-*"))[-1]
            self.assertEqual(newest.name, f"step-{steps:09d}")

    def test_stopped_in_the_final_evaluation_it_evaluates_again_to_the_same_bits(self):
        # 500 answers of up to 64 tokens take so long that the signal leaves out most.
        definition = self.place.write_definition("evaluates.toml", steps=6, replace=[
            ("generate_rows_per_task = 4", "generate_rows_per_task = 500"),
            ("rows_per_task = 8", "rows_per_task = 500"),
            ("max_new_tokens = 8", "max_new_tokens = 64"),
            ("validation_fraction = 0.2", "validation_fraction = 0.5")])
        write_data(self.place.data, count=1000)
        expected = deterministic_content(self.run_ok(definition))
        out = self.place.folder / "stopped"
        process = self.place.start(definition, "--out", out)
        for line in process.stderr:
            if "final evaluation" in line:
                break
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143, stderr)
        with h5py.File(stdout.splitlines()[-1]) as file:
            self.assertEqual(file.attrs["status"], "interrupted")
            self.assertNotIn(6, file["evals/step"][:])
        path = self.run_ok(definition, "--out", out, "--resume")
        self.assertEqual(deterministic_content(path), expected)

    def test_interrupt_of_the_whole_group_stops_replicates_once(self):
        definition = self.place.write_definition("long.toml", steps=100000)
        process = self.place.start(definition, "--repeat", 2, "--out", "replicates",
                                   start_new_session=True)
        first = self.place.folder / "replicates" / "r0"
        while not (first / "checkpoints").exists() and process.poll() is None:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, stderr)
        with h5py.File(first / "results.h5") as file:
            self.assertEqual(file.attrs["status"], "interrupted")
        self.assertFalse((self.place.folder / "replicates" / "r1").exists())

    def test_stopped_at_any_step_it_continues_to_the_same_bits(self):
        expected = deterministic_content(self.once(self.place.definition))
        # Each step is an end; behind it come three, over a checkpoint of its own and mostly an evaluation.
        self.assert_stops_change_no_bit((self.place.definition,),
                                        [range(first, 12, 3) for first in range(3)], expected)

    def test_resume_of_nothing_starts_and_of_a_complete_run_does_nothing(self):
        path = self.run_ok(self.place.definition, "--out", "r", "--resume")
        before = path.stat().st_mtime_ns
        self.assertEqual(self.run_ok(self.place.definition, "--out", "r", "--resume"), path)
        self.assertEqual(path.stat().st_mtime_ns, before)
        self.assertEqual(self.run_ok(self.place.definition, "--out", "r",
                                     TORCHELASTIC_RESTART_COUNT="1"), path)
        self.assert_fails(self.place.run(self.place.definition, "--resume"), 2, "--out")

    def test_damaged_checkpoint_is_passed_over_and_said(self):
        out = self.place.folder / "r"
        self.run_ok(self.place.definition, "--out", out, "--stop-after-step", 7)
        newest = sorted((out / "checkpoints").glob("step-*"))[-1] / "tensors.safetensors"
        data = bytearray(newest.read_bytes())
        data[-3] ^= 4
        newest.write_bytes(data)
        done = self.place.run(self.place.definition, "--out", out, "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("damaged", done.stderr)
        self.assertIn("continuing after step 6", done.stderr)
        expected = deterministic_content(self.once(self.place.definition))
        self.assertEqual(deterministic_content(out / "results.h5"), expected)


if __name__ == "__main__":
    unittest.main()

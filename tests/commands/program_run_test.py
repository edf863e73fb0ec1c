"""Programs of others run as experiments, through the real binary: what they report, what is measured, `strict`.

usage: program_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import math
import os
import pathlib
import subprocess
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from program_case import DEFINITION, MINIMAL, TRAIN, Programs, values  # noqa: E402


class Reports(Programs):
    def test_a_program_is_recorded_like_a_stage_of_our_own(self):
        with h5py.File(self.run_ok(self.definition)) as file:
            self.assertEqual(file.attrs["stage"], "program")
            self.assertEqual(file.attrs["status"], "complete")
            self.assertFalse(file.attrs["strict"])
            loss = file["steps/loss"]
            self.assertEqual((loss.attrs["units"], loss.attrs["better"], loss.attrs["kind"]),
                             ("nats", "lower", "learning"))
            self.assertTrue(loss.attrs["deterministic"])
            self.assertEqual(list(loss.dims[0]["tokens"][:]), [10, 20, 30, 40, 50])
            self.assertAlmostEqual(loss[0] - loss[4], 0.8)
            self.assertEqual(values(file["evals/accuracy:zh"]), [0.5])
            # The last loss, the accuracy of the evaluation, the median time.
            self.assertEqual(file["summary/loss"][()], loss[4])
            self.assertEqual(file["summary/accuracy"][()], 0.75)
            self.assertEqual(file["summary/step_time"][()], 0.03)
            self.assertEqual(list(file["digests/step"][:]), [5])
            for name in ("program_time", "user_time", "system_time", "page_faults", "disk_page_faults",
                         "voluntary_switches", "forced_switches", "wall_time"):
                self.assertGreaterEqual(file[f"summary/{name}"][()], 0, name)
            # An interpreter of Python takes some megabytes, and we would take a hundred.
            self.assertGreater(file["summary/peak_memory"][()], 4 << 20)
            self.assertLess(file["summary/peak_memory"][()], 90 << 20)
            self.assertIn("train.py", file["notes"].attrs["program_command"])
            folder = pathlib.Path(file.filename).parent
        self.assertIn("step 5 seed", (folder / "program.log").read_text())
        self.assertEqual(len((folder / "metrics.jsonl").read_text().splitlines()), 8)

    def test_replicates_have_seeds_of_their_own_and_come_again(self):
        seeds = []
        for number in range(2):
            out = self.place.folder / f"out{number}"
            done = self.place.run(self.definition, "--repeat", 2, "--out", out)
            self.assertEqual(done.returncode, 0, done.stderr)
            seeds.append([])
            for path in done.stdout.splitlines()[-2:]:
                with h5py.File(path) as file:
                    seeds[-1].append(bytes(file["digests/weights"][0]))
        self.assertEqual(seeds[0], seeds[1])
        self.assertNotEqual(seeds[0][0], seeds[0][1])

    def test_arms_with_other_arguments_are_compared(self):
        self.write("train.py", TRAIN.replace("1 / step", "float(os.environ.get('MORE', 0)) + 1 / step"))
        out = self.place.folder / "arms"
        done = self.place.run("--arms", "--out", out, "--replicates", 9,  # nine signs: p = 2 / 2^9
                              "--json", str(self.definition),
                              f"{self.definition} --env MORE=5", program="bench-compare")
        self.assertEqual(done.returncode, 1, done.stderr + done.stdout)
        report = json.loads(done.stdout)
        verdicts = {metric["metric"]: metric["verdict"] for metric in report["metrics"]}
        self.assertEqual(verdicts["loss"], "REGRESSED")
        self.assertEqual(verdicts["accuracy"], "same")

    def test_a_nan_is_an_outcome(self):
        done = self.place.run(self.shell(
            """echo '{"step": 1, "metrics": {"loss": "NaN"}}' >> $BENCH_METRICS"""))
        self.assertEqual(done.returncode, 1, done.stderr)
        with h5py.File(done.stdout.splitlines()[-1]) as file:
            self.assertEqual(file.attrs["status"], "diverged")
            self.assertTrue(math.isnan(file["steps/loss"][0]))

    def test_a_program_that_cannot_be_touched_is_read_by_a_pattern(self):
        definition = self.shell(
            "printf 'hello\\nstep 1 loss 2.5\\rstep 2 loss 1.5\\n'; echo step 3 loss 1.25 >&2",
            "format = \"pattern\"\npattern = 'step (?P<step>\\d+) loss (?P<loss>\\S+)'")
        with h5py.File(self.run_ok(definition)) as file:
            self.assertEqual(values(file["steps/loss"]), [2.5, 1.5, 1.25])
            self.assertTrue(file["notes"].attrs["tokens_are_steps"])

    def test_files_of_other_tools_are_read_from_the_runs_folder(self):
        state = json.dumps({"log_history": [{"step": 2, "loss": 0.5}]})
        definition = self.shell(f"echo '{state}' > {{run}}/trainer_state.json",
                                'format = "trainer_state"\npath = "{run}"')
        with h5py.File(self.run_ok(definition)) as file:
            self.assertEqual(values(file["steps/loss"]), [0.5])

    def test_a_program_without_reports_is_measured(self):
        definition = self.write("none.toml", 'stage = "program"\n[program]\ncommand = ["/bin/true"]\n')
        with h5py.File(self.run_ok(definition)) as file:
            self.assertIn("program_time", file["summary"])

    def test_acceptance_bounds_are_judged(self):
        self.write("mine.toml", DEFINITION + '[[acceptance]]\nmetric = "accuracy"\nmin = 0.9\n')
        done = self.place.run(self.definition)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("NOT ACCEPTED", done.stdout)

    def test_the_python_module_writes_what_is_read(self):
        self.write("train.py", "import sys\nsys.path.insert(0, {!r})\n".format(str(MINIMAL)) + """\
import bench_metrics
bench_metrics.step(1, tokens=7, loss=float("inf"), step_time=0.5)
bench_metrics.step(2, tokens=9, loss=2)
bench_metrics.evaluation(2, **{"accuracy/zh": 0.25})
bench_metrics.samples(step_time=[1, 2])
bench_metrics.summary(accuracy=0.5)
bench_metrics.digest(2, weights=b"abc")
""")
        done = self.place.run(self.definition)
        self.assertEqual(done.returncode, 1, done.stderr)  # the loss was not finite
        with h5py.File(done.stdout.splitlines()[-1]) as file:
            self.assertEqual(values(file["steps/loss"]), [math.inf, 2])
            self.assertEqual(values(file["samples/step_time"]), [1, 2])
            self.assertEqual(file["summary/accuracy"][()], 0.5)
            self.assertEqual(file["digests/weights"][0].decode(),
                             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        # Without bench-run it reports nothing, and works.
        alone = subprocess.run([sys.executable, self.program], capture_output=True, text=True,
                               env={**os.environ, "BENCH_METRICS": ""})
        self.assertEqual((alone.returncode, alone.stdout, alone.stderr), (0, "", ""))


class Strict(Programs):
    def setUp(self):
        super().setUp()
        self.write("mine.toml", DEFINITION.replace("grace_s", "strict = true\ngrace_s"))

    def test_a_program_that_repeats_itself_is_strict(self):
        with h5py.File(self.run_ok(self.definition)) as file:
            self.assertTrue(file.attrs["strict"])

    def test_one_that_does_not_is_rejected_with_the_first_difference(self):
        self.write("train.py", TRAIN.replace("1 / step", "(os.getpid() if step == 3 else 0) + 1 / step"))
        done = self.place.run(self.definition)
        self.assert_fails(done, 1, "two runs of one replicate differ", "loss at step 3: ")

    def test_times_may_differ(self):
        self.write("train.py", TRAIN.replace("0.01 * step", "os.getpid()"))
        self.run_ok(self.definition)


class Example(CommandCase):
    def test_the_example_to_copy_learns_and_repeats_itself(self):
        definition = self.place.folder / "minimal"
        definition.mkdir()
        for path in MINIMAL.iterdir():
            if path.is_file():
                (definition / path.name).write_bytes(path.read_bytes())
        text = (definition / "v1.toml").read_text().replace("timeout_s", "strict = true\ntimeout_s")
        (definition / "v1.toml").write_text(text)
        done = self.place.run(definition / "v1.toml")
        if "No module named 'torch'" in done.stderr:
            self.skipTest("the Python beside LibTorch has no torch")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(done.stdout.splitlines()[-1]) as file:
            self.assertTrue(file.attrs["strict"])
            loss = file["steps/loss"]
            self.assertEqual(len(loss), 300)
            self.assertLess(loss[-20:].mean(), loss[:20].mean())
            self.assertEqual(len(file["evals/accuracy"]), 3)
        self.assertEqual(len(list(self.place.store.glob("objects/*/model.pt"))), 1)


if __name__ == "__main__":
    unittest.main()

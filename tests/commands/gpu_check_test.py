"""scripts/gpu_check as far as it goes without a GPU: what it reads of the tools' reports, what it says where there is no
GPU, and that its bundle is small enough and runs from another place.

usage: gpu_check_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
from unittest import mock

SOURCE = pathlib.Path(sys.argv.pop(1))
BUILD = pathlib.Path(sys.argv.pop(1))
FOLDER = SOURCE / "scripts" / "gpu_check"
sys.dont_write_bytecode = True
sys.path.insert(0, str(FOLDER))
import bundle  # noqa: E402
import check  # noqa: E402
import readers  # noqa: E402

NCU = '''==PROF== Connected to process 7
==PROF== Profiling "Forward" - 0: 0%....100% - 1 pass
"ID","Process ID","Kernel Name","Block Size","gpu__time_duration.sum","dram__bytes.sum"
"","","","","ns","byte"
"0","7","void bench::kernels::Forward<float>(Args)","(256, 1, 1)","1,234","2048"
"1","7","void bench::kernels::Backward<float>(Args)","(256, 1, 1)","5","1.5"
'''


class Readers(unittest.TestCase):
    def test_tests_are_counted_and_failures_named(self):
        report = {"testsuites": [{"name": "CudaKernels", "testsuite": [
            {"name": "Repeats", "status": "RUN", "result": "COMPLETED"},
            {"name": "Match", "status": "RUN", "result": "COMPLETED", "failures": [{"failure": "1 vs 2"}]},
            {"name": "Big", "status": "RUN", "result": "SKIPPED"},
            {"name": "Other", "status": "NOTRUN", "result": "SUPPRESSED"}]}]}
        counts, failed = readers.gtest(json.dumps(report))
        self.assertEqual(counts, {"passed": 1, "failed": 1, "skipped": 1})
        self.assertEqual(failed, ["CudaKernels.Match"])

    def test_a_sanitizer_without_a_summary_did_not_finish(self):
        self.assertEqual(readers.sanitizer_errors("========= ERROR SUMMARY: 0 errors\n"), 0)
        self.assertEqual(readers.sanitizer_errors("x\n========= ERROR SUMMARY: 12 errors\n"), 12)
        self.assertEqual(readers.sanitizer_errors(
            "========= RACECHECK SUMMARY: 2 hazards displayed (1 error, 1 warning)\n"), 2)
        self.assertIsNone(readers.sanitizer_errors("========= Error: Target application terminated before\n"))

    def test_a_profile_gives_a_row_a_launch_without_the_units(self):
        rows = readers.ncu(NCU)
        self.assertEqual([row["gpu__time_duration.sum"] for row in rows], [1234.0, 5.0])
        self.assertEqual(rows[1]["dram__bytes.sum"], 1.5)
        self.assertIn("Backward", rows[1]["Kernel Name"])
        self.assertEqual(readers.ncu("==ERROR== no permission\n"), [])

    def test_times_of_kernels_are_in_seconds_and_aggregates_left_out(self):
        report = {"benchmarks": [
            {"name": "a", "run_type": "iteration", "real_time": 8, "time_unit": "ms", "roofline": 0.5},
            {"name": "a_mean", "run_type": "aggregate", "real_time": 8, "time_unit": "ms", "roofline": 0.5}]}
        self.assertEqual(readers.kernel_bench(json.dumps(report)), {"a": {"seconds": 8e-3, "roofline": 0.5}})

    def test_the_table_has_a_row_a_step(self):
        table = readers.markdown([
            {"step": "tests", "outcome": "passed", "seconds": 2.4, "shown": {"passed": 3, "rate": 0.12345}},
            {"step": "ncu", "outcome": "skipped", "seconds": 0, "why": "ncu is not there"}])
        self.assertIn("| tests | passed | 2 | passed 3, rate 0.1235 |\n", table)
        self.assertIn("| ncu | skipped | 0 | ncu is not there |\n", table)


class Steps(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(self.temporary.cleanup)
        self.out = pathlib.Path(self.temporary.name)

    def test_each_outcome_is_a_row_and_later_steps_go_on(self):
        steps = check.Check(self.out, 60)
        steps.step("works", 10, lambda: ({"n": 1}, {"n": 1}))
        steps.step("fails", 10, lambda: steps.run("/bin/sh", "-c", "echo reason >&2; exit 7"))
        steps.step("lacks", 10, lambda: steps.run("no-such-program-here"))
        steps.step("is slow", 1, lambda: steps.run("/bin/sleep", "30"))
        rows = json.loads((self.out / "gpu_check.json").read_text())
        self.assertEqual([row["outcome"] for row in rows], ["passed", "failed", "skipped", "failed"])
        self.assertEqual(rows[0]["figures"], {"n": 1})
        self.assertEqual(rows[1]["why"], "sh: exit code 7: reason")
        self.assertIn("not done in 1 s", rows[3]["why"])
        self.assertEqual((self.out / "gpu_check.md").read_text().count("\n"), 2 + 4)

    def test_what_does_not_fit_into_the_time_is_not_reached(self):
        steps = check.Check(self.out, 0)
        steps.step("late", 60, lambda: self.fail("it was started"))
        self.assertEqual(steps.rows[0]["outcome"], "not reached")

    def test_what_the_deadline_cuts_is_not_reached_and_no_failure(self):
        steps = check.Check(self.out, 60)

        def cut():
            steps.deadline = steps.step_deadline = time.monotonic() + 1
            steps.run("/bin/sleep", "30")

        steps.step("late", 60, cut)
        self.assertEqual(steps.rows[0]["outcome"], "not reached")
        self.assertEqual(steps.rows[0]["why"], "its time was cut by the deadline")

    def test_a_timeout_ends_what_the_program_has_started(self):
        steps = check.Check(self.out, 60)
        noted = self.out / "pid"
        steps.step("is slow", 1, lambda: steps.run("/bin/sh", "-c", f"sleep 50 & echo $! > '{noted}'; wait"))
        self.assertEqual(steps.rows[0]["outcome"], "failed")
        self.assertLess(steps.rows[0]["seconds"], 30)
        stat = pathlib.Path("/proc") / noted.read_text().strip() / "stat"
        end = time.monotonic() + 20
        while stat.exists() and stat.read_text().split()[2] != "Z":
            self.assertLess(time.monotonic(), end, "it goes on")
            time.sleep(0.05)

    def test_any_other_exception_is_a_failed_step_and_a_missing_h5py_a_skipped_one(self):
        steps = check.Check(self.out, 60)
        steps.step("breaks", 10, lambda: {}["figure"])
        self.assertEqual((steps.rows[0]["outcome"], steps.rows[0]["why"]), ("failed", "KeyError: 'figure'"))
        with mock.patch.object(steps, "run"), mock.patch.object(readers, "summary", side_effect=ImportError):
            steps.step("cannot read", 10, lambda: steps.experiment("perf_clm_1b"))
        self.assertEqual((steps.rows[1]["outcome"], steps.rows[1]["why"]), ("skipped", "this Python has no h5py"))

    def program(self, name, script):
        path = self.out / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)

    def test_tests_that_are_all_skipped_have_not_passed(self):
        def report(result):
            content = {"testsuites": [{"name": "S", "testsuite": [{"name": "T", "status": "RUN", "result": result}]}]}
            return ("for argument; do case $argument in --gtest_output=json:*) report=${argument#*json:};; esac; done\n"
                    f"echo '{json.dumps(content)}' > \"$report\"")

        self.program("kernels_test", report("COMPLETED"))
        for result, outcome in (("COMPLETED", "passed"), ("SKIPPED", "failed")):
            self.program("tensor_memory_test", report(result))
            steps = check.Check(self.out, 60)
            with mock.patch.object(check, "BIN", self.out):
                steps.step("tests", 30, steps.tests)
            self.assertEqual(steps.rows[0]["outcome"], outcome, steps.rows)
        self.assertIn("tensor_memory_test (no test of it ran)", steps.rows[0]["why"])
        self.assertNotIn("kernels_test", steps.rows[0]["why"])

    def test_the_sanitizer_has_passed_where_tests_passed_under_it(self):
        for passed, outcome in (("3 tests", "passed"), ("1 test", "passed"), ("0 tests", "failed")):
            self.program("compute-sanitizer", f"echo '[  PASSED  ] {passed}.'; echo '========= ERROR SUMMARY: 0 errors'")
            steps = check.Check(self.out, 60)
            steps.environment["PATH"] = f"{self.out}:{os.environ['PATH']}"
            steps.step("compute-sanitizer", 30, steps.sanitizer)
            self.assertEqual(steps.rows[0]["outcome"], outcome, steps.rows)

    def test_without_a_gpu_it_ends_with_5_and_says_so(self):
        if shutil.which("nvidia-smi") and subprocess.run(["nvidia-smi", "-L"], capture_output=True).returncode == 0:
            self.skipTest("there is a GPU")
        done = subprocess.run([sys.executable, FOLDER / "check.py", "--out", self.out], capture_output=True, text=True)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn("no usable NVIDIA GPU here", done.stderr)
        self.assertIn("| GPU | ", (self.out / "gpu_check.md").read_text())


class Bundle(unittest.TestCase):
    def test_it_is_small_and_its_programs_run_from_another_place(self):
        if not all((BUILD / name).exists() for name in (*bundle.PROGRAMS, *bundle.TESTS)):
            self.skipTest("not all of it is built")
        with tempfile.TemporaryDirectory(prefix="bench-test-") as folder:
            archive = pathlib.Path(folder) / "gpu_check.tar.gz"
            done = subprocess.run([sys.executable, FOLDER / "bundle.py", BUILD, archive], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertLess(archive.stat().st_size, bundle.MOST_BYTES)
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else packed.extractall(folder)
            root = pathlib.Path(folder) / "gpu_check"
            self.assertTrue((root / "experiments/perf_clm_1b/v1.toml").exists())
            environment = {**os.environ, "LD_LIBRARY_PATH": str(root / "lib"), "BENCH_ROOT": str(root)}
            used = subprocess.run(["ldd", root / "bin/bench-run"], capture_output=True, text=True, env=environment).stdout
            self.assertNotIn("not found", used)
            # What is packed is what is used: no library of the system but those that every machine has.
            for name, path in re.findall(r"(\S+) => (/\S+)", used):
                if not bundle.NOT_PACKED.match(name) or name.startswith("libcurl"):
                    self.assertTrue(path.startswith(str(root)), f"{name}: {path}")
            done = subprocess.run([root / "bin/bench-run", "--version"], capture_output=True, text=True, env=environment)
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()

"""Programs of others that fail, hang, are stopped, or cannot be started, through the real binary.

usage: program_failures_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import pathlib
import signal
import sys
import time
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from program_case import Programs  # noqa: E402


class Failures(Programs):
    def test_a_program_that_fails_is_an_environment_error_with_its_last_lines(self):
        done = self.place.run(self.shell("echo one; echo the reason >&2; exit 3"), "--out", "out")
        self.assert_fails(done, 5, "ended with exit code 3", "the reason", "program.log")
        with h5py.File(self.place.folder / "out" / "results.h5") as file:
            self.assertEqual(file.attrs["status"], "failed")
            self.assertIn("the reason", file["notes"].attrs["failure"])

    def test_lines_that_cannot_be_read_are_bad_data_with_their_number(self):
        self.assert_fails(self.place.run(self.shell("echo '{}' >> $BENCH_METRICS; echo x >> $BENCH_METRICS")),
                          4, "metrics.jsonl:2: ", "no valid JSON")

    def test_a_metric_that_never_comes_is_bad_data(self):
        self.assert_fails(self.place.run(self.shell("true")), 4, "never reported: loss")

    def test_a_program_that_is_not_there_is_an_environment_error(self):
        self.assert_fails(self.place.run(self.one_metric(["no-such-program"], 'format = "json_lines"')),
                          5, 'no program "no-such-program" is on PATH')

    def test_a_definition_that_cannot_work_is_refused_with_its_place(self):
        for report, fragment in (
                ("format = \"pattern\"\npattern = '(?P<loss>'", "no regular expression"),
                ('format = "tensorboard"', "needs the path")):
            done = self.place.run(self.shell("true", report))
            self.assert_fails(done, 2, "one.toml:", fragment)
        self.assert_fails(self.place.run(self.shell("true", metric='kind = "time"')), 2, "a time is in seconds")
        self.assert_fails(self.place.run(self.one_metric(["a", "{sed}"], 'format = "json_lines"')), 2,
                          "{sed} stands for nothing")

    def test_a_program_that_takes_too_long_is_ended(self):
        definition = self.shell("sleep 1000")
        self.assert_fails(self.place.run(definition, "--set", "program.timeout_s=1"), 5, "did not end in 1 s")

    def test_a_stop_signal_reaches_the_program_and_the_run_is_interrupted(self):
        ready = self.place.folder / "ready"
        definition = self.shell(f"trap 'echo saved; exit 0' TERM; touch {ready}; while true; do sleep 0.05; done")
        process = self.place.start(definition, "--out", "out")
        while not ready.exists():
            self.assertIsNone(process.poll())
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)
        self.assertIn("saved", (self.place.folder / "out" / "program.log").read_text())
        with h5py.File(self.place.folder / "out" / "results.h5") as file:
            self.assertEqual(file.attrs["status"], "interrupted")

    def test_nothing_is_left_behind(self):
        """Neither by a program that ends, nor where bench-run is killed."""
        pids = self.place.folder / "pids"
        left = self.shell(f"setsid sleep 1000 & echo $! >> {pids}; echo '{{\"summary\": {{\"loss\": 1}}}}' >> "
                          "$BENCH_METRICS")
        self.run_ok(left)
        killed = self.shell(f"echo $$ >> {pids}; exec sleep 1000")
        process = self.place.start(killed)
        while len(pids.read_text().split()) < 2:
            self.assertIsNone(process.poll())
            time.sleep(0.02)
        process.kill()
        process.communicate(timeout=60)
        for pid in pids.read_text().split():
            for _ in range(200):
                if not pathlib.Path(f"/proc/{pid}").exists():
                    break
                time.sleep(0.05)
            self.assertFalse(pathlib.Path(f"/proc/{pid}").exists(), pid)


if __name__ == "__main__":
    unittest.main()

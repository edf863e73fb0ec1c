"""Whole runs under faults: a full disk, a wall clock set back, missing programs, hostile names.

usage: faults_test.py SOURCE_FOLDER BUILD_FOLDER CLOCK_LIBRARY [unittest arguments]; needs h5py.
"""

import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN, CommandCase  # noqa: E402
from rank_processes import stop  # noqa: E402
from tiny_run import deterministic_content  # noqa: E402

CLOCK_LIBRARY = sys.argv.pop(1)


class FullDisk(CommandCase):
    STEPS = 40
    whole = None  # what a run that nothing disturbs leaves, by the first test

    def setUp(self):
        super().setUp()
        self.definition = self.place.write_definition("long.toml", steps=self.STEPS)
        if FullDisk.whole is None:
            FullDisk.whole = deterministic_content(self.run_ok(self.definition))
        self.expected = FullDisk.whole

    def assert_failed_and_resumable(self, done, out, before):
        self.assert_fails(done, 5, str(out))
        self.assertEqual(before.read_bytes(), self.before)
        with h5py.File(before) as file:
            self.assertEqual(file.attrs["status"], "interrupted")
        path = self.run_ok(self.definition, "--out", out, "--resume")
        self.assertEqual(deterministic_content(path), self.expected)

    def test_every_file_size_limit_is_5_and_the_run_goes_on_without_it(self):
        """The limit is reached at another place each time; the message names the file."""
        for number, spare in enumerate((0, 100, 1000, 5000)):
            out = self.place.folder / f"limited{number}"
            results = self.run_ok(self.definition, "--out", out, "--stop-after-step", 10)
            self.before = results.read_bytes()
            # Enough for what is there; the journal, the checkpoints or the results will need more.
            size = max(path.stat().st_size for path in out.rglob("*") if path.is_file())
            limit = size + spare
            process = subprocess.run(
                [BIN / "bench-run", self.definition, "--out", out, "--resume"],
                cwd=self.place.folder, env=self.place.environment(), capture_output=True, text=True,
                check=False, preexec_fn=lambda size=limit: resource.setrlimit(
                    resource.RLIMIT_FSIZE, (size, size)))
            self.assertIn("File too large", process.stderr)
            self.assert_failed_and_resumable(process, out, results)

    def mount_small(self, folder):
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1100m", "tmpfs", folder],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"no file system can be mounted here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", folder], check=True)

    @staticmethod
    def fill(folder):
        """Takes all that is free; the file that has it."""
        filler = folder / "filler"
        with open(filler, "wb") as file:
            free = shutil.disk_usage(folder).free
            while free > 0:
                try:
                    os.posix_fallocate(file.fileno(), file.tell(), free)
                    file.seek(0, os.SEEK_END)
                    free = shutil.disk_usage(folder).free
                except OSError:
                    free //= 2
        return filler

    @unittest.skipIf(os.geteuid() != 0, "only root can mount a file system")
    def test_complete_run_on_a_full_file_system_needs_no_room(self):
        small = self.place.folder / "small"
        self.mount_small(small)
        results = self.run_ok(self.definition, "--out", small / "run")
        self.fill(small)
        self.assertEqual(self.run_ok(self.definition, "--out", small / "run", "--resume"), results)
        self.assertEqual(deterministic_content(results), self.expected)

    @unittest.skipIf(os.geteuid() != 0, "only root can mount a file system")
    def test_full_file_system_is_5_and_the_run_goes_on_after_room_was_made(self):
        small = self.place.folder / "small"
        self.mount_small(small)
        out = small / "run"
        results = self.run_ok(self.definition, "--out", out, "--stop-after-step", 10)
        self.before = results.read_bytes()
        process = self.place.start(self.definition, "--out", out, "--resume")
        newest = out / "checkpoints" / "step-000000015"
        while not newest.exists() and process.poll() is None:
            time.sleep(0.001)
        stop(process.pid)
        filler = self.fill(small)
        process.send_signal(signal.SIGCONT)
        _, stderr = process.communicate(timeout=120)
        done = subprocess.CompletedProcess(process.args, process.returncode, "", stderr)
        self.assertIn("No space left on device", stderr)
        filler.unlink()
        self.assert_failed_and_resumable(done, out, results)

    @unittest.skipIf(os.geteuid() != 0, "only root can mount a file system")
    def test_too_little_room_is_5_before_any_work(self):
        small = self.place.folder / "small"
        self.mount_small(small)
        with open(small / "filler", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 200 << 20)
        done = self.place.run(self.definition, "--out", small / "run")
        self.assert_fails(done, 5, "MiB are free")
        self.assertFalse((small / "run").exists())


class WallClock(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_set_back_one_hour_in_the_middle_it_changes_no_duration(self):
        definition = self.place.write_definition("long.toml", steps=40)
        expected = deterministic_content(self.run_ok(definition))
        out = self.place.folder / "r"
        clock = {"LD_PRELOAD": CLOCK_LIBRARY,
                 "CLOCK_SET_BACK_WHEN": str(out / "checkpoints" / "step-000000006")}
        begin = time.monotonic()
        path = self.run_ok(definition, "--out", out, **clock)
        took = time.monotonic() - begin
        self.assertEqual(deterministic_content(path), expected)
        with h5py.File(path) as file:
            wall = file["steps/wall_time_s"][:]
            self.assertTrue(np.all(np.diff(wall) > 0), wall)
            durations = [file["steps/step_time"][:], wall, *(
                group["host_s"][:] for group in file["ranges"].values())]
            durations += [np.atleast_1d(data[()]) for data in file["summary"].values()
                          if data.attrs["units"] == "s"]
            self.assertGreater(len(durations), 8)
            for values in durations:
                self.assertTrue(np.all((values >= 0) & (values <= took)), (values, took))

    def test_the_preloaded_clock_is_an_hour_behind(self):
        """The fault itself: a program that reads the wall clock sees it go back."""
        program = ("import os, time; before = time.time(); "
                   "open(os.environ['CLOCK_SET_BACK_WHEN'], 'w'); print(time.time() - before)")
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env=dict(os.environ, LD_PRELOAD=CLOCK_LIBRARY,
                     CLOCK_SET_BACK_WHEN=str(self.place.folder / "now")))
        self.assertAlmostEqual(float(done.stdout), -3600, delta=60)


class Missing(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_without_git_the_fields_of_the_tree_are_absent_and_the_run_is_ok(self):
        empty = self.place.folder / "empty"
        empty.mkdir()
        path = self.run_ok(self.place.definition, PATH=str(empty))
        with h5py.File(path) as file:
            names = set(file["provenance"].attrs) | set(file["provenance"])
        for name in ("source_tree_differs", "source_tree_commit", "source_tree_dirty"):
            self.assertNotIn(name, names)
        self.assertIn("kernel", names)

    @unittest.skipIf(os.path.exists("/dev/nvidia0"), "there is a GPU")
    def test_without_gpu_and_nvml_the_fields_are_absent_and_the_run_is_ok(self):
        with h5py.File(self.run_ok(self.place.definition, "--device", "auto")) as file:
            names = set(file["provenance"].attrs)
            self.assertEqual(file.attrs["device"], "cpu")
            self.assertFalse([name for group in ("steps", "summary") for name in file[group]
                              if "device" in name or "gpu" in name])
            for group in file["ranges"].values():
                self.assertNotIn("device_s", group)
        self.assertFalse([name for name in names if name.startswith("gpu_") or "driver" in name])


class NotFinite(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_divergence_is_null_and_a_flag_in_json(self):
        definition = self.place.write_definition(
            "hot.toml", replace=[("learning_rate = 1e-2", "learning_rate = 100\nweight_decay = 1")])
        done = self.place.run(definition, "--out", "diverged")
        self.assertEqual(done.returncode, 1, done.stderr)
        head = self.place.folder / "diverged" / "results.h5"
        # Copies without a side record, so that they may be changed: a diverged run has no final
        # metrics, and its equal a status that can be compared with.
        base, changed = self.place.folder / "base.h5", self.place.folder / "head.h5"
        for copy in (base, changed):
            shutil.copy(head, copy)
        with h5py.File(changed, "r+") as file:
            for data in file["summary"].values():
                data[...] = np.nan
        with h5py.File(base, "r+") as file:
            file.attrs["status"] = "complete"
            for group in ("steps", "summary"):
                for data in file[group].values():
                    data[...] = np.nan_to_num(data[()], nan=1, posinf=1, neginf=1)
        done = self.place.run("--json", base, changed, program="bench-compare")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

        def refuse(name):
            raise ValueError(name)  # NaN and Infinity are no JSON

        comparison = json.loads(done.stdout, parse_constant=refuse)
        self.assertTrue(comparison["head_diverged"])
        self.assertEqual(comparison["first_non_finite"]["path"].split("/")[0], "steps")
        not_finite = [row for row in comparison["metrics"] if row["verdict"] == "NON-FINITE"]
        self.assertTrue(not_finite)
        for row in not_finite:
            self.assertEqual(row["head"], [None])


class HostileNames(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_names_with_bars_tags_and_escapes_reach_no_terminal(self):
        name = "a|<script>alert(1)<\N{FRACTION SLASH}script>\x1b]0;owned\x07\x1b[31m"
        definition = self.place.write_definition(f"{name}.toml")
        path = self.run_ok(definition, "--out", "named")
        with h5py.File(path) as file:
            self.assertRegex(file.attrs["experiment"], "^[A-Za-z0-9_]+$")
        other = self.run_ok(definition, "--set", "training.steps=8", "--out", "other")
        outputs = [self.place.run(definition, "--out", "named"),
                   self.place.run(path, other, program="bench-compare"),
                   self.place.run("--json", path, other, program="bench-compare"),
                   self.place.run(self.place.folder / f"absent{name}.toml"),
                   self.place.run("--recover", f"absent{name}"),
                   self.place.run(definition, "--out", "third")]
        for done in outputs:
            for stream in (done.stdout, done.stderr):
                self.assertNotIn("\x1b", stream, done.args)
                self.assertNotIn("\x07", stream, done.args)


if __name__ == "__main__":
    unittest.main()

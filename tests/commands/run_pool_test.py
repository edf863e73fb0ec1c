"""scripts/run_pool.py draws from complete runs alone: of others the folder goes, and they are run
again.

usage: run_pool_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import os
import pathlib
import stat
import sys
import tempfile
import unittest

import h5py

SOURCE = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(SOURCE / "scripts"))
from run_pool import RunPool, is_complete  # noqa: E402

# In the place of bench-run: EXPERIMENT --replicate NUMBER --out FOLDER.
PROGRAM = """\
#!{python}
import pathlib, sys
import h5py
folder = pathlib.Path(sys.argv[5])
folder.mkdir(parents=True)
with h5py.File(folder / "results.h5", "w") as file:
    file.attrs["status"] = "{status}"
    file.attrs["replicate"] = int(sys.argv[3])
with open("{calls}", "a") as calls:
    calls.write(" ".join(sys.argv[1:4]) + "\\n")
"""


class Pool(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.calls = self.folder / "calls"
        self.pool = RunPool(self.folder / "out")

    def program(self, status="complete"):
        path = self.folder / "bench-run"
        path.write_text(PROGRAM.format(python=sys.executable, status=status, calls=self.calls))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def run_once(self, status="complete"):
        return self.pool.run("kind", "name", 2, self.program(status), "experiments/a")

    def num_calls(self):
        return len(self.calls.read_text().splitlines()) if self.calls.exists() else 0

    def left_by_an_earlier_run(self, status):
        results = self.pool.results("kind", "name", 2)
        results.parent.mkdir(parents=True)
        (results.parent / "journal").write_text("of the earlier run")
        with h5py.File(results, "w") as file:
            file.attrs["status"] = status
        return results

    def test_a_complete_run_is_made_once(self):
        results = self.run_once()
        self.assertEqual(self.calls.read_text(), "experiments/a --replicate 2\n")
        before = results.read_bytes()
        self.assertEqual(self.run_once(), results)
        self.assertEqual(self.num_calls(), 1)
        self.assertEqual(results.read_bytes(), before)

    def test_an_interrupted_run_is_removed_and_made_again(self):
        for count, status in enumerate(("interrupted", "failed", "diverged"), start=1):
            with self.subTest(status=status):
                results = self.left_by_an_earlier_run(status)
                self.assertEqual(self.run_once(), results)
                self.assertEqual(self.num_calls(), count)
                self.assertTrue(is_complete(results))
                self.assertEqual(os.listdir(results.parent), ["results.h5"])
                self.assertEqual(self.run_once(), results)  # complete now
                self.assertEqual(self.num_calls(), count)
                results.unlink()
                results.parent.rmdir()

    def test_a_damaged_file_is_no_complete_run(self):
        results = self.left_by_an_earlier_run("complete")
        results.write_bytes(results.read_bytes()[:100])
        self.assertFalse(is_complete(results))
        self.assertTrue(is_complete(self.run_once()))
        self.assertEqual(self.num_calls(), 1)

    def test_a_new_run_that_is_not_complete_is_the_callers_to_judge(self):
        self.assertFalse(is_complete(self.run_once("diverged")))
        self.assertTrue(is_complete(self.run_once()))

    def test_a_program_without_results_ends_the_script(self):
        with self.assertRaisesRegex(SystemExit, "name replicate 2: exit code"):
            self.pool.run("kind", "name", 2, pathlib.Path("/bin/false"), "experiments/a")


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()

"""--sweep and --steps, through the real binary.

usage: sweep_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import shutil
import sys
import tempfile
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN, CommandCase  # noqa: E402
from corpus_run_test import CORPUS  # noqa: E402
from tiny_run import HERE, Workplace, deterministic_content  # noqa: E402


class WholeSweep(CommandCase):
    """One sweep, made once for what is asked about it."""

    PROMPT_TEMPLATE = "plain"

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="bench-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.shared = Workplace(BIN, folder.name, cls.PROMPT_TEMPLATE)
        cls.out = cls.shared.folder / "grid"
        cls.arguments = (cls.shared.definition, "--steps", 4, "--sweep", "optimizer.learning_rate=1e-3,1e-2",
                         "--sweep", "model.num_layers=1,2", "--out", cls.out)
        cls.done = cls.shared.run(*cls.arguments)

    def setUp(self):
        super().setUp()
        self.place = self.shared
        self.assertEqual(self.done.returncode, 0, self.done.stderr)

    def test_every_combination_is_a_run_of_its_own_with_a_table_at_the_end(self):
        lines = self.done.stdout.splitlines()
        paths = [pathlib.Path(line) for line in lines[-4:]]
        names = [path.parent.name for path in paths]
        self.assertEqual(names, [f"learning_rate={rate},num_layers={layers}"
                                 for rate in ("1e-3", "1e-2") for layers in (1, 2)])
        for path, name in zip(paths, names):
            self.assertIn(f"{name}  complete", lines[:-4])
            with h5py.File(path) as file:
                canonical = json.loads(file["definition"].attrs["json"])
                self.assertEqual(len(file["steps/loss"]), 4)
                self.assertEqual(canonical["model"]["num_layers"], int(name[-1]))
        # A point is the run that --set makes.
        alone = self.run_ok(self.place.definition, "--steps", 4, "--set", "optimizer.learning_rate=1e-3",
                            "--set", "model.num_layers=2")
        self.assertEqual(deterministic_content(paths[1]), deterministic_content(alone))

    def test_resumed_it_leaves_what_is_complete_and_makes_the_rest(self):
        before = {path: path.stat().st_mtime_ns for path in self.out.glob("*/results.h5")}
        (lost,) = self.out.glob("learning_rate=1e-2,num_layers=1")
        shutil.rmtree(lost)
        self.assert_fails(self.place.run(*self.arguments), 5, "is there already")
        done = self.place.run(*self.arguments, "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        after = {path: path.stat().st_mtime_ns for path in self.out.glob("*/results.h5")}
        self.assertEqual({path.parent for path in before if before[path] != after[path]}, {lost})


class Sweep(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def setUp(self):
        super().setUp()
        self.out = self.place.folder / "grid"

    def test_replicates_of_points_and_one_that_fails(self):
        done = self.place.run(self.place.definition, "--steps", 2, "--repeat", 2, "--out", self.out,
                              "--sweep", "data.path=no_such_file.jsonl," + str(self.place.data))
        self.assertEqual(done.returncode, 5, done.stderr)
        names = [f"path={str(self.place.data).replace('/', '_')}/r{r}" for r in (0, 1)]
        lines = done.stdout.splitlines()
        for name in names:
            self.assertIn(f"{name}  complete", lines)
        self.assertIn("path=no_such_file.jsonl  did not begin", lines)
        self.assertIn("point path=no_such_file.jsonl, exit code 5", done.stderr)
        self.assertEqual([pathlib.Path(line).parent.name for line in lines[-2:]], ["r0", "r1"])

    def test_a_point_that_no_definition_can_have_is_said_before_anything_runs(self):
        self.assert_fails(self.place.run(self.place.definition, "--sweep", "model.num_layers=1,0",
                                         "--out", self.out), 2, "num_layers")
        self.assertFalse(self.out.exists())
        self.assert_fails(self.place.run(self.place.definition, "--sweep", "model.num_layers"), 2,
                          "KEY=VALUE")


class Steps(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_a_short_run_is_scaled_and_ad_hoc(self):
        path = self.run_ok(self.place.definition, "--steps", 6)
        with h5py.File(path) as file:
            self.assertEqual(file["steps/step"][:].tolist(), [1, 2, 3, 4, 5, 6])
            canonical = json.loads(file["definition"].attrs["json"])
            self.assertTrue(file.attrs["ad_hoc"])
        self.assertEqual(canonical["training"]["steps"], 6)
        # Twelve steps have an evaluation every 4 and a warm-up of 2.
        self.assertEqual(canonical["evaluation"]["every_steps"], 2)
        self.assertEqual(canonical["schedule"]["warmup_steps"], 1)

    def test_a_stage_that_does_not_train_has_no_steps(self):
        definition = self.place.folder / "corpus.toml"
        definition.write_text(CORPUS.format(path=self.place.folder, here=HERE), encoding="utf-8")
        self.assert_fails(self.place.run(definition, "--steps", 6), 2, "stage corpus trains no steps")
        self.assert_fails(self.place.run(definition, "--stop-after-step", 6), 2,
                          "stage corpus trains no steps")


if __name__ == "__main__":
    unittest.main()

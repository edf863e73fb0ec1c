"""docs/families.md as scripts/render_families.py makes it of invented runs: what it says is what they are.

usage: families_page_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import h5py
import numpy

SOURCE = pathlib.Path(sys.argv[1])
SCRIPTS = SOURCE / "scripts"
sys.path.insert(0, str(SCRIPTS))
import family_runs  # noqa: E402

STEPS = 40
TOKENS_A_STEP = 100


def series(group, name, steps, values):
    """As FORMAT.md has it: a dataset with its scales."""
    data = group.create_dataset(name, data=numpy.array(values, dtype="f8"))
    for scale, numbers in (("step", steps), ("tokens", [TOKENS_A_STEP * s for s in steps])):
        scale_data = group.create_dataset(f"{scale}_of_{name}", data=numpy.array(numbers, dtype="i8"))
        scale_data.make_scale(scale)
        data.dims[0].attach_scale(scale_data)


def write_run(path, replicate, bits, step_time, **attributes):
    """A run whose held-out bits a byte fall from `bits` + 1 to `bits`."""
    path.parent.mkdir(parents=True)
    with h5py.File(path, "w") as file:
        file.attrs.update({"status": "complete", "attempts": 1, "replicate": replicate, "ad_hoc": False,
                           "machine_class": "a machine", "threads": 2, **attributes})
        file.create_group("provenance").attrs.update({"source_commit": "0123456789abcdef",
                                                      "source_dirty": False})
        at = list(range(10, STEPS + 1, 10))
        series(file.create_group("evals"), "bits_per_byte", at, [bits + 1 - s / STEPS for s in at])
        series(file.create_group("steps"), "step_time", range(1, STEPS + 1), [step_time] * STEPS)
        summary = file.create_group("summary")
        for name, value in (("parameters", 1000), ("target_tokens_per_second", TOKENS_A_STEP / step_time),
                            ("peak_memory", 2**20)):
            summary[name] = float(value)


class FamiliesPage(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(temporary.cleanup)
        self.out = pathlib.Path(temporary.name) / "out"
        self.docs = pathlib.Path(temporary.name) / "docs"
        self.docs.mkdir()

    def write(self, effect, step_time, spread=0.01, **attributes):
        """Three replicates a family: one level a replicate, `spread` of noise, the family's effect."""
        for name in family_runs.EXPERIMENTS:
            for replicate in range(3):
                noise = random.Random(f"{name}{replicate}").uniform(-spread, spread)
                bits = 2 + 0.1 * replicate + noise + effect.get(name, 0)
                write_run(self.out / "families" / name / f"r{replicate}" / "results.h5", replicate, bits,
                          step_time.get(name, 0.1), **attributes)

    def render(self):
        done = subprocess.run([sys.executable, SCRIPTS / "render_families.py", self.out, "--docs", self.docs],
                              capture_output=True, text=True, timeout=120)
        return done

    def page(self):
        done = self.render()
        self.assertEqual(done.returncode, 0, done.stderr)
        return (self.docs / "families.md").read_text(encoding="utf-8")

    def test_a_planted_effect_is_said_and_no_other(self):
        self.write({"family_moss": 1.0, "family_qwen": -0.5}, {})
        page = self.page()
        self.assertIn("After the same tokens 2 of 5 shapes are shown to differ from LLaMA2's, 1 for the better and 1 "
                      "for the worse: Qwen (", page)
        self.assertIn("that of MOSS, +", page)
        rows = {line.split(" | ")[0].removeprefix("| "): line for line in page.splitlines() if line.startswith("| ")}
        self.assertEqual([name for name, row in rows.items() if "shown" in row], ["Qwen", "MOSS"])
        self.assertIn("a machine", page)

    def test_without_an_effect_none_is_said(self):
        self.write({}, {})
        page = self.page()
        self.assertIn("After the same tokens no shape is shown to differ from LLaMA2's: all 5 intervals hold 0.", page)
        self.assertNotIn(", shown", page)

    def test_after_the_same_time_a_slow_shape_is_behind(self):
        self.write({}, {"family_falcon": 0.2}, spread=0.001)
        page = self.page()
        self.assertIn("the slowest, Falcon-7B, on 0.50 times as many", page)
        # The others are through after 4 s; Falcon-7B is half-way then, and half a bit a byte behind.
        self.assertIn("After the same 4 s of training 1 of 5 shapes is shown to differ from LLaMA2's, 0 for the better "
                      "and 1 for the worse: Falcon-7B (+0.5", page)
        self.assertIn("After the same tokens no shape", page)

    def test_the_picture_has_a_band_and_a_line_a_family_on_both_axes(self):
        self.write({}, {})
        self.page()
        root = xml.etree.ElementTree.parse(self.docs / "families.svg").getroot()
        count = 2 * len(family_runs.EXPERIMENTS)
        for shape in ("polygon", "polyline"):
            self.assertEqual(len(root.findall(f"{{http://www.w3.org/2000/svg}}{shape}")), count)

    def test_runs_that_make_no_comparison_are_refused(self):
        self.assertIn("0 whole replicates", self.render().stderr)
        self.write({}, {})
        path = self.out / "families" / "family_moss" / "r1" / "results.h5"
        for attribute, value, said in (("machine_class", "other", "machine class"), ("status", "diverged", "diverged"),
                                       ("attempts", 2, "2 attempts"), ("ad_hoc", True, "committed")):
            with h5py.File(path, "r+") as file:
                before = file.attrs[attribute]
                file.attrs[attribute] = value
            done = self.render()
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stderr)
            with h5py.File(path, "r+") as file:
                file.attrs[attribute] = before
        self.assertEqual(self.render().returncode, 0)

    def test_runs_of_a_tree_that_was_not_committed_are_refused(self):
        self.write({}, {})
        path = self.out / "families" / "family_qwen" / "r2" / "results.h5"
        with h5py.File(path, "r+") as file:
            file["provenance"].attrs["source_dirty"] = True
        done = self.render()
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{path}: the program's sources differed from the commit", done.stderr)

    def test_quantiles_are_students(self):
        # Of a table of Student's distribution.
        for probability, degrees, expected in ((0.975, 2, 4.302653), (0.995, 2, 9.924843), (0.975, 1, 12.706205),
                                               (0.975, 9, 2.262157)):
            self.assertAlmostEqual(family_runs.t_quantile(probability, degrees), expected, places=5)


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()

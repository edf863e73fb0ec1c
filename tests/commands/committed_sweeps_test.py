"""What `bench-run --check` does not see of the committed sweeps: that their metrics are in the
catalogue, since a name that no child reports is missed only when all have been trained; that each
is judged by a difference between arms; and that the experiment's README leads to it.

usage: committed_sweeps_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]
"""

import pathlib
import re
import sys
import tomllib
import unittest

SOURCE = pathlib.Path(sys.argv[1])
EXPERIMENTS = SOURCE / "experiments"


def sweeps():
    """(path, definition) of all versions."""
    for path in sorted(EXPERIMENTS.glob("**/v*.toml")):
        definition = tomllib.loads(path.read_text(encoding="utf-8"))
        if definition["stage"] == "sweep":
            yield path, definition


class CommittedSweeps(unittest.TestCase):
    def test_there_are_some(self):
        self.assertGreater(len(list(sweeps())), 10)

    def test_metrics_are_in_the_catalogue(self):
        catalogue = (SOURCE / "results" / "metrics.h").read_text(encoding="utf-8")
        known = set(re.findall(r'\.name = "([a-z_0-9]+)"', catalogue))
        self.assertIn("exact_match", known)
        for path, definition in sweeps():
            for metric in definition["sweep"]["metrics"]:
                with self.subTest(path=path.parent.name, metric=metric):
                    self.assertIn(metric.split("/")[0], known)

    def test_each_is_judged_by_a_difference_and_has_something_to_differ_from(self):
        for path, definition in sweeps():
            with self.subTest(path=path.parent.name):
                roles = {arm.get("role", "treatment") for arm in definition["sweep"]["arms"]}
                self.assertIn("treatment", roles)
                self.assertGreater(len(roles), 1)
                self.assertTrue(any("difference" in bound for bound in definition["acceptance"]))

    def test_the_experiments_readme_leads_to_its_sweep(self):
        for path, definition in sweeps():
            sweep = path.parent.name
            experiment = definition["sweep"]["experiment"].split("@")[0]
            with self.subTest(path=sweep):
                self.assertEqual(sweep, f"{experiment}_arms")
                readme = (EXPERIMENTS / experiment / "README.md").read_text(encoding="utf-8")
                self.assertIn(sweep, readme)
                self.assertIn(f"experiments/{sweep}", (path.parent / "README.md").read_text(
                    encoding="utf-8"))


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()

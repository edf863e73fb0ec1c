"""The CI recipes of docs/ci/, run by scripts/ci_recipes.py in clean clones of a small repository.

What the repository has in place of this project is its wrapper: ./bench-compare starts the program that was built
here, and says how the small repository is built.
"""
import importlib.util
import json
import os
import pathlib
import shutil
import sys
import unittest
from unittest import mock

from commit_case import COMPARE, CommitCase

SOURCE = pathlib.Path(sys.argv[1])

WRAPPER = """#!/bin/sh
root="$(dirname "$(readlink -f "$0")")"
export BENCH_ROOT="$root"
exec "%s" --build-command ./build.sh --program out/program "$@"
"""


def load_recipes():
    spec = importlib.util.spec_from_file_location("ci_recipes", SOURCE / "scripts" / "ci_recipes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


try:
    import yaml
except ImportError:
    yaml = None


class Recipes(CommitCase):
    def setUp(self):
        super().setUp()
        shutil.copytree(SOURCE / "docs" / "ci", self.repository / "docs" / "ci")
        wrapper = self.repository / "bench-compare"
        wrapper.write_text(WRAPPER % COMPARE)
        wrapper.chmod(0o755)
        self.recipes = load_recipes()
        self.commit(1)

    def run_recipe(self, name):
        with mock.patch.dict(os.environ, {"BENCH_CACHE": str(self.folder / "cache"), "BUILDS": str(self.builds)}):
            code, summary, printed = self.recipes.run(name, self.repository, "main", self.folder / "recipes")
        self.assertEqual(set(self.recipes.reports_of(name, self.folder / "recipes")), set(self.recipes.REPORTS), printed)
        return code, summary, printed

    def test_an_equal_branch_passes_in_each_of_them(self):
        self.git("checkout", "-q", "-b", "change")
        (self.repository / "note").write_text("no change of the program\n")
        self.commit(1)
        for name in self.recipes.RECIPES:
            if name.endswith(".yml") and yaml is None:
                continue
            with self.subTest(name):
                code, summary, printed = self.run_recipe(name)
                self.assertEqual(code, 0, printed)
                self.assertEqual("### ok" in summary, name.startswith("github"), summary)
                report = self.folder / "recipes" / pathlib.Path(name).stem / "clone" / "comparison.json"
                self.assertEqual(json.loads(report.read_text())["exit_code"], 0)

    def test_a_build_that_fails_is_5(self):
        self.git("checkout", "-q", "-b", "change")
        self.commit("broken")
        with mock.patch.dict(os.environ, {"BENCH_CACHE": str(self.folder / "cache"), "BUILDS": str(self.builds)}):
            code, _, printed = self.recipes.run("compare.sh", self.repository, "main", self.folder / "recipes")
        self.assertEqual(code, 5, printed)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

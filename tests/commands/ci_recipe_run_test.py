"""The recipe docs/ci/compare.sh on this build: the program that was built here, trained by it for real in fresh processes
of either arm, in a clean shallow clone as a runner makes it. Only what is deterministic decides.

The small repository has in place of this project its wrapper, and a build that takes the program from here: building this
project's two commits takes an hour and is what scripts/ci_recipes.py is for.

usage: ci_recipe_run_test.py SOURCE_FOLDER BUILD_FOLDER; needs h5py.
"""
import json
import os
import shutil
import sys
import unittest
from unittest import mock

from ci_recipes_test import WRAPPER, load_recipes
from commit_case import BUILD, COMPARE, SOURCE, CommitCase
from tiny_run import Workplace

# The experiment that the recipe names is replaced by a definition of seconds.
BUILD_SCRIPT = """#!/bin/sh
mkdir -p out
cat > out/program <<END
#!/bin/sh
shift
exec "{program}" "$(cat definition)" "\\$@"
END
chmod +x out/program
"""


class RecipeRun(CommitCase):
    def setUp(self):
        super().setUp()
        shutil.copytree(SOURCE / "docs" / "ci", self.repository / "docs" / "ci")
        (self.repository / "bench-compare").write_text(WRAPPER % COMPARE)
        (self.repository / "bench-compare").chmod(0o755)
        (self.repository / "build.sh").write_text(BUILD_SCRIPT.format(program=BUILD / "bin" / "bench-run"))
        work = self.folder / "work"
        work.mkdir()
        self.place = Workplace(BUILD / "bin", work)
        self.commit_definition("short.toml")
        self.git("checkout", "-q", "-b", "change")

    def commit_definition(self, name, **how):
        """A commit whose program trains by this definition."""
        path = self.place.write_definition(name, steps=6, **how)
        (self.repository / "definition").write_text(str(path))
        self.commit(1)

    def report(self):
        """Of the recipe: (exit code, its JSON, what was printed)."""
        recipes = load_recipes()
        with mock.patch.dict(os.environ, {"BENCH_CACHE": str(self.folder / "cache")}):
            code, _, printed = recipes.run("compare.sh", self.repository, "main", self.folder / "recipes")
        self.assertEqual(set(recipes.reports_of("compare.sh", self.folder / "recipes")), set(recipes.REPORTS), printed)
        clone = self.folder / "recipes" / "compare" / "clone"
        return code, json.loads((clone / "comparison.json").read_text(encoding="utf-8")), printed

    def test_a_build_that_is_as_good_passes_by_bits_learning_and_counts(self):
        (self.repository / "note").write_text("no change of the program\n")
        self.commit(1)
        code, report, printed = self.report()
        self.assertEqual(code, 0, printed)
        self.assertTrue(report["bitwise"]["identical"])
        self.assertEqual(report["bitwise"]["num_pairs"], report["base"]["num_runs"])
        judged = {row["kind"] for row in report["metrics"] if row["verdict"] != "not judged"}
        self.assertEqual(judged, {"learning", "count"})

    def test_a_commit_with_another_definition_never_passes(self):
        self.commit_definition("other.toml", replace=[("learning_rate = 1e-2", "learning_rate = 2e-2")])
        code, report, printed = self.report()
        self.assertEqual(code, 3, printed)
        self.assertIn("definition", " ".join(report["not_comparable"]))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

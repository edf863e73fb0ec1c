"""What the scripts that measure bench-compare count and keep, and the table that is made of it.

usage: verdict_figures_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile
import types
import unittest

import h5py

SOURCE = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(SOURCE / "scripts"))
import compare_aa  # noqa: E402
import compare_bisect  # noqa: E402
import compare_planted  # noqa: E402
import verdict_summary  # noqa: E402

PAGE = "before\n<!-- scripts/render_verdicts.py writes from here -->\nold\n<!-- to here -->\nafter\n"


def report(code, num_runs=10):
    return {"exit_code": code, "conclusion": f"conclusion {code}", "base": {"num_runs": num_runs}}


class Pool:
    """In the place of runs that are compared: a flag where both arms' first runs are of `flagged`."""

    def __init__(self, size, flagged=()):
        self.arguments = types.SimpleNamespace(pool=size)
        self.flagged, self.compared, self.rows = set(flagged), [], []

    def results(self, kind, name, number):
        return kind, name, number

    def compare_files(self, base, head, *options):
        self.compared.append((base, head))
        return report(1 if base[0] in self.flagged else 3)

    def found(self, what, figure, **counts):
        self.rows.append(verdict_summary.row(what, figure, **counts))


class Figures(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def test_false_alarms_are_counted_and_more_than_one_of_a_hundred_fail(self):
        reports = [(i % 2 == 1, report(0 if i < 150 else 3, 4 + i % 3)) for i in range(199)]
        few, rows = compare_aa.summarise([*reports, (True, report(1))])
        self.assertTrue(few)
        self.assertEqual(rows[0]["counts"], {"comparisons": 200, "loaded": 100, "flags": 1, "passes": 150, "unclear": 49,
                                             "replicates_median": 5, "replicates_most": 10})
        self.assertIn("1 flags, 150 pass, 49 unclear", rows[0]["figure"])
        few, _ = compare_aa.summarise([*reports[:97], *[(False, report(1))] * 3])
        self.assertFalse(few)

    def test_the_program_with_itself_is_compared_in_distinct_arms_of_runs_made_side_by_side(self):
        pool = Pool(60)
        compare_planted.compare_with_itself(pool, random.Random(1), 40, "step_time")
        self.assertEqual(len(pool.compared), 200)
        names = set()
        for base, head in pool.compared:
            numbers = [number for _, _, number in base]
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 40)))
            self.assertEqual([number for _, _, number in head], numbers)
            for (_, of_base, _), (_, of_head, _) in zip(base, head):
                self.assertEqual({of_base, of_head}, {"base", "again"})
            names.add(tuple(base))
        counts = pool.rows[0]["counts"]
        self.assertEqual(counts["distinct"], len(names))
        self.assertGreater(len(names), 190)  # of 2^40 ways to swap
        self.assertEqual((counts["flags"], counts["passes"], counts["unclear"]), (0, 0, 200))

    def test_flags_of_the_program_with_itself_are_named(self):
        pool = Pool(10, [("times", "again", 0)])
        compare_planted.compare_with_itself(pool, random.Random(1), 10, "step_time")
        swapped = sum(base[0] == ("times", "again", 0) for base, _ in pool.compared)
        self.assertGreater(swapped, 50)
        self.assertEqual(pool.rows[0]["counts"]["flagged"], {"conclusion 1": swapped})
        self.assertIn(f"{swapped} flags", pool.rows[0]["figure"])

    def results_file(self, machine_class="00ff"):
        path = self.folder / "results.h5"
        with h5py.File(path, "w") as file:
            file.attrs["machine_class"] = machine_class
            attributes = file.create_group("provenance").attrs
            attributes.update(cpu_model="A processor", cpu_capability="AVX2", effective_cores=2.0, source_commit="abc",
                              source_dirty=True)
        return path

    def summary(self, figure, machine_class):
        path = self.folder / "summary.json"
        verdict_summary.write_summary(path, "compare_aa", "scripts/compare_aa.py", [verdict_summary.row("w", figure, n=1)],
                                      self.results_file(machine_class))
        return path

    def render(self, *arguments):
        return subprocess.run([sys.executable, SOURCE / "scripts/render_verdicts.py", "--docs", self.folder, *arguments],
                              capture_output=True, text=True)

    def test_a_summary_says_which_machine_and_commit(self):
        said = json.loads(self.summary("1 of 2", "00ff").read_text())
        self.assertEqual(said["machine"], {"class": "00ff", "name": "A processor, AVX2, 2 cores"})
        self.assertEqual(said["source_commit"], "abc+")
        self.assertRegex(said["date"], r"^\d{4}-\d\d-\d\d$")
        self.assertEqual(said["rows"], [{"what": "w", "figure": "1 of 2", "counts": {"n": 1}}])

    def test_a_summary_takes_the_place_of_the_last_one_of_its_machine_class(self):
        (self.folder / "verdicts.json").write_text('{"summaries": []}')
        (self.folder / "comparing.md").write_text(PAGE)
        for figure, machine_class in (("old", "a"), ("other", "b"), ("new|er", "a")):
            done = self.render("--add", self.summary(figure, machine_class))
            self.assertEqual(done.returncode, 0, done.stderr)
        text = (self.folder / "comparing.md").read_text()
        lines = [line for line in text.splitlines() if line.startswith("| w |")]
        self.assertEqual([line.split(" | ")[1] for line in lines], ["new\\|er", "other"])
        self.assertTrue(text.startswith("before\n") and text.endswith("\nafter\n"))
        self.assertEqual(self.render("--check").returncode, 0)
        (self.folder / "comparing.md").write_text(PAGE)
        self.assertEqual(self.render("--check").returncode, 1)
        (self.folder / "summary.json").write_text('{"format": "bench-comparison"}')
        self.assertNotEqual(self.render("--add", self.folder / "summary.json").returncode, 0)

    def test_one_commit_of_this_project_has_the_fault_and_all_build_from_other_trees(self):
        plants = [("a.cc", "one", "two")]
        project = self.folder / "project"
        project.mkdir()
        compare_bisect.git(project, "init", "-q", "-b", "main")
        (project / "a.cc").write_text("one\n")
        compare_bisect.git(project, "add", "-A")
        compare_bisect.git(project, "commit", "-q", "-m", "first")
        compare_bisect.PROJECT, before = project, compare_bisect.PROJECT
        self.addCleanup(setattr, compare_bisect, "PROJECT", before)
        repository = self.folder / "repository"
        commits = compare_bisect.make_project_repository(repository, plants, 7)
        self.assertEqual(commits[0], compare_bisect.git(project, "rev-parse", "HEAD"))
        listed = compare_bisect.git(repository, "rev-list", "--first-parent", "--reverse", "planted")
        self.assertEqual(listed.split(), commits)
        texts = [compare_bisect.git(repository, "show", f"{commit}:a.cc") for commit in commits]
        self.assertEqual(texts, ["one"] * 7 + ["two"] * 13)
        trees = {compare_bisect.git(repository, "rev-parse", f"{commit}^{{tree}}") for commit in commits}
        self.assertEqual(len(trees), len(commits))

    def test_the_faults_that_a_search_of_this_project_plants_fit_its_sources(self):
        for fault in ("slow", "rate", "gradient", "denominator"):
            for file, text, _ in compare_planted.PLANTS[fault]:
                self.assertEqual((SOURCE / file).read_text(encoding="utf-8").count(text), 1, (fault, file))


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()

"""bench-compare --bisect in repositories made for it: which commit made a step slower."""
import json
import pathlib
import subprocess
import sys
import unittest

from commit_case import COMPARE, CommitCase


class Bisect(CommitCase):
    def search(self, good, bad, *more, metric="step_time", out="out", **environment):
        return subprocess.run(
            [COMPARE, "--bisect", "--out", self.folder / out, "--replicates", "8", "--build-command", "./build.sh",
             "--program", "out/program", *more, good, bad, "experiments/x", metric],
            capture_output=True, text=True, env=self.environment(**environment), timeout=120, check=False)

    def row_of_commits(self, *seconds):
        return [self.commit(value) for value in seconds]

    def test_names_the_commit_and_builds_only_some(self):
        commits = self.row_of_commits(1, 1.0001, 1.0002, 1.0003, 1.0004, 1.1, 1.1001, 1.1002, 1.1003, 1.1004)
        done = self.search(commits[0], commits[-1])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"found: {commits[5][:12]} a step takes 1.1 s", done.stdout)
        self.assertIn("9 commits", done.stdout)
        self.assertLess(self.num_builds(), len(commits))
        self.assert_no_work_tree()
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_what_does_not_build_is_skipped_and_named_where_it_may_be_the_one(self):
        commits = self.row_of_commits(1, 1.0001, "broken", 1.1, 1.1001)
        done = self.search(commits[0], commits[-1], "--json")
        self.assertEqual(done.returncode, 3, done.stderr)
        found = json.loads(done.stdout)
        self.assertEqual({suspect["commit"] for suspect in found["suspects"]}, {commits[2], commits[3]})
        self.assertEqual([skipped["commit"] for skipped in found["skipped"]], [commits[2]])
        self.assertEqual(found["exit_code"], 3)
        builds = self.num_builds()
        again = self.search(commits[0], commits[-1], "--json")  # nothing is left to build or run
        self.assertEqual(json.loads(again.stdout), found)
        self.assertEqual(self.num_builds(), builds)

    def test_a_broken_commit_elsewhere_does_not_matter(self):
        commits = self.row_of_commits(1, 1.1, "broken", 1.1002, 1.1001)
        done = self.search(commits[0], commits[-1])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"found: {commits[1][:12]}", done.stdout)

    def test_ends_that_are_alike_are_3(self):
        commits = self.row_of_commits(1, 1.0001, 1.0002)
        done = self.search(commits[0], commits[-1])
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("UNCLEAR: step_time does not tell the good commit from the bad one", done.stdout)

    def test_what_there_is_not_is_named(self):
        commits = self.row_of_commits(1, 1.1)
        reverse = self.search(commits[1], commits[0])
        self.assertEqual(reverse.returncode, 2, reverse.stderr)
        self.assertIn("is not among the commits", reverse.stderr)
        metric = self.search(commits[0], commits[1], metric="speed")
        self.assertEqual(metric.returncode, 2, metric.stderr)
        self.assertIn("speed", metric.stderr)
        other = self.search(commits[0], commits[1])
        self.assertEqual(other.returncode, 2, other.stderr)
        self.assertIn("another comparison", other.stderr)

    def test_it_goes_on_after_a_signal(self):
        commits = self.row_of_commits(1, 1.0001, 1.0002, 1.1, 1.1001, 1.1002)
        full = self.search(commits[0], commits[-1], out="full")
        log = self.folder / "log"
        process = subprocess.Popen(
            [COMPARE, "--bisect", "--out", self.folder / "cut", "--replicates", "8", "--build-command",
             "./build.sh", "--program", "out/program", commits[0], commits[-1], "experiments/x", "step_time"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=self.environment(FAKE_RUN_LOG=str(log)))
        for line in process.stderr:
            if "look 1 at" in line:
                process.terminate()
                break
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143)
        self.assert_no_work_tree()
        done = self.search(commits[0], commits[-1], out="cut", FAKE_RUN_LOG=str(log))
        self.assertEqual(done.stdout, full.stdout)
        runs = [pathlib.Path(line) for line in log.read_text().splitlines()]
        self.assertLessEqual(len(runs) - len(set(runs)), 1)  # but for the one that was cut


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

"""bench-compare --commits: two commits of a repository, built and compared."""
import json
import signal
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree

from commit_case import BUILD_SCRIPT, COMPARE, FAKE_RUN, CommitCase


class Commits(CommitCase):
    def command(self, base, head, *more, out="out"):
        return [COMPARE, "--commits", "--out", self.folder / out, "--replicates", "8",
                "--build-command", "./build.sh", "--program", "out/program", *more, base, head,
                "experiments/x"]

    def compare(self, base, head, *more, out="out", **environment):
        return subprocess.run(self.command(base, head, *more, out=out), capture_output=True, text=True,
                              env=self.environment(**environment), timeout=120, check=False)

    def test_a_slower_commit_is_found_and_nothing_is_left_but_results(self):
        fast = self.commit(1)
        slow = self.commit(1.2)
        done = self.compare(fast, slow)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("REGRESSED: step_time", done.stdout)
        self.assertIn(f"base {fast[:12]} a step takes 1 s: experiments/x, 8 runs", done.stdout)
        self.assert_no_work_tree()
        self.assertEqual(len(list((self.folder / "out/x").glob("*/r*/results.h5"))), 16)
        self.assertEqual(self.git("status", "--porcelain"), "")
        self.assertEqual(self.num_builds(), 2)

    def test_several_experiments_are_one_document_of_each_format(self):
        fast, slow = self.commit(1), self.commit(1.2)
        files = [f"--{name}={self.folder / name}" for name in ("json", "junit", "markdown")]
        done = subprocess.run([*self.command(fast, slow, "--json", *files), "experiments/y"], capture_output=True,
                              text=True, env=self.environment(GITHUB_STEP_SUMMARY=str(self.folder / "summary")),
                              timeout=120, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        said = json.loads(done.stdout)
        self.assertEqual(said, json.loads((self.folder / "json").read_text()))
        self.assertEqual((said["format"], said["exit_code"]), ("bench-comparisons", 1))
        self.assertEqual([one["experiment"] for one in said["comparisons"]], ["experiments/x", "experiments/y"])
        for one in said["comparisons"]:
            self.assertEqual(one["comparison"]["format"], "bench-comparison")
            self.assertIn("step_time", one["comparison"]["conclusion"])
        suites = xml.etree.ElementTree.parse(self.folder / "junit").getroot()
        self.assertEqual((suites.tag, [suite.tag for suite in suites]), ("testsuites", ["testsuite"] * 2))
        self.assertEqual({case.get("classname") for case in suites.iter("testcase")}, {"experiments/x", "experiments/y"})
        failed = [case for case in suites.iter("testcase") if case.find("failure") is not None]
        self.assertEqual(int(suites.get("failures")), len(failed))
        markdown = (self.folder / "markdown").read_text()
        self.assertEqual(markdown.count("\n### experiments/"), 2)
        self.assertEqual((self.folder / "summary").read_text(), markdown)

    def test_several_experiments_in_a_terminal_end_with_one_conclusion(self):
        fast, slow = self.commit(1), self.commit(1.2)
        done = subprocess.run([*self.command(fast, slow), "experiments/y"], capture_output=True, text=True,
                              env=self.environment(), timeout=120, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout.splitlines()[-1], "FAILED: 2 of 2 experiments: experiments/x, experiments/y")
        refused = subprocess.run([*self.command(fast, slow, "--html"), "experiments/y"], capture_output=True, text=True,
                                 env=self.environment(), timeout=120, check=False)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("--html is of one experiment", refused.stderr)

    def test_programs_are_kept_by_content_and_runs_by_folder(self):
        fast, slow = self.commit(1), self.commit(1.2)
        self.compare(fast, slow)
        again = self.compare(fast, slow)  # nothing is left to run
        self.assertEqual(again.returncode, 1, again.stderr)
        self.assertNotIn("replicate", again.stderr)
        same_content = self.commit(1)
        done = self.compare(same_content, slow, out="other")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(self.num_builds(), 2)
        other = self.compare(slow, fast)
        self.assertEqual(other.returncode, 2, other.stderr)
        self.assertIn("another comparison", other.stderr)

    def test_another_compiler_or_place_of_libraries_is_another_program(self):
        fast, slow = self.commit(1), self.commit(1.2)
        compiler = self.folder / "compiler"
        said = "#!/bin/sh\necho version {}\n"
        compiler.write_text(said.format(1))
        compiler.chmod(0o755)
        for number, (what, builds) in enumerate([
                ({"CXX": str(compiler)}, 2), ({"CXX": str(compiler)}, 2),
                ({"CXX": str(compiler), "CMAKE_PREFIX_PATH": "/elsewhere"}, 4)]):
            self.assertEqual(self.compare(fast, slow, out=f"out{number}", **what).returncode, 1)
            self.assertEqual(self.num_builds(), builds, what)
        compiler.write_text(said.format(2))  # in the same place
        self.compare(fast, slow, out="newer", CXX=str(compiler))
        self.assertEqual(self.num_builds(), 6)

    def test_the_tree_as_it_is_can_be_an_arm(self):
        fast = self.commit(1)
        (self.repository / "seconds").write_text("1.2\n")  # not committed
        done = self.compare(fast, ".")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("head the tree as it is", done.stdout)
        self.assertEqual((self.repository / "seconds").read_text(), "1.2\n")
        self.assert_no_work_tree()

    def test_a_tag_a_branch_and_submodules_are_checked_out(self):
        library = self.folder / "library"
        library.mkdir()
        self.git("init", "-q", "-b", "main", folder=library)
        (library / "value").write_text("1.2\n")
        self.git("add", "-A", folder=library)
        self.git("commit", "-q", "-m", "x", folder=library)
        self.commit(1)
        self.git("tag", "first")
        self.git("submodule", "add", "-q", str(library), "library")
        (self.repository / "build.sh").write_text(
            (BUILD_SCRIPT % FAKE_RUN).replace("$(cat seconds)\" \"\\$@", "$(cat library/value)\" \"\\$@"))
        self.commit(1)
        # What a user whose submodules are on this disk has set.
        self.git("config", "--global", "protocol.file.allow", "always")
        done = self.compare("first", "main")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assert_no_work_tree()

    def test_what_there_is_not_is_named(self):
        commit = self.commit(1)
        done = self.compare("nowhere", commit)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("nowhere is no commit of", done.stderr)
        self.commit(2)
        clone = self.folder / "shallow"
        self.git("clone", "-q", "--depth", "1", f"file://{self.repository}", str(clone))
        done = self.compare(commit, "HEAD", out="shallow_out", BENCH_ROOT=str(clone))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("git fetch --unshallow", done.stderr)

    def test_a_build_that_fails_is_5_and_says_where_its_output_is(self):
        broken, fine = self.commit("broken"), self.commit(1)
        done = self.compare(fine, broken)
        self.assertEqual(done.returncode, 5, done.stderr)
        log = self.folder / "out/builds" / f"build-{broken[:12]}.log"
        self.assertIn(str(log), done.stderr)
        self.assertIn("seconds.c:1: error", log.read_text())
        self.assert_no_work_tree()

    def interrupt(self, ready, **environment):
        """Ctrl-C when the file `ready` is there; the comparison's stderr."""
        process = subprocess.Popen(self.command("HEAD~", "HEAD"), stderr=subprocess.PIPE, text=True,
                                   stdout=subprocess.DEVNULL, env=self.environment(**environment))
        deadline = time.monotonic() + 60
        while not ready():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, said)
        self.assertIn("the same command continues it", said)
        self.assert_no_work_tree()

    def test_interrupted_while_it_builds_or_runs_it_goes_on(self):
        self.commit(1)
        self.commit(1.2)
        waits = self.folder / "waits"
        self.interrupt(waits.exists, BUILD_WAITS=str(waits))
        log = self.folder / "log"
        self.interrupt(log.exists, FAKE_RUN_LOG=str(log), FAKE_RUN_SECONDS="5")
        done = self.compare("HEAD~", "HEAD")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assert_no_work_tree()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

"""bench-compare --commits in repositories made for it, whose programs take no time to build.

A commit says in the file `seconds` how long its program claims that a step takes; the build writes a
script that runs tests/trials/fake_run with that.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = pathlib.Path(sys.argv.pop(2))
SOURCE = pathlib.Path(sys.argv.pop(1))
sys.argv = sys.argv[:1]

COMPARE = BUILD / "bin" / "bench-compare"
FAKE_RUN = BUILD / "tests" / "trials" / "fake_run"

# A copy of `seconds` stays in the program, as a compiler would leave it there.
BUILD_SCRIPT = r"""SHELL
echo built >> "$BUILDS"
[ -z "$BUILD_WAITS" ] || { touch "$BUILD_WAITS"; sleep 60; }
[ "$(cat seconds)" != broken ] || { echo "seconds.c:1: error"; exit 1; }
mkdir -p out
cat > out/program <<END
SHELL
shift
exec "%s" "$(cat seconds)" "\$@"
END
chmod +x out/program
""".replace("SHELL", "#!/bin/sh")


@unittest.skipUnless(shutil.which("git"), "no git")
class Commits(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.repository = self.folder / "repository"
        self.repository.mkdir()
        self.git("init", "-q", "-b", "main")
        (self.repository / "build.sh").write_text(BUILD_SCRIPT % FAKE_RUN)
        (self.repository / "build.sh").chmod(0o755)
        (self.repository / ".gitignore").write_text("out/\n")
        self.builds = self.folder / "builds"

    def git(self, *arguments, folder=None):
        environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(self.folder)}
        for who in ("AUTHOR", "COMMITTER"):
            environment[f"GIT_{who}_NAME"] = "n"
            environment[f"GIT_{who}_EMAIL"] = "n@example.org"
        return subprocess.run(["git", "-c", "protocol.file.allow=always", *arguments], check=True,
                              capture_output=True, text=True, cwd=folder or self.repository,
                              env=environment).stdout.strip()

    def commit(self, seconds):
        (self.repository / "seconds").write_text(f"{seconds}\n")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"a step takes {seconds} s")
        return self.git("rev-parse", "HEAD")

    def environment(self, **more):
        return {**os.environ, "BENCH_ROOT": str(self.repository), "BENCH_CACHE": str(self.folder / "cache"),
                "BUILDS": str(self.builds), "HOME": str(self.folder), **more}

    def command(self, base, head, *more, out="out"):
        return [COMPARE, "--commits", "--out", self.folder / out, "--replicates", "8",
                "--build-command", "./build.sh", "--program", "out/program", *more, base, head,
                "experiments/x"]

    def compare(self, base, head, *more, out="out", **environment):
        return subprocess.run(self.command(base, head, *more, out=out), capture_output=True, text=True,
                              env=self.environment(**environment), timeout=120, check=False)

    def num_builds(self):
        return len(self.builds.read_text().splitlines()) if self.builds.exists() else 0

    def assert_no_work_tree(self):
        self.assertEqual(len(self.git("worktree", "list").splitlines()), 1)
        self.assertEqual(list(self.folder.glob("*/builds/tree-*")), [])

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
    unittest.main()

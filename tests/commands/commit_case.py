"""Repositories made for a test, whose programs take no time to build.

A commit says in the file `seconds` how long its program claims that a step takes; the build writes a
script that runs tests/trials/fake_run with that.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(sys.argv[1])
BUILD = pathlib.Path(sys.argv[2])

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
class CommitCase(unittest.TestCase):
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

    def num_builds(self):
        return len(self.builds.read_text().splitlines()) if self.builds.exists() else 0

    def assert_no_work_tree(self):
        self.assertEqual(len(self.git("worktree", "list").splitlines()), 1)
        self.assertEqual(list(self.folder.glob("*/builds/tree-*")), [])

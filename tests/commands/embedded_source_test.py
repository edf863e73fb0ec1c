"""cmake/BenchSourceState.cmake in a small project of its own, built for real: what its program says
of its source is what was compiled, and a build with nothing to do links nothing.

usage: embedded_source_test.py SOURCE_FOLDER BUILD_FOLDER SOURCE_STATE_PROGRAM
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(sys.argv[1])
SOURCE_STATE = sys.argv[3]
sys.argv = sys.argv[:1]

CMAKE = f"""\
cmake_minimum_required(VERSION 3.25)
project(tiny LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
include_directories("{SOURCE}")
add_executable(source_state IMPORTED)
set_target_properties(source_state PROPERTIES IMPORTED_LOCATION "{SOURCE_STATE}")
include("{SOURCE}/cmake/BenchSourceState.cmake")
add_library(part STATIC part.cc)
add_dependencies(part bench_build_began)
# A person who edits while it is compiled.
add_custom_command(TARGET part POST_BUILD
  COMMAND sh -c "test ! -e build/edit || sh build/edit" WORKING_DIRECTORY "${{CMAKE_SOURCE_DIR}}"
  VERBATIM)
add_library(tiny_main OBJECT main.cc)
add_dependencies(tiny_main bench_build_began)
add_executable(tiny $<TARGET_OBJECTS:tiny_main>)
target_link_libraries(tiny PRIVATE part)
bench_embed_source_state(TARGET tiny AFTER tiny_main part)
"""
MAIN = r"""
#include <cstdio>
#include "harness/measurement/built_source.h"
using bench::harness::BuiltSource;
const char* Part();
// As hexadecimal digits: any bytes.
void Show(const char* name, const std::optional<std::string>& text) {
  std::printf("\"%s\": ", name);
  if (!text) return static_cast<void>(std::printf("null, "));
  std::printf("\"");
  for (const unsigned char c : *text) std::printf("%02x", c);
  std::printf("\", ");
}
void Show(const char* name, std::optional<bool> flag) {
  std::printf("\"%s\": %s, ", name, !flag ? "null" : *flag ? "true" : "false");
}
int main() {
  const BuiltSource built = bench::harness::EmbeddedSource();
  std::printf("{");
  Show("commit", built.state.commit);
  Show("dirty", built.state.dirty);
  Show("diff", built.state.diff);
  Show("untracked", built.state.untracked);
  Show("changed", built.changed_in_build);
  std::printf("\"part\": \"%s\"}\n", Part());
}
"""


class EmbeddedSource(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.tree = self.folder / "the tree"
        self.build = self.tree / "build"
        self.build.mkdir(parents=True)
        for name, text in (("CMakeLists.txt", CMAKE), ("main.cc", MAIN), (".gitignore", "/build/\n"),
                           ("notes.txt", "one\n")):
            (self.tree / name).write_text(text)
        self.write_part("first")

    def write_part(self, text):
        (self.tree / "part.cc").write_text(f'const char* Part() {{ return "{text}"; }}\n')

    def git(self, *arguments):
        settings = ("user.name=T", "user.email=t@t", "core.hooksPath=/dev/null",
                    "commit.gpgSign=false", "core.quotePath=false")
        options = [word for setting in settings for word in ("-c", setting)]
        return subprocess.run(["git", "-C", self.tree, *options, *arguments], check=True,
                              capture_output=True).stdout

    def commit(self):
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "x")

    def make(self):
        """Builds; returns what ninja did beyond the steps of every build, and what the program says."""
        if not (self.build / "build.ninja").exists():
            subprocess.run(["cmake", "-G", "Ninja", "-S", self.tree, "-B", self.build], check=True,
                           capture_output=True)
        done = subprocess.run(["ninja", "-C", self.build, "tiny"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        steps = [line.split("] ", 1)[1] for line in done.stdout.splitlines()
                 if line.startswith("[") and "] source state:" not in line]
        said = subprocess.run([self.build / "tiny"], check=True, capture_output=True, text=True)
        said = json.loads(said.stdout)
        for name in ("commit", "diff", "untracked"):
            said[name] = None if said[name] is None else bytes.fromhex(said[name])
        return steps, said

    def head(self):
        return self.git("rev-parse", "HEAD").strip()

    def test_clean_tree_then_nothing_to_do_then_a_commit(self):
        self.commit()
        _, said = self.make()
        self.assertEqual(said, {"commit": self.head(), "dirty": False, "diff": b"", "untracked": b"",
                                "changed": False, "part": "first"})
        before = os.stat(self.build / "tiny")
        self.assertEqual(self.make()[0], [])
        after = os.stat(self.build / "tiny")
        self.assertEqual((before.st_mtime_ns, before.st_ino), (after.st_mtime_ns, after.st_ino))
        # No source is changed by it: only the state is compiled, and the program linked.
        self.git("commit", "-q", "--allow-empty", "-m", "second")
        steps, said = self.make()
        self.assertEqual(said["commit"], self.head())
        self.assertEqual(len(steps), 2, steps)
        self.assertIn("embedded_source.cc", steps[0])
        self.assertIn("Linking", steps[1])

    def test_a_change_of_any_bytes_is_embedded_as_git_shows_it(self):
        (self.tree / "big.bin").write_bytes(b"\0" * 100)
        self.commit()
        (self.tree / "big.bin").write_bytes(os.urandom(100))
        (self.tree / "notes.txt").write_bytes(b'??/ "quoted" \\n \xff\n7\r\n' + "差\n".encode() +
                                              b"and many more\n" * 10_000)
        (self.tree / "new file.txt").write_text("x")
        _, said = self.make()
        shown = self.git("diff", "--full-index", "HEAD")
        self.assertIn(b'\n+??/ "quoted" \\n \xff\n+7\r\n+\xe5\xb7\xae\n', shown)
        self.assertEqual((said["diff"], said["dirty"], said["untracked"]),
                         (shown, True, b"new file.txt\n"))

    def test_an_edit_while_it_is_compiled_is_said_until_it_is_built_again(self):
        self.commit()
        self.make()
        for edit in ("cp part.cc build/kept; echo junk >> part.cc; cp build/kept part.cc",  # undone
                     "rm notes.txt"):
            self.write_part(edit.split()[0])
            (self.build / "edit").write_text(edit)
            _, said = self.make()
            self.assertEqual((said["changed"], said["part"]), (True, edit.split()[0]), edit)
            (self.build / "edit").unlink()
            _, said = self.make()
            self.assertEqual((said["changed"], said["dirty"]), (False, True), edit)
            self.git("add", "-A")
            self.git("commit", "-q", "-m", "y")

    def test_a_commit_while_it_is_compiled_is_what_was_built(self):
        self.commit()
        self.make()
        self.write_part("second")
        (self.build / "edit").write_text(
            "git -c user.name=T -c user.email=t@t -c commit.gpgSign=false commit -q -a -m z")
        _, said = self.make()
        self.assertEqual((said["commit"], said["dirty"], said["changed"], said["part"]),
                         (self.head(), False, False, "second"))

    def test_without_a_repository_nothing_is_claimed(self):
        steps, said = self.make()
        self.assertTrue(steps)
        self.assertEqual(said, {"commit": None, "dirty": None, "diff": None, "untracked": None,
                                "changed": None, "part": "first"})
        self.assertEqual(self.make()[0], [])


if __name__ == "__main__":
    for program in ("cmake", "ninja", "git"):
        if shutil.which(program) is None:
            print(f"skipped: no {program}")
            sys.exit(77)
    unittest.main()

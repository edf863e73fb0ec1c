"""The wrappers and scripts/setup.sh on a machine made of stand-ins.

A copy of the wrappers runs with a PATH whose dpkg-query, apt-get, cmake, ninja, id, df and Python are
scripts: they write down how they were called, and `ninja` "builds" programs that report their
arguments. Nothing is installed and nothing is compiled.
"""
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from terminal_screen import Terminal  # noqa: E402

SOURCE = pathlib.Path(sys.argv.pop(1))
sys.argv = sys.argv[:1]

# What ninja leaves in bin/: shows its arguments, then ends as PROGRAM_END says.
PROGRAM = r"""#!/bin/bash
printf 'program <%s>\n' "$@"
case "${PROGRAM_END:-0}" in
  wait) echo ready; exec sleep 60 ;;
  *) exit "${PROGRAM_END:-0}" ;;
esac
"""

STAND_INS = {
    "dpkg-query": r"""
for word in "$@"; do
  case "$word" in -*|'${'*) ;; *) [[ " $MISSING " == *" $word "* ]] || echo "ii  $word" ;; esac
done
exit 1""",
    "apt-get": 'echo "apt-get $*" >> "$CALLS"; echo "no such package"; exit "${APT_EXIT:-0}"',
    "id": 'echo "${FAKE_UID:-0}"',
    "df": 'echo header; echo "disk 1 1 ${FREE_KIB:-99999999} 1% /"',
    "cmake": r"""
echo "cmake $*" >> "$CALLS"
echo "CMake says why"
[[ ${CMAKE_EXIT:-0} == 0 ]] || exit "$CMAKE_EXIT"
for preset in "$@"; do [[ -d build/$preset ]] && touch "build/$preset/build.ninja"; done
exit 0""",
    "ninja": r"""
echo "ninja $*" >> "$CALLS"
if [[ -n ${NINJA_WAITS:-} ]]; then  # as ninja does, ends by itself when interrupted
  trap 'exit 2' INT
  touch "$NINJA_WAITS"
  sleep 60 & wait
fi
[[ ${NINJA_EXIT:-0} == 0 ]] || { echo "[1/2] Building"; echo "file.cc:1: error"; exit 1; }
for ((i = 1; i <= ${NINJA_STEPS:-0}; ++i)); do echo "[$i/$NINJA_STEPS] Building $i"; sleep 0.02; done
if [[ -e $2/bin/bench-run ]]; then  # what is left to do at each build
  printf '%s\n' "[1/2] source state: the build begins" "[2/2] source state: reading it"
  exit 0
fi
mkdir -p "$2/bin"
cp "$PROGRAM" "$2/bin/bench-run"
cp "$PROGRAM" "$2/bin/bench-compare"
echo "[2/2] Linking" """,
    "ctest": 'echo "ctest $*"; exit "${CTEST_EXIT:-0}"',
    # `python3 -m venv DIR` and, inside it, `python3 -m pip install`; else "is torch installed?".
    "python3": r"""
echo "python3 $*" >> "$CALLS"
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python3" ;;
  "-m pip")
    folder="$(dirname "$(dirname "$0")")/lib/python3.11/site-packages/torch/share/cmake/Torch"
    [[ ${PIP_EXIT:-0} == 0 ]] || exit "$PIP_EXIT"
    [[ -d $TMPDIR ]] || exit 9
    sleep "${PIP_SECONDS:-0}"
    mkdir -p "$folder" && touch "$folder/TorchConfig.cmake" ;;
  *) [[ -z ${INSTALLED_TORCH:-} ]] || echo "$INSTALLED_TORCH" ;;
esac""",
}


class Wrappers(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.tree = self.folder / "the tree"  # a path with a space
        for name in ("bench-run", "bench-compare", "run-tests", "scripts/setup.sh",
                     "setup/requirements.txt", "setup/requirements-parquet.txt", "setup/requirements-pages.txt",
                     "setup/debian-packages.txt", "setup/debian-packages-pages.txt"):
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SOURCE / name, self.tree / name)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name, body in STAND_INS.items():
            self.script(self.bin / name, "#!/bin/bash\n" + body + "\n")
        self.script(self.folder / "program", PROGRAM)
        self.calls_file = self.folder / "calls"
        self.environment = {
            "PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.folder),
            "CALLS": str(self.calls_file), "PROGRAM": str(self.folder / "program"),
            "BENCH_SETUP_PYTHON": str(self.bin / "python3"),
            "BENCH_CACHE": str(self.folder / "cache"), "LC_ALL": "C.UTF-8",
        }

    def script(self, path, text):
        path.write_text(text)
        path.chmod(0o755)

    def calls(self):
        return self.calls_file.read_text() if self.calls_file.exists() else ""

    def forget_calls(self):
        self.calls_file.unlink()

    def torch(self, name):
        folder = self.folder / name
        folder.mkdir()
        (folder / "TorchConfig.cmake").touch()
        return str(folder)

    def run_wrapper(self, *arguments, wrapper="bench-run", **environment):
        return subprocess.run([self.tree / wrapper, *arguments], capture_output=True, text=True,
                              cwd=self.folder, env={**self.environment, **environment}, timeout=60)

    def assert_fails(self, result, *texts):
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertEqual(result.stdout, "")
        for text in texts:
            self.assertIn(text, result.stderr)

    def test_arguments_and_exit_code_pass(self):
        for wrapper in ("bench-run", "bench-compare"):
            for code in (0, 1, 2, 3, 4, 5):
                result = self.run_wrapper("a b", "", "--set", "x='y'\"", wrapper=wrapper,
                                          PROGRAM_END=str(code))
                self.assertEqual(result.returncode, code)
                self.assertEqual(result.stdout, "program <a b>\nprogram <>\nprogram <--set>\n"
                                                "program <x='y'\">\n")

    def test_threads_spin_little_unless_the_user_says_how_they_wait(self):
        program = self.folder / "tells"
        self.script(program, '#!/bin/bash\necho "spin ${GOMP_SPINCOUNT-unset}"\n')
        for expected, extra in (("10000", {}), ("7", {"GOMP_SPINCOUNT": "7"}),
                                ("unset", {"OMP_WAIT_POLICY": "passive"})):
            result = self.run_wrapper(PROGRAM=str(program), **extra)
            self.assertEqual(result.stdout, f"spin {expected}\n", result.stderr)
            shutil.rmtree(self.tree / "build")

    def test_signal_reaches_the_program(self):
        environment = {**self.environment, "PROGRAM_END": "wait"}
        for number in (signal.SIGTERM, signal.SIGINT):
            process = subprocess.Popen([self.tree / "bench-run"], env=environment, text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            while process.stdout.readline() != "ready\n":
                self.assertIsNone(process.poll())
            process.send_signal(number)
            process.stdout.close()
            self.assertEqual(process.wait(timeout=30), -number)

    def test_works_through_a_symbolic_link(self):
        link = self.folder / "link"
        link.symlink_to(self.tree / "bench-run")
        result = subprocess.run([link, "x"], capture_output=True, text=True, env=self.environment)
        self.assertEqual(result.stdout, "program <x>\n", result.stderr)

    def test_second_start_only_asks_ninja(self):
        self.run_wrapper()
        self.forget_calls()
        result = self.run_wrapper()
        self.assertEqual(result.stderr, "")
        self.assertRegex(self.calls(), r"^ninja -C .*/build/release -j \d+ bench-run\n$")

    def test_missing_packages_without_root_is_one_line(self):
        result = self.run_wrapper(MISSING="ccache libabsl-dev", FAKE_UID="1000")
        self.assert_fails(result)
        self.assertEqual(result.stderr, "set-up: missing Debian packages; as root: "
                                        "apt-get install --no-install-recommends ccache libabsl-dev\n")
        self.assertEqual(self.calls(), "")

    def test_missing_packages_as_root_are_installed(self):
        result = self.run_wrapper(MISSING="ccache libabsl-dev")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(self.calls(), r"apt-get .*update\napt-get .*install -y "
                                       r"--no-install-recommends ccache libabsl-dev\n")

    def test_failing_installation_shows_why(self):
        self.assert_fails(self.run_wrapper(MISSING="ccache", APT_EXIT="100"),
                          "no such package", "apt-get update failed", "packages.log")

    def test_given_torch_is_used(self):
        torch = self.torch("mine")
        self.assertEqual(self.run_wrapper(Torch_DIR=torch).returncode, 0)
        self.assertIn(f"-DTorch_DIR={torch} ", self.calls())
        self.assertNotIn("setup/requirements.txt", self.calls())

    def test_wrong_given_torch_is_refused(self):
        self.assert_fails(self.run_wrapper(Torch_DIR="/nowhere"), "Torch_DIR=/nowhere has no")

    def test_torch_of_the_installed_python_is_used(self):
        torch = self.torch("installed")
        self.run_wrapper(INSTALLED_TORCH=torch)
        self.assertIn(f"-DTorch_DIR={torch} ", self.calls())
        self.assertNotIn("setup/requirements.txt", self.calls())

    def test_torch_is_installed_once_with_hashes(self):
        self.run_wrapper()
        self.assertRegex(self.calls(), "-m pip install .*--require-hashes --no-deps")
        self.forget_calls()
        shutil.rmtree(self.tree / "build")
        self.assertEqual(self.run_wrapper().returncode, 0)
        self.assertNotIn("pip", self.calls())

    def test_without_arrow_it_goes_on_and_says_what_is_missing(self):
        result = self.run_wrapper(Torch_DIR=self.torch("mine"), PIP_EXIT="1")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("setup/requirements-parquet.txt failed", result.stderr)
        self.assertIn("going on without Arrow: Parquet files cannot be read", result.stderr)
        self.assertIn("-DBENCH_ARROW_ROOT=\n", self.calls())

    def test_arrow_is_installed_with_its_hash_and_cmake_is_told_where(self):
        self.run_wrapper(Torch_DIR=self.torch("mine"))
        self.assertRegex(self.calls(), "-m pip install .*--require-hashes --no-deps .*-parquet.txt")
        self.assertRegex(self.calls(), "-DBENCH_ARROW_ROOT=.*/cache/parquet-.*/site-packages/pyarrow\n")

    def set_up_pages(self, **environment):
        """What .ci/run does before its tests."""
        script = 'set -euo pipefail; source "$0"; setup_pages || true; echo "axe <${BENCH_TEST_AXE:-}>"'
        return subprocess.run(["/bin/bash", "-c", script, self.tree / "scripts/setup.sh"], capture_output=True, text=True,
                              cwd=self.folder, env={**self.environment, **environment}, timeout=60)

    def test_the_browser_and_the_checker_of_pages_are_installed_and_named(self):
        result = self.set_up_pages(MISSING="chromium")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(self.calls(), "apt-get .*install -y --no-install-recommends chromium\n")
        self.assertRegex(self.calls(), "-m pip install .*--require-hashes --no-deps .*-pages.txt")
        self.assertRegex(result.stdout, "^axe <.*/cache/pages-.*/site-packages/axe_playwright_python/axe.min.js>\n$")

    def test_without_a_browser_or_its_checker_it_goes_on_and_says_so(self):
        for how, why in (({"MISSING": "chromium", "APT_EXIT": "1"}, "apt-get update failed"),
                         ({"MISSING": "chromium", "FAKE_UID": "1000"}, "missing Debian packages"),
                         ({"PIP_EXIT": "1"}, "setup/requirements-pages.txt failed")):
            with self.subTest(why):
                result = self.set_up_pages(**how)
                self.assertEqual((result.returncode, result.stdout), (0, "axe <>\n"), result.stderr)
                self.assertIn(why, result.stderr)
                self.assertEqual(result.stderr.count("going on without a browser: HTML pages are not looked at"), 1)

    def test_interrupted_installation_is_started_anew(self):
        self.assert_fails(self.run_wrapper(PIP_EXIT="1"), "requirements.txt failed")
        venv = next((self.folder / "cache").glob("venv-*[0-9a-f]"))
        (venv / "half").touch()
        self.assertEqual(self.run_wrapper().returncode, 0)
        self.assertFalse((venv / "half").exists())
        self.assertTrue((venv / ".complete").exists())

    def test_two_set_ups_at_once_install_once(self):
        start = lambda: subprocess.Popen(
            [self.tree / "bench-run"], env={**self.environment, "PIP_SECONDS": "1"},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        both = [start(), start()]
        for process in both:
            _, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, errors)
        self.assertEqual(self.calls().count("setup/requirements.txt"), 1)
        self.assertEqual(self.calls().count("setup/requirements-parquet.txt"), 1)
        self.assertEqual(self.calls().count("cmake --fresh"), 1)

    def test_the_lock_ends_before_the_program_starts(self):
        process = subprocess.Popen([self.tree / "bench-run"], text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL,
                                   env={**self.environment, "PROGRAM_END": "wait"})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        while process.stdout.readline() != "ready\n":
            self.assertIsNone(process.poll())
        before = time.monotonic()
        self.assertEqual(self.run_wrapper().returncode, 0)
        self.assertLess(time.monotonic() - before, 30)  # the program lives for 60 s

    def test_what_only_reads_does_not_wait_for_another_set_up(self):
        self.run_wrapper()
        lock = open(self.tree / "build/release.lock", "w")
        self.addCleanup(lock.close)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.forget_calls()
        for arguments in (("--store", "list"), ("--runs",), ("--show", "x.h5"), ("--help",), ("--version",),
                          ("--fields", "sft"), ("--models",), ("--export", "x.h5", "folder")):
            result = self.run_wrapper(*arguments)
            self.assertEqual((result.returncode, self.calls()), (0, ""), result.stderr)
            self.assertIn(f"program <{arguments[0]}>", result.stdout)
            self.assertRegex(result.stderr, r"^set-up: another set-up is building in .*: bench-run is "
                                            r"that of the last build\n$")
        result = self.run_wrapper("base.h5", "head.h5", wrapper="bench-compare")
        self.assertEqual((result.returncode, self.calls()), (0, ""), result.stderr)

    def test_what_runs_waits_for_another_set_up(self):
        self.run_wrapper()
        with open(self.tree / "build/release.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            run = subprocess.Popen([self.tree / "bench-run", "experiments/x"], text=True,
                                   stderr=subprocess.PIPE, stdout=subprocess.PIPE,
                                   cwd=self.folder, env=self.environment)
            self.assertIn("waiting for another set-up", run.stderr.readline())
        output, _ = run.communicate(timeout=60)
        self.assertEqual((run.returncode, output), (0, "program <experiments/x>\n"))

    def test_the_program_of_the_last_build_is_whole_while_the_next_one_links(self):
        self.run_wrapper()
        program = self.tree / "build/release/bin/bench-run"
        program.write_text("half of it")  # as a linker does, in place
        with open(self.tree / "build/release.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.run_wrapper("--list").stdout, "program <--list>\n")

    def test_full_disk_is_found_before_anything_is_installed(self):
        self.assert_fails(self.run_wrapper(FREE_KIB="1048576"),
                          "installing LibTorch needs 9 GiB", "there are 1024 MiB")
        self.assertNotIn("pip", self.calls())

    def test_failing_configuration_shows_why_and_is_repeated(self):
        self.assert_fails(self.run_wrapper(CMAKE_EXIT="1"), "CMake says why", "configuring failed")
        self.assertEqual(self.run_wrapper().returncode, 0)

    def test_failing_build_shows_the_error(self):
        self.assert_fails(self.run_wrapper(NINJA_EXIT="1"), "file.cc:1: error", "building failed")

    def build_in_a_terminal(self, columns, resize_to=None, **environment):
        terminal = Terminal(columns)
        self.addCleanup(terminal.close)
        process = terminal.start([self.tree / "bench-run"], env={
            **self.environment, "TERM": "xterm", "NINJA_STEPS": "12", **environment})
        while terminal.read():
            if resize_to is not None and "building" in terminal.output:
                terminal.resize(resize_to)
                resize_to = None
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, terminal.output)
        return terminal

    def test_building_is_drawn_in_place_at_any_width_and_nothing_stays(self):
        self.run_wrapper()  # configured: says nothing else
        for columns, resize_to in ((80, None), (12, None), (1, None), (80, 12)):
            shutil.rmtree(self.tree / "build/release/bin")
            terminal = self.build_in_a_terminal(columns, resize_to)
            self.assertEqual(terminal.screen.lines(), [], terminal.output)
            if columns == 80:
                self.assertIn("set-up: building [1/12]", terminal.output)

    def test_dumb_terminal_is_told_of_building_in_lines(self):
        self.run_wrapper()
        output = self.build_in_a_terminal(80, TERM="dumb").output
        self.assertNotIn("\x1b", output)
        self.assertIn("set-up: building [1/12]\r\n", output)

    def test_interrupted_build_is_not_a_failed_one(self):
        building = self.folder / "building"
        process = subprocess.Popen([self.tree / "bench-run"], stderr=subprocess.PIPE, text=True,
                                   env={**self.environment, "NINJA_WAITS": str(building)},
                                   start_new_session=True)
        while not building.exists():
            self.assertIsNone(process.poll())
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertNotIn("failed", errors)

    def test_another_torch_or_a_moved_tree_configures_anew(self):
        self.run_wrapper()
        for change in ("torch", "move"):
            self.forget_calls()
            extra = {}
            if change == "torch":
                extra = {"Torch_DIR": self.torch("other")}
            else:
                self.tree = self.tree.rename(self.folder / "moved")
            self.assertEqual(self.run_wrapper(**extra).returncode, 0)
            self.assertIn("cmake --fresh --preset release", self.calls())

    def test_tests_run_after_the_whole_build(self):
        result = self.run_wrapper("-R", "journal", wrapper="run-tests")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"^ctest --preset release -j \d+ -R journal\n$")
        self.assertRegex(self.calls(), r"ninja -C .*/build/release -j \d+ all\n$")
        result = self.run_wrapper("--preset", "asan", wrapper="run-tests", CTEST_EXIT="8")
        self.assertEqual(result.returncode, 8)
        self.assertRegex(result.stdout, r"^ctest --preset asan -j \d+\n$")

    def test_unknown_preset_is_a_usage_error(self):
        result = self.run_wrapper("--preset", "fast", wrapper="run-tests")
        self.assertEqual(result.returncode, 2)
        self.assertIn("unknown preset 'fast'", result.stderr)
        self.assertEqual(self.calls(), "")


if __name__ == "__main__":
    unittest.main()

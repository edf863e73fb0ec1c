"""The base of the tests that start bench-run: a workplace of one's own, and what one asserts.

A test file of this folder is started as NAME_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments].
"""

import atexit
import pathlib
import signal
import sys
import tempfile
import unittest

import h5py

from tiny_run import NAN_FILLED, Workplace, deterministic_content

# Programs keep ignoring what was ignored when they were started: under nohup, or in the background of a
# script, tests would send signals in vain.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)

SOURCE = pathlib.Path(sys.argv.pop(1))
BIN = pathlib.Path(sys.argv.pop(1)) / "bin"


def summary_of(file):
    """Of an open results file, by path: a label, which may have parts, stands behind a colon in the file."""
    return {name.replace(":", "/").replace("%2F", "/"): float(value[()]) for name, value in file["summary"].items()}


def table(file, name):
    """By column, of an open results file."""
    return {column: file[f"tables/{name}/{column}"][:] for column in file[f"tables/{name}"]}


class CommandCase(unittest.TestCase):
    PROMPT_TEMPLATE = None  # of the definitions of its workplace
    runs = {}  # of this process: what `once` and `lock_once` have made

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(self.temporary.cleanup)
        self.place = Workplace(BIN, self.temporary.name, self.PROMPT_TEMPLATE)

    def run_ok(self, *arguments, **extra):
        done = self.place.run(*arguments, **extra)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return pathlib.Path(done.stdout.splitlines()[-1])

    def once(self, definition, *arguments):
        """Results of a run that nothing disturbs, made by the first test of this process that asks, with its artifact
        beside them: to be read and not to be changed. Only for data that are the same in every workplace."""
        key = (definition.read_text(encoding="utf-8").replace(str(self.place.folder), ""), *arguments)
        if key not in CommandCase.runs:
            folder = tempfile.TemporaryDirectory(prefix="bench-test-")
            atexit.register(folder.cleanup)
            CommandCase.runs[key] = self.run_ok(definition, "--portable", "--out", pathlib.Path(folder.name) / "run",
                                                *arguments)
        return CommandCase.runs[key]

    def lock_once(self, experiments):
        """Locks experiments that are the same in every workplace of this class: --lock is asked once."""
        versions, kept = experiments / "versions.lock", (type(self), "versions.lock")
        if kept not in CommandCase.runs:
            done = self.place.run("--lock", "--experiments", experiments)
            self.assertEqual(done.returncode, 0, done.stderr)
            CommandCase.runs[kept] = versions.read_bytes()
        versions.write_bytes(CommandCase.runs[kept])

    def assert_stops_change_no_bit(self, arguments, chains, expected, environment=NAN_FILLED):
        """A run for each of `chains`, which is stopped after the steps of its chain, one attempt after the other:
        (0, 3) are three attempts, which train no step, three, and the rest. All leave `expected`.
        No step is the last one: a complete run has nothing to go on with."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="chains-", dir=self.place.folder))
        for number, steps in enumerate(chains):
            begin = (*arguments, "--out", folder / f"{number}", "--resume")
            for attempt, step in enumerate(steps, 1):
                stopped = self.run_ok(*begin, "--stop-after-step", step, **environment)
                self.assert_attempts(stopped, attempt, "interrupted")
            results = self.run_ok(*begin, **environment)
            self.assert_attempts(results, len(steps) + 1, "complete")
            self.assertEqual(deterministic_content(results), expected, steps)

    def assert_attempts(self, results, number, status):
        with h5py.File(results) as file:
            self.assertEqual((file.attrs["attempts"], file.attrs["status"]), (number, status), results)

    def assert_fails(self, done, code, *fragments):
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        lines = [line for line in done.stderr.splitlines() if "error:" in line]
        self.assertEqual(len(lines), 1, done.stderr)
        for fragment in fragments:
            self.assertIn(fragment, lines[0])


class ExperimentsCase(CommandCase):
    """Its tests share a workplace: experiments, which are those of DEFINITIONS and what a test adds, the store, and
    runs that every test may read."""

    DEFINITIONS = {}  # by name, of version 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        cls.addClassCleanup(temporary.cleanup)
        cls.shared = Workplace(BIN, temporary.name, cls.PROMPT_TEMPLATE)
        cls.results = {}  # of experiments, by name

    def setUp(self):
        self.place = self.shared
        self.experiments = self.place.folder / "experiments"
        if not self.experiments.exists():
            self.define(**self.DEFINITIONS)

    def define(self, **definitions):
        for name, text in definitions.items():
            (self.experiments / name).mkdir(parents=True)
            (self.experiments / name / "v1.toml").write_text(text, encoding="utf-8")
        self.lock()

    def lock(self):
        done = self.named("--lock")
        self.assertEqual(done.returncode, 0, done.stderr)

    def named(self, *arguments, **extra):
        return self.place.run("--experiments", self.experiments, *arguments, **extra)

    def run_named(self, *arguments, **extra):
        return self.run_ok("--experiments", self.experiments, *arguments, **extra)

    def made(self, name):
        """Results of the experiment, run by the first test that asks: to be read and not to be changed."""
        if name not in self.results:
            self.results[name] = self.run_named(name)
        return self.results[name]

    def artifact(self, results):
        """The folder of what a run left in the store."""
        return self.place.store / "objects" / (results.parent / "artifact.sha256").read_text().strip()

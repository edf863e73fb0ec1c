"""Every argument of bench-run and bench-compare is used or refused, and each cause has its own line.

usage: arguments_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import SOURCE, CommandCase  # noqa: E402
from clm_run_test import DEFINITION as CLM_DEFINITION  # noqa: E402


class BenchRun(CommandCase):
    def test_what_a_command_does_not_use_is_refused(self):
        for arguments, fragment in (
                (["--list", "extra"], '--list does not take "extra"'),
                (["--store", "prune", "extra"], '--store does not take "extra"'),
                (["--check", "--repeat", "2"], "--repeat has no use with --check"),
                (["--recover", "r", "--device", "cpu"], "--device has no use with --recover"),
                (["--fields", "sft", "--list"], "one command at a time"),
                ([self.place.definition, "--plan", "--out", "r"], "--out has no use with --plan"),
                ([self.place.definition, "--out", "--plan"], "--out=./--plan"),
                ([self.place.definition, "--out", ""], "--out DIR: a value is an empty text"),
                ([self.place.definition, "--out", "a", "--out", "b"], "--out is given twice"),
                (["--versoin"], "did you mean --version?"),
                (["--wersion-of-this"], "see --help")):
            with self.subTest(arguments):
                self.assert_fails(self.place.run(*arguments), 2, fragment)
        self.assertFalse((self.place.folder / "--plan").exists())
        self.assertFalse(self.place.store.exists())

    def test_version_is_that_of_the_build(self):
        version = re.search(r"project\(llm_bench VERSION (\S+)",
                            (SOURCE / "CMakeLists.txt").read_text()).group(1)
        done = self.place.run("--version")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, rf"^bench-run {re.escape(version)} \(LibTorch \d+\.\S+\)\n$")
        done = self.place.run("--version", program="bench-compare")
        self.assertEqual(done.stdout, f"bench-compare {version}\n")

    def test_experiments_are_found_by_any_path_to_them_and_wrong_paths_are_named(self):
        root = SOURCE / "experiments"
        for name in ("sft_small", "experiments/sft_small/", "./experiments/sft_small",
                     f"{root}/sft_small/", f"{root}//sft_small", f"{root}/sft_small/v1.toml",
                     "experiments//sft_small", "experiments/sft_small@1"):
            with self.subTest(name):
                done = self.place.run("--plan", name, "--experiments", root, "--vocab-size", 100)
                self.assertEqual(done.returncode, 0, done.stderr)
        for name, fragment in (("experiments/", 'no experiment "experiments"'), ("missing.toml", "no such file"),
                               ("experiments/missing", '"missing"'),
                               (str(self.place.folder), "no experiment"),
                               (f"{root}/sft_small@9", "no version 9"), (".", "experiment")):
            with self.subTest(name):
                self.assert_fails(self.place.run(name, "--experiments", root), 2, fragment)
        self.assert_fails(self.place.run("sft_small", "--experiments", "nowhere"), 2, "nowhere")

    def test_empty_text_is_said_to_be_empty(self):
        text = self.place.folder / "empty.txt"
        definition = self.place.folder / "characters.toml"
        definition.write_text(CLM_DEFINITION.format(text=text, steps=2), encoding="utf-8")
        text.write_text("")
        done = self.place.run(definition)
        self.assert_fails(done, 4, "empty.txt: there is no text in it")
        self.assertNotIn("Internal", done.stderr)


class BenchCompare(CommandCase):
    def test_what_it_does_not_use_is_refused(self):
        for arguments, fragment in ((["a"], "expected BASE and HEAD, got 1"),
                                    (["a", "b", "c"], "got 3"), (["a", ""], "empty"),
                                    (["--require=same", "--require", "same", "a", "b"],
                                     "--require is given twice"),
                                    (["--json", "--json", "a", "b"], "printed already"),
                                    (["--version", "a"], "nothing else"),
                                    (["--jsn", "a", "b"], "unknown option --jsn")):
            with self.subTest(arguments):
                done = self.place.run(*arguments, program="bench-compare")
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(fragment, done.stderr)


if __name__ == "__main__":
    unittest.main()

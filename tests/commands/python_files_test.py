"""Committed Python files parse, and what a generator of expected values makes is what is committed.

usage: python_files_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs torch.
"""

import ast
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(sys.argv[1])


def committed_python_files():
    listed = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z", "--", "*.py"], check=True,
                            capture_output=True, text=True).stdout
    return [SOURCE / name for name in listed.split("\0") if name]


def numbers(value):
    """The numbers of a JSON value in order, and everything else as it is."""
    if isinstance(value, dict):
        return [item for key in sorted(value) for item in [key, *numbers(value[key])]]
    if isinstance(value, list):
        return [item for element in value for item in numbers(element)]
    return [value]


class PythonFiles(unittest.TestCase):
    def test_all_parse(self):
        files = committed_python_files()
        self.assertGreater(len(files), 20)
        for path in files:
            with self.subTest(path=path):
                ast.parse(path.read_text(encoding="utf-8"), str(path))

    def test_golden_values_of_ppo_are_what_their_generator_makes(self):
        folder = SOURCE / "tests/harness/stages/ppo"
        with tempfile.TemporaryDirectory() as temp:
            made = pathlib.Path(temp) / "ppo.json"
            subprocess.run([sys.executable, folder / "make_golden.py", made], check=True,
                           capture_output=True)
            actual, expected = (numbers(json.loads(p.read_text()))
                                for p in (made, folder / "golden/ppo.json"))
        self.assertEqual(len(actual), len(expected))
        for a, b in zip(actual, expected):
            if isinstance(b, float):
                # float64 on another processor: sums of at most 16 tokens in another order.
                self.assertAlmostEqual(a, b, delta=1e-13 * max(1, abs(b)) * 16)
            else:
                self.assertEqual(a, b)


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()

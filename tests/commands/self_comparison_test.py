"""What this build's two programs say of each other: bench-compare about runs of bench-run, on work of seconds.

Only what is deterministic decides, as in the recipes of docs/ci/.
"""
import json
import pathlib
import tempfile
import unittest

from command_case import CommandCase


class SelfComparison(CommandCase):
    PROMPT_TEMPLATE = "plain"
    arms = None  # the folders of two replicates each, of the first test's

    def setUp(self):
        super().setUp()
        self.definition = self.place.write_definition("short.toml", steps=6)
        if SelfComparison.arms is None:
            folder = tempfile.TemporaryDirectory(prefix="bench-test-")
            self.addClassCleanup(folder.cleanup)
            arms = [pathlib.Path(folder.name) / name for name in ("base", "head")]
            for arm in arms:
                done = self.place.run(self.definition, "--repeat", "2", "--out", arm)
                self.assertEqual(done.returncode, 0, done.stderr)
            SelfComparison.arms = arms

    def compare(self, *arguments):
        done = self.place.run("--json", *arguments, program="bench-compare")
        return done.returncode, json.loads(done.stdout)

    def test_a_build_compared_with_itself_passes_by_bits_and_by_metrics(self):
        base, head = self.arms
        code, report = self.compare("--require", "bitwise", base, head)
        self.assertEqual(code, 0, report["conclusion"])
        self.assertEqual(report["bitwise"]["num_pairs"], 2)
        code, report = self.compare("--require", "same", "--metrics", "learning,count", base, head)
        self.assertEqual(code, 0, report["conclusion"])
        exact = next(item for item in report["items"] if item["metric"] == "exact_match")
        self.assertEqual(exact["only_base"] + exact["only_head"], 0)
        self.assertGreater(exact["base"]["trials"], 0)

    def test_targets_are_compared_by_tokens_and_what_is_not_reached_is_not_shown(self):
        base, head = self.arms
        code, report = self.compare("--target", "loss=100", "--metrics", "tokens_to_target", base, head)
        self.assertEqual(code, 0, report["conclusion"])
        self.assertEqual([row["metric"] for row in report["metrics"]], ["tokens_to_target/loss=100"])
        code, report = self.compare("--target", "loss=0.001", "--metrics", "tokens_to_target", base, head)
        self.assertEqual(code, 3, report["conclusion"])


if __name__ == "__main__":
    unittest.main()

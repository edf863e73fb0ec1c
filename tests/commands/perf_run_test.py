"""The perf_* experiments as they are committed, made small: stage by stage through the real program, with what each
of them is to measure.

usage: perf_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import pathlib
import re
import shutil
import sys
import tempfile
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN, SOURCE, CommandCase  # noqa: E402
from tiny_run import Workplace  # noqa: E402

NAMES = ["perf_tokens_clm", "perf_tokens_sft", "perf_tokens_rm", "perf_tokens_ppo", "perf_clm_10m", "perf_sft_10m",
         "perf_rm_10m", "perf_ppo_10m", "perf_decode_10m"]
SMALL = {"vocab_size": 300, "hidden_size": 16, "num_layers": 1, "num_heads": 2, "intermediate_size": 24,
         "max_new_tokens": 6, "steps": 8, "threads": 1}
PRODUCTS = ("step_flops", "product_time", "product_rate", "product_time_fraction")


def made_small(text, name):
    for key, value in SMALL.items():
        text = re.sub(rf"(?m)^{key} = \d+$", f"{key} = {value}", text)
    if name == "perf_tokens_clm":
        text = re.sub(r"row_tokens = \d+", "row_tokens = 32", text)
    if name == "perf_clm_10m":
        text = re.sub(r"(?m)^max_tokens = \d+", "max_tokens = 32", text)
    if "[decode]" in text:
        text += "new_tokens = 6\nrepeats = 2\n"
    return text


class PerfRuns(CommandCase):
    shared = None  # the workplace of all tests: what one of them needed first is there for the others
    summaries = {}  # by name, of the runs in it

    def setUp(self):
        super().setUp()
        if PerfRuns.shared is None:
            folder = tempfile.TemporaryDirectory(prefix="bench-test-")
            self.addClassCleanup(folder.cleanup)
            PerfRuns.shared = Workplace(BIN, folder.name)
            self.write_experiments(PerfRuns.shared)
        self.place = PerfRuns.shared
        self.root = self.place.folder / "experiments"

    def write_experiments(self, place):
        root = place.folder / "experiments"
        for name in NAMES:
            shutil.copytree(SOURCE / "experiments" / name, root / name)
            for path in (root / name).glob("v*.toml"):
                path.write_text(made_small(path.read_text(), name))
        done = place.run("--lock", "--experiments", root)
        self.assertEqual(done.returncode, 0, done.stderr)

    def summary(self, name):
        if name not in self.summaries:
            with h5py.File(self.run_ok(f"experiments/{name}", "--experiments", self.root)) as file:
                self.assertEqual(file.attrs["status"], "complete")
                self.summaries[name] = {key: item[()] for key, item in file["summary"].items()
                                        if isinstance(item, h5py.Dataset)}
        return self.summaries[name]

    def assert_products(self, summary):
        for name in PRODUCTS:
            self.assertGreater(summary[name], 0, name)
        self.assertAlmostEqual(summary["product_rate"], summary["step_flops"] / summary["product_time"],
                               delta=1e-9 * summary["product_rate"])
        self.assertNotIn("model_flops_utilization", summary)  # no vendor states a CPU's peak

    def test_training_stages_measure_their_steps_and_products(self):
        for name in ("perf_clm_10m@1", "perf_sft_10m@1", "perf_rm_10m@1", "perf_rm_10m@2"):
            with self.subTest(name=name):
                summary = self.summary(name)
                self.assert_products(summary)
                self.assertGreater(summary["step_time"], 0)
                self.assertGreater(summary["peak_memory"], 0)

    def test_the_operations_of_a_pretraining_step_are_those_of_its_products(self):
        """Forward, and twice as many backward, of every weight at every token: the layer's of 16 x 16 four times
        (query, key, value, output) and 16 x 24 three times, and the head's of 300 x 16."""
        weights = 4 * 16 * 16 + 3 * 16 * 24 + 300 * 16
        self.assertEqual(self.summary("perf_clm_10m@1")["step_flops"], 3 * 2 * weights * 8 * 32)

    def test_ppo_measures_its_iterations(self):
        for version in (1, 2):
            summary = self.summary(f"perf_ppo_10m@{version}")
            self.assertGreater(summary["iteration_time"], 0)
            self.assert_products(summary)

    def test_decoding_does_the_whole_work(self):
        for version in (1, 2):
            summary = self.summary(f"perf_decode_10m@{version}")
            self.assertEqual(summary["generated_tokens"], 16 * 6)
            self.assertAlmostEqual(summary["generated_tokens_per_second"], 96 / summary["generate_time"],
                                   delta=1e-9 * summary["generated_tokens_per_second"])

    def test_rows_of_another_kind_are_refused(self):
        path = self.root / "perf_clm_10m/v1.toml"
        done = self.place.run("experiments/perf_clm_10m@2", "--experiments", self.root, "--set",
                              'data.dataset="perf_tokens_rm@1"')
        self.assertTrue(path.exists())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("tokens.json", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""Generated rows through the real binary: the data set, pre-training on it, and the experiments on
abilities as far as a few steps.

usage: generated_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import re
import shutil
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import SOURCE, ExperimentsCase, summary_of, table  # noqa: E402
from tiny_run import deterministic_content, symbols_clm  # noqa: E402

ROWS = """\
stage = "generated"
base_seed = 3
[run]
threads = {threads}
[generated]
grammar = "{grammar}"
train_rows = 300
validation_rows = 60
"""

def clm(rows, **sections):
    """Pre-training on the rows of an experiment."""
    return symbols_clm(**{"model": {"max_positions": 256}, "data": {"dataset": f"{rows}@1"},
                          "training": {"max_tokens": 128}, **sections})


# Experiment -> a metric that its question is about.
ABILITIES = {"icl_markov": "excess_loss/late", "steps_s5": "answer_accuracy",
             "instructions_unseen": "exact_match/unseen"}


class Generated(ExperimentsCase):
    DEFINITIONS = {
        "markov": ROWS.format(threads=2, grammar="markov"),
        "s5": ROWS.format(threads=1, grammar="s5"),
        "facts": ROWS.format(threads=1, grammar="facts"),
        "trained_markov": clm("markov"),
        "trained_s5": clm("s5"),
        "too_long": clm("markov", training={"max_tokens": 64}),
    }

    def test_rows_are_recorded_and_no_key_is_in_both_parts(self):
        result = self.made("markov")
        with h5py.File(result) as file:
            summary = summary_of(file)
            self.assertEqual(summary["examples/train"], 300)
            self.assertEqual(summary["dataset_tokens/validation"], 60 * 97)
            self.assertEqual(summary["vocab_size"], 4 + 8)
            self.assertEqual(summary["held_out_in_training"], 0)
            self.assertAlmostEqual(summary["predictor_loss/uniform"], np.log(8), places=12)
            self.assertLess(summary["predictor_loss/bayes"], summary["predictor_loss/unigram"])
            self.assertLess(summary["predictor_loss/bayes_late"], summary["predictor_loss/bayes"])
            samples = table(file, "samples")
            self.assertEqual(len(samples["input"][0].split()), 1)
            self.assertEqual(len(samples["target"][0].split()), 96)
            by_position = table(file, "predictors")
            bayes = by_position["loss"][by_position["predictor"] == b"bayes"]
            self.assertEqual(len(bayes), 96)
            # Nothing is known of the first transition.
            self.assertAlmostEqual(bayes[0], np.log(8), places=12)
        folder = self.artifact(result)
        keys = {part: np.fromfile(folder / f"{part}.keys", "<u8") for part in ("train", "validation")}
        self.assertEqual(len(keys["train"]), 300)
        self.assertFalse(set(keys["train"]) & set(keys["validation"]))
        references = np.fromfile(folder / "validation.references", "<f4")
        marks = np.fromfile(folder / "validation.marks", "u1")
        self.assertEqual(len(references), 60 * 97)
        self.assertEqual(marks.sum(), 60 * 96)
        self.assertAlmostEqual(references.sum() / (60 * 96), summary["predictor_loss/bayes"], places=5)

    def test_facts_have_no_keys_to_be_held_out(self):
        with h5py.File(self.made("facts")) as file:
            summary = summary_of(file)
        self.assertNotIn("held_out_in_training", summary)
        folder = self.artifact(self.made("facts"))
        self.assertFalse(np.fromfile(folder / "train.keys", "<u8").any())
        # <s>, first and last name, value, end.
        tokens = np.fromfile(next(folder.glob("train*.tokens")), "<u2").reshape(300, 5)
        _, counts = np.unique(tokens, axis=0, return_counts=True)
        self.assertAlmostEqual(summary["monofact_rate"], (counts == 1).sum() / 300, places=12)
        self.assertGreater(summary["monofact_rate"], 0)

    def test_threads_change_no_byte_of_the_artifact(self):
        other = self.place.folder / "other_store"
        self.run_named("s5", "--set", "run.threads=3", BENCH_STORE=str(other))
        folders = [self.artifact(self.made("s5")), *(path.parent for path in other.glob("objects/*/rows.json"))]
        self.assertEqual(len(folders), 2)
        contents = {tuple((path.name, path.read_bytes()) for path in sorted(folder.iterdir())
                          if path.suffix in (".marks", ".keys", ".tokens", ".documents", ".model"))
                    for folder in folders}
        self.assertEqual(len(contents), 1)
        self.assertGreater(len(next(iter(contents))), 5)

    def test_training_on_rows_is_evaluated_by_groups_answers_and_positions(self):
        with h5py.File(self.made("trained_s5")) as file:
            summary = summary_of(file)
            for metric in ("loss", "token_accuracy", "greedy_match", "exact_match",
                           "answer_accuracy", "answer_edits", "target_log_prob"):
                self.assertIn(metric, summary)
                self.assertIn(f"{metric}/steps_to_16", summary)
            self.assertLess(file["steps/loss"][-1], file["steps/loss"][0])
            samples = table(file, "samples")
            self.assertEqual(set(samples["group"]), {b"steps_to_2", b"steps_to_4", b"steps_to_8",
                                                     b"steps_to_16", b"steps_to_32"})
            self.assertRegex(samples["input"][0].decode(), r"^(p\d+ )+= \d $")
            self.assertRegex(samples["reference"][0].decode(), r"^(\d )+$")
            positions = table(file, "positions")
            self.assertEqual(positions["targets"].sum(), int(round(
                table(file, "proportions")["trials"][
                    table(file, "proportions")["metric"] == b"token_accuracy"][0])))

    def test_stopped_at_any_step_it_continues_to_the_same_bits(self):
        expected = deterministic_content(self.made("trained_markov"))
        self.assert_stops_change_no_bit(("--experiments", self.experiments, "trained_markov"), ((0, 3, 9),), expected)

    def test_excess_is_above_the_exact_predictor(self):
        with h5py.File(self.made("markov")) as file:
            bayes = summary_of(file)["predictor_loss/bayes"]
        with h5py.File(self.made("trained_markov")) as file:
            summary = summary_of(file)
            # References are kept as fp32.
            self.assertAlmostEqual(summary["excess_loss"], summary["loss"] - bayes, places=6)
            self.assertGreater(summary["excess_loss"], 0)
            self.assertNotIn("exact_match", summary)

    def test_symbols_need_generated_rows_and_rows_that_fit(self):
        self.assert_fails(self.named("too_long"), 2, "row 0 of part \"train\": has 97 tokens")

    def copy_small(self, name):
        """A committed experiment and its rows, of which there are fewer."""
        folder = self.experiments / name
        if folder.exists():
            return
        shutil.copytree(SOURCE / "experiments" / name, folder)
        for path in folder.glob("v*.toml"):
            text = path.read_text()
            for needed in re.findall(r'(?m)^dataset = "(\w+)@', text):
                self.copy_small(needed)
            for key, rows in (("train_rows", 6000), ("validation_rows", 100)):
                text = re.sub(rf"(?m)^{key} = \d+$", f"{key} = {rows}", text)
            path.write_text(text)

    def test_experiments_on_abilities_run(self):
        for name in ABILITIES:
            self.copy_small(name)
        self.lock()
        for name, metric in ABILITIES.items():
            with self.subTest(experiment=name):
                with h5py.File(self.run_named(name, "--steps", 3)) as file:
                    self.assertIn(metric, summary_of(file))

    def test_rows_are_records_for_fine_tuning_and_rewards(self):
        for name in ("steps_rl", "steps_rl_ppo", "steps_rl_sft"):
            self.copy_small(name)
        rows = self.experiments / "steps_rl_sums" / "v1.toml"
        rows.write_text(re.sub(r"(?m)^demonstrations = \d+$", "demonstrations = 100", rows.read_text()))
        policy = self.experiments / "steps_rl_sft" / "v1.toml"
        text = policy.read_text().replace("warmup_steps = 30", "warmup_steps = 2")
        text = re.sub(r"(?m)^steps = \d+$", "steps = 20", text)
        text = re.sub(r"(?m)^(generate_)?rows_per_task = \d+$", r"\1rows_per_task = 20", text)
        policy.write_text(text)
        self.lock()
        for name in ("steps_rl", "steps_rl_ppo"):
            with self.subTest(experiment=name):
                result = self.run_named(name, "--steps", 2, "--set", "training.batch_size=16", "--set",
                                        "training.micro_batch_size=8", "--set", "evaluation.prompts_per_task=20")
                with h5py.File(result) as file:
                    self.assertIn("final_answer", summary_of(file))
                    self.assertIn("initial_final_answer", summary_of(file))
        self.define(refused=text.replace("steps_rl_sums", "markov"))
        self.assert_fails(self.named("refused"), 2, "has no instruction records")

    def test_exported_models_of_symbols_have_their_tokenizer(self):
        result = self.made("trained_markov")
        target = self.place.folder / "exported"
        done = self.place.run("--export", result, target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((target / "tokenizer.model").exists())
        config = json.loads((target / "config.json").read_text())
        self.assertEqual(config["vocab_size"], 4 + 8)


if __name__ == "__main__":
    unittest.main()

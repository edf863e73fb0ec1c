"""Positions through the real binary: a model that is read with others than it was trained with, text
scored by the length of its context, keys asked at several lengths, and what config.json has no form
for.

usage: positions_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import shutil
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import SOURCE, ExperimentsCase  # noqa: E402
from tiny_run import WORDS  # noqa: E402

CLM = """\
stage = "clm"
base_seed = 3

[run]
threads = 1

[model]
hidden_size = 16
num_layers = 2
num_heads = 2
intermediate_size = 24
max_positions = 32

[tokenizer]
characters = true

[data]
path = "{text}"

[optimizer]
learning_rate = 1e-2

[training]
steps = 12
batch_size = 4
max_tokens = 32

[evaluation]
sample_prompt_tokens = 8
sample_new_tokens = 8
"""

ASKED = """\
stage = "evaluate"

[run]
threads = 1

[model]
folder = "{model}"

[positions]
max_positions = 128

[contexts]
path = "{text}"
shortest = 16
longest = 128
scored = 16
windows = 6
"""

ROWS = """\
stage = "generated"
base_seed = 3
[generated]
grammar = "retrieval"
train_rows = {rows}
validation_rows = 80
[generated.retrieval]
length = {length}
"""

KEYS = CLM.replace("characters = true", "symbols = true").replace('path = "{text}"',
                                                                  'dataset = "short@1"')

KEYS_ASKED = """\
stage = "evaluate"
[run]
threads = 1
[model]
artifact = "keys@1"
[positions]
max_positions = 96
[rows]
dataset = "long@1"
"""


def summary_of(path):
    """By path: a label stands behind a colon in the file."""
    with h5py.File(path) as file:
        return {name.replace(":", "/"): float(value[()]) for name, value in file["summary"].items()}


class Positions(ExperimentsCase):
    DEFINITIONS = {"short": ROWS.format(rows=200, length=32), "long": ROWS.format(rows=1, length=96), "keys": KEYS,
                   "keys_asked": KEYS_ASKED}
    arms = {}  # name -> results, by the first test that asks

    def setUp(self):
        super().setUp()
        self.text = self.place.folder / "text.txt"
        self.definition = self.place.folder / "clm.toml"
        if not self.text.exists():
            self.text.write_text("".join(f"{WORDS[i % 10]} is {i % 10},\n" for i in range(400)))
            self.definition.write_text(CLM.format(text=self.text))

    def trained(self):
        folder = self.place.folder / "exported"
        if not folder.exists():
            self.run_ok("--export", self.run_ok(self.definition).parent, folder)
        return folder

    def asked(self, model):
        path = self.place.folder / "asked.toml"
        path.write_text(ASKED.format(model=model, text=self.text))
        return path

    def results_of_arms(self):
        if not self.arms:
            settings = {name: [f"positions.rope_scaling={name}", "positions.rope_factor=4"]
                        for name in ("none", "linear", "ntk", "dynamic_ntk", "stepped_ntk", "mixed", "yarn", "llama3")}
            settings |= {"own": [], "log n": ["positions.log_n=true"]}
            settings |= {f"window {width}": [f"positions.attention_window={width}"] for width in (16, 32, 128)}
            asked = self.asked(self.trained())
            for name, values in settings.items():
                sets = [part for value in ("positions.trained_positions=32", *values) for part in ("--set", value)]
                self.arms[name] = self.run_ok(asked, *sets)
        return self.arms

    def test_every_arm_reads_the_same_text_and_differs_beyond_the_trained_length_only(self):
        results = self.results_of_arms()
        found = {name: summary_of(path) for name, path in results.items()}
        for name, values in found.items():
            for length in (16, 32, 64, 128):
                for metric in ("loss", "bits_per_byte", "token_accuracy"):
                    self.assertTrue(np.isfinite(values[f"{metric}/context_{length}"]), name)
            self.assertEqual(values["scored_bytes/contexts"], 6 * 16)  # a byte a character
            # The same tokens: nats to bits, a character a byte.
            self.assertAlmostEqual(values["bits_per_byte/context_64"],
                                   values["loss/context_64"] / np.log(2), places=9)
        own = found["own"]
        self.assertEqual(found["none"]["loss/context_128"], own["loss/context_128"])
        # What depends on the length, and the logarithm, change nothing up to the trained one.
        for name in ("dynamic_ntk", "stepped_ntk", "log n"):
            self.assertEqual(found[name]["loss/context_32"], own["loss/context_32"], name)
        for name in ("linear", "ntk", "dynamic_ntk", "stepped_ntk", "mixed", "yarn", "llama3", "log n"):
            self.assertNotEqual(found[name]["loss/context_128"], own["loss/context_128"], name)
        losses = [round(values["loss/context_128"], 12) for name, values in found.items()
                  if name not in ("own", "none", "window 128")]
        self.assertEqual(len(set(losses)), len(losses), found)

    def test_a_window_of_the_whole_context_is_none(self):
        results = self.results_of_arms()
        found = {name: summary_of(path) for name, path in results.items()}
        self.assertEqual(found["window 128"]["loss/context_128"], found["own"]["loss/context_128"])
        # Up to its width a window hides nothing; its products are others, in fp32.
        for width, length in ((16, 16), (32, 16), (32, 32)):
            self.assertAlmostEqual(found[f"window {width}"][f"loss/context_{length}"],
                                   found["own"][f"loss/context_{length}"], places=5)
        self.assertNotAlmostEqual(found["window 16"]["loss/context_64"],
                                  found["own"]["loss/context_64"], places=5)
        with h5py.File(results["window 32"]) as file:
            self.assertEqual(file["notes"].attrs["attention_kernels"], "composed")
        with h5py.File(results["own"]) as file:
            self.assertNotIn("attention_kernels", file["notes"].attrs)

    def test_places_of_a_context_are_recorded(self):
        with h5py.File(self.results_of_arms()["own"]) as file:
            table = {name: file["tables/context_positions"][name][:] for name in
                     ("context", "position", "targets", "loss", "accuracy")}
            of_longest = table["context"] == 128
            self.assertEqual(list(table["position"][of_longest]), list(range(0, 128, 16)))
            self.assertEqual(set(table["targets"][of_longest]), {6 * 16})
            self.assertAlmostEqual(table["loss"][of_longest][-1], file["summary/loss:context_128"][()],
                                   places=12)

    def test_the_fraction_of_the_text_that_is_scored_is_noted(self):
        other = self.run_ok(self.asked(self.trained()), "--set", "contexts.validation_fraction=0.25")
        for results, fraction in ((self.results_of_arms()["own"], 0.1), (other, 0.25)):
            with h5py.File(results) as file:
                self.assertEqual(file["notes"].attrs["contexts_validation_fraction"], fraction)

    def test_a_context_beyond_the_models_positions_is_a_usage_error(self):
        asked = self.asked(self.trained())
        done = self.place.run(asked, "--set", "positions.max_positions=0")
        self.assert_fails(done, 2, "contexts.longest = 128 is more than the model's 32 positions")

    def test_what_config_json_has_no_form_for_is_refused_by_name(self):
        for setting, fragment in (("rope_scaling=mixed", "rope_scaling is \"mixed\" here"),
                                  ("log_n=true", "log_n is true here"),
                                  ("attention_window=8", "attention_window is 8 here")):
            done = self.place.run(self.definition, "--set", f"model.{setting}")
            self.assert_fails(done, 2, fragment)

    def test_positions_of_training_are_in_the_exported_folder(self):
        changes = {"yarn": ["model.rope_scaling=yarn", "model.rope_factor=2",
                            "model.trained_positions=16", "model.yarn_beta_fast=8"],
                   "ntk": ["model.rope_scaling=ntk", "model.rope_factor=4"],
                   "window": ["model.family=mistral", "model.attention_window=8"]}
        configs = {}
        for name, settings in changes.items():
            sets = [part for setting in settings for part in ("--set", setting)]
            results = self.run_ok(self.definition, *sets)
            folder = self.place.folder / f"exported-{name}"
            self.run_ok("--export", results.parent, folder)
            configs[name] = json.loads((folder / "config.json").read_text())
            self.run_ok(self.asked(folder))
        self.assertEqual(configs["yarn"]["rope_scaling"]["rope_type"], "yarn")
        self.assertEqual(configs["yarn"]["rope_scaling"]["original_max_position_embeddings"], 16)
        # Heads of 8 columns: 10000 x 4^(8 / 6).
        self.assertAlmostEqual(configs["ntk"]["rope_theta"], 1e4 * 4 ** (8 / 6), places=6)
        self.assertNotIn("rope_scaling", configs["ntk"])
        self.assertEqual(configs["window"]["sliding_window"], 8)

    def test_keys_are_asked_at_another_length_by_depth(self):
        results = self.made("keys_asked")
        values = summary_of(results)
        depths = [values[f"exact_match/depth_{depth}"] for depth in range(8)]
        with h5py.File(results) as file:
            data = {name: column[:] for name, column in file["tables/data"].items()}
        of_rows = {language.decode(): documents for language, part, documents in
                   zip(data["language"], data["part"], data["documents"]) if part == b"validation"}
        self.assertEqual(sum(of_rows.values()), 80)
        mean = sum(depths[depth] * of_rows[f"depth_{depth}"] for depth in range(8)) / 80
        self.assertAlmostEqual(values["exact_match"], mean, places=12)
        refused = self.named("keys_asked", "--set", "positions.max_positions=0")
        self.assert_fails(refused, 2, "a row has 96 tokens, the model 32 positions")

    def test_the_committed_experiments_read_what_they_train(self):
        """Their definitions, a few steps each: the same folders, tokens and positions fit together."""
        root = self.experiments
        for name in ("length_rope_keys", "length_rope_keys_base", "retrieval_64", "retrieval_256",
                     "retrieval_512"):
            shutil.copytree(SOURCE / "experiments" / name, root / name)
        for name, old, new in (("retrieval_64", "train_rows = 19200", "train_rows = 200"),
                               ("retrieval_64", "validation_rows = 800", "validation_rows = 16"),
                               ("retrieval_256", "validation_rows = 800", "validation_rows = 16"),
                               ("retrieval_512", "validation_rows = 800", "validation_rows = 16"),
                               ("length_rope_keys_base", "steps = 800", "steps = 3"),
                               ("length_rope_keys_base", "warmup_steps = 50", "warmup_steps = 1"),
                               ("length_rope_keys_base", "min = 0.95", "min = 0"),
                               ("length_rope_keys", "min = 0.75", "min = 0")):
            path = root / name / "v1.toml"
            text = path.read_text()
            self.assertIn(old, text, name)
            path.write_text(text.replace(old, new))
        self.lock()
        for dataset in ("retrieval_64@1", "retrieval_256@1", "retrieval_512@1"):
            results = self.run_named("length_rope_keys", "--set", f"rows.dataset={dataset}")
            self.assertIn("exact_match/depth_7", summary_of(results))


if __name__ == "__main__":
    unittest.main()
